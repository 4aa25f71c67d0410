"""One connector and one system: creates, a full read, changes read and written, and a read of nothing new."""

import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from msgspec import Struct

from accord.connectorkit.http.client import HttpTransport
from accord.connectorkit.http.transport import Request, Response
from accord.core.observation import Outcome
from accord.ports.connector import Connector, Write

__all__ = ["Case", "Counting", "Figure", "measured"]

Made = TypeVar("Made")
PAGE = 500


class Case(Struct, kw_only=True):
    """A system that is empty, and what connects to it. `body` gives the record of a number, `change` what edits it;
    `people_edit` has somebody else edit records, by ids; `calls` tells how many calls or statements there were.
    `at_most` is for a system that is slow with many records."""

    name: str
    connect: Callable[[], Connector]
    mapping: str
    body: Callable[[int], dict[str, Any]]
    change: Mapping[str, Any]
    people_edit: Callable[[Sequence[str]], None]
    calls: Callable[[], int] = lambda: 0
    at_most: int | None = None


class Counting(HttpTransport):
    """Tells how many calls there were, of all of one `counter` together."""

    def __init__(self, counter: Counter[str]) -> None:
        super().__init__()
        self._counter = counter

    async def send(self, request: Request) -> Response:
        """See `Transport`."""
        self._counter["calls"] += 1
        return await super().send(request)


class Figure(Struct, frozen=True):
    """So many records took so long, and so many calls."""

    case: str
    what: str
    records: int
    s: float
    calls: int

    def __str__(self) -> str:
        each = f"{self.calls / self.records:8.3f} calls each" if self.calls and self.records else ""
        rate = f"{self.records / self.s:10,.0f}/s" if self.records else " " * 12
        return f"{self.case:<14} {self.what:<12} {self.records:>7,} {self.s:9.3f} s {rate} {each}"


async def measured(case: Case, n: int) -> list[Figure]:
    """Figures in the order in which they were taken. Raises SystemExit: a write failed, or a read is not whole."""
    figures: list[Figure] = []
    n = min(n, case.at_most or n)
    connector = case.connect()

    async def took(what: str, records: int, act: Callable[[], Awaitable[Made]]) -> Made:
        calls, began = case.calls(), time.perf_counter()
        made = await act()
        figures.append(Figure(case.name, what, records, time.perf_counter() - began, case.calls() - calls))
        return made

    creates = [Write(mapping=case.mapping, kind="create", body=case.body(i), key=f"k{i}") for i in range(n)]
    await took("create", n, lambda: _written(case, connector, creates))
    await connector.close()
    connector = case.connect()
    seen, cursor = await took("read all", n, lambda: _read(case, connector, ""))
    if len(seen) != n:
        raise SystemExit(f"{case.name}: {len(seen)} records were read instead of {n}")
    _, cursor = await _read(case, connector, cursor)
    await took("read nothing", 0, lambda: _read(case, connector, cursor))
    some = list(seen)[:: max(1, n // max(1, n // 100))][: max(1, n // 100)]
    case.people_edit(some)
    changed, cursor = await took("read changes", len(some), lambda: _read(case, connector, cursor))
    if not set(some) <= set(changed):
        raise SystemExit(f"{case.name}: of {len(some)} changes {len(changed)} were read")
    updates = [
        Write(
            mapping=case.mapping,
            kind="update",
            id=each,
            body=dict(case.change),
            version=changed[each].version,
        )
        for each in some
    ]
    await took("update", len(some), lambda: _written(case, connector, updates))
    await connector.close()
    return figures


async def _written(case: Case, connector: Connector, writes: Sequence[Write]) -> list[Outcome]:
    outcomes: list[Outcome] = []
    for page in _pages(writes):
        outcomes += await connector.write(page)
    if bad := [outcome for outcome in outcomes if outcome.kind != "done"]:
        raise SystemExit(
            f"{case.name}: {len(bad)} writes were not done; the first: {bad[0].kind} {bad[0].message}"
        )
    return outcomes


def _pages(writes: Sequence[Write]) -> Iterator[Sequence[Write]]:
    return (writes[start : start + PAGE] for start in range(0, len(writes), PAGE))


async def _read(case: Case, connector: Connector, cursor: str) -> tuple[dict[str, Any], str]:
    pages = [page async for page in connector.read(case.mapping, cursor, full=not cursor)]
    return {seen.id: seen for page in pages for seen in page.observations}, pages[-1].cursor
