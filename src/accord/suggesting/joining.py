"""Finds records of two systems that stand for the same things: by links, else by what identifies them in both.

What has equal values in two identifying properties is taken for one thing only if such records agree in something else
as well: two systems that number their customers from 1 share all numbers, and no customer.
"""

from collections import Counter
from collections.abc import Hashable, Iterator, Mapping as ReadOnly, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import Final

from accord.suggesting.agreement import MOST_WORDS, Joined, best_agreement
from accord.suggesting.field import Field
from accord.suggesting.readings import Reading

__all__ = ["Column", "Join", "find_join"]

_FIRST: Final = ("email", "phone", "letters", "folded", "number", "text", "date", "instant")
_DISTINCT: Final = 0.9
_PART: Final = 0.02
"""A part of a combination has at least this share of different values."""
_LEAST: Final = 4
_FEW: Final = 8
"""Fewer records than this must be borne out by two other properties."""
_SHARE: Final = 0.03
"""So much of the smaller sample must be found in the other one."""
_BASES: Final = 10
"""So many single properties, and parts of combinations, are tried."""
_LOOKED_AT: Final = 100
_SURE: Final = 2.0
"""Points from which on two other properties agree."""


@dataclass(frozen=True)
class Column:
    """A property with the ways to read it."""

    field: Field
    readings: Sequence[Reading]

    @cached_property
    def words(self) -> Sequence[Hashable] | None:
        """Its values, where they are a few words that come again and again; else None."""
        if self.field.spec.type not in ("string", "integer", "boolean"):
            return None
        found = [v if isinstance(v, str | int | bool) else None for v in self.field.values]
        return found if 2 <= len(set(found) - {None}) <= MOST_WORDS else None

    def best(self) -> Iterator[Reading]:
        """The readings that a record can be found by."""
        for reading in self.readings:
            if reading.kind in _FIRST:
                yield reading


@dataclass(frozen=True, kw_only=True, slots=True)
class Join:
    """Joined records, by what (pairs of paths; none: by links), and the other properties that agree in them."""

    pairs: Joined = ()
    by: tuple[tuple[str, str], ...] = ()
    others: tuple[tuple[Reading, Reading], ...] = ()

    @property
    def agreeing(self) -> int:
        """How many other properties agree."""
        return len(self.others)

    def bears_out(self, a: int, b: int) -> bool:
        """At least a third of the other properties that both records have are equal, and one of them is."""
        both = [
            (x, y) for one, other in self.others if None not in (x := one.values[a], y := other.values[b])
        ]
        equal = sum(x == y for x, y in both)
        return equal > 0 and equal >= len(both) / 3


@dataclass(frozen=True, slots=True)
class _Key:
    """A way to find the partner of a record: values of either side in the order of its sample."""

    by: tuple[tuple[int, int], ...]
    left: Sequence[Hashable]
    right: Sequence[Hashable]

    def join(self) -> Joined:
        """Records whose value is borne by one record of either side."""
        ours, theirs = _unique(self.left), _unique(self.right)
        return [(at, theirs[value]) for value, at in ours.items() if value in theirs]


def find_join(left: Sequence[Column], right: Sequence[Column], linked: Joined = ()) -> Join:
    """The join that the most other properties bear out, completed by further ones that do not contradict it."""
    if len(linked) >= _LEAST:
        best: Join = Join(pairs=linked)
    else:
        keys = [*_singles(left, right)]
        tried = [_borne_out(key, left, right) for key in keys[:_BASES]]
        if not any(_is_good(join) for join in tried):
            tried += [_borne_out(key, left, right) for key in _combined(left, right)]
        good = [join for join in tried if _is_good(join)]
        if not good:
            return Join()
        best = max(good, key=lambda join: (min(join.agreeing, 3), len(join.pairs), join.agreeing))
        for further in sorted(good, key=lambda join: -len(join.pairs)):
            best = _completed(best, further)
    return best


def _is_good(join: Join) -> bool:
    return len(join.pairs) >= _LEAST and join.agreeing >= (1 if len(join.pairs) >= _FEW else 2)


def _completed(join: Join, further: Join) -> Join:
    """With the records that only the further one finds, if they agree on those that both find."""
    if join is further or further.agreeing < join.agreeing / 2:
        return join
    ours, theirs = dict(join.pairs), {b: a for a, b in join.pairs}
    shared = [(a, b) for a, b in further.pairs if a in ours or b in theirs]
    if len(shared) < 3 or sum(ours.get(a) == b for a, b in shared) < 0.95 * len(shared):
        return join
    more = [(a, b) for a, b in further.pairs if a not in ours and b not in theirs and join.bears_out(a, b)]
    return Join(pairs=sorted((*join.pairs, *more)), by=join.by, others=join.others)


