"""Statements on history: facts in columns, values in a blob (P1)."""

from collections.abc import Iterable
from typing import Any, Final

from accord.core.stamps import Stamp
from accord.core.state import Event
from accord.store.postgres import sql
from accord.store.postgres.arrays import Blobs, Numbers, Texts, columns
from accord.store.postgres.db import Db
from accord.store.values import decoder, pack

__all__ = ["history", "record"]

_values: Final = decoder(tuple[bool, Any, Any, Stamp | None]).decode


def record(db: Db, events: Iterable[Event]) -> None:
    """Append events, in order."""
    rows = [
        (e.golden, e.record, e.run, e.at_us, e.kind, e.property, e.rule, _blob(e) if _has_values(e) else None)
        for e in events
    ]
    if rows:
        db.do(sql.ADD_EVENTS, *columns(rows, Texts, Texts, Numbers, Numbers, Texts, Texts, Texts, Blobs))


def _has_values(event: Event) -> bool:
    return event.has_value or event.stamp is not None or event.value is not None or event.before is not None


def _blob(event: Event) -> bytes:
    return pack((event.has_value, event.value, event.before, event.stamp))


def history(db: Db, wanted: dict[str, str | int], limit: int) -> list[Event]:
    """The newest events that fit all of wanted (golden, record, run), oldest first."""
    clauses = [
        (sql.HISTORY_WHERE[name] if value else f"{name} = {{given}}").format(given=f"${number}")
        for number, (name, value) in enumerate(wanted.items(), start=2)
    ]
    statement = sql.HISTORY.format(where=" AND ".join(clauses) or sql.HISTORY_ALL)
    return [_event(row) for row in reversed(db.rows(statement, limit, *wanted.values()))]


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
