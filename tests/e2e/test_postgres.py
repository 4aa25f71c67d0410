"""A project whose state is in PostgreSQL: all commands as before, backup and restore, and the way there and back."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.e2e.shop import Shop
from tests.e2e.test_serve import served, until
from tests.postgres import PASSWORD, Server, server  # noqa: F401 (a fixture)


@pytest.fixture
def shop(tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:  # noqa: F811
    """Two systems with a company each, and the state on a server that asks for a password."""
    schema = server.new_schema()
    with Shop(tmp_path) as opened:
        monkeypatch.setenv("SHOP_DB", PASSWORD)
        url = server.tcp(schema, password="").replace(":@", "@")
        opened.more = f"store: {{url: '{url}', password: env:SHOP_DB}}\n"  # type: ignore[attr-defined]
        opened.url = url  # type: ignore[attr-defined]
        opened.configure(more=opened.more)  # type: ignore[attr-defined]
        opened.crm.add("Company", name="Acme", city="Delft")
        opened.erp.add("Company", name="Initech", city="Gent")
        yield opened


def done(shop: Shop, *args: str) -> str:
    result = shop.accord(*args)
    assert result.code == 0, result
    assert PASSWORD not in result.out + result.err
    return result.out


def test_a_project_on_a_server_works_as_any(shop: Shop) -> None:
    done(shop, "sync", "--yes")
    assert shop.crm.values("Company", "name") == shop.erp.values("Company", "name") == ["Acme", "Initech"]
    assert not list((shop.folder / ".accord").glob("*.db*"))
    assert "crm.Company" in done(shop, "status")
    backup = shop.folder / "backup.db"
    assert "run 1 of" in done(shop, "backup", str(backup))
    done(shop, "history", "--run", "1")
    shop.crm.edit("Company", 1, city="Leiden")
    done(shop, "sync")
    assert shop.erp.values("Company", "city") == ["Gent", "Leiden"]
    done(shop, "erase", "crm.Company/2", "--yes")
    refused = shop.accord("restore", str(backup))
    assert refused.code == 1
    assert "the store is newer than the backup" in refused.err
    assert "Would restore" in done(shop, "restore", str(backup), "--plan", "--over")
    assert "erased again" in done(shop, "restore", str(backup), "--over")
    done(shop, "sync", "--yes")
    assert shop.erp.values("Company", "city") == ["Gent", "Leiden"]


def test_c1_a_service_outlives_its_server(shop: Shop, server: Server) -> None:  # noqa: F811
    done(shop, "sync", "--yes")
    with served(shop, "--every", "0.3") as it:
        until(lambda: it.get("/readyz")[0] == 200)
        server.stop()
        try:
            until(lambda: any("begun anew" in each["text"] for each in it.events("failed")))
            assert it.get("/readyz")[0] == 503
            shop.crm.edit("Company", 1, city="Leiden")
        finally:
            server.start()
        until(lambda: "Leiden" in shop.erp.values("Company", "city"), 30)
        until(lambda: it.get("/readyz")[0] == 200)
        assert PASSWORD not in it._log.read_text("utf-8")
        assert it.stop() == 143


def test_the_state_moves_to_a_server_and_back(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    url, more = shop.url, shop.more  # type: ignore[attr-defined]
    shop.configure()
    done(shop, "sync", "--yes")
    file = str(shop.folder / ".accord" / "state.db")
    before = done(shop, "--json", "history")
    there = done(shop, "store", "copy", file, url)
    assert "found them the same there" in there
    assert f"store: {url}" in there
    shop.configure(more=more)
    assert done(shop, "--json", "history") == before
    done(shop, "sync")
    assert shop.proxy.writes == 1
    shop.crm.edit("Company", 1, city="Leiden")
    done(shop, "sync")
    refused = shop.accord("store", "copy", url, file)
    assert refused.code == 1
    assert "there is a state already" in refused.err
    back = shop.accord("--json", "store", "copy", url, file, "--over")
    assert back.code == 0
    assert back.data["rows"]["seen"] == 4
    shop.configure()
    done(shop, "sync")
    assert shop.erp.values("Company", "city") == ["Gent", "Leiden"]
    again = done(shop, "store", "copy", file, url, "--over")
    assert "found them the same there" in again
    with closing(sqlite3.connect(file)) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)


@pytest.mark.parametrize(
    ("ends", "says"),
    [
        (("no.db", "to.db"), "there is no such store"),
        (("{url}", "to.db"), "there is no such store"),
        (("a.db", "a.db"), "onto itself"),
        (("mysql://x/y", "to.db"), "there is no such store"),
    ],
)
def test_what_can_not_be_copied(shop: Shop, ends: tuple[str, str], says: str) -> None:
    url = shop.url  # type: ignore[attr-defined]
    result = shop.accord("store", "copy", *(end.format(url=url) for end in ends))
    assert result.code == 1
    assert says in result.err
