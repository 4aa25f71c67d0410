"""Sets by element, groups, pins, picks and deletes that archive: one golden record at a time (M5, M8, M2, G3, W8)."""

import pytest
from msgspec import structs

from accord.core.intake import read_raw
from accord.core.lens import Path, build_lens
from accord.core.lens.group import Flag, Group, GroupNormal, Together
from accord.core.lens.normal import normalisation
from accord.core.link import new_golden
from accord.core.model import Concept, NoReferences, Property
from accord.core.sets import elements_of, merge_elements, newest_first
from accord.core.stamps import BOTTOM, Stamp, edit_stamp
from accord.core.state import Claim, Pin
from accord.core.types import value_type
from accord.core.values import MISSING
from tests.unit.core.building import Story, concept, observation, row, system, us

NOBODY = NoReferences()
SET = "set(string)"
TAGS = concept(
    properties=(
        Property(name="email", type="string"),
        Property(name="name", type=SET),
        Property(name="phone", type="string"),
    )
)


def tagged(**more: object) -> Story:
    """Three systems that share a set."""
    return Story(
        *(system(name, row("name", value_type=SET)) for name in ("crm", "erp", "shop")), of=TAGS, **more
    )


def claim(at: int, value: list[str] | None, record: str = "crm/1", base: Stamp = BOTTOM) -> Claim:
    return Claim(edit_stamp(at, base, 0, record, 0), base, value)


def golden_set(*tags: str) -> tuple:
    golden = new_golden("g", Concept(name="c", properties=(Property(name="p", type=SET),)))
    merge_elements(golden, 0, claim(1, sorted(tags) or None), None, value_type(SET))
    return golden, value_type(SET)


def test_m5_what_lost_is_told_with_its_fate() -> None:
    golden, of = golden_set("a", "b")
    later = claim(5, ["b", "c"], "erp/1", golden.stamp[0])
    fates = merge_elements(golden, 0, later, ["a", "b"], of)
    assert [(fate, lost.value, lost.there) for fate, lost in fates] == [("superseded", "a", True)]
    fates = merge_elements(golden, 0, claim(3, ["a", "b"], "shop/1"), ["b"], of)
    assert [(fate, lost.value, lost.there) for fate, lost in fates] == [("loser", "a", True)]
    assert golden.value == [["b", "c"]]
    fates = merge_elements(golden, 0, claim(9, None, "shop/1"), ["b"], of)
    assert [(fate, lost.value) for fate, lost in fates] == [("loser", "b")], "nobody there knew of it"
    assert golden.value == [["c"]]
    assert merge_elements(golden, 0, claim(9, None, "shop/1"), ["b"], of) == []


def test_m5_elements_that_came_since_go_first() -> None:
    golden, of = golden_set("a", "b")
    base = golden.stamp[0]
    merge_elements(golden, 0, claim(5, ["b", "z"], "erp/1", base), ["b"], of)
    assert newest_first(golden, 0, base, of) == ["z", "a", "b"]
    assert [each.key for each in elements_of(golden, 0, of)] == ["'a'", "'b'", "'z'"]
    assert newest_first(golden_set()[0], 0, BOTTOM, of) is None


def test_m5_an_edit_of_a_set_is_what_it_added_and_took_out() -> None:
    it = tagged().in_sync(name=["a", "b"])
    it.sees("crm", at=20, name=["a", "b", "c"])
    it.sees("erp", at=21, name=["b"])
    assert it.value("name") == ["b", "c"]
    assert it.told("superseded") == [["a"]]
    assert it.dues() == {
        "crm": {"name": ["b", "c"]},
        "erp": {"name": ["b", "c"]},
        "shop": {"name": ["b", "c"]},
    }


def test_m5_a_set_that_was_kept_aside_is_an_edit_on_what_was_sent() -> None:
    it = tagged().in_sync(name=["a"])
    it.sees("crm", at=20, name=["a", "b"])
    it.sends("erp", at=21)
    it.answers("erp", "unknown", at=22)
    it.sees("erp", at=60, name=["b", "c"], how="fetch")
    assert it.link("erp").suspects, "it may be what the system makes of ours"
    it.sends("erp", at=61)
    it.answers("erp", at=62, name=["a", "b"])
    assert it.value("name") == ["b", "c"], "on what was sent, a was taken out and c put in"


