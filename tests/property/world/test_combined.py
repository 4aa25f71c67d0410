"""Combinations that no single mechanism owns: merges, splits and undo among creates, deletes, pins and groups."""

from itertools import count

import pytest

from accord.core.errors import AccordError, ConfigError
from accord.runtime.people.conflicts import conflicts, pick
from accord.runtime.people.decide import part_records, withdraw
from accord.runtime.people.undo import undo
from accord.testing.system_model import Quirks
from tests.property.world.deciding import FAMILY, PARTIES, Desk, add_party
from tests.unit.runtime.office import PROJECT, Office, System

HEAD = PROJECT.partition("pairs:")[0]
DELETES = PROJECT.replace(
    "    match: [[[name, name]]]\n", "    match: [[[name, name]]]\n    delete: propagate\n"
)

SIMILAR = (
    HEAD
    + """
concepts:
  company:
    properties: {city: string, ours: string, name: string}
    groups: [[city, ours]]
    match: [{properties: [name], similar: {properties: [name], propose: 0.5, link: 0.9}}]
mappings:
  crm.Company: {concept: company, properties: {city: city, ours: ours, name: name}}
  erp.Company: {concept: company, properties: {city: city, ours: ours, name: name}}
"""
)


def test_m8_likeness_looks_at_what_it_names_beside_a_group() -> None:
    office = Office(SIMILAR)
    office.crm.add("Company", name="Acme", city="Oslo", ours="x")
    office.erp.add("Company", name="Acme", city="Bonn", ours="y")
    office.sync()
    assert office.crm.values("Company", "name") == office.erp.values("Company", "name") == ["Acme"]


def test_w8_recreate_makes_the_last_of_duplicates_again() -> None:
    text = PARTIES.replace("match:", "duplicates: link\n    delete: recreate\n    match:")
    desk = Desk(text)
    for mapping in ("crm.Person", "crm.Person", "erp.Person"):
        add_party(desk, mapping, "Ann", "k")
    desk.sync()
    desk.crm.delete("Person", "2")
    desk.sync()
    assert len(desk.crm.records("Person")) == 1
    desk.crm.delete("Person", "1")
    desk.sync()
    assert len(desk.crm.records("Person")) == 1
    assert desk.sync().idle


def test_g3_a_pin_outlives_a_merge() -> None:
    desk = Desk(PARTIES)
    c = add_party(desk, "crm.Company", "Zoe", "")
    desk.sync()
    desk.run(desk.clock.sleep(60))
    b = add_party(desk, "erp.Person", "Ann", "m")
    add_party(desk, "erp.Company", "Ann", "m")
    desk.sync()
    desk.run(desk.clock.sleep(60))
    desk.erp.edit("Company", "1", name="Bob")
    desk.sync()
    assert desk.erp.values("Person", "name") == ["Bob"]
    desk.run(undo(desk.hub, b, "name"))
    desk.sync()
    assert desk.erp.values("Person", "name") == ["Ann"]
    assert len(desk.run(conflicts(desk.hub))) == 1
    desk.same(c, b)
    desk.sync()
    assert desk.erp.values("Person", "name") == ["Ann"]
    assert len(desk.run(conflicts(desk.hub))) == 1


@pytest.mark.parametrize("between", [True, False])
@pytest.mark.parametrize("first", ["undo", "merge"])
def test_w5_g3_a_reference_that_is_put_back_follows_a_merge(first: str, between: bool) -> None:
    """Whether it was put back before the golden record that it names was merged into another one, or after."""
    desk = Desk(FAMILY)
    acme = desk.crm.add("Company", name="Acme")
    zeta = [desk.crm.add("Company", name="Zeta"), desk.erp.add("Company", name="Zeta")]
    desk.sync()
    desk.run(desk.clock.sleep(60))
    inc = desk.erp.add("Company", name="Inc")
    desk.erp.add("Person", name="Ann", email="ann@x.no", company=int(inc))
    desk.sync()
    desk.run(desk.clock.sleep(60))
    (row,) = desk.crm.records("Person")
    desk.crm.edit("Person", str(row["id"]), company=int(zeta[0]))
    desk.sync()
    assert desk.erp.values("Person", "company") == [zeta[1]]
    for act in (first, "undo" if first == "merge" else "merge"):
        if act == "undo":
            desk.run(undo(desk.hub, "erp.Person/1", "company"))
        else:
            desk.same(f"crm.Company/{acme}", f"erp.Company/{inc}")
        if between:
            desk.sync()
    desk.sync()
    assert desk.erp.values("Person", "company") == [inc]
    (found,) = desk.run(conflicts(desk.hub))
    desk.run(pick(desk.hub, found.id, record="erp"))
    desk.sync()
    assert desk.crm.values("Person", "company") == [acme]
    assert desk.sync().idle


