"""Who calls: the ways of a manifest, and OAuth 2 with one refresher at a time (C5)."""

import asyncio
import os
import stat
from base64 import b64encode
from urllib.parse import parse_qs

import pytest

from accord.connectorkit.http import FileTokens, MemoryTokens, NoAnswer, Response, Tokens, TooLarge
from accord.core.errors import ConfigError, RetryLater, StopEntityType
from tests.unit.connectors.conftest import KEY, KeptTokens, json_response

EMPTY = json_response({"items": []})
TOKEN_URL = "https://login.crm.example/token"
CLIENT = {
    "kind": "oauth2_client_credentials",
    "token_url": TOKEN_URL,
    "client_id": "env:ID",
    "client_secret": "env:SECRET",
    "scopes": ["read", "write"],
}
REFRESH = {**CLIENT, "kind": "oauth2_refresh_token", "refresh_token": "env:REFRESH"}


class Issuer:
    """A token endpoint and an API that takes the tokens it issued."""

    def __init__(self, *, life_s=3600, rotates=False, refresh="<env:REFRESH>"):
        self.life_s, self.rotates = life_s, rotates
        self.good, self.refreshes = set(), {refresh}
        self.forms, self.issued, self.calls = [], 0, 0
        self.refusal = None

    def __call__(self, request):
        if request.url == TOKEN_URL:
            return self.token(request)
        self.calls += 1
        bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return EMPTY if bearer in self.good else json_response({}, 401)

    def token(self, request):
        form = {name: values[0] for name, values in parse_qs(request.body.decode()).items()}
        self.forms.append((form, request.headers))
        if self.refusal is not None:
            return self.refusal
        if form["grant_type"] == "refresh_token" and form["refresh_token"] not in self.refreshes:
            return json_response({"error": "invalid_grant", "error_description": "Ola's token"}, 400)
        self.issued += 1
        token = f"access{self.issued}"
        self.good.add(token)
        more = {}
        if self.rotates:
            self.refreshes = {f"refresh{self.issued}"}
            more = {"refresh_token": f"refresh{self.issued}"}
        return json_response({"access_token": token, "expires_in": self.life_s, **more})


@pytest.mark.parametrize(
    ("auth", "header", "value"),
    [
        ({"kind": "basic", "user": "env:U", "password": "env:P"}, "Authorization", "Basic "
         + b64encode(b"<env:U>:<env:P>").decode()),
        ({"kind": "bearer", "token": "env:T"}, "Authorization", "Bearer <env:T>"),
        ({"kind": "api_key", "key": "env:K"}, "X-Api-Key", "<env:K>"),
        ({"kind": "api_key", "key": "env:K", "name": "Auth", "prefix": "Token "}, "Auth", "Token <env:K>"),
    ],
)  # fmt: skip
def test_a_secret_in_a_header(rig, auth, header, value):
    r = rig(EMPTY, auth=auth)
    asyncio.run(r.read())
    assert r.requests[0].headers[header] == value


def test_a_key_in_the_query_also_of_links_that_hold_one(rig):
    body = {"items": [], "next": "/v1/people?apikey=old&at=2"}
    r = rig(
        [json_response(body), EMPTY],
        auth={"kind": "api_key", "key": "env:K", "place": "query", "name": "apikey"},
        person={"page": {"style": "next_link", "items": "items", "next": "next"}},
    )
    asyncio.run(r.read())
    assert [q.url.partition("?")[2] for q in r.requests] == [
        "limit=100&apikey=%3Cenv%3AK%3E",
        "at=2&apikey=%3Cenv%3AK%3E",
    ]


@pytest.mark.parametrize("place", ["header", "query"])
def test_c5_a_changed_secret_is_read_again_before_it_is_declared_dead(rig, place):
    r = rig(lambda q: EMPTY if "new" in f"{q.url}{q.headers}" else json_response({}, 401),
            auth={"kind": "api_key", "key": "env:K", "place": place})  # fmt: skip

    async def run():
        r.secrets["env:K"] = "old"
        with pytest.raises(StopEntityType):
            await r.read()
        r.clock.us += 61_000_000
        r.secrets["env:K"] = "new"
        await r.read()

    asyncio.run(run())
    assert len(r.requests) == 3