def test_m6_a_first_set_is_one_value_and_a_later_one_fills_an_empty_set() -> None:
    it = tagged()
    it.sees("crm", at=10, name=["a"])
    it.sees("crm", at=20, name=None)
    assert it.value("name") is None
    it.sees("erp", at=30, name=["b"])
    assert it.value("name") == ["b"]
    assert [each.key for each in it.golden.elements[1] if each.there] == ["'b'"]


def test_m6_latest_takes_the_later_set_whole() -> None:
    latest = concept(properties=TAGS.properties, first_link="latest")
    it = Story(*(system(name, row("name", value_type=SET)) for name in ("crm", "erp")), of=latest)
    it.sees("crm", at=10, name=["a"])
    it.sees("erp", at=20, name=["b"])
    assert it.value("name") == ["b"]
    it = Story(*(system(name, row("name", value_type=SET)) for name in ("crm", "erp")), of=latest)
    it.sees("crm", at=20, name=["a"])
    it.sees("erp", at=30, modified=10, name=["b"])
    assert it.value("name") == ["a"]
    assert ["b"] in it.told("loser")


def test_s6_a_computed_set_is_one_value() -> None:
    it = tagged().in_sync(phone="1")
    it.sees("crm", at=20, phone="2")
    it.sends("erp", at=21)
    it.answers("erp", at=21, phone="2", name=["x"])
    assert it.value("name") == ["x"]


def test_m5_a_list_by_key_refuses_what_it_can_not_tell_apart() -> None:
    of = value_type("list(object by no)")
    assert of.canonical([{"no": 2}, {"no": 1, "b": None}]) == [{"b": None, "no": 1}, {"no": 2}]
    assert (of.canonical(None), of.canonical([]), of.key_of({"no": "x"})) == (None, None, "'x'")
    for wrong in ("text", [{"no": 1}, {"no": 1}], [{}], [{"no": ""}], [None]):
        with pytest.raises(ValueError, match="list"):
            of.canonical(wrong)
    lens = build_lens(None, "list(object by no)")
    assert lens.get([{"no": 2}, {"no": 1}], NOBODY) == [{"no": 1}, {"no": 2}]
    assert lens.put([{"no": 1}, {"no": 3}], [{"no": 3, "x": 1}, {"no": 2}], NOBODY) == [{"no": 3}, {"no": 1}]


def test_m5_elements_have_places() -> None:
    one, two = build_lens("elements", SET, paths=["a"]), build_lens("elements", SET, paths=["a", "b"])
    assert one.put(["x", "y"], "y", NOBODY) == "y"
    assert one.put(["x", "y"], "z", NOBODY) == "x"
    assert one.put(None, "z", NOBODY) is None
    assert one.put(MISSING, "z", NOBODY) == "z"
    assert one.get(MISSING, NOBODY) is MISSING
    assert two.get({"a": "x"}, NOBODY) is MISSING
    assert two.put(["x", "y", "z"], {"a": "q", "b": "y"}, NOBODY) == {"a": "x", "b": "y"}
    assert two.put(["x"], MISSING, NOBODY) == {"a": "x", "b": None}


def group() -> Group:
    return Group(
        names=("amount", "currency"), lenses=(build_lens(None, "decimal(2)"), build_lens(None, "string"))
    )


def test_m8_s3_what_a_group_lacks_is_as_it_was_or_null_beside_the_others() -> None:
    """Where only a part of the record is shown, and it was never known, the whole group says nothing."""
    money = row("name")
    place = Together(Path("amount"), Path("currency"))
    mapping = structs.replace(
        system("crm"), properties=(row("email"), structs.replace(money, place=place, lens=group()))
    )
    assert mapping.groups == (1,)
    half = {"email": "a@x.io", "amount": 5}
    assert read_raw(mapping, half) == ["a@x.io", [5, None]]
    assert read_raw(mapping, half, ["a@x.io", [4, "EUR"]]) == ["a@x.io", [5, "EUR"]]
    assert read_raw(mapping, half, [None, None], part=True) == ["a@x.io", [5, None]], "it was null"
    assert read_raw(mapping, half, [MISSING, MISSING], part=True) == ["a@x.io", MISSING]
    assert read_raw(mapping, half, [MISSING, [4, "EUR"]], part=True) == ["a@x.io", [5, "EUR"]]
    assert read_raw(mapping, {"amount": 5, "currency": "NOK"})[1] == [5, "NOK"]
    assert read_raw(mapping, {})[1] is MISSING
    null = structs.replace(mapping, declaration=structs.replace(mapping.declaration, absent="null"))
    known = ["a@x.io", [4, "EUR"]]
    for part in (False, True):
        assert read_raw(null, half, known, part=part) == ["a@x.io", [5, None]], "what is absent is null"
        assert read_raw(null, {}, known, part=part) == [None, None]


