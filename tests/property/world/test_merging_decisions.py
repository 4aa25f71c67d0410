"""What a person picks, undoes and chooses: it holds, it is no more than was meant, and nothing is in motion after it
(M2, M4, M6, G3, W8)."""

from typing import Any

import pytest
from hypothesis import assume, given, settings, strategies as st

from accord.core.errors import AccordError
from accord.runtime.books.explain import explain
from accord.runtime.hub import Keep
from accord.runtime.people.conflicts import StaleDecision, choose, conflicts, pick
from accord.runtime.people.undo import plan_undo, undo
from tests.unit.runtime.office import PROJECT, Office

ROW = "      - [city, city]\n"
ASK = PROJECT.replace(ROW, "      - {from: city, to: city, survivorship: ask}\n")
MATCH = "    match: [[[name, name]]]\n"
FEW = settings(max_examples=15)
CITY = st.sampled_from(["Rome", "Bonn", "Bern", None])
EDIT = st.tuples(st.sampled_from(["crm", "erp"]), CITY)


class Acme:
    """A company in two systems."""

    def __init__(self, text: str = PROJECT, **erp: Any) -> None:
        self.office = Office(text, **erp)
        self.office.crm.add("Company", name="Acme", city="Oslo")
        self.office.sync()

    def row(self, system: str) -> dict[str, Any]:
        (row,) = getattr(self.office, system).records("Company")
        return row

    def edit(self, system: str, city: str | None) -> None:
        self.office.clock.advance(2)
        getattr(self.office, system).edit("Company", str(self.row(system)["id"]), city=city)

    def delete(self, system: str) -> None:
        getattr(self.office, system).delete("Company", str(self.row(system)["id"]))

    def cities(self) -> list[Any]:
        return [self.row(system).get("city") for system in ("crm", "erp")]

    def counts(self) -> tuple[int, int]:
        return len(self.office.crm.records("Company")), len(self.office.erp.records("Company"))

    def conflicts(self) -> list:
        return self.office.run(conflicts(self.office.hub))

    def rests(self) -> None:
        """The next two runs write nothing."""
        assert not self.office.sync().outcomes()
        assert not self.office.sync().outcomes()


def deletes(policy: str) -> str:
    return PROJECT.replace(MATCH, f"{MATCH}    delete: {policy}\n")


@FEW
@given(st.lists(EDIT, min_size=2, max_size=5), st.sampled_from(["crm", "erp", "another"]))
def test_m2_a_pick_supersedes_all_claims(edits: list, winner: str) -> None:
    it = Acme(ASK)
    for edit in edits:
        it.edit(*edit)
    it.office.sync()
    for found in it.conflicts():
        chosen = "Kyiv" if winner == "another" else it.row(winner).get("city")
        if winner == "another":
            it.office.run(pick(it.office.hub, found.id, value=chosen))
        else:
            it.office.run(pick(it.office.hub, found.id, record=winner))
        it.office.sync()
        assert it.cities() == [chosen, chosen]
    assert it.conflicts() == []
    it.rests()


@FEW
@given(EDIT)
def test_m2_a_pick_on_values_that_have_moved_is_refused(edit: tuple[str, str | None]) -> None:
    it = Acme(ASK)
    it.edit("crm", "Paris")
    it.edit("erp", "Turin")
    it.office.sync()
    (found,) = it.conflicts()
    it.edit(*edit)
    it.office.sync()
    with pytest.raises(StaleDecision):
        it.office.run(pick(it.office.hub, found.id, record="erp"))


@FEW
@given(st.lists(EDIT, min_size=1, max_size=3), st.data())
def test_m2_an_edit_after_a_pick_is_no_rival_of_what_was_picked(edits: list, data: st.DataObject) -> None:
    """It was made on top of the pick, once that was written; so it flows, and nobody is asked again."""
    it = Acme(ASK)
    it.edit("crm", "Paris")
    it.edit("erp", "Turin")
    it.office.sync()
    (found,) = it.conflicts()
    it.office.run(pick(it.office.hub, found.id, record=data.draw(st.sampled_from(["crm", "erp"]))))
    it.office.sync()
    for system, city in edits:
        it.edit(system, city)
        it.office.sync()
        assert it.cities() == [city, city]
    assert it.conflicts() == []


