"""Writes of the REST connector: what is sent, and how each ending is told."""

import asyncio
import json

import pytest

from accord.connectorkit.http import NoAnswer, NotSent, Response, TooLarge
from accord.ports.connector import Write
from tests.unit.connectors.conftest import KEY, json_response

DONE = json_response({"id": "1", "name": "a"}, ETag='"9"')


def test_w2_w3_what_is_sent(rig):
    r = rig(DONE, headers={"X-Client": "accord"})

    async def run():
        await r.write("create", body={"name": "a"}, key="k1")
        await r.write("update", "a/1", body={"name": "b"}, version='"8"')
        await r.write("delete", "1", version='"9"')
        await r.write("delete", "1")

    asyncio.run(run())
    create, update, delete, bare = r.requests
    assert (create.method, create.url) == ("POST", "https://crm.example/v1/people")
    assert json.loads(create.body) == {"name": "a"}
    assert create.headers == {
        "Accept": "application/json",
        "Content-Type": "application/json",
        "Idempotency-Key": "k1",
        "X-Client": "accord",
    }
    assert (update.method, update.url) == ("PATCH", "https://crm.example/v1/people/a%2F1")
    assert update.headers["If-Match"] == '"8"'
    assert (delete.method, delete.body, delete.headers["If-Match"]) == ("DELETE", None, '"9"')
    assert "If-Match" not in bare.headers


def test_a_reply_is_an_observation(rig):
    outcome = asyncio.run(rig(DONE).write("update", "1", body={"name": "a"}, version='"8"'))
    seen = outcome.observation
    assert (outcome.kind, seen.id, seen.how, seen.version) == ("done", "1", "reply", '"9"')


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (NotSent("refused"), "later"),
        (NoAnswer("time-out"), "unknown"),
        (TooLarge("huge"), "unknown"),
        (json_response({}, 429), "later"),
        *((json_response({}, status), "unknown") for status in (500, 502, 503, 504, 408, 206)),
        (json_response({}, 412), "moved"),
        (json_response({}, 404), "missing"),
        (json_response({}, 403), "refused"),
        (json_response({}, 422), "refused"),
        (json_response({}, 401), "later"),
        (Response(status=200, headers={}, body=b"<html>"), "unknown"),
        (Response(status=400, headers={}, body=b"<html>"), "refused"),
        (Response(status=307, headers={"Location": "/x"}), "later"),
        (Response(status=303, headers={"Location": "/x"}), "unknown"),
        (Response(status=204, headers={}), "done"),
    ],
    ids=str,
)
def test_w3_every_ending_is_an_outcome_and_no_write_is_sent_twice(rig, answer, kind):
    r = rig(answer)
    assert asyncio.run(r.write("update", "1", body={"name": "a"})).kind == kind
    assert len(r.requests) == 1


def test_w9_an_answer_503_tells_how_long_to_wait(rig):
    r = rig(json_response({}, 503, Retry_After="40"))

    async def run():
        return await r.write("create", body={}, key="k"), await r.write("create", body={}, key="k")

    first, second = asyncio.run(run())
    assert (first.kind, first.after_s) == ("unknown", 40)
    assert (second.kind, second.after_s) == ("later", 40)


def test_a_reply_that_is_not_wanted_need_not_be_json(rig):
    plain = Response(status=200, headers={}, body=b"OK")
    quiet = {"replies": {"create": "none", "update": "none"}}
    assert asyncio.run(rig(plain, person=quiet).write("update", "1", body={})).kind == "done"
    assert asyncio.run(rig(plain).write("delete", "1")).kind == "done"


def test_the_id_of_a_create_stands_in_its_location(rig):
    made = Response(status=201, headers={"Location": "https://crm.example/v1/people/a%2F7/"})
    outcome = asyncio.run(rig(made).write("create", body={"name": "a"}, key="k"))
    assert (outcome.kind, outcome.observation.id) == ("done", "a/7")
    shown = json_response({"id": "1"}, 201, Location="/v1/people/2")
    assert asyncio.run(rig(shown).write("create", body={}, key="k")).observation.id == "1"


