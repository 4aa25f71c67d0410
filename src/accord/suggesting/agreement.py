"""How often two properties say the same in records that are in both systems, against how often they would by chance."""

from collections import Counter
from collections.abc import Hashable, Mapping as ReadOnly, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Final

from accord.suggesting.assign import assign
from accord.suggesting.readings import KINDS, Reading

__all__ = ["MOST_WORDS", "Agreement", "Joined", "agreement", "best_agreement", "mapped_words"]

Joined = Sequence[tuple[int, int]]
"""Positions in both samples of the records that stand for the same things."""

_BY_CHANCE: Final = 0.97
"""From this chance on equality proves nothing: nearly all records have the same value."""
_FIRST: Final = 40
_MOST: Final = 400
"""So many joined records are compared."""
MOST_WORDS: Final = 12
"""More different values than this are no table of words."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Agreement:
    """Of `compared` records that have both values `equal` agree, of which `chance` (a share) would by accident."""

    compared: int
    equal: int
    chance: float
    kind: str = ""
    left: Reading | None = None
    right: Reading | None = None
    words: ReadOnly[Hashable, Hashable] | None = None
    """Where one system has other words for the same: right value by left value."""

    @property
    def share(self) -> float:
        return self.equal / self.compared if self.compared else 0.0

    @property
    def tells(self) -> bool:
        """It says anything at all."""
        return self.compared >= 3 and self.chance < _BY_CHANCE

    @property
    def points(self) -> float:
        """Log odds: what is surely beyond chance speaks for it, what is surely not much beyond it speaks against."""
        if not self.tells:
            return 0.0 if self.compared < 3 or self.share > 0.5 else -3.0
        low, high = _interval(self.equal, self.compared)
        least, most = ((bound - self.chance) / (1 - self.chance) for bound in (low, high))
        return 7 * max(0.0, least - 0.1) / 0.9 - 5.5 * max(0.0, 0.5 - max(most, 0.0)) / 0.5


def _interval(equal: int, compared: int) -> tuple[float, float]:
    """Wilson's interval of a share, one standard deviation to either side."""
    share, spread = equal / compared, 1 / compared
    middle = (share + spread / 2) / (1 + spread)
    half = sqrt(share * (1 - share) / compared + spread * spread / 4) / (1 + spread)
    return middle - half, middle + half


def agreement(left: Sequence[Hashable], right: Sequence[Hashable], joined: Joined) -> Agreement:
    """How two columns agree on joined records where both have a value; where nothing agrees, on the first ones."""
    pairs: list[tuple[Hashable, Hashable]] = []
    for part in (joined[:_FIRST], joined[_FIRST:_MOST]):
        pairs += [(left[a], right[b]) for a, b in part if left[a] is not None and right[b] is not None]
        if len(pairs) >= _FIRST / 2 and not any(a == b for a, b in pairs):
            break
    ours, theirs = Counter(a for a, _ in pairs), Counter(b for _, b in pairs)
    total = len(pairs)
    chance = sum(count * theirs[value] for value, count in ours.items()) / (total * total) if total else 0.0
    return Agreement(compared=total, equal=sum(a == b for a, b in pairs), chance=chance)


def best_agreement(left: Sequence[Reading], right: Sequence[Reading], joined: Joined) -> Agreement | None:
    """The best agreement of all readings of one kind; of those that are alike the one that converts the least."""
    found: list[tuple[float, int, Agreement]] = []
    for one in left:
        for other in right:
            if one.kind != other.kind or (
                one.kind == "phone" and one.form != other.form and one.form and other.form
            ):
                continue
            said = agreement(one.values, other.values, joined)
            full = Agreement(
                compared=said.compared,
                equal=said.equal,
                chance=said.chance,
                kind=one.kind,
                left=one,
                right=other,
            )
            found.append((round(said.share, 2), -KINDS.index(one.kind), full))
    return max(found, key=lambda each: each[:2], default=(0.0, 0, None))[2]


def mapped_words(left: Sequence[Hashable], right: Sequence[Hashable], joined: Joined) -> Agreement | None:
    """The agreement under the best table of words, one to one; None where either side has no few words."""
    pairs = [(left[a], right[b]) for a, b in joined[:_MOST] if left[a] is not None and right[b] is not None]
    ours, theirs = (sorted({pair[side] for pair in pairs}, key=repr) for side in (0, 1))
    few = min(MOST_WORDS, max(2, len(pairs) // 5))
    if not (2 <= len(ours) <= few and 2 <= len(theirs) <= few):
        return None
    counts = Counter(pairs)
    table = assign([[float(counts[a, b]) for b in theirs] for a in ours])
    words = {ours[a]: theirs[b] for a, b in table if counts[ours[a], theirs[b]] >= 2}
    of_left, of_right = Counter(a for a, _ in pairs), Counter(b for _, b in pairs)
    total = len(pairs)
    chance = sum(of_left[a] * of_right[b] for a, b in words.items()) / (total * total)
    equal = sum(counts[a, b] for a, b in words.items()) - len(words)  # a table fits a little to any counts
    return Agreement(compared=total, equal=max(equal, 0), chance=chance, kind="words", words=words)
