"""What a sandbox serves, feature by feature: the face in memory and the server over HTTP answer alike."""

import re
from base64 import b64encode
from urllib.parse import urlencode

import pytest

from accord.sandbox import Access, Setup
from accord.testing.system_model import Quirks
from tests.unit.sandbox.playing import Lost, crm, in_memory, over_http


@pytest.fixture(params=[in_memory, over_http], ids=["memory", "http"])
def serve(request):
    """Serves a CRM until the test ends; arguments are settings of its contacts."""
    opened = []

    def start(manifest=None, setup=None, **contact):
        context = request.param(manifest or crm(contact), setup)
        opened.append(context)
        return context.__enter__()

    yield start
    for context in opened:
        context.__exit__(None, None, None)


def quirky(**quirks):
    return Setup(quirks={"Contact": Quirks(**quirks)}, hang_s=1.5)


# one record


def test_a_record_is_created_read_changed_and_deleted(serve):
    call = serve()
    made = call("POST", "contacts", {"name": "Anna", "address": {"city": "Oslo"}})
    assert (made.status, made.headers["etag"], made.body["version"]) == (201, '"1"', 1)
    assert made.headers["content-type"] == "application/json"
    changed = call("PATCH", f"contacts/{made.body['id']}", {"address": {"city": "Bergen"}})
    assert (changed.status, changed.body["name"], changed.headers["etag"]) == (200, "Anna", '"2"')
    assert call("GET", f"contacts/{made.body['id']}/").body == changed.body
    gone = call("DELETE", f"contacts/{made.body['id']}")
    assert (gone.status, gone.body) == (204, None)
    assert call("GET", f"contacts/{made.body['id']}").status == 410
    assert call("GET", "contacts/c99").status == 404


def test_a_write_that_names_an_old_version_is_412(serve):
    call = serve()
    [record] = call.add("Anna")
    call.model.person_edit("Contact", record, {"name": "Anne"})
    late = call("PATCH", f"contacts/{record}", {"name": "Anja"}, {"If-Match": '"1"'})
    assert (late.status, late.headers["etag"]) == (412, '"2"')
    assert call("DELETE", f"contacts/{record}", headers={"If-Match": '"1"'}).status == 412
    assert call("PATCH", f"contacts/{record}", {"name": "Anja"}, {"If-Match": '"2"'}).status == 200
    assert call.model.tables()["Contact"][record]["name"] == "Anja"


def test_a_key_that_comes_again_gives_the_record_that_it_made(serve):
    call = serve()
    first = call("POST", "contacts", {"name": "Anna"}, {"Idempotency-Key": "k1"})
    again = call("POST", "contacts", {"name": "Anna"}, {"Idempotency-Key": "k1"})
    other = call("POST", "contacts", {"name": "Anna"}, {"Idempotency-Key": "k2"})
    assert (first.status, again.status) == (201, 200)
    assert again.body == first.body != other.body


def test_a_put_replaces(serve):
    call = serve()
    made = call("POST", "companies", {"title": "Firm", "town": "Oslo"}).body
    put = call("PUT", f"companies/{made['id']}", {"title": "Firm AS"})
    assert put.status == 200
    assert "town" not in put.body
    assert call("PATCH", f"companies/{made['id']}", {}).status == 405


def test_ids_are_decoded(serve):
    call = serve()
    call.model.load("Contact", [{"id": "æ 1/2", "name": "Anna"}])
    assert call("GET", "contacts/%C3%A6%201%2F2").body["name"] == "Anna"


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({}, 422, "name"),
        ({"name": "a name too long"}, 422, "name"),
        ({"name": "Bo", "email": "a@b.no"}, 409, "email"),
        ({"name": "Bo", "kind": "c"}, 422, "kind"),
        ({"name": "Bo", "size": "7"}, 422, "size"),
        ({"name": "Bo", "company": 99}, 422, "company"),
        ({"name": "Bo", "version": 4, "nothing": 1}, 422, "nothing"),
    ],
)
def test_what_is_wrong_is_refused_in_the_manifests_words(serve, body, status, field):
    call = serve()
    call.add("Anna", email="a@b.no")
    refused = call("POST", "contacts", body)
    assert refused.status == status
    assert [fault["field"] for fault in refused.body["errors"]] == [field]
    assert all(fault["detail"] for fault in refused.body["errors"])


