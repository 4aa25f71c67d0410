"""Statements on seen records."""

from collections.abc import Iterable

from accord.core.state import Seen
from accord.store.postgres import sql
from accord.store.postgres.arrays import Blobs, Numbers, Texts, columns
from accord.store.postgres.db import Db
from accord.store.rows import seen_blob, seen_row
from accord.store.standing import Standing, standing

__all__ = ["load", "save", "scan", "scan_standing", "unswept"]


def load(db: Db, mapping: str, ids: Iterable[str]) -> dict[str, Seen]:
    """Rows of these ids that exist."""
    found = db.rows(sql.SEEN, mapping, Texts(dict.fromkeys(ids)))
    return {row[1]: seen_row(*row) for row in found}


def save(db: Db, rows: Iterable[Seen]) -> None:
    """Insert or replace rows by (mapping, id); of several with the same the last one stays."""
    unique = {(row.mapping, row.id): row for row in rows}
    if unique:
        data = (_columns(row) for _, row in sorted(unique.items()))
        db.do(sql.SAVE_SEEN, *columns(data, Texts, Texts, Texts, Texts, Numbers, Numbers, Blobs))


def _columns(row: Seen) -> tuple[object, ...]:
    return row.mapping, row.id, row.golden, row.held, standing(row), row.asked_us, seen_blob(row)


def scan(db: Db, mapping: str, after: str, limit: int) -> list[Seen]:
    """All rows of a mapping, in order of id."""
    return [seen_row(*row) for row in db.rows(sql.SCAN_SEEN, mapping, after, limit)]


def scan_standing(db: Db, place: Standing, mapping: str, after: str, limit: int) -> list[Seen]:
    """Rows of a mapping that stand somewhere, in order of id; never those that are linked."""
    return [seen_row(*row) for row in db.rows(sql.SCAN_STANDING, int(place), mapping, after, limit)]


def unswept(db: Db, mapping: str, before_us: int, after: str, limit: int) -> list[str]:
    """Ids of rows not gone that were asked for before a time, in order of id."""
    return [id_ for (id_,) in db.rows(sql.UNSWEPT, mapping, before_us, after, limit)]
