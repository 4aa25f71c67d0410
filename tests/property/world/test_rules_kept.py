"""Rules of the contract, each as a law of its own: what has to hold whatever the values, the records and their number
(S1, L2, L10, M7, M9, W5, W14, K1, G6, C3, C4, C5, P2)."""

import asyncio
from collections import Counter
from pathlib import Path
from random import Random
from unicodedata import normalize

import pytest
from hypothesis import given, settings, strategies as st
from msgspec.structs import replace

from accord.connectorkit.manifest_load import load_manifest
from accord.core.errors import StopFlow
from accord.core.lens import build_lens
from accord.core.link import link_groups
from accord.core.matching import rule_keys
from accord.core.model import Mapping, MatchRule, NoReferences, Property
from accord.core.state import Group, Member
from accord.core.types import value_type
from accord.ports.connector import Write
from accord.project.load import CONNECTORS
from accord.runtime.steps.cycle import run_cycle
from accord.simulate.connecting import Connecting
from accord.simulate.transport import Latency
from accord.store.sqlite import SqliteStore
from accord.testing.connector_contract import PlayedClock
from accord.testing.system_model import SystemModel
from tests.property.world.records import Edit, Thing, observed
from tests.unit.core.building import EMAIL_RULE, Refs, Story, concept, row, system
from tests.unit.runtime.office import Office

WORDS = st.sampled_from(["Ada", "Bo", "Cy", "Di"])
CRM = load_manifest(CONNECTORS / "crmoffice" / "manifest.yaml")


# S1


@given(st.text("éåüñ", min_size=1, max_size=4))
def test_s1_another_spelling_of_an_equal_value_is_no_change(name: str) -> None:
    """The same letters, put together of other signs."""
    it = Story(system("crm"), system("erp")).in_sync(name=name)
    before = it.golden.stamp[1]
    it.sees("crm", at=20, name=normalize("NFD", name))
    assert it.value("name") == name
    assert it.shadow("crm", "name") == normalize("NFD", name)
    assert (it.golden.stamp[1], it.dues(), it.happened()) == (before, {}, [])


@given(WORDS, st.integers(20, 90))
def test_s1_a_new_version_with_the_same_values_is_no_change(name: str, at: int) -> None:
    """Somebody touched what no mapping reads: nothing here is newer for that."""
    it = Story(system("crm"), system("erp")).in_sync(name=name)
    before = it.golden.stamp[1]
    it.sees("crm", at=at, name=name)
    assert (it.golden.stamp[1], it.dues(), it.happened()) == (before, {}, [])


# L2, L10


@given(st.integers(1, 5), st.integers(1, 9), st.integers(0, 9))
def test_l2_what_too_many_records_of_a_type_bear_joins_nothing(most: int, here: int, there: int) -> None:
    members = [Member("crm.Person", str(n), None, "") for n in range(here)]
    members += [Member("erp.Person", str(n), None, "") for n in range(there)]
    rule = replace(EMAIL_RULE, max_share=most)
    linking = link_groups([Group(rule="email", key="k", members=members)], rule, concept(), {}, 0, {})
    if max(here, there) > most:
        assert not linking.joins
        assert not linking.reviews
    else:
        assert bool(linking.joins) == (here == there == 1)


@given(st.lists(st.sampled_from(["x", "y", "", None]), min_size=2, max_size=2))
def test_l2_a_combination_with_an_empty_part_gives_no_key(values: list[str | None]) -> None:
    rule = MatchRule(name="two", parts=((0, lambda v: v or None), (1, lambda v: v or None)))
    assert bool(rule_keys(rule, values)) == all(values)


