"""Laws of webhooks: nothing forged, altered or stale is taken, nothing crashes, and only ids come out (S9, P2)."""

import json
from typing import Any

from hypothesis import assume, given, strategies as st

from accord.connectorkit.hook_signature import mark
from accord.connectorkit.hooks import Delivery, Handshake, Hint, Hints, Refusal, Replays, hints_of
from accord.connectorkit.manifest import Manifest
from accord.connectorkit.manifest_load import manifest_from

NOW_S = 1_700_000_000
SECRET = "a long random text"
URL = "https://hub.example/hooks/crm?for=Person"
TYPES = {name: {"path": name, "update": "patch", "properties": {"n": {}}} for name in ("Person", "Deal")}


def manifest(**webhooks: Any) -> Manifest:
    events = {"items": "events", "id": "ids[]", "type": "type", "event": "event"}
    told = {"secret": "env:HOOKS", "events": events, **webhooks}
    return manifest_from({"name": "crm", "base_url": "https://c.example", "webhooks": told, "types": TYPES})


SIGNED = [
    manifest(
        verify={"kind": "hmac", "header": "X-Sig", "algorithm": algorithm, "encoding": encoding, **more},
        timestamp={"header": "X-At"},
        window_s=60,
    )
    for algorithm, encoding, more in (
        ("sha256", "hex", {"signed": "{timestamp}.{body}"}),
        ("sha512", "base64", {"signed": "{timestamp}{body}", "prefix": "v1,", "separator": " "}),
        ("sha1", "hex", {"signed": "{method}|{url}|{timestamp}|{body}", "prefix": "sha1="}),
    )
]
KNOWN = [
    *SIGNED,
    manifest(verify={"kind": "header", "header": "X-Secret", "prefix": "Bearer "}),
    manifest(verify={"kind": "basic"}),
    manifest(verify={"kind": "body", "path": "secret"}),
    manifest(verify={"kind": "query"}, handshake={"kind": "query", "parameter": "challenge"}),
    manifest(verify={"kind": "none"}, handshake={"kind": "body", "path": "events.challenge", "answer": "c"}),
    manifest(
        verify={"kind": "header", "header": "X-Secret"},
        handshake={"kind": "body", "path": "a", "signs": "b"},
        events={"format": "form", "id": "id", "type": {"header": "X-Type", "prefix": "t=", "separator": ","}},
        most_bytes=200,
    ),
]
IDS = st.integers(0, 30).map(str) | st.integers(-5, 10**12)
EVENTS = st.lists(
    st.fixed_dictionaries(
        {"type": st.sampled_from(["Person", "Deal", "Other"]), "ids": st.lists(IDS, max_size=3)},
        optional={"event": IDS, "name": st.text(), "more": st.none() | st.lists(st.booleans())},
    ),
    max_size=4,
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda child: st.lists(child, max_size=3) | st.dictionaries(st.text(max_size=3), child, max_size=3),
    max_leaves=8,
)


def sent(of: Manifest, body: bytes, at_s: float = NOW_S) -> Delivery:
    """What the system itself sends."""
    assert of.webhooks
    headers = {"x-at": str(int(at_s))} if of.webhooks.timestamp else {}
    mark(of.webhooks, SECRET, body, headers, "POST", URL)
    return Delivery(body=body, headers=headers, url=URL)


def take(of: Manifest, delivery: Delivery, now_s: float = NOW_S) -> Hints | Handshake | Refusal:
    return hints_of(of, delivery, SECRET, round(now_s * 1e6))


def encoded(events: Any) -> bytes:
    return json.dumps({"events": events, "note": "of no interest"}).encode()


@given(st.sampled_from(SIGNED), EVENTS)
def test_s9_a_body_gives_just_its_ids(of, events):
    got = take(of, sent(of, encoded(events)))
    wanted: dict[Hint, None] = {}
    for each in events:
        if each["type"] != "Other":
            told = str(each.get("event", ""))
            wanted.update(dict.fromkeys(Hint(each["type"], str(id_), told) for id_ in each["ids"] or [""]))
    others = sum(each["type"] == "Other" for each in events)
    assert got == Hints(tuple(wanted), others)