def _unique(values: Sequence[Hashable]) -> dict[Hashable, int]:
    counts = Counter(values)
    return {v: at for at, v in enumerate(values) if v is not None and counts[v] == 1}


def _distinct(values: Sequence[Hashable]) -> float:
    """How many different values there are for each value."""
    kept = [value for value in values if value is not None]
    return len(set(kept)) / len(kept) if kept else 0.0


def _pairs(
    left: Sequence[Column], right: Sequence[Column], distinct: float
) -> Iterator[tuple[int, int, Reading, Reading, int]]:
    """Readings of one kind with that many different values, and how many values they share."""
    ours, theirs = (
        [
            (at, reading, set(reading.values) - {None})
            for at, column in enumerate(columns)
            for reading in column.best()
            if _distinct(reading.values) >= distinct
        ]
        for columns in (left, right)
    )
    for a, one, mine in ours:
        for b, other, yours in theirs:
            shared = len(mine & yours) if one.kind == other.kind else 0
            if shared >= max(_LEAST, _SHARE * min(len(mine), len(yours))):
                yield a, b, one, other, shared


def _singles(left: Sequence[Column], right: Sequence[Column]) -> Iterator[_Key]:
    found = sorted(
        _pairs(left, right, _DISTINCT), key=lambda each: (-each[4], _FIRST.index(each[2].kind), each[:2])
    )
    seen: set[tuple[int, int]] = set()
    for a, b, one, other, _ in found:
        if (a, b) not in seen:
            seen.add((a, b))
            yield _Key(((a, b),), one.values, other.values)


def _combined(left: Sequence[Column], right: Sequence[Column]) -> Iterator[_Key]:
    """Two properties each that identify only together."""
    parts: dict[tuple[int, int], tuple[Reading, Reading, float]] = {}
    for a, b, one, other, shared in _pairs(left, right, _PART):
        worth = shared * min(_distinct(one.values), _distinct(other.values))
        if worth > parts.get((a, b), (one, other, 0.0))[2]:
            parts[a, b] = (one, other, worth)
    best = sorted(parts, key=lambda each: -parts[each][2])[:_BASES]
    for x, y in combinations(best, 2):
        if x[0] == y[0] or x[1] == y[1]:
            continue
        ours = _both(parts[x][0].values, parts[y][0].values)
        theirs = _both(parts[x][1].values, parts[y][1].values)
        if min(_distinct(ours), _distinct(theirs)) >= _DISTINCT:
            key = _Key((x, y), ours, theirs)
            if len(key.join()) >= _LEAST:
                yield key


def _both(a: Sequence[Hashable], b: Sequence[Hashable]) -> list[Hashable]:
    return [None if x is None or y is None else (x, y) for x, y in zip(a, b, strict=True)]


def _borne_out(key: _Key, left: Sequence[Column], right: Sequence[Column]) -> Join:
    """The join by a key, with the number of other properties that agree in it, each counted once."""
    pairs = key.join()
    used = [{each[side] for each in key.by} for side in (0, 1)]
    sample = pairs[:: max(1, len(pairs) // 150)]
    taken: ReadOnly[int, set[int]] = {0: set(used[0]), 1: set(used[1])}
    others: list[tuple[Reading, Reading]] = []
    for a, ours in enumerate(left):
        for b, theirs in enumerate(right):
            if a in taken[0] or b in taken[1] or _same_as(key, ours, theirs):
                continue
            told = best_agreement(list(ours.best()), list(theirs.best()), sample)
            if told is not None and told.points >= _SURE and told.left is not None and told.right is not None:
                taken[0].add(a)
                taken[1].add(b)
                others.append((told.left, told.right))
    by = tuple((left[a].field.path, right[b].field.path) for a, b in key.by)
    found = Join(pairs=pairs, by=by, others=tuple(others))
    return Join(pairs=[pair for pair in pairs if found.bears_out(*pair)], by=by, others=found.others)


def _same_as(key: _Key, ours: Column, theirs: Column) -> bool:
    """A property that is a copy of the key proves nothing: a number that stands twice in a record."""
    return any(
        _copies(reading.values, key.left) and any(_copies(r.values, key.right) for r in theirs.best())
        for reading in ours.best()
    )


def _copies(values: Sequence[Hashable], key: Sequence[Hashable]) -> bool:
    some = zip(values[:_LOOKED_AT], key[:_LOOKED_AT], strict=True)
    both = [(str(v), str(k)) for v, k in some if v is not None and k is not None]
    return bool(both) and sum(v == k or v in k or k in v for v, k in both) >= 0.9 * len(both)