@given(st.sampled_from(["a", "b", None]), st.sampled_from(["a", "b", None]), st.booleans())
def test_l10_a_veto_parts_what_differs_and_is_present_on_both_sides(
    one: str | None, other: str | None, linked: bool
) -> None:
    members = [
        Member("crm.Person", "1", None, "", (one,)),
        Member("erp.Person", "1", "g" if linked else None, "", (other,)),
    ]
    rule = replace(EMAIL_RULE, vetoes=((1, str),))
    occupied = {"g": {"erp.Person": False}}
    linking = link_groups([Group(rule="email", key="k", members=members)], rule, concept(), occupied, 0, {})
    parted = None not in (one, other) and one != other
    assert bool(linking.joins) != parted
    assert [review.kind for review in linking.reviews] == (["veto"] if parted else [])


# M7, M9, W14

EDITS = st.lists(
    st.tuples(st.sampled_from(["crm", "erp", "shop"]), st.integers(2, 9), WORDS), min_size=1, max_size=5
)


@given(EDITS)
def test_m7_a_golden_value_names_the_record_and_the_time_of_the_edit_that_it_is(drawn: list) -> None:
    edits = [Edit(*each) for each in sorted(set(drawn), key=lambda each: each[1])]
    thing = Thing()
    for edit in edits:
        thing.see(observed(edit.system, edit.at, edit.value))
        thing.settle()
    value, stamp = thing.golden()
    systems = {edit.system for edit in edits if edit.value == value}
    assert stamp.record in {f"{name}.Person/1" for name in systems}  # type: ignore[attr-defined]


@given(WORDS, WORDS)
def test_m9_a_copy_is_written_and_never_read_back(typed: str, found: str) -> None:
    copy = replace(row("phone", property=1), reads=False)
    it = Story(system("crm"), system("erp", copy)).in_sync(name="Zoe", phone="Zoe")
    it.sees("crm", at=20, name=typed, phone="Zoe")
    assert it.dues()["erp"] == {"name": typed, "phone": typed}
    it.sees("erp", at=30, name="Zoe", phone=found)
    assert it.value("name") == typed


@given(WORDS, st.booleans())
def test_w14_what_is_only_written_is_reverted_there_only_where_it_is_enforced(
    found: str, enforce: bool
) -> None:
    one_way = replace(row("name"), reads=False, enforce=enforce)
    it = Story(system("crm"), system("erp", one_way)).in_sync(name="Zoe")
    it.sees("erp", at=20, name=found)
    assert it.value("name") == "Zoe"
    assert it.dues() == ({"erp": {"name": "Zoe"}} if enforce else {})


# W5


@given(WORDS, st.booleans())
def test_w5_a_create_waits_for_the_record_that_it_refers_to(name: str, there: bool) -> None:
    def played(of: str) -> Mapping:
        lens = build_lens("reference", references=f"{of}.Person")
        boss = row("boss", property=1, lens=lens, references=f"{of}.Person")
        return system(of, row("name", property=0), boss, properties=("name", "boss"))

    columns = (
        Property(name="name", type="string"),
        Property(name="boss", type="reference", reference="person"),
    )
    known = {("crm.Person", "7"): "person:7"} | ({("erp.Person", "70"): "person:7"} if there else {})
    it = Story(played("crm"), played("erp"), of=concept(properties=columns, rules=()), refs=Refs(known))
    it.sees("crm", at=10, name=name, boss="7")
    assert it.dues() == ({"+erp": {"name": name, "boss": "70"}} if there else {})


# K1, G6, C4


@settings(max_examples=10)
@given(st.lists(WORDS, min_size=1, max_size=4, unique=True))
def test_k1_nothing_is_written_before_a_person_has_confirmed_the_plan(names: list[str]) -> None:
    office = Office()
    for name in names:
        office.crm.add("Company", name=name)
    run = office.sync(confirmed=False)
    assert (run.ended, run.summary()["sent"]) == ("waits", {})
    assert office.erp.records("Company") == []
    assert office.sync(plan=office.plan()).summary()["sent"] == {"create erp.Company": len(names)}


