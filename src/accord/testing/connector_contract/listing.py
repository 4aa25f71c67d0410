"""Reads of everything: all pages, every record, the cursor that belongs to the beginning (S8)."""

from accord.connectorkit.paths import get_at
from accord.testing.connector_contract.rig import Playing, Rig, playing

__all__ = ["ListingContract"]


class ListingContract(Playing):
    """Full reads."""

    def test_an_empty_system_is_one_empty_page(self) -> None:
        async def act(rig: Rig) -> None:
            assert [p.observations async for p in rig.connector.read(rig.mapping, "", full=True)] == [[]]

        playing(self, act)

    def test_every_page_of_a_listing_is_read(self) -> None:
        async def act(rig: Rig) -> None:
            ids = rig.enter(*range(8))
            found, _ = await rig.read(full=True)
            assert sorted({o.id for o in found}) == sorted(ids)
            assert all(o.how == "listing" and o.mapping == rig.mapping and not o.gone for o in found)
            texts = {o.id: get_at(o.payload, rig.text()) for o in found}
            assert texts == {record_id: f"text {number}" for number, record_id in enumerate(ids)}

        playing(self, act)

    def test_a_listing_tells_versions_and_times(self) -> None:
        async def act(rig: Rig) -> None:
            rig.enter(1)
            entered_us = rig.now_us
            (seen,), _ = await rig.read(full=True)
            if rig.it.version and rig.it.version.property:
                assert seen.version
                assert (seen.order is not None) == (rig.it.version.order == "ordered")
            for spec, at_us in ((rig.it.modified, seen.modified_us), (rig.it.created, seen.created_us)):
                assert (at_us is None) == (spec is None)
                assert at_us is None or abs(at_us - entered_us) <= rig.near_us

        playing(self, act)

    def test_s8_only_the_last_page_bears_a_new_cursor(self) -> None:
        async def act(rig: Rig) -> None:
            rig.enter(*range(8))
            _, cursor = await rig.read(full=True)
            rig.settle()
            rig.enter(*range(8, 16))
            *early, last = [p.cursor async for p in rig.connector.read(rig.mapping, cursor, full=False)]
            assert set(early) <= {cursor}
            assert rig.it.changes is None or last != cursor

        playing(self, act)

    def test_s8_a_full_read_leaves_the_cursor_where_it_is(self) -> None:
        async def act(rig: Rig) -> None:
            rig.enter(1)
            _, cursor = await rig.read(full=True)
            rig.settle()
            rig.enter(2)
            found, after = await rig.read(cursor, full=True)
            assert len(found) == 2
            assert after == cursor

        playing(self, act)

    def test_s8_a_page_that_shifts_under_a_read_loses_no_record(self) -> None:
        async def act(rig: Rig) -> None:
            ids = rig.enter(*range(9))
            pages = rig.connector.read(rig.mapping, "", full=True)
            seen: set[str] = set()
            moved = list(ids[:4])
            async for page in pages:
                seen |= {o.id for o in page.observations}
                if moved:
                    rig.pass_s(0.01)
                    rig.people.person_edit(rig.name, moved.pop(0), rig.at(rig.text(), "moved"))
            assert seen == set(ids)

        playing(self, act)

    def test_s8_a_cursor_that_can_not_be_read_means_everything(self) -> None:
        async def act(rig: Rig) -> None:
            ids = rig.enter(1, 2)
            found, cursor = await rig.read("nobody wrote this")
            assert {o.id for o in found} == set(ids)
            assert cursor != "nobody wrote this"

        playing(self, act)

    def test_closing_twice_is_allowed(self) -> None:
        async def act(rig: Rig) -> None:
            await rig.read(full=True)
            await rig.connector.close()
            await rig.connector.close()

        playing(self, act)
