"""The records of a collection as texts: how they are asked for, and what they show."""

import logging
from collections.abc import Iterable, Sequence
from typing import Final
from urllib.parse import quote

from msgspec import Struct

from accord.connectorkit.http.addresses import joined
from accord.connectorkit.http.calls import Caller
from accord.connectorkit.manifest import EntityType
from accord.connectorkit.observe import How, Observer
from accord.connectors.dav.asking import ask
from accord.connectors.dav.lines import BadTextError
from accord.connectors.dav.multistatus import CALENDARS, CARDS, Member, Multistatus, multiget, path_of
from accord.connectors.dav.options import CollectionOptions
from accord.connectors.dav.records import OtherKindError, Records
from accord.core.observation import Observation

__all__ = ["BULK", "Text", "Texts"]

log = logging.getLogger("accord.dav")

BULK: Final = 100
"""So many records are asked for in one call."""


class Text(Struct, frozen=True):
    """A record as it stands: its name in the collection, ETag, text, and when it was asked for."""

    name: str
    etag: str
    text: str
    asked_us: int


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
        """Records that are there, by name."""
        found: dict[str, Text] = {}
        for start in range(0, len(names), BULK):
            found |= await self._some(names[start : start + BULK])
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
                self._observer.observe(
                    mapping, payload, how, each.asked_us, etag=each.etag, offset_us=self.caller.offset.us
                )
            )
        return found

    async def ask(
        self, method: str, body: bytes, *, depth: str = "0", ids: str = ""
    ) -> tuple[Multistatus, int]:
        """See `ask`, about the collection."""
        return await ask(
            self.caller,
            method,
            self.url,
            body,
            about=self.it.path,
            depth=depth,
            timeout_s=self.it.max_request_s,
            ids=ids,
        )

    def name_of(self, member: Member) -> str:
        """Name of a member of this collection; "" of the collection, and of what is in another one."""
        head, _, name = member.path.rpartition("/")
        return name if f"{head}/" == self._path else ""

    async def _some(self, names: Sequence[str]) -> dict[str, Text]:
        space, data = (CARDS, "address-data") if self.holds_cards else (CALENDARS, "calendar-data")
        hrefs = [quote(f"{self._path}{name}") for name in names]
        told, asked_us = await self.ask(
            "REPORT", multiget(hrefs, cards=self.holds_cards), ids=f"{len(names)} records"
        )
        found = {}
        for member in told.members:
            name = self.name_of(member)
            if name and member.status == 200 and f"{{{space}}}{data}" in member.found:
                text = member.found[f"{{{space}}}{data}"].text or ""
                found[name] = Text(name, member.text("getetag"), text, asked_us)
        return found
