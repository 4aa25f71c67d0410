"""OData against a real server: SAP CAP (tests/servers/cap.py)."""

import asyncio
import shutil
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
import yaml
from msgspec.structs import replace

from accord.connectorkit.drafting import Asked, Draft, find_drafter
from accord.connectorkit.manifest import Manifest
from accord.connectorkit.manifest_load import manifest_from
from accord.connectorkit.paths import get_at
from accord.connectors.odata.metadata import read_metadata
from accord.connectors.rest import RestConnector
from accord.core.observation import Observation
from accord.core.state import WriteKind
from accord.ports.connector import Write
from accord.testing.connector_contract import ConnectorContract, RealClock, Rig
from tests.servers.cap import PASSWORD, USER, CapServer, Clerks
from tests.systems.scenario import Scenario

EXAMPLE = Path(__file__).parents[2] / "examples" / "odata"
SECRETS = {"env:ERP_USER": USER, "env:ERP_PASSWORD": PASSWORD}


@cache
def running() -> CapServer:
    """One server for all tests of this module; its pages hold three records."""
    return CapServer(limit=3)


@pytest.fixture(scope="module", autouse=True)
def _stopped() -> Iterator[None]:
    drafted()  # before a test is in an event loop
    yield
    drafted.cache_clear()
    running().stop()
    running.cache_clear()


def draft() -> Draft:
    """What `accord connect odata` makes of it."""
    drafter = find_drafter("odata")
    assert drafter is not None
    flags = {"user": "env:ERP_USER", "password": "env:ERP_PASSWORD"}
    return drafter.make(
        Asked(target=running().url, name="erp", folder=Path(), flags=flags, secrets=SECRETS.__getitem__)
    )


@cache
def drafted() -> dict[str, Any]:
    """The draft, with tests' patience."""
    manifest: dict[str, Any] = yaml.safe_load(yaml.safe_dump(draft().manifest))
    manifest["defaults"] |= {"max_request_s": 5, "confirm_s": 0.1, "clock_error_s": 1.5}
    for it in manifest["types"].values():
        if "lag_s" in it:
            it["lag_s"] = 0.1
    return manifest


def manifest(**settings: Any) -> Manifest:
    """The draft, with other settings of all types."""
    said = drafted()
    return manifest_from({**said, "types": {n: {**it, **settings} for n, it in said["types"].items()}})


def connector(it: Manifest) -> RestConnector:
    return RestConnector(it, system="erp", clock=RealClock(), secrets=SECRETS.__getitem__)


@asynccontextmanager
async def rig(name: str, it: Manifest) -> AsyncIterator[Rig]:
    running().empty()
    reached = connector(it)
    try:
        yield Rig(
            connector=reached,
            mapping=f"erp.{name}",
            it=it.types[name],
            people=Clerks(running()),
            clock=RealClock(),
            nobody="00000000-0000-4000-8000-00000000dead",
        )
    finally:
        await reached.close()


class TestCustomers(ConnectorContract):
    """Keys that the service makes, ETags, a filter on modification times, three records a page."""

    def rig(self) -> Any:
        """See `Playing`."""
        return rig("Customers", manifest())


# what is special


async def read_all(reached: RestConnector, name: str) -> dict[str, Observation]:
    pages = [page async for page in reached.read(f"erp.{name}", "", full=True)]
    return {o.id: o for page in pages for o in page.observations}


def with_connector(act: Callable[[RestConnector, Clerks], Awaitable[None]], **settings: Any) -> None:
    """Over an empty system."""

    async def run() -> None:
        running().empty()
        reached = connector(manifest(**settings))
        try:
            await act(reached, Clerks(running()))
        finally:
            await reached.close()

    asyncio.run(run())


def write(name: str, kind: WriteKind, **said: Any) -> Write:
    return Write(mapping=f"erp.{name}", kind=kind, **said)


