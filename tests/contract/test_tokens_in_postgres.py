"""Workers on several machines share the tokens that are in PostgreSQL: one refreshes, a late one keeps nothing (C5)."""

import asyncio
from collections import Counter
from pathlib import Path

import pytest

from accord.connecting.credentials import logins_of, unconnected
from accord.connecting.server_box import ServerBox
from accord.connectorkit.http import FileTokens, Tokens
from accord.connectorkit.http.sealing import Seal, SecretKeys
from accord.connectorkit.http.tokens import KeptTokens, TokenBox
from accord.core.errors import RetryLater
from accord.project import project_from_text
from accord.store.copying import copy_state
from accord.store.postgres import PostgresStore
from accord.store.postgres.token_box import PostgresBox
from accord.store.sqlite.filling import SqliteFile, SqliteSource
from accord.wiring import open_hub
from tests.postgres import Server, server  # noqa: F401 (a fixture)
from tests.unit.sandbox.playing import crm

KEY = "a key that all machines have in their environment"


@pytest.fixture
def url(server: Server) -> str:  # noqa: F811
    return server.url(server.new_schema())


def tokens_in(store: PostgresStore, **options: float) -> KeptTokens:
    box: TokenBox = PostgresBox(store, **options)
    return KeptTokens(box, Seal(SecretKeys(["env:KEY"], lambda _: KEY)))


def test_c5_what_one_worker_keeps_the_others_find_sealed(server: Server, url: str) -> None:  # noqa: F811
    kept = Tokens(access="access-secret", refresh="refresh-secret", login="1")

    async def run() -> None:
        conductor, hand = PostgresStore(url), PostgresStore(url, conduct=False)
        try:
            one, other = tokens_in(conductor), tokens_in(hand)
            assert await other.load("crm") is None
            async with conductor.transaction() as tx:  # a transaction under way holds nobody up
                await tx.save_meta("n", 1)
                async with other.alone("crm"):
                    await other.save("crm", kept)
                assert await one.load("crm") == kept
            await one.box.put("login.1", b"x")
            await one.box.put("login.1", None)
            assert await other.box.get("login.1") is None
        finally:
            await conductor.close()
            await hand.close()
        reader = PostgresStore(url, readonly=True)
        assert await tokens_in(reader).load("crm") == kept
        await reader.close()

    asyncio.run(run())
    schema = url.rpartition("schema=")[2]
    rows = server.run(f"SELECT encode(sealed, 'escape') FROM {schema}.token")
    assert len(rows) == 1
    assert "secret" not in str(rows)


def test_c5_of_many_workers_one_is_alone_and_a_late_one_keeps_nothing(url: str) -> None:
    inside: Counter[str] = Counter()

    async def run() -> None:
        stores = [PostgresStore(url, conduct=False) for _ in range(3)]
        try:
            some = [tokens_in(store, wait_s=10.0, lease_s=10.0) for store in stores]

            async def refresh(tokens: KeptTokens) -> None:
                async with tokens.alone("crm"):
                    inside["crm"] += 1
                    assert inside["crm"] == 1
                    had = await tokens.load("crm")
                    await asyncio.sleep(0.01)
                    count = int(had.refresh) if had else 0
                    await tokens.save("crm", Tokens(access="a", refresh=str(count + 1)))
                    inside["crm"] -= 1

            async with asyncio.TaskGroup() as group:
                for tokens in some * 4:
                    group.create_task(refresh(tokens))
            last = await some[0].load("crm")
            assert last is not None
            assert last.refresh == "12"
            async with some[0].alone("crm"):  # it is stopped for a while here, as by SIGSTOP
                with pytest.raises(RetryLater, match="does not come to an end"):
                    async with tokens_in(stores[1], wait_s=0.0).alone("crm"):
                        pass
                (lease,) = [held.lease for held in stores[0]._keeper._held]
                await stores[0].release(lease)
                await refresh(some[1])
                with pytest.raises(RetryLater, match="another worker"):
                    await some[0].save("crm", Tokens(access="late", refresh="used up"))
            last = await some[2].load("crm")
            assert last is not None
            assert last.refresh == "13"
        finally:
            for store in stores:
                await store.close()

    asyncio.run(run())


def test_c5_a_project_on_a_server_keeps_its_tokens_there(url: str, tmp_path: Path) -> None:
    """Two machines, which share nothing but the server and the key."""
    told = f"""
version: 1
name: shop
store: "{url}"
tokens: {{key: file:key}}
systems:
  crm: {{connector: crm.yaml, priority: 1}}
"""
    auth = {
        "kind": "oauth2_code",
        "authorize_url": "https://crm.example/authorize",
        "token_url": "https://crm.example/token",
        "client_id": "env:PATH",
    }
    manifests = {"crm": crm(auth=auth)}
    for machine in ("a", "b"):
        (tmp_path / machine).mkdir()
        (tmp_path / machine / "key").write_text(KEY)
    one, other = (project_from_text(told, tmp_path / machine, manifests=manifests) for machine in ("a", "b"))

    async def run() -> None:
        assert await asyncio.to_thread(unconnected, one) == []  # there is no store yet
        async with logins_of(one) as logins:
            begun = await logins.begin("crm", "http://127.0.0.1:1/cb")
            async with logins_of(other) as heard:
                login = await heard.login(begun.state)
                assert login is not None
                assert login.system == "crm"
            await logins.forget(begun.state)
        (stands,) = await asyncio.to_thread(unconnected, other)
        assert "nobody has allowed" in stands.what
        async with open_hub(one) as hub, open_hub(other, readonly=True) as reader:
            async with logins_of(other) as logins:
                await logins._tokens.save("crm", Tokens(access="a", refresh="r"))
            for each in (hub, reader):
                assert [it.state for it in await each.connections()] == ["connected"]

    asyncio.run(run())
    assert not list(tmp_path.rglob("*.token"))


def test_c5_tokens_are_no_part_of_the_state_and_are_found_where_they_were_before(
    url: str, tmp_path: Path
) -> None:
    """A copy of the state leaves them behind; what is put in the place of the state leaves them alone."""
    kept = Tokens(access="access-secret", refresh="refresh-secret")

    async def run() -> None:
        files = FileTokens(tmp_path / "tokens", keys=SecretKeys(["env:KEY"], lambda _: KEY))
        await files.save("crm", kept)
        box = ServerBox(lambda: PostgresStore(url, conduct=False), files.box)
        assert await KeptTokens(box, files.seal).load("crm") == kept
        await KeptTokens(box, files.seal).save("crm", kept)
        assert await files.load("crm") is None
        store = PostgresStore(url)
        try:
            tell = dict[str, int]().__setitem__
            copy_state(store, SqliteFile(tmp_path / "copy.db"), tell)
            copy_state(SqliteSource(tmp_path / "copy.db"), store.target(), tell)
        finally:
            await store.close()
        after = PostgresStore(url, readonly=True)
        assert await tokens_in(after).load("crm") == kept
        await after.close()

    asyncio.run(run())
    assert b"token" not in (tmp_path / "copy.db").read_bytes()