def test_settings_of_the_project_go_over_the_manifest(rig):
    r = rig(EMPTY, {"auth": {"key": "env:MINE"}}, auth={"kind": "api_key", "key": "env:K"})
    asyncio.run(r.read())
    assert r.requests[0].headers["X-Api-Key"] == "<env:MINE>"
    other = rig(
        EMPTY, {"auth": {"kind": "bearer", "token": "env:T"}}, auth={"kind": "api_key", "key": "env:K"}
    )
    asyncio.run(other.read())
    assert other.requests[0].headers["Authorization"] == "Bearer <env:T>"


def test_wrong_settings_are_told_with_their_place(rig):
    with pytest.raises(ConfigError, match=r"systems\.crm\.auth.*kye") as caught:
        rig(EMPTY, {"auth": {"kye": "hunter2"}}, auth={"kind": "api_key", "key": "env:K"})
    assert "hunter2" not in str(caught.value)


def test_client_credentials(rig):
    issuer = Issuer()
    r = rig(issuer, auth=CLIENT)

    async def run():
        await r.read()
        await r.read()

    asyncio.run(run())
    ((form, headers),) = issuer.forms
    assert form == {
        "grant_type": "client_credentials",
        "client_id": "<env:ID>",
        "client_secret": "<env:SECRET>",
        "scope": "read write",
    }
    assert headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert r.requests[-1].headers["Authorization"] == "Bearer access1"


def test_the_client_may_name_itself_in_the_header(rig):
    issuer = Issuer()
    asyncio.run(rig(issuer, auth={**CLIENT, "client_auth": "basic"}).read())
    ((form, headers),) = issuer.forms
    assert headers["Authorization"] == "Basic " + b64encode(b"%3Cenv%3AID%3E:%3Cenv%3ASECRET%3E").decode()
    assert "client_secret" not in form


@pytest.mark.parametrize(("life_s", "good_s"), [(3600, 3569), (100, 89)])
def test_a_token_is_renewed_before_it_ends(rig, life_s, good_s):
    issuer = Issuer(life_s=life_s)
    r = rig(issuer, auth=CLIENT)

    async def run():
        await r.read()
        r.clock.us += good_s * 1_000_000
        await r.read()
        assert issuer.issued == 1
        r.clock.us += 2_000_000
        await r.read()
        assert issuer.issued == 2

    asyncio.run(run())
    assert issuer.calls == 3


def test_a_token_of_unknown_life_is_renewed_when_it_is_refused(rig):
    issuer = Issuer(life_s=None)
    r = rig(issuer, auth=CLIENT)

    async def run():
        await r.read()
        r.clock.us += 10**13
        await r.read()
        issuer.good.clear()
        await r.read()

    asyncio.run(run())
    assert issuer.issued == 2


def test_c5_many_calls_at_once_make_one_token(rig):
    issuer = Issuer(rotates=True)
    r = rig(issuer, auth=REFRESH)
    send = r.wire.send

    async def slow(request):
        await asyncio.sleep(0)
        return await send(request)

    r.wire.send = slow

    async def run():
        await asyncio.gather(*(r.read() for _ in range(20)))
        assert issuer.issued == 1
        issuer.good.clear()
        await asyncio.gather(*(r.read() for _ in range(20)))
        assert issuer.issued == 2

    asyncio.run(run())


def test_c5_a_rotated_refresh_token_is_kept_and_used_by_the_next_process(rig):
    issuer, store = Issuer(rotates=True), KeptTokens()
    asyncio.run(rig(issuer, {"tokens": store}, auth=REFRESH).read())
    assert store.kept["crm"].refresh == "refresh1"
    second = rig(issuer, {"tokens": store}, auth=REFRESH)
    asyncio.run(second.read())
    assert issuer.issued == 1, "the access token is used as long as it is good"
    second.clock.us += 4_000_000_000
    asyncio.run(second.read())
    assert issuer.forms[-1][0]["refresh_token"] == "refresh1"
    assert store.kept["crm"].refresh == "refresh2"


def test_c5_another_process_may_have_refreshed_meanwhile(rig):
    issuer, store = Issuer(rotates=True), KeptTokens()
    r = rig(issuer, {"tokens": store}, auth=REFRESH)

    async def run():
        await r.read()
        issuer.good = {"theirs"}
        store.kept["crm"] = Tokens(access="theirs", refresh="their refresh")
        await r.read()

    asyncio.run(run())
    assert issuer.issued == 1


