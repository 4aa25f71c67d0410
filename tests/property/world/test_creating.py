"""Laws of what is created where, and of facets, on two systems in memory (W5, W6, W7, W12, K5, L9)."""

from typing import Any

import pytest
from hypothesis import Phase, given, settings, strategies as st

from accord.core.observation import Outcome
from accord.runtime.books.explain import explain
from accord.runtime.people.undo import undo
from tests.unit.runtime.creating import project
from tests.unit.runtime.faceted import EXCLUSIVE, Faceted
from tests.unit.runtime.office import Office

few = settings(max_examples=12, deadline=None, phases=(Phase.explicit, Phase.generate))
"""A few worlds each; none is shrunk, for a world is small as it is."""
numbers = st.integers(0, 4)


def companies(office: Office) -> set[str]:
    return set(office.erp.values("Company", "name"))


def closure(wanted: set[int], parents: dict[int, int]) -> set[int]:
    """All that is referred to, directly or through others."""
    found: set[int] = set()
    while new := wanted - found:
        found |= new
        wanted = {parents[each] for each in new if each in parents}
    return found


class Town:
    """Five companies of the CRM, some of which are parts of others, and people who work there."""

    def __init__(self, parents: dict[int, int], **settings: Any) -> None:
        self.office = Office(project(**settings))
        self.parents = {child: parent for child, parent in parents.items() if parent < child}
        self.ids: dict[int, int] = {}
        self.hired = 0
        for number in range(5):
            body = {"parent": self.ids[self.parents[number]]} if number in self.parents else {}
            self.ids[number] = int(self.office.crm.add("Company", name=f"C{number}", city="Oslo", **body))

    def hire(self, number: int) -> None:
        self.hired += 1
        name = f"P{self.hired}"
        self.office.crm.add("Person", name=name, email=f"{name}@x.io", company=self.ids[number])

    def referred(self, wanted: set[int]) -> set[str]:
        return {f"C{each}" for each in closure(wanted, self.parents)}


# Create rules (W6)


@few
@given(st.dictionaries(numbers, numbers), st.lists(st.tuples(numbers, st.booleans()), max_size=6))
def test_w6_connected_pulls_in_exactly_what_is_referred_to_whatever_the_order(
    parents: dict[int, int], hired: list[tuple[int, bool]]
) -> None:
    town = Town(parents, companies="connected")
    for number, synced in hired:
        town.hire(number)
        if synced:
            town.office.sync()
    plan = town.office.plan()
    before = companies(town.office)
    town.office.sync()
    assert companies(town.office) == town.referred({number for number, _ in hired})
    assert plan.pulled.get("erp.Company", 0) == len(companies(town.office) - before)
    assert town.office.plan().empty


@pytest.mark.parametrize("later", [False, True])
def test_w6_connected_pulls_in_what_is_referred_to_though_nobody_writes_the_reference_there(
    later: bool,
) -> None:
    """A company that an employee works for is wanted, also where the ERP does not keep who works where."""
    text = project(companies="connected")
    there = "{from: company, to: company, direction: none}"
    office = Office("".join(there.join(text.rsplit("[company, company]", 1))))
    acme = office.crm.add("Company", name="Acme")
    office.crm.add("Company", name="Idle")
    if later:
        office.sync()
    office.crm.add("Person", name="Ada", email="ada@x.io", company=int(acme))
    plan = office.plan()
    office.sync()
    assert (companies(office), office.erp.values("Person", "company")) == ({"Acme"}, ["None"])
    assert plan.pulled == {"erp.Company": 1}


def test_w6_what_is_not_made_itself_pulls_nothing_in() -> None:
    town = Town({}, companies="connected", people="{when: {name: P2}}")
    town.hire(1)
    town.hire(2)
    town.office.sync()
    assert companies(town.office) == {"C2"}


