"""What worlds in which people decide in Accord have shown: acts that cross each other (L6, W8, W13, G3)."""

import pytest

from accord.core.state import Review
from accord.runtime.books.dead_letters import retry
from accord.runtime.people.decide import part_records
from accord.runtime.people.undo import undo
from accord.runtime.settling import keep_reviews
from accord.runtime.steps.cycle import run_cycle
from tests.property.world.deciding import FAMILY, PARTIES, TYPES, Desk, add_party
from tests.unit.runtime.office import PROJECT

MATCH = "    match: [[[name, name]]]\n"
DELETES = PROJECT.replace(MATCH, f"{MATCH}    delete: propagate\n")


@pytest.mark.parametrize("first", ["decided", "deleted"])
@pytest.mark.parametrize("system", ["crm", "erp"])
def test_w8_l6_what_is_another_thing_is_not_deleted_with_it(first: str, system: str) -> None:
    """A record is deleted beside the decision that it is another thing, before either was carried out."""
    desk = Desk(DELETES)
    desk.crm.add("Company", name="Acme", city="Oslo")
    desk.sync()
    (row,) = desk.erp.records("Company")
    there = getattr(desk, system)
    (here,) = there.records("Company")
    for act in (first, "deleted" if first == "decided" else "decided"):
        if act == "decided":
            desk.run(part_records(desk.hub, [f"erp.Company/{row['id']}"]))
        else:
            there.delete("Company", str(here["id"]))
    desk.sync()
    for name in ("crm", "erp"):
        assert len(getattr(desk, name).records("Company")) == 1, f"{name}: whoever lives stands in both"


def test_w13_l6_who_was_refused_is_no_stranger_to_what_is_made_again() -> None:
    """Two companies of one name that a person told apart; one is deleted by mistake, and its delete is undone."""
    desk = Desk(DELETES)
    desk.crm.add("Company", name="Acme", city="Oslo")
    desk.sync()
    (row,) = desk.erp.records("Company")
    desk.run(part_records(desk.hub, [f"erp.Company/{row['id']}"]))
    desk.sync()
    assert (len(desk.crm.records("Company")), len(desk.erp.records("Company"))) == (2, 2)
    desk.clock.advance(60)
    desk.erp.delete("Company", str(row["id"]))
    run = desk.sync().run
    assert (len(desk.crm.records("Company")), len(desk.erp.records("Company"))) == (1, 1)
    desk.run(undo(desk.hub, run, everywhere=True))
    desk.sync()
    assert (len(desk.crm.records("Company")), len(desk.erp.records("Company"))) == (2, 2)
    assert desk.sync().idle


def test_w13_who_left_a_review_that_goes_on_is_created_where_it_is_missing() -> None:
    """Three companies come to bear one name; the last had none, is parted from the record that gave it one, and has
    none again: what we write then leaves it without any key, beside a review that goes on without it."""
    desk = Desk(PROJECT)
    cities = ["Oslo", "Bergen", "Hamar"]
    ids = [
        desk.crm.add("Company", city=city, **({} if city == "Hamar" else {"name": city})) for city in cities
    ]
    desk.sync()
    there = {row["city"]: str(row["id"]) for row in desk.erp.records("Company")}
    for city in cities:
        desk.clock.advance(60)
        desk.erp.edit("Company", there[city], name="Acme")
        desk.sync()
    desk.run(part_records(desk.hub, [f"erp.Company/{there['Hamar']}"]))
    desk.sync()
    assert desk.erp.values("Company", "city") == ["Bergen", "Hamar", "Oslo"], "a review is in the way"
    desk.run(undo(desk.hub, f"crm.Company/{ids[2]}", everywhere=True))
    desk.sync()
    assert desk.crm.values("Company", "name") == ["Acme", "Acme", "None"]
    assert desk.erp.values("Company", "city") == ["Bergen", "Hamar", "Hamar", "Oslo"]


def test_w13_l6_who_was_refused_by_way_of_a_record_that_is_gone_is_no_stranger() -> None:
    """It is the golden records that a person told apart: the record that was named may be deleted since."""
    desk = Desk(DELETES)
    desk.crm.add("Company", name="Acme", city="Oslo")
    desk.sync()
    desk.run(part_records(desk.hub, ["erp.Company/1"]))
    desk.sync()
    desk.clock.advance(60)
    desk.crm.edit("Company", "2", city="Bergen")
    desk.erp.delete("Company", "1")
    desk.sync()
    assert desk.crm.values("Company", "city") == ["Bergen", "Oslo"], "an edit keeps it (W8)"
    desk.clock.advance(60)
    desk.erp.delete("Company", "2")
    run = desk.sync().run
    assert desk.crm.values("Company", "city") == ["Bergen"]
    desk.run(undo(desk.hub, run))
    desk.sync()
    assert desk.crm.values("Company", "city") == ["Bergen", "Oslo"]
    assert desk.sync().idle


