"""Statements that take rows away for good: what is erased (P1) and what is forgotten (K4)."""

import sqlite3
from collections.abc import Iterable, Mapping as ReadOnly

from accord.ports.store import MARKS
from accord.store.sqlite import sql

__all__ = ["prune", "redact", "remove_decisions", "remove_goldens", "remove_mapping", "remove_seen"]


def remove_seen(db: sqlite3.Connection, records: Iterable[tuple[str, str]]) -> None:
    """Remove rows of records, their match keys, and what was asked for of them."""
    rows = list(records)
    db.executemany(sql.REMOVE_RECORD_KEYS, rows)
    db.executemany(sql.REMOVE_SEEN, rows)
    db.executemany(sql.ANSWERED, rows)


def remove_goldens(db: sqlite3.Connection, goldens: Iterable[str]) -> None:
    """Remove golden records with their links, marks and references."""
    ids = [(golden,) for golden in goldens]
    db.executemany(sql.UNMARK, ((mark, golden) for mark in MARKS for (golden,) in ids))
    for statement in (sql.REMOVE_REFERENCES, sql.REMOVE_GOLDEN_LINKS, sql.REMOVE_GOLDEN):
        db.executemany(statement, ids)


def remove_mapping(db: sqlite3.Connection, mapping: str) -> None:
    """Remove everything that stands under the name of a mapping, but for history and decisions."""
    for statement in sql.REMOVE_MAPPING:
        db.execute(statement, (mapping,))


def remove_decisions(db: sqlite3.Connection, concept: str, pairs: Iterable[tuple[str, str]]) -> None:
    """Remove decisions by (a, b)."""
    db.executemany(sql.REMOVE_DECISION, ((concept, a, b) for a, b in pairs))


def redact(db: sqlite3.Connection, names: ReadOnly[str, str]) -> None:
    """Take the values of history away where golden record or record bears a name, and replace the name."""
    db.executemany(sql.REMOVE_EVENT_VALUES, ((name, name) for name in names))
    for statement in sql.RENAME_EVENTS:
        db.executemany(statement, ((new, old) for old, new in names.items()))


def prune(db: sqlite3.Connection, before_us: int, payloads_before_us: int) -> int:
    """Remove old lines of history and of runs, and of younger ones what is kept of deleted records."""
    db.execute(sql.PRUNE_PAYLOADS, (payloads_before_us,))
    db.execute(sql.PRUNE_RUNS, (before_us,))
    db.execute(sql.PRUNE_VALUES, (before_us,))
    return db.execute(sql.PRUNE_EVENTS, (before_us,)).rowcount