@pytest.mark.parametrize("known", [False, True])
def test_w6_a_record_that_can_not_be_made_pulls_nothing_in(known: bool) -> None:
    """What it lacks is required there, so it would stand for nothing."""
    needs = "[name, {path: name, required: true}]"
    rows = "[name, name]\n      - [email"
    text = project(companies="connected").replace(rows, rows.replace("[name, name]", needs))
    office = Office(text)
    acme = office.crm.add("Company", name="Acme")
    more = {"name": "Ada"} if known else {}
    office.crm.add("Person", email="ada@x.io", company=int(acme), **more)
    office.sync()
    assert companies(office) == ({"Acme"} if known else set())


@few
@given(st.integers(0, 3))
def test_w6_a_run_pulls_in_at_most_what_it_may(most: int) -> None:
    town = Town({}, companies="connected", guards=f"{{connect_at_most: {most}}}")
    for number in range(5):
        town.hire(number)
    plan = town.office.plan()
    before: set[str] = set()
    for _ in range(2):
        town.office.sync()
        assert len(companies(town.office) - before) == min(most, 5 - len(before))
        before = companies(town.office)
    assert plan.pulled.get("erp.Company", 0) == min(most, 5)


@few
@given(
    st.lists(st.sampled_from(["Oslo", "Bergen", "Rome"]), min_size=1, max_size=4),
    st.sampled_from(["Oslo", "Rome"]),
)
def test_w6_a_condition_decides_who_is_created_and_not_who_is_kept_in_sync(
    cities: list[str], then: str
) -> None:
    office = Office(project(companies="{when: {city: [Oslo, Bergen]}}"))
    ids = [office.crm.add("Company", name=f"C{n}", city=city) for n, city in enumerate(cities)]
    office.sync()
    there = {f"C{n}" for n, city in enumerate(cities) if city != "Rome"}
    assert companies(office) == there
    for each in ids:
        office.crm.edit("Company", each, city=then)
    office.sync(confirmed=True)
    expected = there if then == "Rome" else {f"C{n}" for n in range(len(cities))}
    assert {(row["name"], row["city"]) for row in office.erp.records("Company")} == {
        (name, then) for name in expected
    }


# What switches keep back (W7, K5)


@few
@given(st.sets(numbers), st.sets(numbers), st.booleans())
def test_w7_full_sync_off_never_creates_what_was_there_at_first_and_always_updates_the_linked(
    old: set[int], linked: set[int], pull_old: bool
) -> None:
    rule = f"{{rule: always, connected: [Company, Person], pull: {'old' if pull_old else 'new'}}}"
    office = Office(project(companies=rule, people="linked", crm=", full_sync: false"))
    ids = {n: office.crm.add("Company", name=f"C{n}", city="Oslo") for n in sorted(old)}
    for number in sorted(linked):
        office.erp.add("Company", name=f"C{number}", city="Oslo")
    office.sync()
    there = {f"C{n}" for n in linked}
    assert companies(office) == there
    for each in ids.values():
        office.crm.edit("Company", each, city="Rome")
    new = office.crm.add("Company", name="New", city="Rome")
    office.sync()
    assert companies(office) == {*there, "New"}
    assert {row["name"] for row in office.erp.records("Company") if row["city"] == "Rome"} == {
        "New", *(f"C{n}" for n in old & linked)
    }  # fmt: skip
    child = min(ids, default=None)
    if child is not None and child not in linked:
        office.crm.edit("Company", new, parent=int(ids[child]))
        office.sync()
        assert (f"C{child}" in companies(office)) == pull_old


def test_w5_w7_a_reference_to_what_is_old_is_not_carried() -> None:
    town = Town({}, companies="connected", crm=", full_sync: false")
    town.office.sync()
    town.hire(1)
    assert town.office.plan().not_carried == {"erp.Person company": 1}
    town.office.sync()
    assert (companies(town.office), town.office.erp.values("Person", "name")) == (set(), ["P1"])
    assert not town.office.sync().cycles[-1].shared.sent


