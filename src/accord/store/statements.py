"""A transaction on a database: each method is one call on the store's thread, of a handful of statements."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, ClassVar, Protocol, TypeVar

from accord.core.state import Cluster, Cursor, Decision, Event, Fetch, Golden, Group, Key, Link, Review, Seen
from accord.ports.store import Mark
from accord.store.standing import Standing

__all__ = ["Session", "StatementTransaction"]

R = TypeVar("R")


class Session(Protocol):
    """Runs functions on the connection, inside the transaction under way."""

    async def run(self, function: Callable[..., R], *args: Any, **kwargs: Any) -> R:
        """Result of function(connection, *args)."""
        ...


class StatementTransaction:
    """A `Transaction`; every method says what the port says. Iterables are read before the call leaves the caller.

    A store names its modules of functions on a connection, by what they are about: all of them have the same functions.
    """

    seen_rows: ClassVar[Any]
    key_rows: ClassVar[Any]
    cluster_rows: ClassVar[Any]
    hub_rows: ClassVar[Any]
    history_rows: ClassVar[Any]
    removing: ClassVar[Any]

    def __init__(self, session: Session) -> None:
        self._session: Session | None = session

    def end(self) -> None:
        """Refuse all calls from now on."""
        self._session = None

    async def _run(self, function: Callable[..., R], *args: Any, **kwargs: Any) -> R:
        if self._session is None:
            raise RuntimeError("this transaction has ended")
        return await self._session.run(function, *args, **kwargs)

    # seen

    async def seen(self, mapping: str, ids: Sequence[str]) -> dict[str, Seen]:
        """Rows of these ids that exist."""
        return await self._run(self.seen_rows.load, mapping, ids)

    async def save_seen(self, rows: Iterable[Seen]) -> None:
        """Insert or replace rows by (mapping, id)."""
        await self._run(self.seen_rows.save, list(rows))

    async def scan_seen(self, mapping: str, after: str, limit: int) -> list[Seen]:
        """All rows of a mapping, in order of id."""
        return await self._run(self.seen_rows.scan, mapping, after, limit)

    async def waiting(self, mapping: str, after: str, limit: int) -> list[Seen]:
        """Rows neither linked, gone, held nor excluded, in order of id."""
        return await self._run(self.seen_rows.scan_standing, Standing.WAITING, mapping, after, limit)

    async def held(self, mapping: str, after: str, limit: int) -> list[Seen]:
        """Unlinked rows that are held and not gone, in order of id."""
        return await self._run(self.seen_rows.scan_standing, Standing.HELD, mapping, after, limit)

    async def unswept(self, mapping: str, before_us: int, after: str, limit: int) -> list[str]:
        """Ids of rows not gone whose last observation was asked for before a time, in order of id."""
        return await self._run(self.seen_rows.unswept, mapping, before_us, after, limit)

    # match keys

    async def change_keys(self, concept: str, removed: Iterable[Key], added: Iterable[Key]) -> None:
        """Remove, then add keys of records, and mark every one of them touched."""
        await self._run(self.key_rows.change, concept, list(removed), list(added))

    async def drop_keys(self, concept: str) -> None:
        """Remove all keys and touched marks of a concept."""
        await self._run(self.key_rows.drop, concept)

    async def touch_keys(self, concept: str, keys: Iterable[tuple[str, str]]) -> None:
        """Mark (rule, key) pairs touched."""
        await self._run(self.key_rows.touch, concept, list(keys))

    async def touched(self, concept: str, rule: str, after: str, limit: int, max_members: int) -> list[Group]:
        """Groups of touched keys of a rule in order of key; one with no member left is empty."""
        return await self._run(self.key_rows.touched, concept, rule, after, limit, max_members)

    async def untouch(self, concept: str, rule: str, keys: Iterable[str]) -> None:
        """Take marks of touched keys away."""
        await self._run(self.key_rows.untouch, concept, rule, list(keys))

    async def groups(self, concept: str, keys: Iterable[tuple[str, str]], max_members: int) -> list[Group]:
        """Groups of these (rule, key) pairs that have members, in order of (rule, key)."""
        return await self._run(self.key_rows.groups, concept, list(keys), max_members)

    # golden records and links

    async def clusters(self, goldens: Sequence[str]) -> list[Cluster]:
        """Golden records in order of id, their links in order of (mapping, incarnation)."""
        return await self._run(self.cluster_rows.load, goldens)

    async def links(self, mapping: str, goldens: Sequence[str]) -> list[Link]:
        """Links of one mapping, in order of (golden, incarnation)."""
        return await self._run(self.cluster_rows.links, mapping, goldens)

    async def save_clusters(self, clusters: Iterable[Cluster]) -> None:
        """Insert or replace golden records and links by key, and the seen rows they hold."""
        await self._run(self.cluster_rows.save, list(clusters))

    async def scan_golden(self, concept: str, after: str, limit: int) -> list[Golden]:
        """All golden records of a concept, in order of id."""
        return await self._run(self.cluster_rows.scan_golden, concept, after, limit)

    async def mark(self, mark: Mark, goldens: Iterable[str]) -> None:
        """Mark golden records."""
        await self._run(self.cluster_rows.mark, mark, list(goldens))

    async def unmark(self, mark: Mark, goldens: Iterable[str]) -> None:
        """Take marks away."""
        await self._run(self.cluster_rows.unmark, mark, list(goldens))

    async def marked(self, mark: Mark, after: str, limit: int) -> list[str]:
        """Ids of marked golden records, in order."""
        return await self._run(self.cluster_rows.marked, mark, after, limit)

    async def open_links(self, mapping: str, after: str, limit: int) -> list[str]:
        """Golden ids of links of a mapping that have an open write, in order."""
        return await self._run(self.cluster_rows.open_links, mapping, after, limit)

    async def rejected(self, limit: int) -> list[Link]:
        """Links with a rejection, in order of (golden, mapping, incarnation)."""
        return await self._run(self.cluster_rows.rejected, limit)

    async def linked(self, mapping: str, most: int) -> int:
        """How many live links with an id a mapping has, counted no further than `most`."""
        return await self._run(self.cluster_rows.linked, mapping, most)

    # references

    async def golden_of(self, records: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
        """(mapping, id) -> golden id, for live links; of several the last in order."""
        return await self._run(self.cluster_rows.golden_of, list(records))

    async def remote_of(self, goldens: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
        """(mapping, golden id) -> remote id, for live links; of several the last incarnation."""
        return await self._run(self.cluster_rows.remote_of, list(goldens))

    async def save_references(self, golden: str, targets: Iterable[str]) -> None:
        """Replace what a golden record refers to."""
        await self._run(self.cluster_rows.save_references, golden, list(targets))

    async def dependants(self, targets: Iterable[str]) -> set[str]:
        """Golden ids that refer to any of these record keys or golden ids."""
        return await self._run(self.cluster_rows.dependants, list(targets))

    # the rest of the hub

    async def cursor(self, mapping: str) -> Cursor | None:
        """Cursor of a mapping."""
        return await self._run(self.hub_rows.cursor, mapping)

    async def save_cursor(self, cursor: Cursor) -> None:
        """Insert or replace a cursor."""
        await self._run(self.hub_rows.save_cursor, cursor)

    async def ask(self, fetches: Iterable[Fetch]) -> None:
        """Queue records to be fetched, one row per (mapping, id): the earlier time and the newer reason."""
        await self._run(self.hub_rows.ask, list(fetches))

    async def asked(self, mapping: str, now_us: int, limit: int) -> list[Fetch]:
        """Fetches that are due, in order of (not_before_us, id)."""
        return await self._run(self.hub_rows.asked, mapping, now_us, limit)

    async def answered(self, mapping: str, ids: Iterable[str]) -> None:
        """Take fetches off the queue."""
        await self._run(self.hub_rows.answered, mapping, list(ids))

    async def next_fetch_us(self) -> int | None:
        """The earliest `not_before_us` in the queue."""
        return await self._run(self.hub_rows.next_fetch_us)

    async def save_reviews(self, reviews: Iterable[Review]) -> None:
        """Insert or replace reviews by id."""
        await self._run(self.hub_rows.save_reviews, list(reviews))

    async def close_reviews(self, ids: Iterable[str]) -> None:
        """Remove reviews."""
        await self._run(self.hub_rows.close_reviews, list(ids))

    async def reviews(self, concept: str | None = None) -> list[Review]:
        """Open reviews in order of id."""
        return await self._run(self.hub_rows.reviews, concept)

    async def save_decisions(self, decisions: Iterable[Decision]) -> None:
        """Insert or replace decisions by (concept, a, b)."""
        await self._run(self.hub_rows.save_decisions, list(decisions))

    async def decisions(
        self, concept: str, after: tuple[str, str], limit: int, *, todo: bool = False
    ) -> list[Decision]:
        """Decisions of a concept in order of (a, b), those after a pair."""
        return await self._run(self.hub_rows.decisions, concept, after, limit, todo=todo)

    async def decisions_on(self, concept: str, records: Iterable[str]) -> list[Decision]:
        """Decisions of a concept that concern any of these record keys, in order of (a, b)."""
        return await self._run(self.hub_rows.decisions_on, concept, list(records))

    async def record(self, events: Iterable[Event]) -> None:
        """Append to the history, in order."""
        await self._run(self.history_rows.record, list(events))

    async def history(
        self,
        *,
        golden: str | None = None,
        record: str | None = None,
        run: int | None = None,
        limit: int = 1000,
    ) -> list[Event]:
        """Events that fit, oldest first; at most the newest `limit`."""
        named = {"golden": golden, "record": record, "run": run}
        wanted = {name: value for name, value in named.items() if value is not None}
        return await self._run(self.history_rows.history, wanted, limit)

    async def begin_run(self, kind: str, fingerprint: str, at_us: int) -> int:
        """Number of a new run."""
        return await self._run(self.hub_rows.begin_run, kind, fingerprint, at_us)

    async def end_run(self, run: int, at_us: int, summary: dict[str, Any]) -> None:
        """Note how a run ended; a run that never began is passed over."""
        await self._run(self.hub_rows.end_run, run, at_us, summary)

    async def runs(self, limit: int) -> list[dict[str, Any]]:
        """Newest runs first."""
        return await self._run(self.hub_rows.runs, limit)

    async def meta(self, name: str) -> Any:
        """A small JSON value kept by name, or None."""
        return await self._run(self.hub_rows.meta, name)

    async def save_meta(self, name: str, value: Any) -> None:
        """Keep a small JSON value by name."""
        await self._run(self.hub_rows.save_meta, name, value)

    # removing

    async def remove_seen(self, records: Iterable[tuple[str, str]]) -> None:
        """Remove the rows of records (mapping, id), their match keys, and the fetches of them."""
        await self._run(self.removing.remove_seen, list(records))

    async def remove_goldens(self, goldens: Iterable[str]) -> None:
        """Remove golden records with all their links, marks and references; seen rows and history stay."""
        await self._run(self.removing.remove_goldens, list(goldens))

    async def remove_mapping(self, mapping: str) -> None:
        """Remove all seen rows, links, match keys, fetches and the cursor of a mapping."""
        await self._run(self.removing.remove_mapping, mapping)

    async def remove_decisions(self, concept: str, pairs: Iterable[tuple[str, str]]) -> None:
        """Remove decisions of a concept by (a, b)."""
        await self._run(self.removing.remove_decisions, concept, list(pairs))

    async def redact(self, names: Mapping[str, str]) -> None:
        """Take values out of history where golden record or record is named, and replace the name."""
        await self._run(self.removing.redact, dict(names))

    async def prune(self, before_us: int, payloads_before_us: int) -> int:
        """Remove old lines of history and of runs, and of younger ones what is kept of deleted records."""
        return await self._run(self.removing.prune, before_us, payloads_before_us)

    async def census(self) -> dict[str, dict[str, int]]:
        """Counts per mapping that has rows, and under "#concept" per concept."""
        return await self._run(self.hub_rows.census)
