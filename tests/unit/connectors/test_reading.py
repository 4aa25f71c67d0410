"""Reads of the REST connector: what is asked for, and what becomes of answers that are none."""

import asyncio
import logging

import pytest

from accord.connectorkit.http import NoAnswer, NotSent, Response, TooLarge
from accord.core.errors import RetryLater, StopEntityType
from tests.unit.connectors.conftest import KEY, json_response

EMPTY = json_response({"items": []})


def paths(rig):
    return [request.url.removeprefix("https://crm.example") for request in rig.requests]


def test_pages_are_asked_for_by_token(rig):
    r = rig([json_response({"items": [{"id": "1"}], "next": "a b"}), json_response({"items": [{"id": "2"}]})])
    assert [o.id for o in asyncio.run(r.read())] == ["1", "2"]
    assert paths(r) == ["/v1/people?limit=2", "/v1/people?limit=2&cursor=a%20b"]


@pytest.mark.parametrize(
    ("page", "bodies", "asked"),
    [
        ({"style": "none"}, [[{"id": 1}]], ["/v1/people"]),
        (
            {"style": "page", "size": 2, "parameter": "p", "size_parameter": ""},
            [[{"id": 1}, {"id": 2}], [{"id": 3}], [{"id": 1}, {"id": 2}], [{"id": 3}]],
            ["/v1/people?p=1", "/v1/people?p=2", "/v1/people?p=1", "/v1/people?p=2"],
        ),
        (
            {"style": "offset", "size": 2, "items": "d"},
            [{"d": [{"id": 1}, {"id": 2}]}, {"d": [{"id": 2}, {"id": 3}]}, {"d": [{"id": 3}]}],
            [f"/v1/people?limit=2&offset={n}" for n in (0, 1, 2)],
        ),
        (
            {"style": "next_link", "items": "d", "next": "links.next", "size": 2},
            [{"d": [{"id": 1}], "links": {"next": "people?x=1&y=%2F"}}, {"d": [], "links": {"next": None}}],
            ["/v1/people?limit=2", "/v1/people?x=1&y=%2F"],
        ),
    ],
    ids=lambda value: value["style"] if isinstance(value, dict) and "style" in value else "",
)
def test_styles_of_pages(rig, page, bodies, asked):
    r = rig(map(json_response, bodies), person={"page": page})
    found = asyncio.run(r.read())
    assert len({o.id for o in found}) == len(found) > 0
    assert paths(r) == asked


@pytest.mark.parametrize(
    "link",
    [
        '<https://crm.example/v1/people?at=2>; rel="next"',
        '</v1/people?at=2>;rel=next, <https://crm.example/v1/people>; rel="first"',
        '<https://crm.example/v1/people>; rel="first"; title="a, b", <people?at=2>; title="x"; rel="last next"',
    ],
)
def test_the_next_page_stands_in_the_link_header(rig, link):
    r = rig([json_response([], Link=link), json_response([])], person={"page": {"style": "link_header"}})
    asyncio.run(r.read())
    assert paths(r) == ["/v1/people?limit=100", "/v1/people?at=2"]


def test_a_link_of_another_kind_is_no_next_page(rig):
    r = rig(json_response([], Link='<people?at=2>; rel="nextish"'), person={"page": {"style": "link_header"}})
    asyncio.run(r.read())
    assert len(r.requests) == 1


def test_a_system_that_caps_pages_is_read_to_its_end(rig):
    """We ask for 5 and get 2 at a time: a short page is the last one only where a full one was seen."""
    records = [{"id": n, "changed": f"2024-01-01T00:00:0{n}Z"} for n in range(5)]

    def answer(request):
        at = int(request.url.rpartition("=")[2])
        return json_response(records[at : at + 2])

    r = rig(answer, person={"page": {"style": "offset", "size": 5}})
    assert [o.id for o in asyncio.run(r.read())] == list("01234")


