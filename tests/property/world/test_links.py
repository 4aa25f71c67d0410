"""Links as a file, and answers to reviews (L3, L6, W3)."""

import asyncio
import json
from contextlib import suppress

import pytest
from hypothesis import given, settings, strategies as st

from accord.core.errors import AccordError
from accord.runtime.people.conflicts import StaleDecision
from accord.runtime.people.decide import Contradiction, Verdict, decide
from accord.runtime.people.links import all_decisions, export_links, import_links
from accord.runtime.people.review import answer, effect_of, review, reviews, verdicts_of
from accord.store import MemoryStore
from accord.testing.system_model import Quirks
from tests.property.world.deciding import FAMILY, PARTIES, TYPES, Desk, add_party

NO_RULES = PARTIES.replace("    match: [{properties: [key]}]\n", "")


def exported(desk: Desk) -> list[str]:
    async def lines() -> list[str]:
        return [line async for line in export_links(desk.hub)]

    return asyncio.run(lines())


def groups_in(lines: list[str]) -> set[tuple[str, ...]]:
    return {tuple(line["records"]) for line in map(json.loads, lines) if line["kind"] == "golden"}


@settings(max_examples=25)
@given(st.lists(st.sampled_from(["", "k", "l"]), min_size=4, max_size=4), st.booleans())
def test_l6_links_and_decisions_go_to_another_store(keys: list[str], empty: bool) -> None:
    """They link there without any match rule, also before anything was read; what was refused stays refused."""
    desk = Desk(PARTIES)
    for mapping, key in zip(TYPES, keys, strict=True):
        add_party(desk, mapping, "Ann", key)
    desk.sync()
    try:
        desk.same("crm.Person/1", "erp.Company/1")
    except Contradiction:
        desk.say(Verdict("crm.Company/1", "erp.Person/1", "same"))
    with suppress(Contradiction):
        desk.different("crm.Person/1", "erp.Person/1")
    desk.sync()
    before, lines = desk.parts("party"), exported(desk)
    other = Desk(NO_RULES)
    other.crm, other.erp = desk.crm, desk.erp
    other.configure(NO_RULES)
    if not empty:
        other.sync()
    other.run(import_links(other.hub, lines, "links.jsonl"))
    other.sync()
    assert other.parts("party") == before
    told = {(d.a, d.b) for d in other.run(all_decisions(other.hub)) if d.verdict == "different"}
    assert told == {(d.a, d.b) for d in desk.run(all_decisions(desk.hub)) if d.verdict == "different"}
    assert groups_in(exported(other)) == groups_in(lines)


def test_l6_an_import_that_does_not_fit_keeps_nothing_and_names_the_line() -> None:
    desk = Desk(PARTIES)
    a, b = (add_party(desk, mapping, "Ann", "") for mapping in TYPES[:2])
    desk.sync()
    desk.same(a, b)
    desk.sync()
    header, *rest = exported(desk)
    different = json.dumps(
        {"kind": "decision", "concept": "party", "a": a, "b": b, "verdict": "different", "at_us": 0}
    )
    strange = json.dumps({"kind": "golden", "golden": "g", "concept": "party", "records": ["hr.Staff/1", a]})
    double = json.dumps({"kind": "golden", "golden": "g", "concept": "party", "records": [a, "crm.Person/2"]})
    for lines, said in (
        ([header, "{"], "links:2: this is no line"),
        ([header, '{"kind": "golden"}'], "links:2: this is no line"),
        ([header, header], "links:2: a second header"),
        (rest, "links:1: the first line is no header"),
        ([], "links is empty"),
        ([header.replace('"format":1', '"format":9')], "links:1: format 9"),
        ([header, "", strange], "links:3: hr.Staff/1 names no entity type"),
        ([header, double], "links:2: 2 records, several of one entity type"),
        ([header, different.replace("different", "alike")], "links:2: there is no verdict alike"),
    ):
        with pytest.raises(AccordError, match=said):
            desk.run(import_links(desk.hub, lines, "links"))
    older = desk.run(import_links(desk.hub, [header, different], "links"))
    assert (older.newer, older.decisions) == (1, 0)
    newer = different.replace('"at_us": 0', f'"at_us": {9 * 10**18}')
    dry = desk.run(import_links(desk.hub, [header, newer], "links", dry=True))
    assert dry.decisions == 1
    assert [d.verdict for d in desk.run(all_decisions(desk.hub))] == ["same"]


