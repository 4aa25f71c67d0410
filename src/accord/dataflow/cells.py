"""Cells of the property tables: a path, perhaps with conditions; a type, perhaps in quotes."""

import re
from typing import Final

from accord.dataflow.document import Cell, Condition

__all__ = ["cell_of", "cell_parts", "cell_text", "combinations_of", "combinations_text", "type_of"]

_WHERE: Final = re.compile(r"\s*\(where(?=\s)")
_OWN: Final = re.compile(r"\s(?:(?P<path>.*?)\s)?is(?:\s(?P<value>.*))?")
_START: Final = re.compile(r"\s*\(?Dependant on having(?=\s)")
_CONDITION: Final = re.compile(r"\s(?P<value>.*)\sin\s(?P<path>\S*)\s*")
_SHORT_OF_BLANKS: Final = re.compile(r"\s(?P<value>.*?)\s?\bin(?:\s(?P<path>.*))?")
_SEVERAL: Final = re.compile(r",\s+|\s+and\s+")


def cell_of(text: str) -> tuple[Cell, str]:
    """The cell, and the part of it that was not understood ("" in the good case)."""
    own = _WHERE.search(text) is not None
    parts = (_WHERE if own else _START).split(text)
    path = parts[0].strip()
    conditions: list[Condition] = []
    for part in parts[1:]:
        inside = part.rstrip().removesuffix(")")
        found = (
            _OWN.fullmatch(inside)
            if own
            else _CONDITION.fullmatch(inside) or _SHORT_OF_BLANKS.fullmatch(inside)
        )
        if found is None:
            return Cell(path), text
        conditions.append(Condition((found["value"] or "").strip(), (found["path"] or "").strip()))
    return Cell(path, tuple(conditions)), ""


def cell_text(cell: Cell) -> str:
    """What `cell_of` reads, in Accord's own wording."""
    return "".join(cell_parts(cell))


def cell_parts(cell: Cell) -> list[str]:
    """The same in parts: every second one is a path, and the first one may be blank."""
    parts, after = ["", cell.path], " "
    for each in cell.conditions:
        parts += [f"{after}(where ", each.path]
        after = f" is {each.value})"
    return [*parts, after] if cell.conditions else parts


def type_of(text: str) -> tuple[str, bool]:
    """The type, and whether it was written as the family does: in quotes, or N/A for none."""
    stripped = text.strip()
    if stripped in ("N/A", ""):
        return "", bool(stripped)
    if len(stripped) > 2 and stripped[0] == stripped[-1] == '"':
        return stripped[1:-1], True
    return stripped, False


def combinations_of(source: str, target: str) -> tuple[tuple[str, str], ...] | None:
    """The combinations of one alternative; None where the two cells name different numbers of properties."""
    sources, targets = _SEVERAL.split(source.strip()), _SEVERAL.split(target.strip())
    if len(sources) != len(targets):
        return None
    return tuple(zip((s.strip() for s in sources), (t.strip() for t in targets), strict=True))


def combinations_text(combinations: tuple[tuple[str, str], ...]) -> tuple[str, str]:
    """What `combinations_of` reads: the source cell and the target cell."""
    return " and ".join(source for source, _ in combinations), " and ".join(
        target for _, target in combinations
    )
