"""A run as people read it."""

from collections.abc import Mapping

from accord.cli.context import Session
from accord.cli.show_audit import show_audit
from accord.cli.show_pauses import pause_text
from accord.cli.show_reviews import reviews_text
from accord.cli.tables import print_counts
from accord.cli.times import clock
from accord.core.wording import counted
from accord.runtime.guards import Alarm
from accord.runtime.runs.follow_plan import Moved
from accord.runtime.runs.sync import Synced

__all__ = ["alarm_text", "show_sync", "show_unread"]

_SHOWN = 20
_ON_A_LINE = 3
_DONE = {"create": "created", "update": "updated", "delete": "deleted"}


def show_sync(session: Session, synced: Synced) -> None:
    """Print what was linked and written, what was refused, what moved, and what waits for a person."""
    _show_writes(session, synced)
    outcomes, found = synced.outcomes(), synced.ended == "done"
    ending = "found out, and nothing is made twice" if found else "the next run finds out what became of it"
    for count, whose in ((synced.recovered, " of an earlier run"), (outcomes.get("unknown", 0), "")):
        if count:
            session.say(f"No answer to {counted(count, 'write')}{whose}: {ending}.")
    _show_waiting(session, synced)
    if synced.audited is not None:
        show_audit(session, synced.audited, drifts_alone=True)
    if synced.done_before:
        session.say(f"Done already by an earlier run of the plan: {counted(synced.done_before, 'write')}.")
    if synced.moved:
        session.say(
            f"Not as planned: {counted(len(synced.moved), 'write')}; the next run takes what is left of that:"
        )
        for moved in synced.moved[:_SHOWN]:
            session.say(f"    {_moved(moved)}")
        if len(synced.moved) > _SHOWN:
            session.say(f"    and {len(synced.moved) - _SHOWN:,} more: --json lists all")
    show_unread(session, synced.errors)
    for pause in synced.pauses:
        session.hint(pause_text(pause))
    for alarm in synced.alarms:
        session.say(f"GUARD {alarm_text(alarm)}")
        session.hint(f"    Look: accord plan --full. Then: accord sync --approve '{alarm.key}={alarm.count}'")
    if synced.reason:
        session.hint(f"{synced.ended}: {synced.reason}")


def _show_waiting(session: Session, synced: Synced) -> None:
    """What waits for a person, and the command that shows it (G4)."""
    if text := reviews_text(synced.reviews):
        session.hint(f"{text} (accord review)")
    if synced.conflicts:
        session.hint(f"{counted(synced.conflicts, 'conflict')} for a person to decide (accord conflicts)")
    if synced.rests_until_us is not None:
        what = counted(synced.resting, "record with fresh edits rests", "records with fresh edits rest")
        session.hint(
            f"{what} until {clock(synced.rests_until_us)} (settle_s): accord sync after that writes them"
        )
    if synced.refused:
        stand = counted(synced.refused, "write is", "writes are")
        session.hint(f"{stand} refused or ignored, and why: accord deadletters")


def _show_writes(session: Session, synced: Synced) -> None:
    """On one line, or in a table where that would be long."""
    summary = synced.summary()
    sent = {tuple(what.split(" ", 1)): count for what, count in summary["sent"].items()}
    read = f"{counted(synced.changed, 'changed record')} read" if synced.changed else ""
    found = read or synced.reviews or synced.conflicts
    unsure = synced.errors or synced.reason
    nothing = "nothing was written" if unsure else "nothing to write" if found else "nothing to do"
    nothing = f"{read}, {nothing}" if read else nothing
    parts = [f"linked {counted(summary['linked'], 'record')}"] if summary["linked"] else []
    if len(sent) <= _ON_A_LINE:
        parts += [f"{_DONE[kind]} {count:,} {mapping}" for (kind, mapping), count in sent.items()]
        session.say(f"Run {synced.run}: {', '.join(parts) or nothing}.")
        return
    parts.append(f"{counted(sum(sent.values()), 'write')} sent")
    rows = [
        (mapping, *(f"{sent.get((kind, mapping), 0):,}" for kind in _DONE))
        for mapping in sorted({mapping for _, mapping in sent})
    ]
    if not session.quiet:
        title = f"Run {synced.run}: {', '.join(parts)}"
        print_counts(session.out, title, ("entity type", *_DONE.values()), rows)


def show_unread(session: Session, errors: Mapping[str, str]) -> None:
    """Print what could not be read; entity types with one and the same reason on one line."""
    for error in dict.fromkeys(errors.values()):
        session.hint(f"NOT READ {', '.join(name for name, why in errors.items() if why == error)}: {error}")


def alarm_text(alarm: Alarm) -> str:
    """What a guard stopped, in words."""
    words = {
        "delete": "would be deleted",
        "blank": "would lose",
        "change": "would change",
        "create": "would be created",
    }
    name = f" {alarm.name}" if alarm.name else ""
    records = counted(alarm.count, "record")
    return f"{alarm.mapping}: {records} {words[alarm.what]}{name} ({alarm.of:,} linked)"


def _moved(moved: Moved) -> str:
    which = f"{moved.mapping}/{moved.id}" if moved.id else f"{moved.mapping} for {moved.golden}"
    names = f" ({', '.join(moved.properties)})" if moved.properties else ""
    return f"{moved.kind} {which}{names}: {moved.why}"