def test_l3_an_answer_is_refused_when_a_record_has_changed() -> None:
    """Whoever decides has seen what is decided about; and the answer does what was foretold."""
    desk = Desk(PARTIES.replace("match:", "first_link: latest\n    match:"))
    a, c = add_party(desk, "crm.Person", "Ann", "k"), add_party(desk, "erp.Person", "Anne", "k")
    b = add_party(desk, "crm.Person", "Eva", "k")
    desk.sync()
    (shown,) = desk.run(reviews(desk.hub))
    assert {each.record for each in shown.candidates} == {a, b, c}
    assert (shown.matching, shown.differing) == (["key"], ["name"])
    desk.crm.edit("Person", "1", name="Anna")
    desk.sync()
    with pytest.raises(StaleDecision, match="Look again"):
        desk.run(answer(desk.hub, shown.id, "link", [a, c]))
    shown = desk.run(review(desk.hub, shown.id[:6]))
    for what, records in (("split", [a]), ("link", ["crm.Person/9"])):
        with pytest.raises(AccordError):
            desk.run(answer(desk.hub, shown.id, what, records))
    effect = desk.run(effect_of(desk.hub, desk.run(verdicts_of(desk.hub, shown, "link", [a, c]))))
    assert effect.together == [[a, c]]
    assert [(each.kind, each.record, each.then) for each in effect.writes] == [
        ("update", c, {"name": "Anna"})
    ]
    desk.run(answer(desk.hub, shown.id, "link", [a, c], by="ann"))
    with pytest.raises(StaleDecision):
        desk.run(answer(desk.hub, shown.id, "refuse"))
    (again,) = desk.run(reviews(desk.hub))
    assert [(each.a, each.b, each.verdict) for each in again.decided] == [(a, c, "same")]
    wanted = desk.run(verdicts_of(desk.hub, again, "refuse", []))
    assert {frozenset(each[:2]) for each in wanted} == {frozenset({a, b}), frozenset({b, c})}
    assert desk.sent() == {"update erp.Person": 1}
    (shown,) = desk.run(reviews(desk.hub))
    desk.run(answer(desk.hub, shown.id, "refuse", [b]))
    desk.sync()
    assert desk.parts("party") == {frozenset({a, c}), frozenset({b})}
    with pytest.raises(AccordError, match="no review"):
        desk.run(review(desk.hub, shown.id))


@pytest.mark.parametrize("made", [True, False])
def test_w3_a_person_tells_what_became_of_a_create(made: bool) -> None:
    """Where nobody else can: it made this record, which is linked with what was sent; or none, and it is made again."""
    desk = Desk(FAMILY, idempotency=None, search=None, our_id=None)
    desk.sync()
    desk.crm.add("Person", name="Ann", email="ann@x.no")
    quirks = Quirks(lost_after=1.0) if made else Quirks(lost_before=1.0)
    desk.erp.model.quirks["Person"] = quirks
    desk.sync()
    desk.erp.model.quirks["Person"] = Quirks()
    desk.run(desk.clock.sleep(120))
    desk.sync()
    (shown,) = desk.run(reviews(desk.hub))
    assert [each.record for each in shown.candidates] == ["erp.Person/1"] * made
    assert (shown.kind, shown.answers) == ("create", ["made", "not-made"])
    if made:
        with pytest.raises(AccordError, match="names one record"):
            desk.run(answer(desk.hub, shown.id, "made"))
        desk.run(answer(desk.hub, shown.id, "made", ["erp.Person/1"]))
    else:
        desk.run(answer(desk.hub, shown.id, "not-made"))
    desk.sync()
    assert desk.erp.values("Person", "name") == ["Ann"]
    assert desk.parts("person") == {frozenset({"crm.Person/1", "erp.Person/1"})}
    assert not desk.run(reviews(desk.hub))
    assert desk.sync().idle
    with pytest.raises(AccordError, match="not any more"):
        desk.run(answer(desk.hub, shown.id, "not-made"))


def test_l6_all_or_nothing() -> None:
    """Of several decisions none is kept where one contradicts."""
    desk = Desk(PARTIES)
    a, b, c, d = (add_party(desk, mapping, "Ann", "") for mapping in TYPES)
    desk.sync()
    wrong = [Verdict(a, b, "same"), Verdict(b, c, "same"), Verdict(a, c, "different")]
    with pytest.raises(Contradiction) as raised:
        desk.run(decide(desk.hub, wrong))
    assert set(raised.value.chain) == {a, b, c}
    assert not desk.run(all_decisions(desk.hub))
    for one, other in ((a, a), (a, "crm.Person/77"), (a, "hr.Staff/1")):
        with pytest.raises(AccordError):
            desk.run(decide(desk.hub, [Verdict(one, other, "same")]))
    assert d
    assert isinstance(desk.store, MemoryStore)