@pytest.mark.parametrize("raw", [b"", b"{", b"\xff", b"[1]"])
def test_what_is_no_object_is_400(serve, raw):
    call = serve()
    [record] = call.add("Anna")
    assert call("POST", "contacts", raw=raw).status == 400
    assert call("PATCH", f"contacts/{record}", raw=raw).status == 400


def test_what_is_not_there_says_what_is(serve):
    call = serve()
    missing, wrong = call("GET", "people"), call("DELETE", "companies/1")
    assert missing.status == 404
    assert "/api/v2/contacts/{id}" in missing.body["message"]
    assert (wrong.status, wrong.headers["allow"]) == (405, "GET, PUT")


def test_success_is_told_where_the_manifest_looks_for_it(serve):
    call = serve(
        success={"path": "meta.ok", "equals": True, "status": [200]},
        record="data",
        page={"style": "none", "items": "data"},
    )
    made = call("POST", "contacts", {"name": "Anna"})
    assert (made.status, made.body["meta"], made.body["data"]["name"]) == (200, {"ok": True}, "Anna")
    assert call("GET", "contacts").body["meta"] == {"ok": True}
    gone = call("DELETE", f"contacts/{made.body['data']['id']}")
    assert (gone.status, gone.body) == (200, {"meta": {"ok": True}})


# listings

STYLES = [
    {"style": "cursor", "size": 3, "parameter": "after", "next": "paging.next", "items": "items"},
    {"style": "next_link", "size": 3, "next": "links.next", "items": "items"},
    {"style": "link_header", "size": 3, "items": "items"},
    {"style": "page", "size": 3, "first": 0, "items": "items"},
    {"style": "offset", "size": 3, "size_parameter": "", "items": "items"},
    {"style": "none", "items": "items"},
]


def walked(call, style, first):
    """Names on all pages, as a client of this style of paging reads them."""
    path, names, number = first, [], 0
    while path is not None:
        page = call("GET", path)
        assert page.status == 200
        found = [item["name"] for item in page.body["items"]]
        names, number, path = names + found, number + 1, _next(style, first, page, found, number + 1)
        assert number < 10
    return names


def _next(style, first, page, found, number):
    joint = "&" if "?" in first else "?"
    if style["style"] == "cursor":
        token = page.body["paging"]["next"]
        return token and f"{first}{joint}{urlencode({'after': token})}"
    if style["style"] == "next_link":
        return page.body["links"]["next"]
    if style["style"] == "link_header":
        link = re.fullmatch(r'<(http[^>]*)>; rel="next"', page.headers.get("link", ""))
        return link and link[1]
    if style["style"] == "none" or len(found) < 3:
        return None
    return (
        f"{first}{joint}page={number}" if style["style"] == "page" else f"{first}{joint}offset={3 * number}"
    )


@pytest.mark.parametrize("style", STYLES, ids=lambda style: style["style"])
def test_pages_lead_through_all_records(serve, style):
    call = serve(page=style)
    everybody = [f"n{i}" for i in range(8)]
    call.add(*everybody[:4])
    call.clock.pass_s(10)
    call.add(*everybody[4:])
    assert walked(call, style, "contacts") == everybody
    assert walked(call, style, "contacts?since=4")[-4:] == everybody[4:]
    assert walked(call, style, "contacts?created_since=2024-07-01T12:00:05Z") == everybody[4:]


def test_a_page_shifts_when_a_record_on_it_changes_meanwhile(serve):
    style = STYLES[4]
    call = serve(page=style)
    [first, *_] = call.add("a", "b", "c", "d", "e")
    assert call.names() == ["a", "b", "c"]
    call.model.person_edit("Contact", first, {"kind": "a"})
    assert call.names("contacts?offset=3") == ["e", "a"], "d slid to the page before"


