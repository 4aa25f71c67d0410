"""Guards: what is paused, by whom, and what goes on meanwhile (G1, G2, G5, K6, S9, S11, W9, W11)."""

import asyncio
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from accord.core.errors import AccordError, StopFlow
from accord.core.intake import Timing, absorb
from accord.core.model import NoReferences
from accord.core.oscillation import CHASED, DAY_US, thaw
from accord.core.settle import settle
from accord.core.stamps import edit_stamp
from accord.core.state import Pin
from accord.core.work import SECOND_US, Context, Gate
from accord.runtime.books.status import status
from accord.runtime.budget import DailyBudget
from accord.runtime.guards import GuardLimits
from accord.runtime.hub import Limits
from accord.runtime.people.pause import hint, pause, pauses_of, resume
from accord.runtime.runs.sync import Synced
from accord.runtime.settling import settle_dirty
from accord.runtime.steps.restored_system import Keep
from accord.runtime.steps.sharing import derive
from accord.store import MemoryStore, SqliteStore
from accord.testing.system_model import Quirks
from accord.testing.world.clock import VirtualClock
from tests.property.world.records import SYSTEMS, Thing, observed
from tests.unit.core.building import Story, observation, system
from tests.unit.runtime.office import PROJECT, Office

SCOPES = st.sampled_from(["erp", "erp.Company"])


def office(*names: str, **erp: Any) -> Office:
    """A CRM and an ERP in sync, with these companies; `erp`: how that differs."""
    it = Office(**erp)
    for name in names:
        it.crm.add("Company", name=name, city="Oslo")
    it.sync()
    assert it.erp.values("Company", "name") == sorted(names)
    return it


# One pause list (people; G2, K6, S11 use the same)


@given(st.sets(st.sampled_from(SYSTEMS)))
def test_w9_nothing_is_due_where_it_is_paused_and_all_else_is(paused: set[str]) -> None:
    """A pause holds what it names, says so, and nothing else."""
    thing = Thing()
    thing.see(observed("crm", 9, "b"))
    gates = {key: Gate(complete=True, began_us=10**12) for key in thing.model.mappings}
    why = {f"{system}.Person": "paused by a person" for system in paused}
    context = Context(model=thing.model, now_us=10**12, refs=NoReferences(), gates=gates, paused=why)
    settled = settle(thing.cluster, context)
    due, held = {d.mapping for d in settled.dues}, {h.mapping for h in settled.holds if h.state == "frozen"}
    assert due | held == {"erp.Person", "shop.Person"}
    assert held == {"erp.Person", "shop.Person"} & set(why)
    assert due.isdisjoint(why)


@settings(max_examples=10)
@given(SCOPES, st.booleans())
def test_g4_what_a_pause_holds_is_written_once_it_ends(scope: str, reads: bool) -> None:
    it = office("Acme")
    it.run(pause(it.hub, scope, reads=reads))
    it.crm.edit("Company", "1", city="Bergen")
    it.crm.add("Company", name="Zeta")
    run = it.sync()
    assert [p.scope for p in run.pauses] == [scope]
    assert it.erp.values("Company", "city") == ["Oslo"]
    assert not it.sync().summary()["sent"]
    it.run(resume(it.hub, scope))
    it.sync()
    assert it.erp.values("Company", "name") == ["Acme", "Zeta"]
    assert "Bergen" in it.erp.values("Company", "city")
    assert not it.sync().summary()["sent"]


@settings(max_examples=10)
@given(st.booleans())
def test_g4_a_paused_system_is_read_unless_it_is_left_alone(reads: bool) -> None:
    """What people edit there flows to the others, or does so later."""
    it = office("Acme")
    it.run(pause(it.hub, "erp", reads=reads))
    it.erp.edit("Company", "1", city="Bergen")
    it.sync()
    assert it.crm.values("Company", "city") == ["Bergen" if reads else "Oslo"]
    it.run(resume(it.hub, "erp"))
    it.sync()
    assert it.crm.values("Company", "city") == ["Bergen"]


def test_g4_a_pause_ends_by_itself_when_its_time_is_over() -> None:
    it = office("Acme")
    it.run(pause(it.hub, "erp", for_s=60))
    it.crm.edit("Company", "1", city="Bergen")
    it.sync()
    assert it.erp.values("Company", "city") == ["Oslo"]
    it.clock.advance(60)
    assert not it.run(pauses_of(it.hub))
    it.sync()
    assert it.erp.values("Company", "city") == ["Bergen"]


