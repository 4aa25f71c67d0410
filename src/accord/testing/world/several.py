"""Several workers in one process: pieces go from mouth to mouth as words, and now and then a worker dies (C1, C3)."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from random import Random
from typing import Any, TypeVar

from msgspec.structs import replace

from accord.ports.store import Store, Transaction
from accord.runtime.hub import Hub
from accord.runtime.pieces import answered, asked, perform

__all__ = ["Several"]

Piece = TypeVar("Piece")
Done = TypeVar("Done")


class _Died(Exception):
    """A worker is no more."""


class Several:
    """`Team` of so many workers. With a chance of `dies` one of them is no more around a commit of its own: its piece
    is begun anew by another one. `reached` counts pieces by kind, and deaths."""

    def __init__(
        self, hub: Hub, dice: Random, reached: Counter[str], width: int = 3, dies: float = 0.1
    ) -> None:
        self._hub, self._dice, self._reached, self.width, self._dies = hub, dice, reached, width, dies

    async def run(
        self,
        kind: str,
        pieces: Sequence[Piece],
        here: Callable[[Piece], Awaitable[Done]],
        *,
        together: bool = False,
    ) -> list[Done]:
        """See `Team`."""
        del here, together
        tasks = [asyncio.ensure_future(self._one(kind, asked(self._hub, piece))) for piece in pieces]
        try:
            done: list[Done] = await asyncio.gather(*tasks)
            return done
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _one(self, kind: str, words: bytes) -> Any:
        self._reached[f"piece {kind}"] += 1
        try:
            told = await perform(
                replace(self._hub, store=_Mortal(self._hub.store, self._dies_now), known=set()),
                kind,
                words,
                begun=False,
            )
        except _Died:
            self._reached[f"worker died of a piece to {kind}"] += 1
            told = await perform(replace(self._hub, known=set()), kind, words, begun=True)
        answer = answered(kind, told)
        self._hub.found.add(answer.finds)
        return answer.done

    def _dies_now(self) -> bool:
        return self._dice.random() < self._dies


class _Mortal:
    """A store, and the worker that works with it."""

    def __init__(self, store: Store, dies: Callable[[], bool]) -> None:
        self._store, self._dies = store, dies

    @asynccontextmanager
    async def transaction(self, *, dry: bool = False) -> AsyncIterator[Transaction]:
        """A transaction, around whose commit the worker may die."""
        async with self._store.transaction(dry=dry) as tx:
            yield tx
            if not dry and self._dies():
                raise _Died
        if not dry and self._dies():
            raise _Died

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)
