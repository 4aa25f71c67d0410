"""Statements on seen records."""

import sqlite3
from collections.abc import Iterable

from accord.core.state import Seen
from accord.store.rows import seen_blob, seen_row
from accord.store.sqlite import sql
from accord.store.sqlite.wanted import want_pairs
from accord.store.standing import Standing, standing

__all__ = ["load", "save", "scan", "scan_standing", "unswept"]


def load(db: sqlite3.Connection, mapping: str, ids: Iterable[str]) -> dict[str, Seen]:
    """Rows of these ids that exist."""
    want_pairs(db, ((mapping, id_) for id_ in ids))
    return {row[1]: seen_row(*row) for row in db.execute(sql.SEEN)}


def save(db: sqlite3.Connection, rows: Iterable[Seen]) -> None:
    """Insert or replace rows by (mapping, id); of several with the same the last one stays."""
    db.executemany(sql.SAVE_SEEN, map(_columns, rows))


def _columns(row: Seen) -> tuple[object, ...]:
    return row.mapping, row.id, row.golden, row.held, standing(row), row.asked_us, seen_blob(row)


def scan(db: sqlite3.Connection, mapping: str, after: str, limit: int) -> list[Seen]:
    """All rows of a mapping, in order of id."""
    return [seen_row(*row) for row in db.execute(sql.SCAN_SEEN, (mapping, after, limit))]


def scan_standing(
    db: sqlite3.Connection, place: Standing, mapping: str, after: str, limit: int
) -> list[Seen]:
    """Rows of a mapping that stand somewhere, in order of id; never those that are linked."""
    return [seen_row(*row) for row in db.execute(sql.SCAN_STANDING, (mapping, place, after, limit))]


def unswept(db: sqlite3.Connection, mapping: str, before_us: int, after: str, limit: int) -> list[str]:
    """Ids of rows not gone that were asked for before a time, in order of id."""
    return [id_ for (id_,) in db.execute(sql.UNSWEPT, (mapping, before_us, after, limit))]