def test_g6_a_plan_lists_what_a_pause_held_whose_time_is_over() -> None:
    it = office("Acme")
    it.run(pause(it.hub, "erp", for_s=60))
    it.crm.edit("Company", "1", city="Bergen")
    it.sync()
    it.clock.advance(60)
    plan = it.plan()
    assert [(w.kind, w.mapping, w.properties) for w in plan.writes] == [("update", "erp.Company", ["city"])]
    assert not it.sync(plan=plan).moved
    assert it.erp.values("Company", "city") == ["Bergen"]


def test_w13_a_paused_entity_type_that_is_not_read_keeps_nothing_from_being_linked() -> None:
    it = Office()
    it.crm.add("Company", name="Acme")
    it.erp.add("Company", name="Acme")
    it.run(pause(it.hub, "erp", reads=False))
    assert it.sync().summary()["linked"] == 1
    it.run(resume(it.hub, "erp"))
    it.sync()
    assert (it.crm.values("Company", "name"), it.erp.values("Company", "name")) == (["Acme"], ["Acme"])


def test_g4_what_is_not_there_can_not_be_paused_nor_resumed() -> None:
    it = office("Acme")
    for wrong in ("erq", "erp.Companies", ""):
        with pytest.raises(AccordError):
            it.run(pause(it.hub, wrong))
    with pytest.raises(StopFlow):
        it.run(resume(it.hub, "erp"))
    with pytest.raises(AccordError):
        it.run(pause(it.hub, "erp", until_us=it.clock.now_us()))


def test_g4_settling_marks_nothing_as_due_that_is_paused() -> None:
    """Else every cycle would derive the backlog of a paused system anew (C4)."""
    it = office("Acme")
    it.run(pause(it.hub, "erp"))
    it.crm.edit("Company", "1", city="Bergen")
    it.sync()

    async def marked() -> tuple[list[str], list[str]]:
        await settle_dirty(it.hub)
        async with it.hub.store.transaction() as tx:
            ids = [golden.id for golden in await tx.scan_golden("company", "", 10)]
            settled, _ = await derive(it.hub, tx, await tx.clusters(ids))
            return await tx.marked("share", "", 10), [h.state for s in settled for h in s.holds]

    assert it.run(marked()) == ([], ["frozen"])


# G1


@settings(max_examples=15)
@given(st.lists(st.integers(1, 9), min_size=2, max_size=6))
def test_g1_first_creates_that_trickle_are_counted_together(portions: list[int]) -> None:
    """Over the run and 24 h, like deletes: the limit does not begin anew with every cycle."""
    it = Office()
    it.hub.guards = GuardLimits(confirm_above=10)
    it.sync()
    total = 0
    for n, portion in enumerate(portions):
        for k in range(portion):
            it.crm.add("Company", name=f"C{n}-{k}")
        total += portion
        run = it.sync(confirmed=False)
        assert bool(run.alarms) == (total > 10)
        if run.alarms:
            break
    assert len(it.erp.records("Company")) <= 10


def test_g1_what_was_approved_does_not_count() -> None:
    it = Office()
    it.hub.guards = GuardLimits(confirm_above=10)
    it.sync()
    for n in range(12):
        it.crm.add("Company", name=f"C{n}")
    (alarm,) = it.sync(confirmed=False).alarms
    assert it.sync(confirmed=False, approved=[alarm.key]).ended == "done"
    it.crm.add("Company", name="late")
    assert it.sync(confirmed=False).ended == "done"
    assert len(it.erp.records("Company")) == 13


@settings(max_examples=15)
@given(st.lists(st.sets(st.integers(1, 9), min_size=2, max_size=4), min_size=3, max_size=6))
def test_g1_changes_of_one_property_are_counted_together_and_each_record_once(
    portions: list[set[int]],
) -> None:
    """Over the run and 24 h: most of the records may not change bit by bit either."""
    it = office(*(f"C{n:02}" for n in range(24)))
    it.hub.guards = GuardLimits(changed_least=8)
    changed: set[int] = set()
    for n, portion in enumerate(portions):
        for each in portion:
            it.crm.edit("Company", str(each), city=f"city {n}")
        run = it.sync(confirmed=False)
        assert bool(run.alarms) == (len(changed) + len(portion) >= 8)
        if run.alarms:
            break
        changed |= portion


def test_g1_an_approval_ends_when_the_list_has_grown() -> None:
    """More companies go while the run is under way: that is another list, which nobody was shown."""
    it = office(*(f"C{n:02}" for n in range(40)))
    it.configure(PROJECT.replace("    to: erp.Company\n", "    to: erp.Company\n    delete: propagate\n"))
    it.sync()
    late = [str(n) for n in range(8, 15)]
    for n in range(1, 8):
        it.crm.delete("Company", str(n))
    (alarm,) = it.sync(confirmed=False).alarms

    def before(_kind: str) -> None:
        while late:
            it.crm.delete("Company", late.pop())

    it.erp.connector.before = before
    run = it.sync(confirmed=False, approved=[f"{alarm.key}={alarm.count}"])
    assert [(each.key, each.count) for each in run.alarms] == [("erp.Company:delete", 7)]
    assert len(it.erp.records("Company")) == 33


