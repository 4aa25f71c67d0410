"""What the hub asks of a store: rows by the batch, all in transactions, a handful of calls per page of any size."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Final, Literal, Protocol, get_args

from accord.core.state import (
    Cluster,
    Cursor,
    Decision,
    Event,
    Fetch,
    Golden,
    Group,
    Key,
    Link,
    Review,
    Seen,
)

__all__ = ["MARKS", "TO_DO", "Mark", "Store", "Transaction"]

Mark = Literal["settle", "share", "wait", "ask"]
MARKS: Final[tuple[Mark, ...]] = get_args(Mark)
TO_DO: Final[tuple[Mark, ...]] = ("settle", "share", "wait")
"""What the hub itself has to look at; the rest waits for a person."""


class Transaction(Protocol):
    """All reads and writes of one unit of work; it commits wholly when its context ends, or not at all (C2).

    Rows that are returned belong to the caller: changing them changes nothing in the store until they are saved.
    Sequences are returned in order of their keys unless told otherwise. `after` pages: rows whose key is greater.

    Locks (C3): two transactions never decide on one match key, or settle one golden record, at once. `touched` and
    `groups` lock the (concept, rule, key) rows that they give or are asked for, `change_keys` and `touch_keys` those
    that are removed and those that are added, `clusters` and `links` the golden records that they are asked for:
    whether or not a row is there yet, until the transaction ends. A call takes its locks in sorted order of (concept,
    rule, key), or of golden ids; who links takes those of keys before those of golden records. A store that runs one
    transaction at a time, as those in SQLite and in memory do, holds all of them by that. One that runs several takes
    them row by row, and where two wait for each other all the same it undoes one of them, which is begun anew.
    """

    # seen
    async def seen(self, mapping: str, ids: Sequence[str]) -> dict[str, Seen]:
        """Rows of these ids that exist."""
        ...

    async def save_seen(self, rows: Iterable[Seen]) -> None:
        """Insert or replace rows by (mapping, id)."""
        ...

    async def scan_seen(self, mapping: str, after: str, limit: int) -> list[Seen]:
        """All rows of a mapping, in order of id."""
        ...

    async def waiting(self, mapping: str, after: str, limit: int) -> list[Seen]:
        """Rows neither linked (golden is None), gone, held nor excluded, in order of id."""
        ...

    async def held(self, mapping: str, after: str, limit: int) -> list[Seen]:
        """Unlinked rows that are held, in order of id."""
        ...

    async def unswept(self, mapping: str, before_us: int, after: str, limit: int) -> list[str]:
        """Ids of rows not gone whose last observation was asked for before a time, in order of id (S10)."""
        ...

    # match keys
    async def change_keys(self, concept: str, removed: Iterable[Key], added: Iterable[Key]) -> None:
        """Remove and add keys of records, and mark every one of them touched."""
        ...

    async def drop_keys(self, concept: str) -> None:
        """Remove all keys and touched marks of a concept: they are made anew (K3)."""
        ...

    async def touch_keys(self, concept: str, keys: Iterable[tuple[str, str]]) -> None:
        """Mark (rule, key) pairs touched."""
        ...

    async def touched(self, concept: str, rule: str, after: str, limit: int, max_members: int) -> list[Group]:
        """Groups of touched keys of a rule in order of key, members in order of (mapping, id) without gone ones.

        A group with no member left is returned empty. At most max_members members of a group are returned. `vetoes` of
        members stay empty; `held` of one that a filter leaves out is LEFT_OUT.
        """
        ...

    async def untouch(self, concept: str, rule: str, keys: Iterable[str]) -> None:
        """Take marks of touched keys away."""
        ...

    async def groups(self, concept: str, keys: Iterable[tuple[str, str]], max_members: int) -> list[Group]:
        """Groups of these (rule, key) pairs that have members."""
        ...

    # golden records and links
    async def clusters(self, goldens: Sequence[str]) -> list[Cluster]:
        """Golden records with all their links (tombs included) and the seen rows of links that have an id."""
        ...

    async def links(self, mapping: str, goldens: Sequence[str]) -> list[Link]:
        """Links of one mapping (tombs included) of golden records, in order of (golden, incarnation)."""
        ...

    async def save_clusters(self, clusters: Iterable[Cluster]) -> None:
        """Insert or replace golden records and links by key, and the seen rows they hold; `Seen.golden` is set as
        the rows say. Links are keyed by (golden, mapping, incarnation)."""
        ...

    async def scan_golden(self, concept: str, after: str, limit: int) -> list[Golden]:
        """All golden records of a concept, in order of id."""
        ...

    async def mark(self, mark: Mark, goldens: Iterable[str]) -> None:
        """Mark golden records: "settle" is dirty, "share" has writes due, "wait" may have them after the next read."""
        ...

    async def unmark(self, mark: Mark, goldens: Iterable[str]) -> None:
        """Take marks away."""
        ...

    async def marked(self, mark: Mark, after: str, limit: int) -> list[str]:
        """Ids of marked golden records, in order."""
        ...

    async def open_links(self, mapping: str, after: str, limit: int) -> list[str]:
        """Golden ids of links of a mapping that have an open write, in order."""
        ...

    async def rejected(self, limit: int) -> list[Link]:
        """Links with a rejection, in order of (golden, mapping, incarnation): the dead letters."""
        ...

    async def linked(self, mapping: str, most: int) -> int:
        """How many live links with an id a mapping has, counted no further than `most`."""
        ...

    # references
    async def golden_of(self, records: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
        """(mapping, id) -> golden id, for live links."""
        ...

    async def remote_of(self, goldens: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
        """(mapping, golden id) -> remote id, for live links."""
        ...

    async def save_references(self, golden: str, targets: Iterable[str]) -> None:
        """Replace what a golden record refers to: record keys ("mapping/id") and golden ids."""
        ...

    async def dependants(self, targets: Iterable[str]) -> set[str]:
        """Golden ids that refer to any of these record keys or golden ids."""
        ...

    # the rest of the hub
    async def cursor(self, mapping: str) -> Cursor | None:
        """Cursor of a mapping."""
        ...

    async def save_cursor(self, cursor: Cursor) -> None:
        """Insert or replace a cursor."""
        ...

    async def ask(self, fetches: Iterable[Fetch]) -> None:
        """Queue records to be fetched, one row per (mapping, id): the earlier `not_before_us` and the newer reason."""
        ...

    async def asked(self, mapping: str, now_us: int, limit: int) -> list[Fetch]:
        """Fetches that are due, oldest first."""
        ...

    async def answered(self, mapping: str, ids: Iterable[str]) -> None:
        """Take fetches off the queue."""
        ...

    async def next_fetch_us(self) -> int | None:
        """The earliest `not_before_us` in the queue."""
        ...

    async def save_reviews(self, reviews: Iterable[Review]) -> None:
        """Insert or replace reviews by id."""
        ...

    async def close_reviews(self, ids: Iterable[str]) -> None:
        """Remove reviews."""
        ...

    async def reviews(self, concept: str | None = None) -> list[Review]:
        """Open reviews in order of id."""
        ...

    async def save_decisions(self, decisions: Iterable[Decision]) -> None:
        """Insert or replace decisions by (concept, a, b)."""
        ...

    async def decisions(
        self, concept: str, after: tuple[str, str], limit: int, *, todo: bool = False
    ) -> list[Decision]:
        """Decisions of a concept in order of (a, b), those after a pair; with `todo` only those that are to be done."""
        ...

    async def decisions_on(self, concept: str, records: Iterable[str]) -> list[Decision]:
        """Decisions of a concept that concern any of these record keys, in order of (a, b)."""
        ...

    async def record(self, events: Iterable[Event]) -> None:
        """Append to the history, in order."""
        ...

    async def history(
        self,
        *,
        golden: str | None = None,
        record: str | None = None,
        run: int | None = None,
        limit: int = 1000,
    ) -> list[Event]:
        """Events that fit, oldest first; at most the newest `limit`."""
        ...

    async def begin_run(self, kind: str, fingerprint: str, at_us: int) -> int:
        """Number of a new run."""
        ...

    async def end_run(self, run: int, at_us: int, summary: dict[str, Any]) -> None:
        """Note how a run ended."""
        ...

    async def runs(self, limit: int) -> list[dict[str, Any]]:
        """Newest runs first: {run, kind, fingerprint, began_us, ended_us, summary}."""
        ...

    async def meta(self, name: str) -> Any:
        """A small JSON value kept by name, or None."""
        ...

    async def save_meta(self, name: str, value: Any) -> None:
        """Keep a small JSON value by name."""
        ...

    # removing
    async def remove_seen(self, records: Iterable[tuple[str, str]]) -> None:
        """Remove the rows of records (mapping, id), their match keys, and the fetches of them; no key is touched."""
        ...

    async def remove_goldens(self, goldens: Iterable[str]) -> None:
        """Remove golden records with all their links, marks and references; seen rows and history stay."""
        ...

    async def remove_mapping(self, mapping: str) -> None:
        """Remove all seen rows, links, match keys, fetches and the cursor of a mapping; history and decisions stay."""
        ...

    async def remove_decisions(self, concept: str, pairs: Iterable[tuple[str, str]]) -> None:
        """Remove decisions of a concept by (a, b)."""
        ...

    async def redact(self, names: Mapping[str, str]) -> None:
        """Take all values out of the lines of history whose golden record or record is named, and replace the name."""
        ...

    async def prune(self, before_us: int, payloads_before_us: int) -> int:
        """Remove lines of history and of runs from before a time, less that of the newest run, and what is kept of
        deleted records ("deleted" lines: their values) from before another; how many lines of history went."""
        ...

    async def census(self) -> dict[str, dict[str, int]]:
        """Per mapping: counts {seen, linked, waiting, held, excluded, gone, creating, open, rejected}; and under
        "#concept" per concept {golden}."""
        ...


class Store(Protocol):
    """A place that keeps the state of one project."""

    def transaction(self, *, dry: bool = False) -> AbstractAsyncContextManager[Transaction]:
        """A transaction, which commits when the context ends without an error; `dry` rolls back in any case."""
        ...

    async def copy_to(self, path: str) -> None:
        """Copy all that is committed into a new file, which appears when it is whole; the store may be at work.

        Raises StopFlow: there is a file already, the disk refuses, or the store is in memory.
        """
        ...

    async def compact(self) -> None:
        """Leave no byte of what was removed in the files of the store."""
        ...

    def idle(self) -> AbstractAsyncContextManager[None]:
        """Inside, other processes may work with the store; where one does, the end waits for it (C3)."""
        ...

    async def close(self) -> None:
        """Let go of the store."""
        ...