def test_a_page_by_token_does_not_shift(serve):
    call = serve()
    [first, *_] = call.add("a", "b", "c", "d", "e")
    page = call("GET", "contacts").body
    call.model.person_edit("Contact", first, {"kind": "a"})
    assert call.names(f"contacts?cursor={page['next']}") == ["d", "e", "a"]


def test_a_page_is_as_long_as_asked_for(serve):
    call = serve()
    call.add("a", "b", "c", "d")
    assert call.names("contacts?limit=2") == ["a", "b"]
    for wrong in ("limit=0", "limit=-1", "limit=x", "cursor=x", "cursor=late:x"):
        assert call("GET", f"contacts?{wrong}").status == 400, wrong


def test_changes_are_filtered_and_what_can_not_be_read_is_400(serve):
    call = serve()
    call.add("a", "b", "c")
    assert call.names("contacts?since=2") == ["c"]
    assert call("GET", "contacts?since=yesterday").status == 400
    assert call("GET", "contacts?created_since=yesterday").status == 400


def test_a_filter_that_reaches_too_far_back_is_410(serve):
    call = serve(changes={"parameter": "since", "format": "epoch_s", "reaches_s": 60})
    call.add("a")
    call.clock.pass_s(100)
    assert call("GET", "contacts?since=1719835200").status == 410
    assert call("GET", "contacts?since=1719835290").status == 200


def test_our_id_is_searched_for(serve):
    call = serve()
    call.add("a", externalId="x-1")
    call.add("b", externalId="x-2")
    assert call.names("contacts?external_id=x-2") == ["b"]
    assert call.names("contacts?external_id=x-3") == []
    assert call.names("contacts?external_id=x-2&cursor=2") == []


def test_deletes_are_told_by_a_flag(serve):
    call = serve(tombstones={"property": "deleted"})
    [a, _] = call.add("a", "b")
    call.model.person_delete("Contact", a)
    assert call.names() == ["b"]
    assert [(i["name"], i["deleted"]) for i in call("GET", "contacts?since=1").body["items"]] == [
        ("b", False),
        ("a", True),
    ]


def test_deletes_are_told_by_an_endpoint(serve):
    call = serve(tombstones={"path": "contacts/deleted", "items": "gone", "id": "contact"})
    records = call.add("a", "b", "c", "d", "e")
    for record in records:
        call.model.person_delete("Contact", record)
    page = call("GET", "contacts/deleted").body
    assert [item["contact"] for item in page["gone"]] == records[:3]
    rest = call("GET", f"contacts/deleted?cursor={page['next']}").body
    assert [item["contact"] for item in rest["gone"]] == records[3:]
    assert call("GET", "contacts/deleted?since=9").body["gone"][0]["contact"] == records[4]


# who calls

REFS = {
    "client_id": "env:ID",
    "client_secret": "env:SECRET",
    "token_url": "https://id.crm.example/connect/token",
}
CLIENT = {"kind": "oauth2_client_credentials", **REFS}
REFRESH = {"kind": "oauth2_refresh_token", "refresh_token": "env:REFRESH", **REFS}


def basic(text):
    return {"Authorization": f"Basic {b64encode(text.encode()).decode()}"}


@pytest.mark.parametrize(
    ("auth", "good", "bad"),
    [
        ({"kind": "basic", "user": "env:U", "password": "env:P"}, basic("me:sandbox"), basic("me:other")),
        (
            {"kind": "bearer", "token": "env:T"},
            {"Authorization": "Bearer sandbox"},
            {"Authorization": "sandbox"},
        ),
        (
            {"kind": "api_key", "key": "env:K", "prefix": "Key "},
            {"X-Api-Key": "Key sandbox"},
            {"X-Api-Key": "sandbox"},
        ),
    ],
    ids=["basic", "bearer", "api key"],
)
def test_who_is_not_known_is_401(serve, auth, good, bad):
    call = serve(crm(auth=auth))
    assert call("GET", "contacts", headers=good).status == 200
    for headers in (bad, {}):
        refused = call("GET", "contacts", headers=headers)
        assert (refused.status, "www-authenticate" in refused.headers) == (401, True)


