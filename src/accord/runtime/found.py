"""What a run finds, besides what it writes (G4)."""

from collections.abc import Iterable, Set as AbstractSet
from typing import Final, TypeVar

from msgspec import Struct, field

from accord.core.creating import is_contested
from accord.core.model import Concept
from accord.core.settle import Settled
from accord.core.state import record_key

__all__ = ["Find", "Found", "Notes"]

T = TypeVar("T")

_CHANGES: Final = frozenset({"edit", "gone", "revived"})


class Find(Struct, frozen=True):
    """What one settling of a golden record found."""

    golden: str
    changed: frozenset[str]
    asked: frozenset[int]
    """Properties that came to wait for a person."""
    waiting: frozenset[int]
    """Properties that wait for a person, since whenever."""
    overruled: frozenset[str]
    """Records that turned out to have been deleted while they were edited elsewhere."""
    contested: frozenset[str]
    """Records of which nobody has said which of the two is to hold, since whenever."""
    rests_until_us: int | None
    timed_us: int | None
    """When time alone frees something first."""
    unread: dict[str, int]
    """Mappings to be read before something is created there, and when at the earliest."""


def _find(settled: Settled, concept: Concept) -> Find:
    cluster, golden = settled.cluster, settled.cluster.golden
    contested = [k for k in cluster.links if k.life == "tomb" and is_contested(k, cluster, concept)]
    unread: dict[str, int] = {}
    for hold in settled.holds:
        if hold.state == "waiting" and hold.until_us is not None:
            unread[hold.mapping] = max(hold.until_us, unread.get(hold.mapping, 0))
    rests = any(hold.until_us == golden.still_us for hold in settled.holds)
    return Find(
        golden.id,
        frozenset(event.record for event in settled.events if event.kind in _CHANGES),
        frozenset(settled.asked),
        frozenset(golden.questions),
        frozenset(event.record for event in settled.events if event.kind == "delete_overruled"),
        frozenset(record_key(link.mapping, link.id or "") for link in contested),
        golden.still_us if rests else None,
        min(
            (h.until_us for h in settled.holds if h.until_us is not None and h.state != "waiting"),
            default=None,
        ),
        unread,
    )


class Found(Struct):
    """What a run finds, for its end to tell."""

    changed: set[str] = field(default_factory=set)
    """Records that were edited, deleted or are back."""
    asked: dict[str, AbstractSet[int]] = field(default_factory=dict)
    """Properties of golden records that wait for a person's decision since this run (M2)."""
    contested: dict[str, AbstractSet[str]] = field(default_factory=dict)
    """Records of golden records of which this run found that they were deleted while they were edited elsewhere,
    undecided (W8)."""
    resting: dict[str, int] = field(default_factory=dict)
    """Golden records with edits that are left to rest, and until when (W12)."""
    unread: dict[str, int] = field(default_factory=dict)
    """Mappings that have to be read again before something is created there, and when at the earliest (W13)."""
    timed: dict[str, int] = field(default_factory=dict)
    """Golden records of which time alone frees something, and when first."""

    def take(self, settled: Settled, concept: Concept) -> None:
        """Note what one settling of a golden record found."""
        self.add((_find(settled, concept),))

    def add(self, finds: Iterable[Find]) -> None:
        """Note what was found, in this process or by another worker."""
        for find in finds:
            golden = find.golden
            self.changed |= find.changed
            _keep(self.asked, golden, (self.asked.get(golden, frozenset()) | find.asked) & find.waiting)
            known = self.contested.get(golden, frozenset())
            _keep(self.contested, golden, (known | find.overruled) & find.contested)
            for mapping, until_us in find.unread.items():
                self.unread[mapping] = max(until_us, self.unread.get(mapping, 0))
            _note(self.timed, golden, find.timed_us)
            _note(self.resting, golden, find.rests_until_us)


class Notes(Found):
    """`Found` of a worker that performs a piece for another one: all of it, in order."""

    finds: list[Find] = field(default_factory=list)

    def add(self, finds: Iterable[Find]) -> None:
        """See `Found`."""
        self.finds.extend(finds)


def _keep(of: dict[str, AbstractSet[T]], golden: str, some: AbstractSet[T]) -> None:
    """Keep what is not empty."""
    if some:
        of[golden] = some
    else:
        of.pop(golden, None)


def _note(of: dict[str, int], golden: str, us: int | None) -> None:
    """Keep a time, or that there is none."""
    if us is None:
        of.pop(golden, None)
    else:
        of[golden] = us
