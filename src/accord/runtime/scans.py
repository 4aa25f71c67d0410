"""Many rows inside one transaction: all of a kind, page by page in order, or those of given records."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Generic, Protocol, TypeVar

from accord.core.state import Golden, Seen, record_key, record_parts
from accord.ports.store import Transaction

__all__ = ["Pages", "golden_pages", "rows_by_key", "seen_pages", "seen_rows"]


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


async def seen_rows(tx: Transaction, records: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Seen]:
    """What was seen of records, by (mapping, remote id), as far as they were ever seen."""
    ids: dict[str, list[str]] = {}
    for mapping, id_ in dict.fromkeys(records):
        ids.setdefault(mapping, []).append(id_)
    return {(key, id_): row for key, some in ids.items() for id_, row in (await tx.seen(key, some)).items()}


async def rows_by_key(tx: Transaction, keys: Iterable[str]) -> dict[str, Seen]:
    """What was seen of records, by record key, in order of mapping."""
    rows = await seen_rows(tx, sorted(map(record_parts, keys)))
    return {record_key(*record): row for record, row in rows.items()}
