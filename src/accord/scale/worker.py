"""A worker: the conductor of its project while it holds the lease for that, else a hand (C3)."""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, nullcontext, suppress
from typing import Any, Final, Protocol, TypeVar

from msgspec.structs import replace

from accord.core.errors import AccordError, StaleLease, Undone
from accord.ports.pieces import Claim, Pieces
from accord.runtime.hub import Hub
from accord.runtime.pieces import perform
from accord.runtime.standing import guarded
from accord.runtime.team import Alone
from accord.runtime.undone import begun_anew
from accord.scale.team import Conducted

__all__ = ["SharedStore", "Worker"]

log = logging.getLogger("accord.scale")

T = TypeVar("T")

LEAD: Final = "serve"
"""The lease of the worker that conducts, also while it lets others have their turn with the state."""
_COUNT_S: Final = 1.0
"""How often workers are counted."""
_LOOK_S: Final = 0.5
"""How often a hand looks for pieces when nothing rings."""
_TRIES: Final = 3
_PAUSE_S: Final = 0.05


async def _nothing() -> None:
    """No reason to end."""


class _Held(Protocol):
    @property
    def lost(self) -> bool: ...

    def stands(self, margin_s: float = 0.0) -> bool: ...


class SharedStore(Protocol):
    """What a worker asks of a store besides the state."""

    lease_s: float

    @property
    def pieces(self) -> Pieces:
        """The board."""
        ...

    async def conduct(self) -> bool:
        """Become the one that writes the state, if nobody else is."""
        ...

    async def resign(self) -> None:
        """Write it no more."""
        ...

    def stands(self, margin_s: float = 0.0) -> bool:
        """Whether this process surely is the one, and will be for so long."""
        ...

    async def hold(self, name: str, for_s: float) -> Any:
        """Hold a lease until it is let go of; None where somebody else does."""
        ...

    async def let_go(self, held: Any) -> None:
        """End a lease."""
        ...