def test_m8_a_group_is_read_and_written_as_one_value() -> None:
    lens, place = group(), Together(Path("amount"), Path("currency"))
    raw = place.read({"amount": 5, "currency": "EUR"})
    value = lens.get(raw, NOBODY)
    assert value == {"amount": "5.00", "currency": "EUR"}
    assert lens.get(place.read({"amount": 5}), NOBODY) is MISSING, "half of it says nothing"
    assert (lens.get([None, None], NOBODY), lens.get(MISSING, NOBODY), lens.get(None, NOBODY)) == (
        None,
        MISSING,
        None,
    )
    assert place.read({}) is MISSING
    assert lens.put(value, raw, NOBODY) == raw
    assert lens.put(MISSING, raw, NOBODY) == raw
    assert lens.put(None, raw, NOBODY) == [None, None]
    assert lens.put(value, MISSING, NOBODY) == [5.0, "EUR"]
    body: dict[str, object] = {}
    place.write(body, [MISSING, "NOK"], None)
    assert body == {"currency": "NOK"}
    place.write(body, None, None)
    assert body == {"amount": None, "currency": None}
    assert (place.paths(), place.whole, lens.is_lossy) == (("amount", "currency"), False, False)
    assert repr(place) == "Together(Path('amount'), Path('currency'))"
    made, parts = place.__reduce__()
    assert made(*parts).paths() == place.paths()
    normal = GroupNormal(normals=(("currency", str.upper),))
    assert normal({"amount": None, "currency": "nok"}) == {"amount": None, "currency": "NOK"}
    assert normal({"amount": None, "currency": None}) == {"amount": None, "currency": None}


def test_m8_a_group_has_a_type_of_its_own() -> None:
    of = value_type("group(amount: decimal(2), kind: enum(a|b), tags: set(string))")
    assert of.canonical({"amount": 1, "kind": "a", "tags": ["x", "x"]}) == {
        "amount": "1.00",
        "kind": "a",
        "tags": ["x"],
    }
    assert of.canonical({"amount": None, "kind": None, "tags": []}) is None
    assert of.canonical(None) is None
    assert not of.is_scalar
    with pytest.raises(ValueError, match="amount, kind, tags"):
        of.canonical({"amount": 1})


def test_w8_a_flag_is_a_word_for_archived() -> None:
    flag = Flag(on="archived", off=None)
    assert (flag.get("archived", NOBODY), flag.get(None, NOBODY), flag.get(MISSING, NOBODY)) == (
        True,
        False,
        MISSING,
    )
    assert (flag.put(True, "x", NOBODY), flag.put(False, "archived", NOBODY)) == ("archived", None)
    assert (flag.put(False, "x", NOBODY), flag.put(None, "x", NOBODY), flag.put(MISSING, "x", NOBODY)) == (
        "x",
    ) * 3


def asked() -> Story:
    it = Story(system("crm"), system("erp"), system("shop")).in_sync(name="Al")
    it.sees("crm", at=20, name="Bo")
    return it


def test_g3_a_pin_is_written_where_it_is_and_holds_all_else() -> None:
    it = asked()
    for name in ("erp", "shop"):
        it.sends(name, at=21)
        it.answers(name, at=22, name="Bo")
    stamp = edit_stamp(us(30), it.golden.stamp[1], 0, "person:ann", 7)
    it.link("erp").pins[1] = Pin("Al", stamp)
    it.settles(at=31)
    assert it.dues() == {"erp": {"name": "Al"}}
    assert {h for h in it.holds() if h[2] == "conflict"} == {("erp", "name", "conflict")}
    it.sends("erp", at=32)
    it.answers("erp", at=33, name="Al")
    assert it.dues() == {}
    it.sees("erp", at=40, name="Cy")
    assert it.link("erp").pins == {}, "somebody decided otherwise"
    assert it.value("name") == "Cy"


def test_g3_a_pin_of_what_is_golden_is_none() -> None:
    it = asked()
    it.link("erp").pins[1] = Pin("Bo", Stamp(us(30), 0, 0, "person", 7))
    it.settles(at=31)
    assert (list(it.link("erp").pins), it.golden.questions) == ([1], {}), "until it stands there"
    assert it.dues()["erp"] == {"name": "Bo"}
    it.sends("erp", at=32)
    it.answers("erp", at=33, name="Bo")
    assert (it.link("erp").pins, it.golden.questions) == ({}, {})