@FEW
@given(st.lists(st.tuples(st.lists(EDIT, max_size=2), st.booleans()), min_size=1, max_size=4), st.data())
def test_g3_undo_restores_exactly_the_before_images(days: list, data: st.DataObject) -> None:
    """Of any run, at any later time: what the plan says is what happens, and nothing else moves."""
    it = Acme()
    runs = []
    for edits, full in days:
        for edit in edits:
            it.edit(*edit)
        if full:
            it.office.clock.advance(3600)
        runs.append(it.office.sync().run)
    run = data.draw(st.sampled_from(runs))
    before = it.cities()
    try:
        plan = it.office.run(plan_undo(it.office.hub, run))
    except AccordError:
        it.rests()
        return  # the run wrote nothing
    done = it.office.run(undo(it.office.hub, run))
    assert (done.restores, done.cannot) == (plan.restores, plan.cannot)
    it.office.sync()
    for at, system in enumerate(("crm", "erp")):
        backs = [r.back for r in done.restores if r.record.startswith(system)]
        assert it.cities()[at] == (backs[0] if backs else before[at])
    it.rests()
    if it.conflicts() and it.cities()[0] != it.cities()[1]:
        again = it.office.run(undo(it.office.hub, done.restores[0].record, "city"))
        assert [r.back for r in again.restores] == [done.restores[0].now]
        it.office.sync()
        assert it.cities() == before
        it.edit("crm", "Lima")
        it.office.sync()
        assert it.cities() == ["Lima", "Lima"], "nothing of the first undo is left"
        assert it.conflicts() == []
    it.rests()


@FEW
@given(CITY, CITY, st.sampled_from(["crm", "erp"]))
def test_g3_undo_leaves_what_was_edited_since(first: str | None, later: str | None, where: str) -> None:
    assume(first != later)
    it = Acme()
    it.edit("crm", first)
    run = it.office.sync().run
    it.edit(where, later)
    it.office.sync()
    was = it.cities()
    assert not it.office.run(undo(it.office.hub, run)).restores
    it.office.sync()
    assert it.cities() == was
    it.rests()


@FEW
@given(CITY.filter(bool))
def test_g3_everywhere_restores_the_origin_too_and_asks_nobody(city: str) -> None:
    it = Acme()
    it.edit("erp", city)
    run = it.office.sync().run
    it.office.run(undo(it.office.hub, run, everywhere=True))
    it.office.sync()
    assert it.cities() == ["Oslo", "Oslo"]
    assert it.conflicts() == []
    it.rests()


@pytest.mark.parametrize("edited", [False, True])
def test_g3_undo_of_a_create_deletes_unless_somebody_works_on_it(edited: bool) -> None:
    it = Acme()
    run = next(e.run for e in it.office.run(_history(it)) if e.kind == "created")
    it.office.run(undo(it.office.hub, run))
    if edited:
        it.edit("erp", "Bonn")
    it.office.sync()
    assert it.counts() == ((1, 1) if edited else (1, 0))
    it.rests()
    assert it.counts() == ((1, 1) if edited else (1, 0))


async def _history(it: Acme) -> list:
    async with it.office.store.transaction(dry=True) as tx:
        return await tx.history()


@pytest.mark.parametrize("everywhere", [False, True])
def test_w8_g3_undo_of_a_delete_makes_it_again_whole(everywhere: bool) -> None:
    it = Acme(deletes("propagate"))
    it.office.erp.edit("Company", str(it.row("erp")["id"]), ours="not mapped")
    it.office.sync()
    old = it.row("erp")["id"]
    it.delete("crm")
    run = it.office.sync().run
    assert it.counts() == (0, 0)
    it.office.run(undo(it.office.hub, run, everywhere=everywhere))
    it.office.sync()
    assert it.counts() == ((1, 1) if everywhere else (0, 1))
    assert (it.row("erp")["city"], it.row("erp")["ours"]) == ("Oslo", "not mapped")
    assert it.row("erp")["id"] != old
    it.rests()


@pytest.mark.parametrize("ruling", ["recreate", "delete", "leave"])
@pytest.mark.parametrize("where", ["crm", "erp"])
def test_w8_a_person_rules_on_a_delete_against_an_edit(ruling: Any, where: str) -> None:
    it = Acme(deletes("propagate"))
    other = "erp" if where == "crm" else "crm"
    it.delete(where)
    it.edit(other, "Bonn")
    it.office.sync()
    assert sum(it.counts()) == 1, "the edited record stays, and nothing is made again by itself"
    it.rests()
    (found,) = it.conflicts()
    it.office.run(choose(it.office.hub, found.id, ruling))
    it.office.sync()
    assert sum(it.counts()) == {"recreate": 2, "delete": 0, "leave": 1}[ruling]
    assert it.conflicts() == []
    with pytest.raises(StaleDecision):
        it.office.run(choose(it.office.hub, found.id, "leave"))
    it.rests()