# G2


def many(page: int = 60) -> Office:
    """Thirty companies; the ERP lists so many of them on a page."""
    it = Office(page={"style": "cursor", "size": page, "next": "next", "items": "items"})
    for n in range(30):
        it.crm.add("Company", name=f"C{n:02}", city="Oslo")
    it.sync()
    return it


def drift(it: Office, **quirks: Any) -> Synced:
    """The ERP shows its companies otherwise from now on, and they are listed anew."""
    for quirk, value in quirks.items():
        setattr(it.erp.model.quirks["Company"], quirk, value)
    it.run(hint(it.hub, "erp.Company"))
    return it.sync()


DRIFTS = st.sampled_from([{"nulls": ("city",)}, {"hides": ("city",)}, {"retypes": {"city": "number"}}])


@settings(max_examples=6, deadline=None)
@given(DRIFTS, st.sampled_from([3, 15, 60]))
def test_g2_a_property_gone_or_of_another_type_pauses_its_entity_type_alone(
    quirks: dict[str, Any], page: int
) -> None:
    """Nothing of what drifted reaches another system, and everything else goes on."""
    it = many(page)
    it.crm.add("Person", name="Ann", email="a@x.io")
    run = drift(it, **quirks)
    assert [(p.scope, p.kind, p.properties) for p in run.pauses] == [("erp.Company", "drift", ("city",))]
    assert run.ended == "waits"
    assert it.erp.values("Person", "name") == ["Ann"]
    it.sync()
    it.run(resume(it.hub, "erp.Company"))
    assert it.sync().pauses  # it is as it was
    assert set(it.crm.values("Company", "city")) == {"Oslo"}


@settings(max_examples=4, deadline=None)
@given(DRIFTS, st.sampled_from([3, 60]))
def test_g2_what_is_repaired_goes_on_and_nothing_is_lost(quirks: dict[str, Any], page: int) -> None:
    it = many(page)
    assert drift(it, **quirks).pauses
    it.erp.model.quirks["Company"] = Quirks()
    it.crm.edit("Company", "1", city="Bergen")
    it.run(resume(it.hub, "erp.Company"))
    assert not it.sync().pauses
    assert Counter(it.erp.values("Company", "city")) == {"Oslo": 29, "Bergen": 1}
    assert Counter(it.crm.values("Company", "city")) == {"Oslo": 29, "Bergen": 1}
    assert not it.sync().summary()["sent"]


def test_g2_what_is_accepted_is_taken_as_it_is() -> None:
    it = many()
    assert drift(it, nulls=("city",)).pauses
    it.run(resume(it.hub, "erp.Company", accept=True))
    assert not it.sync().pauses
    assert set(it.crm.values("Company", "city")) == {"None"}


def clears(it: Office, *ids: int) -> Synced:
    """People clear the city of some companies of the ERP."""
    for record_id in ids:
        it.erp.edit("Company", str(record_id), city=None)
    return it.sync()


@settings(max_examples=5, deadline=None)
@given(st.integers(1, 15))
def test_g2_what_some_people_clear_is_no_drift(count: int) -> None:
    """Nor is what some records never had."""
    it = many()
    assert not clears(it, *range(1, count + 1)).pauses
    assert it.crm.values("Company", "city").count("None") == count
    it.erp.edit("Company", "30", name="Else")
    it.sync()
    assert not clears(it, *range(count + 1, 31)).pauses


def test_g2_drift_that_shows_record_by_record_is_counted_over_reads() -> None:
    it = many()
    pauses = [bool(clears(it, n).pauses) for n in range(1, 21)]
    assert pauses == [False] * 19 + [True]
    assert it.crm.values("Company", "city").count("None") == 19


# S11


def back_in_time(lost: int = 3) -> Office:
    """Six companies in sync; some of them were edited in the CRM since the ERP's backup, and it is restored."""
    it = office(*(f"C{n}" for n in range(6)))
    backup = it.erp.model.snapshot()
    for n in range(1, lost + 1):
        it.crm.edit("Company", str(n), city="Bergen")
    it.crm.add("Company", name="young", city="Rome")
    it.sync()
    assert it.erp.values("Company", "city").count("Bergen") == lost
    it.clock.advance(60)
    it.erp.model.restore(backup)
    it.clock.advance(60)
    it.run(hint(it.hub, "erp.Company"))
    return it


