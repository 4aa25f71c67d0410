"""CardDAV and CalDAV: the contract of connectors against Radicale, and what is special about such servers."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from accord.connectorkit.drafting import Asked
from accord.connectorkit.kind import Place, find_kind
from accord.connectorkit.manifest import Manifest
from accord.connectorkit.manifest_load import manifest_from
from accord.connectors.dav.draft import DRAFTER
from accord.core.errors import AccordError, StopEntityType
from accord.core.observation import Observation, Outcome
from accord.ports.connector import Write
from accord.testing.connector_contract import ConnectorContract, RealClock, Rig
from tests.servers.dav_people import Owner
from tests.servers.dav_server import DavServer
from tests.servers.radicale import PASSWORD, USER, RadicaleServer, radicale

CONTACT: dict[str, Any] = {
    "id": "href",
    "update": "patch",
    "version": {"etag": True, "order": "opaque", "exact": True, "recurs": True},
    "conditional": "If-Match",
    "changes": {"format": "token"},
    "tombstones": {},
    "idempotency": {},
    "modified": {"property": "modified", "resolution": "s"},
    "absent": dict.fromkeys(("listing", "feed", "fetch", "reply"), None),
    "max_request_s": 5,
    "properties": {
        "formatted": {},
        "name.family": {},
        "name.given": {},
        "organisation": {},
        "note": {},
        "email": {},
        "mobile": {},
        "phone": {},
        "address.city": {},
        "birthday": {"type": "date"},
        "categories": {"type": "list"},
        "modified": {"type": "datetime", "read_only": True},
    },
}
TASK: dict[str, Any] = {
    **{name: value for name, value in CONTACT.items() if name not in ("properties", "modified")},
    "options": {"holds": "tasks"},
    "properties": {
        "summary": {},
        "description": {},
        "status": {"enum": ["NEEDS-ACTION", "IN-PROCESS", "COMPLETED", "CANCELLED"]},
        "percent": {"type": "integer"},
        "due": {"type": "datetime"},
        "categories": {"type": "list"},
    },
}
EVENT: dict[str, Any] = {
    **TASK,
    "options": {"holds": "events"},
    "properties": {
        "summary": {},
        "description": {},
        "start": {"type": "datetime", "required": True},
        "end": {"type": "datetime"},
        "location": {},
    },
}
FORMS = {"contacts": CONTACT, "tasks": TASK, "events": EVENT}
KINDS = {"contacts": "cards", "tasks": "tasks", "events": "events"}


@pytest.fixture(scope="module")
def server() -> Iterator[RadicaleServer]:
    with radicale() as found:
        yield found


def manifest_for(
    url: str, path: str, form: Mapping[str, Any], rate: Mapping[str, Any] | None = None
) -> Manifest:
    types = {"Record": {"path": path, **form}}
    auth = {"kind": "basic", "user": "env:U", "password": "env:P"}
    return manifest_from(
        {"name": "dav", "kind": "dav", "base_url": url, "auth": auth, "types": types, "rate": rate or {}}
    )


def connected(manifest: Manifest) -> Any:
    secrets = {"env:U": USER, "env:P": PASSWORD}.__getitem__
    place = Place(system="dav", manifest=manifest, clock=RealClock(), secrets=secrets)
    return find_kind("dav").make(place)


@asynccontextmanager
async def rigged(
    server: DavServer, holds: str, rate: Mapping[str, Any] | None = None, **changes: Any
) -> AsyncIterator[Rig]:
    collection = await asyncio.to_thread(server.collection, KINDS[holds])
    form = {key: value for key, value in {**FORMS[holds], **changes}.items() if value is not ...}
    manifest = manifest_for(server.url, collection, form, rate)
    connector = connected(manifest)
    sample: Callable[[int], Mapping[str, Any]] | None = None
    if holds == "events":
        sample = lambda number: {"summary": f"text {number}", "start": f"2026-03-0{number % 9 + 1}T10:00:00Z"}  # noqa: E731
    try:
        yield Rig(
            connector=connector,
            mapping="dav.Record",
            it=manifest.types["Record"],
            people=Owner(server, collection),
            clock=RealClock(),
            sample=sample,
            nobody="nobody.vcf" if holds == "contacts" else "nobody.ics",
        )
    finally:
        await connector.close()


class OnServer(ConnectorContract):
    holds = "contacts"
    changes: Mapping[str, Any] = {}

    @pytest.fixture(autouse=True)
    def _serve(self, server: RadicaleServer) -> None:
        self.server = server

    def rig(self) -> Any:
        return rigged(self.server, self.holds, **self.changes)


class TestContacts(OnServer):
    pass


class TestContactsOfVersion4(OnServer):
    changes: Mapping[str, Any] = {"options": {"form": "4.0"}}


class TestTasks(OnServer):
    holds = "tasks"


class TestEvents(OnServer):
    holds = "events"


class TestWithoutSyncCollection(OnServer):
    changes: Mapping[str, Any] = {"changes": ..., "tombstones": ...}


del OnServer


class Book:
    """A collection, its connector, and somebody else who works in it."""

    def __init__(self, server: DavServer, holds: str = "contacts", **changes: Any) -> None:
        self.server, self.collection = server, server.collection(KINDS[holds])
        self.manifest = manifest_for(server.url, self.collection, {**FORMS[holds], **changes})

    def act(self, *acts: Callable[[Any], Any]) -> list[Any]:
        """What coroutines of one connector give."""

        async def run() -> list[Any]:
            connector = connected(self.manifest)
            try:
                return [await act(connector) for act in acts]
            finally:
                await connector.close()

        return asyncio.run(run())

    def put(self, name: str, text: str) -> None:
        self.server.put(self.collection + name, text)

    def text(self, name: str) -> str:
        return self.server.text(self.collection + name)

    def read(self, cursor: str = "", *, full: bool = False) -> tuple[dict[str, Observation], str]:
        async def read(connector: Any) -> tuple[dict[str, Observation], str]:
            pages = [page async for page in connector.read("dav.Record", cursor, full=full)]
            return {o.id: o for page in pages for o in page.observations}, pages[-1].cursor

        found: tuple[dict[str, Observation], str] = self.act(read)[0]
        return found

    def write(self, *writes: Write) -> list[Outcome]:
        outcomes: list[Outcome] = self.act(lambda connector: connector.write(writes))[0]
        return outcomes


def update(name: str, version: str | None = None, **body: Any) -> Write:
    return Write(mapping="dav.Record", kind="update", id=name, body=body, version=version)


RICH = """BEGIN:VCARD
VERSION:{version}
UID:one
FN:Ada Lovelace
N:Lovelace;Ada;;;
EMAIL;TYPE=WORK:ada@example.com
item1.TEL;TYPE=CELL,VOICE;PREF=1:+47 900 00 000
item1.X-ABLABEL:_$!<Mobile>!$_
TEL;TYPE=HOME:+47 22 00 00 00
PHOTO;ENCODING=b;TYPE=JPEG:{photo}
X-SOCIALPROFILE;TYPE=twitter;X-USER=ada:http://example.com/ada
ADR;TYPE=HOME:;;Street 1;Oslo;;0150;Norway
NOTE:One\\, two\\; three\\nfour \\\\ five
CATEGORIES:a,b\\, c
END:VCARD
"""


@pytest.mark.parametrize("version", ["3.0", "4.0"])
def test_w1_what_a_manifest_knows_nothing_of_survives(server: RadicaleServer, version: str) -> None:
    book = Book(server)
    book.put("one.vcf", RICH.format(version=version, photo="QUJD" * 60))
    seen = book.read()[0]["one.vcf"]
    assert seen.payload is not None
    shown = {**seen.payload, "modified": None}
    assert shown == {
        "href": "one.vcf",
        "formatted": "Ada Lovelace",
        "name": {"family": "Lovelace", "given": "Ada"},
        "organisation": None,
        "note": "One, two; three\nfour \\ five",
        "email": "ada@example.com",
        "mobile": "+47 900 00 000",
        "phone": "+47 22 00 00 00",
        "address": {"city": "Oslo"},
        "birthday": None,
        "categories": ["a", "b, c"],
        "modified": None,
    }
    before = set(book.text("one.vcf").splitlines())
    changes = {
        "mobile": "+47 911 11 111",
        "organisation": "Engines; Ltd",
        "note": "Other, text",
        "birthday": "1815-12-10",
    }
    (outcome,) = book.write(update("one.vcf", seen.version, **changes, address={"city": "Bergen"}))
    assert outcome.kind == "done"
    assert outcome.observation is not None
    assert outcome.observation.payload is not None
    for path, value in changes.items():
        assert outcome.observation.payload[path] == value
    after = set(book.text("one.vcf").splitlines())
    gone = sorted(line.partition(":")[0] for line in before - after if ":" in line)
    assert (
        [line.partition(";")[0] for line in gone] == ["ADR", "NOTE", "item1.TEL"]
        if version == "3.0"
        else gone
    )
    assert "item1.X-ABLABEL:_$!<Mobile>!$_" in after
    assert [line for line in after if "Street 1" in line and "Bergen" in line and "Norway" in line]


def test_s7_bytes_that_a_server_wrote_anew_are_no_edit(server: RadicaleServer) -> None:
    book = Book(server)
    book.put("one.vcf", RICH.format(version="3.0", photo="QUJD"))
    first = book.read()[0]["one.vcf"]
    lines = book.text("one.vcf").splitlines()
    mixed = [lines[0], lines[1], *reversed(lines[2:-1]), lines[-1]]
    book.put("one.vcf", "\r\n".join(mixed))
    assert book.read()[0]["one.vcf"].payload == first.payload


def test_s8_a_token_that_the_server_forgot_means_everything(server: RadicaleServer) -> None:
    book = Book(server)
    book.put("one.vcf", RICH.format(version="3.0", photo="QUJD"))
    seen, cursor = book.read("http://radicale.org/ns/sync/" + "0" * 64)
    assert {o.how for o in seen.values()} == {"listing"}
    assert set(seen) == {"one.vcf"}
    assert book.read(cursor) == ({}, cursor)


def test_s10_deletes_are_told_by_their_addresses(server: RadicaleServer) -> None:
    book = Book(server)
    for name in ("Ærlig & co.vcf", "b%20c.vcf", "d.vcf"):
        book.put(name, RICH.replace("UID:one", f"UID:{name}").format(version="3.0", photo="QUJD"))
    seen, cursor = book.read()
    assert set(seen) == {"Ærlig & co.vcf", "b%20c.vcf", "d.vcf"}
    book.server.call("DELETE", f"{book.collection}b%20c.vcf")
    outcomes = book.write(
        Write(
            mapping="dav.Record", kind="delete", id="Ærlig & co.vcf", version=seen["Ærlig & co.vcf"].version
        )
    )
    assert [outcome.kind for outcome in outcomes] == ["done"]
    gone, _ = book.read(cursor)
    assert {name: (o.gone, o.proven) for name, o in gone.items()} == {
        "Ærlig & co.vcf": ("deleted", True),
        "b%20c.vcf": ("deleted", True),
    }


def test_w3_a_create_is_never_made_over_what_is_there(server: RadicaleServer) -> None:
    book = Book(server)
    made = Write(mapping="dav.Record", kind="create", body={"formatted": "Ada"}, key="k1")
    book.put("k1.vcf", RICH.format(version="3.0", photo="QUJD"))
    (outcome,) = book.write(made)
    assert outcome.kind == "unknown"
    assert "Ada Lovelace" in book.text("k1.vcf")
    other = Write(mapping="dav.Record", kind="create", body={"formatted": "Bo"}, key="k2")
    ids = [book.write(other)[0].observation for _ in range(2)]
    assert [o.id for o in ids if o is not None] == ["k2.vcf", "k2.vcf"]


SERIES = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Other//EN
BEGIN:VTIMEZONE
TZID:Europe/Oslo
BEGIN:STANDARD
DTSTART:19701025T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
UID:series
DTSTAMP:20260101T000000Z
RECURRENCE-ID;TZID=Europe/Oslo:20260310T100000
DTSTART;TZID=Europe/Oslo:20260310T140000
SUMMARY:Later once
END:VEVENT
BEGIN:VEVENT
UID:series
DTSTAMP:20260101T000000Z
DTSTART;TZID=Europe/Oslo:20260303T100000
DTEND;TZID=Europe/Oslo:20260303T110000
RRULE:FREQ=WEEKLY;BYDAY=TU
SUMMARY:Weekly
BEGIN:VALARM
ACTION:DISPLAY
DESCRIPTION:Soon
TRIGGER:-PT15M
END:VALARM
END:VEVENT
END:VCALENDAR
"""


