"""Texts in files: their encoding is found out, and kept."""

import codecs
from typing import Final

from msgspec import Struct

from accord.connectors.files.table import BadFileError

__all__ = ["Text", "decoded"]

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


class Text(Struct, frozen=True):
    """A text, its encoding, and the mark before it."""

    text: str
    encoding: str
    mark: bytes = b""

    def encoded(self, text: str) -> bytes:
        """Another text the same way. Raises BadFileError: it holds a sign that the encoding does not know."""
        if "\0" in text:
            raise BadFileError("a new value holds a NUL, which no text file can; remove it")
        try:
            return self.mark + text.encode(self.encoding)
        except UnicodeEncodeError:
            raise BadFileError(
                f"the file is in {self.encoding}, which lacks a sign of a new value; save the file as UTF-8"
            ) from None


def decoded(data: bytes, encoding: str = "") -> Text:
    """The text of a file: as its mark says, else in `encoding`, else UTF-8, else Windows-1252.

    Raises BadFileError: it is in none of these.
    """
    for mark, name in _MARKS:
        if data.startswith(mark):
            return _text(data[len(mark) :], name, mark)
    if encoding:
        return _text(data, encoding)
    try:
        data.decode()
    except UnicodeDecodeError:
        return _text(data, "cp1252")
    return _text(data, "utf-8")


def _text(data: bytes, encoding: str, mark: bytes = b"") -> Text:
    try:
        found = data.decode(encoding)
    except UnicodeDecodeError:
        raise BadFileError(f"it is no text in {encoding}; name its encoding in options.encoding") from None
    if "\0" in found:
        raise BadFileError("it is no text; export it as CSV or JSON Lines")
    return Text(found, encoding, mark)
