"""Systems that tell of changes over a connection of their own (S9)."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence

from accord.core.errors import RetryLater
from accord.ports.abilities import Hint
from accord.serving.agenda import Hinted
from accord.serving.listening import listened
from accord.serving.telling import Tell


class Told:
    """A connector whose connections come to their end one after the other."""

    def __init__(self, *connections: list[list[Hint]]) -> None:
        self.connections = list(connections)
        self.silent = asyncio.Event()

    async def told(self) -> AsyncIterator[Sequence[Hint]]:
        if not self.connections:
            self.silent.set()
            await asyncio.Event().wait()
        hints = self.connections.pop(0)
        if not hints:
            raise RetryLater("it is down", after_s=1)
        for each in hints:
            yield each


def heard(told, caplog):
    """What was hinted at, how long it waited, and what was said."""
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    class Noted(Hinted):
        def take(self, entity_type, record_id="", version=""):
            taken.append((entity_type, record_id))

    taken: list[tuple[str, str]] = []

    async def run() -> None:
        quiet = object()
        connectors = {"erp": told, "crm": quiet}
        async with listened(connectors, lambda _: ["Order", "Person"], Noted(), Tell(), sleep=sleep):
            await told.silent.wait()

    with caplog.at_level(logging.INFO, logger="accord.serving"):
        asyncio.run(run())
    return taken, waits, [record.getMessage() for record in caplog.records]


def test_s9_what_is_told_is_a_hint_and_all_is_listed_when_it_begins(caplog):
    told = Told([[], [Hint("Order", "7"), Hint("Other", "8")], [Hint("Person"), Hint("Person")]])
    taken, waits, said = heard(told, caplog)
    assert taken == [("erp.Order", ""), ("erp.Person", ""), ("erp.Order", "7"), ("erp.Person", "")]
    assert waits == [1.0]
    assert said[0] == "erp tells of changes by itself"
    assert "the connection has ended" in said[1]


def test_s9_a_connection_is_made_anew_and_that_it_is_gone_is_told_once(caplog):
    taken, waits, said = heard(Told([], [], [], [[]], []), caplog)
    assert taken == [("erp.Order", ""), ("erp.Person", "")]
    assert waits == [1.0, 2.0, 4.0, 1.0, 2.0]
    assert [text.partition(",")[0] for text in said] == [
        "erp tells of no changes",
        "erp tells of changes by itself",
        "erp tells of no changes",
    ]
