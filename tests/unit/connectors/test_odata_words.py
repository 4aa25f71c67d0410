"""What REST manifests may say of OData: filters with text around a value, keys in quotes, links that count, batches."""

import asyncio
from typing import Any

import pytest

from accord.connectorkit.filters import filter_of, is_filter
from accord.connectorkit.manifest import Manifest
from accord.connectorkit.manifest_load import manifest_from
from accord.connectorkit.observe import Observer
from accord.connectorkit.outcome import Reply, faults_of, message_of, outcome_of
from accord.connectorkit.paging import walk
from accord.connectorkit.paths import get_at, put_at, steps
from accord.connectors.rest import RestConnector
from accord.connectors.rest.endpoint import endpoint
from accord.core.errors import ConfigError
from accord.core.observation import Observation
from accord.ports.connector import Write
from accord.sandbox import Sandbox
from accord.simulate.transport import FaceTransport
from accord.testing.connector_contract import PlayedClock

ITEM: dict[str, Any] = {
    "path": "/Items",
    "id": {"property": "sku"},
    "operations": {"one": "/Items('{id}')", "unconditional": {"If-Match": "*"}},
    "properties": {"title": {"required": True}, "price": {"type": "decimal", "scale": 2}},
    "version": {"property": "@odata.etag", "order": "opaque"},
    "conditional": "If-Match",
    "modified": "changed",
    "created": "made",
    "update": "patch",
    "page": {
        "style": "next_link",
        "next": "@odata.nextLink",
        "items": "value",
        "size_parameter": "",
        "counts": True,
    },
    "changes": {"parameter": "$filter=changed ge {}", "format": "iso"},
    "search": {"created_since": "$filter=made ge {}"},
    "batch": {"path": "$batch", "form": "odata", "at_most": 4},
    "errors": {
        "message": "error.details[].message | error.message",
        "property": "error.details[].target | error.target",
    },
}


def manifest_with(**item: Any) -> Manifest:
    types = {"Items": {**ITEM, **item}}
    return manifest_from({"name": "shop", "base_url": "http://shop.test/odata", "types": types})


def test_a_filter_has_a_text_around_its_value() -> None:
    plain, odata, text = (
        filter_of("since"),
        filter_of("$filter=a ge {} and b"),
        filter_of("$filter=k eq '{}'"),
    )
    assert plain.query("7") == {"since": "7"}
    assert odata.query("7") == {"$filter": "a ge 7 and b"}
    assert text.query("O'Hara") == {"$filter": "k eq 'O''Hara'"}
    for each, value in ((plain, "7"), (odata, "7"), (text, "O'Hara")):
        assert each.value(each.query(value)) == value
    assert odata.value({"$filter": "c ge 7"}) == ""
    assert filter_of("").value({"": "7"}) == ""
    assert not is_filter("$filter=no place")
    with pytest.raises(ConfigError, match="no place for its value"):
        manifest_with(changes={"parameter": "$filter=changed", "format": "iso"})


def test_an_annotation_is_one_step() -> None:
    assert steps("a.b") == ["a", "b"]
    assert steps("@odata.etag") == ["@odata.etag"]
    assert steps("a.@odata.etag") == ["a", "@odata.etag"]
    body: dict[str, Any] = {}
    put_at(body, "@odata.etag", "x")
    assert body == {"@odata.etag": "x"}
    assert get_at(body, "@odata.etag") == "x"


def test_errors_are_told_at_the_first_place_that_is_there() -> None:
    it = manifest_with().types["Items"]
    one = {"error": {"message": "whole", "target": "title"}}
    some = {"error": {"message": "whole", "details": [{"message": "a", "target": "title"}, {"message": "b"}]}}
    assert message_of(it, Reply(status=400, body=one)) == "whole"
    assert message_of(it, Reply(status=400, body=some)) == "a; b"
    assert (
        faults_of(it, Reply(status=400, body=one))
        == faults_of(it, Reply(status=400, body=some))
        == ("title",)
    )


def test_w2_a_version_that_has_to_be_named_is_read_first() -> None:
    it = manifest_with().types["Items"]
    for status in (412, 428):
        assert outcome_of(it, Observer(it), "shop.Items", "update", Reply(status=status)).kind == "moved"


def _seen(number: int) -> Observation:
    return Observation(mapping="m", id=str(number), how="listing", asked_us=1, version="1", payload={})


def test_s8_links_that_count_records_are_followed_twice_until_nothing_moved() -> None:
    """A record of the first page is deleted while the second is asked for: the third slides over the border."""
    steps_ = walk(manifest_with().types["Items"].page)
    assert [o.id for o in steps_.took([_seen(1), _seen(2)], "2")] == ["1", "2"]
    assert steps_.took([_seen(4)], None)[0].id == "4"
    assert (steps_.done, steps_.token) == (False, None)
    assert [o.id for o in steps_.took([_seen(2), _seen(3)], "2")] == ["3"]
    assert steps_.took([_seen(4)], None) == []
    assert steps_.token is None
    assert steps_.took([_seen(2), _seen(3)], "2") == []
    assert steps_.took([_seen(4)], None) == []
    assert (steps_.done, steps_.sure) == (True, True)