def test_a_key_may_stand_in_the_query(serve):
    auth = {"kind": "api_key", "key": "env:K", "place": "query", "name": "key"}
    call = serve(crm(auth=auth), Setup(access=Access(secret="s&t")))
    assert call("GET", "contacts?key=s%26t").status == 200
    assert call("GET", "contacts?key=sandbox").status == 401


def token(call, form, path="/_token", headers=None):
    return call("POST", path, raw=urlencode(form).encode(), headers=headers)


def client(**form):
    return {"client_id": "hub", "client_secret": "sandbox", **form}


def test_client_credentials_give_a_token_that_expires(serve):
    call = serve(crm(auth=CLIENT), Setup(access=Access(token_s=60)))
    assert call("GET", "contacts").status == 401
    issued = token(call, client(grant_type="client_credentials"), "/connect/token")
    assert (issued.status, issued.body["token_type"], issued.body["expires_in"]) == (200, "Bearer", 60)
    bearer = {"Authorization": f"Bearer {issued.body['access_token']}"}
    assert call("GET", "contacts", headers=bearer).status == 200
    call.clock.pass_s(61)
    assert call("GET", "contacts", headers=bearer).status == 401
    token(call, client(grant_type="client_credentials"))
    assert call("GET", "contacts", headers=bearer).status == 401


def test_a_token_is_refused_to_strangers_and_for_the_wrong_grant(serve):
    call = serve(crm(auth=CLIENT), Setup(access=Access(user="hub")))
    stranger = token(call, {**client(grant_type="client_credentials"), "client_id": "x"})
    assert (stranger.status, stranger.body["error"]) == (401, "invalid_client")
    wrong = token(call, client(grant_type="password"))
    assert (wrong.status, wrong.body["error"]) == (400, "unsupported_grant_type")
    assert call("GET", "/_token").status == 405


def test_a_client_may_name_itself_in_the_header(serve):
    call = serve(crm(auth={**CLIENT, "client_auth": "basic"}))
    form = {"grant_type": "client_credentials"}
    assert token(call, form, headers=basic("hub:sandbox")).status == 200
    assert token(call, form, headers=basic("hub:%73andbox")).status == 200
    assert token(call, {**form, **client()}).status == 401
    assert token(call, form, headers={"Authorization": "Basic ?"}).status == 401


def test_a_refresh_token_is_good_again_and_again(serve):
    call = serve(crm(auth=REFRESH))
    for _ in range(2):
        issued = token(call, client(grant_type="refresh_token", refresh_token="sandbox"))
        assert (issued.status, "refresh_token" in issued.body) == (200, False)
    assert token(call, client(grant_type="refresh_token", refresh_token="x")).body["error"] == "invalid_grant"
    bearer = {"Authorization": f"Bearer {issued.body['access_token']}"}
    assert call("GET", "contacts", headers=bearer).status == 200


def test_a_refresh_token_that_rotates_is_good_once(serve):
    call = serve(crm(auth=REFRESH), Setup(access=Access(rotates=True)))
    refresh = "sandbox"
    for _ in range(3):
        issued = token(call, client(grant_type="refresh_token", refresh_token=refresh))
        assert issued.status == 200
        spent = token(call, client(grant_type="refresh_token", refresh_token=refresh))
        assert (spent.status, spent.body["error"]) == (400, "invalid_grant")
        assert issued.body["refresh_token"] != refresh
        refresh = issued.body["refresh_token"]


def test_k6_the_account_is_told(serve):
    manifest = crm(identity={"path": "me", "property": "user.id"}, auth={"kind": "bearer", "token": "env:T"})
    call = serve(manifest, Setup(account="integration"))
    assert call("GET", "me").status == 401
    told = call("GET", "me", headers={"Authorization": "Bearer sandbox"})
    assert told.body == {"user": {"id": "integration"}}


