"""A person allows Accord to act for them: OAuth 2's authorization code, over HTTP, against a sandbox (C5, K6)."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import aiohttp
import pytest

from accord.connecting import Login, Logins, code_auth, connection
from accord.connecting.receiver import receiving
from accord.connectorkit.http import FileTokens
from accord.connectorkit.http.auth import auth_of
from accord.connectorkit.http.client import HttpTransport
from accord.connectorkit.manifest_auth import AuthorizationCode, RefreshToken
from accord.connectorkit.manifest_load import manifest_from
from accord.connectors.rest import RestConnector
from accord.core.errors import AccordError, ConfigError, Fault, RetryLater, StopEntityType
from accord.ports.connector import Connector
from accord.project import project_from_text
from accord.runtime.hub import Hub
from accord.runtime.pauses import stored
from accord.runtime.runs.sync import sync
from accord.sandbox import Access, SandboxServer, Setup
from accord.store import MemoryStore
from accord.testing.connector_contract import PlayedClock
from tests.e2e.shop import manifest as shop_manifest
from tests.unit.sandbox.playing import crm

AUTH = {
    "kind": "oauth2_code",
    "authorize_url": "https://crm.example/authorize",
    "token_url": "https://crm.example/token",
    "client_id": "env:ID",
    "scopes": ["contacts", "offline_access"],
    "authorize": {"access_type": "offline"},
}
CONFIDENTIAL = {**AUTH, "client_secret": "env:SECRET", "client_auth": "basic"}
DAY_S = 86_400.0


class Rig:
    """A sandbox, a person with a browser, and logins. All of them have one clock."""

    def __init__(
        self, server: SandboxServer, folder: Path, browser: aiohttp.ClientSession, clock: PlayedClock
    ):
        self.server, self.browser, self.clock = server, browser, clock
        self.told = {"authorize_url": f"{server.root}/authorize", "token_url": f"{server.root}/token"}
        auth = code_auth(server.manifest.auth)
        assert auth is not None
        self.auth = auth.model_copy(update=self.told)
        self.tokens = FileTokens(folder / "tokens")
        self.transport = HttpTransport(concurrent=1)
        self.another: list[str] = []
        self.made: list[Connector] = []
        self.logins = Logins(
            {"crm": self.auth},
            tokens=self.tokens,
            secrets=lambda _: "sandbox",
            send=self.transport.send,
            clock=clock,
        )

    async def choose(self, url: str, choice: str = "allow") -> str:
        """Open the page and press a button; where it leads."""
        async with self.browser.get(url) as shown:
            text = await shown.text()
            assert shown.status == 200, text
            assert "<button" in text
        async with self.browser.post(url, data={"choice": choice}, allow_redirects=False) as left:
            return left.headers["Location"]

    async def follow(self, url: str) -> tuple[int, str]:
        """What the browser shows there."""
        async with self.browser.get(url) as shown:
            return shown.status, await shown.text()

    async def login(self, choice: str = "allow") -> Login:
        """A whole login."""
        async with receiving(self.logins) as redirect:
            begun = await self.logins.begin("crm", redirect)
            await self.follow(await self.choose(begun.url, choice))
            login = await self.logins.login(begun.state)
            assert login is not None
            return login

    def connector(self, another: Callable[[], None] | None = None) -> Connector:
        """As another process has it."""
        connector = RestConnector(
            self.server.manifest,
            system="crm",
            clock=self.clock,
            secrets=lambda _: "sandbox",
            base_url=self.server.url,
            auth=self.told,
            tokens=self.tokens,
            retries=0,
            another=another or (lambda: self.another.append("crm")),
        )
        self.made.append(connector)
        return connector

    async def state(self) -> str:
        """How the connection stands."""
        return (await connection("crm", self.tokens, self.clock.now_us())).state


@asynccontextmanager
async def rigged(
    folder: Path, auth: Any, manifest: dict[str, Any] | None, **access: Any
) -> AsyncIterator[Rig]:
    clock = PlayedClock()
    setup = Setup(access=Access(**access))
    played_by = crm(auth=auth) if manifest is None else manifest_from(manifest)
    server, browser = SandboxServer(played_by, setup, clock=clock.now_us), aiohttp.ClientSession()
    async with server, browser:
        rig = Rig(server, folder, browser, clock)
        try:
            yield rig
        finally:
            for connector in rig.made:
                await connector.close()
            await rig.transport.close()


def played(
    act: Callable[[Rig], Awaitable[None]],
    folder: Path,
    auth: Any = AUTH,
    manifest: dict[str, Any] | None = None,
    **access: Any,
) -> None:
    async def run() -> None:
        async with rigged(folder, auth, manifest, **access) as rig:
            await act(rig)

    asyncio.run(run())


def changed(url: str, **changes: str) -> str:
    """A URL with other parameters; "": without it."""
    parts = urlsplit(url)
    query = {**dict(parse_qsl(parts.query)), **changes}
    return parts._replace(query=urlencode({name: it for name, it in query.items() if it})).geturl()


async def read(connector: Connector) -> None:
    async for _ in connector.read("crm.Company", "", full=True):
        pass


@pytest.mark.parametrize("auth", [AUTH, CONFIDENTIAL], ids=["public", "confidential"])
def test_c5_a_person_allows_it_once_and_refresh_tokens_rotate_from_then_on(tmp_path, auth):
    async def act(rig: Rig) -> None:
        assert await rig.state() == "none"
        connector = rig.connector()
        with pytest.raises(StopEntityType, match=r"nobody has allowed.*accord connect crm"):
            await read(connector)
        login = await rig.login()
        assert (login.ended, login.why) == ("connected", "")
        seen = set()
        for _ in range(3):
            await read(connector)
            kept = await rig.tokens.load("crm")
            assert kept is not None
            seen.add(kept.refresh)
            rig.clock.pass_s(61)
        assert len(seen) == 3
        assert await rig.state() == "connected"

    played(act, tmp_path, auth, token_s=60, rotates=True)


def test_an_answer_is_taken_once_and_only_where_its_login_is_known(tmp_path):
    async def act(rig: Rig) -> None:
        async with receiving(rig.logins) as redirect:
            begun = await rig.logins.begin("crm", redirect)
            back = await rig.choose(begun.url)
            assert (await rig.follow(changed(back, state="of somebody else")))[0] == 400
            assert (await rig.follow(changed(back, state="")))[0] == 400
            assert (await rig.follow(redirect.replace("callback", "elsewhere")))[0] == 404
            status, shown = await rig.follow(back)
            assert (status, "crm is connected" in shown) == (200, True)
            kept = await rig.tokens.load("crm")
            status, shown = await rig.follow(back)
            assert (status, "answered already" in shown) == (400, True)
            assert await rig.tokens.load("crm") == kept

    played(act, tmp_path)


def test_an_answer_that_comes_too_late_is_not_taken(tmp_path):
    async def act(rig: Rig) -> None:
        async with receiving(rig.logins) as redirect:
            begun = await rig.logins.begin("crm", redirect, lasts_s=50)
            back = await rig.choose(begun.url)
            rig.clock.pass_s(51)
            status, shown = await rig.follow(back)
            assert (status, "took too long" in shown) == (400, True)
            begun = await rig.logins.begin("crm", redirect)
            back = await rig.choose(begun.url)
            rig.clock.pass_s(61)  # the code of the system is too old
            status, shown = await rig.follow(back)
            assert (status, "code of the login page is not accepted" in shown) == (400, True)
        assert await rig.state() == "none"

    played(act, tmp_path)


def test_a_refusal_is_told_and_keeps_nothing(tmp_path):
    async def act(rig: Rig) -> None:
        login = await rig.login("refuse")
        assert (login.ended, login.why) == (
            "failed",
            "crm: it was not allowed. Try again: accord connect crm",
        )
        assert await rig.state() == "none"
        async with receiving(rig.logins) as redirect:
            begun = await rig.logins.begin("crm", redirect)
            said = await rig.logins.answer(
                {"state": begun.state, "error": "a secret", "error_description": "a secret"}
            )
            assert said.status == 400
            assert "a secret" not in said.html

    played(act, tmp_path)


def test_who_stole_the_code_gets_nothing_without_the_verifier(tmp_path):
    """PKCE: the code alone is worth nothing, and is used up by who tries."""

    async def act(rig: Rig) -> None:
        async with receiving(rig.logins) as redirect:
            begun = await rig.logins.begin("crm", redirect)
            code = dict(parse_qsl(urlsplit(await rig.choose(begun.url)).query))["code"]
            form = {
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": redirect,
                "client_id": "sandbox",
                "code_verifier": "a guess",
            }
            for why in ("code_verifier", "used up"):
                async with rig.browser.post(rig.auth.token_url, data=form) as answer:
                    told = await answer.json()
                    assert (answer.status, told["error"]) == (400, "invalid_grant")
                    assert why in told["error_description"]

    played(act, tmp_path)


def test_the_sandbox_leads_nowhere_but_where_it_may(tmp_path):
    async def act(rig: Rig) -> None:
        begun = await rig.logins.begin("crm", "http://127.0.0.1:1/cb")
        for changes, status in (
            ({"redirect_uri": "https://evil.example/cb"}, 400),
            ({"redirect_uri": "https://hub.example/oauth/callback"}, 200),
            ({"client_id": ""}, 400),
            ({"client_id": "another"}, 400),
        ):
            assert (await rig.follow(changed(begun.url, **changes)))[0] == status, changes
        for changes, error in (
            ({"code_challenge": ""}, "invalid_request"),
            ({"code_challenge_method": "plain"}, "invalid_request"),
            ({"response_type": "token"}, "unsupported_response_type"),
        ):
            async with rig.browser.get(changed(begun.url, **changes), allow_redirects=False) as left:
                assert left.headers["Location"] == f"http://127.0.0.1:1/cb?error={error}&state={begun.state}"
        async with rig.browser.post(begun.url, headers={"Origin": "https://evil.example"}) as refused:
            assert refused.status == 403

    played(act, tmp_path, user="sandbox", redirects=("https://hub.example/oauth/callback",))


def test_c5_an_end_is_told_before_it_comes_and_after(tmp_path):
    async def act(rig: Rig) -> None:
        await rig.login()
        assert await rig.state() == "connected"
        rig.clock.pass_s(24 * DAY_S)
        assert await rig.state() == "ends soon"
        await rig.login()
        assert await rig.state() == "connected"
        rig.clock.pass_s(31 * DAY_S)
        assert await rig.state() == "ended"
        connector = rig.connector()
        with pytest.raises(StopEntityType, match=r"ended, or was taken back.*accord connect crm"):
            await read(connector)
        await rig.login()
        rig.server.sandbox.gate.expire(refresh=True)
        connector = rig.connector()
        for _ in range(2):
            with pytest.raises(StopEntityType, match="accord connect crm"):
                await read(connector)
        assert await rig.state() == "ended"
        await rig.login()
        assert await rig.state() == "connected"

    played(act, tmp_path, refresh_s=30 * DAY_S)


def test_k6_whose_account_a_new_login_is_comes_before_any_other_call(tmp_path):
    async def act(rig: Rig) -> None:
        await rig.login()
        connector = rig.connector()
        await read(connector)
        await rig.login()
        rig.clock.pass_s(3601)
        for _ in range(2):
            with pytest.raises(RetryLater, match="logged in anew"):
                await read(connector)
        assert rig.another == ["crm"]
        await connector.identity()
        await read(connector)
        rig.clock.pass_s(3601)
        await read(connector)  # a mere refresh is no login
        assert rig.another == ["crm"]

    played(act, tmp_path)


def test_p2_nothing_of_a_login_is_kept_in_clear_or_left_behind(tmp_path, caplog):
    caplog.set_level("DEBUG")

    async def act(rig: Rig) -> None:
        async with receiving(rig.logins) as redirect:
            begun = await rig.logins.begin("crm", redirect)
            login = await rig.logins.login(begun.state)
            assert login is not None
            back = await rig.choose(begun.url)
            await rig.follow(back)
            kept = await rig.tokens.load("crm")
            assert kept is not None
            secrets = [
                kept.access,
                kept.refresh,
                login.verifier,
                begun.state,
                *dict(parse_qsl(back)).values(),
            ]
            there = [file.name.encode() + file.read_bytes() for file in (tmp_path / "tokens").iterdir()]
            told = [each.getMessage() for each in caplog.records if each.name.startswith("accord")]
            for secret in secrets:
                assert not [text for text in there if secret.encode() in text]
                assert secret not in "".join([*told, repr(login), repr(kept)])
            await rig.logins.forget(begun.state)
        assert {file.name for file in (tmp_path / "tokens").iterdir()} == {
            "crm.lock",
            "crm.token",
            "login.all.lock",
        }

    played(act, tmp_path)


def test_a_port_that_is_taken_is_told(tmp_path):
    async def act(rig: Rig) -> None:
        async with receiving(rig.logins) as redirect:
            with pytest.raises(AccordError, match=r"can not be heard at 127\.0\.0\.1 port .*--elsewhere"):
                async with receiving(rig.logins, redirect):
                    pass

    played(act, tmp_path)


def test_a_project_may_say_that_a_person_logs_in_to_a_system_whose_manifest_wants_a_refresh_token():
    manifest = RefreshToken.model_validate(
        {
            "kind": "oauth2_refresh_token",
            "authorize_url": "https://crm.example/authorize",
            "token_url": "https://crm.example/token",
            "client_id": "env:ID",
            "client_secret": "env:SECRET",
            "refresh_token": "env:REFRESH",
        }
    )
    auth = auth_of(manifest, {"kind": "oauth2_code", "scopes": ["x"]}, "crm")
    assert isinstance(auth, AuthorizationCode)
    assert (auth.pkce, auth.client_secret, auth.scopes) == (True, "env:SECRET", ("x",))
    assert code_auth(manifest) == code_auth(auth_of(manifest, {"kind": "oauth2_code"}, "crm"))
    assert code_auth(manifest.model_copy(update={"authorize_url": ""})) is None


PROJECT = """
version: 1
name: shop
systems:
  crm: {connector: crm.yaml, priority: 2}
  erp: {connector: erp.yaml, priority: 1}
