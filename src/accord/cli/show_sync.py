"""A run as people read it."""

from accord.cli.context import Session
from accord.runtime.guards import Alarm
from accord.runtime.planned import Moved
from accord.runtime.sync import Synced

__all__ = ["alarm_text", "show_sync"]

_SHOWN = 20


def show_sync(session: Session, synced: Synced) -> None:
    """Print what was linked and written, what was refused, what moved, and what waits for a person."""
    summary = synced.summary()
    sent = ", ".join(f"{count:,} {what}" for what, count in summary["sent"].items()) or "nothing to write"
    session.say(f"Run {synced.run}: linked {summary['linked']:,} records; {sent}.")
    if synced.recovered:
        session.say(
            f"{synced.recovered:,} write(s) of an earlier run had no answer: found out, none is made twice."
        )
    refused = synced.outcomes().get("refused", 0)
    if refused:
        session.say(f"{refused:,} write(s) were refused; `accord status` tells the systems' own words.")
    unknown = synced.outcomes().get("unknown", 0)
    if unknown:
        session.say(f"{unknown:,} write(s) got no answer; what became of them is found out.")
    if synced.moved:
        session.say(
            f"{len(synced.moved):,} write(s) are not as planned; the next run takes what is left of them:"
        )
        for moved in synced.moved[:_SHOWN]:
            session.say(f"    {_moved(moved)}")
        if len(synced.moved) > _SHOWN:
            session.say(f"    and {len(synced.moved) - _SHOWN:,} more: --json lists all")
    for mapping, error in synced.errors.items():
        session.say(f"NOT READ {mapping}: {error}")
    for alarm in synced.alarms:
        session.say(f"GUARD {alarm_text(alarm)}")
        session.say(f"    Look: accord plan --full. Then: accord sync --approve '{alarm.key}'")
    if synced.reason:
        session.say(f"{synced.ended}: {synced.reason}")


def alarm_text(alarm: Alarm) -> str:
    """What a guard stopped, in words."""
    words = {
        "delete": "would be deleted",
        "blank": "would lose",
        "change": "would change",
        "create": "would be created",
    }
    name = f" {alarm.name}" if alarm.name else ""
    return f"{alarm.mapping}: {alarm.count:,} records ({alarm.of:,} are linked) {words[alarm.what]}{name}"


def _moved(moved: Moved) -> str:
    which = f"{moved.mapping}/{moved.id}" if moved.id else f"{moved.mapping} for {moved.golden}"
    names = f" ({', '.join(moved.properties)})" if moved.properties else ""
    return f"{moved.kind} {which}{names}: {moved.why}"