def test_keys_of_text_stand_between_quotes() -> None:
    """Whatever they hold."""
    skus = ["plain", "it's", "a/b c?d&e=f", "Ærø #1 %20"]

    async def act(reached: RestConnector, _: Clerks) -> None:
        creates = [write("Items", "create", body={"sku": sku, "title": "new"}, key=sku) for sku in skus]
        assert [o.kind for o in await reached.write(creates)] == ["done"] * 4
        seen = await read_all(reached, "Items")
        assert sorted(seen) == sorted(skus)
        edits = [
            write("Items", "update", id=i, body={"title": "ours"}, version=o.version) for i, o in seen.items()
        ]
        assert [o.kind for o in await reached.write(edits)] == ["done"] * 4
        fetched = await reached.fetch("erp.Items", skus)
        assert [(o.id, get_at(o.payload, "title")) for o in fetched] == [(sku, "ours") for sku in skus]
        assert (await reached.write([write("Items", "delete", id="it's")]))[0].kind == "done"
        assert (await reached.fetch("erp.Items", ["it's"]))[0].gone == "missing"

    with_connector(act)


def test_w2_an_edit_between_our_reading_and_our_write_stops_it() -> None:
    """Alone and in a batch; and where a version has to be named and is not, it is read first (428)."""

    async def act(reached: RestConnector, people: Clerks) -> None:
        ids = [people.person_create("Customers", {"name": f"c{n}"}).id for n in range(3)]
        seen = await read_all(reached, "Customers")
        people.person_edit("Customers", ids[0], {"phone": "1"})
        edits = [
            write("Customers", "update", id=i, body={"name": "ours"}, version=seen[i].version) for i in ids
        ]
        assert [o.kind for o in await reached.write(edits)] == ["moved", "done", "done"]
        assert (await reached.write(edits[:1]))[0].kind == "moved"
        unnamed = write("Customers", "update", id=ids[2], body={"name": "again"})
        assert (await reached.write([unnamed]))[0].kind == "moved"
        table = people.tables()["Customers"]
        assert [table[i]["name"] for i in ids] == ["c0", "ours", "ours"]

    one = {"operations": {"one": "Customers({id})"}}
    with_connector(act, **one)


@pytest.mark.parametrize("together", [False, True])
def test_w12_one_bad_write_of_a_change_set_leaves_the_others_done_once(together: bool) -> None:
    """This server answers 201 for what it rolled back: who believed it would lose four records."""

    async def act(reached: RestConnector, people: Clerks) -> None:
        names = ["a", "b", None, "d", "e"]
        creates = [write("Customers", "create", body={"name": n}, key=str(k)) for k, n in enumerate(names)]
        told = await reached.write(creates)
        assert [o.kind for o in told] == ["done", "done", "refused", "done", "done"]
        assert told[2].faults == ("name",)
        made = {o.observation.id for o in told if o.observation}
        table = people.tables()["Customers"]
        assert set(table) == made
        assert sorted(row["name"] for row in table.values()) == ["a", "b", "d", "e"]

    with_connector(act, batch={"path": "$batch", "form": "odata", "together": together})


def test_s8_a_page_that_slides_while_it_is_read_loses_no_record() -> None:
    """Links of this server count records. One of the first page is deleted before the second is asked for."""

    async def lost(counts: bool) -> int:
        running().empty()
        page = {**drafted()["defaults"]["page"], "counts": counts}
        reached, people = connector(manifest(page=page)), Clerks(running())
        ids = {people.person_create("Customers", {"name": f"c{n}"}).id for n in range(9)}
        seen: set[str] = set()
        pages = reached.read("erp.Customers", "", full=True)
        gone = ""
        async for each in pages:
            seen |= {o.id for o in each.observations}
            if not gone:
                gone = each.observations[0].id
                people.person_delete("Customers", gone)
        await reached.close()
        return len(ids - seen)

    assert asyncio.run(lost(counts=True)) == 0
    assert asyncio.run(lost(counts=False)) == 1  # what it is for


def test_nested_values_come_with_expand() -> None:
    """Lines inside an order, in listings and when it is read alone."""

    async def act(reached: RestConnector, people: Clerks) -> None:
        order = {"number": "A1", "lines": [{"position": 1, "quantity": "2.5"}, {"position": 2}]}
        made = people.person_create("Orders", order).id
        for seen in (
            (await read_all(reached, "Orders"))[made],
            (await reached.fetch("erp.Orders", [made]))[0],
        ):
            lines = get_at(seen.payload, "lines")
            assert isinstance(lines, list)
            assert [line["position"] for line in lines] == [1, 2]

    expand = {
        "listing": {"query": {"$expand": "lines"}},
        "operations": {
            "one": "Orders({id})",
            "read": {"method": "GET", "path": "Orders({id})?$expand=lines"},
        },
    }
    with_connector(act, **expand)


