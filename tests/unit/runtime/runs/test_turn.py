"""Runs of a service: what is due is listed, what was hinted at is read by its id, and nothing waits (S9, C4)."""

from collections.abc import Iterable, Mapping
from typing import Any

from accord.core.state import Fetch
from accord.core.work import SECOND_US
from accord.runtime.people.pause import pause
from accord.runtime.runs.sync import Synced
from accord.runtime.runs.turn import Turn, take_turn
from accord.runtime.steps.collect import HINTED
from tests.unit.runtime.office import PROJECT, Office

ALL = ("crm.Company", "crm.Person", "erp.Company", "erp.Person")


def office(**erp: Any) -> Office:
    made = Office(PROJECT, **erp)
    made.crm.add("Company", name="Acme", city="Oslo")
    made.sync()
    made.clock.advance(3600)
    return made


def turn(
    made: Office,
    *hinted: str,
    listed: Iterable[str] = (),
    run: int = 0,
    versions: Mapping[tuple[str, str], str] = {},
) -> Synced:
    """A run for hints ("crm.Company/1") and listings; what is called is noted anew."""
    for system in (made.crm, made.erp):
        system.connector.calls.clear()
    asks = [Fetch(*each.split("/"), HINTED, made.clock.now_us()) for each in hinted]
    due = Turn(listed=frozenset(listed), asks=asks, versions=versions)
    return made.run(take_turn(made.hub, due, run=run))


def called(made: Office) -> list[str]:
    return [what for system in (made.crm, made.erp) for what, _ in made.calls(system)]


def test_s9_a_hint_carries_an_edit_without_any_listing() -> None:
    made = office()
    made.crm.edit("Company", "1", city="Bergen")
    synced = turn(made, "crm.Company/1")
    assert synced.summary()["sent"] == {"update erp.Company": 1}
    assert made.erp.values("Company", "city") == ["Bergen"]
    assert called(made) == ["fetch"]


def test_s9_many_hints_of_one_record_are_one_and_one_about_nothing_leaves_no_trace() -> None:
    made = office()
    synced = turn(made, *["crm.Company/1"] * 5, "crm.Company/99", "erp.Person/7")
    assert synced.summary()["sent"] == {}
    assert made.run(_seen(made, "crm.Company", "99")) == []
    assert turn(made).idle
    assert called(made) == []


def test_w11_a_hint_at_a_version_that_was_seen_costs_no_call() -> None:
    made = office()
    made.crm.edit("Company", "1", city="Bergen")
    turn(made, "crm.Company/1")
    ((key, version),) = made.run(_versions(made, "erp.Company", ["1"])).items()
    name = f"{key[0]}/{key[1]}"
    assert turn(made, name, versions={key: version}).idle
    assert called(made) == [], "our own write is news to nobody"
    turn(made, name, versions={key: f"{version}0"})
    assert called(made) == ["fetch"]
    made.erp.delete("Company", key[1])
    turn(made, name)
    turn(made, name, versions={key: version})
    assert "fetch" in called(made), "of what is gone nobody knows all"


async def _versions(made: Office, mapping: str, ids: Iterable[str]) -> dict[tuple[str, str], str]:
    async with made.store.transaction(dry=True) as tx:
        rows = await tx.seen(mapping, list(ids))
    return {(mapping, row.id): row.version or "" for row in rows.values()}


async def _seen(made: Office, mapping: str, record: str) -> list[str]:
    async with made.store.transaction(dry=True) as tx:
        return list(await tx.seen(mapping, [record]))


def test_w13_a_hint_at_a_newcomer_lists_where_it_is_created_and_nothing_else() -> None:
    made = office()
    made.crm.add("Company", name="Beta", city="Rome")
    synced = turn(made, "crm.Company/2")
    assert synced.summary()["sent"] == {"create erp.Company": 1}
    assert made.erp.values("Company", "name") == ["Acme", "Beta"]
    assert called(made) == ["fetch", "read erp.Company"]


def test_w13_where_listings_trail_behind_it_says_when_the_create_can_be_made() -> None:
    made = office(lag_s=5.0)
    made.crm.add("Company", name="Beta", city="Rome")
    synced = turn(made, "crm.Company/2")
    assert synced.summary()["sent"] == {}
    assert synced.next_us is not None
    assert 0 < synced.next_us - made.clock.now_us() <= 5 * SECOND_US
    made.clock.advance(5)
    assert turn(made).summary()["sent"] == {"create erp.Company": 1}