@pytest.mark.parametrize(
    "link", ["https://evil.example/v1/people?page=2", "http://[::1/x", "//crm.example:99999/x"]
)
def test_p2_a_next_page_elsewhere_gets_no_credentials(rig, link):
    r = rig(
        json_response({"items": [], "next": link}),
        person={"page": {"style": "next_link", "items": "items", "next": "next"}},
    )
    with pytest.raises(StopEntityType, match=r"another host.*systems\.crm\.url"):
        asyncio.run(r.read())
    assert len(r.requests) == 1


def test_a_page_that_follows_itself_ends_the_read(rig):
    r = rig(json_response({"items": [], "next": "same"}))
    with pytest.raises(StopEntityType, match="that page again"):
        asyncio.run(r.read())


def test_a_redirect_on_the_same_host_is_followed(rig):
    r = rig([Response(status=308, headers={"Location": "/v2/people"}), EMPTY])
    assert asyncio.run(r.read()) == []
    assert paths(r) == ["/v1/people?limit=2", "/v2/people"]


@pytest.mark.parametrize(
    "location", ["https://login.example/?back=1", "http://crm.example/v1/people", "https://crm.example:444/"]
)
def test_a_redirect_to_another_host_is_not_followed(rig, location):
    r = rig(Response(status=302, headers={"Location": location}))
    with pytest.raises(StopEntityType, match=r"redirected \(302\) to .*systems\.crm\.url"):
        asyncio.run(r.read())
    assert len(r.requests) == 1


def test_redirects_end(rig):
    hops = iter(range(100))
    r = rig(lambda _: Response(status=302, headers={"Location": f"/v1/{next(hops)}"}))
    with pytest.raises(StopEntityType, match=r"redirected \(302\) in a circle\. Check systems\.crm\.url"):
        asyncio.run(r.read())
    assert len(r.requests) == 6


@pytest.mark.parametrize("location", ["", "https://crm.example/v1/people?limit=2"])
def test_a_redirect_to_where_it_came_from_is_a_circle(rig, location):
    r = rig(Response(status=302, headers={"Location": location}))
    with pytest.raises(StopEntityType, match="in a circle"):
        asyncio.run(r.read())
    assert len(r.requests) == 1


@pytest.mark.parametrize("location", ["http://[::1/x", "https://crm.example:99999999/x", "https://:x/"])
def test_a_redirect_to_what_is_no_url_stops_the_entity_type(rig, location):
    r = rig(Response(status=302, headers={"Location": location}))
    with pytest.raises(StopEntityType, match=r"redirected \(302\) to what is no URL"):
        asyncio.run(r.read())


@pytest.mark.parametrize("body", [b"<html>Welcome</html>", b"{", b"[NaN]", b"\xff\xfe", b"[" * 100_000])
def test_an_answer_that_is_no_json_stops_the_entity_type(rig, body):
    r = rig(Response(status=200, headers={}, body=body))
    with pytest.raises(StopEntityType, match=r"crm\.Person: the answer is no JSON.*systems\.crm\.url"):
        asyncio.run(r.read())


@pytest.mark.parametrize("body", [{"records": []}, {"items": {}}, {"items": [1]}, 7])
def test_an_answer_without_the_list_stops_the_entity_type(rig, body):
    with pytest.raises(StopEntityType, match="no list of records"):
        asyncio.run(rig(json_response(body)).read())


def test_an_item_without_id_stops_the_entity_type(rig):
    with pytest.raises(StopEntityType, match="no id at 'id'"):
        asyncio.run(rig(json_response({"items": [{"name": "somebody"}]})).read())


def test_half_a_surrogate_pair_and_a_byte_order_mark_are_read(rig):
    body = b'\xef\xbb\xbf{"items": [{"id": "1", "name": "\\ud800"}]}'
    (found,) = asyncio.run(rig(Response(status=200, headers={}, body=body)).read())
    assert found.payload["name"] == "\ud800"


