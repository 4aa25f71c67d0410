"""GraphQL: the contract of connectors against PostGraphile, and what is special about such answers."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from accord.connectorkit.drafting import Asked, find_drafter
from accord.connectorkit.http.transport import Request, Response
from accord.connectorkit.kind import Place, find_kind
from accord.connectorkit.manifest import Manifest
from accord.connectorkit.manifest_load import manifest_from
from accord.connectorkit.paths import copied
from accord.connectors.graphql.connector import connector_of
from accord.core.errors import AccordError, ConfigError, StopEntityType
from accord.core.observation import Outcome
from accord.ports.connector import Write
from accord.testing.connector_contract import ConnectorContract, RealClock, Rig
from tests.postgres import Server, open_server
from tests.servers.postgraphile import PostGraphile
from tests.systems.test_sql import POSTGRES, SqlPeople

LIST = """query($first: Int, $after: Cursor, $filter: PersonFilter) {
  allPeople(first: $first, after: $after, filter: $filter, orderBy: PRIMARY_KEY_ASC) {
    nodes {fields} pageInfo { hasNextPage endCursor } } }"""
OPTIONS: dict[str, Any] = {
    "list": {"query": LIST, "at": "allPeople.nodes"},
    "info": "allPeople.pageInfo",
    "filter": {
        "since": {"changed": {"greaterThanOrEqualTo": "{}"}},
        "made": {"made": {"greaterThanOrEqualTo": "{}"}},
        "ours": {"ours": {"equalTo": "{}"}},
    },
    "one": {"query": "query($id: Int!) { personById(id: $id) {fields} }", "at": "personById"},
    "create": {
        "query": "mutation($input: PersonInput!) { createPerson(input: {person: $input}) { person {fields} } }",
        "at": "createPerson.person",
    },
    "update": {
        "query": "mutation($id: Int!, $input: PersonPatch!) "
        "{ updatePersonById(input: {id: $id, personPatch: $input}) { person {fields} } }",
        "at": "updatePersonById.person",
    },
    "delete": {
        "query": "mutation($id: Int!) { deletePersonById(input: {id: $id}) { deletedPersonId } }",
        "at": "deletePersonById.deletedPersonId",
    },
    "missing": "^No values were (updated|deleted)",
    "size": 3,
}
PERSON: dict[str, Any] = {
    "path": "allPeople",
    "id": {"property": "id", "type": "integer"},
    "properties": {"name": {"max_length": 40}, "note": {}, "spare": {}, "amount": {"type": "integer"}},
    "update": "patch",
    "version": {"property": "rev", "order": "ordered", "exact": True},
    "modified": {"property": "changed", "resolution": "us"},
    "created": {"property": "made", "resolution": "us"},
    "changes": {"parameter": "since", "format": "iso"},
    "our_id": {"property": "ours", "unique": True},
    "search": {"our_id": "ours", "created_since": "made"},
    "absent": dict.fromkeys(("listing", "feed", "fetch", "reply"), None),
    "max_request_s": 5,
    "clock_error_s": 1.5,
    "options": OPTIONS,
}


@pytest.fixture(scope="module")
def database() -> Iterator[Server]:
    with open_server() as found:
        SqlPeople(found.url(), POSTGRES).engine.dispose()
        yield found


@pytest.fixture(scope="module")
def graph(database: Server) -> Iterator[PostGraphile]:
    with PostGraphile(database) as found:
        yield found


def manifest_for(url: str, **changes: Any) -> Manifest:
    person = {name: value for name, value in {**PERSON, **changes}.items() if value is not ...}
    return manifest_from({"name": "graph", "kind": "graphql", "base_url": url, "types": {"Person": person}})


def connected(manifest: Manifest) -> Any:
    place = Place(system="graph", manifest=manifest, clock=RealClock(), secrets=str)
    return find_kind("graphql").make(place)


def drafted_from(target: str, folder: Path = Path()) -> Any:
    drafter = find_drafter("graphql")
    assert drafter is not None
    made = drafter.make(Asked(target=target, name="", folder=folder, flags={}, secrets=str))
    assert made.manifest is not None
    return copied(made.manifest)


@asynccontextmanager
async def rigged(database: Server, url: str, **changes: Any) -> AsyncIterator[Rig]:
    people = SqlPeople(database.url(), "DELETE FROM person")
    manifest = manifest_for(url, **changes)
    connector = connected(manifest)
    try:
        yield Rig(
            connector=connector,
            mapping="graph.Person",
            it=manifest.types["Person"],
            people=people,
            clock=RealClock(),
        )
    finally:
        await connector.close()
        people.engine.dispose()


class OnServer(ConnectorContract):
    @pytest.fixture(autouse=True)
    def _serve(self, database: Server, graph: PostGraphile) -> None:
        self.database, self.url = database, graph.url


class TestByTime(OnServer):
    def rig(self) -> Any:
        return rigged(self.database, self.url)


class TestWithoutChanges(OnServer):
    """In one answer, compared by content alone where there is no version."""

    def rig(self) -> Any:
        whole = LIST.replace("$first: Int, $after: Cursor, ", "").replace(
            "first: $first, after: $after, ", ""
        )
        options = {**OPTIONS, "list": {"query": whole, "at": "allPeople.nodes"}, "info": ""}
        return rigged(
            self.database,
            self.url,
            changes=...,
            search=...,
            version=...,
            modified=...,
            clock_error_s=0,
            options=options,
        )


class TestByDraft(OnServer):
    """As the schema itself tells it, with what a person adds: where an id of ours stands."""

    @pytest.fixture(autouse=True)
    def _told(self, graph: PostGraphile) -> None:
        self.told = drafted_from(graph.url)["types"]["Person"]

    def rig(self) -> Any:
        told = copied(self.told)
        told["properties"].pop("gone")
        ours = {"our_id": {"property": "ours", "unique": True}, "clock_error_s": 0, "max_request_s": 5}
        options = {**told["options"], "size": 3, "missing": OPTIONS["missing"]}
        del told["changes"], told["lag_s"], told["assumed"]
        return rigged(
            self.database, self.url, **{**told, **ours, "search": ..., "changes": ..., "options": options}
        )


class TestByEdges(OnServer):
    def rig(self) -> Any:
        edges = {
            "query": LIST.replace("nodes {fields}", "edges { node {fields} }"),
            "at": "allPeople.edges[].node",
        }
        changes = {"changes": ..., "search": {"our_id": "ours"}, "clock_error_s": 0}
        return rigged(self.database, self.url, **changes, options={**OPTIONS, "list": edges})


del OnServer


# answers


class Answers:
    """A server that answers as it is told."""

    def __init__(self, *answers: tuple[int, Any]) -> None:
        self.answers, self.asked = list(answers), list[Any]()

    async def send(self, request: Request) -> Response:
        self.asked.append(json.loads(request.body or b"null"))
        status, body = self.answers.pop(0)
        return Response(status=status, headers={}, body=json.dumps(body).encode())

    async def close(self) -> None:
        """Nothing is held."""


def act(answers: Answers, kind: str, record_id: str | None = None, body: Any = None) -> Outcome:
    manifest = manifest_for("http://graph.test/graphql", version=...)
    connector = connector_of(
        Place(system="graph", manifest=manifest, clock=RealClock(), secrets=str), answers
    )
    write = Write(mapping="graph.Person", kind=kind, id=record_id, body=body)  # type: ignore[arg-type]
    return asyncio.run(connector.write([write]))[0]


def test_only_what_is_declared_is_asked_for_and_only_what_changes_is_sent() -> None:
    shown = {"id": 1, "name": "a", "note": None}
    answers = Answers((200, {"data": {"updatePersonById": {"person": shown}}}))
    assert act(answers, "update", "1", {"name": "a"}).kind == "done"
    assert answers.asked[0]["variables"] == {"id": 1, "input": {"name": "a"}}
    assert "{ person { id name note spare amount changed made ours } }" in answers.asked[0]["query"]


ERROR = {"message": "no way"}
STEPS = {"field": ["input", "email"], **ERROR}
SHOWN = {"createPerson": {"person": {"id": 1, "name": "a"}}}


@pytest.mark.parametrize(
    ("status", "said", "kind", "faults"),
    [
        (200, {"errors": [ERROR], "data": {"createPerson": None}}, "refused", ()),
        (400, {"errors": [ERROR]}, "refused", ()),
        (200, {"errors": [ERROR], "data": SHOWN}, "done", ()),
        (200, {"data": {"createPerson": {"userErrors": [STEPS], "person": None}}}, "refused", ("email",)),
        (200, {"data": {"createPerson": {"errors": [{"field": "email", **ERROR}]}}}, "refused", ("email",)),
        (200, {"errors": [{**ERROR, "extensions": {"code": "THROTTLED"}}]}, "later", ()),
        (200, {"errors": [{**ERROR, "extensions": {"code": "INTERNAL_SERVER_ERROR"}}]}, "unknown", ()),
        (500, {"errors": [ERROR]}, "unknown", ()),
        (502, "<html>", "unknown", ()),
        (200, [], "unknown", ()),
    ],
)  # fmt: skip
def test_w9_what_an_answer_means(status: int, said: Any, kind: str, faults: tuple[str, ...]) -> None:
    outcome = act(Answers((status, said)), "create", None, {"name": "a"})
    assert (outcome.kind, outcome.faults) == (kind, faults)
    if kind == "refused":
        assert outcome.message == "no way"


def test_a_record_that_is_not_there_is_missing() -> None:
    said = {
        "errors": [{"message": "No values were updated in collection 'people'"}],
        "data": {"updatePersonById": None},
    }
    assert act(Answers((200, said)), "update", "7", {"name": "a"}).kind == "missing"
    denied = {"errors": [{**ERROR, "extensions": {"code": "FORBIDDEN"}}]}
    assert act(Answers((200, denied)), "delete", "7").denied


def test_a_listing_that_fails_is_no_empty_one() -> None:
    manifest = manifest_for("http://graph.test/graphql")
    answers = Answers((200, {"errors": [ERROR], "data": {"allPeople": None}}))
    connector = connector_of(
        Place(system="graph", manifest=manifest, clock=RealClock(), secrets=str), answers
    )

    async def read() -> None:
        async for _ in connector.read("graph.Person", "", full=True):
            pass

    with pytest.raises(StopEntityType, match="the listing is refused"):
        asyncio.run(read())


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"update": "replace"}, "a mutation carries what changes"),
        ({"version": {"etag": True, "order": "opaque"}}, "the version stands nowhere"),
        ({"options": {**OPTIONS, "missing": "("}}, "missing is no regular expression"),
        ({"changes": {"parameter": "later", "format": "iso"}}, "options.list.query has no variable $later"),
        (
            {"options": {**OPTIONS, "list": {"query": "{ a {fields} }", "at": "a"}, "filter": {}}},
            "pages need the variables",
        ),
        ({"options": {}}, "list"),
        ({"conditional": "If-Match", "version": ...}, "no version"),
    ],
)
def test_what_does_not_fit_is_said(changes: Mapping[str, Any], what: str) -> None:
    with pytest.raises(ConfigError) as told:
        manifest_for("http://graph.test/graphql", **changes)
    assert what in str(told.value)


def test_a_schema_drafts_a_manifest_that_fits(graph: PostGraphile) -> None:
    said = drafted_from(graph.url)
    manifest_from(said)
    it = said["types"]["Person"]
    assert it["changes"] == {"parameter": "since", "format": "iso"}
    assert it["options"]["filter"] == {"since": {"changed": {"greaterThanOrEqualTo": "{}"}}}
    assert it["version"] == {"property": "rev", "order": "ordered", "exact": True}
    assert it["properties"]["amount"] == {"type": "integer"}
    assert it["properties"]["rev"]["read_only"]


@pytest.mark.parametrize(
    ("text", "what"), [("no", "is no JSON"), ("{}", "tells no schema"), (None, "can not be read")]
)
def test_what_is_no_schema_is_said(text: str | None, what: str, tmp_path: Path) -> None:
    if text is not None:
        (tmp_path / "schema.json").write_text(text, encoding="utf-8")
    with pytest.raises(AccordError, match=what):
        drafted_from("schema.json", tmp_path)
