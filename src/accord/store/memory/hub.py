"""The rows of the hub itself in memory: cursors, fetches, reviews, history, runs, meta, and the census."""

from collections.abc import Iterable
from copy import deepcopy
from typing import Any

from accord.core.state import Cursor, Decision, Event, Fetch, Review
from accord.store.memory.copies import copied, copy_review
from accord.store.memory.tables import Journal, Tables
from accord.store.standing import COUNTS, Standing
from accord.store.values import pack, unpack

__all__ = ["HubPart"]


class HubPart:
    """A part of `MemoryTransaction`."""

    def __init__(self, tables: Tables, journal: Journal) -> None:
        self._tables, self._journal = tables, journal

    def end(self) -> None:
        """Refuse all calls from now on."""
        del self._tables, self._journal

    def __getattr__(self, name: str) -> Any:
        if name in ("_tables", "_journal"):
            raise RuntimeError("this transaction has ended")
        raise AttributeError(name)

    async def cursor(self, mapping: str) -> Cursor | None:
        """Cursor of a mapping."""
        row = self._tables.cursors.get(mapping)
        return None if row is None else copied(row)

    async def save_cursor(self, cursor: Cursor) -> None:
        """Insert or replace a cursor."""
        self._journal.put(self._tables.cursors, cursor.mapping, copied(cursor))

    async def ask(self, fetches: Iterable[Fetch]) -> None:
        """Queue records to be fetched, one row per (mapping, id): the earlier time and the newer reason."""
        for fetch in fetches:
            table = self._tables.fetches[fetch.mapping]
            old = table.get(fetch.id, fetch)
            earlier = min(old.not_before_us, fetch.not_before_us)
            self._journal.put(table, fetch.id, fetch._replace(not_before_us=earlier))

    async def asked(self, mapping: str, now_us: int, limit: int) -> list[Fetch]:
        """Fetches that are due, in order of (not_before_us, id)."""
        due = [row for row in self._tables.fetches[mapping].values() if row.not_before_us <= now_us]
        return sorted(due, key=lambda row: (row.not_before_us, row.id))[:limit]

    async def answered(self, mapping: str, ids: Iterable[str]) -> None:
        """Take fetches off the queue."""
        self._journal.drop_all(self._tables.fetches[mapping], ids)

    async def next_fetch_us(self) -> int | None:
        """The earliest `not_before_us` in the queue."""
        times = (row.not_before_us for table in self._tables.fetches.values() for row in table.values())
        return min(times, default=None)

    async def save_reviews(self, reviews: Iterable[Review]) -> None:
        """Insert or replace reviews by id."""
        for review in reviews:
            self._journal.put(self._tables.reviews, review.id, copy_review(review))

    async def close_reviews(self, ids: Iterable[str]) -> None:
        """Remove reviews."""
        self._journal.drop_all(self._tables.reviews, ids)

    async def reviews(self, concept: str | None = None) -> list[Review]:
        """Open reviews in order of id."""
        rows = sorted(self._tables.reviews.items())
        return [copy_review(row) for _, row in rows if concept is None or row.concept == concept]

    async def save_decisions(self, decisions: Iterable[Decision]) -> None:
        """Insert or replace decisions by (concept, a, b)."""
        tables, journal = self._tables, self._journal
        for row in decisions:
            pair = row.a, row.b
            journal.put(tables.decisions[row.concept], pair, row)
            for record in pair:
                journal.put_all(tables.decided[row.concept, record], [pair])
            (journal.put_all if row.todo else journal.drop_all)(tables.undone[row.concept], [pair])

    async def decisions(
        self, concept: str, after: tuple[str, str], limit: int, *, todo: bool = False
    ) -> list[Decision]:
        """Decisions of a concept in order of (a, b), those after a pair."""
        rows = self._tables.decisions[concept]
        pairs = self._tables.undone[concept] if todo else rows
        return [rows[pair] for pair in sorted(pair for pair in pairs if pair > after)[:limit]]

    async def decisions_on(self, concept: str, records: Iterable[str]) -> list[Decision]:
        """Decisions of a concept that concern any of these record keys, in order of (a, b)."""
        decided = self._tables.decided
        pairs = {pair for record in records for pair in decided.get((concept, record), ())}
        return [self._tables.decisions[concept][pair] for pair in sorted(pairs)]

    async def record(self, events: Iterable[Event]) -> None:
        """Append to the history, in order."""
        table = self._tables.events
        for event in events:
            self._journal.put(table, len(table), copied(event))

    async def history(
        self,
        *,
        golden: str | None = None,
        record: str | None = None,
        run: int | None = None,
        limit: int = 1000,
    ) -> list[Event]:
        """Events that fit, oldest first; at most the newest `limit`."""
        found = [
            event
            for event in self._tables.events.values()
            if (golden is None or event.golden == golden)
            and (record is None or event.record == record)
            and (run is None or event.run == run)
        ]
        return [copied(event) for event in found[max(0, len(found) - limit) :]]

    async def begin_run(self, kind: str, fingerprint: str, at_us: int) -> int:
        """Number of a new run."""
        run = max(self._tables.runs, default=0) + 1
        row = {
            "run": run,
            "kind": kind,
            "fingerprint": fingerprint,
            "began_us": at_us,
            "ended_us": None,
            "summary": None,
        }
        self._journal.put(self._tables.runs, run, row)
        return run

    async def end_run(self, run: int, at_us: int, summary: dict[str, Any]) -> None:
        """Note how a run ended; a run that never began is passed over."""
        if row := self._tables.runs.get(run):
            self._journal.put(self._tables.runs, run, row | {"ended_us": at_us, "summary": deepcopy(summary)})

    async def runs(self, limit: int) -> list[dict[str, Any]]:
        """Newest runs first."""
        rows = sorted(self._tables.runs.items(), reverse=True)[:limit]
        return [deepcopy(row) for _, row in rows]

    async def meta(self, name: str) -> Any:
        """A small JSON value kept by name, or None."""
        value = self._tables.meta.get(name)
        return None if value is None else unpack(value)

    async def save_meta(self, name: str, value: Any) -> None:
        """Keep a small JSON value by name."""
        self._journal.put(self._tables.meta, name, pack(value))

    async def census(self) -> dict[str, dict[str, int]]:
        """Counts per mapping that has rows, and under "#concept" per concept."""
        counts: dict[str, dict[str, int]] = {}
        for mapping, rows in self._tables.seen.items():
            if rows:
                count = counts.setdefault(mapping, dict.fromkeys(COUNTS, 0))
                count["seen"] = len(rows)
                for place in Standing:
                    count[place.name.lower()] = len(self._tables.buckets[place, mapping])
        links = (link for table in self._tables.links.values() for link in table.values())
        for link in (link for link in links if link.open or link.rejected or link.life == "creating"):
            count = counts.setdefault(link.mapping, dict.fromkeys(COUNTS, 0))
            count["creating"] += link.life == "creating"
            count["open"] += link.open is not None
            count["rejected"] += bool(link.rejected)
        for golden in self._tables.golden.values():
            count = counts.setdefault(f"#{golden.concept}", {"golden": 0})
            count["golden"] += 1
        return counts
