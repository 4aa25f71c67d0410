"""What a run finds, besides what it writes (G4)."""

from collections.abc import Set as AbstractSet
from typing import Final

from msgspec import Struct, field

from accord.core.creating import is_contested
from accord.core.model import Concept
from accord.core.settle import Settled
from accord.core.state import record_key

__all__ = ["Found"]

_CHANGES: Final = frozenset({"edit", "gone", "revived"})


class Found(Struct):
    """What a run finds, for its end to tell."""

    changed: set[str] = field(default_factory=set)
    """Records that were edited, deleted or are back."""
    asked: dict[str, AbstractSet[int]] = field(default_factory=dict)
    """Properties of golden records that wait for a person's decision since this run (M2)."""
    contested: set[str] = field(default_factory=set)
    """Records of which this run found that they were deleted while they were edited elsewhere, undecided (W8)."""
    resting: dict[str, int] = field(default_factory=dict)
    """Golden records with edits that are left to rest, and until when (W12)."""

    unread: dict[str, int] = field(default_factory=dict)
    """Mappings that have to be read again before something is created there, and when at the earliest (W13)."""
    timed: dict[str, int] = field(default_factory=dict)
    """Golden records of which time alone frees something, and when first."""

    def take(self, settled: Settled, concept: Concept) -> None:
        """Note what one settling of a golden record found."""
        golden = settled.cluster.golden
        self.changed.update(event.record for event in settled.events if event.kind in _CHANGES)
        self.asked[golden.id] = (
            self.asked.get(golden.id, frozenset()) | settled.asked
        ) & golden.questions.keys()
        overruled = {event.record for event in settled.events if event.kind == "delete_overruled"}
        for link in settled.cluster.links:
            record = record_key(link.mapping, link.id or "")
            if not is_contested(link, settled.cluster, concept):
                self.contested.discard(record)
            elif record in overruled:
                self.contested.add(record)
        for hold in settled.holds:
            if hold.state == "waiting" and hold.until_us is not None:
                self.unread[hold.mapping] = max(hold.until_us, self.unread.get(hold.mapping, 0))
        moments = [h.until_us for h in settled.holds if h.until_us is not None and h.state != "waiting"]
        self.timed.pop(golden.id, None)
        if moments:
            self.timed[golden.id] = min(moments)
        self.resting.pop(golden.id, None)
        if any(hold.until_us == golden.still_us for hold in settled.holds):
            self.resting[golden.id] = golden.still_us
