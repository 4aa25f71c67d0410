"""What people decide about identity beats every rule, holds for ever, and nothing is lost by it (L3, L6, L8, W5)."""

from itertools import combinations

import pytest
from hypothesis import given, settings, strategies as st

from accord.core.decisions import groups_of
from accord.runtime.books.explain import explain, history
from accord.runtime.books.status import status
from accord.runtime.people.decide import Contradiction, Verdict, part_records, withdraw
from tests.property.world.deciding import FAMILY, PARTIES, TYPES, Desk, add_party

RECORDS = [f"{mapping}/1" for mapping in TYPES]
Said = dict[frozenset[str], str]

verdicts = st.builds(
    lambda pair, verdict: Verdict(*pair, verdict),
    st.sampled_from(list(combinations(RECORDS, 2))),
    st.sampled_from(["same", "different"]),
)
keys = st.lists(st.sampled_from(["", "k", "l"]), min_size=4, max_size=4)


def said(verdicts: list[Verdict]) -> Said:
    """The newest of each pair."""
    return {frozenset(each[:2]): each.verdict for each in verdicts}


def pairs(of: Said, verdict: str) -> list[tuple[str, str]]:
    return [(min(pair), max(pair)) for pair, what in of.items() if what == verdict]


def groups(of: Said) -> set[frozenset[str]]:
    """What should be linked together, by decisions alone."""
    tied = {frozenset(group) for group in groups_of(pairs(of, "same"))}
    return tied | {frozenset({key}) for key in RECORDS if not any(key in group for group in tied)}


def is_consistent(of: Said) -> bool:
    return not any({a, b} <= group for a, b in pairs(of, "different") for group in groups(of))


def add_parties(desk: Desk, keys: list[str]) -> None:
    """One record in each entity type."""
    for at, (mapping, key) in enumerate(zip(TYPES, keys, strict=True)):
        add_party(desk, mapping, f"name {at}", key)


@settings(max_examples=25)
@given(st.lists(verdicts, min_size=1, max_size=7))
def test_l6_a_contradiction_is_refused_and_nothing_else_is(wanted: list[Verdict]) -> None:
    """The newest decision of a pair counts; one that contradicts those of other pairs leaves everything as it was."""
    desk, so_far = Desk(PARTIES), Said()
    for verdict in wanted:
        trial = so_far | said([verdict])
        if is_consistent(trial):
            desk.say(verdict)
            so_far = trial
        else:
            with pytest.raises(Contradiction, match="accord links withdraw"):
                desk.say(verdict)
    add_parties(desk, [""] * 4)
    desk.sync()
    assert desk.parts("party") == groups(so_far)


@settings(max_examples=25)
@given(st.lists(verdicts, max_size=5), keys, st.lists(st.booleans(), min_size=5, max_size=5))
def test_l6_refused_pairs_are_never_one_thing(
    wanted: list[Verdict], keys: list[str], runs: list[bool]
) -> None:
    """Whatever the match rules say, and whenever it was said; and what is the same is one thing in the end."""
    desk, so_far = Desk(PARTIES), Said()
    add_parties(desk, keys)
    for verdict, run in zip(wanted, runs, strict=False):
        if run:
            desk.sync()
        try:
            desk.say(verdict)
        except Contradiction:
            continue
        so_far |= said([verdict])
    desk.sync()
    desk.sync()
    parts = desk.parts("party")
    assert not any({a, b} <= group for a, b in pairs(so_far, "different") for group in parts)
    assert all(any({a, b} <= group for group in parts) for a, b in pairs(so_far, "same"))
    assert {key for group in parts for key in group} <= set(RECORDS)
    assert sum(map(len, parts)) == len({key for group in parts for key in group})


@settings(max_examples=25)
@given(st.data())
def test_l6_order_decides_nothing(data: st.DataObject) -> None:
    """Decisions and observations in any order, with runs between them: the same records are one thing."""
    wanted = data.draw(st.lists(verdicts, max_size=4, unique_by=lambda v: v[:2]))
    if not is_consistent(said(wanted)):
        wanted = [each for each in wanted if each.verdict == "same"]
    key = data.draw(st.sampled_from(["", "own "]))
    desk = Desk(PARTIES)
    for step in data.draw(st.permutations([*TYPES, *wanted])):
        if isinstance(step, str):
            add_party(desk, step, "x", key and key + step)
        else:
            desk.say(step)
        if data.draw(st.booleans()):
            desk.sync()
    desk.sync()
    assert desk.parts("party") == groups(said(wanted))


