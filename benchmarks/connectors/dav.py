"""Address books: a collection of Radicale on this machine, in small numbers, for it lists its files for each write."""

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from accord.connectorkit.kind import Place
from accord.connectors.dav.connector import DavConnector
from accord.connectors.dav.records import Records
from accord.runtime.clock import SystemClock
from benchmarks.connectors.measure import Case, Counting
from tests.servers.radicale import PASSWORD, USER, radicale
from tests.systems.test_dav import CONTACT, manifest_for

MOST = 500
"""Records that are written: what Radicale needs for each grows with their number."""


@asynccontextmanager
async def cases() -> AsyncIterator[list[Case]]:
    """CardDAV."""
    with radicale() as server:
        path = server.collection("cards")
        manifest = manifest_for(server.url, path, CONTACT)
        records = Records(manifest.types["Record"])
        secrets = {"env:U": USER, "env:P": PASSWORD}.__getitem__
        counter = Counter[str]()
        place = Place(system="dav", manifest=manifest, clock=SystemClock(), secrets=secrets)

        def edit(ids: Sequence[str]) -> None:
            for each in ids:
                text = records.changed(server.text(path + each), {"note": "2"}, SystemClock().now_us())
                server.put(path + each, text)

        yield [
            Case(
                name="CardDAV",
                connect=lambda: DavConnector(place, Counting(counter)),
                mapping="dav.Record",
                body=lambda n: {"name": {"family": f"Person {n}"}, "email": f"p{n}@x", "note": str(n)},
                change={"note": "333"},
                people_edit=edit,
                calls=lambda: counter["calls"],
                at_most=MOST,
            )
        ]
