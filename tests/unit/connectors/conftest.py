"""A REST connector on a transport that a test scripts: no network, no waiting."""

import json
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Any

import pytest

from accord.connectorkit.http import Request, Response, Tokens
from accord.connectorkit.manifest_load import manifest_from
from accord.connectors.rest import RestConnector
from accord.ports.connector import Write
from accord.testing.connector_contract import PlayedClock

KEY = "crm.Person"
TYPE: dict[str, Any] = {
    "path": "/people",
    "properties": {"name": {"max_length": 10}},
    "page": {"style": "cursor", "items": "items", "next": "next", "size": 2},
    "changes": {"parameter": "since", "format": "iso"},
    "modified": "changed",
    "version": {"etag": True, "order": "opaque"},
    "conditional": "If-Match",
    "update": "patch",
    "idempotency": {},
    "max_request_s": 5,
}


def json_response(body: Any, status: int = 200, **headers: str) -> Response:
    """A response; underscores in names of headers are hyphens."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(status=status, headers=named, body=json.dumps(body).encode())


class Wire:
    """A transport: `answer` tells what comes back for a request, or raises. Requests are kept."""

    def __init__(self, answer: Callable[[Request], Response]) -> None:
        self.answer = answer
        self.requests: list[Request] = []
        self.closed = 0

    async def send(self, request: Request) -> Response:
        kept = Request(
            method=request.method, url=request.url, headers=dict(request.headers), body=request.body
        )
        self.requests.append(kept)
        return self.answer(request)

    async def close(self) -> None:
        self.closed += 1


class Rig:
    """A connector, its wire and its clock."""

    def __init__(self, answer: Any, manifest: dict[str, Any], settings: dict[str, Any]) -> None:
        said = {"name": "crm", "base_url": "https://crm.example/v1", **manifest}
        said.setdefault("types", {"Person": {**TYPE, **said.pop("person", {})}})
        answers = [answer] if isinstance(answer, Response | Exception) else answer
        self.wire = Wire(answers if callable(answers) else _scripted(list(answers)))
        self.clock = PlayedClock()
        self.secrets: dict[str, str] = {}
        self.connector = RestConnector(
            manifest_from(said),
            system="crm",
            clock=self.clock,
            secrets=lambda reference: self.secrets.get(reference, f"<{reference}>"),
            transport=self.wire,
            **settings,
        )

    @property
    def requests(self) -> list[Request]:
        return self.wire.requests

    async def read(self, cursor: str = "", *, full: bool = False) -> list[Any]:
        pages = [page async for page in self.connector.read(KEY, cursor, full=full)]
        return [o for page in pages for o in page.observations]

    async def write(self, kind: str, record_id: str | None = None, **more: Any) -> Any:
        write = Write(mapping=KEY, kind=kind, id=record_id, **more)
        return (await self.connector.write([write]))[0]


def _scripted(answers: list[Any]) -> Callable[[Request], Response]:
    """One answer after the other; the last one for ever."""

    def answer(_: Request) -> Response:
        found = answers.pop(0) if len(answers) > 1 else answers[0]
        if isinstance(found, Exception):
            raise found
        return found

    return answer


@pytest.fixture
def rig() -> Any:
    def build(answer: Any, settings: dict[str, Any] | None = None, **manifest: Any) -> Rig:
        return Rig(answer, manifest, settings or {})

    return build


class KeptTokens:
    """A token store that a test looks into, and changes like another process would."""

    def __init__(self, **kept: Tokens) -> None:
        self.kept = kept
        self.saves = 0

    async def load(self, system: str) -> Tokens | None:
        return self.kept.get(system)

    async def save(self, system: str, tokens: Tokens) -> None:
        self.saves += 1
        self.kept[system] = tokens

    def alone(self, system: str) -> AbstractAsyncContextManager[None]:
        return nullcontext()