@few
@given(st.sets(numbers, min_size=1), st.sets(numbers))
def test_w7_k5_nothing_is_written_where_share_is_off_and_all_of_it_once_it_is_on(
    edited: set[int], deleted: set[int]
) -> None:
    office = Office(project())
    ids = {n: office.crm.add("Company", name=f"C{n}", city="Oslo") for n in range(5)}
    office.sync()
    before = office.erp.records("Company")
    office.configure(project(erp=", share: false"))
    for number in edited:
        office.crm.edit("Company", ids[number], city="Rome")
    office.crm.add("Company", name="New", city="Rome")
    office.sync()
    assert office.erp.records("Company") == before
    for row in [row for row in before if int(row["name"][1:]) in deleted]:
        office.erp.edit("Company", row["id"], name=f"X{row['name']}")
    office.sync()
    assert set(office.crm.values("Company", "name")) == companies(office) | {"New"}
    office.configure(project())
    office.sync()
    assert companies(office) == set(office.crm.values("Company", "name"))
    assert {row["name"][-2:] for row in office.erp.records("Company") if row["city"] == "Rome"} == {
        "ew", *(f"C{n}" for n in edited)
    }  # fmt: skip


def test_k5_what_is_switched_on_again_passes_g1() -> None:
    office = Office(project(guards="{confirm_above: 3}"))
    office.crm.add("Company", name="First")
    office.sync()
    office.clock.advance(2 * 86400)
    office.configure(project(guards="{confirm_above: 3}", erp=", share: false"))
    office.sync()
    for number in range(4):
        office.crm.add("Company", name=f"C{number}")
    office.sync()
    office.configure(project(guards="{confirm_above: 3}"))
    assert [alarm.key for alarm in office.plan().alarms] == ["erp.Company:create"]


# What is waited for (W5)


def unit(*, whole: bool = True) -> Office:
    """Given: companies are wholes, and the people who work there, who need a name, are their parts."""
    rows = "[name, name]\n      - [email"
    needs = "[name, {path: name, required: true}]\n      - [email"
    text = project().replace(rows, needs)
    staff = f"{{from: company, to: company, whole: {str(whole).lower()}}}"
    return Office(staff.join(text.rsplit("[company, company]", 1)))


@few
@given(st.lists(st.booleans(), min_size=1, max_size=4), st.booleans())
def test_w5_a_whole_is_created_only_with_all_of_its_parts(named: list[bool], whole: bool) -> None:
    office = unit(whole=whole)
    acme = int(office.crm.add("Company", name="Acme"))
    office.crm.add("Company", name="Empty")
    ids = {}
    for number, known in enumerate(named):
        body = {"name": f"P{number}"} if known else {}
        ids[number] = office.crm.add("Person", email=f"p{number}@x.io", company=acme, **body)
    plan = office.plan()
    office.sync()
    ready = all(named) or not whole
    assert companies(office) == ({"Acme", "Empty"} if ready else {"Empty"})
    there = {f"P{number}" for number, known in enumerate(named) if known}
    assert set(office.erp.values("Person", "name")) == (there if ready else set())
    assert sum(plan.creates.values()) == len(office.erp.records("Company")) + len(
        office.erp.records("Person")
    )
    for number, each in ids.items():
        office.crm.edit("Person", each, name=f"P{number}")
    office.sync()
    office.sync()
    assert companies(office) == {"Acme", "Empty"}
    assert set(office.erp.values("Person", "name")) == {f"P{number}" for number in ids}


def test_w5_a_part_that_will_never_be_there_does_not_keep_its_whole() -> None:
    staff = "{from: company, to: company, whole: true}"
    office = Office(project(people="linked").replace("[company, company]", staff))
    acme = int(office.crm.add("Company", name="Acme"))
    office.crm.add("Person", email="p@x.io", company=acme)
    office.sync()
    assert companies(office) == {"Acme"}