def test_w13_what_was_refused_is_not_made_beside_a_stranger_that_came_meanwhile() -> None:
    """The match index is asked at every sending. Two of one name wait for a person; one stands in the same city."""
    desk = Desk(PROJECT.replace(MATCH, "    match: [[[name, name]], [[city, city]]]\n"))
    desk.crm.add("Company", name="Acme", city="Oslo")
    desk.erp.model.quirks["Company"].forbids = "writes"
    desk.sync()
    assert not desk.erp.records("Company")
    for city in ("Oslo", "Bergen"):
        desk.erp.add("Company", name="Beta", city=city)
    desk.sync()
    desk.erp.model.quirks["Company"].forbids = "nothing"
    desk.run(retry(desk.hub, ["erp.Company"]))
    assert desk.sent() == {}
    assert desk.erp.values("Company", "name") == ["Beta", "Beta"]


def test_w8_what_is_back_is_not_made_again_though_that_was_refused() -> None:
    """A record that was to be made again is restored by hand, after its system had refused that."""
    desk = Desk(DELETES.replace("propagate", "recreate"))
    desk.crm.add("Company", name="Acme", city="Oslo")
    desk.sync()
    (row,) = desk.erp.records("Company")
    desk.erp.model.quirks["Company"].forbids = "writes"
    desk.clock.advance(60)
    desk.erp.delete("Company", str(row["id"]))
    desk.sync()
    desk.erp.model.quirks["Company"].forbids = "nothing"
    desk.clock.advance(60)
    assert desk.erp.model.person_restore("Company", str(row["id"])).ok
    desk.run(retry(desk.hub, ["erp.Company"]))
    assert desk.sent() == {}
    desk.crm.edit("Company", "1", city="Bergen")
    desk.sync()
    assert desk.erp.values("Company", "city") == ["Bergen"]


def test_w5_l6_references_follow_a_split_and_a_merge_of_one_run() -> None:
    """Who referred to the record that leaves refers to the golden record that it joins."""
    desk = Desk(FAMILY)
    one, other = desk.crm.add("Company", name="Acme"), desk.crm.add("Company", name="Beta")
    inc = desk.erp.add("Company", name="Acme")
    desk.sync()
    assert frozenset({f"crm.Company/{one}", f"erp.Company/{inc}"}) in desk.parts("company")
    desk.erp.add("Person", name="Bo", email="bo@x.no", company=int(inc))
    desk.sync()
    desk.different(f"crm.Company/{one}", f"erp.Company/{inc}")
    desk.same(f"crm.Company/{other}", f"erp.Company/{inc}")
    desk.sync()
    joined = frozenset({f"crm.Company/{other}", f"erp.Company/{inc}"})
    (company,) = [
        each.golden.id
        for each in desk.clusters("company")
        if joined == {f"{k.mapping}/{k.id}" for k in each.links if k.life == "live"}
    ]
    assert [each.golden.value[2] for each in desk.clusters("person")] == [company]
    assert desk.crm.values("Person", "company") == [other]
    assert desk.sync().idle


@pytest.mark.parametrize("everywhere", [False, True])
def test_w8_g3_what_a_person_puts_back_keeps_what_was_about_to_be_deleted(*, everywhere: bool) -> None:
    """Whoever deleted another record did not know of that, as with any edit."""
    desk = Desk(PARTIES.replace("match:", "delete: propagate\n    match:"))
    keys = [add_party(desk, mapping, "Ann", "k") for mapping in TYPES[:3]]
    desk.sync()
    assert desk.parts("party") == {frozenset(keys)}
    desk.clock.advance(60)
    desk.crm.edit("Person", "1", name="Anna")
    desk.sync()
    desk.clock.advance(60)
    desk.crm.delete("Person", "1")
    desk.crm.connector.left = desk.erp.connector.left = 0  # the calls for today are spent
    desk.sync()
    assert [each.golden.life for each in desk.clusters("party")] == ["dying"]
    desk.run(undo(desk.hub, "erp.Person/1", "name", everywhere=everywhere))
    desk.crm.connector.left = desk.erp.connector.left = 100
    desk.clock.advance(100_000)
    desk.sync()
    assert [each.golden.life for each in desk.clusters("party")] == ["alive"]
    assert desk.erp.values("Person", "name") == ["Ann"]
    assert desk.crm.values("Company", "name") == ["Ann" if everywhere else "Anna"]


def test_g3_a_question_ends_with_the_record_that_asked_it() -> None:
    """What was put back into a record stands against the others; when it is deleted, they go on."""
    desk = Desk(PARTIES)
    for mapping in TYPES[:3]:
        add_party(desk, mapping, "Ann", "k")
    desk.sync()
    desk.clock.advance(60)
    desk.crm.edit("Person", "1", name="Anna")
    desk.sync()
    desk.run(undo(desk.hub, "erp.Person/1", "name"))
    desk.clock.advance(60)
    desk.crm.edit("Person", "1", name="Anne")
    desk.sync()
    assert desk.crm.values("Company", "name") == ["Anna"], "it is in question"
    desk.erp.delete("Person", "1")
    desk.sync()
    assert desk.crm.values("Company", "name") == ["Anne"]
    assert desk.sync().idle


