"""One page that holds everything: the flow as a picture, what is said of each pair, its rows with their last result."""

from collections.abc import Iterable, Iterator
from html import escape
from pathlib import Path
from typing import Final

from accord.core.wording import counted
from accord.dataflow.cells import cell_text
from accord.dataflow.document import Document, Section
from accord.dataflow.formats.picture import betweens, picture
from accord.dataflow.formats.sheaves import Sheaf
from accord.dataflow.names import entity_key
from accord.dataflow.page import Grid, Heading, Part, Points, Prose, inline, page_of
from accord.dataflow.phrases import ALL
from accord.dataflow.web_page import web_page

__all__ = ["html_of"]

_HERE: Final = Path(__file__).parent
_SIGNS: Final = {"failed": "✗", "passed": "✓", "not_checked": "○"}
_WORDS: Final = {"failed": "failed", "passed": "passed", "not_checked": "not checked"}
_ARROWS: Final = {"forward": "→", "backward": "←", "both": "↔"}
_TURNED: Final = {"forward": "backward", "backward": "forward", "both": "both"}


def html_of(sheaf: Sheaf) -> str:
    """The page, with nothing from elsewhere in it; characters that HTML can not hold are told as \\x…"""
    return web_page(_title(sheaf), _body(sheaf), style=_HERE / "page.css", script=_HERE / "page.js")


def _title(sheaf: Sheaf) -> str:
    if sheaf.project or not sheaf.documents:
        return ALL.format(project=sheaf.project).strip()
    first = sheaf.documents[0]
    return f"Dataflow: {first.source} ↔ {first.target}"


def _body(sheaf: Sheaf) -> Iterator[str]:
    drawn = betweens(sheaf.documents, _anchor)
    systems = len({name for each in drawn for name in (each.source, each.target)})
    rows = sum(1 for document in sheaf.documents for _ in document.rows())
    pairs = sum(len(each.arrows) for each in drawn)
    counts = (counted(systems, "system"), counted(pairs, "pair"), counted(rows, "property row"))
    said = [", ".join(counts), *(f"written {when}" for when in dict.fromkeys(_written(sheaf.documents)))]
    yield f"<p>{escape('; '.join(said))}.{_legend(sheaf)}</p></header>"
    yield '<form class="filters"><label>Search <input type="search" id="find" autocomplete="off" '
    yield 'placeholder="a property, a type …"></label>'
    if sheaf.results:
        yield '<label><input type="checkbox" id="open"> only rows that did not pass</label>'
    yield '<output id="found"></output></form>'
    yield '<main>\n<figure class="picture">'
    yield from picture(drawn)
    yield "</figure>"
    for at, document in enumerate(sheaf.documents):
        yield from _document(sheaf, document, at)
    yield "</main>"


def _written(documents: Iterable[Document]) -> Iterator[str]:
    return (each.generated for each in documents if each.generated)


def _legend(sheaf: Sheaf) -> str:
    if not sheaf.results:
        return " No checklist was performed yet (accord qa)."
    signs = ", ".join(f'<span class="{each}">{_SIGNS[each]} {words}</span>' for each, words in _WORDS.items())
    return f" Last checklist: {signs}; each sign leads to its line in the report."


def _document(sheaf: Sheaf, document: Document, at: int) -> Iterator[str]:
    """A document's parts; each heading of the second level opens a section, and those of pairs are searched."""
    number, title, *rest = -1, *page_of(document)
    yield f"<article><h2>{escape(title.text if isinstance(title, Heading) else '')}</h2>"
    is_open = False
    for part in rest:
        if not isinstance(part, Heading):
            yield from _part(sheaf, document, number, part)
            continue
        if is_open:
            yield from _lines(sheaf, document, number)
            yield "</section>"
        is_open, number = True, number + 1
        if 0 < number <= len(document.sections):
            yield f'<section class="pair" id="{_anchor(at, number - 1)}"><h3>{escape(part.text)}</h3>'
        else:
            yield f'<section class="{"about" if number == 0 else "untold"}"><h3>{escape(part.text)}</h3>'
    if is_open:
        yield from _lines(sheaf, document, number)
        yield "</section>"
    yield "</article>"


def _anchor(document: int, section: int) -> str:
    return f"pair-{document + 1}-{section + 1}"


