"""Webhooks against what vendors publish of theirs, and the words of refusals (S9, P2)."""

import hashlib
import hmac
import json
from base64 import b64encode

import pytest

from accord.connectorkit.hooks import Delivery, Handshake, Hint, Hints, Refusal, Replays, hints_of
from accord.connectorkit.manifest_load import manifest_from

NOW_S = 1_700_000_000
SECRET = "s3cr3t"
TYPE = {"path": "/x", "update": "patch", "properties": {"name": {}}}


def manifest(**webhooks):
    given = {
        "secret": "env:HOOKS",
        "verify": {"kind": "header", "header": "X-Secret"},
        "events": {"id": "id"},
    }
    types = webhooks.pop("kinds", {"Person": TYPE})
    return manifest_from(
        {"name": "crm", "base_url": "https://crm.example", "webhooks": {**given, **webhooks}, "types": types}
    )


def take(
    of, body, headers=None, *, secret=SECRET, now_s=NOW_S, url="https://hub.example/hooks/crm", method="POST"
):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    sent = Delivery(
        body=raw, headers={"X-Secret": SECRET} if headers is None else headers, url=url, method=method
    )
    return hints_of(of, sent, secret, round(now_s * 1e6))


# what vendors publish

GITHUB = manifest(
    verify={"kind": "hmac", "header": "X-Hub-Signature-256", "prefix": "sha256="},
    events={"id": "issue.id", "type": {"header": "X-GitHub-Event"}, "types": {"issues": "Person"}},
)


def test_a_signature_as_github_documents_it():
    signed = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    got = take(GITHUB, b"Hello, World!", {"x-hub-signature-256": signed}, secret="It's a Secret to Everybody")
    assert got == Refusal(400, "the body is no JSON"), "the signature was right"
    wrong = take(
        GITHUB, b"Hello, World?", {"x-hub-signature-256": signed}, secret="It's a Secret to Everybody"
    )
    assert wrong == Refusal(401, "the signature is missing or wrong")


STANDARD = manifest(
    verify={
        "kind": "hmac",
        "header": "webhook-signature",
        "encoding": "base64",
        "separator": " ",
        "prefix": "v1,",
        "signed": "{event}.{timestamp}.{body}",
        "key": "base64",
        "key_prefix": "whsec_",
    },
    timestamp={"header": "webhook-timestamp"},
    events={"id": "test", "event": {"header": "webhook-id"}},
)


