"""The text of an invented document, in the family's layout: own code, so that readers can be held against it."""

from collections.abc import Sequence
from dataclasses import dataclass

from accord.testing.documents.told import ToldCell, ToldDocument, ToldSection, ToldStray

__all__ = ["Written", "written"]


@dataclass(frozen=True, slots=True)
class Written:
    """A text, and what of it the grammar does not know: (line, text) each."""

    text: str
    unread: tuple[tuple[int, str], ...]


def written(document: ToldDocument) -> Written:
    """The document's text."""
    return _Writer(document).written()


class _Writer:
    def __init__(self, document: ToldDocument) -> None:
        self._told = document
        self._lines: list[str] = []
        self._unread: list[tuple[int, str]] = []

    def written(self) -> Written:
        told = self._told
        title = f"{told.source} to {told.target} Dataflow"
        self._put("=" * len(title), title, "=" * len(title), "")
        if told.generated:
            self._put(f"Generated: {told.generated}", "")
        self._strays(-1, 0, last=True)
        heading = "Introduction." if told.older else "Introduction"
        self._put(
            heading, "-" * len(heading), "", "What follows was agreed upon. It is about invented systems.", ""
        )
        self._strays(-2, 0, last=True)
        for number, section in enumerate(told.sections):
            self._section(number, section)
        body = told.line_end.join(self._lines)
        return Written(("\ufeff" if told.mark else "") + body, tuple(self._unread))

    def _put(self, *lines: str) -> None:
        self._lines.extend(lines)

    def _section(self, number: int, section: ToldSection) -> None:
        s, t = _end(self._told.spelled[0], section.source), _end(self._told.spelled[1], section.target)
        title = f"{s} to {t}"
        self._put(title, "-" * len(title))
        blocks = [block for block in _blocks(self._told.spelled, section, s, t) if block]
        for slot, block in enumerate(blocks):
            self._strays(number, slot)
            self._put(*block, "")
        self._strays(number, len(blocks), last=True)
        self._put("")

    def _strays(self, section: int, slot: int, *, last: bool = False) -> None:
        for stray in self._told.strays:
            if stray.section == section and (stray.slot == slot or (last and stray.slot > slot)):
                self._stray(stray)

    def _stray(self, stray: ToldStray) -> None:
        if stray.kind == "table":
            self._put(*_table([("Colour", stray.text)]), "")
            self._unread.append((len(self._lines) - 2, f"Colour | {stray.text}"))
            return
        if stray.kind == "heading":
            self._put("Remarks", "-------")
            self._unread.append((len(self._lines) - 1, "Remarks"))
        self._put(stray.text)
        self._unread.append((len(self._lines), stray.text))
        if stray.kind != "line":
            self._put("")


def _end(system: str, end: tuple[str, str]) -> str:
    name, facet = end
    return f"{system} {name} ({facet} data)" if facet else f"{system} {name}"


def _blocks(systems: tuple[str, str], section: ToldSection, s: str, t: str) -> list[list[str]]:
    """The section's paragraphs and tables in the family's order; an empty one is not there."""
    matching = f"A {s} will merge with a {t} if one of the following property combinations match:"
    alternatives = [tuple(" and ".join(each) for each in zip(*a, strict=True)) for a in section.alternatives]
    rows = [
        (_cell(row.source), _cell(row.target), f'"{row.type}"' if row.type else "N/A") for row in section.rows
    ]
    ends = (f"{s} Property", f"{t} Property")
    kept = (
        f"Once a link between a {s} and a {t} is established, it will keep in sync between the two systems, "
        "regardless of where it is edited."
    )
    return [
        _creation(systems, section, s, t),
        _merging(section, s, t),
        [matching] if alternatives else [],
        _table([ends, *alternatives]) if alternatives else [],
        [kept],
        [f"The following properties are synchronized between a {s} and a {t}:"],
        _table([(*ends, f"{systems[1]} Data Type"), *rows]),
    ]


def _creation(systems: tuple[str, str], section: ToldSection, s: str, t: str) -> list[str]:
    lines = []
    if section.rule == "always":
        lines.append(f"Every {s} will be synchronized with a {t}.")
    elif section.rule == "condition":
        lines.append(f"{section.text}, it  will be synchronized with a {t}.")
    elif section.rule == "linked":
        lines.append(
            f"Before any synchronization can take place, a link between a {s} and a {t} must be established."
        )
    if section.connected:
        *most, last = section.connected
        types = f"{', '.join(most)}, or {last}" if most else last
        lines.append(
            f"A new {t} will be created from a {s} if it is connected to a {systems[0]} {types} "
            f"that is synchronized into {systems[1]}."
        )
    return lines


def _merging(section: ToldSection, s: str, t: str) -> list[str]:
    if not section.merge_existing:
        return []
    return [
        f"If a matching {t} already exists, the {s} will be merged with the existing one.",
        f"If no matching {t} is found, a new {t} will be created.",
    ]


def _cell(cell: ToldCell) -> str:
    conditions = "".join(f"(Dependant on having {value} in {path})" for value, path in cell.conditions)
    return f"{cell.path} {conditions}" if conditions else cell.path


def _table(rows: Sequence[Sequence[str]]) -> list[str]:
    lines = [".. list-table::", "   :header-rows: 1", ""]
    for row in rows:
        lines += [f"   {'* -' if index == 0 else '  -'} {cell}" for index, cell in enumerate(row)]
    return lines
