"""Statements on history: facts in one table, values in another (P1)."""

import sqlite3
from collections.abc import Iterable
from typing import Any, Final

from accord.core.stamps import Stamp
from accord.core.state import Event
from accord.store.sqlite import sql
from accord.store.values import decoder, pack

__all__ = ["history", "record"]

_values: Final = decoder(tuple[bool, Any, Any, Stamp | None]).decode


def record(db: sqlite3.Connection, events: Iterable[Event]) -> None:
    """Append events, in order."""
    last: int = db.execute(sql.LAST_EVENT).fetchone()[0]
    numbered = list(enumerate(events, start=last + 1))
    db.executemany(sql.ADD_EVENT, ((seq, *_facts(event)) for seq, event in numbered))
    valued = ((seq, event) for seq, event in numbered if _has_values(event))
    db.executemany(sql.ADD_EVENT_VALUE, ((seq, _blob(event)) for seq, event in valued))


def _facts(event: Event) -> tuple[object, ...]:
    return event.golden, event.record, event.run, event.at_us, event.kind, event.property, event.rule


def _has_values(event: Event) -> bool:
    return event.has_value or event.stamp is not None or event.value is not None or event.before is not None


def _blob(event: Event) -> bytes:
    return pack((event.has_value, event.value, event.before, event.stamp))


def history(db: sqlite3.Connection, wanted: dict[str, str | int], limit: int) -> list[Event]:
    """The newest events that fit all of wanted (golden, record, run), oldest first."""
    clauses = [sql.HISTORY_WHERE[name] if value else f"e.{name} = ?" for name, value in wanted.items()]
    statement = sql.HISTORY.format(where=" AND ".join(clauses) or sql.HISTORY_ALL)
    rows = db.execute(statement, (*wanted.values(), limit)).fetchall()
    return [_event(row) for row in reversed(rows)]


def _event(row: tuple[Any, ...]) -> Event:
    golden, record_, run, at_us, kind, property_, rule, blob = row
    has_value, value, before, stamp = (False, None, None, None) if blob is None else _values(blob)
    return Event(
        kind=kind,
        golden=golden,
        property=property_,
        record=record_,
        value=value,
        before=before,
        has_value=has_value,
        stamp=stamp,
        rule=rule,
        at_us=at_us,
        run=run,
    )
