"""Values that chase each other: a property that is written, undone in that very record, and written again (G5)."""

from collections.abc import Sequence
from typing import Final

from accord.core.state import Link, Written
from accord.core.values import Raw

__all__ = ["CHASED", "DAY_US", "chased", "chasing", "note_undone", "note_written", "thaw", "withdraw"]

DAY_US: Final = 86_400_000_000
MOST: Final = 3
"""More writes than this, each of them undone, are a chase."""
CHASED: Final = "it is written and undone again and again"


def chased(written: Sequence[Written], raw: Raw, now_us: int) -> int | None:
    """When a property thaws by itself that is about to be written once more; None where it is not frozen.

    Law: a value that is none of those that were written lately is never frozen.
    """
    undone = chasing(written, now_us)
    if all(each.raw != raw for each in undone):
        return None
    return undone[-1 - MOST].at_us + DAY_US


def chasing(written: Sequence[Written], now_us: int) -> list[Written]:
    """What was written of late and undone each time, oldest first; () where that was not often enough for a chase."""
    undone = [each for each in written if each.undone and each.at_us > now_us - DAY_US]
    return undone if len(undone) > MOST else []


def note_written(link: Link, column: int, raw: Raw, now_us: int) -> None:
    """A value was written and confirmed. A new one after a chase begins anew."""
    before = link.written.get(column, [])
    if sum(each.undone for each in before) > MOST and all(each.raw != raw for each in before):
        before = []
    link.written[column] = [*before[-MOST:], Written(now_us, raw, undone=False)]


def note_undone(link: Link, column: int) -> None:
    """Somebody changed in this record what was written last."""
    if written := link.written.get(column):
        written[-1] = written[-1]._replace(undone=True)


def withdraw(link: Link, column: int, raw: Raw) -> None:
    """What was acknowledged turns out to have been ignored: successes count, not failures."""
    written = link.written.get(column)
    if written and written[-1].raw == raw and not written[-1].undone:
        written.pop()


def thaw(link: Link, column: int) -> bool:
    """A person lets it go on; False where there is nothing to forget."""
    return link.written.pop(column, None) is not None
