"""The stores keep the contract of the port."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from accord.store import MemoryStore, SqliteStore, open_store
from accord.store.postgres import PostgresStore
from accord.testing.store_contract import StoreContract
from accord.testing.store_contract.rows import (
    rich_cursor,
    rich_event,
    rich_golden,
    rich_link,
    rich_review,
    rich_seen,
)
from tests.postgres import Server, server  # noqa: F401 (a fixture)


class TestMemory(StoreContract):
    def make(self, on_commit: Any = None) -> Any:
        return MemoryStore(on_commit=on_commit)


class TestSqliteInline(StoreContract):
    def make(self, on_commit: Any = None) -> Any:
        return SqliteStore(":memory:", inline=True, on_commit=on_commit)


class TestSqliteFile(StoreContract):
    """On a thread of its own, in a file."""

    @pytest.fixture(autouse=True)
    def _folder(self, tmp_path: Path) -> None:
        self.path = tmp_path / "state.db"

    def make(self, on_commit: Any = None) -> Any:
        return open_store(f"sqlite:///{self.path}", on_commit=on_commit, synchronous="normal")


class TestPostgres(StoreContract):
    """On threads of its own, in a schema of its own."""

    @pytest.fixture(autouse=True)
    def _server(self, server: Server) -> None:  # noqa: F811
        self.url = server.url(server.new_schema())

    def make(self, on_commit: Any = None) -> Any:
        return open_store(self.url, on_commit=on_commit)


class TestPostgresInline(TestPostgres):
    def make(self, on_commit: Any = None) -> Any:
        return PostgresStore(self.url, inline=True, on_commit=on_commit)


@pytest.mark.parametrize(
    "row",
    [
        rich_seen(), rich_golden(), rich_link(), rich_event(), rich_cursor(), rich_review(), rich_link().open,
        rich_link().suspects[1], rich_link().rejected[-1],
    ],
    ids=lambda row: type(row).__name__,
)  # fmt: skip
def test_rich_rows_leave_no_field_out(row: msgspec.Struct) -> None:
    """A field that is added to the state fails here first, then in the contract where a store forgets it."""
    for field in msgspec.structs.fields(row):
        default = field.default_factory() if callable(field.default_factory) else field.default
        assert getattr(row, field.name) != default, (
            f"{type(row).__name__}.{field.name} is left out of the rich row"
        )
