"""The records of a collection as texts: how they are asked for, and what they show."""

import logging
from collections.abc import Iterable, Sequence
from typing import Final
from urllib.parse import quote, unquote, urlsplit

from msgspec import Struct

from accord.connectorkit.http.addresses import joined
from accord.connectorkit.http.calls import Caller
from accord.connectorkit.manifest import EntityType
from accord.connectorkit.observe import How, Observer
from accord.connectors.dav.asking import NoXmlError, ask
from accord.connectors.dav.lines import BadTextError
from accord.connectors.dav.multistatus import CALENDARS, CARDS, Member, Multistatus, multiget, path_of
from accord.connectors.dav.options import CollectionOptions
from accord.connectors.dav.records import OtherKindError, Records
from accord.core.errors import StopEntityType
from accord.core.observation import Observation

__all__ = ["BULK", "Text", "Texts"]

log = logging.getLogger("accord.dav")

BULK: Final = 100
"""So many records are asked for in one call."""


class Text(Struct, frozen=True):
    """A record as it stands: its name in the collection, ETag, text, when it was asked for, and when the server
    stored it (an HTTP date, "" where it does not tell). `trouble` is why the server did not show what is there, or "".
    """

    name: str
    etag: str
    text: str
    asked_us: int
    stored: str = ""
    trouble: str = ""


class Texts:
    """One collection. Ids are the last steps of addresses, decoded: its names."""

    def __init__(self, name: str, it: EntityType, base_url: str, caller: Caller) -> None:
        self.name, self.it, self.caller = f"{caller.system}.{name}", it, caller
        self.url = joined(base_url, it.path).rstrip("/") + "/"
        self._path = path_of(self.url)
        self.records, self._observer = Records(it), Observer(it)
        self.holds_cards = CollectionOptions.model_validate(it.options).holds == "contacts"

    def address(self, name: str) -> str:
        """URL of a record."""
        return f"{self.url}{quote(name, safe='')}"

    async def get(self, names: Sequence[str]) -> dict[str, Text]:
        """Records by name; of those that are not there, nothing."""
        found: dict[str, Text] = {}
        for start in range(0, len(names), BULK):
            found |= await self._readable(names[start : start + BULK])
        return found

    def observed(self, mapping: str, texts: Iterable[Text], how: How) -> list[Observation]:
        """What texts show; those of another kind show nothing."""
        found = []
        for each in texts:
            try:
                if each.trouble:
                    raise BadTextError(each.trouble)
                payload = self.records.payload(each.name, each.text, each.stored)
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
                self._observer.observe(
                    mapping, payload, how, each.asked_us, etag=each.etag, offset_us=self.caller.offset.us
                )
            )
        return found

    async def ask(
        self, method: str, body: bytes, *, depth: str = "0", ids: str = ""
    ) -> tuple[Multistatus, int]:
        """See `ask`, about the collection. Raises StopEntityType too: all that is told is about another place."""
        told, asked_us = await ask(
            self.caller,
            method,
            self.url,
            body,
            about=self.it.path,
            depth=depth,
            timeout_s=self.it.max_request_s,
            ids=ids,
        )
        if told.members and not any(each.path.startswith(self._path) for each in told.members):
            raise StopEntityType(
                f"{self.name}: the server answers with addresses outside {self._path}",
                remedy="Write the path of the collection as the server spells it, letter by letter",
            )
        return told, asked_us

    def name_of(self, member: Member) -> str:
        """Name of a member of this collection; "" of the collection, and of what is in another one."""
        return member.name if f"{self._path}{member.name}" == member.path else ""

    def name_at(self, address: str) -> str:
        """Name of the member of this collection at an address; "" where it is none."""
        path = urlsplit(address).path
        return unquote(path.rpartition("/")[2]) if path_of(path).startswith(self._path) else ""

    async def _readable(self, names: Sequence[str]) -> dict[str, Text]:
        """One record with a letter that XML does not know spoils the answer about all: it is asked for by itself."""
        try:
            return await self._some(names)
        except NoXmlError:
            if len(names) == 1:
                one = await self._one(names[0])
                return {} if one is None else {one.name: one}
        half = len(names) // 2
        return await self._readable(names[:half]) | await self._readable(names[half:])

    async def _some(self, names: Sequence[str]) -> dict[str, Text]:
        space, data = (CARDS, "address-data") if self.holds_cards else (CALENDARS, "calendar-data")
        hrefs = [f"{quote(self._path)}{quote(name, safe='')}" for name in names]
        told, asked_us = await self.ask(
            "REPORT", multiget(hrefs, cards=self.holds_cards), ids=f"{len(names)} records"
        )
        found: dict[str, Text] = {}
        gone: set[str] = set()
        for member in told.members:
            name, shown = self.name_of(member), member.found.get(f"{{{space}}}{data}")
            if member.status in self.it.gone_status:
                gone.add(name)
            elif name and member.status == 200 and shown is not None:
                stored = member.text("getlastmodified")
                found[name] = Text(name, member.text("getetag"), shown.text or "", asked_us, stored)
            elif name:
                found[name] = Text(
                    name, "", "", asked_us, trouble=f"the server answers {member.status} and no text"
                )
        for name in names:
            if name not in found and name not in gone and (one := await self._one(name)) is not None:
                found[name] = one
        return found

    async def _one(self, name: str) -> Text | None:
        """A record that was passed over in silence; None: it is not there."""
        about, timeout_s = f"{self.it.path}{{id}}", self.it.max_request_s
        told, asked_us = await self.caller.get(self.address(name), about, timeout_s=timeout_s, ids=name)
        if told.status in self.it.gone_status:
            return None
        if told.status != 200:
            return Text(name, "", "", asked_us, trouble=f"the server answers {told.status}")
        text = told.body.decode("utf-8", "replace")
        stored = told.headers.get("Last-Modified") or ""
        return Text(name, told.headers.get("ETag") or "", text, asked_us, stored)
