"""The door for people: what a demonstration does behind the API's back."""

import pytest

from accord.sandbox import Request, Setup
from accord.testing.system_model import Quirks
from tests.unit.sandbox.playing import crm, in_memory


@pytest.fixture
def call():
    with in_memory(crm(auth={"kind": "bearer", "token": "env:T"})) as caller:
        yield caller


def enter(call, *names):
    return call("POST", "/_sandbox/records/Contact", [{"name": n} for n in names]).body["ids"]


def test_it_needs_no_secret_and_tells_what_is_there(call):
    enter(call, "Anna", "Bo")
    assert call("GET", "contacts").status == 401
    assert call("GET", "/_sandbox/health").body == {
        "ok": True,
        "system": "crm",
        "records": {"Company": 0, "Contact": 2},
    }
    assert call("GET", "/_sandbox").status == 200
    assert call("GET", "/_sandbox/tables").body["Contact"] == {"path": "contacts", "records": 2}


def test_records_are_read_page_by_page_whatever_their_state(call):
    [a, b, c] = enter(call, "a", "b", "c")
    call("DELETE", f"/_sandbox/records/Contact/{b}")
    page = call("GET", "/_sandbox/records/Contact?limit=1").body
    assert ([r["id"] for r in page["items"]], page["next"]) == ([a], 1)
    rest = call("GET", f"/_sandbox/records/Contact?limit=1&after={page['next']}").body
    assert ([r["id"] for r in rest["items"]], rest["next"]) == ([c], None)
    dead = call("GET", "/_sandbox/records/Contact?scope=dead").body["items"]
    assert [r["id"] for r in dead] == [b]
    assert call("GET", f"/_sandbox/records/Contact/{c}").body["name"] == "c"
    assert call("GET", f"/_sandbox/records/Contact/{b}").status == 404
    assert call("GET", "/_sandbox/records/Contact?scope=some").status == 400
    assert call("GET", "/_sandbox/records/Contact?limit=x").status == 400


def test_a_person_does_what_the_api_would_not(call):
    one = call("POST", "/_sandbox/records/Contact", {"name": "Anna", "address.city": "Oslo"})
    assert (one.status, one.body["address"]) == (201, {"city": "Oslo"})
    path = f"/_sandbox/records/Contact/{one.body['id']}"
    assert call("PATCH", path, {"kind": "a"}).body["kind"] == "a"
    refused = call("PATCH", path, {"kind": "z"})
    assert (refused.status, refused.body["message"]) == (422, "kind must be one of a, b")
    assert call("DELETE", path).status == 200
    assert call("DELETE", path).status == 410
    assert call("POST", f"{path}/restore").body["name"] == "Anna"
    [other] = enter(call, "Anne")
    assert call("POST", f"{path}/merge", {"into": other}).status == 200
    got = call("GET", f"contacts/{one.body['id']}", headers={"Authorization": "Bearer sandbox"})
    assert got.body["id"] == other
    assert call("POST", f"{path}/burn").status == 404


def test_many_edits_come_in_one_call(call):
    [a, b] = enter(call, "a", "b")
    told = call("PATCH", "/_sandbox/records/Contact", {a: {"name": "A"}, b: {"kind": "z"}, "c9": {}})
    assert (told.status, told.body["ids"]) == (422, [a, None, None])
    assert set(told.body["refused"]) == {"1", "2"}
    assert call("PATCH", "/_sandbox/records/Contact", {b: {"kind": "b"}}).status == 200


def test_calls_are_counted_and_forgotten(call):
    bearer = {"Authorization": "Bearer sandbox"}
    call("GET", "contacts")
    call("POST", "contacts", {"name": "Anna"}, bearer)
    call("GET", "contacts", headers=bearer)
    assert call("GET", "/_sandbox/calls").body == {
        "total": 3,
        "calls": {"create": 1, "list": 1},
        "by_type": {"Contact": {"create": 1, "list": 1}},
        "statuses": {"200": 1, "201": 1, "401": 1},
        "at_once": 0,
    }
    assert call("DELETE", "/_sandbox/calls").body["total"] == 3
    assert call("GET", "/_sandbox/calls").body["total"] == 0


def test_quirks_change_at_run_time(call):
    assert call("PATCH", "/_sandbox/quirks", {"Contact": {"trims": ["name"]}}).body["Contact"] == {
        "trims": ["name"]
    }
    more = call("PATCH", "/_sandbox/quirks", {"add": ["*.error_every=7", "contact.trims=kind"]}).body
    assert more == {"Company": {"error_every": 7}, "Contact": {"trims": ["name", "kind"], "error_every": 7}}
    for wrong in ({"Person": {}}, {"Contact": {"sings": 1}}, {"add": ["contact.sings"]}, {"Contact": 1}, [1]):
        refused = call("PATCH", "/_sandbox/quirks", wrong)
        assert refused.status == 400, wrong
    assert call("GET", "/_sandbox/quirks").body == more
    assert call("DELETE", "/_sandbox/quirks").body == {"Company": {}, "Contact": {}}


def test_quirks_that_were_set_up_are_not_changed_for_others():
    quirks = {"Contact": Quirks(trims=("name",))}
    with in_memory(crm(), Setup(quirks=quirks)) as caller:
        caller("PATCH", "/_sandbox/quirks", {"add": ["contact.trims=kind"]})
    assert quirks["Contact"].trims == ("name",)


def test_what_is_not_there_says_what_is(call):
    assert "GET /_sandbox/health" in call("GET", "/_sandbox/nothing").body["message"]
    assert call("PUT", "/_sandbox/records/Contact").status == 404
    assert "Company, Contact" in call("GET", "/_sandbox/records/Person").body["message"]
    assert call("DELETE", "/_sandbox/records/Contact").status == 404
    assert call("POST", "/_sandbox/records/Contact", raw=b"{").status == 400


def test_it_is_closed_to_other_machines(call):
    request = Request(method="GET", path="/_sandbox/health", local=False)
    assert call.sandbox.handle(request).status == 403
