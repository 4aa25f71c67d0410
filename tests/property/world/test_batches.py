"""Laws of batches: the real connector and a played system, without sockets (W3, W12)."""

import asyncio
from random import Random
from typing import Any

import pytest
from hypothesis import Phase, given, settings, strategies as st

from accord.connectorkit.manifest_load import manifest_from
from accord.connectors.rest import RestConnector
from accord.ports.connector import Write
from accord.sandbox import Sandbox
from accord.simulate.transport import FaceTransport
from accord.testing.connector_contract import PlayedClock
from accord.testing.system_model import Quirks

few = settings(max_examples=30, deadline=None, phases=(Phase.explicit, Phase.generate))


class Played:
    """A system that takes at most so many writes in one call."""

    def __init__(self, at_most: int = 3, stated: dict[str, Any] | None = None, **unlike: Any) -> None:
        """With `stated`, what the connector is told of batches, in spite of what the system takes."""
        person = {
            "path": "/people",
            "properties": {"name": {"max_length": 8}, "city": {}},
            "id": {"property": "id", "type": "integer"},
            "version": {"property": "rev", "etag": True, "order": "ordered", "exact": True},
            "conditional": "If-Match",
            "update": "patch",
            "page": {"style": "none", "items": "items"},
            "errors": {"message": "errors[].detail", "property": "errors[].field"},
            "idempotency": {"valid_s": 3600},
            "batch": {"path": "/people/batch", "at_most": at_most},
            **unlike,
        }
        base = "http://played.test/api"
        manifest = manifest_from({"name": "played", "base_url": base, "types": {"Person": person}})
        believed = {**person, "batch": {**person["batch"], **(stated or {})}}
        self.clock = PlayedClock()
        self.sandbox = Sandbox(manifest, clock=self.clock.now_us)
        transport = FaceTransport(self.sandbox.face, self.clock, random=Random(1))
        self.calls: list[str] = []
        transport.look = lambda request: self.calls.append(
            f"{request.method} {request.url.rpartition('/api')[2]}"
        )
        self.connector = RestConnector(
            manifest_from({"name": "played", "base_url": base, "types": {"Person": believed}}),
            system="crm",
            clock=self.clock,
            secrets=lambda name: name,
            transport=transport,
            retries=0,
        )

    def write(self, writes: list[Write]) -> list[Any]:
        return asyncio.run(self.connector.write(writes))

    def names(self) -> list[str]:
        return sorted(
            row["name"] for row in self.sandbox.model.tables()["Person"].values() if not row.get("deleted")
        )


def create(number: int, *, bad: bool = False) -> Write:
    name = f"N{number}" + " is far too long" * bad
    return Write(mapping="crm.Person", kind="create", body={"name": name}, key=f"k{number}")


@few
@given(st.lists(st.booleans(), max_size=8), st.integers(1, 4))
def test_w12_one_bad_record_of_a_batch_fails_alone(bad: list[bool], at_most: int) -> None:
    it = Played(at_most)
    outcomes = it.write([create(number, bad=wrong) for number, wrong in enumerate(bad)])
    assert [outcome.kind for outcome in outcomes] == ["refused" if wrong else "done" for wrong in bad]
    assert [outcome.faults for outcome in outcomes if outcome.kind == "refused"] == [("name",)] * sum(bad)
    assert it.names() == [f"N{number}" for number, wrong in enumerate(bad) if not wrong]
    for number, outcome in enumerate(outcomes):
        if outcome.kind == "done":
            assert (outcome.observation.payload["name"], outcome.observation.how) == (f"N{number}", "reply")
            assert outcome.observation.version is not None
    wanted = len(bad) if at_most == 1 else -(-len(bad) // at_most)
    assert len(it.calls) == wanted


def test_w12_all_kinds_go_together_and_name_their_versions() -> None:
    it = Played(10)
    first = it.write([create(n) for n in range(3)])
    ids, versions = ([getattr(o.observation, name) for o in first] for name in ("id", "version"))
    it.calls.clear()
    it.sandbox.model.person_edit("Person", ids[2], {"city": "Oslo"})
    outcomes = it.write(
        [
            Write(mapping="crm.Person", kind="update", id=ids[0], body={"city": "Rome"}, version=versions[0]),
            Write(mapping="crm.Person", kind="delete", id=ids[1], version=versions[1]),
            Write(mapping="crm.Person", kind="update", id=ids[2], body={"city": "Rome"}, version=versions[2]),
            create(7),
        ]
    )
    assert [outcome.kind for outcome in outcomes] == ["done", "done", "moved", "done"]
    assert it.calls == ["POST /people/batch"]


@few
@given(st.integers(2, 5))
def test_w3_w12_a_batch_whose_answer_is_lost_is_of_unknown_outcome_and_made_once(count: int) -> None:
    it = Played(10)
    it.sandbox.model.quirks["Person"] = Quirks(lost_after=1.0)
    writes = [create(number) for number in range(count)]
    assert {outcome.kind for outcome in it.write(writes)} == {"unknown"}
    it.sandbox.model.quirks["Person"] = Quirks()
    assert {outcome.kind for outcome in it.write(writes)} == {"done"}
    assert it.names() == [f"N{number}" for number in range(count)]


def test_w12_a_batch_that_is_refused_whole_is_sent_one_by_one() -> None:
    it = Played(10, {"items": "x"})
    assert [outcome.kind for outcome in it.write([create(1), create(2, bad=True)])] == ["done", "refused"]
    assert it.calls == ["POST /people/batch", "POST /people", "POST /people"]


@pytest.mark.parametrize("unlike", [{"conditional": ""}, {}])
def test_w2_w12_what_has_to_be_compared_first_goes_alone(unlike: dict[str, Any]) -> None:
    it = Played(10, **unlike)
    first = it.write([create(n) for n in range(2)])
    it.calls.clear()
    it.write(
        [
            Write(mapping="crm.Person", kind="update", id=o.observation.id, body={"city": "Rome"},
                  version=o.observation.version)
            for o in first
        ]
    )  # fmt: skip
    assert ("POST /people/batch" in it.calls) == (not unlike)