def test_g3_undo_of_a_delete_that_was_undone_before_says_why_not() -> None:
    office = Office(DELETES)
    here = office.crm.add("Company", name="Acme", city="Oslo")
    office.sync()
    office.crm.delete("Company", here)
    first = office.sync().run
    office.run(undo(office.hub, first, everywhere=True))
    office.sync()
    assert len(office.crm.records("Company")) == 1 == len(office.erp.records("Company"))
    (row,) = office.crm.records("Company")
    office.crm.delete("Company", str(row["id"]))
    office.sync()
    assert not office.erp.records("Company")
    plan = office.run(undo(office.hub, first))
    office.sync()
    assert len(plan.restores) == len(office.erp.records("Company"))


def test_w8_what_is_made_again_is_made_again_after_it_was_refused() -> None:
    """Whatever the create rule says: it is the delete policy that wants it back."""
    text = DELETES.replace("propagate", "recreate").replace("backward: always", "backward: linked", 1)
    office = Office(text)
    here = office.crm.add("Company", name="Acme", city="Oslo")
    office.sync()
    office.crm.delete("Company", here)
    office.crm.model.quirks["Company"] = Quirks(forbids="writes")
    office.sync()
    assert not office.crm.records("Company")
    office.crm.model.quirks["Company"] = Quirks()
    office.clock.advance(5)
    (row,) = office.erp.records("Company")
    office.erp.edit("Company", str(row["id"]), city="Bonn")
    office.sync()
    assert office.crm.values("Company", "city") == ["Bonn"]


def test_w8_a_tombstone_forbids_creating_after_another_record_left() -> None:
    office = Desk(PROJECT)
    office.crm.add("Company", name="Acme", city="Oslo")
    office.sync()
    (row,) = office.erp.records("Company")
    office.erp.delete("Company", str(row["id"]))
    office.sync()
    assert not office.erp.records("Company")
    new = office.erp.add("Company", name="Acme", city="Oslo")
    office.sync()
    assert len(office.erp.records("Company")) == 1
    office.run(part_records(office.hub, [f"erp.Company/{new}"]))
    office.sync()
    assert len(office.erp.records("Company")) == 1


def test_w8_the_flag_of_the_archive_survives_by_no_rule_of_another_property() -> None:
    """Taken out of the archive in one system while somebody edits another property: the flag follows its last edit."""
    text = DELETES.replace("propagate", "archive").replace(
        "[name, name]\n", '{from: name, to: name, survivorship: "function:longest"}\n', 1
    )
    archive = {"archive": {"property": "ours", "value": "archived", "otherwise": "no"}}
    office = Office(text, **archive)
    here = office.crm.add("Company", name="Acme", city="Oslo")
    office.sync()
    concept = office.project.model.concepts["company"]
    assert concept.archived is not None
    assert concept.survivorship[concept.archived].rule == "latest"
    office.crm.delete("Company", here)
    office.sync()
    assert office.erp.values("Company", "ours") == ["archived"]


SETS = (
    HEAD
    + """
concepts:
  person:
    properties: {name: string, emails: {type: set(string), survivorship: RULE}}
    match: [[name]]
mappings:
  crm.Person: {concept: person, properties: {name: name, emails: emails}}
  erp.Person: {concept: person, properties: {name: name, emails: emails}}
"""
)


@pytest.mark.parametrize("rule", ["ask", "priority", "function:longest"])
def test_m5_a_set_survives_by_element_and_by_no_other_rule(rule: str) -> None:
    with pytest.raises(ConfigError, match="element"):
        Office(SETS.replace("RULE", rule))
    Office(SETS.replace("RULE", "latest"))


@pytest.mark.parametrize("policy", ["propagate", "recreate", "ignore"])
def test_g3_w8_a_create_that_is_undone_takes_nothing_with_it(policy: str) -> None:
    """Also where a person deletes the record before the hub does."""
    office = Office(DELETES.replace("propagate", policy))
    office.crm.add("Company", name="Acme", city="Oslo")
    office.run(undo(office.hub, office.sync().run))
    office.erp.delete("Company", "1")
    office.sync()
    assert office.crm.values("Company", "name") == ["Acme"]
    assert not office.erp.records("Company")
    assert not office.run(conflicts(office.hub))
    assert office.sync().idle