def test_g3_k4_a_pin_of_a_mapping_that_left_the_configuration_rests() -> None:
    it = asked()
    link = it.link("erp")
    link.pins[1] = Pin("Al", Stamp(us(30), 0, 0, "person", 7))
    erp = it.model.mappings.pop("erp.Person")
    it.settles(at=31)
    assert (list(link.pins), it.golden.questions) == ([1], {})
    it.model.mappings[erp.key] = erp
    it.settles(at=32)
    assert list(it.golden.questions) == [1]


def test_g3_what_is_golden_is_put_back_beside_another_question() -> None:
    """A value that is put back stands there, also where another record keeps the property in question."""
    it = asked()
    for name in ("erp", "shop"):
        it.link(name).pins[1] = Pin({"erp": "Bo", "shop": "Al"}[name], Stamp(us(30), 0, 0, "person", 7))
    it.settles(at=31)
    assert it.dues() == {"erp": {"name": "Bo"}}
    it.sends("erp", at=32)
    it.answers("erp", at=33, name="Bo")
    assert (list(it.link("erp").pins), list(it.link("shop").pins), it.dues()) == ([], [1], {})


def test_m2_a_pick_gives_a_base_to_who_had_none() -> None:
    it = Story(system("crm"), system("erp"), of=concept(prioritised=False))
    it.sees("crm", at=10, name="Al")
    it.sees("erp", at=11, name="Bo", phone="1")
    assert it.golden.questions or it.value("name") == "Al"
    work = it.work()
    work.pick(1, "Bo", "ann")
    assert it.golden.stamp[1].record == "person:ann"
    assert it.value("name") == "Bo"


def test_w8_recreate_bars_nothing() -> None:
    it = Story(system("crm"), system("erp", create="linked"), of=concept(delete="recreate")).in_sync(
        name="Al"
    )
    it.sees("erp", at=20, gone="deleted", proven=True)
    assert (it.link("erp").life, it.link("erp").by) == ("tomb", "")
    assert it.dues() == {"+erp": {"name": "Al"}}


def test_w8_archive_is_an_edit_of_the_flag() -> None:
    of = concept(
        properties=(*concept().properties, Property(name="archived", type="boolean")),
        delete="archive",
        archived=3,
    )
    flag = row("archived", lens=Flag(on=True, off=False), property=3)
    names = ("email", "name", "phone", "archived")
    it = Story(system("crm"), system("erp", flag, properties=names), of=of)
    it.sees("crm", at=10, name="Al")
    it.sees("erp", at=10, name="Al", archived=False)
    it.sees("crm", at=20, gone="deleted", proven=True)
    assert it.dues() == {"erp": {"archived": True}}
    assert it.golden.life == "alive"
    it.settles(at=21)
    assert it.holds() == {("crm", "", "tombstoned")}
    again = Story(system("crm"), system("erp"), of=concept(delete="archive")).in_sync(name="Al")
    again.sees("crm", at=20, gone="deleted", proven=True)
    assert again.dues() == {}


@pytest.mark.parametrize(("flagged", "typed"), [(True, False), (False, False), (False, True)])
def test_w8_a_record_that_is_there_again_comes_out_of_the_archive_elsewhere(
    flagged: bool, typed: bool
) -> None:
    """Unless somebody put it there by hand meanwhile; and it is not archived itself."""
    of = concept(
        properties=(*concept().properties, Property(name="archived", type="boolean")),
        delete="archive",
        archived=3,
    )
    flag = row("archived", lens=Flag(on=True, off=False), property=3)
    names = ("email", "name", "phone", "archived")
    crm = system("crm", flag, properties=names) if flagged else system("crm")
    it = Story(crm, system("erp", flag, properties=names), of=of)
    it.sees("crm", at=10, name="Al", **({"archived": False} if flagged else {}))
    it.sees("erp", at=10, name="Al", archived=False)
    it.sees("crm", at=20, gone="deleted", proven=True)
    assert it.golden.value[3] is True
    if typed:
        it.sees("erp", at=24, name="Al", archived=True)
        it.sees("erp", at=25, name="Al", archived=False)
        it.sees("erp", at=26, name="Al", archived=True)
    it.sees("crm", at=30, how="fetch", name="Al", **({"archived": False} if flagged else {}))
    assert it.golden.value[3] is typed
    assert it.link("crm").life == "live"
    assert "crm" not in it.dues()


