"""Statements on the rows of the hub itself: cursors, fetches, reviews, runs, meta, and the census."""

import sqlite3
from collections.abc import Iterable
from typing import Any, Final

import msgspec

from accord.core.state import Cursor, Decision, Fetch, Review
from accord.store.sqlite import sql
from accord.store.sqlite.wanted import want
from accord.store.standing import COUNTS, Standing
from accord.store.values import decoder, pack, unpack

__all__ = [
    "answered",
    "ask",
    "asked",
    "begin_run",
    "census",
    "close_reviews",
    "cursor",
    "decisions",
    "decisions_on",
    "end_run",
    "meta",
    "next_fetch_us",
    "reviews",
    "runs",
    "save_cursor",
    "save_decisions",
    "save_meta",
    "save_reviews",
]

_cursor: Final = decoder(Cursor).decode
_review: Final = decoder(Review).decode


def cursor(db: sqlite3.Connection, mapping: str) -> Cursor | None:
    """Cursor of a mapping."""
    row = db.execute(sql.CURSOR, (mapping,)).fetchone()
    return None if row is None else _cursor(row[0])


def save_cursor(db: sqlite3.Connection, row: Cursor) -> None:
    """Insert or replace a cursor."""
    db.execute(sql.SAVE_CURSOR, (row.mapping, pack(msgspec.structs.asdict(row))))


def ask(db: sqlite3.Connection, fetches: Iterable[Fetch]) -> None:
    """Queue records to be fetched: of the same record the earlier time and the newer reason."""
    db.executemany(sql.ASK, fetches)


def asked(db: sqlite3.Connection, mapping: str, now_us: int, limit: int) -> list[Fetch]:
    """Fetches that are due, in order of (not_before_us, id)."""
    return [Fetch(*row) for row in db.execute(sql.ASKED, (mapping, now_us, limit))]


def answered(db: sqlite3.Connection, mapping: str, ids: Iterable[str]) -> None:
    """Take fetches off the queue."""
    db.executemany(sql.ANSWERED, ((mapping, id_) for id_ in ids))


def next_fetch_us(db: sqlite3.Connection) -> int | None:
    """The earliest time in the queue."""
    time_us: int | None = db.execute(sql.NEXT_FETCH).fetchone()[0]
    return time_us


def save_reviews(db: sqlite3.Connection, rows: Iterable[Review]) -> None:
    """Insert or replace reviews by id."""
    db.executemany(
        sql.SAVE_REVIEW, ((row.id, row.concept, pack(msgspec.structs.asdict(row))) for row in rows)
    )


def close_reviews(db: sqlite3.Connection, ids: Iterable[str]) -> None:
    """Remove reviews."""
    db.executemany(sql.CLOSE_REVIEW, ((id_,) for id_ in ids))


def reviews(db: sqlite3.Connection, concept: str | None) -> list[Review]:
    """Open reviews in order of id."""
    return [_review(row) for (row,) in db.execute(sql.REVIEWS, (concept,))]


def save_decisions(db: sqlite3.Connection, rows: Iterable[Decision]) -> None:
    """Insert or replace decisions by (concept, a, b)."""
    data = ((d.concept, d.a, d.b, d.todo, pack((d.verdict, d.at_us, d.by, d.run, d.restore))) for d in rows)
    db.executemany(sql.SAVE_DECISION, data)


def decisions(
    db: sqlite3.Connection, concept: str, after: tuple[str, str], limit: int, *, todo: bool
) -> list[Decision]:
    """Decisions of a concept in order of (a, b), those after a pair."""
    statement = sql.OPEN_DECISIONS if todo else sql.DECISIONS
    return [_decision(*row) for row in db.execute(statement, (concept, *after, limit))]


def decisions_on(db: sqlite3.Connection, concept: str, records: Iterable[str]) -> list[Decision]:
    """Decisions that concern any of these record keys, in order of (a, b)."""
    want(db, records)
    return [_decision(*row) for row in db.execute(sql.DECISIONS_ON, (concept,))]


def _decision(concept: str, a: str, b: str, todo: int, row: bytes) -> Decision:
    verdict, at_us, by, run, restore = unpack(row)
    return Decision(concept, a, b, verdict, at_us, by, run, restore, bool(todo))


def meta(db: sqlite3.Connection, name: str) -> Any:
    """A value kept by name, or None."""
    row = db.execute(sql.META, (name,)).fetchone()
    return None if row is None else unpack(row[0])


def save_meta(db: sqlite3.Connection, name: str, value: Any) -> None:
    """Keep a value by name."""
    db.execute(sql.SAVE_META, (name, pack(value)))


def begin_run(db: sqlite3.Connection, kind: str, fingerprint: str, at_us: int) -> int:
    """Number of a new run: one more than the last."""
    run = db.execute(sql.BEGIN_RUN, (kind, fingerprint, at_us)).lastrowid
    if run is None:
        raise RuntimeError("SQLite gave no number to a new run")
    return run


def end_run(db: sqlite3.Connection, run: int, at_us: int, summary: dict[str, Any]) -> None:
    """Note how a run ended; a run that never began is passed over."""
    db.execute(sql.END_RUN, (at_us, pack(summary), run))


def runs(db: sqlite3.Connection, limit: int) -> list[dict[str, Any]]:
    """Newest runs first."""
    names = ("run", "kind", "fingerprint", "began_us", "ended_us", "summary")
    rows = db.execute(sql.RUNS, (limit,))
    return [
        dict(zip(names, (*row, row_summary and unpack(row_summary)), strict=True))
        for *row, row_summary in rows
    ]


def census(db: sqlite3.Connection) -> dict[str, dict[str, int]]:
    """Counts per mapping that has rows, and under "#concept" per concept."""
    counts: dict[str, dict[str, int]] = {}
    for mapping, number in db.execute(sql.COUNT_SEEN):
        counts[mapping] = dict.fromkeys(COUNTS, 0) | {"seen": number, "linked": number}
    for mapping, place, number in db.execute(sql.COUNT_UNLINKED):
        counts[mapping][Standing(place).name.lower()] = number
        counts[mapping]["linked"] -= number
    for mapping, flags, number in db.execute(sql.COUNT_FLAGS):
        count = counts.setdefault(mapping, dict.fromkeys(COUNTS, 0))
        for bit, name in ((1, "open"), (2, "rejected"), (4, "creating")):
            count[name] += number if flags & bit else 0
    for concept, number in db.execute(sql.COUNT_GOLDEN):
        counts[f"#{concept}"] = {"golden": number}
    return counts
