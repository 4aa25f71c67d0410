"""What the worlds of a project found: tokens that end, requests that come twice, plans of newcomers (C5, W3, G6)."""

import asyncio
from random import Random

import pytest
from hypothesis import given, settings, strategies as st

from accord.connectorkit.manifest_load import load_manifest
from accord.ports.connector import Write
from accord.project.load import CONNECTORS
from accord.simulate.connecting import Connecting
from accord.simulate.transport import Latency
from accord.testing.connector_contract import PlayedClock
from accord.testing.system_model import Quirks, SystemModel
from tests.unit.core.test_confirm import creating
from tests.unit.runtime.office import Office

CRM = load_manifest(CONNECTORS / "crmoffice" / "manifest.yaml")
ERP = load_manifest(CONNECTORS / "customerp" / "manifest.yaml")


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), pause_s=st.sampled_from([0, 700, 4000]))
def test_c5_a_token_that_ended_is_renewed_once_however_many_calls_bore_it(seed: int, pause_s: int) -> None:
    clock = PlayedClock()
    connecting = Connecting(latency=Latency(least_s=0.1, most_s=0.3))
    model = SystemModel(
        CRM, clock=clock.now_us, quirks={"Contacts": Quirks(expires=0.05)}, random=Random(seed)
    )
    connector = connecting("crm", model, clock, Random(seed))

    async def run() -> None:
        for batch in range(2):
            keys = [f"{batch}-{number}" for number in range(20)]
            await connector.write(
                [Write(mapping="crm.Contacts", kind="create", body={"givenName": k}, key=k) for k in keys]
            )
            clock.pass_s(pause_s)

    asyncio.run(run())
    assert connecting.broken == []
    assert connecting.tokens["crm"] <= model.struck["expires"] + 2


def test_w3_a_create_whose_request_comes_twice_is_one_record_and_is_found() -> None:
    """The system answers the second request with a clash of our own id: the first one made it."""
    clock = PlayedClock()
    model = SystemModel(ERP, clock=clock.now_us, quirks={"Contact": Quirks(doubles=1.0)})
    connector = Connecting()("erp", model, clock, Random(1))

    async def run() -> None:
        write = Write(mapping="erp.Contact", kind="create", body={"firstName": "Ada"}, key="ours")
        outcome = (await connector.write([write]))[0]
        assert outcome.kind == "unknown"
        found = await connector.search("erp.Contact", "ours", 0)
        assert found is not None
        assert [o.our_id for o in found] == ["ours"]

    asyncio.run(run())
    assert len(model.tables()["Contact"]) == 1


@given(message=st.sampled_from(["no", ""]), denied=st.booleans())
def test_w3_lost_rights_prove_nothing_about_an_earlier_sending(message: str, denied: bool) -> None:
    """A create of unknown outcome is sent again under its key: a refusal is of both, unless the account lost rights."""
    it = creating()
    it.answers("erp", "unknown", at=21)
    it.link("erp").open.sendings = 2
    it.answers("erp", "refused", at=22, message=message, denied=denied)
    assert (it.link("erp").open is not None, it.link("erp").generation) == (denied, 0 if denied else 1)


@pytest.mark.parametrize("system", ["crm", "erp"])
def test_g6_a_plan_lists_the_create_of_what_was_entered_since_the_last_run(system: str) -> None:
    office = Office()
    office.crm.add("Company", name="Acme")
    office.sync()
    getattr(office, system).add("Company", name="New")
    assert sum(office.plan().creates.values()) == 1
