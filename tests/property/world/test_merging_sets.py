"""Sets and lists by key merge element by element, in any order, for any number of records (M5)."""

from typing import Any

from hypothesis import given, strategies as st

from accord.core.lens import build_lens
from accord.core.lens.normal import normalisation
from accord.core.link import new_golden
from accord.core.model import Concept, Model, Property
from accord.core.sets import merge_elements
from accord.core.stamps import BOTTOM, edit_stamp
from accord.core.state import Claim
from accord.core.types import value_type
from accord.core.values import value_order
from tests.property.world.records import SYSTEMS, Thing, mapping, observed
from tests.unit.core.building import Story, concept, row, system

SET = "set(string)"
LINES = "list(object by k)"
TAGS = st.lists(st.sampled_from("abcd"), unique=True, max_size=4)


def lines_of(tags: list[str]) -> list[dict[str, Any]]:
    """A list by key: letters are keys, and the neighbours of each its content, so that content changes too."""
    return [{"k": tag, "n": len(tags)} for tag in tags]


FORMS = {SET: lambda tags: tags, LINES: lines_of}


def model_of_sets(form: str) -> Model:
    """Three systems that share one set."""
    of = Concept(name="person", properties=(Property(name="name", type=form),))
    mappings = {}
    for rank, name in enumerate(SYSTEMS):
        plain = mapping(name, 3 - rank)
        (row_,) = plain.properties
        rows = (type(row_)(**{**_fields(row_), "lens": build_lens(None, form)}),)
        mappings[plain.key] = type(plain)(**{**_fields(plain), "properties": rows})
    return Model(project="law", concepts={"person": of}, mappings=mappings, fingerprint="1")


def _fields(it: Any) -> dict[str, Any]:
    return {name: getattr(it, name) for name in it.__struct_fields__}


EDITS = st.lists(
    st.tuples(st.sampled_from(SYSTEMS), st.integers(2, 30), TAGS),
    min_size=1,
    max_size=6,
    unique_by=lambda edit: edit[1],
)


def played(form: str, edits: list, *, between: bool) -> Thing:
    """A thing whose records are edited in this order; settled after each edit, or only in the end."""
    make = FORMS[form]
    thing = Thing(model_of_sets(form), starts=dict.fromkeys(SYSTEMS, make(["a", "b"])))
    for name, at, tags in edits:
        thing.see(observed(name, at, make(tags)))
        if between:
            thing.settle()
    thing.settle()
    return thing


def by_key(value: list[Any] | None) -> dict[str, Any]:
    return {each if isinstance(each, str) else each["k"]: each for each in value or []}


def expected(form: str, edits: list) -> dict[str, Any]:
    """What people mean: an element is as the last one left it who put it in, changed it or took it out."""
    start = by_key(FORMS[form](["a", "b"]))
    shown, last = dict.fromkeys(SYSTEMS, start), dict(start)
    for name, _, tags in sorted(edits, key=lambda edit: edit[1]):
        now, was = by_key(FORMS[form](tags)), shown[name]
        last |= {key: each for key, each in now.items() if was.get(key) != each}
        last |= {key: None for key in was if key not in now}
        shown[name] = now
    return {key: each for key, each in last.items() if each is not None}


@given(st.sampled_from(sorted(FORMS)), EDITS)
def test_m5_an_addition_here_and_a_removal_there_both_survive(form: str, drawn: list) -> None:
    edits = sorted(drawn, key=lambda edit: edit[1])
    assert by_key(played(form, edits, between=True).golden()[0]) == expected(form, drawn)


@given(st.sampled_from(sorted(FORMS)), EDITS, st.data())
def test_m5_records_interleaved_in_any_way_merge_alike(form: str, drawn: list, data: st.DataObject) -> None:
    """Each record's states in its own order (S7)."""
    edits = sorted(drawn, key=lambda edit: edit[1])
    queues = {name: [edit for edit in edits if edit[0] == name] for name in SYSTEMS}
    order = data.draw(st.permutations([edit[0] for edit in edits]))
    shuffled = [queues[name].pop(0) for name in order]
    assert played(form, shuffled, between=True).golden() == played(form, edits, between=True).golden()


