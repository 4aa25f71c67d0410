"""People are told once, and once when it is over; of names and counts alone (P2)."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from accord.alerting import Alerts, load_ledger
from accord.core.errors import ConfigError, Fault, StopFlow
from accord.core.wording import counted
from accord.ports.connection import Connection
from accord.project.schema_alerts import AlertsConfig
from accord.runtime.asking import find_asking
from accord.runtime.runs.sync import Synced, sync
from accord.serving.metrics import Metrics, look_at_books
from tests.unit.runtime.office import PROJECT, Office, of_two

ASKS = of_two("""\
pairs:
  - from: crm.Company
    to: erp.Company
    survivorship: ask
    create: {forward: always, backward: always}
    match: [[[name, name]]]
    rows:
      - [name, name]
      - [city, city]
""")


class Phone:
    """A way to people that keeps what came."""

    name = "env:PHONE"

    def __init__(self) -> None:
        self.came: list[tuple[str, str]] = []
        self.works = True

    async def send(self, title: str, text: str, *, over: bool) -> bool:
        if self.works:
            self.came.append((title, text))
        return self.works


class Watched:
    """An office whose service tells people."""

    def __init__(self, text: str = PROJECT, *, unique: Sequence[str] = (), **wanted: Any) -> None:
        self.office, self.phone = Office(text, unique=unique), Phone()
        self.connections: list[Connection] = []
        self.wanted = AlertsConfig(to=["env:PHONE"], **wanted)
        self.restart()

    def restart(self) -> None:
        """Another process goes on with the same store."""
        self.office.restart()
        self.alerts = Alerts(self.wanted, lambda: [self.phone])

        async def stand() -> Sequence[Connection]:
            return self.connections

        self.office.hub.connections = stand

    def run(self, *, confirmed: bool = True, untold: Mapping[str, str] = {}) -> list[str]:
        """What people are told after a run: lines."""
        hub = self.office.hub

        async def act() -> None:
            await self.alerts.after_run(hub, await sync(hub, confirmed=confirmed, again=True), untold)

        return self.told(act())

    def fails(self) -> list[str]:
        """What they are told when a run is stopped."""
        error = StopFlow("the disk is full", remedy="Make room")
        return self.told(self.alerts.after_error(self.office.hub, error))

    def told(self, act: Any) -> list[str]:
        before = len(self.phone.came)
        asyncio.run(act)
        return [
            line for _, text in self.phone.came[before:] for line in text.splitlines() if line[:2] == "- "
        ]

    def pass_s(self, seconds: float) -> None:
        asyncio.run(self.office.clock.sleep(seconds))


def test_a_configuration_that_waits_is_told_once_and_when_it_is_confirmed():
    it = Watched()
    it.office.crm.add("Company", name="Acme")
    (line,) = it.run(confirmed=False)
    assert "accord plan --out plan.json && accord sync --plan plan.json" in line
    it.pass_s(60)
    assert it.run(confirmed=False) == []
    it.restart()
    assert it.run(confirmed=False) == []
    assert it.run() == ["- The configuration is confirmed."]
    assert [title for title, _ in it.phone.came] == [
        "Accord office: 1 thing needs somebody",
        "Accord office: over",
    ]


def test_g1_a_guard_that_stops_writes_is_told_with_what_to_type():
    it = Watched(
        PROJECT.replace(
            "create: {forward: always, backward: always}",
            "create: {forward: always, backward: always}\n    delete: propagate",
            1,
        )
    )
    made = [it.office.crm.add("Company", name=f"Company {n}") for n in range(20)]
    assert it.run() == []
    for each in made[:15]:
        it.office.crm.delete("Company", each)
    it.pass_s(3600)
    lines: list[str] = []
    for _ in range(5):
        lines += it.run(confirmed=False)
        it.pass_s(3600)
    (line,) = lines
    assert "A guard stopped writes: 15 records of erp.Company would be deleted" in line
    assert "accord sync --approve 'erp.Company:delete=15'" in line
    assert "Company 1" not in line
    assert it.run() == ["- No guard stops writes of erp.Company any more (erp.Company:delete)."]


def test_reviews_and_refused_writes_are_counted_and_told_anew_when_ten_times_as_many():
    it = Watched(unique=["name"])
    for _ in range(2):
        it.office.crm.add("Company", name="Acme")
    assert it.run() == ["- 1 review of company waits for a decision: accord review"]
    for n in range(2):
        it.office.crm.add("Person", name="Ada", email=f"ada{n}@x.no")
    it.pass_s(20)
    (line,) = it.run()
    assert line == "- Writes to 1 record of erp.Person are refused, and why: accord deadletters"
    for n in range(9):
        for _ in range(2):
            it.office.crm.add("Company", name=f"Firm {n}")
    it.pass_s(20)
    assert it.run() == ["- 10 reviews of company wait for a decision: accord review"]
    it.pass_s(20)
    assert it.run() == []


def test_m2_a_conflict_is_told_until_it_is_decided():
    it = Watched(ASKS)
    acme = it.office.crm.add("Company", name="Acme", city="Oslo")
    assert it.run() == []
    it.office.crm.edit("Company", acme, city="Bergen")
    it.office.erp.edit("Company", it.office.erp.records("Company")[0]["id"], city="Bodø")
    (line,) = it.run()
    assert line == "- 1 record of company has a conflict that only a person can decide: accord conflicts"
    it.restart()
    it.pass_s(20)
    assert it.run() == []
    it.office.crm.edit("Company", acme, city="Bodø")
    it.pass_s(20)
    assert it.run() == ["- No conflict of company waits any more."]


def test_m2_a_conflict_that_somebody_else_came_upon_is_told():
    """A command met it, or an earlier version, which kept no mark of it."""
    it = Watched(ASKS)
    acme = it.office.crm.add("Company", name="Acme", city="Oslo")
    assert it.run() == []
    it.office.crm.edit("Company", acme, city="Bergen")
    it.office.erp.edit("Company", it.office.erp.records("Company")[0]["id"], city="Bodø")
    it.office.sync()
    it.restart()
    told = "- 1 record of company has a conflict that only a person can decide: accord conflicts"
    assert it.run() == [told]
    it.office.run(_unmark(it.office))
    it.pass_s(20)
    assert it.run() == ["- No conflict of company waits any more."]
    it.office.run(find_asking(it.office.hub))
    it.pass_s(20)
    assert it.run() == [told]
    it.office.run(_unmark(it.office))
    it.office.run(find_asking(it.office.hub))  # once in the life of a store
    assert it.office.run(look_at_books(it.office.hub)).conflicts == {"company": 0}


async def _unmark(made: Office) -> None:
    async with made.store.transaction() as tx:
        await tx.unmark("ask", await tx.marked("ask", "", 9))


def test_a_figure_counts_what_waits_for_people():
    it = Watched(ASKS)
    acme = it.office.crm.add("Company", name="Acme", city="Oslo")
    it.run()
    assert it.office.run(look_at_books(it.office.hub)).conflicts == {"company": 0}
    erp = it.office.erp.records("Company")[0]["id"]
    it.office.crm.edit("Company", acme, name="Acme A", city="Bergen")
    it.office.erp.edit("Company", erp, name="Acme B", city="Bodø")
    it.run()
    metrics = Metrics()
    metrics.wait(it.office.run(look_at_books(it.office.hub)))
    assert 'accord_conflicts_open{concept="company"} 2.0' in metrics.text().decode()


def test_s9_a_system_that_can_not_be_asked_to_tell_of_changes_is_told_unless_it_is_down():
    it = Watched()
    why = {"erp": "erp refused it: status 403."}
    assert it.run(untold=why) == []  # it may be a moment's
    it.pass_s(130)
    (line,) = it.run(untold=why)
    assert line.startswith(
        "- erp can not be asked to tell of changes, which are found by reading until then: erp ref"
    )
    it.pass_s(20)
    assert it.run(untold=why) == []
    assert it.run() == []
    it.pass_s(20)
    assert it.run() == ["- erp tells of changes by itself."]
    it.office.erp.down = True
    it.pass_s(20)
    assert it.run(untold=why) == []
    it.pass_s(130)
    assert it.run(untold=why) == []


def test_w9_a_system_that_is_down_is_told_after_a_while_and_when_it_is_back():
    it = Watched(down_minutes=10)
    it.run()
    it.office.erp.down = True
    lines: list[str] = []
    for _ in range(12):
        assert lines == []
        it.pass_s(50)
        lines += it.run()
    it.pass_s(60)
    (line,) = it.run()
    assert line.startswith("- erp could not be read for a while (erp.Company, erp.Person): ")
    it.office.erp.down = False
    it.pass_s(700)
    assert it.run() == ["- erp can be read again."]
    it.office.erp.down = True
    it.pass_s(20)
    assert it.run() == []
    it.office.erp.down = False
    it.pass_s(20)
    assert it.run() == []  # it was not worth a word


def test_c5_a_login_is_asked_for_before_it_ends_and_when_it_has_ended():
    it = Watched()
    it.connections = [Connection(system="crm", state="connected")]
    assert it.run() == []
    for state, told in (
        ("ends soon", "- crm: connected, but it ends soon: accord connect crm"),
        ("ended", "- crm: it has ended, or was taken back: accord connect crm"),
    ):
        it.connections = [Connection(system="crm", state=state)]
        it.pass_s(20)
        assert it.run() == [told]
        it.pass_s(20)
        assert it.run() == []
    it.connections = [Connection(system="crm", state="connected")]
    it.pass_s(20)
    assert it.run() == ["- crm is connected."]


def test_a_run_that_is_stopped_again_and_again_is_told():
    it = Watched()
    it.connections = [Connection(system="crm", state="ended")]
    assert len(it.run()) == 1
    assert it.fails() == []
    it.pass_s(61)
    (line,) = it.fails()
    assert line.endswith("the disk is full. Make room")
    assert it.fails() == []
    it.pass_s(20)
    assert it.run() == ["- Runs come to their end again."]


def test_p2_pauses_of_guards_are_told_without_what_they_found():
    it = Watched()
    acme = it.office.crm.add("Company", name="Acme")
    it.office.crm.connector.account = "ada@crm.example"
    assert it.run() == []
    it.restart()
    it.office.crm.connector.account = "eve@crm.example"
    it.pass_s(20)
    (line,) = it.run()
    assert "crm is paused: it is another account" in line
    assert "accord resume crm" in line
    assert "ev" not in line.replace("every", "")
    assert acme


def test_no_more_messages_an_hour_than_people_want_and_nothing_is_lost():
    it = Watched(per_hour=2)
    names = ["a", "b", "c", "d"]
    for name in names:
        it.connections.append(Connection(system=name, state="none"))
        it.run()
        it.pass_s(20)
    assert len(it.phone.came) == 2
    it.pass_s(3600)
    lines = it.run()
    assert [line[:4] for line in lines] == ["- c:", "- d:"]
    assert it.phone.came[-1][0] == f"Accord office: {counted(2, 'thing needs', 'things need')} somebody"


def test_what_does_not_get_there_is_tried_again_after_a_while():
    it = Watched()
    it.phone.works = False
    it.connections = [Connection(system="crm", state="none")]
    assert it.run() == []
    it.phone.works = True
    it.pass_s(30)
    assert it.run() == []
    it.pass_s(40)
    assert len(it.run()) == 1


def test_what_people_do_not_want_to_hear_of_is_kept_from_them():
    it = Watched(about=["login"])
    for _ in range(2):
        it.office.crm.add("Company", name="Acme")
    it.connections = [Connection(system="crm", state="none")]
    assert [line[:6] for line in it.run()] == ["- crm:"]
    it.wanted = AlertsConfig(to=["env:PHONE"], about=["review"])
    it.restart()
    it.pass_s(20)
    assert it.run() == ["- 1 review of company waits for a decision: accord review"]


@pytest.mark.parametrize("to", [[], ["env:PHONE"]])
def test_c4_nothing_is_read_or_written_where_nothing_is_new(to):
    it = Watched()
    it.alerts = Alerts(AlertsConfig(to=to), lambda: [it.phone])
    it.run()
    synced = Synced(run=1)
    transactions: list[bool] = []
    begin = it.office.hub.store.transaction
    asyncio.run(it.alerts.after_run(it.office.hub, synced))

    def counting(*, dry: bool = False) -> Any:
        transactions.append(dry)
        return begin(dry=dry)

    it.office.hub.store.transaction = counting  # type: ignore[method-assign]
    asyncio.run(it.alerts.after_run(it.office.hub, synced))
    assert transactions == []
    it.pass_s(16)
    asyncio.run(it.alerts.after_run(it.office.hub, synced))
    assert transactions == ([True] if to else [])


def test_what_was_told_is_kept_without_values():
    it = Watched(ASKS)
    acme = it.office.crm.add("Company", name="Acme", city="Oslo")
    it.run()
    it.office.crm.edit("Company", acme, city="Bergen")
    it.office.erp.edit("Company", it.office.erp.records("Company")[0]["id"], city="Bodø")
    it.run()

    async def kept() -> str:
        async with it.office.store.transaction(dry=True) as tx:
            ledger = await load_ledger(tx)
            return repr(ledger)

    text = asyncio.run(kept())
    for value in ("Acme", "Oslo", "Bergen", "Bodø"):
        assert value not in text


def test_ways_that_are_wrong_are_told_at_once_and_stop_nothing(caplog):
    it = Watched()

    def wrong() -> Sequence[Phone]:
        raise ConfigError([Fault("alerts.to", 0, "env:PHONE: the environment variable is not set", "Set it")])

    it.alerts = Alerts(it.wanted, wrong)
    assert it.run() == []
    assert "alerts: nobody is told" in caplog.text
    it.connections = [Connection(system="crm", state="none")]
    it.pass_s(20)
    assert it.run() == []
    it.alerts = Alerts(it.wanted, lambda: [it.phone])
    assert len(it.run()) == 1