def test_an_answer_that_is_too_large_stops_the_entity_type(rig):
    with pytest.raises(StopEntityType, match=r"larger than 50 MB\. Ask for smaller pages"):
        asyncio.run(rig(TooLarge("the answer is larger than 50 MB")).read())


@pytest.mark.parametrize(
    ("status", "says"), [(401, "credentials"), (403, "may not list"), (404, "404"), (400, "400")]
)
def test_a_refused_listing_stops_the_entity_type_with_a_remedy(rig, status, says):
    with pytest.raises(StopEntityType, match=says) as caught:
        asyncio.run(rig(json_response({"secret": "value"}, status)).read())
    assert caught.value.remedy
    assert "value" not in str(caught.value)


def test_refused_credentials_are_not_tried_again_for_a_minute(rig):
    r = rig(json_response({}, 401))

    async def run():
        for _ in range(3):
            with pytest.raises(StopEntityType):
                await r.read()
        outcome = await r.write("create", body={})
        r.clock.us += 61_000_000
        with pytest.raises(StopEntityType):
            await r.read()
        return outcome

    outcome = asyncio.run(run())
    assert len(r.requests) == 2
    assert (outcome.kind, outcome.after_s) == ("later", 60)


@pytest.mark.parametrize(
    "trouble", [NotSent("no"), NoAnswer("no"), *(json_response({}, s) for s in (502, 503, 504, 500))]
)
def test_reads_are_repeated_with_growing_waits(rig, trouble):
    r = rig([trouble, trouble, EMPTY])
    begun_us = r.clock.us
    assert asyncio.run(r.read()) == []
    assert r.clock.us - begun_us == 250_000 + 1_000_000


def test_a_system_that_does_not_answer_is_for_later(rig):
    r = rig(NotSent("the connection is refused"))
    with pytest.raises(RetryLater, match="crm: GET /people: the connection is refused"):
        asyncio.run(r.read())
    assert len(r.requests) == 3


@pytest.mark.parametrize("status", [429, 503])
def test_w9_a_short_retry_after_is_waited_for(rig, status):
    r = rig([json_response({}, status, Retry_After="3"), EMPTY])
    begun_us = r.clock.us
    asyncio.run(r.read())
    assert r.clock.us - begun_us == 3_000_000


@pytest.mark.parametrize("after", ["120", "Mon, 01 Jul 2024 12:02:00 GMT"])
def test_w9_a_long_retry_after_is_for_later_and_holds_for_all_calls(rig, after):
    r = rig(json_response({}, 429, Retry_After=after))

    async def run():
        with pytest.raises(RetryLater) as first:
            await r.read()
        with pytest.raises(RetryLater):
            await r.connector.fetch(KEY, ["1"])
        return first.value.after_s, await r.write("create", body={})

    after_s, outcome = asyncio.run(run())
    assert after_s == 120
    assert (outcome.kind, outcome.after_s) == ("later", 120)
    assert len(r.requests) == 1


def test_s8_the_clock_of_the_system_begins_the_next_cursor(rig):
    """The hub's clock says 12:00, the system's 11:00: what changes there at 11:00:01 must not be missed."""
    r = rig(json_response({"items": []}, Date="Mon, 01 Jul 2024 11:00:00 GMT"))

    async def cursor():
        return [page.cursor async for page in r.connector.read(KEY, "", full=True)][-1]

    behind_us = r.clock.us - int(asyncio.run(cursor())[2:])
    assert 3_600_000_000 <= behind_us <= 3_604_000_000


def test_w3_a_search_right_after_a_start_learns_the_clock_of_the_system_first(rig):
    """The system's clock is an hour behind: its record of our create of 12:00 says 11:00."""
    answer = json_response({"items": []}, Date="Mon, 01 Jul 2024 11:00:00 GMT")
    r = rig(answer, person={"search": {"created_since": "since_made", "format": "epoch_s"}})

    async def run():
        return await r.connector.search(KEY, "key", r.clock.us), await r.connector.search(
            KEY, "key", r.clock.us
        )

    assert asyncio.run(run()) == ([], [])
    first, *searches = paths(r)
    assert "since_made" not in first
    assert len(searches) == 2
    since_s = int(searches[0].rpartition("since_made=")[2].partition("&")[0].partition(".")[0])
    assert 1_719_835_200 - 3_605 <= since_s <= 1_719_835_200 - 3_600


