"""Some properties of a concept as one property: what becomes of its columns, rules, rows and wishes (M8)."""

from msgspec.structs import replace

from accord.core.folding import Folded, fold_group
from accord.core.lens import Path
from accord.core.model import Concept, Mapping, MatchRule, NoReferences, Property, Similar, Survivorship
from tests.unit.core.building import EMAIL_RULE, concept, row, system


def folded(of: Concept, *mappings: Mapping, names: tuple[str, ...] = ("email", "name")) -> Folded:
    """The concept with a group, which stands in column 1: behind the phone, which moves to column 0."""
    return fold_group(Folded(of, list(mappings)), names, " ".join)


def test_m8_a_group_is_one_property_after_the_others() -> None:
    latest, priority = Survivorship(), Survivorship(rule="priority")
    plain = folded(concept()).concept
    assert plain.properties == (
        Property(name="phone", type="string"),
        Property(name="email+name", type="group(email: string, name: string)"),
    )
    assert plain.survivorship == ()
    ruled = folded(concept(survivorship=(priority, priority, latest))).concept
    assert ruled.survivorship == (latest, priority)


def test_m8_the_parts_of_a_rule_are_compared_where_they_stand_now() -> None:
    parts = ((2, str.upper), (1, str.lower))
    rule = MatchRule(
        name="r", parts=parts, vetoes=((0, str.lower),), similar=Similar(parts=parts, propose=0.5, link=0.9)
    )
    found, email = folded(concept(rules=(rule, EMAIL_RULE))).concept.rules
    similar = found.similar
    assert similar is not None
    assert (similar.propose, similar.link) == (0.5, 0.9)
    value = {"email": "A@x.io", "name": "Ada"}
    for (phone, of_phone), (name, of_name) in (found.parts, similar.parts):
        assert (phone, of_phone, name, of_name(value)) == (0, str.upper, 1, "ada")
    ((veto, of_email),) = found.vetoes
    assert (veto, of_email(value), of_email({**value, "email": None}), of_email(None)) == (
        1,
        "a@x.io",
        None,
        None,
    )
    assert (email.similar, email.parts[0][0]) == (None, 1)


def test_m8_the_rows_of_the_members_are_one_row() -> None:
    name = row("name", required=True, enforce=True, normal=str.upper, reads=False)
    constants = ((Path("kind"), "person"),)
    mapping = system("crm", name, row("email", reads=False), constants=constants)
    without = system("erp", properties=("phone",))
    (one, other) = folded(concept(), mapping, without).mappings
    assert [(each.name, each.property) for each in one.properties] == [("phone", 0), ("email+name", 1)]
    group = one.properties[1]
    assert (group.reads, group.writes, group.required, group.enforce) == (False, True, True, True)
    assert group.fingerprint == "email:string name:string"
    assert group.place.read({"name": "Ada", "email": "a@x.io"}) == ["a@x.io", "Ada"]
    value = group.lens.get(["a@x.io", "Ada"], NoReferences())
    assert value == {"email": "a@x.io", "name": "Ada"}
    assert group.normal is not None
    assert group.normal(value) == {"email": "a@x.io", "name": "ADA"}
    assert (one.groups, one.constants) == ((1,), constants)
    assert other == replace(without, properties=(replace(without.properties[0], property=0),))
    (plain,) = folded(concept(), system("erp")).mappings
    told = plain.properties[1]
    assert (told.required, told.enforce, told.normal) == (False, False, None)