@settings(max_examples=25)
@given(st.permutations(RECORDS), st.integers(1, 3))
def test_l6_merge_then_split_gives_back_the_parts(order: list[str], at: int) -> None:
    """And the ids that golden records had; the alias leads to the one that stays meanwhile (W5)."""
    desk = Desk(PARTIES)
    add_parties(desk, [""] * 4)
    for group in (order[:at], order[at:]):
        desk.same(*group)
    desk.sync()
    before, ids = desk.parts("party"), {each.golden.id for each in desk.clusters("party")}
    desk.same(order[0], order[-1])
    desk.sync()
    assert desk.parts("party") == {frozenset(RECORDS)}
    (one,) = [each.golden.id for each in desk.clusters("party")]
    assert desk.run(status(desk.hub)).golden["party"] == 1  # an alias is no golden record (G4)
    assert {desk.run(explain(desk.hub, id_)).golden for id_ in ids} == {one}
    desk.run(withdraw(desk.hub, [(order[0], order[-1])]))
    desk.run(part_records(desk.hub, order[:at]))
    desk.sync()
    assert desk.parts("party") == before
    assert {each.golden.id for each in desk.clusters("party") if each.golden.life == "alive"} == ids
    assert desk.sync().idle


def test_l6_what_is_the_same_is_refused_together() -> None:
    """A rule linked two; others are said to be the one and not the other: so these two are parted."""
    desk = Desk(PARTIES)
    add_parties(desk, ["", "", "k", "k"])
    desk.sync()
    a, b, c, d = RECORDS
    assert frozenset({c, d}) in desk.parts("party")
    desk.same(a, d, b)
    desk.different(b, c)
    desk.sync()
    assert desk.parts("party") == {frozenset({a, b, d}), frozenset({c})}
    assert not desk.reviews()


def test_l6_a_decision_can_be_taken_back() -> None:
    """Match rules decide again about the pair; both are in the history."""
    desk = Desk(PARTIES)
    add_parties(desk, ["k", "k", "", ""])
    a, b, *_ = RECORDS
    desk.different(a, b)
    desk.sync()
    assert not desk.reviews()
    assert desk.parts("party") == groups({})
    desk.run(withdraw(desk.hub, [(b, a)]))
    desk.sync()
    assert [review.kind for review in desk.reviews()] == ["merge"]
    kinds = [event.kind for event in desk.run(history(desk.hub, a))]
    assert kinds.index("decided different") < kinds.index("decided withdrawn")


def test_l6_a_merge_of_several_records_of_one_type_is_refused() -> None:
    """With the remedy; and nothing of it is kept."""
    desk = Desk(PARTIES)
    a = add_party(desk, "crm.Person", "Ann", "")
    b = add_party(desk, "crm.Person", "Anne", "")
    c = add_party(desk, "erp.Person", "Anna", "")
    desk.sync()
    desk.same(a, c)
    with pytest.raises(Contradiction, match="duplicates: link"):
        desk.same(b, c)
    desk.sync()
    assert desk.parts("party") == {frozenset({a, c}), frozenset({b})}


@given(st.booleans())
def test_l3_duplicates_may_be_linked_and_kept_alike(decided: bool) -> None:
    """Where the concept says so, by a rule or by a person; and clearing one away deletes nothing else."""
    text = PARTIES.replace(
        "match:", "duplicates: link\n    first_link: latest\n    delete: propagate\n    match:"
    )
    desk = Desk(text)
    key = "" if decided else "k"
    group = [
        add_party(desk, mapping, "Ann", key)
        for mapping in ("crm.Person", "crm.Person", "erp.Person")
        if not desk.run(desk.clock.sleep(1))
    ]
    if decided:
        desk.same(*group)
    desk.sync()
    assert desk.parts("party") == {frozenset(group)}
    desk.run(desk.clock.sleep(5))
    desk.crm.edit("Person", "2", name="Anne")
    desk.sync()
    assert desk.crm.values("Person", "name") == ["Anne", "Anne"]
    assert desk.erp.values("Person", "name") == ["Anne"]
    desk.crm.delete("Person", "1")
    desk.sync()
    assert desk.parts("party") == {frozenset(group[1:])}


