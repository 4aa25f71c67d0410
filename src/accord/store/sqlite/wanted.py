"""Lists of ids for one statement, through a temporary table."""

import sqlite3
from collections.abc import Iterable

from accord.store.sqlite import sql

__all__ = ["want", "want_pairs"]


def want(db: sqlite3.Connection, ids: Iterable[str]) -> None:
    """Make `wanted` hold these ids as (id, "") and nothing else; repeated ones once."""
    want_pairs(db, ((id_, "") for id_ in ids))


def want_pairs(db: sqlite3.Connection, pairs: Iterable[tuple[str, str]]) -> None:
    """Make `wanted` hold these pairs and nothing else; repeated ones once."""
    db.execute(sql.CLEAR_WANTED)
    db.executemany(sql.ADD_WANTED, pairs)