@pytest.mark.parametrize("before", ["", "v1,AAAA ", "v2,AAAA "])
def test_a_signature_as_standard_webhooks_documents_it(before):
    headers = {
        "Webhook-Id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "Webhook-Timestamp": "1614265330",
        "Webhook-Signature": before + "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    got = take(STANDARD, b'{"test": 2432232314}', headers, secret=secret, now_s=1614265340)
    assert got == Hints((Hint("Person", "2432232314", "msg_p5jXN8AQM9LWM0D4loKWxJek"),))


SLACK = manifest(
    verify={
        "kind": "hmac",
        "header": "X-Slack-Signature",
        "prefix": "v0=",
        "signed": "v0:{timestamp}:{body}",
    },
    timestamp={"header": "X-Slack-Request-Timestamp"},
    events={"format": "form", "id": "user_id"},
)
SLACK_BODY = (
    b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar"
    b"&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com"
    b"%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121."
    b"803a0bc887a14d10d2c447fce8b6703c"
)


def test_a_signature_as_slack_documents_it():
    headers = {
        "X-Slack-Signature": "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
        "X-Slack-Request-Timestamp": "1531420618",
    }
    secret = "8f742231b10e8888abcd99yyyzzz85a5"
    assert take(SLACK, SLACK_BODY, headers, secret=secret, now_s=1531420618) == Hints(
        (Hint("Person", "U2CERLKJA"),)
    )
    late = take(SLACK, SLACK_BODY, headers, secret=secret, now_s=1531420618 + 301)
    assert late == Refusal(401, "it was sent too long ago, or is ahead")


STRIPE = manifest(
    verify={
        "kind": "hmac",
        "header": "Stripe-Signature",
        "separator": ",",
        "prefix": "v1=",
        "signed": "{timestamp}.{body}",
    },
    timestamp={"header": "Stripe-Signature", "separator": ",", "prefix": "t="},
    events={"id": "data.object.id", "type": "type", "types": {"customer.*": "Person"}, "event": "id"},
)


def test_time_and_signatures_in_one_header():
    body = json.dumps(
        {"id": "evt_1", "type": "customer.updated", "data": {"object": {"id": "cus_1"}}}
    ).encode()
    good = hmac.new(SECRET.encode(), f"{NOW_S}.".encode() + body, hashlib.sha256).hexdigest()
    for header in (f"t={NOW_S},v1={good}", f"t={NOW_S}, v1=00 , v1={good},v0=1"):
        assert take(STRIPE, body, {"Stripe-Signature": header}) == Hints((Hint("Person", "cus_1", "evt_1"),))
    for header in (f"t={NOW_S + 1},v1={good}", f"v1={good}", f"t={NOW_S},v0={good}", ""):
        assert take(STRIPE, body, {"Stripe-Signature": header}) == Refusal(
            401, "the signature is missing or wrong"
        )


def test_method_and_address_may_be_signed_too():
    of = manifest(
        verify={
            "kind": "hmac",
            "header": "X-Sig",
            "encoding": "base64",
            "signed": "{method}{url}{body}{timestamp}",
        },
        timestamp={"header": "X-At", "format": "epoch_ms"},
        events={"id": "objectId"},
    )
    url, at, body = (
        "https://hub.example/hooks/crm?for=Person",
        str(NOW_S * 1000),
        b'[{"objectId": 1}, {"objectId": 2}]',
    )
    text = b64encode(
        hmac.new(SECRET.encode(), f"POST{url}".encode() + body + at.encode(), hashlib.sha256).digest()
    )
    headers = {"x-sig": text.decode(), "X-AT": at}
    assert take(of, body, headers, url=url) == Hints((Hint("Person", "1"), Hint("Person", "2")))
    assert take(of, body, headers, url=url + "x") == Refusal(401, "the signature is missing or wrong")


# other ways to know the sender


def test_a_shared_secret_in_the_body_of_each_event():
    of = manifest(
        verify={"kind": "body", "path": "clientState"},
        events={"items": "value", "id": "resourceData.id"},
        handshake={"kind": "query", "parameter": "validationToken"},
    )
    event = {"clientState": SECRET, "resourceData": {"id": "9"}}
    assert take(of, {"value": [event]}) == Hints((Hint("Person", "9"),))
    assert take(of, {"value": []}) == Hints()
    for other in ({"clientState": "other"}, {}, {"clientState": None}):
        got = take(of, {"value": [event, {"resourceData": {"id": "1"}, **other}]})
        assert got == Refusal(401, "the secret is missing or wrong")
    shaken = take(of, b"", url="https://hub.example/hooks/crm?validationToken=a%20%3Cb%3E")
    assert shaken == Handshake(b"a <b>"), "sent back as plain text"


def test_user_and_password():
    of = manifest(verify={"kind": "basic", "user": "accord"})
    right = b64encode(f"accord:{SECRET}".encode()).decode()
    assert take(of, {"id": 1}, {"Authorization": f"Basic {right}"}) == Hints((Hint("Person", "1"),))
    for text in (f"Bearer {right}", "Basic", "", "Basic YTpi"):
        assert take(of, {"id": 1}, {"Authorization": text}) == Refusal(
            401, "user or password is missing or wrong"
        )


def test_a_secret_in_the_address():
    of = manifest(
        verify={"kind": "query", "parameter": "key"}, handshake={"kind": "query", "parameter": "challenge"}
    )
    url = "https://hub.example/hooks/crm?key="
    assert take(of, {"id": 1}, url=url + SECRET) == Hints((Hint("Person", "1"),))
    assert take(of, {"id": 1}, url=url) == Refusal(401, "the secret is missing or wrong")
    assert take(of, b"", url=f"{url}{SECRET}&challenge=x", method="GET") == Handshake(b"x")
    assert isinstance(take(of, b"", url=f"{url}no&challenge=x", method="GET"), Refusal)


def test_what_anybody_may_send_names_no_record():
    of = manifest(verify={"kind": "none"}, secret=None)
    assert take(of, [{"id": 1}, {"id": 2}], {}, secret="") == Hints((Hint("Person"),))


# handshakes


def test_a_challenge_with_a_token():
    of = manifest(handshake={"kind": "query", "parameter": "hub.challenge", "token": "hub.verify_token"})
    url = "https://hub.example/hooks/crm?hub.challenge=12&hub.verify_token="
    assert take(of, b"", url=url + SECRET, method="GET") == Handshake(b"12")
    assert take(of, b"", url=url, method="GET") == Refusal(
        401, "the token of the challenge is missing or wrong"
    )
    assert take(of, b"", method="GET") == Refusal(405, "only POST is taken")


def test_a_challenge_in_the_body_goes_back_to_anybody():
    of = manifest(handshake={"kind": "body", "path": "challenge", "answer": "challenge"})
    assert take(of, {"challenge": "abc"}, {}) == Handshake(b'{"challenge":"abc"}', "application/json")
    assert take(of, {"challenge": "a" * 2000}, {}) == Refusal(400, "the challenge is too long")
    assert take(of, {"id": 1}, {}) == Refusal(401, "the secret is missing or wrong")
    assert take(of, {"id": 1}) == Hints((Hint("Person", "1"),))


def test_a_challenge_is_signed_for_nobody_else():
    of = manifest(
        handshake={"kind": "body", "path": "payload.plainToken", "answer": "plainToken", "signs": "token"}
    )
    body = {"payload": {"plainToken": "q"}}
    digest = hmac.new(SECRET.encode(), b"q", hashlib.sha256).hexdigest()
    got = take(of, body)
    assert isinstance(got, Handshake)
    assert json.loads(got.body) == {"plainToken": "q", "token": digest}
    assert take(of, body, {}) == Refusal(401, "the secret is missing or wrong")


# what is refused, and in which words


def test_a_system_that_tells_nothing():
    of = manifest_from({"name": "crm", "base_url": "https://crm.example", "types": {"Person": TYPE}})
    assert take(of, {"id": 1}) == Refusal(404, "the system tells of nothing by itself")


def test_without_a_secret_nothing_is_taken():
    assert take(GITHUB, b"{}", {}, secret="") == Refusal(503, "no secret is set here")
    assert take(STANDARD, b"{}", {}, secret="whsec_") == Refusal(401, "the secret holds no key")
    assert take(STANDARD, b"{}", {}, secret="whsec_*") == Refusal(401, "the secret holds no key")


def test_a_body_that_is_too_long():
    assert take(manifest(most_bytes=10), b'{"id": 12345}') == Refusal(413, "the body is too long")


@pytest.mark.parametrize("body", [b"", b"<x/>", b'{"id": 1', b"\xff", b"[" * 100_000, b"null", b"3", b"[3]"])
def test_p2_a_body_that_can_not_be_read(body):
    got = take(manifest(), body)
    assert isinstance(got, Refusal)
    assert (got.status, got.why) in [
        (400, "the body is no JSON"),
        (400, "an event is missing, or no object"),
    ]


def test_events_of_other_entity_types_are_counted():
    of = manifest(
        kinds={"Person": TYPE, "Deal": {**TYPE, "path": "/d", "id": {"case": "upper"}}},
        events={"id": "ids[]", "type": "what", "event": "n"},
    )
    got = take(
        of,
        [
            {"what": "Deal", "ids": ["a", "b", "a", None, 1.5, {}, "", True], "n": 1},
            {"what": "Other", "ids": ["c"]},
            {"what": "Person", "n": 2},
            {"ids": ["d"]},
        ],
    )
    assert got == Hints((Hint("Deal", "A", "1"), Hint("Deal", "B", "1"), Hint("Person", "", "2")), 2)


def test_the_version_of_one_record_is_told():
    of = manifest(events={"id": "ids[]", "version": "etag"})
    assert take(of, {"ids": [1], "etag": '"7"'}) == Hints((Hint("Person", "1", "", "7"),))
    assert take(of, {"ids": [1, 2], "etag": 7}) == Hints((Hint("Person", "1"), Hint("Person", "2")))


def test_the_address_tells_the_entity_type():
    calls = {"method": "POST", "path": "hooks/{id}"}
    made = {
        "per": "topic",
        "topics": {"Person": ["people/update", "people/delete"]},
        "create": {"method": "POST", "path": "hooks", "body": {"at": "{url}", "topic": "{topic}"}},
        "list": {"path": "hooks"},
        "remove": calls,
    }
    of = manifest(kinds={"Person": TYPE, "Deal": {**TYPE, "path": "/d"}}, subscriptions=made)
    for topic, names in (
        ("people/delete", ["Person"]),
        ("Deal", ["Deal"]),
        ("Person", ["Person"]),
        ("x", []),
    ):
        got = take(of, {"id": 1}, url=f"https://hub.example/hooks/crm?for={topic}")
        assert isinstance(got, Hints)
        assert [it.entity_type for it in got.hints] == names


# replays


def test_an_event_that_came_before_is_dropped():
    seen, first = Replays(300), Hints((Hint("Person", "1", "e1"), Hint("Person", "2")))
    assert seen.fresh(first, 0) == first, "asking is not remembering: what could not be queued comes again"
    seen.keep(first, 0)
    assert seen.fresh(first, 500_000_000) == Hints((Hint("Person", "2"),))
    assert seen.fresh(first, 601_000_000) == first, "by then its time is refused"


def test_only_so_many_events_are_remembered():
    seen = Replays(300, at_most=2)
    for number in range(4):
        seen.keep(Hints((Hint("Person", "1", f"e{number}"),)), number)
    told = Hints(tuple(Hint("Person", "1", f"e{number}") for number in range(4)))
    assert [it.event for it in seen.fresh(told, 4).hints] == ["e0", "e1"]
