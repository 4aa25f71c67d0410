"""Alerts: whatever happens, each cause is told once, its end is told once, and nothing is lost."""

import asyncio
from collections import Counter, deque
from collections.abc import Sequence
from typing import Any, Literal, cast

from hypothesis import given, settings, strategies as st

from accord.alerting import Alerts
from accord.ports.connection import Connection
from accord.project.schema_alerts import AlertsConfig
from accord.runtime.hub import Hub
from accord.runtime.runs.sync import Synced
from accord.store import MemoryStore
from accord.testing.connector_contract import PlayedClock
from tests.unit.runtime.office import Office

State = Literal["connected", "ends soon", "ended"]
STATES: tuple[State, ...] = ("connected", "ends soon", "ended")
STEP = st.tuples(
    st.sampled_from(["a", "b", "c"]),
    st.sampled_from(STATES),
    st.sampled_from([20.0, 300.0, 2000.0]),
    st.sampled_from(["", "", "", "restart", "breaks", "mends"]),
)
PER_HOUR = 3
MODEL = Office().hub.model


class People:
    """Hear what is told, or do not."""

    name = "env:PEOPLE"

    def __init__(self, clock: PlayedClock) -> None:
        self.clock, self.reached = clock, True
        self.lines: list[str] = []
        self.at_us: deque[int] = deque()

    async def send(self, title: str, text: str, *, over: bool) -> bool:
        if self.reached:
            self.at_us.append(self.clock.now_us())
            assert sum(us > self.clock.now_us() - 3_600_000_000 for us in self.at_us) <= PER_HOUR
            self.lines += [line for line in text.splitlines() if line.startswith("- ")]
        return self.reached


def line_of(system: str, state: State) -> str:
    words = {
        "connected": "is connected.",
        "ends soon": "connected, but it ends soon",
        "ended": "it has ended",
    }
    return f"- {system}{' ' if state == 'connected' else ': '}{words[state]}"


@settings(max_examples=40, deadline=None)
@given(st.lists(STEP, max_size=25))
def test_w9_whatever_happens_a_cause_is_told_once_and_its_end_once(steps: list[tuple[Any, ...]]) -> None:
    clock = PlayedClock()
    people, stands = People(clock), dict.fromkeys("abc", cast(State, "connected"))

    async def connections() -> Sequence[Connection]:
        return [Connection(system=name, state=state) for name, state in sorted(stands.items())]

    hub = Hub(model=MODEL, store=MemoryStore(), connectors={}, clock=clock, connections=connections)
    wanted = AlertsConfig(to=[people.name], per_hour=PER_HOUR)

    def begun() -> Alerts:
        return Alerts(wanted, lambda: [people])

    changes: Counter[tuple[str, State]] = Counter()

    async def play() -> None:
        alerts = begun()
        for system, state, wait_s, event in steps:
            changes[system, state] += stands[system] != state
            stands[system] = state
            people.reached = {"breaks": False, "mends": True}.get(event, people.reached)
            alerts = begun() if event == "restart" else alerts
            await alerts.after_run(hub, Synced(run=1))
            clock.pass_s(wait_s)
        people.reached = True
        for _ in range(4):
            clock.pass_s(3601)
            await alerts.after_run(hub, Synced(run=1))

    asyncio.run(play())
    for system, state in stands.items():
        heard = [line for line in people.lines if line[2] == system]
        told = [each for line in heard for each in STATES if line.startswith(line_of(system, each))]
        assert len(told) == len(heard)
        assert (told[-1] if told else "connected") in (state, "ended" if state != "connected" else state)
        for before, after in zip(["connected", *told], told, strict=False):
            assert before != after  # nothing twice, and no end of what was never told
            assert (before, after) != ("ended", "ends soon")
        for each in STATES:
            assert told.count(each) <= changes[system, each]
