"""What differs between two versions of documents, in sentences."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal, TypeAlias, TypeVar

from accord.dataflow.cells import cell_text, combinations_text
from accord.dataflow.document import Alternative, Cell, Creation, Document, Row, Section
from accord.dataflow.merge import careful, joined
from accord.dataflow.page import pair_title

__all__ = ["Change", "changes", "within"]

Kind: TypeAlias = Literal["document", "pair", "creation", "match", "row", "not here"]

_T = TypeVar("_T")


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One difference. `new` is what was added, `old` what is gone; both, where something reads differently.

    `document` and `section` are the newer ones where they are there, for their ends; `line` is that of the newer file.
    """

    kind: Kind
    text: str
    document: Document
    section: Section | None = None
    old: Row | Alternative | None = None
    new: Row | Alternative | None = None
    line: int = 0

    @property
    def where(self) -> str:
        """The pair as its heading has it, or the systems."""
        if self.section is None:
            return f"{self.document.source} → {self.document.target}"
        return pair_title(self.document, self.section)

    @property
    def sentence(self) -> str:
        """Place and difference."""
        return f"{self.where}: {self.text}"

    def data(self) -> dict[str, Any]:
        """The change as JSON data."""
        return {"where": self.where, "what": self.kind, "text": self.text, "line": self.line}


def within(documents: Sequence[Document], others: Sequence[Document], *, both_ways: bool) -> list[Document]:
    """The documents that are about what others are about, for these may be a part of all.

    `both_ways`: what is said between two systems is said by the others in full, the way back too.
    """
    ends = {(each.source, each.target) for each in others}
    if both_ways:
        ends |= {(target, source) for source, target in ends}
    return [each for each in documents if (each.source, each.target) in ends]


def changes(old: Sequence[Document], new: Sequence[Document]) -> list[Change]:
    """Each difference, in the order of the newer documents; what is gone comes after these."""
    before = {(each.source, each.target): each for each in joined(old)}
    found: list[Change] = []
    for document in joined(new):
        known = before.pop((document.source, document.target), None)
        if known is None:
            text = "this way has a document of its own now; what it says is not what the way back said"
            found.append(Change(kind="document", text=text, document=document))
            known = Document(document.source, document.target)
        found += _in_document(known, document)
    gone = "this way has no document any more; what the other way says holds both ways, if it has one"
    found += [Change(kind="document", text=gone, document=each) for each in before.values()]
    return found


def _in_document(old: Document, new: Document) -> Iterator[Change]:
    before, after = _sections(old), _sections(new)
    for key, section in after.items():
        if (known := before.get(key)) is not None:
            yield from _in_section(new, known, section)
            continue
        told = partial(Change, document=new, section=section, line=section.line)
        yield told(kind="pair", text="this pair is new")
        yield told(kind="creation", text=f"records are created {_created(section.creation)}")
        yield from _in_lists(new, Section(section.source, section.target), section)
    for key, section in before.items():
        if key not in after:
            yield Change(kind="pair", text="this pair is gone", document=old, section=section)
    told = partial(Change, kind="not here", document=new)
    for gap in _added(old.untold, new.untold):
        yield told(text=f"the configuration says more than documents can: {gap}")
    for gap in _added(new.untold, old.untold):
        yield told(text=f"the configuration says no more: {gap}")


def _sections(document: Document) -> dict[object, Section]:
    """By their ends; what stands in several sections of one pair is one, with the most careful creation rule."""
    found: dict[object, Section] = {}
    for each in document.sections:
        key = (each.source, each.target)
        known = found.get(key, replace(each, alternatives=(), rows=()))
        found[key] = Section(
            known.source,
            known.target,
            known.creation if known.creation == each.creation else careful(known.creation, each.creation),
            tuple(dict.fromkeys((*known.alternatives, *each.alternatives))),
            (*known.rows, *each.rows),
            known.line,
            known.place,
        )
    return found


def _in_section(document: Document, old: Section, new: Section) -> Iterator[Change]:
    if old.creation != new.creation:
        text = f"records are created {_created(new.creation)}, instead of {_created(old.creation)}"
        yield Change(kind="creation", text=text, document=document, section=new, line=new.line)
    yield from _in_lists(document, old, new)


def _created(creation: Creation) -> str:
    words = {
        "always": "always",
        "linked": "only when two are linked",
        "condition": f"only on the condition `{creation.text}`",
        "unsaid": "" if creation.connected else "as nobody said",
    }[creation.rule]
    if creation.connected:
        pulled = f"for what is connected to {' or '.join(creation.connected)}"
        words = f"{words}, and {pulled}" if words else f"only {pulled}"
    return f"{words}, after a match was looked for" if creation.merge_existing else words


def _in_lists(document: Document, old: Section, new: Section) -> Iterator[Change]:
    told = partial(Change, kind="match", document=document, section=new)
    for each in _added(old.alternatives, new.alternatives):
        yield told(text=f"the match alternative {_alternative(each)} is new", new=each, line=each.line)
    for each in _added(new.alternatives, old.alternatives):
        yield told(text=f"the match alternative {_alternative(each)} is gone", old=each)
    kept = [each for each in old.alternatives if each in new.alternatives]
    if kept != [each for each in new.alternatives if each in old.alternatives]:
        yield told(text="the match alternatives are tried in another order", line=new.line)
    yield from _in_rows(document, old, new)


def _in_rows(document: Document, old: Section, new: Section) -> Iterator[Change]:
    before, after = _by_ends(old.rows), _by_ends(new.rows)
    for key, row in after.items():
        known = before.get(key)
        if known is None:
            text = f"the row {_row(row)} is new"
        elif known.type != row.type:
            text = f"{_row(row)} has {_typed(row)} instead of {_typed(known, short=True)}"
        else:
            continue
        yield Change(kind="row", text=text, document=document, section=new, old=known, new=row, line=row.line)
    for key, row in before.items():
        if key not in after:
            text = f"the row {_row(row)} is gone"
            yield Change(kind="row", text=text, document=document, section=new, old=row)


def _by_ends(rows: Sequence[Row]) -> dict[tuple[Cell, Cell], Row]:
    """Rows by their cells; the first one counts where two have the same."""
    found: dict[tuple[Cell, Cell], Row] = {}
    for row in rows:
        found.setdefault((row.source, row.target), row)
    return found


def _added(old: Sequence[_T], new: Sequence[_T]) -> list[_T]:
    return [each for each in dict.fromkeys(new) if each not in old]


def _row(row: Row) -> str:
    return f"{cell_text(row.source) or '(blank)'} - {cell_text(row.target) or '(blank)'}"


def _typed(row: Row, *, short: bool = False) -> str:
    if not row.type:
        return "none" if short else "no type"
    return f'"{row.type}"' if short else f'the type "{row.type}"'


def _alternative(alternative: Alternative) -> str:
    return " - ".join(combinations_text(alternative.combinations))
