"""Reads of one table: what changed, everything, rows by id, creates that are looked for."""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, and_, or_

from accord.connectorkit import Observation, Page
from accord.connectorkit.observe import How
from accord.connectors.sql.database import Database
from accord.connectors.sql.local_times import on_the_wall
from accord.connectors.sql.marks import Cursor, as_written, open_transactions, present
from accord.connectors.sql.table import TypeTable
from accord.ports.clock import Clock

__all__ = ["Reader"]

_MANY = 500


class Reader:
    """Reads one entity type, `page` rows at a time."""

    def __init__(self, database: Database, at: TypeTable, clock: Clock, page: int) -> None:
        self._database, self._at, self._clock, self._page = database, at, clock, page

    async def read(self, mapping: str, cursor: str, *, full: bool) -> AsyncIterator[Page]:
        """See `Connector`."""
        changes = self._at.it.changes
        before = Cursor.read(cursor) if changes is not None else None
        token = ""
        if changes is not None:
            at, now_open = await self._moment()
            token = (before or Cursor(since=_floor(at))).passed(now_open).reached(at, now_open).token
        if full and before is not None:
            token = cursor
        since = None if full or before is None else before.since
        how: How = "feed" if before is not None and not full else "listing"
        held: list[Observation] | None = None
        async for found in self._pages(mapping, since, how):
            if held is not None:
                yield Page(observations=held, cursor=cursor)
            held = found
        yield Page(observations=held or [], cursor=token)

    async def fetch(self, mapping: str, ids: Sequence[str]) -> list[Observation]:
        """See `Connector`."""
        asked_us = self._clock.now_us()
        found: dict[str, Observation] = {}
        for start in range(0, len(ids), _MANY):
            some = list(dict.fromkeys(ids[start : start + _MANY]))
            query = self._at.select().where(self._at.is_one_of(some))
            seen = await self._rows(query, mapping, "fetch")
            found |= {each.id: each for each in seen}
        gone = {
            each: Observation(mapping=mapping, id=each, how="fetch", asked_us=asked_us, gone="missing")
            for each in ids
        }
        return [found[each] if each in found and not found[each].gone else gone[each] for each in ids]

    async def search(self, mapping: str, key: str, since_us: int) -> list[Observation] | None:
        """See `Connector`."""
        at, it = self._at, self._at.it
        if it.our_id is not None and key:
            column = at.columns[it.our_id.property]
            found = await self._rows(at.select().where(column == key), mapping, "search")
            if found or it.created is None:
                return found
        if it.created is None:
            return None
        column = at.columns[it.created.property]
        moment = datetime.fromtimestamp(since_us / 1e6 - it.clock_error_s, UTC)
        zone = it.created.zone
        if self._database.dialect == "sqlite":
            told = await self._database.run(lambda c: as_written(c, column, moment, zone))
            return await self._rows(at.select().where(at.since(column, told)), mapping, "search")
        bound = moment if getattr(column.type, "timezone", False) else on_the_wall(moment, zone)
        return await self._rows(at.select().where(at.since(column, bound.isoformat())), mapping, "search")

    # inside

    async def _moment(self) -> tuple[str | int, set[str] | None]:
        """The present, and then whose transactions are open."""
        it, column = self._at.it, self._at.news
        back_s, zone = it.lag_s + it.clock_error_s, self._at.zone_of(column)
        by_number = bool(it.changes and it.changes.format == "version")

        def look(connection: Connection) -> str | int:
            return present(connection, column, by_number=by_number, back_s=back_s, zone=zone)

        moment = await self._database.run(look)
        await self._database.wait_for_writers()
        return moment, await self._database.run(open_transactions)

    async def _pages(
        self, mapping: str, since: str | int | None, how: How
    ) -> AsyncIterator[list[Observation]]:
        """Pages in order of the key, each after the last one of the page before: new rows shift none."""
        at = self._at
        query = at.select().order_by(*at.key).limit(self._page)
        if since is not None:
            query = query.where(at.since(at.news, since))
        last: tuple[Any, ...] | None = None
        while True:
            asked_us = self._clock.now_us()
            part = query if last is None else query.where(_behind(at, last))
            rows = await self._database.run(partial(_mappings, part))
            yield [at.observed(mapping, row, how, asked_us) for row in rows]
            if len(rows) < self._page:
                return
            last = tuple(rows[-1][column.name] for column in at.key)

    async def _rows(self, query: Select[Any], mapping: str, how: How) -> list[Observation]:
        asked_us = self._clock.now_us()
        rows = await self._database.run(partial(_mappings, query))
        return [self._at.observed(mapping, row, how, asked_us) for row in rows]


def _mappings(query: Select[Any], connection: Connection) -> list[RowMapping]:
    return list(connection.execute(query).mappings())


def _behind(at: TypeTable, last: tuple[Any, ...]) -> ColumnElement[bool]:
    steps = range(len(at.key))
    same = [[c == v for c, v in zip(at.key[:n], last, strict=False)] for n in steps]
    return or_(*(and_(*same[n], at.key[n] > last[n]) for n in steps))


def _floor(at: str | int) -> str | int:
    """Before everything: where nothing is safe yet, the next read begins at the beginning."""
    return 0 if isinstance(at, int) else "1900-01-01T00:00:00"