def test_w5_references_follow_a_merge_and_nothing_echoes() -> None:
    """Two companies turn out to be one: who works there is carried to the system that did not have it, once."""
    desk = Desk(FAMILY)
    acme, inc = desk.crm.add("Company", name="Acme"), desk.erp.add("Company", name="Acme Inc")
    desk.crm.add("Person", name="Ann", email="ann@x.no", company=int(acme))
    desk.erp.add("Person", name="Bo", email="bo@x.no", company=int(inc))
    desk.sync()
    assert desk.erp.values("Person", "company") == sorted([inc, "None"])
    desk.same(f"crm.Company/{acme}", f"erp.Company/{inc}")
    assert desk.sent() == {"update crm.Person": 1, "update erp.Company": 1, "update erp.Person": 1}
    assert desk.erp.values("Person", "company") == [inc, inc]
    assert desk.crm.values("Person", "company") == [acme, acme]
    assert desk.sync().idle
    (company,) = desk.clusters("company")
    assert {each.golden.value[2] for each in desk.clusters("person")} == {company.golden.id}


def test_w5_references_follow_a_split() -> None:
    """Whoever referred to the record that leaves refers to its own golden record from then on."""
    desk = Desk(FAMILY)
    acme, inc = desk.crm.add("Company", name="Acme"), desk.erp.add("Company", name="Acme")
    desk.crm.add("Person", name="Ann", email="ann@x.no", company=int(acme))
    desk.erp.add("Person", name="Bo", email="bo@x.no", company=int(inc))
    desk.sync()
    assert desk.erp.values("Person", "company") == [inc, inc]
    desk.different(f"crm.Company/{acme}", f"erp.Company/{inc}")
    desk.sync()
    assert desk.parts("company") == {frozenset({f"crm.Company/{acme}"}), frozenset({f"erp.Company/{inc}"})}
    of = {
        f"{k.mapping}/{k.id}": each.golden.id for each in desk.clusters("company") for k in each.links if k.id
    }
    people = {each.golden.value[0]: each.golden.value[2] for each in desk.clusters("person")}
    assert people == {"Ann": of[f"crm.Company/{acme}"], "Bo": of[f"erp.Company/{inc}"]}
    assert desk.sync().idle


@pytest.mark.parametrize("restore", [False, True])
@pytest.mark.parametrize("edited", [False, True])
def test_l8_undoing_a_link_restores_what_it_had_written(restore: bool, edited: bool) -> None:
    """Where that still stands, in both; what somebody typed into a record afterwards stays there."""
    desk = Desk(PARTIES)
    a = add_party(desk, "crm.Person", "Bobby", "")
    desk.sync()
    b = add_party(desk, "erp.Person", "Bob", "b@x.no")
    desk.sync()
    desk.same(a, b)
    desk.sync()
    assert desk.erp.values("Person", "name") == ["Bobby"]
    assert desk.crm.values("Person", "email") == ["b@x.no"]
    if edited:
        desk.run(desk.clock.sleep(60))
        desk.erp.edit("Person", "1", name="Rob")
        desk.sync()
        assert desk.crm.values("Person", "name") == ["Rob"]
    desk.run(withdraw(desk.hub, [(a, b)]))
    desk.run(part_records(desk.hub, [b], restore=restore))
    desk.sync()
    assert desk.parts("party") == {frozenset({a}), frozenset({b})}
    names = [*desk.crm.values("Person", "name"), *desk.erp.values("Person", "name")]
    mails = [*desk.crm.values("Person", "email"), *desk.erp.values("Person", "email")]
    if not restore:
        assert names == (["Rob", "Rob"] if edited else ["Bobby", "Bobby"])
        assert mails == ["b@x.no", "b@x.no"]
    else:
        assert names == (["Bobby", "Rob"] if edited else ["Bobby", "Bob"])
        assert mails == ["None", "b@x.no"]
    assert desk.sync().idle


def test_l8_what_somebody_typed_since_is_what_comes_back() -> None:
    """Not what the record held before it was linked."""
    desk = Desk(PARTIES)
    a = add_party(desk, "crm.Person", "Bobby", "")
    desk.sync()
    b = add_party(desk, "erp.Person", "Bob", "")
    desk.same(a, b)
    desk.sync()
    for system, name in ((desk.erp, "Rob"), (desk.crm, "Ray")):
        desk.run(desk.clock.sleep(60))
        system.edit("Person", "1", name=name)
        desk.sync()
    desk.run(withdraw(desk.hub, [(a, b)]))
    desk.run(part_records(desk.hub, [b], restore=True))
    desk.sync()
    assert (desk.crm.values("Person", "name"), desk.erp.values("Person", "name")) == (["Ray"], ["Rob"])


