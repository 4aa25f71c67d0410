"""Reads of one table whose changes and deletes the log of PostgreSQL tells (logical decoding)."""

import logging
from collections.abc import AsyncIterator
from typing import Final

from sqlalchemy import Connection

from accord.connectorkit import Observation, Page
from accord.connectors.sql.database import Database
from accord.connectors.sql.options import LogOptions
from accord.connectors.sql.reading import Reader
from accord.connectors.sql.slot import Mark, Slot, Standing, Touched, settled
from accord.connectors.sql.table import TypeTable
from accord.ports.clock import Clock

__all__ = ["LogReader"]

log: Final = logging.getLogger("accord.sql")


class LogReader(Reader):
    """Reads one entity type. The log names rows; what stands in them is read from the table, so that it does not matter
    how often, or in what order, they are named, or that the log leaves long values out."""

    def __init__(
        self, database: Database, at: TypeTable, clock: Clock, page: int, options: LogOptions
    ) -> None:
        super().__init__(database, at, clock, page)
        self._options, self._what = options, f"{at.system}.{at.name}"
        self._slot = Slot(self._what, at.it.path, options, [column.name for column in at.key])

    async def read(self, mapping: str, cursor: str, *, full: bool) -> AsyncIterator[Page]:
        """See `Connector`. A slot that is gone, or was moved on by somebody else, is an expired cursor."""
        standing = await self._database.run(self._slot.look)
        mark = Mark.read(cursor, self._options.slot)
        if mark is not None and (why := _lost(mark, standing)):
            log.warning("%s: slot %s %s; all is read", self._what, self._options.slot, why)
            mark = None
        if mark is None:
            token = (await self._begun(standing)).token
        elif full:
            token = cursor
        else:
            found, token = await self._since(mark, standing)
            if not found.emptied:
                async for page in self._of(mapping, found, cursor, token):
                    yield page
                return
        held: list[Observation] | None = None
        async for some in self._pages(mapping, None, "listing"):
            if held is not None:
                yield Page(observations=held, cursor=cursor)
            held = some
        yield Page(observations=held or [], cursor=token)

    async def _begun(self, standing: Standing) -> Mark:
        """The mark where the slot begins, before a first listing; one that is not there, or was lost, is made."""
        if standing.lost:
            await self._database.run(self._slot.drop)
        if standing.confirmed is None:
            log.info(
                "%s: slot %s is made, for which the server keeps its log", self._what, self._options.slot
            )
            await self._database.run(self._slot.make)
            standing = await self._database.run(self._slot.look)
        return Mark(self._options.slot, standing.confirmed or 0)

    async def _since(self, mark: Mark, standing: Standing) -> tuple[Touched, str]:
        """What happened since a mark, and the token of the next one."""
        if standing.written <= mark.at:
            return Touched({}), mark.token
        if mark.at > (standing.confirmed or 0):
            await self._database.run(lambda c: self._slot.advance(c, mark.at))
        transactions = await self._database.run(lambda c: self._slot.peek(c, standing))
        found, whole = settled(transactions, await self._database.run(_snapshot))
        end = standing.written if whole else found.end or mark.at
        return found, Mark(mark.slot, max(end, mark.at)).token

    async def _of(self, mapping: str, found: Touched, cursor: str, token: str) -> AsyncIterator[Page]:
        deleted = {self._at.id_of_texts(key): was for key, was in found.deleted.items()}
        ids = list(deleted)
        for start in range(0, len(ids), self._page):
            some = ids[start : start + self._page]
            asked_us = self._clock.now_us()
            seen = await self._rows(self._at.select().where(self._at.is_one_of(some)), mapping, "feed")
            there = {each.id for each in seen}
            gone = [
                Observation(
                    mapping=mapping, id=each, how="feed", asked_us=asked_us, gone="deleted", proven=True
                )
                for each in some
                if deleted[each] and each not in there
            ]
            yield Page(
                observations=[*seen, *gone], cursor=token if start + self._page >= len(ids) else cursor
            )
        if not ids:
            yield Page(observations=[], cursor=token)


def _lost(mark: Mark, standing: Standing) -> str:
    """Why what happened since a mark can not be told; "" where it can."""
    if standing.confirmed is None:
        return "was given up by the server" if standing.lost else "is not there"
    if standing.confirmed > mark.at:
        return "was moved on by somebody else, or what is kept here was restored"
    return "is of a server that was restored to an earlier state" if standing.written < mark.at else ""


def _snapshot(connection: Connection) -> str:
    return str(connection.exec_driver_sql("SELECT pg_current_snapshot()::text").scalar_one())