# trouble


def test_too_many_calls_are_429_with_retry_after(serve):
    call = serve(crm(rate={"per_second": 2}), Setup(limits=True))
    assert [call("GET", "contacts").status for _ in range(4)] == [200, 200, 429, 429]
    refused = call("GET", "contacts/x")
    assert (refused.status, refused.headers["retry-after"]) == (429, "1")
    call.clock.pass_s(1)
    assert call("GET", "contacts").status == 200


def test_every_so_many_calls_fail(serve):
    call = serve(setup=quirky(error_every=3))
    assert [call("GET", "contacts").status for _ in range(6)] == [200, 200, 500, 200, 200, 500]
    call.model.quirks["Contact"] = Quirks(throttle_every=2, retry_after_s=7)
    assert call("GET", "contacts").status == 200
    assert call("GET", "contacts").headers["retry-after"] == "7"


def test_a_write_may_be_applied_though_nothing_is_heard_of_it(serve):
    call = serve(setup=quirky(lost_after=1))
    with pytest.raises(Lost, match="silence"):
        call("POST", "contacts", {"name": "Anna"})
    assert [row["name"] for row in call.model.tables()["Contact"].values()] == ["Anna"]
    call.model.quirks["Contact"] = Quirks(lost_before=1)
    with pytest.raises(Lost, match="silence"):
        call("POST", "contacts", {"name": "Bo"})
    assert len(call.model.tables()["Contact"]) == 1
    assert call("GET", "/_sandbox/calls").body["statuses"] == {"0": 2}


def test_a_write_may_be_applied_later(serve):
    call = serve(setup=quirky(late=1, late_s=5))
    with pytest.raises(Lost, match="silence"):
        call("POST", "contacts", {"name": "Anna"})
    assert call.names() == []
    call.clock.pass_s(6)
    assert call.names() == ["Anna"]


def test_connections_break(serve):
    call = serve(setup=quirky(dropped=1))
    for method, path in (("GET", "contacts"), ("GET", "contacts/c1"), ("POST", "contacts")):
        with pytest.raises(Lost, match="cut"):
            call(method, path, {"name": "Anna"} if method == "POST" else None)


def test_values_become_what_the_system_makes_of_them(serve):
    call = serve(
        setup=quirky(
            trims=("name",),
            recases={"email": "lower"},
            truncates={"name": 4},
            rounds={"rate": 1},
            ignores=("kind",),
        )
    )
    made = call("POST", "contacts", {"name": " Annabel", "email": "A@B.no", "rate": 1.26, "kind": "a"}).body
    assert {name: made.get(name) for name in ("name", "email", "rate", "kind")} == {
        "name": "Anna",
        "email": "a@b.no",
        "rate": 1.3,
        "kind": None,
    }


def test_listings_lag_and_pages_come_double_and_late(serve):
    call = serve(setup=quirky(lag_s=5))
    call.add("a")
    assert call.names() == []
    call.clock.pass_s(6)
    assert call.names() == ["a"]
    call.model.quirks["Contact"] = Quirks(duplicates=1)
    assert call.names() == ["a", "a"]
    call.add("b", "c", "d")
    call.model.quirks["Contact"] = Quirks(late_pages=1)
    late = call("GET", "contacts").body
    assert [item["name"] for item in late["items"]] == ["d"]
    assert call.names(f"contacts?{urlencode({'cursor': late['next']})}") == ["a", "b", "c"]


def test_the_systems_clock_may_be_wrong(serve):
    call = serve(setup=quirky(clock_offset_s=3600))
    made = call("POST", "contacts", {"name": "Anna"})
    assert made.body["createdAt"].startswith("2024-07-01T13:00:00")
    assert made.headers["date"] == "Mon, 01 Jul 2024 13:00:00 GMT"


def test_a_patch_may_replace(serve):
    call = serve(setup=quirky(replaces=True))
    [record] = call.add("Anna", kind="a")
    assert "kind" not in call("PATCH", f"contacts/{record}", {"name": "Anne"}).body
