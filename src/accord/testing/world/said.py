"""What people decided in Accord while a world was played, for the oracle to hold the hub to (L6, M2, G3)."""

from collections import defaultdict
from typing import Any

from msgspec import Struct, field

from accord.core.values import Value

__all__ = ["Promise", "Said", "plain"]

Pair = tuple[str, str]


class Promise(Struct, frozen=True, kw_only=True):
    """What an undo said that it puts back, and when: see `runtime.people.undo.Restore`."""

    at_us: int
    what: str
    golden: str
    record: str
    property: str
    back: Value
    everywhere: bool


class Said(Struct, kw_only=True):
    """The word of people, as far as they were told that it was taken.

    `pairs`: verdict by pair of records; "" where the process was killed, so that nobody knows. `ties`: records and
    golden records that a decision joined or parted, whose values and history may have moved between them. `values` by
    golden record and property: what became golden because a person wanted it. `picks`: the newest of these, and when.
    `settled`: when somebody last decided about a property of a golden record, or about whether it lives ("").
    `ended` and `begun` are golden records of which a person had records deleted, or made again. `answered`: entity
    types where somebody told what became of a create.
    """

    pairs: dict[Pair, str] = field(default_factory=dict)
    ties: list[Pair] = field(default_factory=list)
    values: defaultdict[str, defaultdict[str, set[Any]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(set))
    )
    picks: dict[Pair, tuple[Any, int]] = field(default_factory=dict)
    settled: dict[Pair, int] = field(default_factory=dict)
    promises: list[Promise] = field(default_factory=list)
    ended: set[str] = field(default_factory=set)
    begun: set[str] = field(default_factory=set)
    answered: set[str] = field(default_factory=set)


def plain(value: Value) -> Any:
    """A value that a set can hold."""
    if isinstance(value, list):
        return tuple(map(plain, value))
    return (
        tuple(sorted((name, plain(of)) for name, of in value.items())) if isinstance(value, dict) else value
    )
