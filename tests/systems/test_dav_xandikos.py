"""CardDAV and CalDAV against Xandikos, which answers otherwise than Radicale in many small things."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from accord.connectorkit.drafting import Asked
from accord.connectorkit.manifest_load import manifest_from
from accord.connectors.dav.draft import DRAFTER
from accord.ports.connector import Write
from accord.testing.connector_contract import ConnectorContract
from tests.servers.xandikos import XandikosServer, xandikos
from tests.systems.test_dav import RICH, SERIES, Book, rigged, update


@pytest.fixture(scope="module")
def server() -> Iterator[XandikosServer]:
    with xandikos() as found:
        yield found


class OnServer(ConnectorContract):
    holds = "contacts"

    @pytest.fixture(autouse=True)
    def _serve(self, server: XandikosServer) -> None:
        self.server = server

    def rig(self) -> Any:
        return rigged(self.server, self.holds, rate={"concurrent": 1})


class TestContacts(OnServer):
    pass


class TestTasks(OnServer):
    holds = "tasks"


class TestEvents(OnServer):
    holds = "events"


del OnServer


@pytest.mark.parametrize("version", ["3.0", "4.0"])
def test_w1_what_a_manifest_knows_nothing_of_survives(server: XandikosServer, version: str) -> None:
    book = Book(server)
    book.put("one.vcf", RICH.format(version=version, photo="QUJD" * 60))
    seen = book.read()[0]["one.vcf"]
    before = set(book.text("one.vcf").splitlines())
    assert book.write(update("one.vcf", seen.version, mobile="+47 911 11 111"))[0].kind == "done"
    changed = sorted(line.partition(";")[0] for line in before ^ set(book.text("one.vcf").splitlines()))
    assert changed == ["item1.TEL", "item1.TEL"]


def test_w1_of_a_series_the_exceptions_and_alarms_stay(server: XandikosServer) -> None:
    book = Book(server, "events")
    book.put("series.ics", SERIES)
    seen = book.read()[0]["series.ics"]
    before = set(book.text("series.ics").splitlines())
    assert book.write(update("series.ics", seen.version, summary="Every week"))[0].kind == "done"
    after = set(book.text("series.ics").splitlines())
    changed = {line.partition(":")[0] for line in before ^ after}
    assert changed <= {"SUMMARY", "DTSTAMP", "LAST-MODIFIED"}


def test_s8_a_token_that_the_server_forgot_means_everything(server: XandikosServer) -> None:
    book = Book(server)
    book.put("one.vcf", RICH.format(version="3.0", photo="QUJD"))
    seen, cursor = book.read("0" * 40)
    assert {(o.id, o.how) for o in seen.values()} == {("one.vcf", "listing")}
    assert book.read(cursor) == ({}, cursor)


def test_s10_deletes_are_told_by_their_addresses(server: XandikosServer) -> None:
    book = Book(server)
    names = ("Ærlig & co.vcf", "b%20c.vcf", "d.vcf")
    for name in names:
        book.put(name, RICH.replace("UID:one", f"UID:{name}").format(version="3.0", photo="QUJD"))
    seen, cursor = book.read()
    assert set(seen) == set(names)
    for name in names[:2]:
        book.server.call("DELETE", book.collection + name)
    gone, _ = book.read(cursor)
    assert {(o.id, o.gone, o.proven) for o in gone.values()} == {
        (name, "deleted", True) for name in names[:2]
    }


def test_w9_a_collection_that_is_locked_is_for_later(server: XandikosServer) -> None:
    book = Book(server)
    keys = [f"k{number}" for number in range(8)]
    left = [Write(mapping="dav.Record", kind="create", body={"formatted": key}, key=key) for key in keys]
    for _ in range(30):
        outcomes = book.write(*left)
        assert {outcome.kind for outcome in outcomes} <= {"done", "later"}
        left = [write for write, outcome in zip(left, outcomes, strict=True) if outcome.kind == "later"]
        if not left:
            break
    assert set(book.read()[0]) == {f"{key}.vcf" for key in keys}


def test_w3_a_create_is_never_made_over_what_is_there(server: XandikosServer) -> None:
    book = Book(server)
    book.put("k1.vcf", RICH.format(version="3.0", photo="QUJD"))
    made = Write(mapping="dav.Record", kind="create", body={"formatted": "Ada"}, key="k1")
    assert book.write(made)[0].kind == "unknown"
    assert "Ada Lovelace" in book.text("k1.vcf")


def test_the_account_is_found_from_the_server_s_address(server: XandikosServer, tmp_path: Path) -> None:
    address = server.url.replace("/accord/", "/")
    asked = Asked(target=address, name="", folder=tmp_path, flags={}, secrets=lambda _: "")
    draft = DRAFTER.make(asked)
    assert draft.manifest is not None
    types = manifest_from(draft.manifest).types
    assert {it.options["holds"] for it in types.values()} == {"contacts", "tasks", "events"}