@FEW
@given(st.lists(st.sampled_from(["crm", "erp"]), min_size=1, max_size=3))
def test_w8_recreate_makes_it_again_once_for_each_delete(deleted: list[str]) -> None:
    it = Acme(deletes("recreate"))
    for where in deleted:
        it.delete(where)
        it.office.sync()
        assert it.cities() == ["Oslo", "Oslo"]
        it.rests()


ARCHIVE = {"archive": {"property": "ours", "value": "archived", "otherwise": None}}


@FEW
@given(st.lists(st.sampled_from(["archived", None]), max_size=3))
def test_w8_archive_sets_the_flag_once_and_follows_it(flags: list[str | None]) -> None:
    """A delete in the CRM archives in the ERP; people may take it out of the archive there, and it stays so."""
    it = Acme(deletes("archive"), **ARCHIVE)
    assert it.row("erp").get("ours") is None
    it.delete("crm")
    it.office.sync()
    assert (it.counts(), it.row("erp")["ours"]) == ((0, 1), "archived")
    it.rests()
    for flag in flags:
        it.office.clock.advance(2)
        it.office.erp.edit("Company", str(it.row("erp")["id"]), ours=flag)
        it.rests()
        assert it.row("erp").get("ours") == flag
    assert it.counts() == (0, 1)
    assert it.conflicts() == []


@pytest.mark.parametrize("first_link", ["keep", "ask"])
@pytest.mark.parametrize("winner", ["crm", "erp"])
def test_m6_a_pick_ends_a_first_link_that_nothing_decides(first_link: str, winner: str) -> None:
    """Who does not hold what was picked is written, and what stood there is in the history (M4)."""
    text = PROJECT.replace(", priority: 2", "").replace(", priority: 1", "")
    office = Office(text.replace(MATCH, f"{MATCH}    first_link: {first_link}\n"))
    cities = {"crm": "Oslo", "erp": "Bonn"}
    office.crm.add("Company", name="Acme", city=cities["crm"])
    office.erp.add("Company", name="Acme", city=cities["erp"])
    office.sync()
    assert (office.crm.values("Company", "city"), office.erp.values("Company", "city")) == (
        ["Oslo"],
        ["Bonn"],
    )
    (found,) = office.run(conflicts(office.hub))
    office.run(pick(office.hub, found.id, record=winner))
    office.sync()
    assert office.crm.values("Company", "city") == office.erp.values("Company", "city") == [cities[winner]]
    assert office.run(conflicts(office.hub)) == []
    assert not office.sync().outcomes()


@pytest.mark.parametrize(("days", "passed"), [(10, 0), (10, 9), (10, 20), (30, 29), (30, 31)])
def test_m4_history_is_kept_as_long_as_undo_promises_and_what_was_deleted_for_undelete_days(
    days: int, passed: int
) -> None:
    """Within `history_days` a run can be undone; within `undelete_days` a delete comes back whole."""
    it = Acme(deletes("propagate"))
    it.office.erp.edit("Company", str(it.row("erp")["id"]), ours="not mapped")
    it.office.sync()
    record = f"erp.Company/{it.row('erp')['id']}"
    it.delete("crm")
    run = it.office.sync().run
    it.office.hub.keep = Keep(history_days=30, undelete_days=days)
    it.office.clock.advance(passed * 86_400 + 10)
    it.office.sync()
    if passed >= 30:
        assert it.office.run(explain(it.office.hub, record)).pruned_us is not None
        with pytest.raises(AccordError, match="wrote nothing"):
            it.office.run(plan_undo(it.office.hub, run))
        return
    (back,) = it.office.run(undo(it.office.hub, run)).restores
    it.office.sync()
    whole = passed < days
    assert it.row("erp").get("ours") == ("not mapped" if whole else None)
    assert bool(back.note) != whole


def test_w13_g3_what_was_entered_anew_is_not_made_again_beside_it() -> None:
    """A person deleted a company and entered it once more: undoing the delete creates no second one."""
    it = Acme(deletes("propagate"))
    it.delete("crm")
    run = it.office.sync().run
    it.office.crm.add("Company", name="Acme", city="Bonn")
    it.office.sync()
    assert it.counts() == (1, 1)
    it.office.run(undo(it.office.hub, run))
    it.office.sync()
    assert it.counts() == (1, 1)
    it.rests()
