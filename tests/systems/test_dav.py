"""CardDAV and CalDAV: the contract of connectors against Radicale, and what is special about such servers."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import pytest

from accord.connectorkit.kind import Place, find_kind
from accord.connectorkit.manifest import Manifest
from accord.connectorkit.manifest_load import manifest_from
from accord.connectorkit.paths import copied, put_at
from accord.connectors.dav.records import Records
from accord.testing.connector_contract import ConnectorContract, Entered, RealClock, Rig
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


def manifest_for(url: str, path: str, form: Mapping[str, Any]) -> Manifest:
    types = {"Record": {"path": path, **form}}
    auth = {"kind": "basic", "user": "env:U", "password": "env:P"}
    return manifest_from({"name": "dav", "kind": "dav", "base_url": url, "auth": auth, "types": types})


def connected(manifest: Manifest) -> Any:
    secrets = {"env:U": USER, "env:P": PASSWORD}.__getitem__
    place = Place(system="dav", manifest=manifest, clock=RealClock(), secrets=secrets)
    return find_kind("dav").make(place)


class Owner:
    """Somebody with a program of their own, which asks the server itself."""

    def __init__(self, server: RadicaleServer, collection: str, manifest: Manifest) -> None:
        self.server, self.collection = server, collection
        self.records = Records(manifest.types["Record"])
        self.suffix = ".vcf" if collection.startswith("cards") else ".ics"
        self.last = 0

    def person_create(self, name: str, body: Mapping[str, Any]) -> Entered:
        self.last += 1
        href = f"theirs {self.last}{self.suffix}"
        self.server.put(
            self.collection + href, self.records.made(f"uid-{self.last}", body, time.time_ns() // 1000)
        )
        return Entered(href)

    def person_edit(self, name: str, record_id: str, changes: Mapping[str, Any]) -> None:
        text = self.server.text(self.collection + record_id)
        body: dict[str, Any] = {}
        for path, value in changes.items():
            put_at(body, path, copied(value))
        self.server.put(self.collection + record_id, self.records.changed(text, body, time.time_ns() // 1000))

    def person_delete(self, name: str, record_id: str) -> None:
        self.server.call("DELETE", self.collection + record_id)

    def tables(self) -> dict[str, dict[str, Any]]:
        names = self.server.names(self.collection)
        texts = {name: self.server.text(self.collection + name) for name in names}
        return {"Record": {name: self.records.payload(name, text) for name, text in texts.items()}}


@asynccontextmanager
async def rigged(server: RadicaleServer, holds: str, **changes: Any) -> AsyncIterator[Rig]:
    collection = await asyncio.to_thread(server.collection, KINDS[holds])
    form = {key: value for key, value in {**FORMS[holds], **changes}.items() if value is not ...}
    manifest = manifest_for(server.url, collection, form)
    connector = connected(manifest)
    sample: Callable[[int], Mapping[str, Any]] | None = None
    if holds == "events":
        sample = lambda number: {"summary": f"text {number}", "start": f"2026-03-0{number % 9 + 1}T10:00:00Z"}  # noqa: E731
    try:
        yield Rig(
            connector=connector,
            mapping="dav.Record",
            it=manifest.types["Record"],
            people=Owner(server, collection, manifest),
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
    changes = {"options": {"form": "4.0"}}


class TestTasks(OnServer):
    holds = "tasks"


class TestEvents(OnServer):
    holds = "events"


class TestWithoutSyncCollection(OnServer):
    changes = {"changes": ..., "tombstones": ...}


del OnServer
