"""When a person is asked before much is destroyed (G1)."""

from collections import Counter

from msgspec.structs import replace

from accord.runtime.steps import approval
from accord.runtime.team import Alone
from accord.wiring import guard_limits
from tests.unit.runtime.office import PROJECT, Office

PROPAGATED = PROJECT.replace("    to: erp.Company\n", "    to: erp.Company\n    delete: propagate\n")


def with_companies(count, *, guards="", text=PROPAGATED):
    office = Office(text.replace("systems:", f"guards: {{{guards}}}\nsystems:") if guards else text)
    office.hub.guards = guard_limits(office.project)
    for n in range(count):
        office.crm.add("Company", name=f"C{n:02}", city="Oslo")
    office.sync()
    return office


def delete(office, *ids):
    for each in ids:
        office.crm.delete("Company", str(each))


def test_g1_few_deletes_are_carried_out():
    office = with_companies(20)
    delete(office, 1, 2, 3)
    assert office.sync(confirmed=False).ended == "done"
    assert len(office.erp.records("Company")) == 17


def test_g1_many_deletes_wait_and_the_rest_is_written():
    office = with_companies(20)
    delete(office, *range(1, 8))
    office.crm.edit("Company", "20", city="Bergen")
    run = office.sync(confirmed=False)
    assert run.ended == "waits"
    assert [alarm.key for alarm in run.alarms] == ["erp.Company:delete"]
    assert len(office.erp.records("Company")) == 20
    assert "Bergen" in office.erp.values("Company", "city")
    assert office.sync(confirmed=False, approved=["erp.Company:delete"]).ended == "done"
    assert len(office.erp.records("Company")) == 13


def test_g1_deletes_of_a_day_are_counted_together():
    office = with_companies(60)
    delete(office, *range(1, 6))
    assert office.sync(confirmed=False).ended == "done"
    delete(office, *range(6, 11))
    assert office.sync(confirmed=False).ended == "waits"
    office.clock.advance(25 * 3600)
    assert office.sync(confirmed=False).ended == "done"


def test_g1_all_of_an_entity_type_is_always_asked_about():
    office = with_companies(3)
    delete(office, 1, 2, 3)
    assert office.sync(confirmed=False).ended == "waits"


def test_g1_the_limits_of_the_project_hold():
    office = with_companies(20, guards="share: 0.5, least: 10")
    delete(office, *range(1, 8))
    assert office.sync(confirmed=False).ended == "done"


def test_g1_blankings_are_asked_about():
    office = with_companies(20)
    for n in range(1, 8):
        office.crm.edit("Company", str(n), city=None)
    run = office.sync(confirmed=False)
    assert [alarm.key for alarm in run.alarms] == ["erp.Company:blank:city"]
    assert "None" not in office.erp.values("Company", "city")


def test_g1_one_property_changed_nearly_everywhere_is_asked_about():
    office = with_companies(30)
    for n in range(1, 26):
        office.crm.edit("Company", str(n), city="Bergen")
    run = office.sync(confirmed=False)
    assert [alarm.key for alarm in run.alarms] == ["erp.Company:change:city"]


def city_of(office, city, ids):
    for n in ids:
        office.crm.edit("Company", str(n), city=city)
    return office.sync(confirmed=False)


def test_g1_changes_of_a_day_are_counted_together():
    office = with_companies(80)
    assert city_of(office, "Bergen", range(1, 21)).ended == "done"
    assert [alarm.key for alarm in city_of(office, "Bergen", range(21, 27)).alarms] == [
        "erp.Company:change:city"
    ]
    assert office.erp.values("Company", "city").count("Bergen") == 20
    office.clock.advance(25 * 3600)
    assert office.sync(confirmed=False).ended == "done"


def test_g1_a_record_that_changes_again_and_again_counts_once():
    office = with_companies(80)
    for city in ("Bergen", "Rome", "Bonn", "Narvik"):
        assert city_of(office, city, range(1, 10)).ended == "done"
    assert city_of(office, "Molde", range(10, 30)).ended == "waits"


def test_g1_in_a_day_of_very_many_runs_every_change_counts(monkeypatch):
    monkeypatch.setattr(approval, "_RUNS_A_DAY", 5)
    office = with_companies(80)
    assert city_of(office, "Bergen", range(1, 21)).ended == "done"
    for n in range(6):
        office.crm.edit("Company", "80", name=f"N{n}")
        assert office.sync(confirmed=False).ended == "done"
    assert [alarm.key for alarm in city_of(office, "Bergen", range(21, 27)).alarms] == [
        "erp.Company:change:city"
    ]


def test_g1_an_approval_is_used_up_by_what_it_was_given_for():
    """More is deleted while the run is under way: that is another list."""
    office = with_companies(40)
    delete(office, *range(1, 8))
    assert [alarm.count for alarm in office.sync(confirmed=False).alarms] == [7]
    late = list(range(8, 15))

    def before(_kind):
        delete(office, *late)
        late.clear()

    office.erp.connector.before = before
    run = office.sync(confirmed=False, approved=["erp.Company:delete=7"])
    assert [(alarm.key, alarm.count) for alarm in run.alarms] == [("erp.Company:delete", 7)]
    assert len(office.erp.records("Company")) == 33


def test_g1_a_large_first_sync_is_asked_about_and_its_plan_approves_it():
    office = Office(PROJECT.replace("systems:", "guards: {confirm_above: 3}\nsystems:"))
    office.hub.guards = guard_limits(office.project)
    for n in range(5):
        office.crm.add("Company", name=f"C{n}")
    plan = office.plan()
    assert [alarm.key for alarm in plan.alarms] == ["erp.Company:create"]
    assert office.sync(plan=plan).ended == "done"
    assert len(office.erp.records("Company")) == 5


def test_g1_what_an_alarm_names_is_taken_out_of_a_write_and_its_rest_is_written():
    office = with_companies(12)
    for n in range(12):
        office.crm.edit("Company", str(n + 1), city=None, name=f"D{n:02}")
    run = office.sync(confirmed=False)
    assert [alarm.key for alarm in run.alarms] == ["erp.Company:blank:city"]
    assert office.erp.values("Company", "city") == ["Oslo"] * 12
    assert office.erp.values("Company", "name") == [f"D{n:02}" for n in range(12)]
    assert office.sync(confirmed=False).summary()["sent"] == {}
    office.sync(confirmed=False, approved=["erp.Company:blank:city"])
    assert office.erp.values("Company", "city") == ["None"] * 12


class Hands(Alone):
    """Workers beside this one: what they sent is noted, by entity type and kind."""

    width = 3

    def __init__(self):
        self.sent = Counter()

    async def run(self, kind, pieces, here, *, together=False):
        done = await super().run(kind, pieces, here, together=together)
        if kind == "share":
            for each in done:
                self.sent.update(each.shared.sent)
        return done


def test_g1_c3_what_is_destroyed_is_left_to_who_counts_for_all():
    office = with_companies(60)
    office.hub.team = hands = Hands()
    office.hub.limits = replace(office.hub.limits, least_to_share=1)
    delete(office, *range(1, 6))
    for each in range(6, 12):
        office.crm.edit("Company", str(each), city="Bergen")
    for each in range(12, 15):
        office.crm.edit("Company", str(each), city=None)
    assert office.sync(confirmed=False).ended == "done"
    assert len(office.erp.records("Company")) == 55
    assert office.erp.values("Company", "city").count("Bergen") == 6
    assert sum(not row.get("city") for row in office.erp.records("Company")) == 3
    assert hands.sent == {("erp.Company", "update"): 6}
