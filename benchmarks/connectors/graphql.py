"""GraphQL: PostGraphile over PostgreSQL, on this machine."""

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from sqlalchemy import text

from accord.connectorkit.kind import Place
from accord.connectors.graphql.connector import connector_of
from accord.runtime.clock import SystemClock
from benchmarks.connectors.measure import Case, Counting
from tests.postgres import DURABLE, open_server
from tests.servers.postgraphile import PostGraphile
from tests.systems.test_graphql import OPTIONS, POSTGRES, SqlPeople, manifest_for


@asynccontextmanager
async def cases() -> AsyncIterator[list[Case]]:
    """One table, in pages of 100."""
    with open_server(DURABLE) as database:
        people = SqlPeople(database.url(), POSTGRES)
        with PostGraphile(database) as graph:
            manifest = manifest_for(graph.url, options={**OPTIONS, "size": 100})
            counter = Counter[str]()
            place = Place(system="graph", manifest=manifest, clock=SystemClock(), secrets=str)

            def edit(ids: Sequence[str]) -> None:
                with people.engine.begin() as db:
                    for each in ids:
                        db.execute(text("UPDATE person SET note = '2' WHERE id = :id"), {"id": int(each)})

            yield [
                Case(
                    name="GraphQL",
                    connect=lambda: connector_of(place, Counting(counter)),
                    mapping="graph.Person",
                    body=lambda n: {
                        "name": f"Person {n}",
                        "note": f"p{n}@x",
                        "spare": f"Road {n}",
                        "amount": n,
                    },
                    change={"note": "333"},
                    people_edit=edit,
                    calls=lambda: counter["calls"],
                )
            ]
        people.engine.dispose()
