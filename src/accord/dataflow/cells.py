"""Cells of the property tables: a path, perhaps with conditions; a type, perhaps in quotes."""

import re
from typing import Final

from accord.dataflow.document import Cell, Condition

__all__ = ["cell_of", "cell_text", "combinations_of", "combinations_text", "type_of", "type_text"]

_START: Final = re.compile(r"\s*\(?Dependant on having(?=\s)")
_CONDITION: Final = re.compile(r"\s(?P<value>.*)\sin\s(?P<path>\S*)\s*")
_SHORT_OF_BLANKS: Final = re.compile(r"\s(?P<value>.*?)\s?\bin(?:\s(?P<path>.*))?")
_SEVERAL: Final = re.compile(r",\s+|\s+and\s+")


def cell_of(text: str) -> tuple[Cell, str]:
    """The cell, and the part of it that was not understood ("" in the good case)."""
    parts = _START.split(text)
    path = parts[0].strip()
    conditions: list[Condition] = []
    for part in parts[1:]:
        inside = part.rstrip().removesuffix(")")
        found = _CONDITION.fullmatch(inside) or _SHORT_OF_BLANKS.fullmatch(inside)
        if found is None:
            return Cell(path), text
        conditions.append(Condition(found["value"].strip(), (found["path"] or "").strip()))
    return Cell(path, tuple(conditions)), ""


def cell_text(cell: Cell) -> str:
    """What `cell_of` reads; two conditions stand side by side, as the family has it."""
    conditions = "".join(f"(Dependant on having {each.value} in {each.path})" for each in cell.conditions)
    return f"{cell.path} {conditions}".rstrip() if conditions else cell.path


def type_of(text: str) -> tuple[str, bool]:
    """The type, and whether it was written as the family does: in quotes, or N/A for none."""
    stripped = text.strip()
    if stripped in ("N/A", ""):
        return "", bool(stripped)
    if len(stripped) > 2 and stripped[0] == stripped[-1] == '"':
        return stripped[1:-1], True
    return stripped, False


def type_text(name: str) -> str:
    """What `type_of` reads."""
    return f'"{name}"' if name else "N/A"


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