class Worker:
    """One process of several. `divide` is told how many share what a system allows, `most` how many may, at least
    one; `go_on_after` sets the clock after another one's; `tell` is told what this process is.
    """

    def __init__(
        self,
        store: SharedStore,
        *,
        most: int = 8,
        divide: Callable[[int], None] = lambda _workers: None,
        go_on_after: Callable[[int], None] = lambda _us: None,
        tell: Callable[[str], None] = lambda _role: None,
    ) -> None:
        self._store, self._board, self._most = store, store.pieces, most
        self._divide, self._go_on_after, self._tell = divide, go_on_after, tell
        self._margin_s = store.lease_s / 5
        self._claim: Claim | None = None
        self.workers = 1
        self.role = ""
        self.team: Conducted | None = None
        self.performed: Counter[str] = Counter()
        """Pieces that this worker performed as a hand, by kind."""
        self.gathered: Counter[tuple[str, str]] = Counter()
        """Pieces of its own runs, by kind, "here" or "elsewhere"."""

    async def run(
        self,
        hub: Hub,
        conduct: Callable[[Hub], Awaitable[T]],
        look: Callable[[], Awaitable[T | None]] = _nothing,
        beside: Callable[[Hub], AbstractAsyncContextManager[None]] = lambda _hub: nullcontext(),
    ) -> T:
        """What `conduct` comes to, once this worker conducts; until then it lends a hand. What `look` gives then ends
        it; `beside` is entered while it is a hand, with a hub that may write what belongs to no piece."""
        await self._board.begin()
        await self._count()
        counting = asyncio.ensure_future(self._keep_counting())
        try:
            while True:
                async with beside(replace(hub, store=self._board.mine)):
                    led, found = await self._lend_hands(hub, look)
                if found is not None:
                    return found
                try:
                    work = await self._lead(hub, conduct, led)
                    if work is not None:
                        return work.result()
                except StaleLease:
                    log.warning("another worker has taken over")
                finally:
                    with suppress(AccordError):
                        await self._store.let_go(led)
        finally:
            counting.cancel()
            await asyncio.gather(counting, return_exceptions=True)

    # counting

    async def _count(self) -> None:
        self.workers = max(1, await self._board.workers())
        self._divide(min(self.workers, self._most))
        if self.team is not None:
            self.team.workers = self.workers

    async def _keep_counting(self) -> None:
        while True:
            await asyncio.sleep(_COUNT_S)
            with suppress(AccordError):  # the server is away; it is asked again
                await self._count()

    # as the conductor

    async def _lead(
        self, hub: Hub, conduct: Callable[[Hub], Awaitable[T]], led: _Held
    ) -> "asyncio.Future[T] | None":
        """The work, which has ended; None where another worker has taken over."""
        while not await self._store.conduct():  # a person's command, or a hand of a conductor before
            if led.lost:
                return None
            await asyncio.sleep(_PAUSE_S)
        await self._board.drop(())
        self._be("conductor")
        mine = replace(hub, connectors=guarded(hub.connectors, self._may_conduct))
        self.team = mine.team = Conducted(self._board, mine, self._most, self._go_on_after, self.gathered)
        await self._count()
        work = asyncio.ensure_future(conduct(mine))
        watch = asyncio.ensure_future(self._until_lost(led))
        try:
            await asyncio.wait({work, watch}, return_when=asyncio.FIRST_COMPLETED)
            return work if work.done() else None
        finally:
            for task in (work, watch):
                task.cancel()
            await asyncio.gather(work, watch, return_exceptions=True)
            self.team, mine.team = None, Alone()
            with suppress(AccordError):
                await self._store.resign()

    def _may_conduct(self) -> bool:
        return self._store.stands(self._margin_s)

    async def _until_lost(self, led: _Held) -> None:
        while True:
            await asyncio.sleep(_PAUSE_S)
            if led.lost:
                return

    # as a hand

    async def _lend_hands(self, hub: Hub, look: Callable[[], Awaitable[T | None]]) -> tuple[Any, T | None]:
        """Perform pieces until this worker may conduct: the lease for that, or what it is to end with."""
        asked_s = 0.0
        loop = asyncio.get_running_loop()
        while True:
            try:
                if loop.time() >= asked_s:
                    asked_s = loop.time() + min(_COUNT_S, self._store.lease_s / 4)
                    led = await self._store.hold(LEAD, self._store.lease_s)
                    if led is not None:
                        return led, None
                    self._be("hand")
                    if (found := await look()) is not None:
                        return None, found
                claim = await self._board.claim(hub.model.fingerprint)
                if claim is None:
                    await self._board.wait(_LOOK_S)
                else:
                    await self._perform(hub, claim)
            except (Undone, StaleLease):  # the server was away; whatever was held is begun anew
                await asyncio.sleep(_PAUSE_S)

    async def _perform(self, hub: Hub, claim: Claim) -> None:
        piece = claim.piece
        mine = replace(
            hub,
            store=claim.store,
            connectors=guarded(hub.connectors, lambda: claim.stands(self._margin_s)),
        )
        begun = piece.begun

        async def once() -> bytes:
            nonlocal begun
            before, begun = begun, True
            return await perform(mine, piece.kind, piece.what, begun=before, go_on_after=self._go_on_after)

        try:
            await self._board.finish(claim, await begun_anew(once, _TRIES))
        except StaleLease:
            log.warning("%s: another worker has the piece by now", piece.kind)
        except asyncio.CancelledError:
            await self._board.give_back(claim, refused=False)
            raise
        except Exception as error:
            log.warning("%s: left to the conductor (%s)", piece.kind, type(error).__name__)
            await self._board.give_back(claim, refused=True)
        else:
            self.performed[piece.kind] += 1

    def _be(self, role: str) -> None:
        if role != self.role:
            self.role = role
            self._tell(role)
