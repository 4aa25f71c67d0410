"""Facets share one record: a company of the CRM is an organisation and a label, which the ERP keeps apart (L9)."""

import pytest

from accord.core.observation import Outcome
from accord.project import check_project
from tests.unit.runtime.faceted import EXCLUSIVE, PROJECT, faceted
from tests.unit.runtime.office import Office, of_two


def test_l9_each_facet_stands_for_its_own_concept():
    it = faceted()
    assert (it.erp.values("Company", "city"), it.erp.values("Person", "ours")) == (["Oslo"], ["A"])


def test_l9_c4_one_read_serves_all_facets_of_an_entity_type():
    it = faceted()
    it.sync()
    assert it.calls.reads == {"crm.Company": 1}


def test_l9_w4_facets_are_written_in_one_call():
    it = faceted()
    it.erp.edit("Company", it.erp.records("Company")[0]["id"], city="Bergen")
    it.erp.edit("Person", it.erp.records("Person")[0]["id"], ours="B")
    it.sync()
    (row,) = it.crm.records("Company")
    assert (row["city"], row["ours"]) == ("Bergen", "B")
    assert [write.body for write in it.calls.writes] == [{"city": "Bergen", "ours": "B"}]
    assert not it.sync().outcomes()


def test_l9_w4_a_folded_call_of_unknown_outcome_is_sent_again_as_it_was():
    it = faceted()
    it.erp.edit("Company", it.erp.records("Company")[0]["id"], city="Bergen")
    it.erp.edit("Person", it.erp.records("Person")[0]["id"], ours="B")
    it.calls.fails = [Outcome(kind="unknown", message="no answer came")]
    it.sync()
    it.clock.advance(100)
    it.sync()
    (row,) = it.crm.records("Company")
    assert (row["city"], row["ours"]) == ("Bergen", "B")
    assert [write.body for write in it.calls.writes] == [{"city": "Bergen", "ours": "B"}] * 2


def test_l9_w9_what_the_system_refuses_of_one_facet_holds_only_that():
    it = faceted()
    it.erp.edit("Company", it.erp.records("Company")[0]["id"], city="Bergen")
    it.erp.edit("Person", it.erp.records("Person")[0]["id"], ours="B")
    it.calls.refuses = "city"
    it.sync()
    it.sync()
    (row,) = it.crm.records("Company")
    assert (row["city"], row["ours"]) == ("Oslo", "B")


def test_l9_deleting_one_facet_deletes_no_record_with_another_live_facet():
    it = faceted()
    it.erp.delete("Company", it.erp.records("Company")[0]["id"])
    it.sync()
    assert [row["name"] for row in it.crm.records("Company")] == ["Acme"]
    it.erp.edit("Person", it.erp.records("Person")[0]["id"], ours="B")
    it.sync()
    assert [row["ours"] for row in it.crm.records("Company")] == ["B"]
    it.erp.delete("Person", it.erp.records("Person")[0]["id"])
    it.sync()
    assert it.crm.records("Company") == []
    assert [write.kind for write in it.calls.writes] == ["update", "delete"]


def test_l9_a_facet_whose_when_turns_false_rests_and_comes_back():
    it = faceted(label="when: {city: {not: Rome}}")
    it.crm.edit("Company", it.acme, city="Rome")
    it.sync()
    it.erp.edit("Person", it.erp.records("Person")[0]["id"], ours="B")
    it.sync()
    assert [row["ours"] for row in it.crm.records("Company")] == ["A"]
    assert it.erp.values("Company", "city") == ["Rome"]
    it.crm.edit("Company", it.acme, city="Oslo")
    it.sync()
    assert [row["ours"] for row in it.crm.records("Company")] == ["B"]


def test_l9_one_facet_creates_the_record_and_the_others_wait_for_it():
    it = faceted()
    it.erp.add("Person", name="Beta", ours="X")
    it.sync()
    assert it.crm.values("Company", "name") == ["Acme"]
    it.erp.add("Company", name="Beta", city="Rome")
    it.sync()
    assert sorted((row["name"], row["city"], row["ours"]) for row in it.crm.records("Company")) == [
        ("Acme", "Oslo", "A"),
        ("Beta", "Rome", "X"),
    ]
    assert it.erp.values("Person", "name") == ["Acme", "Beta"]


@pytest.mark.parametrize(
    ("label", "primary"),
    [("", "crm.Company#org"), ("primary: true", ""), ("when: {city: Rome}", "crm.Company#org")],
)
def test_l9_who_creates_the_record(label, primary):
    it = Office(PROJECT % {"label": label, "person": ""})
    assert it.hub.model.mappings["crm.Company#label"].primary == primary


def test_l9_facets_that_would_overwrite_each_other_are_told():
    both = Office(EXCLUSIVE.replace("when: {city: Rome}", "when: {name: {present: true}}"))
    told = [note.what for note in check_project(both.project)]
    assert any("crm.Company#there and crm.Company#here both write `city`" in what for what in told)
    assert not any("both write" in note.what for note in check_project(Office(EXCLUSIVE).project))


SAME = of_two("""\
concepts:
  party:
    properties: {name: string, city: string}
mappings:
  crm.Company#label: {concept: party, create: linked, properties: {city: city}}
  crm.Company#org: {concept: party, create: always, properties: {name: name}}
  erp.Company: {concept: party, create: linked, properties: {name: name, city: city}}
""")


def test_l9_two_facets_of_one_concept_make_one_record_and_no_more():
    it = Office(SAME)
    it.erp.add("Company", name="Acme", city="Oslo")
    for _ in range(3):
        it.sync()
    assert it.crm.values("Company", "name") == ["Acme"]
    assert it.hub.model.mappings["crm.Company#label"].primary == "crm.Company#org"
