"""Statements on the rows of the hub itself: cursors, fetches, reviews, runs, meta, and the census."""

from collections.abc import Iterable
from typing import Any, Final

import msgspec

from accord.core.state import Cursor, Decision, Fetch, Review
from accord.store.postgres import sql
from accord.store.postgres.arrays import Blobs, Flags, Numbers, Texts, columns
from accord.store.postgres.db import Db
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


def cursor(db: Db, mapping: str) -> Cursor | None:
    """Cursor of a mapping."""
    rows = db.rows(sql.CURSOR, mapping)
    return _cursor(rows[0][0]) if rows else None


def save_cursor(db: Db, row: Cursor) -> None:
    """Insert or replace a cursor."""
    db.do(sql.SAVE_CURSOR, row.mapping, pack(msgspec.structs.asdict(row)))


def ask(db: Db, fetches: Iterable[Fetch]) -> None:
    """Queue records to be fetched: of the same record the earlier time and the newer reason."""
    unique: dict[tuple[str, str], Fetch] = {}
    for fetch in fetches:
        old = unique.get(fetch[:2], fetch)
        unique[fetch[:2]] = fetch._replace(not_before_us=min(old.not_before_us, fetch.not_before_us))
    if unique:
        rows = (fetch for _, fetch in sorted(unique.items()))
        db.do(sql.ASK, *columns(rows, Texts, Texts, Texts, Numbers))


def asked(db: Db, mapping: str, now_us: int, limit: int) -> list[Fetch]:
    """Fetches that are due, in order of (not_before_us, id)."""
    return [Fetch(*row) for row in db.rows(sql.ASKED, mapping, now_us, limit)]


def answered(db: Db, mapping: str, ids: Iterable[str]) -> None:
    """Take fetches off the queue."""
    if some := Texts(sorted(set(ids))):
        db.do(sql.ANSWERED, mapping, some)


def next_fetch_us(db: Db) -> int | None:
    """The earliest time in the queue."""
    ((time_us,),) = db.rows(sql.NEXT_FETCH)
    return None if time_us is None else int(time_us)


def save_reviews(db: Db, rows: Iterable[Review]) -> None:
    """Insert or replace reviews by id."""
    unique = {row.id: row for row in rows}
    if unique:
        data = ((id_, row.concept, pack(msgspec.structs.asdict(row))) for id_, row in sorted(unique.items()))
        db.do(sql.SAVE_REVIEWS, *columns(data, Texts, Texts, Blobs))


def close_reviews(db: Db, ids: Iterable[str]) -> None:
    """Remove reviews."""
    if some := Texts(sorted(set(ids))):
        db.do(sql.CLOSE_REVIEWS, some)


def reviews(db: Db, concept: str | None) -> list[Review]:
    """Open reviews in order of id."""
    return [_review(row) for (row,) in db.rows(sql.REVIEWS, concept)]


def save_decisions(db: Db, rows: Iterable[Decision]) -> None:
    """Insert or replace decisions by (concept, a, b)."""
    unique = {(row.concept, row.a, row.b): row for row in rows}
    if unique:
        data = (
            (*key, d.todo, pack((d.verdict, d.at_us, d.by, d.run, d.restore)))
            for key, d in sorted(unique.items())
        )
        db.do(sql.SAVE_DECISIONS, *columns(data, Texts, Texts, Texts, Flags, Blobs))


def decisions(db: Db, concept: str, after: tuple[str, str], limit: int, *, todo: bool) -> list[Decision]:
    """Decisions of a concept in order of (a, b), those after a pair."""
    statement = sql.OPEN_DECISIONS if todo else sql.DECISIONS
    return [_decision(*row) for row in db.rows(statement, concept, *after, limit)]


def decisions_on(db: Db, concept: str, records: Iterable[str]) -> list[Decision]:
    """Decisions that concern any of these record keys, in order of (a, b)."""
    return [_decision(*row) for row in db.rows(sql.DECISIONS_ON, concept, Texts(set(records)))]


def _decision(concept: str, a: str, b: str, todo: bool, row: bytes) -> Decision:
    verdict, at_us, by, run, restore = unpack(row)
    return Decision(concept, a, b, verdict, at_us, by, run, restore, todo)


def meta(db: Db, name: str) -> Any:
    """A value kept by name, or None."""
    rows = db.rows(sql.META, name)
    value: bytes | None = rows[0][0] if rows else None
    db.read.setdefault(name, value)
    return None if value is None else unpack(value)


def save_meta(db: Db, name: str, value: Any) -> None:
    """Keep a value by name; one that was read here is not written over what somebody else has kept since."""
    blob = pack(value)
    if name in db.read:
        db.do(sql.KEEP_META, name, blob, db.read[name])
        db.read[name] = blob
    else:
        db.do(sql.SAVE_META, name, blob)


def begin_run(db: Db, kind: str, fingerprint: str, at_us: int) -> int:
    """Number of a new run: one more than the last."""
    if db.locking:
        db.do(sql.LOCK_RUNS)
    ((run,),) = db.rows(sql.BEGIN_RUN, kind, fingerprint, at_us)
    return int(run)


def end_run(db: Db, run: int, at_us: int, summary: dict[str, Any]) -> None:
    """Note how a run ended; a run that never began is passed over."""
    db.do(sql.END_RUN, at_us, pack(summary), run)


def runs(db: Db, limit: int) -> list[dict[str, Any]]:
    """Newest runs first."""
    names = ("run", "kind", "fingerprint", "began_us", "ended_us", "summary")
    return [
        dict(zip(names, (*row, summary and unpack(summary)), strict=True))
        for *row, summary in db.rows(sql.RUNS, limit)
    ]


def census(db: Db) -> dict[str, dict[str, int]]:
    """Counts per mapping that has rows, and under "#concept" per concept."""
    counts: dict[str, dict[str, int]] = {}
    records, links, goldens = db.tables((sql.COUNT_SEEN, ()), (sql.COUNT_FLAGS, ()), (sql.COUNT_GOLDEN, ()))
    for mapping, place, number in records:
        count = counts.setdefault(mapping, dict.fromkeys(COUNTS, 0))
        count["seen"] += number
        count[Standing(place).name.lower()] = number
    for mapping, flags, number in links:
        count = counts.setdefault(mapping, dict.fromkeys(COUNTS, 0))
        for bit, name in ((1, "open"), (2, "rejected"), (4, "creating")):
            count[name] += number if flags & bit else 0
    for concept, number in goldens:
        counts[f"#{concept}"] = {"golden": number}
    return counts
