"""OData: customers of SAP CAP over SQLite, as the draft of its metadata reaches them: each write alone, in batches, in
change sets."""

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from accord.connectorkit.manifest_load import manifest_from
from accord.connectors.odata.drafting import drafted
from accord.connectors.odata.metadata import read_metadata
from accord.connectors.rest import RestConnector
from accord.runtime.clock import SystemClock
from benchmarks.connectors.measure import Case, Counting
from tests.servers.cap import PASSWORD, USER, CapServer, Clerks

SECRETS = {"env:ERP_USER": USER, "env:ERP_PASSWORD": PASSWORD}
AUTH = {"kind": "basic", "user": "env:ERP_USER", "password": "env:ERP_PASSWORD"}
PAGE = 1_000


@asynccontextmanager
async def cases() -> AsyncIterator[list[Case]]:
    """Each with a server of its own, for it is filled."""
    servers = [CapServer(limit=PAGE) for _ in range(3)]
    try:
        batch: dict[str, Any] = {"path": "$batch", "form": "odata"}
        yield [
            _case(servers[0], "odata", None),
            _case(servers[1], "odata batches", batch),
            _case(servers[2], "odata sets", {**batch, "together": True}),
        ]
    finally:
        for server in servers:
            server.stop()


def _case(server: CapServer, name: str, batch: dict[str, Any] | None) -> Case:
    said, _ = drafted(read_metadata(server.metadata()), "erp", server.url, AUTH)
    said["defaults"]["batch"] = batch
    manifest, counter = manifest_from(said), Counter[str]()

    def connect() -> RestConnector:
        return RestConnector(
            manifest,
            system="erp",
            clock=SystemClock(),
            secrets=SECRETS.__getitem__,
            transport=Counting(counter),
        )

    def edit(ids: Sequence[str]) -> None:
        for each in ids:
            Clerks(server).person_edit("Customers", each, {"phone": "222"})

    return Case(
        name=name,
        connect=connect,
        mapping="erp.Customers",
        body=lambda n: {"name": f"Customer {n}", "email": f"c{n}@example.com", "phone": str(n)},
        change={"phone": "333"},
        people_edit=edit,
        calls=lambda: counter["calls"],
    )
