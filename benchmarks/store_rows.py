"""Rows per second of the stores: python -m benchmarks.store_rows --rows 100000

Rows have 20 properties of 16 characters, ids and match keys in random order, in transactions of 1,000 rows. Prints a
table in Markdown; times are of one run from an empty store, encoding and commits included. Columns with "CPU" count
seconds of the processor: they tell what the code costs on a machine that has other work, too. The garbage collector
runs more rarely than by default, as it should in a process that holds pages of rows (--gc leaves it alone).
"""

import argparse
import asyncio
import gc
import hashlib
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from accord.core.stamps import Stamp
from accord.core.state import Cluster, Event, Golden, Key, Link, Open, Seen, Sent
from accord.store import MemoryStore, SqliteStore
from accord.store.postgres import PostgresStore
from tests.postgres import DURABLE, open_server

PAGE = 1000
A, B = "crmoffice.Contacts", "customerp.Customers"
NOW_US = 1_763_880_000_000_000


def name(number: int, kind: str) -> str:
    """An id in no order, as hashes and UUIDs are."""
    return hashlib.md5(f"{kind}{number}".encode()).hexdigest()[:16]


def raw(number: int) -> list[Any]:
    """Twenty values."""
    return [f"value {number:06} {column:03}" for column in range(20)]


def seen(number: int, mapping: str, golden: str | None = None) -> Seen:
    """A record as a listing shows it."""
    return Seen(
        mapping=mapping, id=name(number, mapping), raw=raw(number), version=f'W/"{number}"', modified_us=NOW_US,
        asked_us=NOW_US, first_us=NOW_US, golden=golden,
    )  # fmt: skip


def cluster(number: int, *, opened: bool = False) -> Cluster:
    """A golden record of two linked records, on their first link or with an open write to the second."""
    id_ = f"person/{name(number, 'golden')}"
    stamp = Stamp(NOW_US + number, 0, 0, f"{A}/{name(number, A)}", number)
    links = [
        Link(
            golden=id_, mapping=mapping, id=name(number, mapping), raw=raw(number), base=[stamp] * 20,
            same=[None] * 20, seq=1, read_us=NOW_US,
        )
        for mapping in (A, B)
    ]  # fmt: skip
    if opened:
        links[1].open = Open(
            kind="update", sent={0: Sent("new value", stamp)}, body={"a": "new value"}, sendings=1
        )
    golden = Golden(id=id_, concept="person", value=raw(number), stamp=[stamp] * 20)
    return Cluster(
        golden=golden, links=links, seen={(m, name(number, m)): seen(number, m, id_) for m in (A, B)}
    )


class Bench:
    """Plays the life of a first link on one store and notes the times."""

    def __init__(self, store: Any, rows: int, clock: Callable[[], float]) -> None:
        self.store, self.rows, self.clock = store, rows, clock
        self.results: list[tuple[str, float]] = []

    def pages(self) -> Iterator[range]:
        """Numbers by the page."""
        for start in range(0, self.rows, PAGE):
            yield range(start, min(start + PAGE, self.rows))

    async def each_page(
        self, title: str, per_page: Callable[[Any, Any], Any], make: Callable[[range], Any]
    ) -> None:
        """Time one call per page in a transaction of its own; making the rows does not count."""
        spent_s = 0.0
        for page in self.pages():
            data = make(page)
            began_s = self.clock()
            async with self.store.transaction() as t:
                await per_page(t, data)
            spent_s += self.clock() - began_s
        self.results.append((title, self.rows / spent_s))

    async def run(self) -> None:
        """All measurements, in the order of a first link."""
        await self.each_page("Seen, insert", lambda t, d: t.save_seen(d), lambda p: [seen(n, A) for n in p])
        await self.each_page("Seen, replace", lambda t, d: t.save_seen(d), lambda p: [seen(n, A) for n in p])
        await self.each_page("Seen, load by id", lambda t, d: t.seen(A, d), lambda p: [name(n, A) for n in p])
        await self.each_page("Key, add and touch", lambda t, d: t.change_keys("person", [], d), self._keys)
        await self._walk(
            "Group of one, touched", lambda t, after: t.touched("person", "mail", after, PAGE, 9)
        )
        await self.each_page("Golden, insert", lambda t, d: t.save_clusters(d), self._goldens)
        await self.each_page(
            "Link, insert, and Golden, replace", lambda t, d: t.save_clusters(d), self._links
        )
        await self.each_page("Event without values", lambda t, d: t.record(d), self._events)
        await self.each_page(
            "Mark", lambda t, d: t.mark("share", d), lambda p: [cluster(n).golden.id for n in p]
        )
        await self.each_page(
            "Cluster of five rows, replace",
            lambda t, d: t.save_clusters(d),
            lambda p: [cluster(n) for n in p],
        )
        await self.each_page(
            "Cluster of five rows, one open write",
            lambda t, d: t.save_clusters(d),
            lambda p: [cluster(n, opened=True) for n in p],
        )
        await self.each_page(
            "Cluster of five rows, load",
            lambda t, d: t.clusters(d),
            lambda p: [cluster(n).golden.id for n in p],
        )
        await self._small()

    def _keys(self, page: range) -> list[Key]:
        return [Key("mail", f"{name(n, 'mail')}@example.org", A, name(n, A)) for n in page]

    def _goldens(self, page: range) -> list[Cluster]:
        return [Cluster(golden=cluster(n).golden, links=[]) for n in page]

    def _links(self, page: range) -> list[Cluster]:
        made = [cluster(n) for n in page]
        return [Cluster(golden=row.golden, links=row.links[:1]) for row in made]

    def _events(self, page: range) -> list[Event]:
        return [
            Event(kind="linked", golden=cluster(n).golden.id, record=f"{A}/{name(n, A)}", run=1) for n in page
        ]

    async def _walk(self, title: str, read: Callable[[Any, str], Any]) -> None:
        after, spent_s = "", 0.0
        while True:
            began_s = self.clock()
            async with self.store.transaction() as t:
                found = await read(t, after)
            spent_s += self.clock() - began_s
            if not found:
                break
            after = found[-1].key
        self.results.append((title, self.rows / spent_s))

    async def _small(self) -> None:
        number = min(self.rows, 2000)
        rows = [cluster(n) for n in range(number)]
        began_s = self.clock()
        for row in rows:
            async with self.store.transaction() as t:
                await t.clusters([row.golden.id])
                await t.save_clusters([row])
                await t.unmark("share", [row.golden.id])
        self.results.append(("Transaction of one cluster", number / (self.clock() - began_s)))
        began_s = self.clock()
        async with self.store.transaction() as t:
            await t.census()
        self.results.append(("Census", 1 / (self.clock() - began_s)))


