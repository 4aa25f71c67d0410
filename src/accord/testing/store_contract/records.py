"""Contract: seen records, match keys and their groups."""

from typing import Any

from accord.core.state import Group, Key, Member
from accord.ports.store import Store
from accord.testing.store_contract.playing import in_store
from accord.testing.store_contract.rows import A, B, ids, rich_cluster, rich_seen, seen

__all__ = ["RecordsContract"]


class RecordsContract:
    """Seen records, match keys and their groups."""

    @in_store
    async def test_seen_round_trip(self, store: Store) -> None:
        """Every field of a seen record comes back, MISSING and all."""
        async with store.transaction() as t:
            await t.save_seen([rich_seen(), seen("2")])
        async with store.transaction() as t:
            assert await t.seen(A, ["2", "1", "none", "1"]) == {"1": rich_seen(), "2": seen("2")}
            assert await t.seen(B, ["1"]) == {}
            assert await t.seen(A, []) == {}

    @in_store
    async def test_seen_replaced(self, store: Store) -> None:
        """A row replaces the one with its mapping and id; the last of one call stays."""
        async with store.transaction() as t:
            await t.save_seen(iter([seen("1"), seen("1", B)]))
            await t.save_seen([seen("1", seq=2), seen("1", seq=3)])
            assert [row.seq for row in (await t.seen(A, ["1"])).values()] == [3]
            assert [row.seq for row in (await t.seen(B, ["1"])).values()] == [1]

    @in_store
    async def test_returned_rows_are_the_callers(self, store: Store) -> None:
        """A row that was changed after it was saved or loaded changes nothing in the store."""
        mine = seen("1")
        async with store.transaction() as t:
            await t.save_seen([mine])
            mine.raw[0], mine.seq = "changed", 9
            (loaded,) = (await t.seen(A, ["1"])).values()
            assert loaded == seen("1")
            loaded.raw.append("more")
            loaded.old_versions.append("more")
            assert await t.scan_seen(A, "", 9) == [seen("1")]

    @in_store
    async def test_returned_clusters_are_the_callers(self, store: Store) -> None:
        """Likewise for all that hangs on a golden record."""
        async with store.transaction() as t:
            await t.save_clusters([rich_cluster()])
            (loaded,) = await t.clusters(["g1"])
            loaded.golden.value.clear()
            loaded.golden.rivals[3].clear()
            loaded.golden.questions.clear()
            for row in loaded.links:
                row.base.clear()
                row.suspects[1].time_us = 99
                row.rejected[-1].message = "changed"
                assert row.open is not None
                row.open.sent.clear()
                row.open.sendings = 99
            loaded.seen.clear()
            assert await t.clusters(["g1"]) == [rich_cluster()]
            (rejected, _) = await t.rejected(9)
            rejected.raw.clear()
            assert await t.clusters(["g1"]) == [rich_cluster()]

    @in_store
    async def test_scans_are_in_order_and_page(self, store: Store) -> None:
        """Order is that of code points; `after` is left out, `limit` is kept."""
        names = ["", "10", "2", "Z", "a", "ä", "ﬀ", "🐎"]
        async with store.transaction() as t:
            await t.save_seen([seen(name) for name in reversed(names)])
            await t.save_seen([seen("3", B)])
            assert ids(await t.scan_seen(A, "", 99)) == names[1:]
            assert ids(await t.scan_seen(A, "2", 2)) == ["Z", "a"]
            assert ids(await t.scan_seen(A, "b", 99)) == ["ä", "ﬀ", "🐎"]
            assert ids(await t.scan_seen(A, "🐎", 99)) == []
            assert ids(await t.waiting(A, "ä", 1)) == ["ﬀ"]

    @in_store
    async def test_g4_census_adds_up(self, store: Store) -> None:
        """Every record stands in one place, whatever marks it bears, and the listings agree with the counts."""
        async with store.transaction() as t:
            marks: list[dict[str, Any]] = [
                {"golden": golden, "held": held, "excluded": excluded, "gone": gone}
                for golden in (None, "g")
                for held in ("", "review")
                for excluded in ("", "filter")
                for gone in ("", "deleted")
            ]
            await t.save_seen([seen(f"{number:02}", **mark) for number, mark in enumerate(marks)])
            await t.save_seen([seen("1", B, gone="replaced")])
            census = await t.census()
            count = census[A]
            parts = ("linked", "waiting", "held", "excluded", "gone")
            assert count["seen"] == sum(count[part] for part in parts) == 16
            assert [count[part] for part in parts] == [4, 1, 2, 1, 8]
            assert census[B] == dict.fromkeys(count, 0) | {"seen": 1, "gone": 1}
            assert len(await t.waiting(A, "", 99)) == 1
            assert all(row.held and row.golden is None for row in await t.held(A, "", 99))
            assert len(await t.held(A, "", 99)) == 2

    @in_store
    async def test_a_row_moves_between_listings(self, store: Store) -> None:
        """A row that is saved anew stands in its new place alone."""
        async with store.transaction() as t:
            for place in ({}, {"held": "x"}, {"golden": "g"}, {"excluded": "x"}, {"gone": "deleted"}, {}):
                fields: dict[str, Any] = place
                await t.save_seen([seen("1", **fields)])
                count = (await t.census())[A]
                assert sum(count.values()) == 2, place
                assert len(await t.waiting(A, "", 9)) == (not fields)
                assert len(await t.held(A, "", 9)) == ("held" in fields)

    @in_store
    async def test_s10_unswept(self, store: Store) -> None:
        """Rows that no listing showed since, but for those known to be gone."""
        async with store.transaction() as t:
            rows = [
                seen("c", asked_us=5),
                seen("a", asked_us=4, golden="g"),
                seen("b", gone="deleted"),
                seen("d", B),
            ]
            await t.save_seen([*rows, seen("e", excluded="x")])
            assert await t.unswept(A, 5, "", 9) == ["a", "e"]
            assert await t.unswept(A, 6, "a", 1) == ["c"]

    @in_store
    async def test_keys_and_groups(self, store: Store) -> None:
        """Groups have the members that are not gone, in order; vetoes stay empty; unknown records are no members."""
        async with store.transaction() as t:
            await t.save_seen(
                [seen("2", golden="g"), seen("1", held="h"), seen("1", B), seen("3", gone="deleted")]
            )
            rows = [Key("mail", "k", B, "1"), Key("mail", "k", A, "2"), Key("mail", "k", A, "1")]
            lost = [Key("mail", "k", A, "3"), Key("mail", "k", A, "none"), Key("mail", "lone", A, "3")]
            await t.change_keys("person", [], [*rows, *lost, *rows])
            await t.change_keys("org", [], [Key("mail", "k", B, "1")])
            members = [Member(A, "1", None, "h"), Member(A, "2", "g", ""), Member(B, "1", None, "")]
            group = Group(rule="mail", key="k", members=members)
            wanted = [("mail", "none"), ("mail", "lone"), ("mail", "k"), ("name", "k"), ("mail", "k")]
            assert await t.groups("person", wanted, 9) == [group]
            assert await t.groups("person", [], 9) == []
            lone = Group(rule="mail", key="lone", members=[])
            assert await t.touched("person", "mail", "", 9, 9) == [group, lone]
            assert [len(found.members) for found in await t.groups("org", [("mail", "k")], 9)] == [1]

    @in_store
    async def test_full_groups_are_cut(self, store: Store) -> None:
        """At most max_members members, the first in order, and the groups behind them all the same."""
        async with store.transaction() as t:
            await t.save_seen([seen(f"{number}") for number in range(8)])
            keys = [
                Key(rule, key, A, f"{n}")
                for n in range(8)
                for rule, key in (("r", "a"), ("r", "b"), ("s", "a"))
            ]
            await t.change_keys("person", [], [*keys, Key("r", "c", A, "5")])
            for most in (1, 2, 7, 8, 9):
                found = await t.touched("person", "r", "", 9, most)
                assert [(group.key, len(group.members)) for group in found] == [
                    ("a", min(most, 8)), ("b", min(most, 8)), ("c", 1),
                ]  # fmt: skip
                assert ids(found[0].members) == [f"{number}" for number in range(min(most, 8))]
                assert await t.groups("person", [("r", "b"), ("r", "a"), ("r", "c")], most) == found
            assert [group.key for group in await t.touched("person", "r", "", 2, 1)] == ["a", "b"]
            assert [group.key for group in await t.touched("person", "r", "a", 1, 3)] == ["b"]
            found = await t.groups("person", [("s", "a"), ("r", "b")], 1)
            assert [(group.rule, group.key) for group in found] == [("r", "b"), ("s", "a")]

    @in_store
    async def test_l8_touched_keys(self, store: Store) -> None:
        """Removed and added keys are touched, until the mark is taken away."""
        async with store.transaction() as t:
            await t.save_seen([seen("1")])
            await t.change_keys("person", [], [Key("r", "old", A, "1")])
            await t.untouch("person", "r", ["old", "never"])
            assert await t.touched("person", "r", "", 9, 9) == []
            await t.change_keys("person", iter([Key("r", "old", A, "1"), Key("r", "no", A, "1")]), iter([]))
            await t.touch_keys("person", [("r", "asked"), ("other", "asked"), ("r", "asked")])
            empty = [Group(rule="r", key=key, members=[]) for key in ("asked", "no", "old")]
            assert await t.touched("person", "r", "", 9, 9) == empty
            same = Key("r", "same", A, "1")
            await t.change_keys("person", [same], [same])
            assert len(await t.groups("person", [("r", "same")], 9)) == 1

    @in_store
    async def test_k3_keys_are_dropped(self, store: Store) -> None:
        """All keys and marks of one concept go, of no other."""
        async with store.transaction() as t:
            await t.save_seen([seen("1")])
            for concept in ("person", "org"):
                await t.change_keys(concept, [], [Key("r", "k", A, "1"), Key("s", "k", A, "1")])
            await t.drop_keys("person")
            assert await t.groups("person", [("r", "k"), ("s", "k")], 9) == []
            assert await t.touched("person", "r", "", 9, 9) == []
            assert len(await t.groups("org", [("r", "k"), ("s", "k")], 9)) == 2
            assert len(await t.touched("org", "s", "", 9, 9)) == 1
