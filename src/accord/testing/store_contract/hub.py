"""Contract: cursors, fetches, reviews, history, runs and what is kept by name."""

from typing import Any

from accord.core.state import Cursor, Event, Fetch
from accord.ports.store import Store
from accord.testing.store_contract.playing import in_store
from accord.testing.store_contract.rows import (
    VALUES,
    A,
    B,
    rich_cursor,
    rich_decision,
    rich_event,
    rich_review,
)

__all__ = ["HubContract"]


class HubContract:
    """Cursors, fetches, reviews, history, runs and what is kept by name."""

    @in_store
    async def test_cursors(self, store: Store) -> None:
        """One per mapping, replaced as a whole."""
        async with store.transaction() as t:
            assert await t.cursor(A) is None
            await t.save_cursor(Cursor(mapping=A))
            mine = rich_cursor()
            await t.save_cursor(mine)
            mine.swept_us = 99
            loaded = await t.cursor(A)
            assert loaded == rich_cursor()
            assert loaded is not None
            loaded.complete = False
            assert await t.cursor(A) == rich_cursor()
            assert await t.cursor(B) is None

    @in_store
    async def test_fetch_queue(self, store: Store) -> None:
        """One row per record: the earlier time, the newer reason; due ones by time, then id."""
        async with store.transaction() as t:
            assert await t.next_fetch_us() is None
            await t.ask(iter([Fetch(A, "1", "old", 10), Fetch(A, "2", "x", 30), Fetch(A, "3", "x", 20)]))
            await t.ask([Fetch(A, "1", "new", 50), Fetch(A, "2", "sooner", 20), Fetch(B, "1", "x", 5)])
            assert await t.asked(A, 19, 9) == [Fetch(A, "1", "new", 10)]
            due = [Fetch(A, "1", "new", 10), Fetch(A, "2", "sooner", 20), Fetch(A, "3", "x", 20)]
            assert await t.asked(A, 20, 9) == due
            assert await t.asked(A, 99, 2) == due[:2]
            assert await t.next_fetch_us() == 5
            await t.answered(B, iter(["1", "none"]))
            await t.answered(A, ["1"])
            assert await t.asked(A, 99, 9) == due[1:]
            assert await t.next_fetch_us() == 20

    @in_store
    async def test_reviews(self, store: Store) -> None:
        """In order of id, of one concept or all, until they are closed."""
        async with store.transaction() as t:
            await t.save_reviews(iter([rich_review("b"), rich_review("a", "org"), rich_review("c")]))
            assert await t.reviews() == [rich_review("a", "org"), rich_review("b"), rich_review("c")]
            loaded = await t.reviews("person")
            assert loaded == [rich_review("b"), rich_review("c")]
            loaded[0].members.clear()
            loaded[1].reason = "changed"
            await t.save_reviews([loaded[1]])
            assert await t.reviews("person") == [rich_review("b"), loaded[1]]
            await t.close_reviews(iter(["b", "none"]))
            assert await t.reviews("person") == [loaded[1]]
            assert await t.reviews("none") == []

    @in_store
    async def test_l6_decisions(self, store: Store) -> None:
        """One per pair, replaced as a whole; by pair in pages, by record on either side, and what is to be done."""
        one, two, three = rich_decision("1", "2"), rich_decision("1", "3"), rich_decision("2", "9")
        other = rich_decision("1", "2")._replace(concept="org")
        async with store.transaction() as t:
            await t.save_decisions(
                iter([three, other, one._replace(verdict="same"), two._replace(todo=False)])
            )
            await t.save_decisions([one])
            two = two._replace(todo=False)
            assert await t.decisions("person", ("", ""), 9) == [one, two, three]
            assert await t.decisions("person", (one.a, one.b), 1) == [two]
            assert await t.decisions("person", ("", ""), 9, todo=True) == [one, three]
            assert await t.decisions("person", (one.a, one.b), 9, todo=True) == [three]
            assert await t.decisions("none", ("", ""), 9) == []
            assert await t.decisions_on("person", iter([one.b])) == [one, three]
            assert await t.decisions_on("person", [one.a, one.b, three.b]) == [one, two, three]
            assert await t.decisions_on("org", [one.a, three.b]) == [other]
            assert await t.decisions_on("person", []) == []
        async with store.transaction(dry=True) as t:
            await t.save_decisions([one._replace(todo=False), rich_decision("0", "1")])
        async with store.transaction() as t:
            assert await t.decisions("person", ("", ""), 9, todo=True) == [one, three]
            assert await t.decisions_on("person", [rich_decision("0", "1").a]) == []

    @in_store
    async def test_m4_history_round_trip(self, store: Store) -> None:
        """Facts and values come back; a null that was a value is told from none."""
        events = [
            rich_event(),
            Event(kind="linked", golden="g"),
            Event(kind="edit", golden="g", has_value=True, value=None),
            Event(kind="edit", golden="g", before=0),
            *(Event(kind="edit", golden="g", has_value=True, value=value) for value in VALUES),
        ]
        async with store.transaction() as t:
            await t.record(iter(events))
            assert await t.history() == events

    @in_store
    async def test_m4_w8_history_is_pruned(self, store: Store) -> None:
        """Old lines go with their values; of younger deletes what was kept of the record."""
        async with store.transaction() as t:
            rows = [
                Event(kind=kind, golden="g", value={"at": at}, has_value=True, at_us=at)
                for at in (1, 5, 9)
                for kind in ("edit", "deleted")
            ]
            await t.record(rows)
            assert await t.prune(0, 0) == 0
            assert await t.history() == rows
            assert await t.prune(5, 9) == 2
            bare = Event(kind="deleted", golden="g", at_us=5)
            assert await t.history() == [rows[2], bare, *rows[4:]]
        async with store.transaction(dry=True) as t:
            assert await t.prune(99, 99) == 4
        async with store.transaction() as t:
            assert len(await t.history()) == 4

    @in_store
    async def test_m4_what_runs_did_is_pruned_and_no_number_is_given_twice(self, store: Store) -> None:
        """Runs go with the history of their time; the newest one stays, however old."""
        async with store.transaction() as t:
            for at in (1, 5, 9):
                await t.begin_run("sync", "f", at)
            await t.prune(5, 0)
            assert [run["run"] for run in await t.runs(9)] == [3, 2]
            await t.prune(99, 0)
            assert [run["run"] for run in await t.runs(9)] == [3]
            assert await t.begin_run("sync", "f", 100) == 4

    @in_store
    async def test_history_queries(self, store: Store) -> None:
        """All that fit every condition, oldest first; the newest where there are more than the limit."""
        async with store.transaction() as t:
            goldens, records = ("g1", "g2", ""), ("crm.A/1", "crm.A/2", "")
            rows = [
                Event(kind=f"{golden}{record}{run}", golden=golden, record=record, run=run, at_us=-run)
                for run in (1, 0, 2)
                for golden in goldens
                for record in records
            ]
            await t.record(rows[:5])
            await t.record([])
            await t.record(rows[5:])
            for golden in (None, *goldens, "none"):
                for record in (None, *records):
                    for run in (None, 0, 1, 2):
                        asked: dict[str, Any] = {"golden": golden, "record": record, "run": run}
                        wanted = {name: value for name, value in asked.items() if value is not None}
                        fit = [row for row in rows if wanted.items() <= _facts(row).items()]
                        assert await t.history(**wanted) == fit
                        assert await t.history(**asked, limit=2) == fit[-2:]
            assert await t.history(limit=0) == []

    @in_store
    async def test_runs(self, store: Store) -> None:
        """Numbered from 1 in order; newest first; without end until they have one."""
        async with store.transaction() as t:
            assert await t.runs(9) == []
            assert [await t.begin_run("sync", "f1", 10), await t.begin_run("plan", "f2", 20)] == [1, 2]
            await t.end_run(1, 15, {"written": 3, "notes": [None, {"a": 1.5}]})
        async with store.transaction() as t:
            first = {"run": 1, "kind": "sync", "fingerprint": "f1", "began_us": 10, "ended_us": 15}
            first["summary"] = {"written": 3, "notes": [None, {"a": 1.5}]}
            second = {
                "run": 2,
                "kind": "plan",
                "fingerprint": "f2",
                "began_us": 20,
                "ended_us": None,
                "summary": None,
            }
            assert await t.runs(9) == [second, first]
            assert await t.runs(1) == [second]
            await t.end_run(2, 30, {})
            assert (await t.runs(1))[0]["summary"] == {}
            await t.end_run(99, 30, {})

    @in_store
    async def test_meta(self, store: Store) -> None:
        """Any JSON value by name; a copy of it."""
        kept = {"list": [1, None, "ü"], "nested": {"a": {"b": 1.5}}, "big": 2**70}
        async with store.transaction() as t:
            assert await t.meta("name") is None
            await t.save_meta("name", kept)
            await t.save_meta("other", False)
            kept["list"] = "changed"
            loaded = await t.meta("name")
            assert loaded == {"list": [1, None, "ü"], "nested": {"a": {"b": 1.5}}, "big": 2**70}
            loaded["nested"]["a"] = "changed"
            assert (await t.meta("name"))["nested"] == {"a": {"b": 1.5}}
            assert await t.meta("other") is False
            await t.save_meta("name", None)
            assert await t.meta("name") is None

    @in_store
    async def test_empty_store(self, store: Store) -> None:
        """Nothing is there, and asking leaves nothing behind."""
        async with store.transaction() as t:
            listings: list[Any] = [
                await t.scan_seen(A, "", 9), await t.waiting(A, "", 9), await t.held(A, "", 9),
                await t.unswept(A, 9, "", 9), await t.open_links(A, "", 9), await t.clusters(["g"]),
                await t.scan_golden("person", "", 9), await t.rejected(9), await t.marked("settle", "", 9),
                await t.asked(A, 9, 9), await t.reviews(), await t.touched("person", "r", "", 9, 9),
                await t.groups("person", [("r", "k")], 9), await t.history(), await t.runs(9),
            ]  # fmt: skip
            assert not any(listings)
            assert await t.dependants(["g"]) == set()
            assert await t.census() == {}


def _facts(row: Event) -> dict[str, Any]:
    return {"golden": row.golden, "record": row.record, "run": row.run}
