"""Address books: a collection of Radicale and one of Xandikos on this machine, in small numbers, for Radicale lists its
files for each write. Other programs edit with vobject."""

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from accord.connectorkit.kind import Place
from accord.connectors.dav.connector import DavConnector
from accord.runtime.clock import SystemClock
from benchmarks.connectors.measure import Case, Counting
from tests.servers.dav_people import Owner
from tests.servers.dav_server import DavServer
from tests.servers.radicale import PASSWORD, USER, radicale
from tests.servers.xandikos import xandikos
from tests.systems.test_dav import CONTACT, manifest_for

MOST = 500
"""Records that are written: what Radicale needs for each grows with their number."""


@asynccontextmanager
async def cases() -> AsyncIterator[list[Case]]:
    """CardDAV of both."""
    with radicale() as one, xandikos() as other:
        yield [_case("CardDAV", one, 8), _case("with Xandikos", other, 1)]


def _case(name: str, server: DavServer, concurrent: int) -> Case:
    path = server.collection("cards")
    manifest = manifest_for(server.url, path, CONTACT, {"concurrent": concurrent})
    secrets = {"env:U": USER, "env:P": PASSWORD}.__getitem__
    counter = Counter[str]()
    place = Place(system="dav", manifest=manifest, clock=SystemClock(), secrets=secrets)
    owner = Owner(server, path)

    def edit(ids: Sequence[str]) -> None:
        for each in ids:
            owner.person_edit("Record", each, {"note": "2"})

    return Case(
        name=name,
        connect=lambda: DavConnector(place, Counting(counter)),
        mapping="dav.Record",
        body=lambda n: {"name": {"family": f"Person {n}"}, "email": f"p{n}@x", "note": str(n)},
        change={"note": "333"},
        people_edit=edit,
        calls=lambda: counter["calls"],
        at_most=MOST,
    )
