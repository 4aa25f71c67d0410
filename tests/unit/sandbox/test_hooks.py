"""Subscriptions of a sandbox, and what it tells: over its face, and over real sockets (S9)."""

import asyncio
from collections.abc import Callable
from copy import deepcopy
from time import perf_counter
from typing import Any, Self

import msgspec
import pytest
from aiohttp import web

from accord.connectorkit.hook_calls import callbacks, filled, holes_in
from accord.connectorkit.hooks import Delivery, Handshake, Hint, Hints, hints_of
from accord.connectorkit.manifest import Manifest
from accord.connectorkit.manifest_load import manifest_from
from accord.sandbox import Request, Response, Sandbox, SandboxServer, Setup
from accord.testing.system_model.telling import Event, told

NOW_US = 1_700_000_000_000_000
BASE = "http://hub.example/hooks/crm"
SYSTEM: dict[str, Any] = {
    "name": "crm",
    "base_url": "http://crm.example/api",
    "types": {
        "Person": {"path": "people", "update": "patch", "properties": {"name": {}}},
        "Deal": {"path": "deals", "update": "patch", "properties": {"name": {}}},
    },
    "webhooks": {
        "secret": "env:HOOKS",
        "verify": {"kind": "hmac", "header": "X-Sig", "signed": "{timestamp}.{body}"},
        "timestamp": {"header": "X-At"},
        "events": {"items": "events", "id": "id", "type": "kind", "event": "event"},
        "subscriptions": {
            "create": {
                "method": "POST",
                "path": "hooks",
                "body": {"hook": {"url": "{url}", "of": "{topics}", "key": "{secret}", "end": "{until}"}},
            },
            "renew": {"method": "PATCH", "path": "hooks/{id}", "body": {"end": "{until}"}},
            "remove": {"method": "DELETE", "path": "hooks/{id}"},
            "list": {"path": "hooks", "id": "hook.id", "url": "hook.url", "until": "hook.end"},
            "lasts_s": 100,
            "format": "epoch_ms",
        },
    },
}


def system(**webhooks: Any) -> Manifest:
    made = deepcopy(SYSTEM)
    made["webhooks"] |= webhooks
    return manifest_from({**made, "webhooks": {k: v for k, v in made["webhooks"].items() if v is not None}})


class Clock:
    def __init__(self) -> None:
        self.us = NOW_US

    def __call__(self) -> int:
        return self.us