def test_l8_what_was_never_written_does_not_flow_after_a_split() -> None:
    """A value of the record that leaves is no value of those that stay, unless they hold it."""
    desk = Desk(PARTIES)
    a, b = add_party(desk, "crm.Person", "Ann", ""), add_party(desk, "erp.Person", "Ann", "")
    desk.same(a, b)
    desk.sync()
    desk.run(desk.clock.sleep(60))
    desk.erp.edit("Person", "1", name="Eva")
    desk.run(withdraw(desk.hub, [(a, b)]))
    desk.different(a, b)
    desk.sync()
    assert (desk.crm.values("Person", "name"), desk.erp.values("Person", "name")) == (["Ann"], ["Eva"])


def test_s10_records_that_their_system_merged_join_by_a_decision() -> None:
    """Both were linked, so that a person looks; the decision merges their golden records and closes the review."""
    desk = Desk(PARTIES, successor="went_into")
    a, b = add_party(desk, "erp.Person", "Ann", ""), add_party(desk, "erp.Person", "Anne", "")
    c, d = add_party(desk, "crm.Person", "Ann", ""), add_party(desk, "crm.Company", "Anne", "")
    desk.same(a, c)
    desk.same(b, d)
    desk.sync()
    assert desk.erp.model.person_merge("Person", "1", "2").ok
    desk.sync()
    (review,) = desk.reviews("merge")
    assert set(review.members) == {a, b}
    desk.same(a, b)
    desk.sync()
    assert desk.parts("party") == {frozenset({b, c, d})}
    assert not desk.reviews()
    assert desk.sync().idle


def test_l8_a_changed_key_unlinks_nothing_and_is_proposed() -> None:
    """Matching never stops: who bears the key of another golden record now is shown to a person."""
    desk = Desk(PARTIES)
    a, b = add_party(desk, "crm.Person", "Ann", "k"), add_party(desk, "erp.Person", "Ann", "k")
    c = add_party(desk, "crm.Company", "Bo", "m")
    desk.sync()
    desk.run(desk.clock.sleep(60))
    desk.crm.edit("Person", "1", email="m")
    desk.sync()
    assert desk.parts("party") == {frozenset({a, b}), frozenset({c})}
    (review,) = desk.reviews("merge")
    assert c in review.members
    desk.same(a, c)
    desk.sync()
    assert desk.parts("party") == {frozenset({a, b, c})}
    assert not desk.reviews()


def test_k3_a_changed_match_rule_unlinks_nothing_and_asks() -> None:
    """What it finds between linked records goes to review; and what only the old rule joined stays together."""
    desk = Desk(PARTIES)
    a, b = add_party(desk, "crm.Person", "Ann", "k"), add_party(desk, "erp.Person", "Eva", "k")
    c = add_party(desk, "crm.Company", "Ann", "m")
    desk.sync()
    assert desk.parts("party") == {frozenset({a, b}), frozenset({c})}
    desk.configure(PARTIES.replace("properties: [key]", "properties: [name]"))
    desk.sync()
    assert desk.parts("party") == {frozenset({a, b}), frozenset({c})}
    assert [set(review.members) >= {a, c} for review in desk.reviews()] == [True]


ALIKE = PARTIES.replace(
    "{properties: [key]}", "{properties: [key], similar: {properties: [name], propose: 0.85%s}}"
)


@given(st.permutations(["Anna Berg", "Berg, Anne", "Anna Bergh"]), st.sampled_from(["", ", link: 0.99"]))
def test_l7_near_matches_only_propose(names: list[str], link: str) -> None:
    """A person is asked; nothing is linked, whatever the order, below the likeness that the concept sets."""
    desk = Desk(ALIKE.replace("%s", link))
    group = {add_party(desk, mapping, name, "0150") for mapping, name in zip(TYPES, names, strict=False)}
    other = add_party(desk, "erp.Company", "Cecilie Dahl", "0150")
    desk.sync()
    assert desk.parts("party") == {frozenset({key}) for key in (*group, other)}
    (review,) = desk.reviews()
    assert set(review.members) == group
    desk.same(*group)
    desk.sync()
    assert desk.parts("party") == {frozenset(group), frozenset({other})}
    assert not desk.reviews()