@settings(max_examples=10)
@given(st.lists(WORDS, min_size=1, max_size=3, unique=True), WORDS)
def test_g6_a_run_of_a_plan_writes_nothing_that_the_plan_does_not_list(names: list[str], late: str) -> None:
    office = Office()
    for name in names:
        office.crm.add("Company", name=name)
    office.sync()
    ids = [each["id"] for each in office.crm.records("Company")]
    office.crm.edit("Company", ids[0], city="Oslo")
    plan = office.plan()
    office.crm.edit("Company", ids[-1], name=f"{late}!")
    office.crm.add("Company", name="Late")
    sent = office.sync(plan=plan).summary()["sent"]
    assert set(sent) <= {"update erp.Company"}
    shown = {each["name"] for each in office.erp.records("Company")}
    assert shown == set(names)


@settings(max_examples=8)
@given(st.integers(1, 130))
def test_c4_an_idle_cycle_costs_one_request_per_entity_type_however_many_records(count: int) -> None:
    office = Office()
    for number in range(count):
        office.crm.add("Company", name=f"C{number}")
    office.sync()
    office.clock.advance(60)
    office.run(run_cycle(office.hub))
    before = [Counter(each.model.calls) for each in (office.crm, office.erp)]
    cycle = office.run(run_cycle(office.hub))
    after = [Counter(each.model.calls) for each in (office.crm, office.erp)]
    assert cycle.quiet
    assert [now - was for now, was in zip(after, before, strict=True)] == [Counter({"list": 2})] * 2


# C3


@pytest.mark.parametrize("readers", [0, 2])
def test_c3_one_process_at_a_time_opens_a_store_for_writing(readers: int, tmp_path: Path) -> None:
    """As many as like read it meanwhile; the next writer comes in once the first has let go."""
    path = tmp_path / "state.db"
    first = SqliteStore(path, inline=True)
    with pytest.raises(StopFlow, match=r"another process is working with it"):
        SqliteStore(path, inline=True)
    for _ in range(readers):
        asyncio.run(SqliteStore(path, inline=True, readonly=True).close())
    asyncio.run(first.close())
    asyncio.run(SqliteStore(path, inline=True).close())


# C5


@settings(max_examples=10)
@given(st.integers(2, 30))
def test_c5_a_token_that_ended_is_renewed_once_however_many_calls_bear_it(calls: int) -> None:
    clock, connecting = PlayedClock(), Connecting(latency=Latency(least_s=0.1, most_s=0.3))
    model = SystemModel(CRM, clock=clock.now_us)
    connector = connecting("crm", model, clock, Random(calls))

    async def write(first: int) -> None:
        names = [str(number) for number in range(first, first + calls)]
        await connector.write(
            [
                Write(mapping="crm.Contacts", kind="create", body={"givenName": n}, key=f"key{n}")
                for n in names
            ]
        )

    async def run() -> None:
        await write(0)
        clock.pass_s(3600)
        await write(calls)

    asyncio.run(run())
    assert connecting.tokens["crm"] == 2
    assert len(model.tables()["Contacts"]) == 2 * calls


# P2

TYPES = ("integer", "decimal(2)", "boolean", "date", "time", "datetime", "enum(open|closed)", "list(string)")
SECRET = st.text(alphabet="zqxj§", min_size=6, max_size=12)


@given(SECRET, st.sampled_from(TYPES))
def test_p2_no_refusal_of_a_value_repeats_it(secret: str, name: str) -> None:
    with pytest.raises(ValueError, match=r"not a|not one") as told:
        value_type(name).canonical(secret)
    assert secret not in str(told.value)


@given(SECRET, st.sampled_from(TYPES[:7]))
def test_p2_no_refusal_of_a_lens_repeats_what_it_read(secret: str, name: str) -> None:
    with pytest.raises(ValueError, match=r"[a-z]+") as told:
        build_lens(None, name).get(secret, NoReferences())
    assert secret not in str(told.value)
