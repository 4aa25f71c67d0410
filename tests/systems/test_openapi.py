"""Drafts from OpenAPI documents: they say what the documents say, and calls by them fit, as Prism finds."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings, strategies as st

from accord.connectorkit.drafting import Asked, Draft, find_drafter
from accord.connectorkit.manifest import Manifest
from accord.connectorkit.manifest_load import manifest_from
from accord.connectors.openapi.document import read_api
from accord.connectors.openapi.drafting import drafted
from accord.connectors.rest import RestConnector
from accord.core.errors import AccordError, ConfigError
from accord.core.observation import Observation, Outcome
from accord.ports.connector import Write
from accord.testing.connector_contract import ConnectorContract, RealClock
from tests.contract.connector_rigs import in_memory
from tests.servers.prism import DOCUMENTS, Prism


def draft(target: Path | str, folder: Path = DOCUMENTS, **flags: str) -> Draft:
    drafter = find_drafter("openapi")
    assert drafter is not None
    return drafter.make(
        Asked(target=str(target), name="", folder=folder, flags=flags, secrets=lambda name: name)
    )


def manifest_of(target: Path | str) -> Manifest:
    found = draft(target).manifest
    assert found is not None
    return manifest_from(found)


class Connected:
    """A connector of a draft, at a server that Prism made of the same document."""

    def __init__(self, prism: Prism, manifest: Manifest, path: str = "") -> None:
        self.prism = prism
        self._make = lambda: RestConnector(
            manifest,
            system="it",
            clock=RealClock(),
            secrets=lambda _: "s",
            base_url=prism.url + path,
            retries=0,
        )

    def first_page(self, name: str, cursor: str = "") -> Sequence[Observation]:
        """What stands on the first page: Prism gives the same one for each."""

        async def read() -> Sequence[Observation]:
            connector = self._make()
            pages = connector.read(f"it.{name}", cursor, full=not cursor)
            try:
                return (await anext(aiter(pages))).observations
            finally:
                await pages.aclose()  # type: ignore[attr-defined]
                await connector.close()

        return asyncio.run(read())

    def fetch(self, name: str, record_id: str) -> Observation:
        async def fetch() -> Observation:
            connector = self._make()
            try:
                return (await connector.fetch(f"it.{name}", [record_id]))[0]
            finally:
                await connector.close()

        return asyncio.run(fetch())

    def write(
        self, name: str, kind: Any, record_id: str | None = None, body: Any = None, version: str | None = None
    ) -> Outcome:
        async def write() -> Outcome:
            connector = self._make()
            sent = Write(mapping=f"it.{name}", kind=kind, id=record_id, body=body, version=version, key="k")
            try:
                return (await connector.write([sent]))[0]
            finally:
                await connector.close()

        return asyncio.run(write())


@pytest.fixture(scope="module")
def contacts() -> Iterator[Connected]:
    with Prism(DOCUMENTS / "contacts.yaml") as prism:
        yield Connected(prism, manifest_of("contacts.yaml"))


@pytest.fixture(scope="module")
def orders() -> Iterator[Connected]:
    with Prism(DOCUMENTS / "orders.yaml") as prism:
        yield Connected(prism, manifest_of("orders.yaml"))


def test_calls_by_a_draft_fit_the_document(contacts: Connected) -> None:
    first, second = contacts.first_page("Contact")
    assert (first.id, first.payload and first.payload["email"]) == ("1", "ada@example.com")
    assert first.modified_us is not None
    assert second.id == "2"
    assert [o.how for o in contacts.first_page("Contact", "t:1767225600000000")] == ["feed", "feed"]
    assert contacts.fetch("Contact", "1").id == "1"
    body = {"first_name": "New", "last_name": "One", "credit": 1.25, "born": "1990-01-31", "tags": ["a"]}
    made = contacts.write("Contact", "create", body={**body, "company_id": 7})
    assert made.observation is not None
    assert (made.kind, made.observation.id) == ("done", "3")
    assert (
        contacts.write("Contact", "update", "1", {"last_name": "King", "email": None}, '"v1"').kind == "done"
    )
    assert contacts.write("Contact", "delete", "1", version='"v1"').kind == "done"
    assert contacts.prism.violations() == []


def test_a_call_that_does_not_fit_is_noticed(contacts: Connected) -> None:
    outcome = contacts.write("Contact", "update", "1", {"last_name": 5}, '"v1"')
    assert (outcome.kind, outcome.message, outcome.faults) == ("refused", "string", ("string",))
    assert any("last_name must be string" in each for each in contacts.prism.violations())


def test_records_that_are_wrapped_and_replaced_fit_too() -> None:
    with Prism(DOCUMENTS / "orders.yaml") as prism:
        orders = Connected(prism, manifest_of("orders.yaml"))
        (order,) = orders.first_page("Order")
        assert (order.id, order.version, order.order) == ("A-1", "3", 3)
        fetched = orders.fetch("Order", "A-1")
        assert fetched.payload == {"number": "A-1", "customer": {"id": "c1"}, "total": "10.00", "revision": 3}
        made = orders.write("Order", "create", body={"total": "1.00", "customer": {"id": "c1"}})
        assert made.observation is not None
        assert made.observation.id == "A-2"
        assert orders.write("Order", "update", "A-1", {**fetched.payload, "note": None}).kind == "done"
        assert [o.id for o in orders.first_page("Customer")] == ["c1"]
        assert prism.violations() == []


class TestDraftOfContacts(ConnectorContract):
    """Nothing lacks in a draft that a system which keeps to it would need."""

    def rig(self) -> Any:
        told = manifest_of("contacts.yaml")
        it = told.types["Contact"]
        small = it.model_copy(update={"page": it.page.model_copy(update={"size": 3}), "max_request_s": 0.4})
        return in_memory(told.model_copy(update={"types": {**told.types, "Contact": small}}), "Contact")


def test_what_a_document_can_not_tell_is_said() -> None:
    unknown = draft("contacts.yaml").unknown
    assert (
        "/contacts/{contactId}/notes: in whose records it is; write it out in `path`, once for each, or leave it"
        in unknown
    )
    assert any(each.startswith("Contact.addresses: a list of records") for each in unknown)
    manifest = manifest_of("contacts.yaml")
    assert dict(manifest.assumptions())["types.Contact.properties.company_id.reference"] == "by its name"


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("a: b", "is no OpenAPI document"),
        ("swagger: '2.0'", "is a document of Swagger 2.0"),
        ("openapi: 3.0.0\npaths: {}", "no collection in the document has records"),
        ("openapi: [", "YAML"),
        ("openapi: 3.0.0\npaths: {/a: {$ref: '#/nowhere'}}", "the reference #/nowhere leads nowhere"),
        ("openapi: 3.0.0\npaths: {/a: {$ref: '#/paths/~1a'}}", "leads in a circle"),
        ("openapi: 3.0.0\npaths: {/a: {$ref: 'https://x.test/y.yaml'}}", "which is not beside it"),
    ],
)
def test_a_document_that_can_not_be_used_is_said(text: str, what: str, tmp_path: Path) -> None:
    (tmp_path / "api.yaml").write_text(text, encoding="utf-8")
    with pytest.raises((AccordError, ConfigError), match=what):
        draft("api.yaml", tmp_path)
    with pytest.raises(AccordError, match="can not be read"):
        draft("nowhere.yaml", tmp_path)


def test_references_to_files_beside_are_followed(tmp_path: Path) -> None:
    whole = yaml.safe_load((DOCUMENTS / "orders.yaml").read_text(encoding="utf-8"))
    schemas = whole["components"].pop("schemas")
    text = yaml.safe_dump(whole).replace("#/components/schemas/", "parts/schemas.yaml#/")
    (tmp_path / "api.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "parts").mkdir()
    inner = yaml.safe_dump(schemas).replace("#/components/schemas/", "#/")
    (tmp_path / "parts" / "schemas.yaml").write_text(inner, encoding="utf-8")
    assert draft("api.yaml", tmp_path).manifest == draft("orders.yaml").manifest


SPECS = st.sampled_from(
    [
        ({}, {"type": "string"}),
        ({"max_length": 9}, {"type": "string", "maxLength": 9}),
        ({"type": "integer"}, {"type": "integer"}),
        ({"type": "boolean"}, {"type": "boolean"}),
        ({"type": "float"}, {"type": "number"}),
        ({"type": "decimal", "scale": 2}, {"type": "number", "multipleOf": 0.01}),
        ({"type": "date"}, {"type": "string", "format": "date"}),
        ({"type": "list"}, {"type": "array", "items": {"type": "string"}}),
        ({"enum": ["a", "b"]}, {"type": "string", "enum": ["a", "b"]}),
        ({"read_only": True}, {"type": "string", "readOnly": True}),
    ]
)
SIZED = {"size_parameter": "limit", "size": 40}
PAGES = st.sampled_from(
    [
        ({"style": "none"}, [], {}),
        ({"style": "offset", "parameter": "offset", **SIZED}, ["offset", "limit"], {}),
        ({"style": "page", "parameter": "page", "first": 1, **SIZED}, ["page", "limit"], {}),
        (
            {"style": "cursor", "parameter": "after", "next": "next_cursor", **SIZED},
            ["after", "limit"],
            {"next_cursor": {"type": "string"}},
        ),
        (
            {"style": "next_link", "next": "next", "size_parameter": ""},
            [],
            {"next": {"type": "string", "format": "uri"}},
        ),
    ]
)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(
    st.dictionaries(st.from_regex(r"[b-h][a-z]{2,6}", fullmatch=True), SPECS, min_size=1, max_size=6),
    PAGES,
    st.sampled_from(["patch", "put"]),
    st.booleans(),
    st.sampled_from(["", "data", "found.rows"]),
    st.sampled_from(["3.0.3", "3.1.0"]),
)
def test_what_a_document_says_is_in_its_draft(
    specs: Mapping[str, Any], page: Any, method: str, deletes: bool, items: str, version: str
) -> None:
    wanted, parameters, beside = page
    if not items and beside:
        items = "data"
    properties = {"id": {"type": "integer"}, **{name: spec for name, (_, spec) in specs.items()}}
    listing: dict[str, Any] = {"type": "array", "items": {"$ref": "#/components/schemas/Thing"}}
    for step in reversed(items.split(".") if items else []):
        listing = {"type": "object", "properties": {step: listing}}
    if beside:
        listing["properties"] |= beside
    query = [{"name": n, "in": "query", "schema": {"type": "integer", "maximum": 40}} for n in parameters]
    thing = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}}
    sent, told = {"requestBody": thing}, {"200": {"description": "", **thing}}
    one = {"get": {"responses": told}, method: {**sent, "responses": told}}
    if deletes:
        one["delete"] = {"responses": {"204": {"description": ""}}}
    document = {
        "openapi": version,
        "info": {"title": "X"},
        "servers": [{"url": "https://x.test/api"}],
        "paths": {
            "/things": {
                "get": {
                    "parameters": query,
                    "responses": {
                        "200": {"description": "", "content": {"application/json": {"schema": listing}}}
                    },
                },
                "post": {**sent, "responses": {"201": {"description": "", **thing}}},
            },
            "/things/{thingId}": one,
        },
        "components": {"schemas": {"Thing": {"type": "object", "properties": properties}}},
    }
    api = read_api(yaml.safe_dump(document).encode(), "x.yaml", lambda _: b"")
    made = drafted(api, "x", "", [])
    manifest_from(made)
    it = made["types"]["Thing"]
    assert made["base_url"] == "https://x.test/api"
    assert it["page"] == {**wanted, **({"items": items} if items else {})}
    assert it["update"] == ("patch" if method == "patch" else "replace")
    assert it["properties"] == {name: spec for name, (spec, _) in specs.items()}
    assert (it.get("operations") or {}).get("delete") is (None if deletes else False)
    assert it["id"] == {"property": "id", "type": "integer"}
