"""A system that tells of changes by itself: who subscribes hears of each, and only what the system sent counts (S9)."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Final

import pytest
from msgspec import Struct, field

from accord.connectorkit.hook_calls import callbacks
from accord.connectorkit.hooks import Delivery, Handshake, Hints, Refusal, Replays, hints_of
from accord.connectorkit.manifest import Manifest
from accord.ports.subscriber import Subscriber
from accord.testing.connector_contract.rig import Playing, Rig, playing

__all__ = ["HookRig", "HooksContract"]

_PATIENCE_S: Final = 5.0


class HookRig(Struct, kw_only=True):
    """A receiver that the system can reach at `base`; `took` is called with what came in, and gives status, body and
    type of the answer."""

    manifest: Manifest
    subscriber: Subscriber
    base: str
    secret: str
    now_us: Callable[[], int]
    came: list[Delivery] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)
    refuse: int = 0
    """So many deliveries are answered with 500."""

    def took(self, it: Delivery) -> tuple[int, bytes, str]:
        """Answer as the hub does; what is no handshake is kept."""
        got = hints_of(self.manifest, it, self.secret, self.now_us())
        if isinstance(got, Handshake):
            return got.status, got.body, got.content_type
        self.came.append(it)
        self.news.set()
        if self.refuse:
            self.refuse -= 1
            return 500, b"", "text/plain"
        return (got.status if isinstance(got, Refusal) else 202), b"", "text/plain"

    async def heard(self, count: int) -> list[Hints | Handshake | Refusal]:
        """What the first deliveries hint at, once there are so many."""
        async with asyncio.timeout(_PATIENCE_S):
            while len(self.came) < count:
                await self.more()
        return [hints_of(self.manifest, it, self.secret, self.now_us()) for it in self.came]

    async def more(self) -> None:
        """Something else came."""
        self.news.clear()
        await self.news.wait()

    def ids(self, got: list[Hints | Handshake | Refusal]) -> list[str]:
        """Ids that were hinted at, each event once."""
        seen, found = Replays(300), list[str]()
        for each in got:
            if isinstance(each, Hints):
                fresh = seen.fresh(each, self.now_us())
                seen.keep(fresh, self.now_us())
                found += [hint.id for hint in fresh.hints]
        return found


class HooksContract(Playing):
    """Subscriptions and webhooks; skipped where a rig has none."""

    def test_s9_subscriptions_are_made_listed_renewed_and_removed(self) -> None:
        async def act(rig: Rig, hooks: HookRig) -> None:
            wanted = await _subscribed(rig, hooks)
            made = await hooks.subscriber.subscriptions()
            assert sorted(it.url for it in made) == sorted(wanted)
            for it in made:
                assert it.until_us is None or it.until_us > hooks.now_us()
                rig.pass_s(60)
                renewed = await hooks.subscriber.renew(it, wanted[it.url])
                (now,) = [each for each in await hooks.subscriber.subscriptions() if each.id == it.id]
                assert renewed == bool(it.until_us and now.until_us and now.until_us > it.until_us)
                await hooks.subscriber.unsubscribe(it)
                await hooks.subscriber.unsubscribe(it)  # it is gone, which is no fault
            assert await hooks.subscriber.subscriptions() == []
            rig.enter(1)
            await asyncio.sleep(0.05)
            assert hooks.came == []

        _hooked(self, act)

    def test_s9_whatever_happens_to_a_record_is_told(self) -> None:
        async def act(rig: Rig, hooks: HookRig) -> None:
            await _subscribed(rig, hooks)
            ours = await rig.create()
            (theirs,) = rig.enter(2)
            rig.told()
            await _until(hooks, {ours, theirs})
            hooks.came.clear()
            rig.people.person_edit(rig.name, theirs, rig.at(rig.text(), "edited"))
            rig.told()
            assert hooks.ids(await hooks.heard(1)) == [theirs]
            hooks.came.clear()
            rig.people.person_delete(rig.name, ours)
            rig.told()
            assert hooks.ids(await hooks.heard(1)) == [ours]

        _hooked(self, act)

    def test_s9_what_is_not_taken_comes_again(self) -> None:
        async def act(rig: Rig, hooks: HookRig) -> None:
            await _subscribed(rig, hooks)
            hooks.refuse = 2
            (record_id,) = rig.enter(1)
            rig.told()
            got = await hooks.heard(3)
            assert hooks.ids(got) == [record_id], "one event, three times"

        _hooked(self, act)

    def test_s9_a_forged_one_is_refused(self) -> None:
        async def act(rig: Rig, hooks: HookRig) -> None:
            await _subscribed(rig, hooks)
            rig.played("misbehave").quirks[rig.name].forges_hints = 1
            rig.enter(1)
            rig.told()
            assert [it.status for it in await hooks.heard(1) if isinstance(it, Refusal)] == [401]

        _hooked(self, act)

    def test_s9_one_that_comes_twice_counts_once(self) -> None:
        async def act(rig: Rig, hooks: HookRig) -> None:
            await _subscribed(rig, hooks)
            rig.played("misbehave").quirks[rig.name].doubles_hints = 1
            (record_id,) = rig.enter(1)
            rig.told()
            await hooks.heard(1)
            await asyncio.sleep(0.05)
            assert hooks.ids(await hooks.heard(1)) == [record_id]

        _hooked(self, act)

    def test_s9_late_ones_come_after_those_behind_them(self) -> None:
        async def act(rig: Rig, hooks: HookRig) -> None:
            await _subscribed(rig, hooks)
            quirks = rig.played("misbehave").quirks[rig.name]
            quirks.late_hints, quirks.late_hints_s = 1, 60
            (late,) = rig.enter(1)
            rig.told()
            quirks.late_hints = 0
            (prompt,) = rig.enter(2)
            rig.told()
            await _until(hooks, {prompt})
            rig.pass_s(61)
            await _until(hooks, {prompt, late})
            assert hooks.ids(await hooks.heard(2)) == [prompt, late]

        _hooked(self, act)

    def test_s9_dropped_ones_never_come(self) -> None:
        async def act(rig: Rig, hooks: HookRig) -> None:
            await _subscribed(rig, hooks)
            rig.played("misbehave").quirks[rig.name].drops_hints = 1
            rig.enter(1)
            rig.told()
            rig.played("misbehave").quirks[rig.name].drops_hints = 0
            (told,) = rig.enter(2)
            rig.told()
            assert hooks.ids(await hooks.heard(1)) == [told]

        _hooked(self, act)


def _hooked(part: Playing, act: Callable[[Rig, HookRig], Coroutine[Any, Any, None]]) -> None:
    async def run(rig: Rig) -> None:
        if not isinstance(rig.hooks, HookRig):
            pytest.skip("the rig has no webhooks")
        await act(rig, rig.hooks)

    playing(part, run)


async def _subscribed(rig: Rig, hooks: HookRig) -> dict[str, tuple[str, ...]]:
    """Addresses with their topics, subscribed to, once each has been proved ours."""
    wanted = callbacks(hooks.manifest, hooks.base, [rig.name], hooks.secret)
    for url, topics in wanted.items():
        await hooks.subscriber.subscribe(url, topics)
    assert wanted
    return wanted


async def _until(hooks: HookRig, ids: set[str]) -> None:
    async with asyncio.timeout(_PATIENCE_S):
        while set(hooks.ids(await hooks.heard(0))) != ids:
            await hooks.more()
