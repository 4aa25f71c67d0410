"""The dicts of a store in memory, and the journal that takes the changes of a transaction back."""

from collections import defaultdict
from collections.abc import Hashable, Iterable
from enum import Enum
from typing import Any, Final, TypeAlias

from accord.core.state import Cursor, Decision, Event, Fetch, Golden, Link, Review, Seen
from accord.store.standing import standing

__all__ = ["Journal", "Keys", "Tables", "link_buckets", "seen_bucket"]

Keys: TypeAlias = dict[Any, None]
"""A set that remembers the order of insertion, as a dict, so that one journal serves all."""


class _Absent(Enum):
    ABSENT = 0


_ABSENT: Final = _Absent.ABSENT


class Tables:
    """All rows of a project. Inner dicts come into being when asked for; an empty one means nothing."""

    def __init__(self) -> None:
        self.seen: defaultdict[str, dict[str, Seen]] = defaultdict(dict)
        """mapping -> id -> row"""
        self.golden: dict[str, Golden] = {}
        self.links: defaultdict[str, dict[tuple[str, int], Link]] = defaultdict(dict)
        """golden -> (mapping, incarnation) -> row"""
        self.keys: defaultdict[tuple[str, str, str], Keys] = defaultdict(dict)
        """(concept, rule, key) -> (mapping, id)"""
        self.touched: defaultdict[tuple[str, str], Keys] = defaultdict(dict)
        """(concept, rule) -> key"""
        self.marks: defaultdict[str, Keys] = defaultdict(dict)
        self.buckets: defaultdict[tuple[Any, ...], Keys] = defaultdict(dict)
        """Index: what `seen_bucket` and `link_buckets` name -> keys of the rows that belong there."""
        self.targets: dict[str, frozenset[str]] = {}
        """golden -> what it refers to"""
        self.dependants: defaultdict[str, Keys] = defaultdict(dict)
        self.cursors: dict[str, Cursor] = {}
        self.fetches: defaultdict[str, dict[str, Fetch]] = defaultdict(dict)
        self.reviews: dict[str, Review] = {}
        self.decisions: defaultdict[str, dict[tuple[str, str], Decision]] = defaultdict(dict)
        """concept -> (a, b) -> row"""
        self.decided: defaultdict[tuple[str, str], Keys] = defaultdict(dict)
        """Index: (concept, record key) -> (a, b) of the decisions that concern it."""
        self.undone: defaultdict[str, Keys] = defaultdict(dict)
        """Index: concept -> (a, b) of the decisions that are to be done."""
        self.events: dict[int, Event] = {}
        self.runs: dict[int, dict[str, Any]] = {}
        self.meta: dict[str, Any] = {}


def seen_bucket(row: Seen) -> tuple[Any, ...]:
    """The bucket of a mapping's rows that stand where this one stands."""
    return standing(row), row.mapping


def link_buckets(row: Link) -> list[tuple[Any, ...]]:
    """The buckets that a link is looked up by."""
    buckets: list[tuple[Any, ...]] = []
    if row.life == "live" and row.id is not None:
        buckets += [("live", row.mapping, row.id), ("live", row.mapping)]
    if row.open is not None:
        buckets.append(("open", row.mapping))
    if row.rejected:
        buckets.append(("rejected",))
    return buckets


class Journal:
    """The one way to change tables: notes what stood there, so that it can be put back."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._changes: list[tuple[dict[Any, Any], Hashable, Any]] = []
        """Table, key, and what stood there."""

    def put(self, table: dict[Any, Any], key: Hashable, row: Any) -> None:
        """Insert or replace a row."""
        self._changes.append((table, key, table.get(key, _ABSENT)))
        table[key] = row

    def drop(self, table: dict[Any, Any], key: Hashable) -> None:
        """Remove a row, if it is there."""
        old = table.pop(key, _ABSENT)
        if old is not _ABSENT:
            self._changes.append((table, key, old))

    def put_all(self, table: Keys, keys: Iterable[Hashable]) -> None:
        """Add keys to a set."""
        for key in keys:
            if key not in table:
                self.put(table, key, None)

    def drop_all(self, table: dict[Any, Any], keys: Iterable[Hashable]) -> None:
        """Remove keys that are there."""
        for key in keys:
            self.drop(table, key)

    def put_seen(self, row: Seen) -> None:
        """Insert or replace a seen record, and its place in the index."""
        table, buckets = self._tables.seen[row.mapping], self._tables.buckets
        old, new = table.get(row.id), seen_bucket(row)
        if old is None or seen_bucket(old) != new:
            if old is not None:
                self.drop(buckets[seen_bucket(old)], row.id)
            self.put(buckets[new], row.id, None)
        self.put(table, row.id, row)

    def put_link(self, row: Link) -> None:
        """Insert or replace a link, and its places in the index."""
        table, buckets = self._tables.links[row.golden], self._tables.buckets
        key = (row.golden, row.mapping, row.incarnation)
        old = table.get(key[1:])
        for bucket in [] if old is None else link_buckets(old):
            self.drop(buckets[bucket], key)
        for bucket in link_buckets(row):
            self.put(buckets[bucket], key, None)
        self.put(table, key[1:], row)

    def undo(self) -> None:
        """Put everything back as it was."""
        while self._changes:
            table, key, old = self._changes.pop()
            if old is _ABSENT:
                del table[key]
            else:
                table[key] = old
