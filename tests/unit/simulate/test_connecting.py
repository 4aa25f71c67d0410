"""Real connectors on played systems; tokens end, and one worker gets the next one (C5)."""

import asyncio
from random import Random
from typing import Any

import pytest

from accord.connectorkit.manifest_load import load_manifest
from accord.ports.connector import Write
from accord.project.load import CONNECTORS
from accord.simulate.connecting import Connecting
from accord.simulate.transport import Latency
from accord.testing.connector_contract import PlayedClock
from accord.testing.system_model import Quirks, SystemModel

CRM = load_manifest(CONNECTORS / "crmoffice" / "manifest.yaml")


class Played:
    def __init__(self, **quirks: Any) -> None:
        self.clock = PlayedClock()
        self.connecting = Connecting(latency=Latency(least_s=0.1, most_s=0.3))
        self.model = SystemModel(CRM, clock=self.clock.now_us, quirks={"Contacts": Quirks(**quirks)})
        self.connector = self.connecting("crm", self.model, self.clock, Random(1))

    async def write(self, *names: str) -> list[str]:
        writes = [
            Write(mapping="crm.Contacts", kind="create", body={"givenName": n}, key=f"key{n}") for n in names
        ]
        return [outcome.kind for outcome in await self.connector.write(writes)]


def test_c5_a_token_that_ended_is_renewed_once_however_many_calls_bore_it() -> None:
    played = Played()

    async def run() -> None:
        assert set(await played.write(*map(str, range(12)))) == {"done"}
        assert played.connecting.tokens["crm"] == 1
        played.clock.pass_s(3600)
        assert set(await played.write(*map(str, range(12, 40)))) == {"done"}

    asyncio.run(run())
    assert played.connecting.tokens["crm"] == 2
    assert played.connecting.broken == []


@pytest.mark.parametrize("seed", range(5))
def test_c5_tokens_that_end_at_any_moment_cost_a_refresh_and_nothing_else(seed: int) -> None:
    played = Played(expires=0.1)
    played.connector = played.connecting("crm", played.model, played.clock, Random(seed))
    ended = asyncio.run(played.write(*map(str, range(40))))
    assert ended.count("done") > 30
    made = [body["givenName"] for body in played.model.tables()["Contacts"].values()]
    assert len(made) == len(set(made)) == ended.count("done")
    assert played.connecting.tokens["crm"] <= played.model.struck["expires"] + 1
    assert played.connecting.broken == []


def test_calls_are_counted() -> None:
    played = Played()
    asyncio.run(played.write("a"))
    assert played.connecting.asked == {"POST 200": 1, "POST 201": 1}