pairs:
  - from: crm.Company
    to: erp.Company
    create: {forward: always, backward: always}
    match: [[[name, name]]]
    rows:
      - [name, name]
      - [city, city]
"""


def test_k6_who_logs_in_as_somebody_else_while_the_hub_is_at_work_stops_the_system(tmp_path):
    async def act(rig: Rig) -> None:
        erp = manifest_from({**shop_manifest("erp"), "name": "erp"})
        async with SandboxServer(erp, clock=rig.clock.now_us) as other:
            project = project_from_text(PROJECT, tmp_path, manifests={"crm": rig.server.manifest, "erp": erp})
            known: set[str] = set()
            crm = rig.connector(lambda: known.discard("crm"))
            there = RestConnector(
                erp, system="erp", clock=rig.clock, secrets=lambda _: "sandbox", base_url=other.url
            )
            rig.made.append(there)
            connectors = {"crm": crm, "erp": there}
            hub = Hub(
                model=project.model, store=MemoryStore(), connectors=connectors, clock=rig.clock, known=known
            )

            async def names() -> list[str]:
                await sync(hub, confirmed=True, again=True)
                return sorted(str(row["name"]) for row in other.model.tables()["Company"].values())

            await rig.login()
            rig.server.model.person_create("Company", {"name": "Acme"})
            assert await names() == ["Acme"]
            rig.server.model.account = "somebody else"
            rig.server.model.person_create("Company", {"name": "Theirs"})
            await rig.login()
            rig.clock.pass_s(3601)
            for _ in range(3):
                assert await names() == ["Acme"]
                rig.clock.pass_s(60)
            async with hub.store.transaction(dry=True) as tx:
                assert [(pause.scope, pause.kind) for pause in await stored(tx)] == [("crm", "identity")]
            rig.server.model.account = "hub"
            await rig.login()
            rig.clock.pass_s(3601)
            for _ in range(3):
                await names()
                rig.clock.pass_s(60)
            assert await names() == ["Acme", "Theirs"]

    manifest = {**shop_manifest("crm"), "auth": AUTH, "identity": {"path": "me", "property": "id"}}
    played(act, tmp_path, manifest=manifest)


def test_c5_a_refresh_token_that_nobody_told_is_asked_for_by_a_login(tmp_path):
    told: dict[str, str] = {"env:ID": "sandbox", "env:SECRET": "sandbox"}

    def secrets(reference: str) -> str:
        if reference not in told:
            raise ConfigError([Fault(reference, 0, "is not set", "Set it")])
        return told[reference]

    async def act(rig: Rig) -> None:
        connector = RestConnector(
            rig.server.manifest,
            system="crm",
            clock=rig.clock,
            secrets=secrets,
            base_url=rig.server.url,
            auth=rig.told,
            tokens=rig.tokens,
            retries=0,
        )
        rig.made.append(connector)
        assert connector.missing_secrets() == []
        with pytest.raises(
            StopEntityType, match=r"nobody has allowed.*accord connect crm; or put .*env:REFRESH"
        ):
            await read(connector)
        await rig.login()
        await read(connector)
        rig.server.sandbox.gate.expire(refresh=True)
        rig.clock.pass_s(61)
        with pytest.raises(StopEntityType, match=r"taken back.*accord connect crm"):
            await read(connector)
        told["env:REFRESH"] = "wrong"
        with pytest.raises(StopEntityType, match=r"not accepted any more.*accord connect crm.*env:REFRESH"):
            await read(connector)

    auth = {
        **CONFIDENTIAL,
        "kind": "oauth2_refresh_token",
        "refresh_token": "env:REFRESH",
    }
    del auth["authorize"]
    played(act, tmp_path, auth, token_s=60)


def test_a_login_that_was_begun_under_another_key_is_told(tmp_path):
    async def act(rig: Rig) -> None:
        begun = await rig.logins.begin("crm", "http://127.0.0.1:1/cb")
        (tmp_path / "token.key").write_text("another key of some machine or other\n")
        said = await rig.logins.answer({"state": begun.state, "code": "x"})
        assert (said.status, "another key" in said.html) == (400, True)

    played(act, tmp_path)
