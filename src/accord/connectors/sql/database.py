"""The database behind a connector: one engine, whose statements run on threads of their own."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError, NoSuchModuleError, OperationalError

from accord.connectorkit import ConfigError, Fault, Place, RetryLater, StopFlow
from accord.connectorkit.http.auth import auth_of, missing_secrets
from accord.connectorkit.manifest_auth import Basic

__all__ = ["Database", "engine_url", "words"]

Made = TypeVar("Made")
_DRIVERS = {"postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"} | dict.fromkeys(
    ("mysql", "mariadb"), "mysql+pymysql"
)
_LOCKED_S = 5


def engine_url(url: str, folder: Path) -> URL:
    """The address as SQLAlchemy wants it; files of SQLite are relative to the folder."""
    found = make_url(url)
    found = found.set(drivername=_DRIVERS.get(found.drivername, found.drivername))
    if found.get_backend_name() == "sqlite" and found.database and found.database != ":memory:":
        found = found.set(database=str(folder / found.database))
    return found


def words(error: DBAPIError) -> str:
    """What the database says, on one line."""
    told = error.orig.args[-1] if error.orig is not None and error.orig.args else error.orig
    return " ".join(str(told).split())


class Database:
    """Opened with the first statement. Raises ConfigError at once: the settings do not fit."""

    def __init__(self, place: Place) -> None:
        self.system = place.system
        self._auth = auth_of(place.manifest.auth, place.auth, place.system)
        self._secrets, self._url = (
            place.secrets,
            engine_url(place.url or place.manifest.base_url, place.folder),
        )
        self._most = place.manifest.rate.concurrent
        self._engine: Engine | None = None
        if self._auth.kind not in ("none", "basic"):
            where, what = f"systems.{place.system}.auth", f"a database knows no {self._auth.kind}"
            raise ConfigError([Fault(where, 0, what, "Write kind: basic, with user and password")])

    def missing_secrets(self) -> list[Fault]:
        """What is wrong with the secrets."""
        return missing_secrets(self._auth, self._secrets, self.system)

    @property
    def dialect(self) -> str:
        """The name of the database's kind: postgresql, mysql, sqlite."""
        return self._url.get_backend_name()

    async def run(self, act: Callable[[Connection], Made]) -> Made:
        """Read something in a transaction of its own, on a thread. Raises what `act` does, and RetryLater: nobody
        answers; StopFlow: we are refused, or there is no driver."""
        return await asyncio.to_thread(self._read, act)

    async def wait_for_writers(self) -> None:
        """With SQLite, wait until nobody writes; elsewhere nobody has to. Raises RetryLater: somebody goes on."""
        if self.dialect == "sqlite":
            await asyncio.to_thread(self._wait)

    def _wait(self) -> None:
        try:
            with self.writing() as connection, connection.begin():
                pass
        except OperationalError as error:
            raise self._away(error) from None

    def writing(self) -> Connection:
        """A connection for transactions that write, to be closed. Raises DBAPIError."""
        return self.engine.connect().execution_options(writes=True)

    def _read(self, act: Callable[[Connection], Made]) -> Made:
        try:
            with self.engine.begin() as connection:
                return act(connection)
        except OperationalError as error:
            raise self._away(error) from None
        except DBAPIError as error:
            if error.connection_invalidated:
                raise self._away(error) from None
            raise

    @property
    def engine(self) -> Engine:
        """The engine; no connection is made yet."""
        if self._engine is None:
            url = self._url
            if isinstance(self._auth, Basic):
                user, password = self._secrets(self._auth.user), self._secrets(self._auth.password)
                url = url.set(username=user, password=password)
            try:
                self._engine = _engine(url, self._most)
            except (NoSuchModuleError, ModuleNotFoundError):
                raise StopFlow(
                    f"{self.system}: there is no driver for {self._url.drivername}",
                    remedy="Install it: pip install 'accord[sql]'",
                ) from None
        return self._engine

    def listening(self) -> dict[str, Any]:
        """What psycopg needs for a connection of PostgreSQL that stays open; the system sees whether it still lives."""
        _, named = self.engine.dialect.create_connect_args(self.engine.url)
        alive = {"keepalives_idle": 20, "keepalives_interval": 5, "keepalives_count": 3}
        return {key: told for key, told in named.items() if key != "context"} | alive

    def close(self) -> None:
        """Let go of connections."""
        if self._engine is not None:
            self._engine.dispose()
            self._engine = None

    def _away(self, error: DBAPIError) -> RetryLater | StopFlow:
        told = words(error)
        if "password" in told or "Access denied" in told or "no such table" in told:
            return StopFlow(
                f"{self.system}: {told}", remedy=f"Correct systems.{self.system}.auth, or its rights"
            )
        remedy = f"Look whether the database is up, and at systems.{self.system}.url"
        return RetryLater(f"{self.system}: {told}", after_s=5.0, remedy=remedy)


def _engine(url: URL, most: int) -> Engine:
    if url.get_backend_name() != "sqlite":
        engine = create_engine(url, pool_size=most, pool_pre_ping=True)
        if url.get_backend_name() == "postgresql":
            event.listen(engine, "connect", _read_all_times)
        return engine
    engine = create_engine(url, connect_args={"timeout": _LOCKED_S, "isolation_level": None})

    # the driver begins transactions too late: a read would not be of one moment, and a write could not wait its turn
    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        connection.exec_driver_sql(
            "BEGIN IMMEDIATE" if connection.get_execution_options().get("writes") else "BEGIN"
        )

    @event.listens_for(engine, "commit")
    def commit(connection: Any) -> None:
        connection.exec_driver_sql("COMMIT")

    @event.listens_for(engine, "rollback")
    def rollback(connection: Any) -> None:
        connection.exec_driver_sql("ROLLBACK")

    return engine


def _read_all_times(connection: Any, _: Any) -> None:
    """Let times that Python does not know (infinity, before Christ, after the year 9999) and spans be texts."""
    from accord.connectors.sql.loaders import LOADERS

    for name, loader in LOADERS.items():
        connection.adapters.register_loader(name, loader)