def test_m3_a_date_in_whole_seconds_fakes_no_offset(rig):
    item = {"id": "1", "changed": "2024-07-01T12:00:00Z"}
    for second in ("11:59:59", "12:00:01"):
        r = rig(json_response({"items": [item]}, Date=f"Mon, 01 Jul 2024 {second} GMT"))
        assert asyncio.run(r.read())[0].modified_us == 1_719_835_200_000_000


def test_fetches_name_ids_safely(rig):
    r = rig(json_response({}, 404))
    ids = ["a/b", "..", "x?y#z", "å", "plain1"]
    assert [o.gone for o in asyncio.run(r.connector.fetch(KEY, ids))] == ["missing"] * 5
    assert sorted(paths(r)) == sorted(
        f"/v1/people/{p}" for p in ("a%2Fb", "%2E%2E", "x%3Fy%23z", "%C3%A5", "plain1")
    )


def test_one_unreadable_answer_among_readable_ones_is_that_record_s(rig):
    def answer(request):
        if request.url.endswith("/2"):
            return Response(status=200, headers={}, body=b"<oops>")
        return json_response({"id": request.url[-1]}, ETag='"7"')

    r = rig(answer)
    found = asyncio.run(r.connector.fetch(KEY, ["1", "2", "3"]))
    assert [(o.id, o.gone, o.version) for o in found] == [
        ("1", "", '"7"'),
        ("2", "unreadable", None),
        ("3", "", '"7"'),
    ]
    with pytest.raises(StopEntityType, match=r"crm\.Person/2: the answer is no JSON"):
        asyncio.run(r.connector.fetch(KEY, ["2"]))


def test_w9_a_record_at_which_the_system_fails_does_not_hold_the_others(rig):
    bad = {"2"}
    r = rig(lambda q: json_response({"id": q.url[-1]}, 500 if q.url[-1] in bad else 200))
    found = asyncio.run(r.connector.fetch(KEY, ["1", "2", "3"]))
    assert [(o.id, o.gone) for o in found] == [("1", ""), ("2", "unreadable"), ("3", "")]
    with pytest.raises(RetryLater, match=r"status 500"):
        asyncio.run(r.connector.fetch(KEY, ["2"]))


def test_w9_a_system_that_is_down_is_not_asked_for_each_record(rig):
    r = rig(json_response({}, 500))
    with pytest.raises(RetryLater, match=r"status 500"):
        asyncio.run(r.connector.fetch(KEY, [str(n) for n in range(200)]))
    assert len(paths(r)) < 50


def test_k6_the_account_is_read(rig):
    r = rig(json_response({"user": {"login": "hub"}}), identity={"path": "me", "property": "user.login"})
    assert asyncio.run(r.connector.identity()) == "hub"
    assert paths(r) == ["/v1/me"]
    silent = rig(Response(status=200, headers={}, body=b"hi"), identity={"path": "me", "property": "user"})
    with pytest.raises(StopEntityType, match="does not tell the account"):
        asyncio.run(silent.connector.identity())


def test_p2_the_request_log_holds_no_values(rig, caplog):
    r = rig(json_response({"id": "42", "name": "Ola"}))
    with caplog.at_level(logging.DEBUG, "accord.requests"):
        asyncio.run(r.connector.fetch(KEY, ["42"]))
        asyncio.run(r.write("create", body={"name": "Kari"}, key="k"))
    texts = [record.getMessage() for record in caplog.records]
    assert texts[0].startswith("crm GET /people/{id} 200 ")
    assert texts[0].endswith(" ms 42")
    assert texts[1].startswith("crm POST /people 200 ")
    assert not any(name in text for text in texts for name in ("Ola", "Kari"))
