"""One collection of a WebDAV server as an entity type: what changed by sync-collection, records in bulk by multiget."""

import logging
from collections.abc import AsyncIterator, Iterable, Sequence
from typing import Final
from urllib.parse import quote

from msgspec import Struct

from accord.connectorkit.http.addresses import joined
from accord.connectorkit.http.calls import Caller
from accord.connectorkit.manifest import EntityType
from accord.connectorkit.observe import How, Observer
from accord.connectors.dav.asking import RefusedError, ask
from accord.connectors.dav.lines import BadTextError
from accord.connectors.dav.multistatus import (
    CALENDARS,
    CARDS,
    Member,
    Multistatus,
    multiget,
    path_of,
    preconditions,
    propfind,
    sync,
)
from accord.connectors.dav.options import CollectionOptions
from accord.connectors.dav.records import OtherKindError, Records
from accord.connectors.dav.writing import Writer
from accord.core.errors import StopEntityType
from accord.core.observation import Observation, Outcome
from accord.ports.connector import Page, Write

__all__ = ["Collection", "Text"]

log = logging.getLogger("accord.dav")

_BULK: Final = 100
"""So many records are asked for in one call."""
_PARTS: Final = 10_000
"""So often a server may say that there is more."""


class Text(Struct, frozen=True):
    """A record as it stands: its name in the collection, ETag, text, and when it was asked for."""

    name: str
    etag: str
    text: str
    asked_us: int


class _Changes(Struct):
    """Names that are there, names that are gone, and the token of the next question."""

    there: list[str]
    gone: list[str]
    token: str


class Collection:
    """See the module. Ids are the last steps of addresses, decoded."""

    def __init__(self, name: str, it: EntityType, base_url: str, caller: Caller) -> None:
        self.name, self.it, self._caller = f"{caller.system}.{name}", it, caller
        self.url = joined(base_url, it.path).rstrip("/") + "/"
        self._path, self._about = path_of(self.url), it.path
        self.records, self.observer = Records(it), Observer(it)
        self.holds_cards = CollectionOptions.model_validate(it.options).holds == "contacts"
        self._writer = Writer(self, caller)

    def address(self, name: str) -> str:
        """URL of a record."""
        return f"{self.url}{quote(name, safe='')}"

    async def read(self, mapping: str, cursor: str, *, full: bool) -> AsyncIterator[Page]:
        """See `Connector`."""
        token = "" if full else cursor
        if self.it.changes is None or (full and cursor):
            found, how = _Changes(await self._names(), [], cursor if full else ""), "listing"
        else:
            found, is_feed = await self._since(token)
            how = "feed" if is_feed else "listing"
        held = (
            [_gone(mapping, name, self._caller.clock.now_us()) for name in found.gone]
            if how == "feed"
            else []
        )
        for start in range(0, len(found.there), _BULK):
            texts = await self.texts(found.there[start : start + _BULK])
            if held and start:
                yield Page(observations=held, cursor=cursor)
                held = []
            held += self.observed(mapping, texts.values(), "feed" if how == "feed" else "listing")
        yield Page(observations=held, cursor=found.token)

    async def fetch(self, mapping: str, ids: Sequence[str]) -> list[Observation]:
        """See `Connector`."""
        seen: dict[str, Observation] = {}
        for start in range(0, len(ids), _BULK):
            texts = await self.texts(ids[start : start + _BULK])
            seen |= {each.id: each for each in self.observed(mapping, texts.values(), "fetch")}
        now_us = self._caller.clock.now_us()
        return [
            seen.get(each)
            or Observation(mapping=mapping, id=each, how="fetch", asked_us=now_us, gone="missing")
            for each in ids
        ]

    async def write(self, writes: Sequence[Write]) -> list[Outcome]:
        """See `Connector`."""
        return await self._writer.write(writes)

    async def texts(self, names: Sequence[str]) -> dict[str, Text]:
        """Records that are there, by name."""
        if not names:
            return {}
        space, data = (CARDS, "address-data") if self.holds_cards else (CALENDARS, "calendar-data")
        hrefs = [quote(f"{self._path}{name}") for name in names]
        told, asked_us = await self._ask(
            "REPORT", multiget(hrefs, cards=self.holds_cards), ids=f"{len(names)} records"
        )
        found = {}
        for member in told.members:
            name = self._name(member)
            if name and member.status == 200 and f"{{{space}}}{data}" in member.found:
                text = member.found[f"{{{space}}}{data}"].text or ""
                found[name] = Text(name, member.text("getetag"), text, asked_us)
        return found

    def observed(self, mapping: str, texts: Iterable[Text], how: How) -> list[Observation]:
        """What texts show; those of another kind show nothing."""
        found = []
        for each in texts:
            try:
                payload = self.records.payload(each.name, each.text)
            except OtherKindError:
                continue
            except BadTextError as error:
                log.warning("%s/%s can not be read: %s", self.name, each.name, error)
                found.append(
                    Observation(
                        mapping=mapping, id=each.name, how=how, asked_us=each.asked_us, gone="unreadable"
                    )
                )
                continue
            found.append(
                self.observer.observe(
                    mapping, payload, how, each.asked_us, etag=each.etag, offset_us=self._caller.offset.us
                )
            )
        return found

    # inside

    async def _names(self) -> list[str]:
        """All that are there."""
        told, _ = await self._ask("PROPFIND", propfind("d:getetag"), depth="1")
        return [name for member in told.members if (name := self._name(member)) and member.status == 200]

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
            told, _ = await self._ask("REPORT", sync(token))
            has_more = False
            for member in told.members:
                name = self._name(member)
                if name:
                    last[name] = member.status not in (404, 410)
                has_more = has_more or member.status == 507
            if not told.token or (has_more and told.token == token):
                raise StopEntityType(
                    f"{self.name}: the server tells no token of what it told",
                    remedy="Remove changes and tombstones of the entity type from the manifest: all is read each time",
                )
            token = told.token
            if not has_more:
                break
        there = [name for name, is_there in last.items() if is_there]
        return _Changes(there, [name for name, is_there in last.items() if not is_there], token)

    async def _ask(
        self, method: str, body: bytes, *, depth: str = "0", ids: str = ""
    ) -> tuple[Multistatus, int]:
        return await ask(
            self._caller,
            method,
            self.url,
            body,
            about=self._about,
            depth=depth,
            timeout_s=self.it.max_request_s,
            ids=ids,
        )

    def _name(self, member: Member) -> str:
        """Name of a member of this collection; "" of the collection, and of what is in another one."""
        head, _, name = member.path.rpartition("/")
        return name if f"{head}/" == self._path else ""


def _gone(mapping: str, name: str, asked_us: int) -> Observation:
    return Observation(mapping=mapping, id=name, how="feed", asked_us=asked_us, gone="deleted", proven=True)
