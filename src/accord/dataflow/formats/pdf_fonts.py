"""Which font shows which letter in a PDF: the same on every machine, for none is taken from the machine.

Latin, Greek and Cyrillic come with Open Sans and are embedded; arrows and signs are in every reader of PDF, and so
are Chinese, Japanese and Korean (readers have them, or get them, as the standard of PDF asks). What none of them has
is told by its number, U+05D0, and listed by `Typeface.unshown`; `Typeface.borrowed` are the letters that a reader
without such fonts leaves blank.
"""

import unicodedata
from collections.abc import Iterator
from functools import cache
from html import escape
from itertools import groupby
from typing import Final

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont
from ttf_opensans import opensans  # type: ignore[import-untyped]

__all__ = ["BOLD", "PLAIN", "Typeface"]

PLAIN: Final = "AccordPlain"
BOLD: Final = "AccordBold"
_SYMBOLS: Final = {**dict.fromkeys("→←↔≤≥≠∞", "Symbol"), **dict.fromkeys("✓✗", "ZapfDingbats")}
_CHINESE: Final = "STSong-Light"
_JAPANESE: Final = "HeiseiMin-W3"
_KOREAN: Final = "HYSMyeongJo-Medium"
_SCRIPTS: Final = (
    (0x1100, 0x11FF, _KOREAN),
    (0x2E80, 0x3029, _CHINESE),
    (0x3040, 0x30FF, _JAPANESE),
    (0x3130, 0x318F, _KOREAN),
    (0x3400, 0x4DBF, _CHINESE),
    (0x4E00, 0x9FFF, _CHINESE),
    (0xAC00, 0xD7A3, _KOREAN),
    (0xFF00, 0xFFEF, _CHINESE),
)


@cache
def _letters() -> frozenset[int]:
    """Registers the fonts; the letters that both of our own have."""
    faces = []
    for name, weight in ((PLAIN, 400), (BOLD, 600)):
        font = TTFont(name, str(opensans(font_weight=weight).path))
        pdfmetrics.registerFont(font)
        faces.append(frozenset(font.face.charToGlyph))
    for name in (_CHINESE, _JAPANESE, _KOREAN):
        pdfmetrics.registerFont(UnicodeCIDFont(name))
    return faces[0] & faces[1]


class Typeface:
    """Sets text in the fonts that have its letters, and keeps what none of them has."""

    def __init__(self) -> None:
        self._own = _letters()
        self.unshown: set[str] = set()
        self.borrowed: set[str] = set()

    def set(self, text: str) -> str:
        """Text in the marks of reportlab's paragraphs."""
        composed = unicodedata.normalize("NFC", text)
        return "".join(self._runs(composed))

    def plain(self, text: str) -> str:
        """Text for bookmarks, which readers of PDF show in fonts of their own."""
        return "".join(letter if letter.isprintable() else f"U+{ord(letter):04X}" for letter in text)

    def _runs(self, text: str) -> Iterator[str]:
        for font, letters in groupby(text, self._font):
            run = "".join(letters)
            if font is None:
                self.unshown.update(run)
                yield "".join(f"U+{ord(letter):04X}" for letter in run)
            else:
                if font in (_CHINESE, _JAPANESE, _KOREAN):
                    self.borrowed.update(run)
                yield f'<font name="{font}">{escape(run)}</font>' if font else escape(run)

    def _font(self, letter: str) -> str | None:
        """The font of a letter: "" is that of the paragraph, None: there is none."""
        code = ord(letter)
        if letter.isspace() and code < 0x80:
            return ""
        if code in self._own and letter.isprintable():
            return ""
        if letter in _SYMBOLS:
            return _SYMBOLS[letter]
        return next((font for first, last, font in _SCRIPTS if first <= code <= last), None)
