"""Where a played system keeps its records: a small protocol, and the one in memory."""

from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Sequence
from copy import copy
from typing import Any, Literal, Protocol

from msgspec import Struct

from accord.connectorkit.paths import get_at
from accord.core.values import MISSING

__all__ = ["MemoryRecords", "Records", "Scope", "Stored", "index_key"]

Scope = Literal["live", "dead", "all"]


class Stored(Struct, frozen=True, kw_only=True):
    """One record. `body` is the whole payload as the system shows it, never changed in place.

    `seq` numbers the changes of the whole system; `changed_us` is the system's clock at the change, never less than
    that of an earlier `seq`. A deleted record keeps its body.
    """

    id: str
    seq: int
    version: str
    body: dict[str, Any]
    created_us: int
    changed_us: int
    deleted: bool = False
    successor: str = ""


class Records(Protocol):
    """Tables of records by id, each in the order of their last change. Calls are O(1), O(log n) or O(page)."""

    def prepare(self, table: str, unique: Sequence[str]) -> None:
        """Make a table, and an index for each of these paths."""
        ...

    def number(self, name: str) -> int:
        """1 and upwards, the next of a named series."""
        ...

    def get(self, table: str, record_id: str) -> Stored | None:
        """A record, deleted ones included."""
        ...

    def put(self, table: str, stored: Stored) -> None:
        """Insert or replace a record; its seq is greater than its last one."""
        ...

    def page(self, table: str, scope: Scope, after: int, skip: int, limit: int) -> list[Stored]:
        """Records with a seq greater than `after`, in its order, less the first `skip`."""
        ...

    def count(self, table: str) -> int:
        """How many live records there are."""
        ...

    def latest_us(self, table: str) -> int:
        """Time of the last change, 0 where there was none."""
        ...

    def seq_before(self, table: str, changed_us: int) -> int:
        """Greatest seq of a record that changed before a time, 0 where there is none."""
        ...

    def find(self, table: str, path: str, value: Any) -> list[str]:
        """Ids of live records with a value at an indexed path, in order of id."""
        ...

    def made(self, table: str, key: str) -> tuple[str, int] | None:
        """(id, time) of the create that bore an idempotency key."""
        ...

    def save_made(self, table: str, key: str, record_id: str, at_us: int) -> None:
        """Remember an idempotency key."""
        ...

    def mirror(self, table: str, late: str) -> None:
        """Make a second table that holds what a table holds now; from then on it trails behind."""
        ...

    def queue(self, late: str, stored: Stored) -> None:
        """Keep a state that the second table does not show yet."""
        ...

    def surface(self, late: str, until_us: int) -> None:
        """Let the second table show the queued states that changed at or before a time."""
        ...

    def snapshot(self) -> Any:
        """All there is, as a value that later calls do not change."""
        ...

    def restore(self, snapshot: Any) -> None:
        """Back to a snapshot."""
        ...


def index_key(value: Any) -> Any:
    """What an index holds for a value: equal for what the system takes for equal; None is in no index."""
    if value is MISSING or value is None or value == "":
        return None
    return repr(value) if isinstance(value, dict | list) else value


class _Order:
    """Ids by seq, with the time of change beside; moving one costs a move of memory, no sort."""

    def __init__(self) -> None:
        self.seqs: list[int] = []
        self.ids: list[str] = []
        self.times: list[int] = []

    def add(self, stored: Stored) -> None:
        at = (
            len(self.seqs)
            if not self.seqs or stored.seq > self.seqs[-1]
            else bisect_left(self.seqs, stored.seq)
        )
        self.seqs.insert(at, stored.seq)
        self.ids.insert(at, stored.id)
        self.times.insert(at, stored.changed_us)

    def remove(self, seq: int) -> None:
        at = bisect_left(self.seqs, seq)
        if at < len(self.seqs) and self.seqs[at] == seq:
            del self.seqs[at], self.ids[at], self.times[at]

    def copied(self) -> "_Order":
        twin = _Order()
        twin.seqs, twin.ids, twin.times = self.seqs[:], self.ids[:], self.times[:]
        return twin


