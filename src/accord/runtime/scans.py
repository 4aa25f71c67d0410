"""Scans: all rows of a kind, page by page in order, inside one transaction."""

from collections.abc import Awaitable, Callable
from typing import Generic, Protocol, TypeVar

from accord.core.state import Golden, Seen
from accord.ports.store import Transaction

__all__ = ["Pages", "golden_pages", "seen_pages"]


class _Row(Protocol):
    id: str


Row = TypeVar("Row", bound=_Row)


class Pages(Generic[Row]):
    """Pages of rows in order of id, to be walked with `async for`; rows may be changed and saved meanwhile."""

    def __init__(self, read: Callable[[str], Awaitable[list[Row]]]) -> None:
        self._read = read
        self._after = ""

    def __aiter__(self) -> "Pages[Row]":
        return self

    async def __anext__(self) -> list[Row]:
        rows = await self._read(self._after)
        if not rows:
            raise StopAsyncIteration
        self._after = rows[-1].id
        return rows


def golden_pages(tx: Transaction, concept: str, size: int) -> Pages[Golden]:
    """All golden records of a concept."""
    return Pages(lambda after: tx.scan_golden(concept, after, size))


def seen_pages(tx: Transaction, mapping: str, size: int) -> Pages[Seen]:
    """All that was seen of a mapping."""
    return Pages(lambda after: tx.scan_seen(mapping, after, size))
