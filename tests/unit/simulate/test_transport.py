"""The in-memory transport: what is lost is lost, and time passes by the played clock alone."""

import asyncio
import time
from random import Random
from typing import Any

import pytest

from accord.connectorkit.http import NoAnswer, Request
from accord.connectorkit.manifest_load import manifest_from
from accord.sandbox import Sandbox
from accord.simulate.transport import FaceTransport, Latency
from accord.testing.connector_contract import PlayedClock
from accord.testing.system_model import Quirks

PEOPLE: dict[str, Any] = {
    "path": "/people",
    "properties": {"name": {}},
    "update": "patch",
    "page": {"style": "none", "items": "items"},
    "max_request_s": 8,
}
MANIFEST = manifest_from(
    {"name": "played", "base_url": "http://played.test/api", "types": {"Person": PEOPLE}}
)
LIST = Request(method="GET", url="http://played.test/api/people")
MAKE = Request(method="POST", url="http://played.test/api/people", body=b'{"name": "A"}', timeout_s=8)


class Played:
    def __init__(self, seed: int = 0, latency: Latency | None = None) -> None:
        self.clock = PlayedClock()
        self.sandbox = Sandbox(MANIFEST, clock=self.clock.now_us)
        self.transport = FaceTransport(self.sandbox.face, self.clock, random=Random(seed), latency=latency)

    def send(self, request: Request) -> Any:
        return asyncio.run(self.transport.send(request))

    def quirks(self, **settings: Any) -> None:
        self.sandbox.model.quirks["Person"] = Quirks(**settings)

    def names(self) -> list[str]:
        return [body["name"] for body in self.sandbox.model.tables()["Person"].values()]


def test_a_call_takes_played_time_alone() -> None:
    played = Played(latency=Latency(least_s=2000, most_s=2000))
    began_us, began_s = played.clock.now_us(), time.monotonic()
    assert played.send(LIST).status == 200
    assert played.clock.now_us() - began_us == 2_000_000_000
    assert time.monotonic() - began_s < 5


@pytest.mark.parametrize(("quirk", "names"), [("lost_before", []), ("lost_after", ["A"])])
def test_w3_a_lost_reply_is_no_answer_whatever_became_of_the_write(quirk: str, names: list[str]) -> None:
    played = Played()
    played.quirks(**{quirk: 1.0})
    with pytest.raises(NoAnswer):
        played.send(MAKE)
    assert played.names() == names


def test_w4_a_request_that_was_given_up_lands_later() -> None:
    """Somewhere among a few seeds the caller gives up before the write lands."""
    late = 0
    for seed in range(20):
        played = Played(seed)
        played.quirks(late=1.0)
        with pytest.raises(NoAnswer):
            played.send(MAKE)
        late += played.names() == []
        played.clock.pass_s(8)
        assert played.names() == ["A"]
    assert 3 <= late <= 17


def test_a_caller_waits_for_nothing_longer_than_it_said() -> None:
    waited = set()
    for seed in range(20):
        played = Played(seed)
        played.quirks(lost_before=1.0)
        began_us = played.clock.now_us()
        with pytest.raises(NoAnswer):
            played.send(MAKE)
        waited.add((played.clock.now_us() - began_us) // 1_000_000)
    assert waited == {0, 8}  # 0.0 and 0.8 s, and all of its patience


def test_a_connection_that_breaks_is_noticed_at_once() -> None:
    played = Played()
    played.quirks(dropped=1.0)
    began_us = played.clock.now_us()
    with pytest.raises(NoAnswer):
        played.send(LIST)
    assert played.clock.now_us() == began_us


def test_what_is_asked_for_is_watched() -> None:
    played, seen = Played(), []
    played.transport.watch = lambda request, status: seen.append((request.method, status))
    played.send(LIST)
    played.quirks(lost_after=1.0)
    with pytest.raises(NoAnswer):
        played.send(MAKE)
    assert seen == [("GET", 200), ("POST", 0)]
