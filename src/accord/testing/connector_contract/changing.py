"""Reads of what changed: nothing is lost between two of them, whatever trails behind (S8, S10, C4)."""

import pytest

from accord.connectorkit.paths import get_at
from accord.testing.connector_contract.rig import Playing, Rig, playing

__all__ = ["ChangesContract"]


async def _read_once(rig: Rig, *numbers: int) -> tuple[list[str], str]:
    """Ids of records, and the cursor of a read after which time has passed."""
    if rig.it.changes is None:
        pytest.skip(f"{rig.name} can not tell what changed")
    ids = rig.enter(*numbers)
    rig.settle()
    _, cursor = await rig.read(full=True)
    rig.settle()
    _, cursor = await rig.read(cursor)
    rig.settle()
    return ids, cursor


class ChangesContract(Playing):
    """Reads since a cursor."""

    def test_c4_when_nothing_changed_nothing_comes_in_one_call(self) -> None:
        async def act(rig: Rig) -> None:
            _, cursor = await _read_once(rig, 1, 2)
            assert (await rig.read(cursor))[0] == []
            people = rig.played("count the calls that it takes to tell so")
            people.calls.clear()
            await rig.read(cursor)
            apart = bool(rig.it.tombstones and rig.it.tombstones.path)
            assert sum(people.calls.values()) == 1 + apart

        playing(self, act)

    def test_a_change_comes_in_the_feed(self) -> None:
        async def act(rig: Rig) -> None:
            (first, _), cursor = await _read_once(rig, 1, 2)
            rig.people.person_edit(rig.name, first, rig.at(rig.text(), "changed"))
            rig.enter(3)
            found, _ = await rig.read(cursor)
            assert {get_at(o.payload, rig.text()) for o in found} == {"changed", "text 3"}
            assert all(o.how == "feed" for o in found)

        playing(self, act)

    def test_s8_what_changes_while_a_read_is_under_way_is_in_this_one_or_the_next(self) -> None:
        async def act(rig: Rig) -> None:
            ids, cursor = await _read_once(rig, *range(8))
            for record_id in ids:
                rig.people.person_edit(rig.name, record_id, rig.at(rig.text(), "early"))
            seen: set[str] = set()
            late = list(ids)
            async for page in rig.connector.read(rig.mapping, cursor, full=False):
                seen |= {o.id for o in page.observations if get_at(o.payload, rig.text()) == "late"}
                cursor = page.cursor
                if late:
                    rig.pass_s(0.01)
                    rig.people.person_edit(rig.name, late.pop(), rig.at(rig.text(), "late"))
            edited = set(ids) - set(late)
            rig.settle()
            found, _ = await rig.read(cursor)
            seen |= {o.id for o in found if get_at(o.payload, rig.text()) == "late"}
            assert seen == edited

        playing(self, act)

    def test_s8_a_listing_that_trails_within_its_lag_loses_nothing(self) -> None:
        async def act(rig: Rig) -> None:
            if not rig.it.lag_s:
                pytest.skip(f"{rig.name} lists writes at once")
            people = rig.played("trail behind")
            (first,), cursor = await _read_once(rig, 1)
            people.quirks[rig.name].lag_s = rig.it.lag_s
            people.settle_down()
            rig.people.person_edit(rig.name, first, rig.at(rig.text(), "late"))
            found, cursor = await rig.read(cursor)
            assert found == []
            rig.pass_s(rig.it.lag_s)
            found, _ = await rig.read(cursor)
            assert [get_at(o.payload, rig.text()) for o in found] == ["late"]

        playing(self, act)

    def test_s8_an_expired_cursor_means_a_full_read(self) -> None:
        async def act(rig: Rig) -> None:
            if rig.it.changes is None or rig.it.changes.reaches_s is None:
                pytest.skip(f"{rig.name} remembers changes for ever")
            ids = rig.enter(1, 2)
            _, cursor = await rig.read(full=True)
            rig.pass_s(rig.it.changes.reaches_s + 100)
            found, fresh = await rig.read(cursor)
            assert {(o.id, o.how) for o in found} == {(record_id, "listing") for record_id in ids}
            assert fresh != cursor
            rig.enter(3)
            found, _ = await rig.read(fresh)
            assert "text 3" in {get_at(o.payload, rig.text()) for o in found}

        playing(self, act)

    def test_s7_a_version_that_comes_back_with_its_content_is_declared(self) -> None:
        async def act(rig: Rig) -> None:
            if rig.it.version is None:
                pytest.skip(f"{rig.name} has no versions")
            (record_id,) = rig.enter(1)
            versions = []
            for text in ("here", "there", "here"):
                rig.people.person_edit(rig.name, record_id, rig.at(rig.text(), text))
                versions.append((await rig.fetch(record_id)).version)
                rig.pass_s(0.01)
            first, second, third = versions
            assert second not in (first, third)
            assert third != first or rig.it.version.recurs, "version: {recurs: true} says so"

        playing(self, act)

    def test_s10_a_delete_comes_proven_where_the_feed_tells_deletes(self) -> None:
        async def act(rig: Rig) -> None:
            if rig.it.tombstones is None:
                pytest.skip(f"{rig.name} does not tell deletes")
            (first, _), cursor = await _read_once(rig, 1, 2)
            rig.people.person_delete(rig.name, first)
            found, _ = await rig.read(cursor)
            assert [(o.id, o.gone, o.proven, o.payload) for o in found] == [(first, "deleted", True, None)]

        playing(self, act)

    @pytest.mark.parametrize("ahead_s", [3600, -3600, 1])
    def test_m3_a_wrong_clock_of_the_system_loses_no_change(self, ahead_s: float) -> None:
        async def act(rig: Rig) -> None:
            rig.played("have a wrong clock").quirks[rig.name].clock_offset_s = ahead_s
            (first,), cursor = await _read_once(rig, 1)
            for text in ("one", "two", "three"):
                rig.people.person_edit(rig.name, first, rig.at(rig.text(), text))
                edited_us = rig.now_us
                found, cursor = await rig.read(cursor)
                assert [get_at(o.payload, rig.text()) for o in found] == [text]
                if rig.it.modified:
                    assert abs((found[0].modified_us or 0) - edited_us) <= 2_500_000
                rig.settle()

        playing(self, act)