@given(st.sampled_from(SIGNED), EVENTS, st.data())
def test_s9_every_altered_byte_is_refused(of, events, data):
    good = sent(of, encoded(events))
    where = data.draw(st.sampled_from(["body", *good.headers]))
    raw = good.body if where == "body" else good.headers[where].encode()
    at = data.draw(st.integers(0, len(raw)))
    kind = data.draw(st.sampled_from(["change", "insert", "drop", "cut"]))
    byte = bytes([data.draw(st.integers(33, 126))])
    made = {
        "change": raw[:at] + byte + raw[at + 1 :],
        "insert": raw[:at] + byte + raw[at:],
        "drop": raw[:at] + raw[at + 1 :],
        "cut": raw[:at],
    }[kind]
    text = made.decode("latin-1")
    whole = of.webhooks.verify
    if where == "body":
        bad = Delivery(body=made, headers=good.headers, url=URL)
        assume(made != raw)
    else:
        assume(
            text.strip().lower() != good.headers[where].lower()
            or (whole.encoding == "base64" and text != raw.decode())
        )
        # a header that holds the right signature beside others still does
        assume(good.headers[where] not in text.split(whole.separator or None))
        bad = Delivery(body=good.body, headers={**good.headers, where: text}, url=URL)
    got = take(of, bad)
    assert isinstance(got, Refusal), (where, kind)
    assert got.status == 401


@given(st.sampled_from(SIGNED), EVENTS, st.text(min_size=1))
def test_s9_another_secret_another_address_another_method_are_refused(of, events, other):
    assume(other != SECRET)
    good = sent(of, encoded(events))
    got = hints_of(of, good, other, NOW_S * 1_000_000)
    assert isinstance(got, Refusal)
    if "{url}" in of.webhooks.verify.signed:
        moved = Delivery(body=good.body, headers=good.headers, url=URL + "x")
        assert isinstance(take(of, moved), Refusal)
    put = Delivery(body=good.body, headers=good.headers, url=URL, method="PUT")
    assert take(of, put) == Refusal(405, "only POST is taken")


@given(st.sampled_from(SIGNED), EVENTS, st.floats(-1e6, 1e6))
def test_s9_what_was_sent_long_ago_or_is_ahead_is_refused(of, events, off_s):
    at_s = int(NOW_S + off_s)
    got = take(of, sent(of, encoded(events), at_s))
    assert isinstance(got, Hints) == (abs(at_s - NOW_S) <= 60)


@given(EVENTS, st.lists(st.integers(0, 119), max_size=5))
def test_s9_a_replay_is_dropped_for_as_long_as_its_time_is_taken(events, later_s):
    of = SIGNED[0]
    good, seen = sent(of, encoded(events)), Replays(60)
    first = take(of, good)
    seen.keep(first, NOW_S * 1_000_000)
    for passed_s in sorted(later_s):
        now_us = (NOW_S + passed_s) * 1_000_000
        again = take(of, good, NOW_S + passed_s)
        if isinstance(again, Hints):
            assert not any(it.event for it in seen.fresh(again, now_us).hints)
        else:
            assert passed_s > 60


@given(EVENTS)
def test_w11_whom_nobody_checks_names_no_record(events):
    of = next(it for it in KNOWN if it.webhooks.verify.kind == "none")
    got = take(of, Delivery(body=encoded(events), url=URL))
    assert isinstance(got, Hints)
    told = {each["type"] for each in events} - {"Other"}
    assert {(it.entity_type, it.id) for it in got.hints} == {(name, "") for name in told}


@given(
    st.sampled_from(KNOWN),
    JSON.map(lambda it: json.dumps(it).encode()) | JSON.map(encoded) | st.binary() | EVENTS.map(encoded),
    st.dictionaries(
        st.sampled_from(["X-Sig", "X-At", "x-secret", "Authorization", "X-Type"]),
        st.text()
        | st.sampled_from(["Bearer x", "Basic ", "1700000000", "9" * 5000, "nan", "inf", "\udc80", "t=Deal"]),
    ),
    st.text()
    | st.sampled_from([URL, "http://[", f"{URL}&challenge=x&key={'%'}zz", "?" + "&" * 200 + "a=b" * 200]),
    st.sampled_from(["POST", "GET", "", "OPTIONS"]),
)
def test_whatever_comes_in_nothing_crashes_and_nothing_of_it_is_told(of, body, headers, url, method):
    got = hints_of(
        of, Delivery(body=body, headers=headers, url=url, method=method), SECRET, NOW_S * 1_000_000
    )
    if isinstance(got, Refusal):
        assert got.why in WORDS
    elif isinstance(got, Hints):
        assert isinstance(of.webhooks.verify.kind, str)
        assert of.webhooks.verify.kind == "none" or SECRET in str((headers, body, url)) or not got.hints
        assert all(not it.id for it in got.hints)


WORDS = {
    "the body is too long",
    "only POST is taken",
    "the address can not be read",
    "the challenge is too long",
    "the token of the challenge is missing or wrong",
    "the signature is missing or wrong",
    "the secret is missing or wrong",
    "user or password is missing or wrong",
    "the body is no JSON",
    "the body is no form",
    "an event is missing, or no object",
}
