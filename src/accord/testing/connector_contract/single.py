"""Records by id, and creates that are looked for (S3, S10, W3)."""

import pytest

from accord.connectorkit.paths import get_at
from accord.core.values import MISSING
from accord.testing.connector_contract.rig import Playing, Rig, playing
from accord.testing.system_model import SystemModel

__all__ = ["SingleContract"]


class SingleContract(Playing):
    """Fetches and searches."""

    def test_fetched_records_come_in_the_order_of_ids(self) -> None:
        async def act(rig: Rig) -> None:
            ids = rig.enter(*range(7))
            asked = [ids[4], ids[0], ids[6], ids[0]]
            found = await rig.connector.fetch(rig.mapping, asked)
            assert [o.id for o in found] == asked
            assert [get_at(o.payload, rig.text()) for o in found] == ["text 4", "text 0", "text 6", "text 0"]
            assert {o.how for o in found} == {"fetch"}
            assert await rig.connector.fetch(rig.mapping, []) == []

        playing(self, act)

    def test_s10_what_is_not_there_is_missing_and_proves_nothing(self) -> None:
        async def act(rig: Rig) -> None:
            first, second = rig.enter(1, 2)
            rig.people.person_delete(rig.name, first)
            never = "999999" if rig.it.id.type == "integer" else rig.nobody
            found = await rig.connector.fetch(rig.mapping, [first, second, never])
            assert [(o.id, o.gone, o.proven) for o in found] == [
                (first, "missing", False),
                (second, "", False),
                (never, "missing", False),
            ]
            assert found[0].payload is None

        playing(self, act)

    def test_s10_a_merged_record_names_its_successor(self) -> None:
        async def act(rig: Rig) -> None:
            people = rig.played("merge records")
            loser, winner = rig.enter(1, 2)
            people.person_merge(rig.name, loser, winner)
            found = await rig.fetch(loser)
            assert (found.id, found.gone, found.successor) == (loser, "merged", winner)

        playing(self, act)

    def test_a_version_reads_the_same_whichever_way_it_comes(self) -> None:
        async def act(rig: Rig) -> None:
            if rig.it.version is None:
                pytest.skip(f"{rig.name} has no versions")
            record_id = await rig.create(1)
            fetched = await rig.fetch(record_id)
            assert fetched.version
            (listed,), _ = await rig.read(full=True)
            if rig.it.version.property:
                assert listed.version == fetched.version
            rig.people.person_edit(rig.name, record_id, rig.at(rig.text(), "changed"))
            assert (await rig.fetch(record_id)).version != fetched.version

        playing(self, act)

    def test_s3_null_is_told_from_absent(self) -> None:
        async def act(rig: Rig) -> None:
            (record_id,) = rig.enter(1)
            never = rig.property_where(
                "never filled in", lambda s: not s.required and s.default is None and not s.read_only
            )
            open_ = (p for p, spec in rig.it.properties.items() if not spec.read_only)
            spare = next(p for p in (never, *open_) if get_at(rig.body(), p) is MISSING)
            whole = rig.it.one_absence() == "silent" and rig.it.absent.fetch == "null"
            empty = get_at((await rig.fetch(record_id)).payload, spare)
            played = isinstance(rig.people, SystemModel)
            assert empty is None if whole else empty is MISSING or (empty is None and not played)
            rig.people.person_edit(rig.name, record_id, rig.at(spare, None))
            empty = get_at((await rig.fetch(record_id)).payload, spare)
            assert empty is None or (empty is MISSING and rig.it.one_absence() == "null")

        playing(self, act)

    def test_w3_a_create_is_found_by_our_id(self) -> None:
        async def act(rig: Rig) -> None:
            if not (rig.it.search and rig.it.search.our_id):
                pytest.skip(f"{rig.name} can not be searched for our id")
            rig.enter(1)
            made = await rig.create(2, key="ours")
            found = await rig.connector.search(rig.mapping, "ours", rig.now_us)
            assert found is not None
            assert [(o.id, o.our_id, o.how) for o in found] == [(made, "ours", "search")]
            if not (rig.it.search.created_since or rig.it.search.changes):
                assert await rig.connector.search(rig.mapping, "another", rig.now_us) == []

        playing(self, act)

    def test_w3_a_create_is_found_among_those_made_since(self) -> None:
        async def act(rig: Rig) -> None:
            search = rig.it.search
            if not (search and (search.created_since or search.changes)):
                pytest.skip(f"{rig.name} can not be searched for what was created")
            rig.enter(*range(5))
            rig.settle()
            since_us = rig.now_us
            made = [await rig.create(number, key=f"key {number}") for number in range(10, 15)]
            found = await rig.connector.search(rig.mapping, "not made", since_us)
            assert found is not None
            assert sorted(o.id for o in found) == sorted(made)

        playing(self, act)

    def test_w3_none_where_it_can_not_be_searched(self) -> None:
        async def act(rig: Rig) -> None:
            if rig.it.search is not None:
                pytest.skip(f"{rig.name} can be searched")
            assert await rig.connector.search(rig.mapping, "key", rig.now_us) is None

        playing(self, act)
