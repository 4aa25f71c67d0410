"""What the page for people is made of: its files, the entity types, records as they are shown; and who may not ask."""

import re

import pytest

from accord.sandbox import Request
from tests.unit.sandbox.playing import crm, in_memory, over_http

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.fixture
def call():
    with in_memory(crm(auth={"kind": "bearer", "token": "env:T"}, title="The CRM")) as caller:
        yield caller


def asked(call, method, path, **headers):
    """The whole response to a request of a browser that is at http://here."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return call.sandbox.handle(
        Request(method=method, path=path, headers=named, body=b'{"name": "Eve"}', origin="http://here")
    )


def entered(call, *records):
    return call("POST", "/_sandbox/records/Contact", list(records)).body["ids"]


# files


def test_a_browser_gets_the_page_and_a_program_what_it_got_before(call):
    page = asked(call, "GET", "/_sandbox/", accept=BROWSER["Accept"])
    assert (page.status, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert call("GET", "/_sandbox/").body["ok"] is True
    for name in re.findall(rb'(?:href|src)="/_sandbox/([^"]+)"', page.body):
        file = asked(call, "GET", f"/_sandbox/{name.decode()}")
        assert file.status == 200, name
        for other in re.findall(rb'from "\./([^"]+)"', file.body):
            assert asked(call, "GET", f"/_sandbox/{other.decode()}").status == 200, other


def test_the_page_takes_nothing_from_elsewhere_and_runs_nothing_that_a_record_holds(call):
    page = asked(call, "GET", "/_sandbox/", accept=BROWSER["Accept"])
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    for name in ("index.html", "page.css", "page.js", "list.js", "record.js", "fields.js", "dom.js"):
        text = asked(call, "GET", f"/_sandbox/{name}").body.decode()
        assert not re.search(r"https?://|innerHTML|insertAdjacentHTML|document\.write|eval\(", text), name


# who may not


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "http://127.0.0.1:9999"},
        {"origin": "null"},
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
        {"sec_fetch_site": "cross-site", "sec_fetch_mode": "navigate"},
    ],
)
@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE"])
def test_a_page_of_another_site_changes_nothing(call, method, headers):
    [record] = entered(call, {"name": "Anna"})
    path = "/_sandbox/records/Contact" + ("" if method == "POST" else f"/{record}")
    assert asked(call, method, path, **headers).status == 403
    assert call("GET", "/_sandbox/records/Contact").body["items"] == [call.model.tables()["Contact"][record]]


def test_a_page_of_another_site_reads_nothing_but_may_link_here(call):
    path = "/_sandbox/records/Contact"
    assert asked(call, "GET", path, sec_fetch_site="cross-site", sec_fetch_mode="no-cors").status == 403
    link = {"sec_fetch_site": "cross-site", "sec_fetch_mode": "navigate", "accept": "text/html"}
    assert asked(call, "GET", "/_sandbox/", **link).status == 200


def test_the_page_itself_may(call):
    own = {"origin": "http://here", "sec_fetch_site": "same-origin"}
    assert asked(call, "POST", "/_sandbox/records/Contact", **own).status == 201


def test_over_http_the_origin_is_the_host_that_was_asked():
    with over_http(crm()) as call:
        path, origin = "/_sandbox/records/Contact", {"Origin": "http://evil.example"}
        assert call("POST", path, {"name": "Eve"}, origin).status == 403
        assert call("POST", path, {"name": "Eve"}, {"Host": "evil.example"}).status == 403
        assert call("POST", path, {"name": "Ada"}).status == 201
        assert call.model.tables()["Contact"].popitem()[1]["name"] == "Ada"


# what it asks


def test_types_are_told_as_forms_need_them(call):
    told = call("GET", "/_sandbox/types").body
    assert (told["system"], told["title"], [t["name"] for t in told["types"]]) == (
        "crm", "The CRM", ["Company", "Contact"],
    )  # fmt: skip
    contact = told["types"][1]
    properties = {p["path"]: p for p in contact["properties"]}
    assert (properties["name"]["required"], properties["name"]["max_length"]) == (True, 12)
    assert properties["kind"]["enum"] == ["a", "b"]
    assert properties["company"]["reference"] == "Company"
    assert {path for path, p in properties.items() if p["stamped"]} == {
        "id", "version", "modifiedAt", "createdAt",
    }  # fmt: skip


def test_records_come_last_changed_first_page_by_page(call):
    a, b, c = entered(call, {"name": "a"}, {"name": "b"}, {"name": "c"})
    call("PATCH", f"/_sandbox/records/Contact/{a}", {"name": "A"})
    call("DELETE", f"/_sandbox/records/Contact/{b}")
    view = "/_sandbox/view/Contact"
    assert [i["id"] for i in call("GET", view).body["items"]] == [a, c]
    second = call("GET", f"{view}?skip=1&limit=1").body
    assert ([i["id"] for i in second["items"]], second["total"]) == ([c], 2)
    assert call("GET", f"{view}?skip=7").body == {"total": 2, "items": []}
    assert call("GET", f"{view}?skip=-1&limit=0").body["items"][0]["id"] == a
    assert call("GET", f"{view}?limit=x").status == 400
    assert call("GET", "/_sandbox/view/Person").status == 404


def test_a_record_is_found_by_any_words_in_it(call):
    a, b = entered(
        call,
        {"name": "Åse Berg", "address": {"city": "Oslo"}, "size": 4711},
        {"name": "Bo", "tags": ["Oslo", 7]},
    )

    def found(words):
        return [i["id"] for i in call("GET", f"/_sandbox/view/Contact?find={words}").body["items"]]

    assert found("oslo") == [b, a]
    assert found("oslo+%C3%A5se") == [a]
    assert found("4711") == [a]
    assert found(b) == [b]
    assert found("bergen") == []
    call("PATCH", f"/_sandbox/records/Contact/{a}", {"address.city": "Bergen"})
    assert (found("bergen"), found("oslo")) == ([a], [b])


def test_numbers_are_shown_to_the_last_digit_and_text_that_stands_for_one_is_told(call):
    big = 2**60 + 1
    a, b = entered(call, {"name": "a", "size": big, "rate": 1.5, "vip": False}, {"name": "b", "rate": "1.50"})
    first = call("GET", f"/_sandbox/view/Contact/{a}").body
    assert first["values"]["size"] == str(big)
    assert (first["values"]["rate"], first["values"]["vip"], first["quoted"]) == ("1.5", False, [])
    second = call("GET", f"/_sandbox/view/Contact/{b}").body
    assert (second["values"]["rate"], second["quoted"], second["deleted"]) == ("1.50", ["rate"], False)
    assert "vip" not in second["values"]


def test_a_deleted_record_is_shown_as_such(call):
    [a] = entered(call, {"name": "a"})
    call("DELETE", f"/_sandbox/records/Contact/{a}")
    assert call("GET", f"/_sandbox/view/Contact/{a}").body["deleted"] is True
    assert call("GET", "/_sandbox/view/Contact/c99").status == 404


def test_a_refusal_names_each_property(call):
    refused = call("POST", "/_sandbox/records/Contact", {"name": "a name too long", "kind": "z"}).body
    assert refused["refused"] == [
        {"property": "name", "message": "is longer than 12 characters"},
        {"property": "kind", "message": "must be one of a, b"},
    ]
