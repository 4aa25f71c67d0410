"""A small CRM to serve, and ways to call it: in memory, or over HTTP."""

import asyncio
import http.client
import json
import threading
from contextlib import contextmanager
from copy import deepcopy
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from accord.connectorkit.manifest_load import manifest_from
from accord.sandbox import Request, Sandbox, SandboxServer, Setup
from accord.testing.connector_contract import PlayedClock

CONTACT = {
    "path": "contacts",
    "properties": {
        "name": {"required": True, "max_length": 12},
        "email": {"unique": True},
        "kind": {"enum": ["a", "b"]},
        "size": {"type": "integer"},
        "rate": {"type": "decimal"},
        "vip": {"type": "boolean"},
        "tags": {"type": "list"},
        "address.city": {},
        "company": {"reference": "Company"},
        "externalId": {},
    },
    "version": {"property": "version", "etag": True, "order": "ordered", "exact": True},
    "conditional": "If-Match",
    "modified": "modifiedAt",
    "created": "createdAt",
    "update": "patch",
    "page": {"style": "cursor", "size": 3, "next": "next", "items": "items"},
    "changes": {"parameter": "since", "format": "version"},
    "errors": {"message": "errors[].detail", "property": "errors[].field"},
    "idempotency": {},
    "our_id": "externalId",
    "search": {"our_id": "external_id", "created_since": "created_since"},
}
COMPANY = {
    "path": "companies",
    "id": {"property": "id", "type": "integer"},
    "properties": {"title": {}, "town": {}},
    "update": "replace",
    "operations": {"delete": False},
    "page": {"style": "none"},
}


def crm(contact=None, **top):
    """A manifest; None takes a setting of the contact away."""
    spec = {n: v for n, v in {**deepcopy(CONTACT), **(contact or {})}.items() if v is not None}
    data = {"name": "crm", "base_url": "https://crm.example/api/v2/", **top}
    return manifest_from({**data, "types": {"Company": COMPANY, "Contact": spec}})


class Told(NamedTuple):
    """What came back; headers by lower-case name."""

    status: int
    headers: dict[str, str]
    body: Any


class Lost(Exception):
    """Nothing came back, or the connection broke: `how`."""

    def __init__(self, how):
        super().__init__(how)
        self.how = how


class Caller:
    """Calls a sandbox; paths are below the base URL unless they begin with a slash."""

    def __init__(self, sandbox, clock, send):
        self.sandbox, self.model, self.clock, self._send = sandbox, sandbox.model, clock, send

    def __call__(self, method, path, body=None, headers=None, *, raw=None):
        whole = path if path.startswith(("/", "http")) else f"/api/v2/{path}"
        if whole.startswith("http"):
            at = urlsplit(whole)
            whole = f"{at.path}?{at.query}"
        data = raw if raw is not None else b"" if body is None else json.dumps(body).encode()
        status, heads, answer = self._send(method, whole, data, headers or {})
        parsed = json.loads(answer) if answer else None
        return Told(status, {name.lower(): value for name, value in heads.items()}, parsed)

    def add(self, *names, **more):
        """Ids of contacts that were created through the API."""
        return [self("POST", "contacts", {"name": name, **more}).body["id"] for name in names]

    def names(self, path="contacts"):
        """Names of the contacts on a page."""
        return [item["name"] for item in self("GET", path).body["items"]]


@contextmanager
def in_memory(manifest, setup=None):
    """A caller of the face itself."""
    clock = PlayedClock()
    sandbox = Sandbox(manifest, setup or Setup(), clock=clock.now_us)

    def send(method, path, body, headers):
        before, _, query = path.partition("?")
        heads = {name.lower(): value for name, value in headers.items()}
        response = sandbox.handle(
            Request(method=method, path=before, query=query, headers=heads, body=body, origin="http://here")
        )
        if response.lost:
            raise Lost(response.lost)
        return response.status, response.headers, response.body

    yield Caller(sandbox, clock, send)
    sandbox.close()


@contextmanager
def over_http(manifest, setup=None):
    """A caller of a server in another thread."""
    clock, ready, loop = PlayedClock(), threading.Event(), asyncio.new_event_loop()
    server = SandboxServer(manifest, setup or Setup(hang_s=1.5), clock=clock.now_us)
    stopped = asyncio.Event()

    async def serve():
        async with server:
            ready.set()
            await stopped.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    try:
        assert ready.wait(10)
        yield Caller(server.sandbox, clock, _sender(urlsplit(server.root)))
    finally:
        loop.call_soon_threadsafe(stopped.set)
        thread.join(10)
        loop.close()


def _sender(at):
    def send(method, path, body, headers):
        connection = http.client.HTTPConnection(at.hostname, at.port, timeout=0.5)
        try:
            connection.request(method, path, body or None, headers)
            with connection.getresponse() as response:
                return response.status, dict(response.headers), response.read()
        except TimeoutError:
            raise Lost("silence") from None
        except (ConnectionError, http.client.HTTPException):
            raise Lost("cut") from None
        finally:
            connection.close()

    return send