def looks(it: Office) -> Synced:
    """Runs until a pause is there, or nothing more comes."""
    for _ in range(6):
        run = it.sync(confirmed=False)
        if run.pauses:
            break
        it.clock.advance(60)
    return run


@settings(max_examples=5, deadline=None)
@given(st.integers(2, 6))
def test_s11_a_restored_system_pauses_and_nothing_old_spreads(lost: int) -> None:
    it = back_in_time(lost)
    run = looks(it)
    assert [(p.scope, p.kind) for p in run.pauses] == [("erp", "restored")]
    assert run.ended == "waits"
    assert it.crm.values("Company", "city").count("Bergen") == lost
    with pytest.raises(StopFlow):
        it.run(resume(it.hub, "erp"))  # whose state holds?


def test_s11_the_state_of_the_hub_holds() -> None:
    """What was lost is written anew, also a record that the backup did not hold, once."""
    it = back_in_time()
    assert looks(it).pauses
    it.run(resume(it.hub, "erp", keep="hub"))
    for _ in range(3):
        it.sync()
        it.clock.advance(60)
    for each in (it.crm, it.erp):
        assert Counter(each.values("Company", "city")) == {"Bergen": 3, "Oslo": 3, "Rome": 1}
        assert each.values("Company", "name").count("young") == 1
    assert not it.sync().summary()["sent"]


def test_s11_the_state_of_the_hub_holds_where_the_system_is_down_at_first() -> None:
    """What was read of it during the pause is not what it shows afterwards."""
    it = back_in_time()
    assert looks(it).pauses
    it.erp.edit("Company", "5", city="Rome")
    it.sync()
    it.clock.advance(60)
    it.run(resume(it.hub, "erp", keep="hub"))
    for down in (True, False, False, False):
        it.erp.down = down
        it.sync()
        it.clock.advance(60)
    for each in (it.crm, it.erp):
        assert Counter(each.values("Company", "city")) == {"Bergen": 3, "Oslo": 3, "Rome": 1}


@pytest.mark.parametrize("name", ["name", "email", "company"])
def test_s11_the_state_of_the_hub_holds_for_what_a_backup_shows_no_more(name: str) -> None:
    """Absence says nothing in the ERP: neither of a value, nor of what a record is found by, nor of a reference."""
    it = Office(absent=dict.fromkeys(("listing", "feed", "fetch", "reply"), "silent"))
    for n in range(4):
        it.crm.add("Company", name=f"C{n}", city="Oslo")
        known = {"name": f"P{n}", "email": f"p{n}@x.no"}
        it.crm.add("Person", **{key: value for key, value in known.items() if key != name})
    it.sync()
    backup = it.erp.model.snapshot()
    for n in range(1, 4):
        it.crm.edit("Person", str(n), **{name: n if name == "company" else f"n{n}@x.no"})
    it.sync()
    before = it.erp.values("Person", name)
    assert before.count("None") == 1
    it.clock.advance(60)
    it.erp.model.restore(backup)
    it.clock.advance(60)
    it.run(hint(it.hub, "erp.Person"))
    assert looks(it).pauses
    it.run(resume(it.hub, "erp", keep="hub"))
    for _ in range(3):
        it.sync()
        it.clock.advance(60)
    assert it.erp.values("Person", name) == before
    assert not it.sync().summary()["sent"]


def test_s11_the_state_of_the_system_holds() -> None:
    """What is there counts as people's edits, whatever their times."""
    it = back_in_time()
    assert looks(it).pauses
    it.run(resume(it.hub, "erp", keep="system"))
    for _ in range(3):
        it.sync()
        it.clock.advance(60)
    assert it.crm.values("Company", "city").count("Bergen") == 0
    assert it.erp.values("Company", "city").count("Bergen") == 0
    assert not it.sync().summary()["sent"]


def test_s11_one_record_below_its_version_is_no_backup() -> None:
    it = back_in_time(1)
    it.erp.add("Company", name="young", city="Rome")
    assert not looks(it).pauses