def test_g3_w8_a_doomed_record_that_a_person_deletes_takes_nothing_with_it() -> None:
    it = Story(system("crm"), system("erp"), of=concept(delete="propagate")).in_sync(name="Al")
    it.link("erp").doomed = True
    it.sees("erp", at=20, gone="deleted", proven=True)
    assert (it.golden.life, it.dues()) == ("alive", {})


def test_m2_a_pick_ends_pins_and_first_links() -> None:
    it = Story(
        system("crm"), system("erp"), system("shop", row("name", reads=False)), of=concept(prioritised=False)
    )
    for name, value in (("crm", "Al"), ("erp", "Bo"), ("shop", "Cy")):
        it.takes(observation(f"{name}.Person", at=10, name=value))
    it.settles(at=11)
    assert it.golden.questions == {1: "linked records differ, and nothing says whose value stays"}
    work = it.work()
    it.link("crm").pins[1] = Pin("Di", Stamp(us(90), 0, 0, "person", 7))
    del it.cluster.seen["shop.Person", "1"]
    work.pick(1, "Bo", "ann")
    assert it.golden.stamp[1] > Stamp(us(90), 0, 0, "person", 7)
    assert [event.value for event in work.events if event.kind == "loser"] == ["Al"]
    it.settles(at=12)
    assert it.dues()["crm"] == {"name": "Bo"}
    assert it.golden.questions == {}


def test_m2_a_pick_gives_no_base_to_what_says_nothing() -> None:
    it = Story(system("crm"), system("erp", row("name", value_type="integer")))
    it.sees("crm", at=10, name="Al")
    it.sees("erp", at=11, name="no number")
    it.work().pick(1, "Bo", "ann")
    assert it.shadow("erp", "name") == "?"


def test_m5_a_record_that_shows_all_it_can_is_not_written() -> None:
    one = row("name", lens=build_lens("elements", SET, paths=["name"]))
    it = Story(system("crm", row("name", value_type=SET)), system("shop", one), of=TAGS)
    it.sees("crm", at=10, name=["a", "b"])
    it.sees("shop", at=11, name="b")
    assert it.dues() == {}
    assert it.link("shop").same[1] == it.golden.stamp[1]
    assert one.lens.is_lossy


def test_g3_an_edit_keeps_a_record_whose_create_is_undone() -> None:
    it = Story(system("crm"), system("erp")).in_sync(name="Al")
    it.link("erp").doomed = True
    it.settles(at=20)
    assert it.dues() == {"-erp": {}}
    it.sees("erp", at=21, name="Bo")
    assert it.dues() == {"crm": {"name": "Bo"}}
    assert "delete_overruled" in it.happened()


def test_w8_g3_what_was_deleted_is_kept_and_made_again() -> None:
    it = Story(system("crm"), system("erp"), of=concept(delete="propagate")).in_sync(name="Al")
    it.sees("crm", at=20, gone="deleted", proven=True)
    it.sends("erp", at=21)
    it.link("erp").open.kept = {"name": "Al", "more": 1}
    it.answers("erp", at=22)
    assert it.told("deleted") == [{"name": "Al", "more": 1}]
    assert it.golden.life == "dead"
    it.golden.life, it.link("erp").kept = "alive", {"name": "Al", "more": 1}
    it.settles(at=23)
    assert it.dues() == {"+erp": {"name": "Al"}}
    it.sends("erp", at=24)
    it.answers("erp", at=25, id="2", name="Al")
    assert [link.kept for link in it.cluster.links] == [None] * 3
    assert it.golden.life == "alive"


def test_m5_s5_a_set_in_another_spelling_is_edited_in_golden_words() -> None:
    loud = row("name", value_type=SET, normal=normalisation("upper", SET))
    it = Story(system("crm", row("name", value_type=SET)), system("erp", loud), of=TAGS).in_sync(name=None)
    it.sees("crm", at=20, name=["ann", "bo"])
    it.sends("erp", at=21)
    it.answers("erp", at=22, name=["ANN", "BO"])
    it.sees("erp", at=30, name=["BO", "CY"])
    assert it.value("name") == ["CY", "bo"]
    it.sees("erp", at=40, name=None)
    assert it.value("name") is None


def test_g3_w6_what_stands_for_a_doomed_record_alone_is_created_nowhere() -> None:
    it = Story(system("crm"), system("erp"), system("shop")).in_sync(10, name="Ada", phone="1")
    for name in ("crm", "shop"):
        it.cluster.links.remove(it.link(name))
    it.link("erp").doomed = True
    it.settles(at=20)
    assert it.dues() == {"-erp": {}}
    assert it.holds() == {("crm", "", "pending"), ("shop", "", "pending")}
