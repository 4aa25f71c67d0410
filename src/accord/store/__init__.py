"""Stores: where the state of a project is kept. All pass the suite `accord.testing.store_contract`."""

import os
from collections.abc import Callable
from typing import Any, TypeAlias

from accord.core.errors import StopFlow
from accord.store.memory import MemoryStore
from accord.store.sqlite import SqliteStore

__all__ = ["AnyStore", "MemoryStore", "SqliteStore", "open_store"]

AnyStore: TypeAlias = MemoryStore | SqliteStore

_SQLITE = "sqlite:///"


def open_store(
    place: str | os.PathLike[str], *, on_commit: Callable[[str], None] | None = None, **options: Any
) -> AnyStore:
    """The store at a place: ":memory:", "sqlite:///relative/or//absolute.db", or the path of an SQLite file.

    ":memory:" is the store in plain dicts; "sqlite:///:memory:" is SQLite without a file. `options` are those of
    `SqliteStore` (readonly, inline, wait_s, synchronous) and are passed over by a store in memory.
    Raises StopFlow: an unknown kind of store, or what `SqliteStore` raises.
    """
    text = os.fspath(place)
    if text == ":memory:":
        return MemoryStore(on_commit=on_commit)
    if text.startswith(_SQLITE):
        return SqliteStore(text.removeprefix(_SQLITE), on_commit=on_commit, **options)
    if "://" in text:
        kind = text.partition("://")[0]
        raise StopFlow(
            f"store: there is no kind of store named {kind}",
            remedy='Write the path of a file, "sqlite:///path/to/file" or ":memory:".',
        )
    return SqliteStore(text, on_commit=on_commit, **options)
