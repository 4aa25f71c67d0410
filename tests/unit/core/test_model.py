"""The compiled model's small parts."""

from accord.core.model import Concept, Model, NoReferences, Property
from tests.unit.core.building import concept, row, system


def test_w5_without_references_nothing_is_linked():
    assert NoReferences().golden("crm.Person", "1") is None
    assert NoReferences().remote("crm.Person", "person:1") is None


def test_l9_the_facets_of_an_entity_type_are_its_mappings():
    mappings = [system("crm", facet="org"), system("crm", facet="person"), system("erp")]
    model = Model(
        project="m", concepts={"person": concept()}, mappings={m.key: m for m in mappings}, fingerprint="1"
    )
    assert [m.key for m in model.facets_of(mappings[1])] == ["crm.Person#org", "crm.Person#person"]
    assert [m.key for m in model.facets_of(mappings[2])] == ["erp.Person"]
    assert model.alike == {
        "crm.Person#org": ("crm.Person#person",),
        "crm.Person#person": ("crm.Person#org",),
    }


def test_l9_what_other_facets_of_a_record_read_or_write_stands_beside_a_mapping():
    facets = [
        system("crm", facet="org", properties=("name", "email")),
        system("crm", facet="person", properties=("name", "phone")),
        system("erp"),
    ]
    model = Model(
        project="m", concepts={"person": concept()}, mappings={m.key: m for m in facets}, fingerprint="1"
    )
    assert [model.paths_beside(mapping) for mapping in facets] == [
        {"name", "phone"},
        {"name", "email"},
        set(),
    ]


def test_w5_a_mapping_knows_its_references():
    mapping = system("erp", row("phone", references="erp.Person"))
    assert [mapping.properties[column].name for column in mapping.references] == ["phone"]


def test_w6_a_model_pulls_where_some_record_is_only_made_when_it_is_referred_to():
    for pulled_by in (frozenset(), frozenset({"order"})):
        mapping = system("erp", pulled_by=pulled_by)
        model = Model(
            project="m", concepts={"person": concept()}, mappings={mapping.key: mapping}, fingerprint="1"
        )
        assert model.pulls == bool(pulled_by)


def test_w5_a_model_knows_whose_records_have_parts():
    order = Property(name="order", type="reference", reference="order", whole=True)
    other = Property(name="boss", type="reference", reference="person")
    line = Concept(name="line", properties=(order, other))
    model = Model(project="m", concepts={"line": line, "person": concept()}, mappings={}, fingerprint="1")
    assert model.wholes == {"order": frozenset({"line"})}


def test_w5_a_model_knows_what_the_records_of_a_concept_refer_to():
    to_boss = system("erp", row("phone", references="erp.Person"))
    model = Model(
        project="m",
        concepts={"person": concept(), "line": Concept(name="line", properties=())},
        mappings={to_boss.key: to_boss, "crm.Person": system("crm")},
        fingerprint="1",
    )
    assert model.refers == {"person": frozenset({"erp.Person"})}


def test_w5_a_concept_knows_its_references():
    boss = Property(name="boss", type="reference", reference="person")
    name = Property(name="name", type="string")
    assert Concept(name="person", properties=(name, boss)).references == (1,)