def test_w3_a_system_that_is_down_gets_no_more_writes(rig):
    r = rig(NotSent("refused"), rate={"concurrent": 2})
    writes = [Write(mapping=KEY, kind="create", body={}, key=str(n)) for n in range(50)]
    outcomes = asyncio.run(r.connector.write(writes))
    assert [o.kind for o in outcomes] == ["later"] * 50
    assert len(r.requests) <= 2


def test_an_operation_that_is_not_there_is_refused(rig):
    r = rig(DONE, person={"operations": {"delete": False}})
    assert asyncio.run(r.write("delete", "1")).kind == "refused"
    assert r.requests == []


def test_our_id_goes_with_a_create_and_the_body_stays_as_it_was(rig):
    r = rig(DONE, person={"our_id": "meta.hub", "wraps": "person", "idempotency": None})
    body = {"name": "a", "meta": {"x": 1}}
    asyncio.run(r.write("create", body=body, key="k"))
    assert json.loads(r.requests[0].body) == {"person": {"name": "a", "meta": {"x": 1, "hub": "k"}}}
    assert body == {"name": "a", "meta": {"x": 1}}


def test_half_a_surrogate_pair_is_sent(rig):
    r = rig(DONE)
    asyncio.run(r.write("create", body={"name": "\ud800"}, key="k"))
    assert json.loads(r.requests[0].body) == {"name": "\ud800"}


def test_w11_calls_per_second_are_kept(rig):
    r = rig(DONE, rate={"per_second": 5, "concurrent": 3})
    begun_us = r.clock.us
    writes = [Write(mapping=KEY, kind="create", body={}, key=str(n)) for n in range(25)]
    assert {o.kind for o in asyncio.run(r.connector.write(writes))} == {"done"}
    assert 3.9e6 <= r.clock.us - begun_us <= 4.5e6


def test_calls_under_way_are_bounded(rig):
    r = rig(DONE, rate={"concurrent": 3})
    now = most = 0
    send = r.wire.send

    async def counted(request):
        nonlocal now, most
        now, most = now + 1, max(most, now + 1)
        await asyncio.sleep(0)
        now -= 1
        return await send(request)

    r.wire.send = counted

    async def run():
        writes = [Write(mapping=KEY, kind="create", body={}, key=str(n)) for n in range(10)]
        await asyncio.gather(r.connector.write(writes), r.connector.fetch(KEY, ["1", "1", "1", "1"]))

    asyncio.run(run())
    assert most == 3


def test_a_stopped_batch_stops_its_calls(rig):
    r = rig(DONE, rate={"concurrent": 2})
    hang = asyncio.Event()

    async def run():
        async def send(request):
            r.requests.append(request)
            await hang.wait()

        r.wire.send = send
        writes = [Write(mapping=KEY, kind="create", body={}, key=str(n)) for n in range(9)]
        task = asyncio.ensure_future(r.connector.write(writes))
        await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert len(asyncio.all_tasks()) == 1

    asyncio.run(run())
    assert len(r.requests) == 2


def test_w9_p2_why_it_was_refused_is_found_without_a_word_in_the_manifest_and_goes_into_no_log(rig, caplog):
    told = [
        (json_response({"error": {"message": "Ada is taken"}}, 422), "status 422: Ada is taken"),
        (Response(status=400, headers={}, body=b"Ada is taken\n"), "status 400: Ada is taken"),
        (Response(status=400, headers={}, body=b"<html>Ada is taken</html>"), "status 400"),
    ]
    with caplog.at_level("DEBUG"):
        for answer, words in told:
            outcome = asyncio.run(rig(answer).write("update", "1", body={"name": "Ada"}))
            assert (outcome.kind, outcome.message) == ("refused", words)
    assert "Ada" not in caplog.text
