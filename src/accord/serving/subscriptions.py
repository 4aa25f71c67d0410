"""Systems are asked to tell of changes: subscriptions are made, renewed and removed, and found again after a crash.

What there should be follows from the configuration, what there is from the systems' own listings: nothing is remembered
but the addresses that were ever given out, so that a subscription is never left behind (S9, C1).
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Final

from msgspec import Struct

from accord.connectorkit.hook_calls import callbacks, is_below, is_same
from accord.connectorkit.manifest import Manifest
from accord.core.errors import AccordError, RetryLater, StopEntityType
from accord.core.wording import counted
from accord.ports.clock import Clock
from accord.ports.store import Store
from accord.ports.subscriber import Subscriber, Subscription
from accord.serving.telling import Tell

__all__ = ["HOOKS", "Look", "Standing", "Subscribing", "Subscriptions", "address", "ever_given", "note_given"]

HOOKS: Final = "/hooks/"
_LOOK_S: Final = 3600.0
"""So often a system is asked whether it still has them: many drop what failed for a while."""
_SOON_S: Final = 0.5
_RARELY_S: Final = 86_400.0
"""And so often, where there are to be none."""
_AGAIN_S: Final = 30.0
_MOST_GIVEN: Final = 10
_META: Final = "hooks"


class Subscribing(Struct, frozen=True, kw_only=True):
    """A system that can be asked to tell of changes, and the entity types that are read of it."""

    manifest: Manifest
    entity_types: Sequence[str]
    secret: str
    subscriber: Subscriber


class Look(Struct, frozen=True, kw_only=True):
    """Subscriptions of ours at a system: by address the one that is right, addresses that lack one, and what is too
    many: under an earlier address or secret, or there twice."""

    right: Mapping[str, Subscription]
    missing: Sequence[str]
    surplus: Sequence[Subscription]


class Standing(Struct, kw_only=True):
    """How it stands with one system: how many subscriptions, and what keeps it from them."""

    count: int = 0
    error: str = ""
    due_us: int = 0
    failed: int = 0


def address(public_url: str, system: str) -> str:
    """Where a system tells of changes."""
    return f"{public_url.rstrip('/')}{HOOKS}{system}"


async def ever_given(store: Store) -> dict[str, list[str]]:
    """Addresses that systems were ever given, the latest first."""
    async with store.transaction(dry=True) as tx:
        return dict(await tx.meta(_META) or {})


async def note_given(store: Store, given: Mapping[str, str]) -> dict[str, list[str]]:
    """Note which addresses systems are given from now on, before they are; all that they were ever given."""
    known = await ever_given(store)
    fresh = {
        system: [base, *(it for it in known.get(system, []) if it != base)][:_MOST_GIVEN]
        for system, base in given.items()
    }
    if {**known, **fresh} != known:
        async with store.transaction() as tx:
            await tx.save_meta(_META, {**known, **fresh})
    return {**known, **fresh}


class Subscriptions:
    """Those of all systems. A subscription below one of the addresses in `given` is ours; the first is to be called.

    A system is asked once it `may` be: nothing is left with an account that is another one (K6). After some were made
    `made` is called with the system: what happened before is to be found by a listing.
    """

    def __init__(
        self,
        systems: Mapping[str, Subscribing],
        given: Mapping[str, Sequence[str]],
        clock: Clock,
        tell: Tell,
        *,
        may: Callable[[str], bool] = lambda _: True,
        made: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.standing = {system: Standing() for system in systems}
        self._systems, self._given, self._clock, self._tell = systems, given, clock, tell
        self._may, self._made = may, made

    @asynccontextmanager
    async def kept(self) -> AsyncIterator[None]:
        """Inside they are kept as they should be."""
        task = asyncio.create_task(self._keep())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def tend(self) -> float:
        """Bring those that are due into order; seconds until the next ones are."""
        now_us = self._clock.now_us()
        due = [name for name, it in self.standing.items() if it.due_us <= now_us]
        await asyncio.gather(*(self._tend(name) for name in due))
        next_us = min((it.due_us for it in self.standing.values()), default=now_us + round(_LOOK_S * 1e6))
        return max(0.0, (next_us - self._clock.now_us()) / 1e6)

    def counts(self) -> dict[str, int]:
        """How many stand at each system that is to tell; 0 where it could not be asked just now."""
        return {
            name: 0 if it.error else it.count
            for name, it in self.standing.items()
            if self._systems[name].entity_types
        }

    def errors(self) -> dict[str, str]:
        """Why systems that are to tell can not be asked to."""
        return {
            name: it.error
            for name, it in self.standing.items()
            if it.error and self._systems[name].entity_types
        }

    async def look(self, system: str) -> Look:
        """What is there of ours. Raises AccordError."""
        there, wanted = await self._ours(system), self._wanted(system)
        right: dict[str, Subscription] = {}
        surplus = [each for each in there if not any(is_same(each.url, url) for url in wanted)]
        for url in wanted:
            same = sorted((each for each in there if is_same(each.url, url)), key=_end, reverse=True)
            if same:
                right[url] = same[0]
            surplus += same[1:]
        return Look(right=right, missing=[url for url in wanted if url not in right], surplus=surplus)

    async def forget(self, system: str) -> int:
        """Remove all of a system that are ours; how many there were. Raises AccordError."""
        there = await self._ours(system)
        for it in there:
            await self._systems[system].subscriber.unsubscribe(it)
        return len(there)

    # inside

    async def _keep(self) -> None:
        while True:
            await self._clock.sleep(await self.tend())

    async def _tend(self, system: str) -> None:
        standing = self.standing[system]
        if not self._may(system):
            standing.due_us = self._clock.now_us() + round(_SOON_S * 1e6)
            return
        before = (standing.count, standing.error)
        try:
            await self._put_right(system, standing)
        except AccordError as error:
            standing.error = error.message
            standing.failed += 1
            least_s = error.after_s if isinstance(error, RetryLater) else 0.0
            wait_s = min(_LOOK_S, max(least_s, _AGAIN_S * 2.0 ** (min(standing.failed, 10) - 1)))
            standing.due_us = self._clock.now_us() + round(wait_s * 1e6)
            if before[1] != standing.error:
                text = f"{system} can not be asked to tell of changes, which are found by listing until then"
                self._tell.fault("webhooks", text, error)
            return
        standing.error, standing.failed = "", 0
        lasts_s = self._lasts_s(system)
        wait_s = min(_LOOK_S, lasts_s / 3) if lasts_s else _LOOK_S
        wait_s = wait_s if standing.count else _RARELY_S
        standing.due_us = self._clock.now_us() + round(wait_s * 1e6)
        if before != (standing.count, ""):
            text = f"{system} tells of changes by itself ({counted(standing.count, 'subscription')})"
            self._tell("webhooks", text, system=system, count=standing.count)

    def _wanted(self, system: str) -> Mapping[str, Sequence[str]]:
        it, given = self._systems[system], self._given[system]
        return callbacks(it.manifest, given[0], it.entity_types, it.secret) if given else {}

    def _lasts_s(self, system: str) -> float | None:
        told = self._systems[system].manifest.webhooks
        return told.subscriptions.lasts_s if told and told.subscriptions else None

    async def _ours(self, system: str) -> list[Subscription]:
        found = await self._systems[system].subscriber.subscriptions()
        return [it for it in found if any(is_below(it.url, base) for base in self._given[system])]

    async def _put_right(self, system: str, standing: Standing) -> None:
        """What is missing is made, what ends soon renewed, what is too many or old removed, in this order: between two
        calls a crash leaves too many rather than too few."""
        subscriber, wanted, look = (
            self._systems[system].subscriber,
            self._wanted(system),
            await self.look(system),
        )
        for url in look.missing:
            await subscriber.subscribe(url, wanted[url])
            self._made(system)
        for url, there in look.right.items():
            if self._ends_soon(system, there) and not await subscriber.renew(there, wanted[url]):
                await self._replace(subscriber, there, url, wanted[url])
        for each in look.surplus:
            await subscriber.unsubscribe(each)
        standing.count = len(wanted)

    async def _replace(
        self, subscriber: Subscriber, old: Subscription, url: str, topics: Sequence[str]
    ) -> None:
        """A new one in the place of one that can not be renewed; some systems take no second one before that goes."""
        try:
            await subscriber.subscribe(url, topics)
        except StopEntityType:
            await subscriber.unsubscribe(old)
            await subscriber.subscribe(url, topics)
            return
        await subscriber.unsubscribe(old)

    def _ends_soon(self, system: str, there: Subscription) -> bool:
        lasts_s = self._lasts_s(system)
        if lasts_s is None:
            return False
        if there.until_us is None:  # it does not tell: two thirds of its life may be over
            return True
        return there.until_us - self._clock.now_us() < lasts_s * 1e6 * 2 / 3


def _end(it: Subscription) -> float:
    return float("inf") if it.until_us is None else it.until_us
