"""Answers to writes become outcomes (W9)."""

import pytest

from accord.connectorkit.manifest import EntityType
from accord.connectorkit.observe import Observer
from accord.connectorkit.outcome import Reply, outcome_of
from accord.connectorkit.refusal import plain_text


def ended(kind="update", spec=None, **reply):
    it = EntityType.model_validate(
        {
            "path": "/t",
            "properties": {"name": {}},
            "update": "patch",
            "errors": {"message": "errors[].detail", "property": "errors[].field"},
            "version": {"etag": True, "order": "opaque"},
            **(spec or {}),
        }
    )
    return outcome_of(it, Observer(it), "s.T", kind, Reply(asked_us=5, **reply))


ERRORS = {"errors": [{"detail": "too long", "field": "name"}, {"detail": "is required", "field": "code"}]}


def test_w9_a_refusal_may_be_a_matter_of_rights():
    spec = {
        "errors": {
            "message": "errors[].detail",
            "property": "errors[].field",
            "code": "errors[].code",
            "denied": ["FLS"],
        }
    }
    assert ended(status=403, body=ERRORS).denied
    assert not ended(status=422, body=ERRORS).denied
    assert ended(spec=spec, status=400, body={"errors": [{"code": "FLS", "field": "name"}]}).denied
    assert not ended(spec=spec, status=400, body={"errors": [{"code": "LIMIT", "field": "name"}]}).denied


@pytest.mark.parametrize(
    ("kind", "status", "outcome"),
    [
        ("create", 201, "done"),
        ("update", 204, "done"),
        ("delete", 204, "done"),
        ("update", 412, "moved"),
        ("update", 404, "missing"),
        ("delete", 410, "missing"),
        ("create", 404, "refused"),
        ("update", 422, "refused"),
        ("update", 401, "refused"),
        ("update", 302, "refused"),
        ("update", 429, "later"),
        ("create", 503, "unknown"),
        ("create", 500, "unknown"),
        ("create", 504, "unknown"),
        ("create", 408, "unknown"),
        ("create", 206, "unknown"),
    ],
)
def test_w9_what_a_status_means(kind, status, outcome):
    assert ended(kind, status=status, body=ERRORS).kind == outcome


def test_w9_a_refusal_names_the_properties_in_the_systems_words():
    told = ended(status=422, body=ERRORS)
    assert (told.message, told.faults) == ("too long; is required", ("name", "code"))
    assert ended(status=422, body=None).message == "status 422"
    assert ended(status=422, body=ERRORS, spec={"errors": {}}).faults == ()


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"error": {"code": "X", "message": "name is needed"}}, "name is needed"),
        ({"error": {"message": {"lang": "en", "value": "name is needed"}}}, "name is needed"),
        ({"errors": [{"message": "too long"}, {"message": "too old"}]}, "too long; too old"),
        ({"errors": [{"detail": "too long"}]}, "too long"),
        ({"errors": ["too long", 7]}, "too long"),
        ([{"message": "too long", "errorCode": "LEN"}], "too long"),
        ({"status": 422, "error": "Unprocessable", "message": "name is needed"}, "name is needed"),
        ({"error": "invalid_scope", "error_description": "not yours"}, "not yours"),
        ({"title": "No credit", "detail": "30 are needed"}, "No credit: 30 are needed"),
        (
            {"title": "Invalid", "errors": {"name": ["is short", "is odd"]}},
            "Invalid; name: is short; name: is odd",
        ),
        ({"errors": {"name": "is short"}}, "name: is short"),
        ({"detail": "not found"}, "not found"),
        ({"error": "no"}, "no"),
        (["no"], "no"),
        ("no such\n  street", "no such street"),
        ({"message": "x" * 400}, "x" * 299 + "…"),
        ({"errors": [f"e{n}" for n in range(9)]}, "e0; e1; e2; e3; e4"),
        ({"name": "Ada"}, ""),
        ({"message": "  ", "error": {"message": None}}, ""),
        (7, ""),
        (None, ""),
    ],
)
def test_w9_a_manifest_need_not_say_where_common_answers_tell_why(body, words):
    """The words of a refusal that stands in the dead letters; with the status, for nobody has said that they are it."""
    told = ended(status=422, body=body, spec={"errors": {}})
    assert told.message == (f"status 422: {words}" if words else "status 422")
    assert told.kind == "refused"
    assert ended(status=422, body=body, spec={"errors": {"message": "why"}}).message == "status 422"


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"no such street\n", "no such street"),
        (b"<html><body>Bad Gateway</body></html>", None),
        (b"x" * 301, None),
        (b"x" * 5000, None),
        (b"\xff\xfe", None),
    ],
)
def test_w9_a_short_text_tells_why_and_a_page_does_not(raw, text):
    assert plain_text(raw) == text


def test_w9_a_status_may_lie():
    spec = {"success": {"status": [200], "path": "ok", "equals": True}}
    assert ended(status=200, body={"ok": True, "id": 1}, spec=spec).kind == "done"
    assert ended(status=200, body={"ok": False, "errors": [{"detail": "no"}]}, spec=spec).message == "no"
    assert ended(status=200, body={"ok": False}, spec=spec).kind == "refused"


def test_w9_retry_after_is_obeyed():
    assert ended(status=429, retry_after_s=7).after_s == 7
    assert ended(status=429).after_s == 1
    assert ended(status=503, retry_after_s=7).after_s == 7


def test_s5_a_reply_is_an_observation_with_its_version():
    seen = ended(status=200, body={"id": 3, "name": "x"}, etag='"v2"').observation
    assert (seen.id, seen.how, seen.version, seen.asked_us) == ("3", "reply", '"v2"', 5)


def test_a_record_inside_the_answer():
    assert ended(status=200, body={"data": {"id": 3}}, spec={"record": "data"}).observation.id == "3"


@pytest.mark.parametrize("body", [None, {}, {"id": None}, [], "ok", {"data": 1}])
def test_a_reply_without_a_record_is_no_observation(body):
    assert ended(status=200, body=body).observation is None


def test_the_reply_to_a_delete_shows_nothing():
    assert ended("delete", status=200, body={"id": 3}).observation is None


OURS = {"our_id": {"property": "hub", "unique": True}, "search": {"our_id": "hub"}}


@pytest.mark.parametrize(
    ("spec", "status", "field", "outcome"),
    [
        (OURS, 409, "hub", "unknown"),
        (OURS, 409, "name", "refused"),
        (OURS, 422, "hub", "refused"),  # too long, say: it will never be taken
        ({"our_id": "hub"}, 409, "hub", "refused"),  # nothing would find it
    ],
)
def test_w3_a_create_that_clashes_with_its_own_id_came_twice(spec, status, field, outcome):
    body = {"errors": [{"detail": "is taken", "field": field}]}
    assert ended("create", status=status, body=body, spec=spec).kind == outcome
