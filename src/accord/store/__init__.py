"""Stores: where the state of a project is kept. All pass the suite `accord.testing.store_contract`."""

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

from accord.core.errors import StopFlow
from accord.store.memory import MemoryStore
from accord.store.sqlite import SqliteStore

if TYPE_CHECKING:
    from accord.store.postgres import PostgresStore

__all__ = ["AnyStore", "MemoryStore", "SqliteStore", "is_server", "open_store"]

AnyStore: TypeAlias = "MemoryStore | SqliteStore | PostgresStore"

_SQLITE = "sqlite:///"
_POSTGRES = ("postgresql://", "postgres://")


def is_server(place: str) -> bool:
    """Whether a place is that of a store on a PostgreSQL server."""
    return place.startswith(_POSTGRES)


def open_store(
    place: str | os.PathLike[str], *, on_commit: Callable[[str], None] | None = None, **options: Any
) -> AnyStore:
    """The store at a place: ":memory:", "sqlite:///relative/or//absolute.db", the path of an SQLite file, or
    "postgresql://user@host/database?schema=name".

    ":memory:" is the store in plain dicts; "sqlite:///:memory:" is SQLite without a file. `options` are those of
    `SqliteStore` (readonly, inline, wait_s, synchronous) or of `PostgresStore` (readonly, inline, wait_s, conduct,
    lease_s, password), and are passed over by a store in memory.
    Raises StopFlow: an unknown kind of store, or what these raise.
    """
    text = os.fspath(place)
    if text == ":memory:":
        return MemoryStore(on_commit=on_commit)
    if text.startswith(_SQLITE):
        return SqliteStore(text.removeprefix(_SQLITE), on_commit=on_commit, **options)
    if is_server(text):
        from accord.store.postgres import (
            PostgresStore,  # whoever has no such store does not wait for its client
        )

        return PostgresStore(text, on_commit=on_commit, **options)
    if "://" in text:
        kind = text.partition("://")[0]
        raise StopFlow(
            f"store: there is no kind of store named {kind}",
            remedy='Write the path of a file, "sqlite:///path/to/file", "postgresql://…" or ":memory:".',
        )
    return SqliteStore(text, on_commit=on_commit, **options)