def test_w5_a_wait_older_than_wait_s_shows_as_failed_and_ends_with_what_it_waits_for() -> None:
    office = Office("wait_s: 1000\n" + project(companies="{when: {city: Oslo}}"))
    acme = office.crm.add("Company", name="Acme", city="Oslo", ours="x")
    office.crm.add("Person", name="Ada", email="ada@x.io", company=int(acme))
    refuse = office.erp.connector.write
    refused = Outcome(kind="refused", message="no")

    async def writes(some: Any) -> Any:
        told = await refuse([w for w in some if "Company" not in w.mapping])
        rest = iter(told)
        return [refused if "Company" in w.mapping else next(rest) for w in some]

    office.erp.connector.write = writes  # type: ignore[method-assign]
    office.sync()
    assert failed(office) == []
    office.clock.advance(2000)
    office.sync()
    assert failed(office) == ["company"]
    office.erp.connector.write = refuse  # type: ignore[method-assign]
    office.crm.edit("Company", acme, name="Acme 2")
    office.sync()
    office.sync()
    assert office.erp.values("Person", "name") == ["Ada"]
    assert failed(office) == []


def failed(office: Office) -> list[str]:
    """Properties of people that show as failed in the ERP."""
    told = office.run(explain(office.hub, f"crm.Person/{office.crm.records('Person')[0]['id']}"))
    holds = [hold for record in told.records if record.record.startswith("erp") for hold in record.holds]
    return [hold.split(": ")[1] for hold in holds if hold.startswith("failed")]


# Values at rest (W12)


@few
@given(st.lists(st.integers(1, 80), min_size=1, max_size=25))
def test_w12_an_edit_is_written_once_it_has_rested_and_at_most_ten_times_over(pauses: list[int]) -> None:
    typed(pauses)


def test_w12_an_edit_after_a_burst_rests_anew() -> None:
    assert typed([5, 800]) == 2


