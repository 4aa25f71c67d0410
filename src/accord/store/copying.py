"""Copies the state of a project from one store into another, and reads it back from there to compare."""

from collections.abc import Callable, Mapping as ReadOnly
from contextlib import AbstractContextManager
from typing import Protocol

from msgspec import Struct

from accord.core.errors import StopFlow
from accord.store.tables import Tables, Tally, copied, tallied

__all__ = ["Copied", "Source", "Target", "copy_state"]


class Copied(Struct, kw_only=True):
    """What was copied, and found to be the same on the other side: rows by table."""

    rows: dict[str, int]

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.rows.values())


class Source(Protocol):
    """A store that can be copied."""

    def reading(self) -> AbstractContextManager[Tables]:
        """Its rows, as they are at one moment."""
        ...


class Target(Protocol):
    """A place that takes a whole state."""

    def filling(self) -> AbstractContextManager[Tables]:
        """Empty tables; they take the place of what is there when the context ends without an error, all at once."""
        ...


def copy_state(source: Source, target: Target, tell: Callable[[str, int], None]) -> Copied:
    """Copy all of a state. It stands on the other side when it was read back from there and is the same, or not at all.

    Raises StopFlow: it is not the same, or one of the two sides refuses.
    """
    with source.reading() as rows, target.filling() as tables:
        told = copied(rows, tables, tell)
        _compare(told, tallied(tables))
    return Copied(rows={name: tally.rows for name, tally in told.items()})


def _compare(told: ReadOnly[str, Tally], found: ReadOnly[str, Tally]) -> None:
    for name, tally in told.items():
        if found[name] != tally:
            raise StopFlow(
                f"the copy is not what was copied: {name} has {found[name].rows} rows for {tally.rows}, or others",
                remedy="Nothing was kept of it. Try again; if it comes again, one of the two disks is at fault.",
            )