def fsync_ms(folder: str) -> float:
    """Milliseconds that a file of 4 kB takes to be safe on this disk, the median of 20."""
    with open(Path(folder) / "fsync", "wb", buffering=0) as file:
        times_s = []
        for _ in range(20):
            file.write(b"x" * 4096)
            began_s = time.perf_counter()
            os.fsync(file.fileno())
            times_s.append(time.perf_counter() - began_s)
    return 1000 * sorted(times_s)[10]


async def measure(store: Any, rows: int, clock: Callable[[], float]) -> list[tuple[str, float]]:
    """Titles and rows per second."""
    bench = Bench(store, rows, clock)
    await bench.run()
    await store.close()
    return bench.results


def main() -> None:
    """Measure every kind of store and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--folder", default=None, help="where the files go (default: a temporary one)")
    parser.add_argument("--gc", action="store_true", help="leave the garbage collector as it is")
    given = parser.parse_args()
    if not given.gc:
        gc.set_threshold(100_000, 50, 100)
    columns: dict[str, list[tuple[str, float]]] = {}
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        sync_ms = fsync_ms(folder)
        for title, options, clock in (
            ("thread, full", {}, time.perf_counter),
            ("thread, normal", {"synchronous": "normal"}, time.perf_counter),
            ("inline, normal, CPU", {"synchronous": "normal", "inline": True}, time.process_time),
        ):
            path = Path(folder) / f"{title}.db"
            store = SqliteStore(path, **options)  # type: ignore[arg-type]
            columns[title] = asyncio.run(measure(store, given.rows, clock))
            size_bytes = os.path.getsize(path)
            path.unlink()
        with open_server(DURABLE) as server:
            for title, inline, clock in (
                ("PostgreSQL", False, time.perf_counter),
                ("PostgreSQL, CPU of the hub", True, time.process_time),
            ):
                served = PostgresStore(server.url(server.new_schema()), inline=inline)
                columns[title] = asyncio.run(measure(served, given.rows, clock))
                sizes = server.run(
                    "SELECT sum(pg_total_relation_size(c.oid)) FROM pg_class c JOIN pg_namespace n "
                    f"ON n.oid = c.relnamespace WHERE n.nspname = '{served.place.schema}' AND c.relkind = 'r'"
                )
            served_bytes = int(str(sizes[0][0]))
        columns["memory, CPU"] = asyncio.run(
            measure(MemoryStore(), min(given.rows, 10_000), time.process_time)
        )
    print(f"| rows per second, {given.rows:,} rows | " + " | ".join(columns) + " |")
    print("| --- |" + " ---: |" * len(columns))
    for number, (title, _) in enumerate(next(iter(columns.values()))):
        print(
            f"| {title} | " + " | ".join(f"{results[number][1]:,.0f}" for results in columns.values()) + " |"
        )
    print(
        f"\nFile: {size_bytes / given.rows:,.0f} bytes per golden record with two links, "
        f"tables: {served_bytes / given.rows:,.0f}. fsync: {sync_ms:.1f} ms."
    )


if __name__ == "__main__":
    main()