@given(st.lists(st.tuples(st.integers(0, 3), TAGS, TAGS), min_size=1, max_size=5), st.data())
def test_m5_the_merge_of_elements_is_order_proof_and_repeat_proof(drawn: list, data: st.DataObject) -> None:
    of = value_type(SET)
    claims = []
    for at, was, new in drawn:
        record = f"{SYSTEMS[at % 3]}/{len(claims)}"
        stamp = edit_stamp(at, BOTTOM, 0, record, value_order(sorted(new)))
        claims.append((Claim(stamp, BOTTOM, sorted(new) or None), sorted(was) or None))
    some = [claims, data.draw(st.permutations(claims)), [*claims, *reversed(claims)]]
    goldens = []
    for order in some:
        golden = new_golden("g", Concept(name="c", properties=(Property(name="p", type=SET),)))
        for claim, was in order:
            merge_elements(golden, 0, claim, was, of)
        goldens.append((golden.value, golden.stamp, golden.elements))
    assert goldens[0] == goldens[1] == goldens[2]


@given(st.sampled_from(sorted(FORMS)), EDITS)
def test_m5_two_values_of_a_set_never_bear_one_stamp(form: str, drawn: list) -> None:
    thing = played(form, [], between=True)
    by_stamp = {thing.golden()[1]: repr(thing.golden()[0])}
    for name, at, tags in drawn:
        thing.see(observed(name, at, FORMS[form](tags)))
        thing.settle()
        value, stamp = thing.golden()
        assert by_stamp.setdefault(stamp, repr(value)) == repr(value)


def poorer() -> Story:
    """A CRM with any number of mails, and a shop that has a place for one."""
    one = build_lens("elements", SET, paths=["name"])
    of = concept(properties=(Property(name="email", type="string"), Property(name="name", type=SET)))
    many = row("name", value_type=SET)
    return Story(
        system("crm", many, properties=("email", "name")),
        system("erp", many, properties=("email", "name")),
        system("shop", row("name", lens=one), properties=("email", "name")),
        of=of,
    )


NAMES = st.lists(st.sampled_from("abcdef"), unique=True, min_size=2, max_size=4)


@given(NAMES, st.data())
def test_m5_in_a_poorer_target_one_removed_and_one_added_is_a_replacement(
    names: list, data: st.DataObject
) -> None:
    shown = data.draw(st.sampled_from(names))
    new = data.draw(st.sampled_from([n for n in "abcdef" if n not in names]))
    it = _linked_poorer(names, shown)
    it.sees("crm", at=40, name=[n for n in names if n != shown] + [new])
    assert it.dues()["shop"] == {"name": new}, "what took its place, not any other one"
    it.sends("shop", at=41)
    it.answers("shop", at=41, name=new)
    assert "shop" not in it.dues()


@given(NAMES, st.data())
def test_m5_the_element_shown_in_a_poorer_target_stays_the_one_shown(
    names: list, data: st.DataObject
) -> None:
    shown = data.draw(st.sampled_from(names))
    it = _linked_poorer(names, shown)
    less = data.draw(st.lists(st.sampled_from(names), unique=True).filter(lambda some: shown in some))
    it.sees("crm", at=40, name=[*less, "z"])
    assert "shop" not in it.dues()
    assert it.value("name") == sorted([*less, "z"])


@given(NAMES, st.data())
def test_m5_an_edit_in_a_poorer_target_replaces_just_what_it_showed(names: list, data: st.DataObject) -> None:
    shown = data.draw(st.sampled_from(names))
    it = _linked_poorer(names, shown)
    it.sees("shop", at=50, name="z")
    assert it.value("name") == sorted([*(n for n in names if n != shown), "z"])
    assert it.dues()["crm"]["name"][-1] == "z"


def _linked_poorer(names: list[str], shown: str) -> Story:
    it = poorer()
    it.sees("crm", at=10, name=sorted(names))
    it.sees("erp", at=11, name=sorted(names))
    it.sees("shop", at=12, name=shown)
    assert not it.dues()
    return it


@given(NAMES, st.data())
def test_m5_s5_what_is_taken_out_in_the_systems_own_spelling_is_taken_out(
    names: list, data: st.DataObject
) -> None:
    """A system that writes all in capitals: its people take out and add elements as they see them there."""
    loud = row("name", value_type=SET, normal=normalisation("upper", SET))
    of = concept(properties=(Property(name="email", type="string"), Property(name="name", type=SET)))
    many = row("name", value_type=SET)
    it = Story(
        *(system(n, r, properties=("email", "name")) for n, r in (("crm", many), ("erp", loud))), of=of
    )
    it.in_sync(name=None)
    it.sees("crm", at=20, name=sorted(names))
    it.sends("erp", at=21)
    it.answers("erp", at=22, name=sorted(n.upper() for n in names))
    assert not it.dues()
    left = data.draw(st.lists(st.sampled_from(names), unique=True, max_size=len(names) - 1))
    it.sees("erp", at=40, name=[*(n.upper() for n in left), "Z"])
    assert it.value("name") == sorted([*left, "Z"])
