"""Contract: golden records, links, marks and references."""

from accord.core.stamps import Stamp
from accord.core.state import Cluster, Link
from accord.core.values import MISSING
from accord.ports.store import Store
from accord.testing.store_contract.playing import in_store
from accord.testing.store_contract.rows import (
    A,
    B,
    cluster,
    ids,
    link,
    opened,
    refused,
    rich_cluster,
    rich_golden,
    seen,
)  # fmt: skip

__all__ = ["GoldensContract"]


class GoldensContract:
    """Golden records, links, marks and references."""

    @in_store
    async def test_clusters_round_trip(self, store: Store) -> None:
        """Every field comes back: stamps, rivals, suspects, rejections, the open write, the seen rows."""
        async with store.transaction() as t:
            await t.save_clusters(iter([rich_cluster("g2", "2"), rich_cluster("g1")]))
        async with store.transaction() as t:
            found = await t.clusters(["g2", "none", "g1", "g2"])
            assert found == [rich_cluster("g1"), rich_cluster("g2", "2")]
            assert await t.clusters([]) == []

    @in_store
    async def test_links_are_in_order_and_stay(self, store: Store) -> None:
        """Links by (mapping, incarnation); one that is not saved again stays; golden and link are replaced by key."""
        rows = [link("g", B), link("g", A, "1", incarnation=10), link("g", A, "2", incarnation=9)]
        async with store.transaction() as t:
            await t.save_clusters([cluster("g", *rows)])
            again = cluster("g", link("g", B, "9", seq=4))
            again.golden.life = "dead"
            await t.save_clusters([again])
            (found,) = await t.clusters(["g"])
            keys = [(row.mapping, row.incarnation, row.id) for row in found.links]
            assert keys == [(A, 9, "2"), (A, 10, "1"), (B, 0, "9")]
            assert found.golden.life == "dead"
            assert found.seen == {}

    @in_store
    async def test_links_of_one_mapping(self, store: Store) -> None:
        """Whole, tombs among them, in order of (golden, incarnation); of golden records that are asked for alone."""
        async with store.transaction() as t:
            await t.save_clusters([rich_cluster("g2", "2"), rich_cluster("g1"), rich_cluster("g3", "3")])
            await t.save_clusters([cluster("g1", link("g1", A, "9", incarnation=10, life="tomb"))])
        async with store.transaction() as t:
            every = await t.clusters(["g1", "g2"])
            some = [row for each in every for row in each.links if row.mapping == A]
            assert await t.links(A, ["g2", "none", "g1", "g2"]) == some
            assert [row.golden for row in some] == ["g1", "g1", "g2"]
            assert await t.links(A, []) == []

    @in_store
    async def test_seen_rows_of_links(self, store: Store) -> None:
        """A cluster holds what was seen of its links' records, gone ones too, and is saved with it."""
        async with store.transaction() as t:
            await t.save_seen([seen("1", gone="deleted"), seen("2"), seen("1", B)])
            new = cluster("g", link("g", A, "1", life="tomb"), link("g", B, None))
            new.seen[A, "7"] = seen("7", golden="g")
            await t.save_clusters([new])
            (found,) = await t.clusters(["g"])
            assert found.seen == {(A, "1"): seen("1", gone="deleted")}
            assert (await t.seen(A, ["7"]))["7"].golden == "g"

    @in_store
    async def test_stamps_of_many_kinds(self, store: Store) -> None:
        """All alike, all different, none at all, more than a byte can number."""
        async with store.transaction() as t:
            for number in (0, 1, 2, 255, 256, 257, 600):
                stamps = [Stamp(number, tick, 0, "r", 0) for tick in range(number)]
                row = cluster(f"g{number}")
                row.golden.value, row.golden.stamp = [MISSING] * number, stamps
                same: list[Stamp | None] = [*stamps[1:], None][:number]
                row.links = [
                    Link(golden=f"g{number}", mapping=A, raw=[None] * number, base=stamps[::-1], same=same)
                ]
                await t.save_clusters([row])
                assert await t.clusters([f"g{number}"]) == [row]

    @in_store
    async def test_scan_golden(self, store: Store) -> None:
        """In order of id, of one concept, dead ones too; the census counts the same."""
        async with store.transaction() as t:
            await t.save_clusters(
                [cluster(name, concept="org" if name == "b" else "person") for name in "dcba"]
            )
            await t.save_clusters([Cluster(golden=rich_golden("e"), links=[])])
            assert ids(await t.scan_golden("person", "", 9)) == ["a", "c", "d", "e"]
            assert ids(await t.scan_golden("person", "a", 2)) == ["c", "d"]
            assert (await t.scan_golden("person", "d", 9)) == [rich_golden("e")]
            census = await t.census()
            assert (census["#person"], census["#org"]) == ({"golden": 4}, {"golden": 1})

    @in_store
    async def test_marks(self, store: Store) -> None:
        """Marks are sets of ids, apart from one another."""
        async with store.transaction() as t:
            await t.mark("settle", iter(["b", "a", "c", "a"]))
            await t.mark("share", ["a"])
            await t.unmark("settle", iter(["a", "none"]))
            assert await t.marked("settle", "", 9) == ["b", "c"]
            assert await t.marked("settle", "b", 9) == ["c"]
            assert await t.marked("settle", "", 1) == ["b"]
            assert await t.marked("share", "", 9) == ["a"]

    @in_store
    async def test_open_links_and_dead_letters(self, store: Store) -> None:
        """By what the links say now; in order; counted in the census."""
        async with store.transaction() as t:
            both = cluster(
                "g2", link("g2", open=opened(), rejected=refused()), link("g2", B, rejected=refused())
            )
            twice = cluster(
                "g1", link("g1", open=opened()), link("g1", incarnation=1, open=opened(), life="creating")
            )
            await t.save_clusters([both, twice, cluster("g3", link("g3", B, "3", open=opened()))])
            assert await t.open_links(A, "", 9) == ["g1", "g2"]
            assert await t.open_links(A, "g1", 9) == ["g2"]
            assert await t.open_links(A, "", 1) == ["g1"]
            assert [(row.golden, row.mapping) for row in await t.rejected(9)] == [("g2", A), ("g2", B)]
            assert await t.rejected(1) == both.links[:1]
            count = (await t.census())[A]
            assert (count["open"], count["rejected"], count["creating"]) == (3, 1, 1)
            await t.save_clusters([cluster("g2", link("g2"), link("g2", B))])
            assert await t.open_links(A, "", 9) == ["g1"]
            assert await t.rejected(9) == []
            assert "rejected" not in [
                name for name, number in (await t.census()).get(B, {}).items() if number
            ]

    @in_store
    async def test_linked_records_are_counted_so_far(self, store: Store) -> None:
        """Live links with an id, no further than asked: what that costs does not grow with the records (C4)."""
        async with store.transaction() as t:
            assert await t.linked(A, 9) == 0
            rows = [cluster(f"g{n}", link(f"g{n}", A, f"{n}"), link(f"g{n}", B, f"{n}")) for n in range(3)]
            await t.save_clusters(rows)
            assert [await t.linked(A, most) for most in (1, 3, 9)] == [1, 3, 3]
            gone, made = link("g0", A, "0", life="tomb"), link("g1", A, None, life="creating")
            await t.save_clusters([cluster("g0", gone), cluster("g1", made)])
            assert (await t.linked(A, 9), await t.linked(B, 9), await t.linked("x", 9)) == (1, 3, 0)

    @in_store
    async def test_w5_look_ups(self, store: Store) -> None:
        """Only live links with an id; the last incarnation where there are several."""
        async with store.transaction() as t:
            rows = [
                link("g", A, "old", life="tomb"),
                link("g", A, "x", incarnation=2),
                link("g", A, "w", incarnation=1),
            ]
            new = link("h", A, None, life="creating")
            await t.save_clusters(
                [cluster("g", *rows, link("g", B, "x")), cluster("h", new, link("h", B, None))]
            )
            found = await t.golden_of([(A, "x"), (A, "old"), (B, "x"), (B, "none"), (A, "x")])
            assert found == {(A, "x"): "g", (B, "x"): "g"}
            wanted = [(A, "g"), (B, "g"), (A, "h"), (B, "h"), (B, "none")]
            assert await t.remote_of(wanted) == {(A, "g"): "x", (B, "g"): "x"}
            await t.save_clusters(
                [cluster("g", link("g", B, "x", life="tomb"), link("g", A, "y", incarnation=2))]
            )
            assert await t.golden_of([(A, "x"), (A, "y"), (B, "x")]) == {(A, "y"): "g"}
            assert await t.remote_of([(A, "g"), (B, "g")]) == {(A, "g"): "y"}
            assert await t.golden_of([]) == {}
            assert await t.remote_of([]) == {}

    @in_store
    async def test_w5_dependants(self, store: Store) -> None:
        """What a golden record refers to is replaced as a whole."""
        async with store.transaction() as t:
            await t.save_references("g1", iter(["g9", f"{A}/1", "g9"]))
            await t.save_references("g2", ["g9"])
            assert await t.dependants(["g9"]) == {"g1", "g2"}
            assert await t.dependants(iter([f"{A}/1", "none"])) == {"g1"}
            await t.save_references("g1", [f"{A}/2"])
            assert await t.dependants(["g9", f"{A}/2"]) == {"g1", "g2"}
            await t.save_references("g1", [])
            assert await t.dependants(["g9", f"{A}/1", f"{A}/2"]) == {"g2"}
            assert await t.dependants([]) == set()
