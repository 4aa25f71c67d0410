"""PDF: sheets to print and sign; bookmarks, numbered pages, and tables that repeat their headers where they break."""

from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import Any, Final

from reportlab.lib.colors import Color, HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    LongTable,
    PageTemplate,
    Paragraph,
    TableStyle,
)

from accord.dataflow.document import Document
from accord.dataflow.formats.pdf_fonts import BOLD, PLAIN, Typeface
from accord.dataflow.formats.sheaves import Sheaf
from accord.dataflow.page import Grid, Heading, Part, Points, Prose, inline, pages_of
from accord.dataflow.phrases import ALL

__all__ = ["pdf_of"]

_INK: Final[Color] = HexColor("#1c1f23")
_SOFT: Final[Color] = HexColor("#596069")
_LINE: Final[Color] = HexColor("#d9dcdf")
_PATH: Final = "#1f4e79"
_SIDE: Final = 18 * mm
_FOOT: Final = 16 * mm
_WIDTH: Final = A4[0] - 2 * _SIDE
_SHARES: Final = {2: (0.5, 0.5), 3: (0.41, 0.41, 0.18)}


def _style(name: str, size: float, **more: Any) -> ParagraphStyle:
    given = {"fontName": PLAIN, "leading": size * 1.35, "textColor": _INK, "splitLongWords": 1, **more}
    return ParagraphStyle(name, fontSize=size, **given)


_TEXT: Final = _style("text", 9.5, spaceAfter=4)
_POINT: Final = _style("point", 9.5, spaceAfter=2, leftIndent=12, bulletIndent=2, bulletFontName=PLAIN)
_CELL: Final = _style("cell", 8.5)
_HEAD: Final = _style("head", 8.5, fontName=BOLD, textColor=_SOFT)
_HEADINGS: Final = {
    1: _style("heading 1", 17, fontName=BOLD, spaceAfter=6),
    2: _style("heading 2", 12, fontName=BOLD, spaceBefore=12, spaceAfter=4, keepWithNext=1),
}
_TABLE: Final = TableStyle(
    [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LINEBELOW", (0, 0), (-1, 0), 0.8, _SOFT),
        ("LINEBELOW", (0, 1), (-1, -1), 0.4, _LINE),
        ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ("RIGHTPADDING", (0, 0), (-1, -1), 8),
        ("TOPPADDING", (0, 0), (-1, -1), 2.5),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 3.5),
    ]
)


class _Title(Paragraph):
    """A heading, which is a bookmark as well."""

    def __init__(self, heading: Heading, type_: Typeface, *, is_first: bool) -> None:
        style = _HEADINGS[heading.level]
        if heading.level == 1 and not is_first:
            style = ParagraphStyle("heading of a further document", parent=style, pageBreakBefore=1)
        super().__init__(type_.set(heading.text) or "-", style)
        self.level, self.said = heading.level - 1, type_.plain(heading.text)


class _Sheets(BaseDocTemplate):
    """Pages with their numbers, and the outline."""

    def __init__(self, raw: BytesIO, title: str, type_: Typeface) -> None:
        super().__init__(
            raw, pagesize=A4, title=type_.plain(title), author="", creator="Accord", invariant=1, lang="en"
        )
        frame = Frame(_SIDE, _FOOT + 6 * mm, _WIDTH, A4[1] - _FOOT - 22 * mm, 0, 0, 0, 0)
        self.addPageTemplates([PageTemplate("page", [frame], onPage=self._page)])
        self._foot = Paragraph(type_.set(title), _style("foot", 8, textColor=_SOFT))
        self._titles = 0

    def _page(self, canvas: Canvas, _sheets: BaseDocTemplate) -> None:
        _, height = self._foot.wrap(_WIDTH - 60, _FOOT)
        self._foot.drawOn(canvas, _SIDE, _FOOT - 2 * mm - height + 8)
        canvas.setFont(PLAIN, 8)
        canvas.setFillColor(_SOFT)
        canvas.drawRightString(A4[0] - _SIDE, _FOOT - 2 * mm, f"Page {canvas.getPageNumber()}")

    def afterFlowable(self, flowable: Flowable) -> None:  # noqa: N802  # reportlab's name
        """Called by the layout after each part."""
        if isinstance(flowable, _Title):
            self._titles += 1
            name = f"title-{self._titles}"
            self.canv.bookmarkPage(name)
            self.canv.addOutlineEntry(flowable.said, name, flowable.level, closed=False)


def pdf_of(sheaf: Sheaf) -> bytes:
    """The documents as one PDF; the same documents give the same bytes."""
    type_ = Typeface()
    raw = BytesIO()
    flow = [
        each
        for at, part in enumerate(pages_of(sheaf.documents, sheaf.project))
        for each in _flow(part, type_, is_first=at == 0)
    ]
    title = ALL.format(project=sheaf.project) if sheaf.project else _ways(sheaf.documents)
    sheets = _Sheets(raw, title, type_)
    sheets.build([*flow, *_told(type_)])
    return raw.getvalue()


def _ways(documents: Sequence[Document]) -> str:
    return "Dataflow: " + ", ".join(f"{each.source} → {each.target}" for each in documents)


def _flow(part: Part, type_: Typeface, *, is_first: bool) -> Iterator[Flowable]:
    match part:
        case Heading():
            yield _Title(part, type_, is_first=is_first)
        case Prose(sentences):
            yield from (Paragraph(type_.set(each), _TEXT) for each in sentences)
        case Points(items):
            yield from (Paragraph(type_.set(each), _POINT, bulletText="\u2022") for each in items)
        case Grid(header, rows):
            cells = [[Paragraph(type_.set(each), _HEAD) for each in header]]
            cells += [
                [Paragraph(inline(cell, type_.set, lambda path: _code(path, type_)), _CELL) for cell in row]
                for row in rows
            ]
            widths = [share * _WIDTH for share in _SHARES[len(header)]]
            yield LongTable(
                cells,
                widths,
                repeatRows=1,
                splitInRow=1,
                style=_TABLE,
                hAlign="LEFT",
                spaceBefore=2,
                spaceAfter=8,
            )


def _code(path: str, type_: Typeface) -> str:
    return f'<font color="{_PATH}">{type_.set(path)}</font>'


def _told(type_: Typeface) -> Iterator[Flowable]:
    """What is not shown, or not by each reader."""
    if type_.unshown or type_.borrowed:
        yield Paragraph("Letters of this PDF", _HEADINGS[2])
    if type_.unshown:
        said = "No font here has these letters. They stand in the text by their numbers; the other formats show them:"
        yield Paragraph(f"{said} {_numbers(type_.unshown)}.", _TEXT)
    if type_.borrowed:
        said = "These letters are shown in a font of the reader; a reader that has none for them leaves them blank:"
        yield Paragraph(f"{said} {_numbers(type_.borrowed)}.", _TEXT)


def _numbers(letters: set[str]) -> str:
    return ", ".join(f"U+{ord(each):04X}" for each in sorted(letters))
