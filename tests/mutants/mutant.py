"""A seeded bug: a text of one source file replaced by another, and the checks that have to notice."""

from pathlib import Path
from typing import NamedTuple

__all__ = ["SOURCE", "Mutant", "mutate"]

SOURCE = Path(__file__).resolve().parents[2] / "src"


class Mutant(NamedTuple):
    """`old` stands exactly once in `file` (below src/accord). `laws` is a pytest expression of tests/property (world,
    core, connectorkit, serving) that should fail; where it is empty, simulated worlds should, at most `worlds`."""

    id: str
    rule: str
    story: str
    file: str
    old: str
    new: str
    laws: str = ""
    worlds: int = 300


def mutate(mutant: Mutant, source: Path) -> None:
    """Apply a mutant in a copy of src. Raises ValueError: the text is not there, or more than once."""
    path = source / "accord" / mutant.file
    text = path.read_text(encoding="utf-8")
    if text.count(mutant.old) != 1:
        raise ValueError(f"{mutant.id}: its text stands {text.count(mutant.old)} times in {mutant.file}")
    path.write_text(text.replace(mutant.old, mutant.new), encoding="utf-8")