def call(sandbox: Sandbox, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    raw = b"" if body is None else msgspec.json.encode(body)
    response: Response = sandbox.handle(Request(method=method, path=f"/api/{path}", body=raw))
    return response.status, msgspec.json.decode(response.body) if response.body else None


def wish(**more: Any) -> dict[str, Any]:
    end = NOW_US // 1000 + 50_000
    return {"hook": {"url": BASE, "of": ["Person"], "key": "k", "end": end, **more}}


def test_a_subscription_from_its_making_to_its_end(tmp_path):
    clock = Clock()
    setup = Setup(file=tmp_path / "crm.db")
    sandbox = Sandbox(system(), setup, clock=clock)
    status, made = call(sandbox, "POST", "hooks", wish())
    assert status == 201
    assert made["hook"]["url"] == BASE
    assert "key" not in str(made), "a secret is not shown again"
    key = made["hook"]["id"]
    assert call(sandbox, "GET", "hooks") == (200, [made])
    assert call(sandbox, "PATCH", f"hooks/{key}", {"end": NOW_US // 1000 + 999_999})[0] == 200
    sandbox.close()

    sandbox = Sandbox(system(), setup, clock=clock)
    (kept,) = call(sandbox, "GET", "hooks")[1]
    assert kept["hook"] == {**made["hook"], "end": NOW_US // 1000 + 100_000}, (
        "not longer than the manifest says"
    )
    clock.us += 100_000_000
    assert call(sandbox, "GET", "hooks") == (200, [])
    assert call(sandbox, "PATCH", f"hooks/{key}", {"end": 9e15})[0] == 404
    assert call(sandbox, "DELETE", f"hooks/{key}")[0] == 404
    call(sandbox, "POST", "hooks", wish(end=clock.us // 1000 + 1))
    (other,) = call(sandbox, "GET", "hooks")[1]
    assert call(sandbox, "DELETE", f"hooks/{other['hook']['id']}") == (204, None)
    assert call(sandbox, "GET", "hooks") == (200, [])
    sandbox.close()


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"url": "ftp://x"}, 422),
        ({"url": "http://["}, 422),
        ({"url": 3}, 422),
        ({"of": ["Persons"]}, 422),
        ({"of": []}, 422),
        ({"key": ""}, 422),
        ({"end": "soon"}, 422),
        ({"end": 3}, 422),
        ({"end": None}, 422),
    ],
)
def test_a_wish_that_does_not_do(change, status):
    sandbox = Sandbox(system(), clock=Clock())
    assert call(sandbox, "POST", "hooks", wish(**change))[0] == status
    assert sandbox.handle(Request(method="POST", path="/api/hooks", body=b"{")).status == 400
    assert call(sandbox, "GET", "hooks") == (200, [])


def test_c2_nothing_is_told_that_is_not_kept(tmp_path):
    sandbox = Sandbox(system(), Setup(file=tmp_path / "crm.db"), clock=Clock())
    woken: list[str] = []
    sandbox.hooks.notify = lambda it: woken.append(it.id)
    call(sandbox, "POST", "hooks", wish())
    (noted,) = sandbox.hooks.standing()
    file = sandbox._kept._db  # the disk fails under it
    file.execute("ALTER TABLE records RENAME TO gone")
    assert call(sandbox, "POST", "people", {"name": "x"})[0] == 507
    assert (woken, sandbox.hooks.next_of(noted)) == ([], [])
    file.execute("ALTER TABLE gone RENAME TO records")
    assert call(sandbox, "POST", "people", {"name": "y"})[0] == 201
    assert woken == [noted.id]
    assert len(sandbox.hooks.next_of(noted)) == 2, "what was kept in the end is told, too"
    sandbox.close()


WAYS: list[dict[str, Any]] = [
    {},
    {"verify": {"kind": "header", "header": "X-Key"}, "timestamp": {"path": "at", "format": "iso"}},
    {"verify": {"kind": "body", "path": "key"}, "timestamp": None, "events": {"id": "ids[]", "type": "t"}},
    {
        "verify": {
            "kind": "hmac",
            "header": "S",
            "signed": "{event}{timestamp}{body}",
            "separator": ",",
            "prefix": "v1=",
        },
        "timestamp": {"header": "S", "separator": ",", "prefix": "t="},
        "events": {
            "id": "a[].b.id",
            "type": {"header": "T"},
            "types": {"p.*": "Person"},
            "event": {"header": "E"},
        },
    },
    {"verify": {"kind": "basic"}, "timestamp": None, "events": {"format": "form", "id": "id", "type": "t"}},
]


@pytest.mark.parametrize("way", WAYS)
def test_what_is_told_can_be_read(way):
    manifest = system(**way)
    event = Event(entity_type="Person", id="7", number="e1")
    sent = told(manifest, [event], "key", BASE, NOW_US)
    got = hints_of(manifest, Delivery(body=sent.body, headers=sent.headers, url=BASE), "key", NOW_US)
    assert got == Hints((Hint("Person", "7", "e1" if manifest.webhooks.events.event else ""),))
    forged = told(manifest, [msgspec.structs.replace(event, forged=True)], "key", BASE, NOW_US)
    got = hints_of(manifest, Delivery(body=forged.body, headers=forged.headers, url=BASE), "key", NOW_US)
    assert getattr(got, "status", 0) == 401


def test_templates_are_filled_and_read():
    template = {"a": "{url}", "b": {"c": ["{topics}", "x-{topic}-{id}"]}, "d": 3}
    holes = {"url": "u", "topics": ("p", "q"), "topic": "t", "id": "9"}
    body = filled(template, holes)
    assert body == {"a": "u", "b": {"c": [["p", "q"], "x-t-9"]}, "d": 3}
    assert holes_in(template, body) == {**holes, "topics": ["p", "q"]}
    assert filled("{other}", holes) == "{other}"


def test_addresses_change_with_the_secret_and_with_what_is_subscribed_to():
    manifest = system()
    (first,) = callbacks(manifest, BASE, ["Person", "Nothing"], "one")
    assert callbacks(manifest, BASE, ["Person"], "one") == {first: ("Person",)}
    (other,) = callbacks(manifest, BASE, ["Person"], "two")
    (both,) = callbacks(manifest, BASE, ["Deal", "Person"], "one")
    assert len({first, other, both}) == 3
    assert "one" not in first
    assert callbacks(manifest, BASE, [], "one") == {}
    calls = {**SYSTEM["webhooks"]["subscriptions"], "per": "topic", "topics": {"Person": ["p.new", "p.gone"]}}
    calls["create"] = {
        "method": "POST",
        "path": "hooks",
        "body": {"url": "{url}", "of": "{topic}", "end": "{until}"},
    }
    each = callbacks(
        system(subscriptions=calls, verify={"kind": "query"}, timestamp=None), BASE, ["Person"], "s"
    )
    assert sorted(each.values()) == [("p.gone",), ("p.new",)]
    assert all("key=s" in url for url in each)


async def until(there: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not there():  # noqa: ASYNC110 - the sandbox counts, and tells nobody
            await asyncio.sleep(0.001)


class Receiver:
    """Takes webhooks on a free port; `answers` are the statuses to give, then 202."""

    def __init__(self, manifest: Manifest, answers: list[int] | None = None) -> None:
        self.manifest, self.answers = manifest, answers or []
        self.came: asyncio.Queue[Any] = asyncio.Queue()

    async def __aenter__(self) -> Self:
        self.runner = web.ServerRunner(web.Server(self.take))
        await self.runner.setup()
        await web.TCPSite(self.runner, "127.0.0.1", 0).start()
        self.root = f"http://127.0.0.1:{self.runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.runner.cleanup()

    async def take(self, asked: web.BaseRequest) -> web.StreamResponse:
        raw = await asked.read()
        sent = Delivery(method=asked.method, url=self.root + asked.raw_path, headers=asked.headers, body=raw)
        got = hints_of(self.manifest, sent, "k", NOW_US)
        if isinstance(got, Handshake) and self.answers[:1] != [0]:
            return web.Response(body=got.body, headers={"Content-Type": got.content_type})
        self.came.put_nowait((perf_counter(), got))
        return web.Response(status=self.answers.pop(0) or 500 if self.answers else 202)


def test_many_edits_are_told_in_few_calls_and_the_first_at_once():
    async def run() -> None:
        manifest = system()
        async with Receiver(manifest) as receiver, SandboxServer(manifest, clock=lambda: NOW_US) as server:
            ids = [server.model.person_create("Person", {"name": str(n)}).id for n in range(500)]
            assert call(server.sandbox, "POST", "hooks", wish(url=f"{receiver.root}/hooks/crm"))[0] == 201
            lags = []
            for record_id in ids[:50]:
                begun = perf_counter()
                server.model.person_edit("Person", record_id, {"name": "x"})
                server.sandbox.hooks.release()
                at, got = await receiver.came.get()
                assert [hint.id for hint in got.hints] == [record_id]
                lags.append(at - begun)
            assert sorted(lags)[25] < 0.02, "half of them within a few milliseconds"
            for record_id in ids:
                server.model.person_edit("Person", record_id, {"name": "y"})
            server.model.person_create("Deal", {"name": "nobody subscribed"})
            server.sandbox.hooks.release()
            found: list[str] = []
            calls = 0
            while len(found) < len(ids):
                _, got = await receiver.came.get()
                found += [hint.id for hint in got.hints]
                calls += 1
            assert found == ids
            assert calls == 5
            assert server.sandbox.hooks.told["failed"] == 0

    asyncio.run(run())


@pytest.mark.parametrize(
    "shake", [{"kind": "query", "parameter": "c"}, {"kind": "body", "path": "c", "answer": "d"}]
)
@pytest.mark.parametrize("proves", [True, False])
def test_an_address_that_proves_nothing_hears_nothing(shake, proves):
    async def run() -> None:
        manifest = system(handshake=shake)
        setup = Setup(hook_retry_s=0.001)
        receiving = Receiver(manifest, [] if proves else [0] * 8)
        async with receiving as receiver, SandboxServer(manifest, setup, clock=lambda: NOW_US) as server:
            call(server.sandbox, "POST", "hooks", wish(url=f"{receiver.root}/hooks/crm"))
            (noted,) = server.sandbox.hooks.standing()
            server.model.person_create("Person", {"name": "x"})
            server.sandbox.hooks.release()
            if proves:
                assert isinstance((await receiver.came.get())[1], Hints)
                assert noted.proved
                return
            for _ in range(8):
                assert isinstance((await receiver.came.get())[1], Handshake)
            await until(lambda: not server.sandbox.hooks.standing())
            assert receiver.came.empty()

    asyncio.run(run())


def test_what_nobody_takes_is_given_up():
    async def run() -> None:
        manifest = system()
        setup = Setup(hook_retry_s=0.001)
        receiving = Receiver(manifest, [500, 404, 302, 500, 500, 500, 500, 500])
        async with receiving as receiver, SandboxServer(manifest, setup, clock=lambda: NOW_US) as server:
            call(server.sandbox, "POST", "hooks", wish(url=f"{receiver.root}/hooks/crm"))
            for name in "xy":
                server.model.person_create("Person", {"name": name})
                server.sandbox.hooks.release()
                await asyncio.sleep(0.001)
            await until(lambda: server.sandbox.hooks.told["sent"] > 0)
            assert server.sandbox.hooks.told == {"sent": 1, "failed": 8, "given up": 1}

    asyncio.run(run())