@pytest.mark.parametrize("both", [True, False])
def test_w8_a_record_that_is_restored_comes_out_of_the_archive_elsewhere(both: bool) -> None:
    """Whether its own system has a flag or not."""
    archive = {"archive": {"property": "ours", "value": "archived", "otherwise": "no"}}
    text = DELETES.replace("propagate", "archive")
    office = Office(text, **archive)
    if both:
        office.crm = System("crm", office.clock, archive)
        office.configure(text)
    here = office.crm.add("Company", name="Acme", city="Oslo")
    office.sync()
    office.crm.delete("Company", here)
    office.sync()
    assert office.erp.values("Company", "ours") == ["archived"]
    office.clock.advance(60)
    office.crm.model.person_restore("Company", here)
    office.sync()
    assert office.erp.values("Company", "ours") == ["no"]
    assert office.crm.values("Company", "ours") != ["archived"]
    assert office.sync().idle


def test_m2_w5_a_reference_that_is_picked_is_written_at_once() -> None:
    """What the other side refers to was not looked up when it was decided."""
    desk = Desk(FAMILY.replace("[company, company]", "{from: company, to: company, survivorship: ask}"))
    crm, erp = (
        {name: system.add("Company", name=name) for name in ("Acme", "Zeta", "Inc")}
        for system in (desk.crm, desk.erp)
    )
    ann = desk.crm.add("Person", name="Ann", email="ann@x.no", company=int(crm["Acme"]))
    desk.sync()
    desk.run(desk.clock.sleep(60))
    desk.crm.edit("Person", ann, company=int(crm["Zeta"]))
    desk.erp.edit("Person", "1", company=int(erp["Inc"]))
    desk.sync()
    (found,) = desk.run(conflicts(desk.hub))
    desk.run(pick(desk.hub, found.id, record="crm"))
    assert desk.sent() == {"update erp.Person": 1}
    assert desk.erp.values("Person", "company") == [erp["Zeta"]]
    assert desk.sync().idle


def test_m2_l6_a_claim_that_stays_wins_when_its_rival_leaves() -> None:
    """What is asked about in a golden record is asked no more once those who differ are two things."""
    desk = Desk(PARTIES.replace("name: string", "name: {type: string, survivorship: ask}"))
    for mapping in ("crm.Person", "erp.Person", "erp.Company"):
        add_party(desk, mapping, "Ann", "k")
    desk.sync()
    desk.run(desk.clock.sleep(60))
    desk.crm.edit("Person", "1", name="Anna")
    desk.erp.edit("Person", "1", name="Anne")
    desk.sync()
    assert desk.erp.values("Company", "name") == ["Ann"]
    desk.run(part_records(desk.hub, ["erp.Person/1"]))
    desk.sync()
    assert not desk.run(conflicts(desk.hub))
    assert (desk.crm.values("Person", "name"), desk.erp.values("Person", "name")) == (["Anna"], ["Anne"])
    assert desk.erp.values("Company", "name") == ["Anna"]
    assert desk.sync().idle


GROUP = (
    HEAD
    + """
concepts:
  company:
    properties: {name: string, city: string, ours: string}
    match: [[name]]
    groups: [[city, ours]]
mappings:
  crm.Company: {concept: company, properties: {name: name, city: city, ours: ours}}
  erp.Company:
    concept: company
    create: {rule: always, when: {city: Oslo}}
    properties:
      name: name
      city: {path: city, direction: write}
      ours: {path: ours, direction: write}
"""
)


def test_m8_s3_a_group_of_which_a_part_is_left_out_for_it_is_null_changes_and_is_put_back() -> None:
    """Written one way, created under a condition on a part of it; a record that never showed the other part."""
    office = Office(GROUP)
    office.crm.add("Company", name="Acme", city="Oslo", ours="x")
    office.crm.add("Company", name="Zeta", city="Bonn", ours="x")
    office.erp.add("Company", name="Inc", city="Rome", ours="q")
    office.sync()
    assert office.erp.values("Company", "name") == ["Acme", "Inc"]
    (inc,) = (row for row in office.crm.records("Company") if row["name"] == "Inc")
    assert "ours" not in inc
    office.clock.advance(10)
    office.crm.edit("Company", str(inc["id"]), city="Kyiv")
    office.sync()
    shown = {row["name"]: (row["city"], row["ours"]) for row in office.erp.records("Company")}
    assert shown["Inc"] == ("Kyiv", None)
    office.run(undo(office.hub, "erp.Company/1"))
    office.sync()
    shown = {row["name"]: (row["city"], row["ours"]) for row in office.erp.records("Company")}
    assert shown["Inc"] == ("Rome", "q")
    assert office.sync().idle


