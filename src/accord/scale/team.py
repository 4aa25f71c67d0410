"""The team of a conductor: it posts pieces, performs some itself, and gathers what came of all (C3)."""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final, TypeVar

from accord.ports.pieces import Claim, Pieces
from accord.runtime.hub import Hub
from accord.runtime.pieces import answered, asked, find_out
from accord.runtime.team import Alone
from accord.runtime.undone import begun_anew

__all__ = ["Conducted"]

log = logging.getLogger("accord.scale")

Piece = TypeVar("Piece")
Done = TypeVar("Done")

_LOOK_S: Final = 0.25
"""How often the board is looked at when nothing rings."""
_GRACE_S: Final = 0.05
"""So long pieces that one process can perform at the same time are left to others first."""
_TRIES: Final = 5


class Conducted:
    """`Team` of whoever holds the lease `conduct`. `most`: so many workers may call one system at the same time."""

    def __init__(
        self,
        board: Pieces,
        hub: Hub,
        most: int,
        go_on_after: Callable[[int], None],
        performed: Counter[tuple[str, str]],
    ) -> None:
        """`performed` counts pieces by kind, and by who performed them: "here" or "elsewhere"."""
        self._board, self._hub, self._most, self._go_on_after = board, hub, most, go_on_after
        self.performed = performed
        self.workers = 1

    @property
    def width(self) -> int:
        """See `Team`. Twice as many pieces as workers: who is faster does more of them."""
        if self.workers > self._most:
            return self._most
        return 2 * self.workers if self.workers > 1 else 1

    async def run(
        self,
        kind: str,
        pieces: Sequence[Piece],
        here: Callable[[Piece], Awaitable[Done]],
        *,
        together: bool = False,
    ) -> list[Done]:
        """See `Team`."""
        if len(pieces) < 2 or self.width < 2:
            return await Alone().run(kind, pieces, here, together=together)
        words = [asked(self._hub, piece) for piece in pieces]
        ids = await self._board.post(self._hub.model.fingerprint, kind, words)
        batch = _Batch(self, kind, dict(zip(ids, pieces, strict=True)), here)
        try:
            await batch.work(together=together)
        finally:
            await batch.end()
        self.performed[kind, "here"] += batch.here
        self.performed[kind, "elsewhere"] += len(ids) - batch.here
        log.debug("%s: %d pieces, %d here", kind, len(ids), batch.here)
        return [batch.done[id_] for id_ in ids]

    # what a batch of pieces asks for

    @property
    def board(self) -> Pieces:
        """Where pieces are posted."""
        return self._board

    @property
    def hub(self) -> Hub:
        """The conductor's hub."""
        return self._hub

    def take(self, kind: str, words: bytes) -> Any:
        """What came of a piece elsewhere; what was found there is found here."""
        answer = answered(kind, words)
        self._hub.found.add(answer.finds)
        self._go_on_after(answer.at_us)
        return answer.done


class _Batch:
    """Pieces that were posted together, until something came of each."""

    def __init__(
        self, team: Conducted, kind: str, pieces: dict[int, Any], act: Callable[[Any], Awaitable[Any]]
    ) -> None:
        self._team, self._kind, self._pieces, self._act = team, kind, pieces, act
        self.done: dict[int, Any] = {}
        self.here = 0
        self._mine: dict[asyncio.Task[Any], Claim] = {}

    async def work(self, *, together: bool) -> None:
        """Perform what nobody else does, and wait for the rest."""
        board = self._team.board
        loop = asyncio.get_running_loop()
        from_s = loop.time() + _GRACE_S
        while len(self.done) < len(self._pieces):
            open_ids = self._pieces.keys() - self.done.keys() - {c.piece.id for c in self._mine.values()}
            if open_ids and (not self._mine or (together and loop.time() >= from_s)):
                claim = await board.claim(self._team.hub.model.fingerprint, open_ids)
                if claim is not None:
                    self._mine[asyncio.ensure_future(self._perform(claim))] = claim
                    continue
            await self._wait(_GRACE_S if together and loop.time() < from_s else _LOOK_S)
            await self._look()

    async def _wait(self, seconds: float) -> None:
        bell = asyncio.ensure_future(self._team.board.wait(seconds))
        try:
            await asyncio.wait({bell, *self._mine}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            bell.cancel()
            await asyncio.gather(bell, return_exceptions=True)

    async def _look(self) -> None:
        """Take what is done, here or elsewhere."""
        for task, claim in [(task, claim) for task, claim in self._mine.items() if task.done()]:
            del self._mine[task]
            self.done[claim.piece.id] = task.result()
            self.here += 1
        away = self._pieces.keys() - self.done.keys() - {c.piece.id for c in self._mine.values()}
        if away:
            for id_, posted in (await self._team.board.look(away)).items():
                if posted.result is not None:
                    self.done[id_] = self._team.take(self._kind, posted.result)

    async def _perform(self, claim: Claim) -> Any:
        piece, begun = self._pieces[claim.piece.id], claim.piece.begun

        async def once() -> Any:
            nonlocal begun
            if begun:
                await find_out(self._team.hub, piece)
            begun = True
            return await self._act(piece)

        done = await begun_anew(once, _TRIES)
        await self._team.board.finish(claim, b"")
        return done

    async def end(self) -> None:
        """Leave nothing behind: what nobody has begun is taken away."""
        for task in self._mine:
            task.cancel()
        await asyncio.gather(*self._mine, return_exceptions=True)
        for claim in self._mine.values():
            await self._team.board.give_back(claim, refused=True)
        await self._team.board.drop(self._pieces.keys())
