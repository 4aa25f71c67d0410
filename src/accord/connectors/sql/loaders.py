"""How psycopg reads values of PostgreSQL that Python has no type for: as the texts that the database prints."""

from collections.abc import Mapping
from typing import Any, Final

from psycopg import DataError
from psycopg.abc import Buffer
from psycopg.adapt import Loader
from psycopg.types.datetime import DateLoader, TimestampLoader, TimestamptzLoader
from psycopg.types.string import TextLoader

__all__ = ["LOADERS"]


def _or_text(loader: type[Loader]) -> type[Loader]:
    class OrText(loader):  # type: ignore[misc,valid-type]
        """Of what it can not read, the text."""

        def load(self, data: Buffer) -> Any:
            """See `Loader`."""
            try:
                return super().load(data)
            except DataError:
                return bytes(data).decode()

    return OrText


LOADERS: Final[Mapping[str, type[Loader]]] = {
    "date": _or_text(DateLoader),
    "timestamp": _or_text(TimestampLoader),
    "timestamptz": _or_text(TimestamptzLoader),
    "interval": TextLoader,
}