def test_w12_a_batch_of_odata_is_answered_request_by_request() -> None:
    """Created, changed under its version, refused, moved, gone: over the sandbox, which plays the form."""
    manifest, clock = manifest_with(), PlayedClock()
    sandbox = Sandbox(manifest, clock=clock.now_us)
    transport = FaceTransport(sandbox.face, clock)
    connector = RestConnector(manifest, system="shop", clock=clock, secrets=lambda _: "", transport=transport)
    ids = [sandbox.model.person_create("Items", {"title": f"t{n}"}).id for n in range(3)]

    async def run() -> list[str]:
        seen = {
            o.id: o.version
            async for page in connector.read("shop.Items", "", full=True)
            for o in page.observations
        }
        sandbox.model.person_edit("Items", ids[1], {"title": "theirs"})
        sandbox.model.person_delete("Items", ids[2])
        told = await connector.write(
            [
                Write(
                    mapping="shop.Items", kind="create", id=None, body={"title": "new"}, version=None, key="k"
                ),
                Write(
                    mapping="shop.Items",
                    kind="update",
                    id=ids[0],
                    body={"title": "ours"},
                    version=seen[ids[0]],
                    key="",
                ),
                Write(
                    mapping="shop.Items",
                    kind="update",
                    id=ids[1],
                    body={"title": "ours"},
                    version=seen[ids[1]],
                    key="",
                ),
                Write(
                    mapping="shop.Items", kind="delete", id=ids[2], body=None, version=seen[ids[2]], key=""
                ),
                Write(
                    mapping="shop.Items", kind="create", id=None, body={"title": None}, version=None, key="l"
                ),
                Write(
                    mapping="shop.Items", kind="create", id=None, body={"title": "x"}, version=None, key="n"
                ),
            ]
        )
        assert told[0].observation is not None
        assert told[1].observation is not None
        assert told[1].observation.version != seen[ids[0]]
        assert (await connector.fetch("shop.Items", [ids[0]]))[0].payload["title"] == "ours"  # type: ignore[index]
        return [outcome.kind for outcome in told]

    assert asyncio.run(run()) == ["done", "done", "moved", "missing", "refused", "done"]
    assert sandbox.face.statuses[200] == 4  # two batches, a listing, a fetch


def test_a_played_system_takes_the_id_that_a_create_gives() -> None:
    """Where the key is a property that is filled in; once, and never changed."""
    properties = {"sku": {"required": True, "create_only": True}, **ITEM["properties"]}
    manifest, clock = manifest_with(properties=properties), PlayedClock()
    sandbox = Sandbox(manifest, clock=clock.now_us)
    transport = FaceTransport(sandbox.face, clock)
    connector = RestConnector(manifest, system="shop", clock=clock, secrets=lambda _: "", transport=transport)

    async def one(**said: Any) -> Any:
        return (await connector.write([Write(mapping="shop.Items", **said)]))[0]

    async def run() -> None:
        body = {"sku": "it's 1/2", "title": "new"}
        made = await one(kind="create", body=body, key="k")
        assert made.observation.id == "it's 1/2"
        again = await one(kind="create", body=body, key="l")
        assert (again.kind, again.faults) == ("refused", ("sku",))
        assert (await one(kind="create", body={"title": "without"}, key="m")).kind == "refused"
        edited = await one(
            kind="update", id="it's 1/2", body={"title": "ours"}, version=made.observation.version
        )
        assert edited.kind == "done"
        moved = await one(kind="update", id="it's 1/2", body={"sku": "other"})
        assert (moved.kind, moved.faults) == ("refused", ("sku",))
        (seen,) = await connector.fetch("shop.Items", ["it's 1/2"])
        assert (seen.payload or {})["title"] == "ours"

    asyncio.run(run())


def test_an_id_is_read_from_an_address_as_it_is_written_into_one() -> None:
    """Of what stands there otherwise nothing is taken: a wrong id would be linked."""
    quoted = endpoint("Items", manifest_with().types["Items"], "http://shop.test/odata").read
    bare = endpoint(
        "Items",
        manifest_with(operations={"one": "/Items({id})?$expand=x"}).types["Items"],
        "http://shop.test",
    ).read
    plain = endpoint("Items", manifest_with(operations={}).types["Items"], "http://shop.test/odata").read
    assert quoted.id_in(quoted.url("it's 1/2")) == "it's 1/2"
    assert quoted.id_in("Items('7')") == "7"
    assert quoted.id_in("Items('a'b/c%20d')") == ""
    assert quoted.id_in("Others('7')") == ""
    assert bare.id_in("http://elsewhere.test/Items(7)") == "7"
    assert bare.id_in("Items()") == ""
    assert plain.id_in("/odata/Items/a%20b/") == "a b"


def test_a_played_system_makes_one_id_of_several_properties() -> None:
    """As the service does."""
    properties = {name: {"required": True, "create_only": True} for name in ("sku", "place")}
    manifest = manifest_with(
        id={"parts": {"sku": "text", "place": "text"}},
        operations={"one": "/Items({id})"},
        properties={**properties, **ITEM["properties"]},
    )
    clock = PlayedClock()
    sandbox = Sandbox(manifest, clock=clock.now_us)
    transport = FaceTransport(sandbox.face, clock)
    connector = RestConnector(manifest, system="shop", clock=clock, secrets=lambda _: "", transport=transport)

    async def one(**said: Any) -> Any:
        return (await connector.write([Write(mapping="shop.Items", **said)]))[0]

    async def run() -> None:
        body = {"sku": "it's", "place": "1/2", "title": "new"}
        made = await one(kind="create", body=body, key="k")
        name = "sku='it''s',place='1/2'"
        assert made.observation.id == name
        assert (await one(kind="create", body=body, key="l")).kind == "refused"
        assert (await one(kind="create", body={"sku": "x", "title": "y"}, key="m")).faults == ("place",)
        edited = await one(kind="update", id=name, body={"title": "ours"}, version=made.observation.version)
        assert (edited.kind, edited.observation.id) == ("done", name)
        (seen,) = await connector.fetch("shop.Items", [name])
        assert (seen.id, (seen.payload or {})["title"]) == (name, "ours")
        listed = [
            o.id async for page in connector.read("shop.Items", "", full=True) for o in page.observations
        ]
        assert listed == [name]

    asyncio.run(run())