def test_w1_of_a_series_the_rule_changes_and_its_exceptions_and_alarms_stay(server: RadicaleServer) -> None:
    book = Book(server, "events")
    book.put("series.ics", SERIES)
    seen = book.read()[0]["series.ics"]
    assert seen.payload is not None
    assert (seen.payload["summary"], seen.payload["start"]) == ("Weekly", "2026-03-03T10:00:00+01:00")
    (outcome,) = book.write(
        update("series.ics", seen.version, summary="Every week", start="2026-03-03T08:30:00Z")
    )
    assert outcome.kind == "done"
    text = book.text("series.ics")
    assert "DTSTART;TZID=Europe/Oslo:20260303T093000" in text
    for kept in ("SUMMARY:Later once", "SUMMARY:Every week", "RRULE:FREQ=WEEKLY;BYDAY=TU", "TRIGGER:-PT15M"):
        assert kept in text


def test_tasks_and_events_of_one_calendar_are_kept_apart(server: RadicaleServer) -> None:
    path = server.collection("both")
    form = {**FORMS["tasks"], "max_request_s": 5}
    book = Book(server, "tasks")
    book.collection, book.manifest = path, manifest_for(server.url, path, form)
    book.put("series.ics", SERIES)
    (outcome,) = book.write(Write(mapping="dav.Record", kind="create", body={"summary": "Do it"}, key="k"))
    assert outcome.kind == "done"
    assert set(book.read()[0]) == {"k.ics"}


