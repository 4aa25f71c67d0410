"""Databases: a table of people in PostgreSQL and in SQLite, each on this machine."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import event, text
from sqlalchemy.engine import Engine

from accord.connectorkit.kind import Place, find_kind
from accord.runtime.clock import SystemClock
from benchmarks.connectors.measure import Case
from tests.postgres import DURABLE, open_server
from tests.systems.test_sql import POSTGRES, SQLITE, SqlPeople, manifest_for
from tests.systems.test_sql_log import LOG, SETUP

STATEMENTS = {"count": 0}


@event.listens_for(Engine, "before_cursor_execute")
def _count(*_: object) -> None:
    STATEMENTS["count"] += 1


@asynccontextmanager
async def cases() -> AsyncIterator[list[Case]]:
    """PostgreSQL with fsync, by time and by its log; SQLite."""
    with (
        TemporaryDirectory(prefix="accord-sql-") as scratch,
        open_server({**DURABLE, "wal_level": "logical"}) as server,
    ):
        server.run("ALTER ROLE accord REPLICATION", "CREATE DATABASE logged OWNER accord")
        lite = f"sqlite:///{Path(scratch) / 'base.db'}"
        yield [
            _case("PostgreSQL", server.url(), POSTGRES),
            _case("its log", server.url(database="logged"), SETUP, **LOG),
            _case("SQLite", lite, SQLITE),
        ]


def _case(name: str, url: str, setup: str, **changes: Any) -> Case:
    people = SqlPeople(url, setup)
    manifest = manifest_for(url, **changes)
    place = Place(system="base", manifest=manifest, clock=SystemClock(), secrets=lambda _: "")

    def edit(ids: Sequence[str]) -> None:
        with people.engine.begin() as db:
            for each in ids:
                db.execute(text("UPDATE person SET note = '2' WHERE id = :id"), {"id": int(each)})

    return Case(
        name=name,
        connect=lambda: find_kind("sql").make(place),
        mapping="base.Person",
        body=lambda n: {"name": f"Person {n}", "note": f"p{n}@x", "spare": f"Road {n}", "amount": n},
        change={"note": "333"},
        people_edit=edit,
        calls=lambda: STATEMENTS["count"],
    )