def test_the_draft_says_what_metadata_tell() -> None:
    """Types, keys, references, what may be written, what is promised of versions."""
    it = manifest().types
    assert set(it) == {"Customers", "Contacts", "Items", "Stock", "Orders", "Lines", "Units"}
    assert it["Stock"].id.parts == {"item_sku": "text", "place": "text"}
    customers = it["Customers"].properties
    assert (customers["name"].required, customers["name"].max_length) == (True, 80)
    assert (customers["creditLimit"].type, customers["creditLimit"].scale) == ("decimal", 2)
    assert customers["currency"].enum == ("EUR", "NOK", "SEK", "USD")
    assert customers["blocked"].default is False
    assert customers["modifiedAt"].read_only
    assert it["Contacts"].properties["customer_ID"].reference == "Customers"
    assert it["Orders"].properties["number"].create_only
    assert it["Items"].properties["sku"].required
    assert it["Customers"].conditional == "If-Match"
    assert not it["Lines"].conditional
    assert it["Units"].operation("create") is it["Units"].operation("delete") is None
    assert it["Units"].id.type == "integer"
    assert all(each.tombstones is None for each in it.values())


def test_the_example_lives_with_a_real_server(tmp_path: Path) -> None:
    """Both ways, a conflict, deletes found by sweeps, crashes, the checklist."""
    running().empty()
    example = Path(shutil.copytree(EXAMPLE, tmp_path / "example"))
    text = (example / "erp.yaml").read_text(encoding="utf-8")
    said = yaml.safe_load(text)
    said["defaults"] |= {"max_request_s": 1, "confirm_s": 0.1}
    for it in said["types"].values():
        it |= {"lag_s": 0.1, "sweep_s": 0}
    (example / "erp.yaml").write_text(yaml.safe_dump(said, sort_keys=False), encoding="utf-8")
    with Scenario(
        example=example,
        folder=tmp_path,
        system="erp",
        name="Contacts",
        url=running().url,
        people=Clerks(running()),
        body=lambda n: {"firstName": f"Given {n}", "lastName": f"Text {n}", "email": f"p{n}@example.com"},
        key="email",
        text="lastName",
        environment={"ERP_USER": USER, "ERP_PASSWORD": PASSWORD},
    ) as it:
        it.play()


def test_records_that_bear_etags_are_seen_where_none_is_promised() -> None:
    """Metadata of many services are silent on them. Here those of customers are, and the records are not."""
    Clerks(running()).person_create("Customers", {"name": "one"})
    service = read_metadata(running().metadata())
    silent = [
        replace(it, terms={n: v for n, v in it.terms.items() if n != "Core.OptimisticConcurrency"})
        for it in service.sets
    ]
    with patch(
        "accord.connectors.odata.asking.read_metadata", lambda _: replace(service, sets=tuple(silent))
    ):
        types = manifest_from(draft().manifest or {}).types
    assert types["Customers"].conditional == "If-Match"
    assert "bear ETags" in str(types["Customers"].assumed)
    assert not types["Units"].conditional


def test_keys_of_several_properties_are_one_id() -> None:
    """Made, listed, read alone, changed under its version; here they can not be deleted."""
    places = ["A", "it's/ b=1,c"]

    async def act(reached: RestConnector, _: Clerks) -> None:
        stamp = str(time.time_ns())
        creates = [
            write("Stock", "create", body={"item_sku": stamp, "place": place, "quantity": 1}, key=place)
            for place in places
        ]
        told = await reached.write(creates)
        assert [o.kind for o in told] == ["done", "done"]
        ids = [o.observation.id for o in told if o.observation]
        assert ids == [f"item_sku='{stamp}',place='A'", f"item_sku='{stamp}',place='it''s/ b=1,c'"]
        seen = await read_all(reached, "Stock")
        assert set(ids) <= set(seen)
        edits = [write("Stock", "update", id=i, body={"quantity": 2}, version=seen[i].version) for i in ids]
        assert [o.kind for o in await reached.write(edits)] == ["done", "done"]
        assert [o.kind for o in await reached.write(edits)] == ["moved", "moved"]
        assert [get_at(o.payload, "quantity") for o in await reached.fetch("erp.Stock", ids)] == [2, 2]
        nobody = f"item_sku='{stamp}',place='Z'"
        assert (await reached.fetch("erp.Stock", [nobody]))[0].gone == "missing"

    with_connector(act)
