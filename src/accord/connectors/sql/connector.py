"""The connector of a database: the port `Connector` over SQL."""

import asyncio
from collections.abc import AsyncIterator, Sequence

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from accord.connectorkit import (
    Fault,
    Hint,
    Observation,
    Outcome,
    Page,
    Place,
    RetryLater,
    StopEntityType,
    Write,
    name_of,
)
from accord.connectors.sql.database import Database, words
from accord.connectors.sql.log_reading import LogReader
from accord.connectors.sql.notices import notices
from accord.connectors.sql.options import SqlOptions
from accord.connectors.sql.reading import Reader
from accord.connectors.sql.table import TypeTable, opened
from accord.connectors.sql.writing import Writer
from accord.core.errors import AccordError

__all__ = ["SqlConnector", "TellingSqlConnector"]


class SqlConnector:
    """A database as a system. Tables are looked at when they are first needed."""

    def __init__(self, place: Place) -> None:
        self._database = Database(place)
        self._clock, self._types = place.clock, place.manifest.types
        self._options = SqlOptions.model_validate(place.manifest.options)
        self._page = self._options.page
        self._tables: dict[str, TypeTable] = {}

    def missing_secrets(self) -> list[Fault]:
        """See `NeedsSecrets`."""
        return self._database.missing_secrets()

    async def identity(self) -> str:
        """See `Connector`: user and database, where there are users."""
        if self._database.dialect == "sqlite":
            return ""

        def who(connection: Connection) -> str:
            database = "current_database()" if connection.dialect.name == "postgresql" else "database()"
            user, name = connection.exec_driver_sql(f"SELECT current_user, {database}").one()
            return f"{str(user).partition('@')[0]}@{name}"

        return await self._database.run(who)

    async def read(self, mapping: str, cursor: str, *, full: bool) -> AsyncIterator[Page]:
        """See `Connector`."""
        reader = await self._reader(mapping)
        try:
            async for page in reader.read(mapping, cursor, full=full):
                yield page
        except DBAPIError as error:
            raise self._stop(mapping, error) from None

    async def fetch(self, mapping: str, ids: Sequence[str]) -> list[Observation]:
        """See `Connector`."""
        reader = await self._reader(mapping)
        try:
            return await reader.fetch(mapping, ids)
        except DBAPIError as error:
            raise self._stop(mapping, error) from None

    async def search(self, mapping: str, key: str, since_us: int) -> list[Observation] | None:
        """See `Connector`."""
        return await (await self._reader(mapping)).search(mapping, key, since_us)

    async def write(self, writes: Sequence[Write]) -> list[Outcome]:
        """See `Connector`. Those to one table are one transaction, unless one of them is refused."""
        by_type: dict[str, list[int]] = {}
        for number, write in enumerate(writes):
            by_type.setdefault(name_of(write.mapping), []).append(number)
        outcomes: dict[int, Outcome] = {}
        for numbers in by_type.values():
            some = [writes[number] for number in numbers]
            try:
                writer = Writer(self._database, await self._table(some[0].mapping), self._clock)
            except AccordError as error:
                after_s = error.after_s if isinstance(error, RetryLater) else 60.0
                told = [Outcome(kind="later", message=error.message, after_s=after_s) for _ in some]
            else:
                told = await asyncio.to_thread(writer.write, some)
            outcomes.update(zip(numbers, told, strict=True))
        return [outcomes[number] for number in range(len(writes))]

    async def close(self) -> None:
        """See `Connector`."""
        await asyncio.to_thread(self._database.close)

    # inside

    async def _reader(self, mapping: str) -> Reader:
        at = await self._table(mapping)
        if at.options.log is not None:
            return LogReader(self._database, at, self._clock, self._page, at.options.log)
        return Reader(self._database, at, self._clock, self._page)

    async def _table(self, mapping: str) -> TypeTable:
        name = name_of(mapping)
        if name not in self._tables:
            self._tables[name] = await self._database.run(opened(self._database.system, self._types, name))
        return self._tables[name]

    def _stop(self, mapping: str, error: DBAPIError) -> StopEntityType:
        return StopEntityType(
            f"{self._database.system}.{name_of(mapping)}: {words(error)}",
            remedy="Correct the manifest of the entity type, or the rights of the user",
        )


class TellingSqlConnector(SqlConnector):
    """A database whose triggers tell of changes."""

    def told(self) -> AsyncIterator[Sequence[Hint]]:
        """See `Telling`."""
        paths = {name: it.path for name, it in self._types.items()}
        return notices(self._database, self._options.notify, paths)