def test_a_card_that_can_not_be_read_stops_no_other(
    server: RadicaleServer, caplog: pytest.LogCaptureFixture
) -> None:
    book = Book(server)
    for name in ("bad", "good"):
        book.put(f"{name}.vcf", RICH.replace("UID:one", f"UID:{name}").format(version="3.0", photo="QUJD"))
    stored = next(server.folder.glob(f"collections/**/{book.collection.strip('/')}/bad.vcf"))
    stored.write_text("BEGIN:VCARD\nFN:torn", encoding="utf-8")
    seen, _ = book.read()
    assert "good.vcf" in seen


def test_credentials_that_are_refused_are_told(server: RadicaleServer) -> None:
    book = Book(server)
    book.manifest = book.manifest.model_copy(
        update={"auth": book.manifest.auth.model_copy(update={"password": "env:U"})}
    )
    with pytest.raises(StopEntityType, match="refuses the credentials"):
        book.read()


def test_k6_the_principal_is_the_account(server: RadicaleServer) -> None:
    assert Book(server).act(lambda connector: connector.identity()) == [f"/{USER}/"]


class Elsewhere(BaseHTTPRequestHandler):
    """A server whose accounts are kept on another host."""

    def do_PROPFIND(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        told = "<current-user-principal><href>/me/</href></current-user-principal>"
        if self.path == "/me/":
            home = "<href xmlns='DAV:'>https://p42.example.com:443/me/cards/</href>"
            told = (
                f'<addressbook-home-set xmlns="urn:ietf:params:xml:ns:carddav">{home}</addressbook-home-set>'
            )
        body = (
            f'<multistatus xmlns="DAV:"><response><href>{self.path}</href><propstat><prop>{told}</prop>'
            "<status>HTTP/1.1 200 OK</status></propstat></response></multistatus>"
        ).encode()
        self.send_response(207)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing."""


def test_an_account_on_another_host_is_told_and_gets_no_credentials(tmp_path: Path) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere) as served:
        threading.Thread(target=served.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{served.server_port}/"
        asked = Asked(target=address, name="", folder=tmp_path, flags={}, secrets=lambda _: "")
        try:
            with pytest.raises(AccordError, match=r"p42\.example\.com:443/me/cards/") as caught:
                DRAFTER.make(asked)
        finally:
            served.shutdown()
    assert caught.value.remedy == "Name that address"