def test_c5_a_spent_refresh_token_is_read_again_before_it_is_declared_dead(rig):
    issuer = Issuer(refresh="new")
    store = KeptTokens(crm=Tokens(access="", refresh="spent"))
    r = rig(issuer, {"tokens": store}, auth=REFRESH)

    def racing(request):
        if request.url == TOKEN_URL and b"spent" in request.body:
            store.kept["crm"] = Tokens(access="", refresh="new")
        return issuer(request)

    r.wire.answer = racing
    asyncio.run(r.read())
    assert [form["refresh_token"] for form, _ in issuer.forms] == ["spent", "new"]


def test_a_dead_refresh_token_stops_and_says_what_to_do(rig):
    issuer = Issuer(refresh="another")
    r = rig(issuer, auth={**REFRESH, "authorize_url": "https://login.crm.example/authorize"})
    with pytest.raises(StopEntityType, match=r"refresh token.*accord connect crm.*env:REFRESH") as caught:
        asyncio.run(r.read())
    assert "Ola" not in str(caught.value)
    assert issuer.calls == 0
    outcome = asyncio.run(r.write("create", body={}, key="k"))
    assert (outcome.kind, issuer.calls) == ("later", 0)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (json_response({"error": "invalid_client"}, 401), StopEntityType),
        (json_response({"error": "temporarily Ola"}, 400), StopEntityType),
        (json_response({"token": "x"}), StopEntityType),
        (Response(status=200, headers={}, body=b"<html>"), StopEntityType),
        (json_response({}, 503), RetryLater),
        (json_response({}, 429, Retry_After="77"), RetryLater),
    ],
)
def test_a_token_endpoint_in_trouble(rig, answer, error):
    issuer = Issuer()
    issuer.refusal = answer
    with pytest.raises(error) as caught:
        asyncio.run(rig(issuer, auth=CLIENT).read())
    assert "Ola" not in str(caught.value)
    if answer.status == 429:
        assert caught.value.after_s == 77


def test_a_token_endpoint_that_answers_without_end_stops_the_entity_type(rig):
    r = rig(TooLarge("the answer is larger than 50 MB"), auth=CLIENT)
    with pytest.raises(
        StopEntityType, match=r"the token endpoint: the answer is larger than 50 MB\. Correct token_url"
    ):
        asyncio.run(r.read())


def test_a_token_endpoint_that_is_silent_is_for_later(rig):
    def answer(_):
        raise NoAnswer("time-out")

    r = rig(answer, auth=CLIENT)
    with pytest.raises(RetryLater, match="no token"):
        asyncio.run(r.read())
    assert asyncio.run(r.write("create", body={}, key="k")).kind == "later"


def test_a_token_that_is_refused_at_once_ends_the_tries(rig):
    issuer = Issuer()
    r = rig(issuer, auth=CLIENT)
    r.wire.answer = lambda q: issuer.token(q) if q.url == TOKEN_URL else json_response({}, 401)
    with pytest.raises(StopEntityType, match="refuses the credentials"):
        asyncio.run(r.read())
    assert [q.url == TOKEN_URL for q in r.requests] == [True, False, True, False]


def test_tokens_are_kept_in_a_file_for_one_pair_of_eyes(tmp_path):
    kept = Tokens(access="a", expires_us=5, refresh="r")

    async def run():
        store = FileTokens(tmp_path / "tokens")
        assert await store.load("crm/x") is None
        await store.save("crm/x", kept)
        await store.save("crm/x", kept)
        assert await FileTokens(tmp_path / "tokens").load("crm/x") == kept
        memory = MemoryTokens()
        await memory.save("crm", kept)
        assert await memory.load("crm") == kept

    asyncio.run(run())
    (file,) = (tmp_path / "tokens").iterdir()
    assert stat.S_IMODE(os.stat(file).st_mode) == 0o600
    assert "a" not in repr(kept).replace("Tokens", "")
    file.write_bytes(b"{")
    assert asyncio.run(FileTokens(tmp_path / "tokens").load("crm/x")) is None


def test_closing_lets_go_of_connections(rig):
    r = rig(EMPTY)
    asyncio.run(r.connector.close())
    assert r.wire.closed == 1
    assert KEY == "crm.Person"