def test_k1_l6_nothing_is_decided_under_a_configuration_that_was_not_applied() -> None:
    """Rows have the columns of the old one."""
    desk = Desk(PARTIES)
    a, b = add_party(desk, "crm.Person", "Ann", "x"), add_party(desk, "erp.Person", "Anne", "y")
    desk.sync()
    desk.configure(
        PARTIES.replace("{name: string,", "{more: string, name: string,").replace(
            "name: name", "more: ours, name: name"
        )
    )
    with pytest.raises(AccordError, match="changed since the last sync"):
        desk.same(a, b)
    desk.sync()
    desk.same(a, b)
    desk.sync()
    assert frozenset({a, b}) in desk.parts("party")


def test_l6_s2_a_decision_waits_for_a_record_that_is_left_out() -> None:
    """And one that is left out later stays linked, until somebody says that it is another thing."""
    desk = Desk(
        PARTIES.replace("erp.Person: {concept: party,", "erp.Person: {concept: party, filter: {mobile: y},")
    )
    a, b = add_party(desk, "crm.Person", "Ann", ""), add_party(desk, "erp.Person", "Anne", "")
    desk.sync()
    desk.same(a, b)
    desk.sync()
    assert desk.parts("party") == {frozenset({a})}
    for mobile in ("y", "n"):
        desk.run(desk.clock.sleep(60))
        desk.erp.edit("Person", "1", mobile=mobile)
        desk.sync()
        assert desk.parts("party") == {frozenset({a, b})}
    desk.run(withdraw(desk.hub, [(a, b)]))
    desk.run(part_records(desk.hub, [b]))
    desk.sync()
    assert desk.parts("party") == {frozenset({a}), frozenset({b})}
    assert desk.sync().idle


def test_w8_l8_a_record_that_came_back_beside_another_one_lives_when_it_is_split_off() -> None:
    """It was made again under another id meanwhile; until a person looks it waits, and is said to (G4)."""
    desk = Desk(DELETES.replace("propagate", "recreate"))
    here = desk.crm.add("Company", name="Acme", city="Oslo")
    desk.sync()
    desk.crm.delete("Company", here)
    desk.sync()
    desk.clock.advance(60)
    desk.crm.model.person_restore("Company", here)
    desk.sync()
    desk.crm.edit("Company", here, city="Bonn")
    desk.sync()
    assert desk.erp.values("Company", "city") == ["Oslo"]
    desk.run(part_records(desk.hub, [f"crm.Company/{here}"]))
    desk.sync()
    assert desk.erp.values("Company", "city") == ["Bonn", "Oslo"]
    assert desk.sync().idle


class Killed(BaseException):
    """The process ends here."""


def joined_or_parted(decision: str, kill: int) -> tuple[bool, list[object]]:
    """Whether the process was killed at a moment of the run that carries a decision out, and what came of it all."""
    desk = Desk(FAMILY)
    acme = desk.crm.add("Company", name="Acme")
    inc = desk.erp.add("Company", name="Acme" if decision == "different" else "Inc")
    ann = desk.crm.add("Person", name="Ann", email="ann@x.no", company=int(acme))
    desk.erp.add("Person", name="Bo", email="bo@x.no", company=int(inc))
    desk.sync()
    desk.run(desk.clock.sleep(60))
    desk.crm.edit("Company", acme, city="Oslo")
    desk.crm.edit("Person", ann, name="Anna")
    getattr(desk, decision)(f"crm.Company/{acme}", f"erp.Company/{inc}")
    moments = count(1)

    def at(_: str) -> None:
        if next(moments) == kill:
            raise Killed

    desk.hub.at = at
    killed = False
    try:
        desk.sync()
    except Killed:
        killed = True
    desk.restart()
    for _ in range(3):
        desk.sync()
        desk.run(desk.clock.sleep(400))
    assert desk.sync().idle
    names = ("name", "city", "company", "email")
    rows = [
        sorted(str([row.get(name) for name in names]) for row in system.records(kind))
        for system in (desk.crm, desk.erp)
        for kind in ("Company", "Person")
    ]
    return killed, [desk.parts("company"), rows]


@pytest.mark.parametrize("decision", ["same", "different"])
def test_c1_l6_a_merge_or_split_that_is_killed_anywhere_ends_the_same(decision: str) -> None:
    """At every moment between and within its transactions."""
    _, want = joined_or_parted(decision, 0)
    for kill in count(1):
        killed, came = joined_or_parted(decision, kill)
        assert came == want
        if not killed:
            break
    assert kill > 10
