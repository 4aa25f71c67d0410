"""Databases that tell of changes by NOTIFY: heard within a second, and again after the connection is lost (S9)."""

import asyncio
import time
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import text

from accord.connectorkit.manifest import Manifest
from accord.connectors.sql.notices import hints_of
from accord.connectors.sql.statements import notify_statements
from accord.ports.abilities import Hint, Telling
from accord.serving.agenda import Hinted
from accord.serving.listening import listened
from accord.serving.telling import Tell
from tests.postgres import Server, open_server
from tests.systems.test_sql import POSTGRES, SqlPeople, connected, manifest_for


@pytest.fixture(scope="module")
def telling() -> Iterator[Server]:
    """A server of these tests' own, for they restart it."""
    with open_server() as opened:
        yield opened


@pytest.fixture
def clerks(telling: Server) -> Iterator[SqlPeople]:
    people = SqlPeople(telling.url(), POSTGRES)
    with people.engine.begin() as db:
        for statement in notify_statements("accord", ["person"]):
            db.exec_driver_sql(statement)
    yield people
    people.engine.dispose()


def with_notify(url: str) -> Manifest:
    return manifest_for(url).model_copy(update={"options": {"notify": "accord"}})


def heard(url: str, act: Any) -> list[str]:
    """What was hinted at while `act` went on, which is given a way to wait for the next hint."""
    connector = connected(with_notify(url))
    assert isinstance(connector, Telling)
    taken: list[str] = []

    class Noted(Hinted):
        def take(self, entity_type: str, record_id: str = "", version: str = "") -> None:
            taken.append(entity_type + record_id)

    async def hint(within_s: float = 5.0) -> float:
        before, began_s = len(taken), time.monotonic()
        while len(taken) == before:
            assert time.monotonic() < began_s + within_s, "nobody told"
            await asyncio.sleep(0.005)
        return time.monotonic() - began_s

    async def run() -> None:
        async with listened({"base": connector}, lambda _: ["Person"], Noted(), Tell()):
            await hint()  # it listens now
            await asyncio.sleep(1.1)
            await act(hint)
        await connector.close()

    asyncio.run(run())
    return taken


def test_s9_a_change_is_told_once_it_is_committed(telling: Server, clerks: SqlPeople) -> None:
    async def act(hint: Any) -> None:
        clerks.person_create("Person", {"name": "a"})
        assert await hint() < 1
        await asyncio.sleep(1.1)
        with clerks.engine.connect() as late, late.begin() as transaction:
            late.execute(text("UPDATE person SET name = 'b'"))
            late.execute(text("DELETE FROM person"))
            await asyncio.sleep(0.2)
            transaction.commit()
        assert await hint() < 1

    assert heard(telling.url(), act) == ["base.Person"] * 3


def test_s9_what_changed_while_nobody_listened_is_asked_for(telling: Server, clerks: SqlPeople) -> None:
    """The connection is ended by the server's owner; then the server restarts."""

    async def act(hint: Any) -> None:
        telling.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'")
        assert await hint() < 3
        await asyncio.sleep(1.1)
        clerks.engine.dispose()
        await asyncio.to_thread(telling.crash)
        await asyncio.sleep(1.5)
        await asyncio.to_thread(telling.start)
        await hint(20)
        await asyncio.sleep(1.1)
        clerks.person_create("Person", {"name": "a"})
        assert await hint() < 1

    assert set(heard(telling.url(), act)) == {"base.Person"}


def test_s9_what_is_told_names_a_table_or_means_any() -> None:
    paths = {"Person": "person", "Firm": "shop.firm", "Old": "old.firm"}
    assert list(hints_of("public.person", paths)) == [Hint("Person")]
    assert list(hints_of("shop.firm", paths)) == [Hint("Firm")]
    assert list(hints_of("firm", paths)) == [Hint("Firm"), Hint("Old")]
    assert list(hints_of("", paths)) == [Hint(name) for name in paths]


def test_a_database_that_tells_nothing_is_not_listened_to(telling: Server) -> None:
    assert not isinstance(connected(manifest_for(telling.url())), Telling)