def test_w13_g3_who_is_to_be_made_again_is_looked_at_when_a_review_of_it_ends() -> None:
    """Its record is gone, and is a member of the review all the same."""
    desk = Desk(DELETES)
    desk.crm.add("Company", name="Acme", city="Oslo")
    desk.sync()
    desk.clock.advance(60)
    desk.erp.delete("Company", "1")
    run = desk.sync().run
    review = Review(
        id="r",
        concept="company",
        rule="another",
        key="k",
        kind="propose",
        members=["crm.Company/1"],
        goldens=[],
        reason="",
        at_us=0,
    )

    async def keep(closed: list[str]) -> None:
        async with desk.store.transaction() as tx:
            await keep_reviews(tx, "company", [] if closed else [review], closed)

    desk.run(keep([]))
    desk.run(undo(desk.hub, run))
    desk.sync()
    assert not desk.crm.records("Company"), "an open review concerns it"
    desk.run(keep(["r"]))
    desk.sync()
    assert desk.crm.values("Company", "name") == ["Acme"]


@pytest.mark.parametrize("goes", ["renamed", "deleted"])
def test_g3_what_is_made_again_waits_for_who_bears_its_key_and_no_longer(goes: str) -> None:
    """A company is deleted, entered anew, and its delete is undone: as long as both were there they would be one."""
    desk = Desk(DELETES)
    desk.crm.add("Company", name="Acme", city="Oslo")
    desk.sync()
    desk.clock.advance(60)
    desk.erp.delete("Company", str(desk.erp.records("Company")[0]["id"]))
    run = desk.sync().run
    desk.clock.advance(60)
    anew = desk.crm.add("Company", name="Acme", city="Bergen")
    desk.sync()
    desk.run(undo(desk.hub, run, everywhere=True))
    desk.sync()
    assert desk.crm.values("Company", "city") == desk.erp.values("Company", "city") == ["Bergen"]
    desk.clock.advance(60)
    if goes == "renamed":
        desk.crm.edit("Company", anew, name="Beta")
    else:
        desk.crm.delete("Company", anew)
    desk.sync()
    cities = ["Bergen", "Oslo"] if goes == "renamed" else ["Oslo"]
    assert desk.crm.values("Company", "city") == desk.erp.values("Company", "city") == cities
    assert desk.sync().idle


@pytest.mark.parametrize("waits_s", [0, 60])
def test_w8_l6_what_can_not_be_parted_yet_is_not_deleted(waits_s: int) -> None:
    """A write of unknown outcome is in the way of the decision, and is told in the very cycle that learns of the
    delete."""
    desk = Desk(DELETES)
    here = desk.crm.add("Company", name="Acme", city="Oslo")
    desk.sync()
    (there,) = desk.erp.records("Company")
    quirks = desk.erp.model.quirks["Company"]
    desk.crm.edit("Company", here, city="Moss")
    quirks.lost_after = 1.0
    desk.run(run_cycle(desk.hub, approved={"*": 0}))
    quirks.lost_after = 0.0
    desk.run(part_records(desk.hub, [f"erp.Company/{there['id']}"]))
    desk.crm.delete("Company", here)
    desk.clock.advance(waits_s)
    desk.sync()
    for system in (desk.crm, desk.erp):
        assert system.values("Company", "city") == ["Moss"], "whoever lives stands in both"
    assert desk.erp.records("Company")[0]["id"] == there["id"]


def test_g3_an_undo_everywhere_of_what_was_put_back_ends_its_question() -> None:
    desk = Desk(PROJECT)
    here = desk.crm.add("Company", name="Acme", city="Oslo")
    desk.sync()
    desk.clock.advance(60)
    desk.erp.edit("Company", str(desk.erp.records("Company")[0]["id"]), city="Moss")
    desk.sync()
    for city, everywhere in (("Oslo", False), ("Moss", True)):
        desk.clock.advance(60)
        plan = desk.run(undo(desk.hub, f"crm.Company/{here}", everywhere=everywhere))
        assert [each.back for each in plan.restores] == [city]
        desk.sync()
        assert (desk.crm.values("Company", "city"), desk.erp.values("Company", "city")) == ([city], ["Moss"])
    assert not desk.clusters("company")[0].golden.questions
    desk.crm.edit("Company", here, city="Hamar")
    desk.sync()
    assert desk.erp.values("Company", "city") == ["Hamar"]


def test_g3_l6_nothing_is_created_from_a_record_whose_create_is_undone() -> None:
    """A person undoes a create, and says that the record is another thing before it is deleted."""
    desk = Desk(PROJECT)
    desk.crm.add("Company", name="Acme", city="Oslo")
    run = desk.sync().run
    (there,) = desk.erp.records("Company")
    desk.run(undo(desk.hub, run))
    desk.run(part_records(desk.hub, [f"erp.Company/{there['id']}"]))
    desk.crm.connector.sent = []
    desk.sync()
    assert "create" not in desk.crm.connector.sent
    assert len(desk.crm.records("Company")) == 1
