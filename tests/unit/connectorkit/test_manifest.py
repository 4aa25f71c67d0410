"""What a manifest means to the core, and to editors."""

import pytest

from accord.connectorkit.manifest import EntityType, Manifest, manifest_json_schema
from accord.connectorkit.manifest_load import manifest_from

PLAIN = {"path": "/t", "properties": {"a": {}}, "update": "patch"}
FULL = {
    **PLAIN,
    "version": {"property": "rev", "order": "ordered", "exact": True},
    "modified": "changed",
    "created": "made",
    "conditional": "If-Match",
    "changes": {"parameter": "since", "format": "iso"},
    "tombstones": {"property": "gone"},
    "idempotency": {"valid_s": 60},
    "our_id": "ext",
    "search": {"our_id": "ext", "changes": True},
    "creator": "by",
    "lag_s": 2,
    "confirm_s": 3,
    "max_request_s": 4,
    "clock_error_s": 5,
    "sweep_s": 6,
    "absent": {"listing": "null", "feed": "null", "fetch": "null", "reply": "null"},
    "operations": {"delete": False},
}


def entity(spec):
    return manifest_from({"name": "s", "base_url": "http://s.example", "types": {"T": spec}})


def test_the_declaration_of_a_plain_type_promises_nothing():
    it = entity(PLAIN).declaration("T", "mine")
    assert it.entity_type == "mine.T"
    assert (it.version, it.exact, it.conditional, it.incremental, it.tombstones) == (
        "none",
        False,
        False,
        False,
        False,
    )
    assert it.finds_create == ()
    assert (it.our_id, it.absent, it.update) == ("", "silent", "patch")


def test_the_declaration_of_a_full_type():
    it = entity(FULL).declaration("T", "mine")
    assert (it.version, it.exact, it.conditional, it.incremental, it.tombstones) == (
        "ordered",
        True,
        True,
        True,
        True,
    )
    assert it.finds_create == ("key", "our_id", "search")
    assert (it.lag_s, it.confirm_s, it.max_request_s, it.clock_error_s, it.sweep_s) == (2, 3, 4, 5, 6)
    assert (it.key_valid_s, it.our_id) == (60, "ext")
    assert (it.listing_partial, it.absent, it.can_delete, it.can_create) == (False, "null", False, True)


@pytest.mark.parametrize("listing", [{"omits": ["a"]}, {"partial": True}])
def test_s3_a_listing_that_leaves_something_out_is_partial(listing):
    assert entity({**PLAIN, "listing": listing}).declaration("T", "s").listing_partial


def test_s3_absence_that_differs_by_way_is_silent_to_the_core():
    assert entity({**PLAIN, "absent": {"fetch": "null"}}).declaration("T", "s").absent == "silent"


def test_the_declaration_of_an_unknown_type():
    with pytest.raises(KeyError):
        entity(PLAIN).declaration("U", "s")


@pytest.mark.parametrize(
    ("update", "kind", "method", "path"),
    [
        ("patch", "update", "PATCH", "/t/{id}"),
        ("replace", "update", "PUT", "/t/{id}"),
        ("patch", "create", "POST", "/t"),
        ("patch", "read", "GET", "/t/{id}"),
        ("patch", "delete", "DELETE", "/t/{id}"),
    ],
)
def test_methods_and_paths(update, kind, method, path):
    found = entity({**PLAIN, "update": update}).types["T"].operation(kind)
    assert (found.method, found.path) == (method, path)


def test_an_operation_of_its_own():
    it = entity(
        {**PLAIN, "operations": {"update": {"method": "POST", "path": "/t/{id}/edit"}, "create": False}}
    )
    assert it.types["T"].operation("update").path == "/t/{id}/edit"
    assert it.types["T"].operation("create") is None


def test_every_field_is_documented():
    schema = manifest_json_schema()
    for part, body in [("Manifest", schema), *schema["$defs"].items()]:
        for name, field in body.get("properties", {}).items():
            part_itself = schema["$defs"].get(field.get("$ref", "").rpartition("/")[2], {})
            assert field.get("description") or part_itself.get("description"), f"{part}.{name}"


def test_the_schema_takes_nothing_unknown_and_lets_defaults_fill_in():
    schema = manifest_json_schema()
    assert schema["additionalProperties"] is False
    assert schema["$defs"]["EntityType"]["required"] == ["path", "properties"]
    assert "update" in EntityType.model_fields


def test_assumptions_stand_at_their_parts():
    manifest = entity(
        {
            **PLAIN,
            "assumed": {"update": "as in the vendor's examples"},
            "properties": {"a": {"assumed": True}, "b": {}},
            "version": {"etag": True, "order": "opaque", "assumed": "seen once"},
        }
    )
    assert list(manifest.assumptions()) == [
        ("types.T.update", "as in the vendor's examples"),
        ("types.T.properties.a", ""),
        ("types.T.version", "seen once"),
    ]


def test_manifests_are_frozen():
    manifest = entity(PLAIN)
    with pytest.raises(ValueError, match="frozen"):
        manifest.name = "other"
    assert Manifest.model_validate(manifest.model_dump()) == manifest