@pytest.mark.parametrize("pause", [25, 59])
def test_w12_what_keeps_changing_is_written_all_the_same(pause: int) -> None:
    assert typed([pause] * (1300 // pause)) > 1


def typed(pauses: list[int]) -> int:
    """`settle_s` is 60: an edit is there 60 s after the last one, or 600 s after the first; looked at every 10 s.

    Gives how often anything was written.
    """
    office = Office(project(crm=", settle_s: 60"))
    acme = office.crm.add("Company", name="Acme", city="0")
    office.sync()
    first = last = None
    now, edits = 0, {}
    for number, pause in enumerate(pauses, start=1):
        now += pause
        edits[now] = str(number)
    written: list[tuple[int, str]] = []
    for at in range(now + 80):
        if at in edits:
            office.crm.edit("Company", acme, city=edits[at])
        if at % 10 == 0 or at in edits:
            before = office.erp.records("Company")[0]["city"]
            office.sync()
            value = office.erp.records("Company")[0]["city"]
            if at in edits:
                first, last = (at if first is None else first), at
            if value != before:
                written.append((at, value))
                assert last is not None
                assert first is not None
                assert at - last >= 60 or at - first >= 600
                first = last = None
            elif last is not None and first is not None:
                assert at - last < 80
                assert at - first < 700
        office.clock.advance(1)
    assert written[-1][1] == str(len(pauses))
    assert [value for _, value in written] == sorted({value for _, value in written}, key=int)
    return len(written)


def test_w12_a_create_and_a_delete_of_one_record_fold_to_nothing() -> None:
    office = Office(project())
    office.sync()
    office.erp.down = True
    acme = office.crm.add("Company", name="Acme")
    office.sync()
    office.crm.delete("Company", acme)
    office.erp.down = False
    assert not office.sync().outcomes()
    assert companies(office) == set()


# What facets share (L9)


@few
@given(
    st.lists(
        st.tuples(st.sampled_from(["city", "ours", "both"]), st.sampled_from(["done", "unknown", "later"])),
        max_size=6,
    )
)
def test_l9_w4_writes_of_facets_never_overlap_and_go_out_as_one_call(acts: list[tuple[str, str]]) -> None:
    it = Faceted()
    for number, (what, fate) in enumerate(acts):
        it.edits(**{name: f"{name} {number}" for name in (["city", "ours"] if what == "both" else [what])})
        if fate != "done":
            it.calls.fails = [Outcome(kind=fate, message="no answer", after_s=1.0)]  # type: ignore[arg-type]
        sent = len(it.calls.writes)
        it.sync()
        it.calls.fails = []
        assert (
            fate != "done"
            or len(it.calls.writes) <= sent + 1
            or any(f == "unknown" for _, f in acts[:number])
        )
    it.clock.advance(1000)
    it.sync()
    it.sync()
    (row,) = it.crm.records("Company")
    assert row["city"] == it.erp.values("Company", "city")[0]
    assert row["ours"] == it.erp.values("Person", "ours")[0]
    assert it.calls.overlaps == 0


def test_l9_c4_one_read_serves_all_facets() -> None:
    it = Faceted()
    it.sync()
    assert it.calls.reads == {"crm.Company": 1}


@given(st.permutations(["Company", "Person"]))
@few
def test_l9_deleting_one_facet_deletes_no_record_with_another_live_facet(order: list[str]) -> None:
    it = Faceted()
    for number, kind in enumerate(order):
        it.erp.delete(kind, it.erp.records(kind)[0]["id"])
        it.sync()
        it.sync()
        assert len(it.crm.records("Company")) == 1 - number


def test_l9_g3_a_create_is_not_undone_while_another_facet_of_its_record_is_alive() -> None:
    """It is told so; else the record would stay, and never be written to again."""
    it = Faceted()
    it.erp.add("Company", name="Beta", city="Rome")
    it.erp.add("Person", name="Beta", ours="X")
    run = it.sync().run
    it.sync()
    plan = it.run(undo(it.hub, run))
    assert "another facet of its record is alive" in {left.reason for left in plan.cannot}
    beta = next(row["id"] for row in it.erp.records("Company") if row["name"] == "Beta")
    it.erp.edit("Company", beta, city="Bonn")
    it.sync()
    assert sorted((row["name"], row["city"]) for row in it.crm.records("Company")) == [
        ("Acme", "Oslo"),
        ("Beta", "Bonn"),
    ]


def test_l9_a_facet_whose_when_turns_false_rests_until_it_fits_again() -> None:
    it = Faceted(label="when: {city: {not: Rome}}")
    it.crm.edit("Company", it.acme, city="Rome")
    it.sync()
    it.edits(ours="B")
    it.sync()
    assert it.crm.values("Company", "ours") == ["A"]
    it.crm.edit("Company", it.acme, ours="C")
    it.sync()
    assert it.erp.values("Person", "ours") == ["B"]
    it.crm.edit("Company", it.acme, city="Oslo")
    it.sync()
    assert it.crm.values("Company", "ours") == it.erp.values("Person", "ours")


def test_l9_one_facet_creates_the_record_and_the_others_wait_for_it() -> None:
    it = Faceted()
    it.erp.add("Person", name="Beta", ours="X")
    it.sync()
    assert it.crm.values("Company", "name") == ["Acme"]
    it.erp.add("Company", name="Beta", city="Rome")
    it.sync()
    assert sorted((row["name"], row["ours"]) for row in it.crm.records("Company")) == [
        ("Acme", "A"),
        ("Beta", "X"),
    ]
    assert it.erp.values("Person", "name") == ["Acme", "Beta"]


def test_l9_a_reference_is_to_whichever_facet_of_the_concept_the_record_is() -> None:
    """Several mappings of one concept in one system, which exclude each other."""
    it = Office(EXCLUSIVE)
    assert {m.primary for m in it.hub.model.mappings.values()} == {""}
    for name, city in (("Acme", "Oslo"), ("Roma", "Rome")):
        number = it.crm.add("Company", name=name, city=city)
        it.crm.add("Person", email=f"{name}@x.io", company=int(number))
    it.erp.add("Company", name="Beta", city="Rome")
    it.sync()
    assert it.crm.values("Company", "name") == ["Acme", "Beta", "Roma"]
    works = {row["email"]: row["company"] for row in it.erp.records("Person")}
    names = {row["id"]: row["name"] for row in it.erp.records("Company")}
    assert {email: names[company] for email, company in works.items()} == {
        "Acme@x.io": "Acme",
        "Roma@x.io": "Roma",
    }
