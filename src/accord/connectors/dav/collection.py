"""One collection of a WebDAV server as an entity type: what changed by sync-collection, records in bulk by multiget."""

from collections.abc import AsyncIterator, Sequence
from typing import Final

from msgspec import Struct

from accord.connectorkit.http.calls import Caller
from accord.connectorkit.manifest import EntityType
from accord.connectors.dav.asking import RefusedError
from accord.connectors.dav.multistatus import preconditions, propfind, sync
from accord.connectors.dav.texts import BULK, Texts
from accord.connectors.dav.writing import Writer
from accord.core.errors import StopEntityType
from accord.core.observation import Observation, Outcome
from accord.ports.connector import Page, Write

__all__ = ["Collection"]

_PARTS: Final = 10_000
"""So often a server may say that there is more."""


class _Changes(Struct):
    """Names that are there, names that are gone, and the token of the next question."""

    there: list[str]
    gone: list[str]
    token: str


class Collection:
    """See the module."""

    def __init__(self, name: str, it: EntityType, base_url: str, caller: Caller) -> None:
        self._texts = Texts(name, it, base_url, caller)
        self._it, self._now_us = it, caller.clock.now_us
        self._writer = Writer(self._texts)

    async def read(self, mapping: str, cursor: str, *, full: bool) -> AsyncIterator[Page]:
        """See `Connector`."""
        token = "" if full else cursor
        if self._it.changes is None or (full and cursor):
            found, how = _Changes(await self._names(), [], cursor if full else ""), "listing"
        else:
            found, is_feed = await self._since(token)
            how = "feed" if is_feed else "listing"
        held = [_gone(mapping, name, self._now_us()) for name in found.gone] if how == "feed" else []
        for start in range(0, len(found.there), BULK):
            texts = await self._texts.get(found.there[start : start + BULK])
            if held and start:
                yield Page(observations=held, cursor=cursor)
                held = []
            held += self._texts.observed(mapping, texts.values(), "feed" if how == "feed" else "listing")
        yield Page(observations=held, cursor=found.token)

    async def fetch(self, mapping: str, ids: Sequence[str]) -> list[Observation]:
        """See `Connector`."""
        texts = await self._texts.get(ids)
        seen = {each.id: each for each in self._texts.observed(mapping, texts.values(), "fetch")}
        now_us = self._now_us()
        return [
            seen.get(each)
            or Observation(mapping=mapping, id=each, how="fetch", asked_us=now_us, gone="missing")
            for each in ids
        ]

    async def write(self, writes: Sequence[Write]) -> list[Outcome]:
        """See `Connector`."""
        return await self._writer.write(writes)

    # inside

    async def _names(self) -> list[str]:
        """All that are there."""
        told, _ = await self._texts.ask("PROPFIND", propfind("d:getetag"), depth="1")
        return [
            name for member in told.members if (name := self._texts.name_of(member)) and member.status == 200
        ]

    async def _since(self, token: str) -> tuple[_Changes, bool]:
        """What changed since a token, and whether the server knew it; all that is there where it did not."""
        try:
            return await self._synced(token), bool(token)
        except RefusedError as error:
            told = preconditions(error.response.body)
            expired = "valid-sync-token" in told or error.response.status in (403, 409, 410, 412)
            if not (token and expired):
                raise
        return await self._synced(""), False

    async def _synced(self, token: str) -> _Changes:
        """The last word on each name counts; a server may tell in parts (507)."""
        last: dict[str, bool] = {}
        for _ in range(_PARTS):
            told, _ = await self._texts.ask("REPORT", sync(token))
            has_more = False
            for member in told.members:
                name = self._texts.name_of(member)
                if name:
                    last[name] = member.status not in (404, 410)
                has_more = has_more or member.status == 507
            if not told.token or (has_more and told.token == token):
                raise StopEntityType(
                    f"{self._texts.name}: the server tells no token of what it told",
                    remedy="Remove changes and tombstones of the entity type from the manifest: all is read each time",
                )
            token = told.token
            if not has_more:
                break
        there = [name for name, is_there in last.items() if is_there]
        return _Changes(there, [name for name, is_there in last.items() if not is_there], token)


def _gone(mapping: str, name: str, asked_us: int) -> Observation:
    return Observation(mapping=mapping, id=name, how="feed", asked_us=asked_us, gone="deleted", proven=True)