@pytest.mark.parametrize("lag_s", [0.0, 5.0])
@pytest.mark.parametrize(("keep", "made"), [("hub", True), ("system", False)])
def test_s11_w13_nothing_is_created_beside_what_a_backup_may_have_brought_back(
    keep: Keep, made: bool, lag_s: float
) -> None:
    """What a record shows that is below its highest version is not believed at once, and may be just what is to be
    created. In the end it is, or it is not: then the two are one review."""
    it = office("C1", "C2", "C3", lag_s=lag_s)
    backup = it.erp.model.snapshot()
    for n in (1, 2):
        it.crm.edit("Company", str(n), name=f"new {n}")
    it.sync()
    assert it.erp.values("Company", "name") == ["C3", "new 1", "new 2"]
    it.clock.advance(60)
    it.erp.model.restore(backup)
    it.crm.add("Company", name="C1", city="Rome")
    it.clock.advance(60)
    it.run(hint(it.hub, "erp.Company"))
    assert looks(it).pauses
    assert it.erp.values("Company", "name") == ["C1", "C2", "C3"]
    it.run(resume(it.hub, "erp", keep=keep))
    for _ in range(3):
        it.sync()
        it.clock.advance(60)
    assert it.erp.values("Company", "city") == ["Oslo"] * 3 + ["Rome"] * made
    assert it.erp.values("Company", "name") == ["C1"] + (["C3", "new 1", "new 2"] if made else ["C2", "C3"])


@pytest.mark.parametrize("fetches", [1, 2, 3])
def test_s11_a_record_is_looked_at_twice(fetches: int) -> None:
    """And not believed before: a stale answer may show an old version once."""
    of = system("crm", version="ordered")
    seen, _ = absorb(None, observation(at=10, order=9, name="Ada", phone="1"), of, Timing(), 0)
    for n in range(fetches):
        seen, verdict = absorb(
            seen, observation(at=20 + n, how="fetch", order=5, name="old", phone="1"), of, Timing(), 0
        )
    assert seen is not None
    assert (verdict, seen.raw[1]) == (("back", "Ada") if fetches < 3 else ("changed", "old"))


# W11


class _Counting:
    """A budget that counts, as a connector sees it."""

    def __init__(self, calls: int) -> None:
        self.clock, self.store, self.calls = VirtualClock(), MemoryStore(), calls

    def of(self, system: str = "erp") -> DailyBudget:
        budget = DailyBudget(system, self.calls, self.clock)
        budget.store = self.store
        return budget


async def _spend(budget: DailyBudget, calls: int) -> int:
    return sum([not await budget.take() for _ in range(calls)])


@settings(max_examples=30)
@given(st.integers(1, 90), st.lists(st.integers(1, 40), min_size=1, max_size=5))
def test_w11_a_budget_is_never_overspent_and_lasts_for_all_processes(calls: int, portions: list[int]) -> None:
    """Each portion is spent by another process, which ends as it should."""
    kept = _Counting(calls)

    async def play() -> int:
        total = 0
        for portion in portions:
            budget = kept.of()
            total += await _spend(budget, portion)
            await budget.give_back()
        return total

    assert asyncio.run(play()) == min(calls, sum(portions))


@given(st.integers(1, 90), st.integers(1, 5))
def test_w11_a_process_that_is_killed_overspends_nothing(calls: int, kills: int) -> None:
    kept = _Counting(calls)

    async def play() -> int:
        return sum([await _spend(kept.of(), 7) for _ in range(kills)])

    assert asyncio.run(play()) <= calls


@given(st.integers(1, 50))
def test_w11_the_next_day_brings_a_new_budget_and_each_system_has_its_own(calls: int) -> None:
    kept = _Counting(calls)

    async def play() -> None:
        budget = kept.of()
        assert await _spend(budget, 60) == calls
        wait_s = await budget.take()
        assert 0 < wait_s <= 86_400
        assert await _spend(kept.of("crm"), 1) == 1
        kept.clock.advance(wait_s)
        assert await _spend(budget, 60) == calls

    asyncio.run(play())


def test_w11_a_plan_forecasts_the_calls_and_spends_no_more_than_there_is() -> None:
    """Pages that are read, records read before they are written, writes; what was set aside and not used is there."""
    it = Office(PROJECT, update="replace")
    kept = _Counting(50)
    budget = kept.of()
    budget.store = it.store
    it.hub.budgets = {"erp": budget}
    it.erp.add("Company", name="Acme", city="Oslo")
    it.sync()
    it.crm.edit("Company", "1", city="Bergen")
    it.crm.add("Company", name="Zeta")
    plan = it.plan()
    assert (plan.calls["erp"], plan.run_calls["erp"]) == (2, 2 + 2 + 1)
    assert plan.budgets["erp"].left == 50

    async def play() -> int:
        async with budget.set_aside():
            return await _spend(budget, 60)

    assert asyncio.run(play()) == 50
    assert asyncio.run(_spend(kept_of(budget), 5)) == 0


def kept_of(budget: DailyBudget) -> DailyBudget:
    """The same budget in another process."""
    other = DailyBudget(budget.system, budget.per_day, budget._clock)
    other.store = budget.store
    return other


