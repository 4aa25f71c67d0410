"""A system that was restored from a backup: how it shows, and what follows where the hub's state holds (S11)."""

from typing import Final

from accord.core.model import Mapping
from accord.core.observation import Observation
from accord.core.stamps import BOTTOM
from accord.core.state import Link, Seen
from accord.core.values import MISSING
from accord.core.work import SECOND_US, Work

__all__ = ["TWICE", "rebase", "remake", "steps_back"]

TWICE: Final = 2
"""So often a record is fetched below the highest version that was ever seen of it, before that is believed."""


def steps_back(seen: Seen, observation: Observation, mapping: Mapping, sent_us: int) -> bool:
    """True where a fetch that no lag explains shows a record below the highest version that was ever seen of it.

    One that was told `TWICE` is taken as it is, unless the whole system was paused for it.
    """
    if mapping.declaration.version != "ordered" or observation.how != "fetch" or seen.backsteps >= TWICE:
        return False
    highest = seen.highest_order if seen.highest_order is not None else seen.order
    if highest is None or observation.order is None or observation.order >= highest or seen.gone:
        return False
    lag_us = int(mapping.declaration.lag_s * SECOND_US)
    return observation.asked_us >= sent_us + lag_us and observation.asked_us > seen.asked_us


def rebase(work: Work, link: Link, seen: Seen) -> None:
    """What a restored record shows is no edit, but where nobody had said anything: it is written anew where it is
    behind, and is in the history (M4).

    What it does not show may be gone with the backup, and is written anew as well: it was told whole (S3).
    """
    link.seq, link.read_us, link.restored = seen.seq, seen.asked_us, False
    link.open, link.suspects, link.rejected = None, {}, {}
    if link.life == "tomb":
        link.life, link.by = "live", ""
        if work.golden.life == "dead":
            work.golden.life = "dying"  # it was deleted, and is deleted again
        work.note("revived", link)
    for column, row in enumerate(work.rows(link)):
        raw, value = seen.raw[column], work.get(row, seen.raw[column])
        if link.raw[column] is MISSING or raw == link.raw[column]:
            continue
        if raw is MISSING:
            if row.writes:
                link.raw[column], link.base[column], link.same[column] = None, BOTTOM, None
            continue
        unsaid = work.golden.life == "alive" and work.golden.stamp[row.property] == BOTTOM
        if unsaid and row.reads and value not in (None, MISSING):  # no null beats it (M6)
            time_us = seen.asked_us if seen.modified_us is None else seen.modified_us
            work.edit(link, column, raw, value, time_us, BOTTOM)
            continue
        work.note("loser", link, row.property, value=value)
        link.raw[column], link.base[column], link.same[column] = raw, BOTTOM, None


def remake(work: Work, link: Link, seen: Seen) -> None:
    """A record that the backup did not hold is created again, for nobody deleted it."""
    link.seq, link.restored = seen.seq, False
    if link.life != "tomb":
        work.bury(link, "hub")
        work.note("gone", link)
