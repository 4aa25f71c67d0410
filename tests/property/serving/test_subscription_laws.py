"""Laws of subscriptions: whatever crashed, got lost or was done by others, in the end there is one of each (S9, C1)."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress

from hypothesis import given, settings, strategies as st

from accord.connectorkit.hook_calls import callbacks
from accord.connectorkit.manifest import Manifest
from accord.connectorkit.manifest_load import manifest_from
from accord.core.errors import RetryLater, StopEntityType
from accord.ports.subscriber import Subscription
from accord.serving.subscriptions import Subscribing, Subscriptions, address
from accord.serving.telling import Tell

LASTS_S = 1800
PUBLIC = ("https://hub.example", "https://old.example/accord")
OTHERS = ("https://else.example/hooks/crm?for=Person", "https://hub.example/hooks/erp?for=Person")


def manifest(per: str, *, lasts: bool, renews: bool) -> Manifest:
    until = {"end": "{until}"} if lasts else {}
    hole = "{topics}" if per != "topic" else "{topic}"
    calls = {
        "per": per,
        "topics": {"Person": ["person.new", "person.gone"]},
        "create": {"method": "POST", "path": "hooks", "body": {"url": "{url}", "of": hole, **until}},
        "remove": {"method": "DELETE", "path": "hooks/{id}"},
        "list": {"path": "hooks"},
    }
    if lasts:
        calls["lasts_s"] = LASTS_S
    if renews and lasts:
        calls["renew"] = {"method": "PATCH", "path": "hooks/{id}", "body": until}
    return manifest_from(
        {
            "name": "crm",
            "base_url": "https://crm.example",
            "webhooks": {
                "secret": "env:HOOKS",
                "verify": {"kind": "header", "header": "X-Secret"},
                "events": {"id": "id", "type": "type"},
                "subscriptions": calls,
            },
            "types": {
                name: {"path": name, "update": "patch", "properties": {"n": {}}}
                for name in ("Person", "Deal")
            },
        }
    )


class CrashError(BaseException):
    """The process ends here."""


class Clock:
    us = 1_700_000_000_000_000

    def now_us(self) -> int:
        return self.us

    async def sleep(self, seconds: float) -> None:
        self.us += round(seconds * 1e6)


class System:
    """Notes subscriptions. `faults` strike one call each: "down", "refused", "lost" (done, and not told), "crash"."""

    def __init__(self, clock: Clock, of: Manifest, *, tells_end: bool, unique: bool) -> None:
        assert of.webhooks
        assert of.webhooks.subscriptions
        self.clock, self.told, self.tells_end, self.unique = (
            clock,
            of.webhooks.subscriptions,
            tells_end,
            unique,
        )
        self.there: dict[str, Subscription] = {}
        self.faults: list[str] = []
        self.calls = self.number = 0

    def enter(self, url: str) -> None:
        self.number += 1
        lasts_s = self.told.lasts_s
        until_us = None if lasts_s is None else self.clock.us + round(lasts_s * 1e6)
        self.there[str(self.number)] = Subscription(id=str(self.number), url=url, until_us=until_us)

    def live(self) -> list[Subscription]:
        now = self.clock.us
        return [it for it in self.there.values() if it.until_us is None or it.until_us > now]

    def strike(self) -> str:
        self.calls += 1
        fault = self.faults.pop(0) if self.faults else ""
        if fault == "down":
            raise RetryLater("down", after_s=5)
        if fault == "refused":
            raise StopEntityType("refused", remedy="")
        return fault

    def end(self, fault: str) -> None:
        if fault == "lost":
            raise RetryLater("no answer", after_s=5)
        if fault == "crash":
            raise CrashError

    async def subscriptions(self) -> list[Subscription]:
        self.end(self.strike())
        hidden = [] if self.tells_end else [Subscription(id=it.id, url=it.url) for it in self.live()]
        return self.live() if self.tells_end else hidden

    async def subscribe(self, url: str, topics: Sequence[str]) -> None:
        fault = self.strike()
        assert topics
        if self.unique and any(it.url == url for it in self.live()):
            raise StopEntityType("there is one", remedy="")
        self.enter(url)
        self.end(fault)

    async def renew(self, it: Subscription, topics: Sequence[str]) -> bool:
        if self.told.renew is None:
            return False
        fault = self.strike()
        assert topics
        known = any(each.id == it.id for each in self.live())
        if known:
            self.there[it.id] = Subscription(
                id=it.id, url=it.url, until_us=self.clock.us + round(LASTS_S * 1e6)
            )
        self.end(fault)
        return known

    async def unsubscribe(self, it: Subscription) -> None:
        fault = self.strike()
        self.there.pop(it.id, None)
        self.end(fault)


def hub(system: System, clock: Clock, of: Manifest, types: Sequence[str], secret: str) -> Subscriptions:
    telling = Subscribing(manifest=of, entity_types=types, secret=secret, subscriber=system)
    return Subscriptions({"crm": telling}, {"crm": [address(url, "crm") for url in PUBLIC]}, clock, Tell())


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["tend", "tend", "restart", "vanish", "double", "old", "pass"]),
        st.lists(st.sampled_from(["", "", "down", "refused", "lost", "crash"]), max_size=3),
    ),
    max_size=8,
)


async def played(system: System, clock: Clock, of: Manifest, step: str) -> None:
    """What happens in the system, or meanwhile."""
    if step == "vanish":
        system.there = {key: it for key, it in system.there.items() if it.url in OTHERS}
    elif step == "double" and not system.unique:
        system.enter(next(iter(callbacks(of, address(PUBLIC[0], "crm"), ["Person"], "one"))))
    elif step == "old":
        system.enter(f"{address(PUBLIC[1], 'crm')}?for=Deal&v=1")
    elif step == "pass":
        clock.us += LASTS_S * 400_000


async def kept(system: System, clock: Clock, of: Manifest) -> None:
    """From now on nothing goes wrong: all is as it should be, now and later, at one call a look."""
    wanted = sorted(callbacks(of, address(PUBLIC[0], "crm"), ["Deal", "Person"], "two"))
    here = hub(system, clock, of, ["Deal", "Person"], "two")
    for _ in range(0 if system.unique else 2):
        system.enter(wanted[0])
    for _ in range(6):
        system.calls = 0
        wait_s = await here.tend()
        assert here.standing["crm"].error == ""
        assert 0 < wait_s <= 3600
        assert sorted(it.url for it in system.live() if it.url not in OTHERS) == wanted
        clock.us += round(wait_s * 1e6)
    assert system.told.lasts_s or system.calls == 1, "who looks and finds all well calls once"
    assert await here.forget("crm") == len(wanted)


@settings(max_examples=150)
@given(
    st.sampled_from(["all", "type", "topic"]),
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.booleans(),
    STEPS,
)
def test_s9_in_the_end_there_is_one_of_each_and_no_orphan(per, lasts, renews, tells_end, unique, steps):
    async def run() -> None:
        clock = Clock()
        of = manifest(per, lasts=lasts, renews=renews)
        system = System(clock, of, tells_end=tells_end, unique=unique)
        for url in OTHERS:
            system.enter(url)
            system.there[str(system.number)] = Subscription(id=str(system.number), url=url)
        here = hub(system, clock, of, ["Person"], "one")
        for step, faults in steps:
            await played(system, clock, of, step)
            system.faults = faults
            if step == "restart":
                here = hub(system, clock, of, ["Person"], "one")
            with suppress(CrashError):
                await here.tend()
        system.faults = []
        await kept(system, clock, of)
        assert sorted(it.url for it in system.live()) == sorted(OTHERS)

    asyncio.run(run())


@given(st.integers(1, 12))
def test_w9_a_system_that_is_down_is_left_alone_for_longer_each_time(times):
    async def run() -> None:
        clock = Clock()
        of = manifest("all", lasts=False, renews=False)
        down, up = (System(clock, of, tells_end=True, unique=False) for _ in range(2))
        telling = {
            name: Subscribing(manifest=of, entity_types=["Deal"], secret="s", subscriber=system)
            for name, system in (("down", down), ("up", up))
        }
        given_out = {name: [address(PUBLIC[0], name)] for name in telling}
        here = Subscriptions(telling, given_out, clock, Tell())
        waits = []
        for _ in range(times):
            down.faults = ["down"]
            before = down.calls
            await here.tend()
            assert down.calls == before + 1
            waits.append(here.standing["down"].due_us - clock.us)
            clock.us = here.standing["down"].due_us
        assert list(here.errors()) == ["down"]
        assert waits == sorted(waits)
        assert 30_000_000 <= waits[0] <= max(waits) <= 3_600_000_000
        assert len(up.live()) == 1
        await here.tend()
        assert len(down.live()) == 1
        assert here.standing["down"].error == ""
        assert here.errors() == {}

    asyncio.run(run())


def test_k6_a_system_is_asked_once_its_account_is_known_and_listed_where_it_begins_to_tell():
    async def run() -> None:
        clock = Clock()
        of = manifest("type", lasts=False, renews=False)
        system = System(clock, of, tells_end=True, unique=False)
        telling = Subscribing(manifest=of, entity_types=["Deal", "Person"], secret="s", subscriber=system)
        known: set[str] = set()
        made: list[str] = []
        here = Subscriptions(
            {"crm": telling},
            {"crm": [address(PUBLIC[0], "crm")]},
            clock,
            Tell(),
            may=known.__contains__,
            made=made.append,
        )
        for _ in range(3):
            assert 0 < await here.tend() <= 1
            clock.us += 1_000_000
        assert (system.calls, made) == (0, [])
        known.add("crm")
        await here.tend()
        assert set(made) == {"crm"}
        assert len(system.live()) == 2
        made.clear()
        clock.us = here.standing["crm"].due_us
        await here.tend()
        assert made == [], "nothing is listed while all stands"
        system.there.popitem()
        clock.us = here.standing["crm"].due_us
        await here.tend()
        assert set(made) == {"crm"}

    asyncio.run(run())