def test_w11_edits_of_people_go_before_bulk_work() -> None:
    """A hundred creates are due when somebody edits a record: its update is sent first."""
    it = office("Acme")
    it.hub.limits = Limits(share=3)
    for n in range(10):
        it.crm.add("Company", name=f"B{n}")
    it.crm.edit("Company", "1", city="Bergen")
    sent: list[str] = []
    it.erp.connector.sent = sent
    it.sync()
    assert sent[0] == "update"
    assert Counter(sent) == {"update": 1, "create": 10}


def test_w11_bulk_work_makes_room_for_what_is_edited_meanwhile() -> None:
    """After a while the systems are read again, and the edit goes before what is left."""
    it = office("Acme")
    it.hub.limits = Limits(share=3)
    for n in range(20):
        it.crm.add("Company", name=f"B{n:02}")
    sent: list[str] = []

    def slow(kind: str) -> None:
        it.clock.advance(15)
        if len(sent) == 5:
            it.crm.edit("Company", "1", city="Bergen")

    it.erp.connector.sent, it.erp.connector.before = sent, slow
    run = it.sync()
    assert run.ended == "done"
    assert Counter(sent) == {"update": 1, "create": 20}
    assert sent.index("update") < 15


def test_w11_a_spent_budget_stops_cleanly_and_the_next_run_resumes() -> None:
    it = office("Acme")
    it.erp.connector.left = 3
    for n in range(10):
        it.crm.add("Company", name=f"B{n}")
    run = it.sync()
    assert run.partly
    assert run.ended != "waits"
    assert len(it.erp.records("Company")) == 4
    assert it.clock.now_us() - it.began_us < 3600 * 1e6
    assert it.erp.connector.turned_away == 7  # each once, and then it is not asked again
    it.erp.connector.left = 1000
    it.clock.advance(86_400)
    it.sync()
    assert len(it.erp.records("Company")) == 11


# K6


@settings(max_examples=20)
@given(st.booleans())
def test_k6_another_account_stops_the_system_before_anything_is_read(told: bool) -> None:
    """Whether the system tells its account, or shows other records; the same account again ends it."""
    it = office("Acme", "Zeta", "Yara")
    for each in (it.crm, it.erp):
        each.connector.account = "ann" if told else ""
    it.restart()
    it.sync()
    strange = Office()
    strange.clock.advance(5_000)
    for name in ("Bolt", "Cask", "Dune", "Echo"):
        strange.erp.add("Company", name=name, city="Rome")
    ours = it.erp
    it.erp = strange.erp
    it.erp.connector.account = "bob" if told else ""
    it.restart()
    before = it.calls(it.erp)
    run = it.sync()
    assert [(p.scope, p.kind) for p in run.pauses] == [("erp", "identity")]
    assert run.ended == "waits"
    assert {what for what, _ in it.calls(it.erp)[len(before) :]} <= {"fetch"}
    assert it.crm.values("Company", "name") == ["Acme", "Yara", "Zeta"]
    it.erp = ours
    it.restart()
    it.crm.edit("Company", "1", city="Bergen")
    assert not it.sync().pauses
    assert "Bergen" in it.erp.values("Company", "city")


def test_k6_a_person_may_accept_another_account() -> None:
    it = office("Acme", "Zeta")
    it.erp.connector.account = "ann"
    it.restart()
    it.sync()
    it.erp.connector.account = "bob"
    it.restart()
    assert it.sync().pauses
    it.run(resume(it.hub, "erp"))
    it.restart()
    assert it.sync().pauses  # its reason stands
    it.run(resume(it.hub, "erp", accept=True))
    it.restart()
    assert not it.sync().pauses


def test_k6_an_emptied_system_is_accepted_once() -> None:
    """Nothing proves that all of its records are gone, so they stay linked: what a person accepted holds meanwhile."""
    it = office("Acme", "Zeta", "Yara", "Bolt", "Cask")
    it.restart()
    it.sync()
    it.erp = Office().erp
    it.restart()
    assert it.sync().pauses
    it.run(resume(it.hub, "erp", accept=True))
    for _ in range(3):
        it.restart()
        assert not it.sync().pauses


def test_k6_records_that_people_deleted_are_no_other_account() -> None:
    it = office("Acme", "Zeta")
    it.erp.delete("Company", "1")
    it.erp.delete("Company", "2")
    it.restart()
    assert not it.sync().pauses


# W9