def test_c4_a_listing_is_one_request_per_entity_type_that_is_due() -> None:
    made = office()
    made.crm.edit("Company", "1", city="Bergen")
    assert turn(made, listed=["crm.Company", "erp.Person"]).summary()["sent"] == {"update erp.Company": 1}
    listings = [what for what in called(made) if what != "fetch"]  # the audit is budgeted apart
    assert listings == ["read crm.Company", "read erp.Person"]


def test_c4_runs_that_come_to_nothing_are_one_line() -> None:
    made = office()
    first = turn(made, listed=ALL)
    second = turn(made, listed=ALL, run=first.run)
    assert first.idle
    assert second.run == first.run
    assert turn(made, "crm.Company/1", run=second.run).run == first.run


def test_w9_what_is_down_is_not_written_to_by_a_hint_either() -> None:
    made = office()
    made.erp.down = True
    made.crm.edit("Company", "1", city="Bergen")
    synced = turn(made, listed=["erp.Company", "erp.Person"])
    assert set(synced.errors) == {"erp.Company", "erp.Person"}
    again = turn(made, "crm.Company/1")
    assert set(again.errors) == {"erp.Company", "erp.Person"}
    assert again.summary()["sent"] == {}
    made.erp.down = False
    made.clock.advance(5)
    assert turn(made).summary()["sent"] == {}  # only a listing tells that it is up again
    assert turn(made, listed=["erp.Company"]).summary()["sent"] == {"update erp.Company": 1}


def test_w9_what_refuses_to_be_listed_is_not_written_to_until_it_is_listed() -> None:
    made = office()
    made.crm.edit("Company", "1", city="Bergen")
    made.erp.refuses = True
    assert set(turn(made, listed=["erp.Company"]).errors) == {"erp.Company"}
    made.erp.refuses = False
    assert turn(made, "crm.Company/1").summary()["sent"] == {}
    assert turn(made, listed=["erp.Company"]).summary()["sent"] == {"update erp.Company": 1}


def test_w12_it_says_when_a_value_has_rested() -> None:
    made = Office(PROJECT.replace("priority: 2}", "priority: 2, settle_s: 30}"))
    made.crm.add("Company", name="Acme", city="Oslo")
    made.sync()
    made.clock.advance(3600)
    made.crm.edit("Company", "1", city="Bergen")
    synced = turn(made, "crm.Company/1")
    assert synced.summary()["sent"] == {}
    assert synced.next_us == synced.rests_until_us
    assert 29 * SECOND_US < (synced.next_us or 0) - made.clock.now_us() < 31 * SECOND_US
    made.clock.advance(30)
    assert turn(made).summary()["sent"] == {"update erp.Company": 1}


def test_g1_what_a_guard_stops_stays_and_the_rest_goes_on() -> None:
    made = Office(PROJECT.replace("create:", "delete: propagate\n    create:"))
    for n in range(12):
        made.crm.add("Company", name=f"C{n}", city="Oslo")
    made.sync()
    made.clock.advance(3600)
    for n in range(1, 8):
        made.crm.delete("Company", str(n))
    made.crm.edit("Company", "12", city="Bergen")
    for _ in range(2):  # gone is looked at twice
        synced = turn(made, *(f"crm.Company/{n}" for n in (*range(1, 8), 12)))
        made.clock.advance(60)
    assert [alarm.key for alarm in synced.alarms] == ["erp.Company:delete"]
    assert synced.ended == "waits"
    assert len(made.erp.records("Company")) == 12
    assert "Bergen" in made.erp.values("Company", "city")


def test_a_paused_system_is_left_alone_and_costs_nothing_over_and_over() -> None:
    made = office()
    made.run(pause(made.hub, "erp"))
    made.crm.edit("Company", "1", city="Bergen")
    synced = turn(made, "crm.Company/1")
    assert [pause.scope for pause in synced.pauses] == ["erp"]
    assert synced.summary()["sent"] == {}
    assert synced.next_us is None
