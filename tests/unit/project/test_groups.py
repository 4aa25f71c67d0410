"""Groups and the archive in a configuration: what they come down to, and what is wrong with them (M8, W8)."""

import pytest

from accord.core.values import MISSING
from tests.unit.project.shop import faults_of, loaded
from tests.unit.runtime.office import Office

CONCEPT = """\
concepts:
  person:
    properties: {{email: string, first: string, last: string{more}}}
    match: {match}
    groups: {groups}
mappings:
  crm.Person: {{concept: person, properties: {{email: email, first: givenName, last: familyName}}}}
  erp.Contact: {{concept: person, properties: {erp}}}
"""
BOTH = "{email: mail, first: first, last: last}"


def written(
    groups: str = "[[first, last]]", erp: str = BOTH, match: str = "[[email]]", more: str = ""
) -> str:
    return CONCEPT.format(groups=groups, erp=erp, match=match, more=more)


def test_m8_a_group_is_one_property_in_every_mapping() -> None:
    model = loaded(written()).model
    concept = model.concepts["person"]
    assert [(p.name, p.type) for p in concept.properties] == [
        ("email", "string"),
        ("first+last", "group(first: string, last: string)"),
    ]
    for mapping in model.mappings.values():
        assert [(row.name, row.property) for row in mapping.properties] == [("email", 0), ("first+last", 1)]


def test_m8_a_match_rule_on_a_member_compares_that_member() -> None:
    concept = loaded(written(match="[[last, email]]")).model.concepts["person"]
    parts = dict(concept.rules[0].parts)
    assert parts[1]({"first": "Ada", "last": "Berg"}) == "berg"
    assert parts[1]({"first": "Ada", "last": None}) is None
    assert parts[1](MISSING) is None


def test_m8_a_group_of_a_pair_is_named_by_paths() -> None:
    text = """\
pairs:
  - from: crm.Person
    to: erp.Contact
    groups: [[givenName, familyName]]
    rows: [[givenName, first], [familyName, last], [email, mail]]
"""
    (concept,) = loaded(text).model.concepts.values()
    assert [p.name for p in concept.properties][-1].count("+") == 1
    wrong = faults_of(text.replace("[[givenName, familyName]]", "[[givenName, surname]]"))
    assert "names `surname`" in wrong[0].what


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (written("[[first, lost]]"), "no property `lost`"),
        (written("[[first, last], [last, email]]"), "`last` is in a group twice"),
        (written(erp="{email: mail, first: first}"), "maps a part of it"),
        (
            written(erp="{email: mail, first: first, last: {path: last, direction: read}}"),
            "different directions",
        ),
    ],
)
def test_m8_a_group_that_can_not_be_is_a_fault(text: str, what: str) -> None:
    found = faults_of(text)
    assert any(what in fault.what for fault in found), found
    assert all(fault.line for fault in found)


ARCHIVE = """
version: 1
name: office
systems: {crm: {connector: crm.yaml}, erp: {connector: erp.yaml}}
concepts:
  company: {properties: {name: string}, match: [[name]], delete: archive}
mappings:
  crm.Company: {concept: company, properties: {name: name}}
  erp.Company: {concept: company, properties: {name: name}}
"""


def test_w8_archive_adds_a_flag_where_a_system_has_one() -> None:
    flag = {"property": "ours", "value": "old", "otherwise": None}
    model = Office(ARCHIVE, archive=flag).project.model
    concept = model.concepts["company"]
    assert (concept.archived, concept.properties[1].name) == (1, "archived")
    assert [len(model.mappings[f"{name}.Company"].properties) for name in ("crm", "erp")] == [1, 2]


def test_w8_archive_without_a_system_that_can_is_a_fault() -> None:
    with pytest.raises(Exception, match="no system of the concept can archive"):
        Office(ARCHIVE)
    own = ARCHIVE.replace("{name: string}", "{name: string, archived: boolean}")
    with pytest.raises(Exception, match="has a property `archived` of its own"):
        Office(own.replace("{name: name}", "{name: name, archived: city}"), archive={"property": "ours"})


def test_w6_m8_a_condition_on_a_member_of_a_group_or_beside_it() -> None:
    rule = "{when: {last: Berg, email: {present: true}}}"
    text = written().replace("erp.Contact: {", f"erp.Contact: {{create: {rule}, ")
    wishes = loaded(text).model.mappings["erp.Contact"].wishes
    columns = [p.name for p in loaded(text).model.concepts["person"].properties]
    assert [(columns[w.column], w.member) for w in wishes] == [("first+last", "last"), ("email", "")]
