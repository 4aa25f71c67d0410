"""Writes a dataflow document: the seed's layout, the family's sentences, an introduction in Accord's own words."""

from collections.abc import Iterator, Sequence

from accord.dataflow import phrases
from accord.dataflow.blocks import escaped
from accord.dataflow.cells import cell_text, combinations_text, type_text
from accord.dataflow.document import Creation, Document, Section
from accord.dataflow.ends import end_text

__all__ = ["render_document"]

_INTRODUCTION = (
    "This page says which records of {source} and {target} are kept in sync, when a record is created, and which "
    "properties flow. It was written by Accord from the configuration that runs, and can be imported again."
)


def render_document(document: Document) -> str:
    """The document as reStructuredText; reading it gives the same document."""
    return "\n".join(_lines(document)) + "\n"


def _lines(document: Document) -> Iterator[str]:
    title = f"{document.source} to {document.target} Dataflow"
    yield from ("=" * len(title), title, "=" * len(title), "")
    if document.generated:
        yield from (f"Generated: {document.generated}", "")
    prose = _INTRODUCTION.format(
        source=escaped(document.source) or "one system", target=escaped(document.target) or "another"
    )
    if document.untold:
        prose += f" The configuration also says what no such page can: {escaped('; '.join(document.untold))}."
    yield from ("Introduction", "------------", "", prose)
    for section in document.sections:
        yield ""
        yield from _section(document, section)


def _section(document: Document, section: Section) -> Iterator[str]:
    s, t = end_text(document.source, section.source), end_text(document.target, section.target)
    title = escaped(f"{s} to {t}")
    yield from (title, "-" * max(4, len(title)))
    words = {"s": escaped(s), "t": escaped(t)}
    for paragraph in _creation(document, section.creation, words):
        yield from (*paragraph, "")
    if section.alternatives:
        yield from (phrases.MATCHED.format(**words), "")
        cells = [combinations_text(each.combinations) for each in section.alternatives]
        yield from _table([(f"{s} Property", f"{t} Property"), *cells])
        yield ""
    yield from (phrases.KEPT.format(**words), "", phrases.ROWS.format(**words), "")
    header = (f"{s} Property", f"{t} Property", f"{document.target} Data Type")
    rows = [(cell_text(row.source), cell_text(row.target), type_text(row.type)) for row in section.rows]
    yield from _table([header, *rows])
    yield ""


def _creation(document: Document, creation: Creation, words: dict[str, str]) -> Iterator[list[str]]:
    if creation.rule == "always":
        yield [phrases.ALWAYS.format(**words)]
    elif creation.rule == "condition":
        yield [phrases.FOLLOWS.format(text=escaped(creation.text), t=words["t"])]
    elif creation.rule == "linked":
        yield [phrases.LINKED.format(**words)]
    if creation.connected:
        types = escaped(f"{document.source} {_listed(creation.connected)}")
        yield [phrases.CONNECTED.format(types=types, target=escaped(document.target), **words)]
    if creation.merge_existing:
        yield [phrases.MERGED.format(**words), phrases.NOT_FOUND.format(**words)]


def _listed(types: Sequence[str]) -> str:
    *most, last = types
    return f"{', '.join(most)}, or {last}" if most else last


def _table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield from (".. list-table::", "   :header-rows: 1", "")
    for row in rows:
        for index, cell in enumerate(row):
            bullet = "   * -" if index == 0 else "     -"
            yield f"{bullet} {escaped(cell)}".rstrip() if cell else bullet