def test_w9_what_is_down_is_left_alone_for_a_while_and_the_others_go_on() -> None:
    it = office("Acme")
    it.erp.down = True
    for _ in range(20):
        it.crm.edit("Company", "1", city=f"C{it.clock.now_us()}")
        it.sync(again=True)
        it.clock.advance(10)
    tries = [at for what, at in it.calls(it.erp) if what == "read erp.Company"]
    gaps = [later - earlier for earlier, later in pairwise(tries[-4:])]
    assert len(tries) < 15
    assert gaps == sorted(gaps)
    assert gaps[-1] > gaps[0]
    it.erp.down = False
    it.clock.advance(600)
    it.sync(again=True)
    assert it.erp.values("Company", "city") == it.crm.values("Company", "city")


# G5


def chase(it: Story, *, at: float, rounds: int = 8, hours: float = 0) -> list[str]:
    """Another integration puts "X" into the ERP and "Ada" into the CRM, again and again; what the hub wrote."""
    written = []
    for n in range(rounds):
        for other, name, value in (("erp", "crm", "X"), ("crm", "erp", "Ada")):
            at += 10 + hours * 1800
            it.sees(other, at=at, name=value, phone="1", version=f"{other}{n}{at}")
            for due, values in it.dues().items():
                assert due == name
                it.sends(name, at=at + 1)
                it.answers(name, at=at + 1, **{"phone": "1", **values}, version=f"w{name}{n}{at}")
                written.append(f"{name} {values['name']}")
    return written


def two() -> Story:
    return Story(system("crm"), system("erp")).in_sync(name="Ada", phone="1")


@given(st.integers(5, 12))
def test_g5_values_that_chase_each_other_are_frozen_after_four_writes(rounds: int) -> None:
    """Each was undone in the very record it was written to; the rest of the record goes on."""
    it = two()
    written = chase(it, at=20, rounds=rounds)
    assert Counter(written) == {"crm X": 4, "erp Ada": 4}
    assert {(h.state, h.property) for h in it.settled.holds} == {("frozen", "name")}
    it.sees("crm", at=9_000, name="Ada", phone="2")
    assert it.dues() == {"erp": {"phone": "2"}}


@pytest.mark.parametrize("rounds", [8, 12])
def test_g5_s6_properties_that_change_each_other_in_their_system_are_frozen(rounds: int) -> None:
    """The hub alone writes there: what its write of one does to the other is a side effect, which it undoes."""
    it = Story(system("crm", conditional=True), system("erp")).in_sync(name="Ada", phone="1")
    it.sees("erp", at=20, name="Bo", phone="1")
    written = []
    for n in range(rounds):
        for name, value in it.dues().get("crm", {}).items():
            it.sends("crm", at=30 + 10 * n)
            it.answers("crm", at=31 + 10 * n, name=value, phone=value, version=f"w{n}")
            written.append(name)
    assert Counter(written) == {"name": 4, "phone": 4}
    assert {(h.state, h.mapping) for h in it.settled.holds} == {("frozen", "crm.Person")}
    assert not it.dues()


@given(st.sampled_from(["Bo", "Cy"]))
def test_g5_a_new_value_thaws(value: str) -> None:
    it = two()
    chase(it, at=20)
    it.sees("crm", at=9_000, name=value, phone="1")
    assert it.dues() == {"erp": {"name": value}}
    it.sends("erp", at=9_001)
    it.answers("erp", at=9_001, name=value, phone="1", version="new")
    it.sees("erp", at=9_100, name="Q", phone="1")
    it.sees("crm", at=9_200, name="Ada", phone="1")
    assert it.dues() == {"erp": {"name": "Ada"}}  # a chase that begins anew is counted anew


@given(st.booleans())
def test_g5_g3_what_a_person_put_back_or_picked_is_written_once_although_it_was_chased(pinned: bool) -> None:
    it = two()
    chase(it, at=20)
    link = it.link("erp")
    assert ("frozen", "name") in {(h.state, h.property) for h in it.settled.holds}
    stamp = edit_stamp(9_000 * SECOND_US * 1000, it.golden.stamp[1], 0, "person:ann", 7)
    value = "Ada"
    if pinned:
        it.golden.value[1] = "Other"
        link.pins[1] = Pin(value, stamp)
    else:
        it.golden.value[1], it.golden.stamp[1] = value, stamp
    it.settles(at=9_000)
    assert it.dues()["erp"] == {"name": value}
    it.sends("erp", at=9_001)
    it.answers("erp", at=9_001, name=value, phone="1", version="new")
    assert "erp" not in it.dues()


def test_g5_what_is_frozen_is_tried_again_after_a_day() -> None:
    it = two()
    chase(it, at=20)
    (fetch,) = {f.not_before_us for f in it.settled.fetches if f.reason == CHASED}
    assert 0 < fetch <= 20 * SECOND_US * 20 + DAY_US
    it.settles(at=fetch / SECOND_US)
    assert it.dues()