class _Table:
    def __init__(self, unique: Sequence[str]) -> None:
        self.rows: dict[str, Stored] = {}
        self.orders: dict[Scope, _Order] = {"live": _Order(), "dead": _Order(), "all": _Order()}
        self.indexes: dict[str, dict[Any, set[str]]] = {path: {} for path in unique}
        self.keys: dict[str, tuple[str, int]] = {}
        self.queued: deque[Stored] = deque()

    def copied(self) -> "_Table":
        twin = _Table(())
        twin.rows = copy(self.rows)
        twin.orders = {scope: order.copied() for scope, order in self.orders.items()}
        twin.indexes = {p: {v: set(ids) for v, ids in index.items()} for p, index in self.indexes.items()}
        twin.keys = copy(self.keys)
        twin.queued = copy(self.queued)
        return twin

    def put(self, stored: Stored) -> None:
        old = self.rows.get(stored.id)
        if old is not None:
            self._leave(old)
        self.rows[stored.id] = stored
        self._enter(stored)

    def _leave(self, old: Stored) -> None:
        self.orders["dead" if old.deleted else "live"].remove(old.seq)
        self.orders["all"].remove(old.seq)
        for path, index in self.indexes.items():
            key = index_key(get_at(old.body, path))
            if not old.deleted and key in index:
                index[key].discard(old.id)
                if not index[key]:
                    del index[key]

    def _enter(self, new: Stored) -> None:
        self.orders["dead" if new.deleted else "live"].add(new)
        self.orders["all"].add(new)
        for path, index in self.indexes.items():
            key = index_key(get_at(new.body, path))
            if not new.deleted and key is not None:
                index.setdefault(key, set()).add(new.id)


class MemoryRecords:
    """Records in memory."""

    def __init__(self) -> None:
        self._tables: dict[str, _Table] = {}
        self._numbers: dict[str, int] = {}

    def prepare(self, table: str, unique: Sequence[str]) -> None:
        """See `Records`."""
        self._tables.setdefault(table, _Table(unique))

    def number(self, name: str) -> int:
        """See `Records`."""
        self._numbers[name] = self._numbers.get(name, 0) + 1
        return self._numbers[name]

    def get(self, table: str, record_id: str) -> Stored | None:
        """See `Records`."""
        return self._tables[table].rows.get(record_id)

    def put(self, table: str, stored: Stored) -> None:
        """See `Records`."""
        self._tables[table].put(stored)

    def page(self, table: str, scope: Scope, after: int, skip: int, limit: int) -> list[Stored]:
        """See `Records`."""
        of = self._tables[table]
        order = of.orders[scope]
        begin = bisect_right(order.seqs, after) + skip
        return [of.rows[i] for i in order.ids[begin : begin + limit]]

    def count(self, table: str) -> int:
        """See `Records`."""
        return len(self._tables[table].orders["live"].ids)

    def latest_us(self, table: str) -> int:
        """See `Records`."""
        times = self._tables[table].orders["all"].times
        return times[-1] if times else 0

    def seq_before(self, table: str, changed_us: int) -> int:
        """See `Records`."""
        order = self._tables[table].orders["all"]
        at = bisect_left(order.times, changed_us)
        return order.seqs[at - 1] if at else 0

    def find(self, table: str, path: str, value: Any) -> list[str]:
        """See `Records`."""
        return sorted(self._tables[table].indexes[path].get(index_key(value), ()))

    def made(self, table: str, key: str) -> tuple[str, int] | None:
        """See `Records`."""
        return self._tables[table].keys.get(key)

    def save_made(self, table: str, key: str, record_id: str, at_us: int) -> None:
        """See `Records`."""
        self._tables[table].keys[key] = (record_id, at_us)

    def mirror(self, table: str, late: str) -> None:
        """See `Records`."""
        self._tables[late] = self._tables[table].copied()

    def queue(self, late: str, stored: Stored) -> None:
        """See `Records`."""
        self._tables[late].queued.append(stored)

    def surface(self, late: str, until_us: int) -> None:
        """See `Records`."""
        into = self._tables[late]
        while into.queued and into.queued[0].changed_us <= until_us:
            into.put(into.queued.popleft())

    def snapshot(self) -> Any:
        """See `Records`."""
        return {name: table.copied() for name, table in self._tables.items()}, copy(self._numbers)

    def restore(self, snapshot: Any) -> None:
        """See `Records`."""
        tables, numbers = snapshot
        self._tables = {name: table.copied() for name, table in tables.items()}
        self._numbers = copy(numbers)