def test_l7_a_concept_may_link_by_likeness() -> None:
    """Above its threshold; and who bears another key is not compared at all."""
    desk = Desk(ALIKE.replace("%s", ", link: 0.95"))
    a, b = (
        add_party(desk, "crm.Person", "Anna Berg", "0150"),
        add_party(desk, "erp.Person", "Berg Anna", "0150"),
    )
    c = add_party(desk, "crm.Company", "Anna Berg", "0151")
    desk.sync()
    assert desk.parts("party") == {frozenset({a, b}), frozenset({c})}


def test_l6_l7_a_refused_near_match_is_proposed_no_more() -> None:
    """Neither at once nor when one of them is edited; and what waited for the answer is created."""
    created = ALIKE.replace("%s", "").replace(
        "Person: {concept: party, create: linked", "Person: {concept: party"
    )
    desk = Desk(created)
    a, b = (
        add_party(desk, "crm.Person", "Anna Berg", "0150"),
        add_party(desk, "erp.Person", "Anne Berg", "0150"),
    )
    desk.sync()
    assert (desk.crm.values("Person", "name"), desk.erp.values("Person", "name")) == (
        ["Anna Berg"],
        ["Anne Berg"],
    )
    desk.different(a, b)
    desk.sync()
    desk.run(desk.clock.sleep(60))
    desk.crm.edit("Person", "1", name="Anna  Berg")
    desk.sync()
    assert not desk.reviews()
    assert len(desk.crm.records("Person")) == len(desk.erp.records("Person")) == 2


def test_w3_after_a_split_each_is_created_where_it_is_not() -> None:
    """Under a new key: the system does not answer with the record that an earlier create made."""
    desk = Desk(FAMILY)
    desk.crm.add("Person", name="Ann", email="ann@x.no")
    desk.sync()
    assert desk.parts("person") == {frozenset({"crm.Person/1", "erp.Person/1"})}
    desk.different("crm.Person/1", "erp.Person/1")
    assert desk.sent() == {"create crm.Person": 1, "create erp.Person": 1}
    assert desk.parts("person") == {
        frozenset({"crm.Person/1", "erp.Person/2"}),
        frozenset({"crm.Person/2", "erp.Person/1"}),
    }
    assert desk.sync().idle


@pytest.mark.parametrize("taken", [False, True])
def test_l11_a_record_that_changes_its_type_keeps_its_golden_record(taken: bool) -> None:
    """A lead becomes a contact: what was linked to the one is linked to the other, and no lead is made again."""
    text = PARTIES.replace("erp.Company: {concept: party, create: linked", "erp.Company: {concept: party")
    desk = Desk(text, successor="went_into", successor_type="Person")
    lead, crm = add_party(desk, "erp.Company", "Ann", ""), add_party(desk, "crm.Person", "Ann", "")
    desk.same(lead, crm)
    if taken:
        desk.same(crm, add_party(desk, "erp.Person", "Ann", ""))
    desk.sync()
    (golden,) = [each.golden.id for each in desk.clusters("party")]
    contact = add_party(desk, "erp.Person", "Ann", "new")
    assert desk.erp.model.person_convert("Company", "1", contact.partition("/")[2]).ok
    desk.sync()
    if taken:
        assert frozenset({crm, "erp.Person/1"}) in desk.parts("party")
        return
    assert desk.parts("party") == {frozenset({crm, contact})}
    assert [each.golden.id for each in desk.clusters("party") if each.golden.life == "alive"] == [golden]
    desk.run(desk.clock.sleep(60))
    desk.crm.edit("Person", "1", name="Anna")
    desk.sync()
    assert desk.erp.values("Person", "name") == ["Anna"]
    assert not desk.erp.records("Company")
    assert desk.sync().idle


def test_l11_s10_a_record_that_became_one_that_is_linked_is_a_question() -> None:
    """Two golden records, as their system says, are one: a person looks."""
    desk = Desk(PARTIES, successor="went_into", successor_type="Person")
    lead, crm = add_party(desk, "erp.Company", "Ann", ""), add_party(desk, "crm.Person", "Ann", "")
    contact = add_party(desk, "erp.Person", "Anne", "")
    desk.same(lead, crm)
    desk.sync()
    assert desk.erp.model.person_convert("Company", "1", "1").ok
    desk.sync()
    (review,) = desk.reviews("merge")
    assert set(review.members) == {lead, contact}
    desk.same(lead, contact)
    desk.sync()
    assert desk.parts("party") == {frozenset({crm, contact})}
    assert not desk.reviews()