def _part(sheaf: Sheaf, document: Document, number: int, part: Part) -> Iterator[str]:
    match part:
        case Prose(sentences):
            yield from (f"<p>{escape(each)}</p>" for each in sentences)
        case Points(items):
            yield "<ul>"
            yield from (f"<li>{escape(each)}</li>" for each in items)
            yield "</ul>"
        case Grid(header, rows):
            # rows of properties have a third column, their type; the alternatives of a match have two
            results = [""] * len(rows)
            of_rows = len(header) > 2
            if sheaf.results:
                section = document.sections[number - 1]
                results = list(_results(sheaf, document, section, of_rows=of_rows))
                header = (*header, "Checked")
            yield f'<table class="{"rows" if of_rows else "matches"}"><thead><tr>'
            yield "".join(f"<th>{escape(each)}</th>" for each in header)
            yield "</tr></thead><tbody>"
            for row, result in zip(rows, results, strict=True):
                cells = "".join(f"<td>{inline(cell, escape, _code)}</td>" for cell in row)
                checked = f'<td class="checked">{result}</td>' if sheaf.results else ""
                yield f"<tr>{cells}{checked}</tr>"
            yield "</tbody></table>"
        case Heading():  # pragma: no cover - opens a section: see `_document`
            pass


def _code(path: str) -> str:
    return f"<code>{escape(path)}</code>"


def _results(sheaf: Sheaf, document: Document, section: Section, *, of_rows: bool) -> Iterator[str]:
    """What came of each line of a table, in each direction in which it was performed."""
    pair = _pair(sheaf, document, section)
    if not of_rows:
        for at in range(1, len(section.alternatives) + 1):
            name = f"match {at}"
            yield _found(sheaf, (pair, name), (pair[::-1], name)) or _NEVER
        return
    backward = not any(
        (each.source, each.target) == (document.target, document.source) for each in sheaf.documents
    )
    for row in section.rows:
        source, target = cell_text(row.source), cell_text(row.target)
        here, there = f"{source} - {target}", f"{target} - {source}"
        ways = ("forward", "backward") if backward else ("forward",)
        yield _found(sheaf, (pair, here), (pair[::-1], there), ways) or _NEVER


_NEVER: Final = '<span class="never">none</span>'
_Key = tuple[tuple[str, str], str]


def _found(
    sheaf: Sheaf, ours: _Key, turned: _Key, ways: Iterable[str] = ("both", "forward", "backward")
) -> str:
    """Links to the last results of a line, whichever way round its pair stood in the checklist."""
    told = []
    for way in ways:
        last = sheaf.results.get((" - ".join(ours[0]), ours[1], way))
        last = last or sheaf.results.get((" - ".join(turned[0]), turned[1], _TURNED[way]))
        if last:
            told.append(_link(*last, _ARROWS[way]))
    return " ".join(told)


def _link(outcome: str, href: str, arrow: str) -> str:
    known = outcome if outcome in _SIGNS else "not_checked"
    return (
        f'<a class="{known}" title="{_WORDS[known]}" href="{escape(href)}">{arrow}&nbsp;{_SIGNS[known]}</a>'
    )


def _pair(sheaf: Sheaf, document: Document, section: Section) -> tuple[str, str]:
    ends = (document.source, section.source), (document.target, section.target)
    source, target = (entity_key(sheaf.keys.get(name, name), end.type, end.facet) for name, end in ends)
    return source, target


def _lines(sheaf: Sheaf, document: Document, number: int) -> Iterator[str]:
    """Below a pair: what came of those lines of the checklist that are no line of its tables; once for both ways."""
    if not (sheaf.results and 0 < number <= len(document.sections)):
        return
    before = sheaf.documents[: sheaf.documents.index(document)]
    if any((each.source, each.target) == (document.target, document.source) for each in before):
        return
    section = document.sections[number - 1]
    pair = _pair(sheaf, document, section)
    told: dict[str, list[str]] = {}
    for (of, row, way), (outcome, href) in sheaf.results.items():
        turned = of == " - ".join(pair[::-1])
        if (turned or of == " - ".join(pair)) and " - " not in row and not row.startswith("match "):
            told.setdefault(row, []).append(_link(outcome, href, _ARROWS[_TURNED[way] if turned else way]))
    if told:
        items = " · ".join(f"<span>{escape(row)} {' '.join(links)}</span>" for row, links in told.items())
        yield f'<p class="others">Also checked: {items}</p>'
