"""Subscriptions over HTTP: all pages are read, refusals are told in time and without secrets (S9, P2, W9)."""

import asyncio
import json
from typing import Any

import pytest

from accord.connectorkit.http import NoAnswer, NotSent, Request, Response
from accord.connectorkit.manifest_load import manifest_from
from accord.connectors.rest import RestConnector
from accord.connectors.rest.hooks import Hooks
from accord.core.errors import AccordError, RetryLater, StopEntityType
from accord.ports.subscriber import Subscription
from accord.sandbox import Sandbox
from accord.simulate.transport import FaceTransport
from accord.testing.connector_contract import PlayedClock

URL = "https://hub.example/hooks/crm?v=1"
IT = Subscription(id="a/b", url=URL)


def manifest(page: dict[str, Any] | None = None, **calls: Any) -> Any:
    told = {
        "create": {
            "method": "POST",
            "path": "hooks",
            "body": {"url": "{url}", "key": "{secret}", "end": "{until}"},
        },
        "renew": {"method": "PUT", "path": "hooks/{id}", "body": {"url": "{url}", "end": "{until}"}},
        "remove": {"method": "DELETE", "path": "hooks/{id}"},
        "list": {"path": "hooks", "page": page or {"style": "none"}, "until": "end"},
        "lasts_s": 3600,
        **calls,
    }
    return manifest_from(
        {
            "name": "crm",
            "base_url": "https://crm.example/api",
            "webhooks": {
                "secret": "env:HOOKS",
                "verify": {"kind": "header", "header": "X-Secret"},
                "events": {"id": "id"},
                "subscriptions": told,
            },
            "types": {"Person": {"path": "people", "update": "patch", "properties": {"n": {}}}},
        }
    )


def hooks(of: Any, transport: Any, clock: PlayedClock | None = None) -> Hooks:
    connector = RestConnector(
        of,
        system="crm",
        clock=clock or PlayedClock(),
        secrets=lambda _: "a secret",
        transport=transport,
        retries=0,
    )
    assert connector.hooks is not None
    return connector.hooks


@pytest.mark.parametrize(
    "page",
    [
        {"style": "none"},
        {"style": "offset", "size": 3, "items": "found"},
        {"style": "page", "size": 3, "items": "found"},
        {"style": "page", "size": 3, "first": 0},
        {"style": "cursor", "size": 3, "items": "found", "next": "next"},
    ],
)
def test_all_pages_are_read(page):
    async def run() -> None:
        clock = PlayedClock()
        of = manifest(page)
        here = hooks(of, FaceTransport(Sandbox(of, clock=clock.now_us).face, clock), clock)
        for number in range(7):
            await here.subscribe(f"{URL}{number}", ["Person"])
        found = await here.subscriptions()
        assert [it.url for it in found] == [f"{URL}{number}" for number in range(7)]
        assert all(abs((it.until_us or 0) - clock.us - 3_600_000_000) < 2_000_000 for it in found)

    asyncio.run(run())


class Answers:
    """A system that answers each call with the same."""

    def __init__(self, status: int, body: Any = None, error: Exception | None = None, **headers: str) -> None:
        self.response = Response(status=status, headers=headers, body=json.dumps(body).encode())
        self.error = error
        self.sent: list[Request] = []

    async def send(self, request: Request) -> Response:
        self.sent.append(request)
        if self.error is not None:
            raise self.error
        return self.response

    async def close(self) -> None:
        """Nothing to let go of."""


def failed(transport: Answers) -> list[AccordError]:
    """What is raised by each call."""

    async def run() -> list[AccordError]:
        here = hooks(manifest(), transport)
        calls = (
            here.subscribe(URL, ["Person"]),
            here.renew(IT, ["Person"]),
            here.unsubscribe(IT),
            here.subscriptions(),
        )
        raised = []
        for call in calls:
            with pytest.raises(AccordError) as told:
                await call
            raised.append(told.value)
        return raised

    return asyncio.run(run())


@pytest.mark.parametrize("status", [400, 403, 409, 422])
def test_p2_what_is_refused_is_told_without_secrets(status):
    for error in failed(Answers(status, {"message": "a secret is wrong"})):
        assert isinstance(error, StopEntityType)
        assert "crm" in error.message
        assert error.remedy
        assert "secret" not in str(error)
        assert URL not in str(error)


@pytest.mark.parametrize(
    "transport",
    [
        Answers(503),
        Answers(429, None, None, **{"Retry-After": "17"}),
        Answers(0, None, NotSent("no connection")),
        Answers(0, None, NoAnswer("no answer within 30 s")),
    ],
)
def test_w9_what_passes_is_for_later(transport):
    for error in failed(transport):
        assert isinstance(error, RetryLater)
        assert error.after_s > 0
    writes = [it for it in transport.sent if it.method != "GET"]
    assert len(writes) <= 3, "a call whose outcome is unknown is not sent again"


def test_what_is_gone_is_no_fault():
    async def run() -> None:
        transport = Answers(404)
        here = hooks(manifest(), transport)
        assert not await here.renew(IT, ["Person"])
        await here.unsubscribe(IT)
        assert [it.url for it in transport.sent] == ["https://crm.example/api/hooks/a%2Fb"] * 2
        assert transport.sent[1].body is None

    asyncio.run(run())


def test_what_names_no_address_is_not_ours():
    async def run() -> None:
        listed = [{"id": 1}, {"url": URL}, {"id": True, "url": 3}, {"id": 2, "url": URL, "end": "soon"}]
        assert await hooks(manifest(), Answers(200, listed)).subscriptions() == [
            Subscription(id="2", url=URL)
        ]

    asyncio.run(run())
