"""What triggers of PostgreSQL tell by NOTIFY: which table has changed. It is a hint (S9)."""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from accord.connectorkit import Hint, RetryLater, StopFlow
from accord.connectors.sql.database import Database

if TYPE_CHECKING:
    pass

__all__ = ["hints_of", "notices"]

_AGAIN_S = 5.0


async def notices(
    database: Database, channel: str, paths: Mapping[str, str]
) -> AsyncIterator[Sequence[Hint]]:
    """Hints from a channel, of entity types whose tables `paths` tells; see `Telling`."""
    from psycopg import AsyncConnection, Error, OperationalError, sql

    connection: AsyncConnection | None = None
    try:
        connection = await AsyncConnection.connect(**database.listening(), autocommit=True)
        await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
        yield []
        async for notice in connection.notifies():
            yield list(hints_of(notice.payload, paths))
    except OperationalError as error:
        told = " ".join(str(error).split())
        remedy = f"Look whether the database is up, and at systems.{database.system}.url"
        raise RetryLater(f"{database.system}: {told}", after_s=_AGAIN_S, remedy=remedy) from None
    except Error as error:
        told = " ".join(str(error).split())
        raise StopFlow(f"{database.system}: {told}", remedy="Correct options.notify") from None
    finally:
        if connection is not None:
            await connection.close()


def hints_of(payload: str, paths: Mapping[str, str]) -> Iterator[Hint]:
    """Hints of what was told: SCHEMA.TABLE, or TABLE. Whoever tells something else means any table."""
    schema, _, table = payload.rpartition(".")
    meant = []
    for name, path in paths.items():
        its_schema, _, its_table = path.rpartition(".")
        if its_table == table and (not schema or not its_schema or schema == its_schema):
            meant.append(name)
    for name in meant or paths:
        yield Hint(entity_type=name)
