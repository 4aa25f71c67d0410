"""Which record is which, and what follows from it: laws that real bugs broke (S2, S6, S10, L3, L4, W5, K2)."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest
from hypothesis import given, strategies as st
from msgspec.structs import replace

from accord.core.claims import merge
from accord.core.due import due_writes
from accord.core.errors import RetryLater, StopFlow
from accord.core.intake import intake
from accord.core.lens import build_lens
from accord.core.link import link_groups, review_id
from accord.core.model import Concept, MatchRule, Property, Survivorship
from accord.core.observation import Observation
from accord.core.stamps import BOTTOM, edit_stamp, side_effect_stamp
from accord.core.state import Claim, Group, Member, Seen
from accord.core.work import SECOND_US, Work
from accord.ports.connector import Page
from accord.runtime.people.decide import Verdict, answer_create, decide
from accord.runtime.steps.configure import apply_configuration
from accord.runtime.steps.cycle import run_cycle
from accord.runtime.steps.sharing import stands
from tests.property.world.records import Thing, mapping, observed
from tests.property.world.test_creates import context
from tests.unit.runtime.office import PROJECT, Office
from tests.unit.runtime.steps.test_configure import WITHOUT_CITY, WITHOUT_ERP
from tests.unit.runtime.steps.test_identity import IN_PART

BY_NAME = MatchRule(name="name", parts=((0, str.lower),))
PERSON = Concept(name="person", properties=(Property(name="name", type="string"),), rules=(BY_NAME,))
BY_SET = Concept(name="person", properties=(Property(name="name", type="set(string)"),), rules=(BY_NAME,))
KEEPING = replace(mapping("crm"), keep=lambda payload: "left out" if payload["name"] == "out" else None)


@given(st.sampled_from(["a", "b", "out", None]))
def test_l3_a_review_holds_nobody_who_bears_other_keys_now(name: str | None) -> None:
    row = Seen(mapping="crm.Person", id="1", raw=["a"], held="a review", version="1")
    taken = intake([observed("crm", 2, name)], {"1": row}, {}, KEEPING, PERSON, 2 * SECOND_US)
    assert [(row.id, row.held) for row in taken.rows] == [("1", "a review" if name == "a" else "")]
    assert {key.key for key in taken.added} == ({name} if name in ("b", "out") else set())


@given(st.sampled_from(["a", "out"]))
def test_s2_the_keys_of_what_is_left_out_are_known(name: str) -> None:
    taken = intake([observed("crm", 2, name)], {}, {}, KEEPING, PERSON, 2 * SECOND_US)
    assert [key.key for key in taken.added] == [name]


@given(st.sampled_from(["a", None]))
def test_s3_a_newcomer_is_not_matched_by_a_listing_that_lacks_its_key(name: str | None) -> None:
    part = replace(
        mapping("crm"), declaration=replace(mapping("crm").declaration, listing_partial=True, absent="silent")
    )
    shown = replace(observed("crm", 2, name), payload={} if name is None else {"name": name})
    taken = intake([shown], {}, {}, part, PERSON, 2 * SECOND_US)
    assert [bool(row.held) for row in taken.rows] == [name is None]
    assert len(taken.fetches) == (name is None)


@given(st.booleans(), st.permutations(["crm", "erp"]))
def test_l4_only_a_stronger_rule_keeps_a_record_from_being_linked(stronger: bool, systems: list[str]) -> None:
    members = [Member(system, "1", None, "another" if not at else "") for at, system in enumerate(systems)]
    group = Group(rule="name", key="a", members=members)
    linking = link_groups([group], BY_NAME, PERSON, {}, 0, {"another": stronger})
    assert (len(linking.release), linking.left) == ((0, set()) if stronger else (2, {"another"}))


@given(st.permutations(["a", "b", "c"]))
def test_l3_groups_that_share_a_record_are_one(keys: list[str]) -> None:
    """Whatever their keys: crm/1 bears two of them, so that two records of the ERP are in question for it."""
    shared = Member("crm", "1", None, "")
    groups = [Group(rule="name", key=k, members=[Member("erp", k, None, "")]) for k in keys]
    for group in groups[:2]:
        group.members.append(shared)
    linking = link_groups(sorted(groups, key=lambda g: g.key), BY_NAME, BY_SET, {}, 0)
    assert not linking.joins
    assert [review.id for review in linking.reviews] == [review_id("person", "name", min(keys[:2]))]


@given(st.sampled_from([None, "person:2"]), st.booleans())
def test_s10_a_link_takes_nothing_from_another_record_under_its_id(golden: str | None, gone: bool) -> None:
    thing = Thing()
    row = thing.cluster.seen["crm.Person", "1"]
    row.golden = golden
    thing.see(observed("crm", 9, "b"))
    row.gone = "replaced" if gone else ""
    settled = thing.settle()
    assert ({link.life for link in thing.cluster.links}, thing.cluster.golden.value) == (
        {"live", "tomb"},
        ["a"],
    )
    assert not [due for due in settled.dues if due.kind != "create"]


@given(st.sampled_from(["latest", "priority"]), st.integers(0, 9), st.integers(0, 9))
def test_s6_a_side_effect_never_outranks_what_somebody_typed(rule: str, ours: int, theirs: int) -> None:
    effect = Claim(side_effect_stamp(BOTTOM, ours, "crm.Person/1", 0), BOTTOM, "computed")
    typed = Claim(edit_stamp(0, BOTTOM, theirs, "erp.Person/1", 0), BOTTOM, "typed")
    golden = Thing().cluster.golden
    golden.value, golden.stamp = [None], [BOTTOM]
    for claim in (effect, typed):
        merge(golden, 0, claim, Survivorship(rule=rule), exact=False)  # type: ignore[arg-type]
    assert golden.value == ["typed"]


@given(st.booleans())
def test_w5_nothing_waits_for_a_record_that_will_never_be(barred: bool) -> None:
    thing = Thing()
    key = "shop.Person"
    lens = build_lens(None, "reference", references=key)
    row = replace(thing.model.mappings[key].properties[0], references=key, lens=lens)
    thing.model.mappings[key] = replace(thing.model.mappings[key], properties=(row,))
    thing.cluster.golden.value[0], thing.cluster.golden.stamp[0] = "person:9", edit_stamp(9, BOTTOM, 0, "", 0)
    given_ = replace(context(thing), barred=frozenset({("person:9", key)} if barred else ()))
    work = Work(cluster=thing.cluster, concept=thing.model.concepts["person"], context=given_)
    due_writes(work)
    held = [hold for hold in work.holds if hold.mapping == key]
    assert [(hold.state, hold.waits_for is None) for hold in held] == [
        ("excluded", True) if barred else ("pending", False)
    ]


def test_k2_another_filter_is_asked_about_every_record() -> None:
    office = Office(
        PROJECT.replace("from: crm.Company\n", "from: {type: crm.Company, filter: {city: Oslo}}\n")
    )
    office.crm.add("Company", name="Acme", city="Bergen")
    office.sync()
    office.configure(PROJECT)
    office.sync()
    assert office.erp.values("Company", "name") == ["Acme"]


@given(st.sampled_from([None, "v", "w"]), st.integers(-1, 1))
def test_w1_a_body_is_made_of_what_was_taken_in_alone(version: str | None, later: int) -> None:
    """What was read right before a write, and dropped for being older, would put back what stood there before."""
    thing = Thing()
    row = thing.cluster.seen["crm.Person", "1"]
    row.version, answer = "w", replace(observed("crm", 9, "a"), version=version)
    row.asked_us = answer.asked_us + later
    assert stands(thing.cluster, answer) == (version == "w" and later >= 0)


WITH_NOTE = PROJECT.replace("      - [city, city]\n", "      - [city, city]\n      - [ours, ours]\n")
LEAVING_OUT = WITH_NOTE.replace(
    "    to: erp.Company\n", "    to: {type: erp.Company, filter: {city: {not: Oslo}}}\n"
)


@pytest.mark.parametrize("known", ["", "left out", "in review"])
def test_m4_s10_a_record_that_another_one_went_into_is_read_before_it_is_written(known: str) -> None:
    """Of the winner nothing is known, or only what identifies it (S2), or what no shadow was ever compared with; and
    what is asked for by its id is not answered in the cycle that learns of it."""
    office = Office(LEAVING_OUT if known == "left out" else WITH_NOTE, successor="into")
    office.crm.add("Company", name="Acme", city="Moss", ours="old")
    office.sync()
    loser = str(office.erp.records("Company")[0]["id"])

    def enter() -> str:
        more = [office.erp.add("Company", name="Beta", city="Bodø")] if known == "in review" else []
        return [*more, office.erp.add("Company", name="Beta", city="Oslo", ours="typed")][-1]

    if known:
        winner = enter()
        office.sync()
    office.clock.advance(60)
    office.crm.edit("Company", "1", ours="new")
    winner = winner if known else enter()
    assert office.erp.model.person_merge("Company", loser, winner).ok

    async def busy(_mapping: str, _ids: Sequence[str]) -> list[Observation]:
        raise RetryLater("it is busy", after_s=1.0)

    office.erp.connector.fetch, answers = busy, office.erp.connector.fetch  # type: ignore[method-assign]
    office.sync()
    assert "typed" in office.erp.values("Company", "ours"), "nobody knows what would be written over"
    office.erp.connector.fetch = answers  # type: ignore[method-assign]
    office.clock.advance(60)
    office.sync()
    assert "typed" in {*office.crm.values("Company", "ours"), *values_told(office)}
    assert not office.sync().summary()["sent"]


def values_told(office: Office) -> set[str]:
    """All values that the history knows."""

    async def look() -> set[str]:
        async with office.store.transaction(dry=True) as tx:
            return {str(value) for e in await tx.history(limit=1000) for value in (e.value, e.before)}

    return office.run(look())


MARKED = PROJECT.replace("    to: erp.Company\n", "    to: {type: erp.Company, filter: {ours: yes}}\n")
NO_KEYS = {"idempotency": None}
BY_OUR_ID = {**NO_KEYS, "our_id": {"property": "ours", "unique": True}, "search": {"our_id": "ours"}}


def create(office: Office, entity_type: str, *, lost: bool = True, **values: str) -> str:
    """Somebody adds a record in the CRM, and the reply to its create in the ERP is lost; the id that it has there."""
    quirks = office.erp.model.quirks[entity_type]
    quirks.lost_after = float(lost)
    office.crm.add(entity_type, **values)
    office.sync()
    quirks.lost_after = 0.0
    (there,) = office.erp.records(entity_type)
    return str(there["id"])


@pytest.mark.parametrize(
    ("way", "erp"),
    [("reply", {}), ("key", {}), ("our id", BY_OUR_ID), ("person", NO_KEYS)],
)
def test_s5_s2_of_a_create_that_a_filter_leaves_out_all_is_known(way: str, erp: dict[str, Any]) -> None:
    """What the system made of a value is no edit of it, however the record was found, and whatever changes later."""
    office = Office(MARKED, **erp)
    office.erp.model.quirks["Company"].recases = {"city": "upper"}
    there = create(office, "Company", lost=way != "reply", name="Acme", city="Moss")
    office.clock.advance(600)
    office.sync()
    if way == "person":
        office.run(answer_create(office.hub, review_of(office), f"erp.Company/{there}"))
        office.sync()
    for name in ("Beta", "Gamma"):
        office.erp.edit("Company", there, name=name)
        office.sync()
        assert (office.crm.values("Company", "name"), len(office.erp.records("Company"))) == ([name], 1)
    assert office.crm.values("Company", "city") == ["Moss"]
    assert office.erp.values("Company", "city") == ["MOSS"]


@pytest.mark.parametrize(("way", "erp"), [("key", {}), ("our id", BY_OUR_ID), ("person", NO_KEYS)])
def test_w5_w3_what_a_found_create_was_made_to_refer_to_is_an_edit(way: str, erp: dict[str, Any]) -> None:
    """Somebody entered a reference there before it was found, to what has been linked for long: nothing else wakes."""
    office = Office(**erp)
    company = office.crm.add("Company", name="Acme")
    office.sync()
    there = create(office, "Person", name="Ann", email="a@x.io")
    office.clock.advance(600)
    office.erp.edit("Person", there, company=office.erp.records("Company")[0]["id"])
    office.sync()
    if way == "person":
        office.run(answer_create(office.hub, review_of(office), f"erp.Person/{there}"))
        office.sync()
    assert office.crm.values("Person", "company") == [company]
    assert len(office.erp.records("Person")) == 1


@pytest.mark.parametrize(("way", "erp"), [("key", {}), ("our id", BY_OUR_ID), ("person", NO_KEYS)])
def test_l6_w3_what_a_create_made_is_parted_from_what_people_told_it_apart(
    way: str, erp: dict[str, Any]
) -> None:
    """They said so before it was known that our create had made it."""
    office = Office(**erp)
    record = f"erp.Company/{create(office, 'Company', name='Acme')}"
    office.run(decide(office.hub, [Verdict("crm.Company/1", record, "different")], unseen=True))
    office.clock.advance(600)
    office.sync()
    if way == "person":
        office.run(answer_create(office.hub, review_of(office), record))
        office.sync()
    assert office.crm.values("Company", "name") == office.erp.values("Company", "name") == ["Acme", "Acme"]


def test_s10_s3_what_the_winner_of_a_merge_does_not_show_is_written_to_it() -> None:
    """Nothing of it is taken to be what the loser showed: the winner says null there, once it is fetched."""
    office = Office(successor="into", **IN_PART)
    office.crm.add("Company", name="Acme", city="Oslo")
    office.sync()
    (loser,) = office.erp.records("Company")
    winner = office.erp.add("Company", name="Acme AS")
    assert office.erp.model.person_merge("Company", str(loser["id"]), winner).ok
    for _ in range(2):
        office.clock.advance(60)
        office.sync()
    assert office.crm.values("Company", "city") == office.erp.values("Company", "city") == ["Oslo"]


def test_k4_w3_what_became_of_a_create_is_no_question_while_its_entity_type_is_away() -> None:
    office = Office(**NO_KEYS)
    create(office, "Company", name="Acme")
    office.clock.advance(600)
    office.sync()
    review = review_of(office)
    office.configure(WITHOUT_ERP)
    office.sync()
    with pytest.raises(StopFlow, match="left the configuration"):
        office.run(answer_create(office.hub, review, "erp.Company/1"))
    office.configure(PROJECT)
    office.sync()
    office.run(answer_create(office.hub, review, "erp.Company/1"))
    office.sync()
    assert len(office.erp.records("Company")) == len(office.crm.records("Company")) == 1


def review_of(office: Office) -> str:
    """The one open review."""

    async def look() -> list[str]:
        async with office.store.transaction(dry=True) as tx:
            return [review.id for review in await tx.reviews()]

    (review,) = office.run(look())
    return review


def test_m4_k2_what_a_whole_read_did_not_show_has_no_base_for_what_is_mapped_now() -> None:
    """A listing ends too early, and what it did not show can not be fetched in that cycle."""
    office = Office(WITHOUT_CITY)
    here = office.crm.add("Company", name="Acme")
    office.sync()
    office.clock.advance(60)
    office.erp.edit("Company", str(office.erp.records("Company")[0]["id"]), city="typed")
    office.sync()
    office.crm.edit("Company", here, city="Moss")
    office.configure(PROJECT)
    office.run(apply_configuration(office.hub))
    connector = office.erp.connector
    read, fetch = connector.read, connector.fetch

    async def ends_early(mapping: str, cursor: str, *, full: bool) -> AsyncIterator[Page]:
        async for page in read(mapping, cursor, full=full):
            yield Page(observations=[], cursor=page.cursor)

    async def busy(_mapping: str, _ids: Sequence[str]) -> list[Observation]:
        raise RetryLater("it is busy", after_s=1.0)

    connector.read, connector.fetch = ends_early, busy  # type: ignore[method-assign]
    office.run(run_cycle(office.hub, approved={"*": 0}))
    connector.read, connector.fetch = read, fetch  # type: ignore[method-assign]
    for _ in range(2):
        office.clock.advance(60)
        office.sync()
    assert "typed" in {*office.crm.values("Company", "city"), *values_told(office)}
    assert office.crm.values("Company", "city") == office.erp.values("Company", "city")