def test_g5_few_writes_in_a_day_are_no_chase() -> None:
    """Three a day go on for ever: somebody may well enter them."""
    it = two()
    assert Counter(chase(it, at=20, rounds=12, hours=8)) == {"crm X": 12, "erp Ada": 12}


@given(st.lists(st.sampled_from(["Ada", "X"]), min_size=8, max_size=12))
def test_g5_what_one_person_changes_to_and_fro_is_no_chase(values: list[str]) -> None:
    """Nobody undoes in the ERP what is written there."""
    it = two()
    for n, value in enumerate(values):
        it.sees("crm", at=20 + 10 * n, name=value, phone="1")
        if it.dues():
            assert it.dues() == {"erp": {"name": value}}
            it.sends("erp", at=21 + 10 * n)
            it.answers("erp", at=21 + 10 * n, name=value, phone="1", version=f"w{n}")
    assert it.value("name") == it.link("erp").raw[1] == values[-1]


@pytest.mark.parametrize("ending", ["refused", "ignored"])
def test_g5_failures_do_not_count(ending: str) -> None:
    it = two()
    for n in range(8):
        it.sees("crm", at=20 + 10 * n, name=f"N{n % 2}", phone="1", version=f"c{n}")
        it.sends("erp", at=21 + 10 * n)
        if ending == "refused":
            it.answers("erp", "refused", at=21 + 10 * n, message="no")
        else:
            it.answers("erp", at=21 + 10 * n, name="Ada", phone="1", version=f"w{n}")
    assert not it.link("erp").written.get(1)


def test_g5_a_person_thaws_it() -> None:
    it = two()
    chase(it, at=20)
    assert thaw(it.link("erp"), 1)
    assert thaw(it.link("crm"), 1)
    it.settles()
    assert it.dues()


# S9


def test_s9_a_hint_says_what_to_read_and_never_what_is_true() -> None:
    """An edit that no listing shows yet is read at once; a hint at what is not there does nothing."""
    it = office("Acme")
    it.erp.model.quirks["Company"].lag_s = 3600.0
    it.erp.edit("Company", "1", city="Bergen")
    it.sync()
    assert it.crm.values("Company", "city") == ["Oslo"]
    assert it.run(hint(it.hub, "erp.Company", ["1", "77", "1"])) == 2
    run = it.sync()
    assert not run.errors
    assert it.crm.values("Company", "city") == ["Bergen"]
    assert (it.crm.values("Company", "name"), it.erp.values("Company", "name")) == (["Acme"], ["Acme"])


def test_s9_a_hint_at_what_was_never_there_leaves_no_trace() -> None:
    """Else every mistyped id would be counted as a record that is gone."""
    it = office("Acme")
    it.sync()
    it.run(hint(it.hub, "erp.Company", ["1", "77"]))
    it.sync()
    types = it.run(status(it.hub)).types
    assert {each.mapping: each.seen for each in types if each.seen} == {"crm.Company": 1, "erp.Company": 1}


def test_s9_what_no_hint_told_of_is_read_all_the_same() -> None:
    """A webhook that got lost does no harm."""
    it = office("Acme")
    it.erp.edit("Company", "1", city="Bergen")
    it.sync()
    assert it.crm.values("Company", "city") == ["Bergen"]


def test_s9_a_hint_without_ids_lists_everything_anew() -> None:
    it = office("Acme")
    reads = it.sync().cycles[0].reads
    assert all(read.records == 0 for read in reads if read.mapping == "erp.Company") or reads
    it.run(hint(it.hub, "erp.Company"))
    (read,) = [r for r in it.sync().cycles[0].reads if r.mapping == "erp.Company"]
    assert read.records == 1


def test_s9_ids_of_a_system_with_several_entity_types_are_refused() -> None:
    it = office("Acme")
    with pytest.raises(AccordError, match="several entity types"):
        it.run(hint(it.hub, "erp", ["1"]))


# C3


def test_c3_one_process_at_a_time_works_with_a_store(tmp_path: Path) -> None:
    """A second one is told so; while the first lets go of it between two runs the second has its turn."""
    path = tmp_path / "state.db"
    first = SqliteStore(path, inline=True)
    with pytest.raises(StopFlow, match="another process"):
        SqliteStore(path, inline=True)

    async def play() -> Any:
        async with first.idle():
            second = SqliteStore(path, inline=True)
            async with second.transaction() as tx:
                await tx.save_meta("said", "by the second")
            await second.close()
        async with first.transaction(dry=True) as tx:
            said = await tx.meta("said")
        with pytest.raises(StopFlow):
            SqliteStore(path, inline=True)
        await first.close()
        return said

    assert asyncio.run(play()) == "by the second"
