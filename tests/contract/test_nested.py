"""Records inside others, as lines of orders, keep the contract of connectors: over a system that knows orders alone."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest

from accord.connectorkit.manifest import Manifest
from accord.connectorkit.manifest_load import manifest_from
from accord.connectorkit.nested import nested, outer
from accord.connectorkit.paths import copied, put_at
from accord.connectors.rest import RestConnector
from accord.core.errors import ConfigError, StopEntityType
from accord.core.observation import Observation, Outcome
from accord.ports.abilities import Divided, NeedsSecrets, Telling
from accord.ports.connector import Connector, Write
from accord.sandbox import Sandbox
from accord.simulate.transport import FaceTransport
from accord.testing.connector_contract import ConnectorContract, Entered, PlayedClock, Rig
from accord.testing.system_model import SystemModel

ORDER: dict[str, Any] = {
    "path": "/orders",
    "properties": {"number": {"required": True}, "note": {}},
    "version": {"property": "rev", "etag": True, "order": "ordered", "exact": True},
    "conditional": "If-Match",
    "modified": "changed",
    "created": "made",
    "page": {"style": "cursor", "size": 3, "next": "next", "items": "items"},
    "changes": {"parameter": "since", "format": "iso"},
    "max_request_s": 0.4,
    "update": "patch",
}
LINE: dict[str, Any] = {
    "inside": {"type": "Order", "property": "order"},
    "path": "lines",
    "id": {"property": "no", "type": "integer"},
    "our_id": "ref",
    "properties": {
        "order": {"reference": "Order", "create_only": True, "required": True},
        "text": {},
        "note": {"max_length": 40},
        "price.amount": {"type": "decimal"},
    },
}


def manifest_of(line: dict[str, Any] | None = None, **order: Any) -> Manifest:
    types = {"Order": {**ORDER, **order}, "Line": LINE if line is None else line}
    return manifest_from({"name": "played", "base_url": "http://played.test/api", "types": types})


class Clerks:
    """People who edit orders, and so their lines."""

    def __init__(self, model: SystemModel) -> None:
        self.model = model

    def person_create(self, name: str, body: Mapping[str, Any]) -> Entered:
        if name == "Order":
            return Entered(self.model.person_create(name, body).id)
        order = str(body["order"])
        before = self._lines(order)
        lines = [*before, {key: value for key, value in body.items() if key != "order"}]
        self.model.person_edit("Order", order, {"lines": lines})
        return Entered(f"{order}/{self._lines(order)[-1]['no']}")

    def person_edit(self, name: str, record_id: str, changes: Mapping[str, Any]) -> object:
        order, _, own = record_id.partition("/")
        lines = self._lines(order)
        for line in lines:
            if str(line["no"]) == own:
                for path, value in changes.items():
                    put_at(line, path, value)
        return self.model.person_edit("Order", order, {"lines": lines})

    def person_delete(self, name: str, record_id: str) -> object:
        order, _, own = record_id.partition("/")
        lines = [line for line in self._lines(order) if str(line["no"]) != own]
        return self.model.person_edit("Order", order, {"lines": lines})

    def tables(self) -> Mapping[str, Mapping[str, Mapping[str, Any]]]:
        orders = self.model.tables()["Order"]
        lines = {
            f"{order}/{line['no']}": {**line, "order": order}
            for order, body in orders.items()
            for line in body.get("lines") or []
        }
        return {"Order": orders, "Line": lines}

    def _lines(self, order: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = copied(self.model.tables()["Order"][order].get("lines") or [])
        return found


def connected(manifest: Manifest) -> tuple[Connector, Sandbox, PlayedClock]:
    clock = PlayedClock()
    sandbox = Sandbox(manifest, clock=clock.now_us)
    inner = RestConnector(
        outer(manifest),
        system="mine",
        clock=clock,
        secrets=lambda _: "sandbox",
        transport=FaceTransport(sandbox.face, clock),
    )
    return nested(inner, manifest, "mine"), sandbox, clock


@asynccontextmanager
async def lines_of(manifest: Manifest) -> AsyncIterator[Rig]:
    connector, sandbox, clock = connected(manifest)
    people = Clerks(sandbox.model)
    orders: dict[int, str] = {}

    def sample(number: int) -> dict[str, Any]:
        if number not in orders:
            orders[number] = people.person_create("Order", {"number": str(number)}).id
        return {"order": orders[number], "text": f"text {number}"}

    yield Rig(
        connector=connector,
        mapping="mine.Line",
        it=manifest.by_itself("Line"),
        people=people,
        clock=clock,
        sample=sample,
        nobody="o1/999",
    )


class TestLines(ConnectorContract):
    def rig(self) -> Any:
        return lines_of(manifest_of())


class TestLinesOfOrdersThatAreReplaced(ConnectorContract):
    def rig(self) -> Any:
        return lines_of(manifest_of(update="replace"))


class TestLinesThatListingsLeaveOut(ConnectorContract):
    def rig(self) -> Any:
        return lines_of(manifest_of(listing={"omits": ["lines"]}))


class TestLinesWithoutVersions(ConnectorContract):
    def rig(self) -> Any:
        return lines_of(manifest_of(version=None, conditional=""))


def edit(record_id: str, version: str | None = None, **body: Any) -> Write:
    return Write(mapping="mine.Line", kind="update", id=record_id, body=body, version=version)


class Desk:
    """One order with three lines, which hold more than the manifest knows; and what is called."""

    def __init__(self, **order: Any) -> None:
        self.connector, self.sandbox, _ = connected(manifest_of(**order))
        self.model = self.sandbox.model
        lines = [{"text": f"line {number}", "stock": {"place": number}} for number in (1, 2, 3)]
        self.order = self.model.person_create("Order", {"number": "1", "lines": lines}).id
        self.calls: list[str] = []
        self.model.before_call = self.called

    def called(self, op: str, name: str, _id: str | None) -> None:
        self.calls.append(f"{op} {name}")

    def act(self, *writes: Write) -> list[Outcome]:
        return asyncio.run(self.connector.write(writes))

    def seen(self) -> dict[str, Observation]:
        async def read() -> dict[str, Observation]:
            pages = [page async for page in self.connector.read("mine.Line", "", full=True)]
            return {o.id: o for page in pages for o in page.observations}

        found = asyncio.run(read())
        self.calls.clear()
        return found

    def lines(self) -> list[Any]:
        found: list[Any] = self.model.tables()["Order"][self.order]["lines"]
        return found

    def change(self, number: int, **changes: Any) -> None:
        """Somebody edits a line."""
        lines = copied(self.lines())
        lines[number - 1].update(changes)
        self.model.person_edit("Order", self.order, {"lines": lines})


def test_w1_lines_that_change_at_once_go_out_together_and_nothing_beside_them_is_lost() -> None:
    desk = Desk()
    seen = desk.seen()
    first, second, third = seen
    outcomes = desk.act(
        edit(first, seen[first].version, text="new 1"),
        Write(mapping="mine.Line", kind="delete", id=second, version=seen[second].version),
        edit(third, seen[third].version, price={"amount": "7"}),
    )
    assert [outcome.kind for outcome in outcomes] == ["done", "done", "done"]
    assert desk.calls == ["get Order", "update Order"]
    assert desk.lines() == [
        {"text": "new 1", "stock": {"place": 1}, "no": 1},
        {"text": "line 3", "stock": {"place": 3}, "price": {"amount": "7"}, "no": 3},
    ]
    assert outcomes[0].observation is not None
    assert outcomes[0].observation.payload == {**desk.lines()[0], "order": desk.order}
    assert outcomes[0].observation.version == desk.seen()[first].version


def test_w2_who_edits_another_line_in_between_loses_nothing_and_stops_nothing() -> None:
    desk = Desk()
    seen = desk.seen()
    first = next(iter(seen))

    def meanwhile(op: str, _name: str, _id: str | None) -> None:
        if op == "update" and desk.model.calls["update"] < 2:
            desk.change(2, text="by somebody")

    desk.model.before_call = meanwhile
    (outcome,) = desk.act(edit(first, seen[first].version, text="ours"))
    assert outcome.kind == "done"
    assert [line["text"] for line in desk.lines()] == ["ours", "by somebody", "line 3"]


def test_w2_a_line_that_moved_on_stops_its_write_and_no_other() -> None:
    desk = Desk()
    seen = desk.seen()
    first, second, _ = seen
    desk.change(1, text="by somebody")
    outcomes = desk.act(
        edit(first, seen[first].version, text="ours"), edit(second, seen[second].version, text="ours")
    )
    assert [outcome.kind for outcome in outcomes] == ["moved", "done"]
    assert [line["text"] for line in desk.lines()] == ["by somebody", "ours", "line 3"]


def test_an_order_that_never_rests_is_left_for_later() -> None:
    desk = Desk()
    first = next(iter(desk.seen()))
    desk.model.before_call = lambda op, _name, _id: (
        desk.change(2, text=f"{len(desk.model.calls)}{op}") if op == "update" else None
    )
    assert desk.act(edit(first, text="ours"))[0].kind == "later"


def create(order: str, key: str = "", **body: Any) -> Write:
    return Write(mapping="mine.Line", kind="create", body={"order": order, **body}, key=key)


def test_w3_a_create_that_bears_our_id_is_made_once() -> None:
    desk = Desk()
    told = [desk.act(create(desk.order, "k1", text="new"))[0] for _ in range(2)]
    assert [outcome.kind for outcome in told] == ["done", "done"]
    assert told[0].observation is not None
    assert told[1].observation is not None
    assert told[0].observation.id == told[1].observation.id == f"{desk.order}/4"
    assert desk.lines()[3:] == [{"text": "new", "ref": "k1", "no": 4}]


def test_w3_each_of_two_creates_knows_its_line() -> None:
    for line in (LINE, {key: value for key, value in LINE.items() if key != "our_id"}):
        connector, sandbox, _ = connected(manifest_of(line))
        order = sandbox.model.person_create("Order", {"number": "1"}).id
        told = asyncio.run(connector.write([create(order, f"k{text}", text=text) for text in "ab"]))
        shown = [
            outcome.observation.payload
            for outcome in told
            if outcome.observation and outcome.observation.payload
        ]
        assert [payload["text"] for payload in shown] == ["a", "b"]


def test_a_line_without_an_order_is_refused_by_name() -> None:
    for order in ("", "o77"):
        (outcome,) = Desk().act(create(order, text="lost"))
        assert (outcome.kind, outcome.faults) == ("refused", ("order",))


class Picky:
    """A system that looks at lines, too."""

    def __init__(self, inner: Connector) -> None:
        self.inner = inner

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    async def write(self, writes: Sequence[Write]) -> list[Outcome]:
        lines = [line for write in writes for line in (write.body or {}).get("lines", [])]
        for index, line in enumerate(lines):
            if line.get("text") == "bad":
                return [
                    Outcome(kind="refused", message="no", faults=(f"lines[{index}].text",)) for _ in writes
                ]
        return await self.inner.write(writes)


def test_w12_one_bad_line_is_refused_alone() -> None:
    desk = Desk()
    manifest = manifest_of()
    picky = nested(Picky(desk.connector._inner), manifest, "mine")  # type: ignore[attr-defined]
    first, second, _ = desk.seen()
    outcomes = asyncio.run(picky.write([edit(first, text="bad"), edit(second, text="good")]))
    assert [(outcome.kind, outcome.faults) for outcome in outcomes] == [("refused", ("text",)), ("done", ())]
    assert [line["text"] for line in desk.lines()] == ["line 1", "good", "line 3"]


def test_lines_that_can_not_be_told_apart_stop_their_entity_type() -> None:
    desk = Desk()
    desk.change(2, no=1)
    with pytest.raises(StopEntityType, match=r"mine\.Line: o1 has two lines with one id"):
        desk.seen()


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ({"inside": {"type": "Other", "property": "order"}}, "Other is not here"),
        ({"inside": {"type": "Line", "property": "order"}}, "Line is inside another one itself"),
        (
            {"inside": {"type": "Order", "property": "parent"}},
            "parent tells which Order a record is inside of",
        ),
        ({"path": "note"}, "note of Order is a property, and a list of records"),
        ({"update": "replace"}, "a record inside another is changed in its place"),
        ({"conditional": "If-Match"}, "conditional follows from Order"),
    ],
)
def test_what_does_not_fit_a_line_is_said(line: dict[str, Any], what: str) -> None:
    with pytest.raises(ConfigError, match=what):
        manifest_of({**LINE, **line})


def test_lines_take_no_defaults() -> None:
    types = {"Order": ORDER, "Line": LINE}
    manifest = manifest_from(
        {"name": "x", "base_url": "http://x.test/", "defaults": {"conditional": "If-Match"}, "types": types}
    )
    assert manifest.types["Line"].conditional == ""
    told = manifest.declaration("Line", "x")
    assert (told.version, told.exact, told.recurs, told.conditional) == ("opaque", True, True, True)
    assert told.finds_create == ("key",)
    assert not told.tombstones


def test_all_else_that_a_connector_can_do_it_does_still() -> None:
    connector, _, _ = connected(manifest_of())
    assert isinstance(connector, Divided)
    assert isinstance(connector, NeedsSecrets)
    assert not isinstance(connector, Telling)
