"""Records in vCards and iCalendar objects: what properties they show, and how one is changed in its place."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

from accord.connectorkit.manifest import EntityType
from accord.connectorkit.manifest_parts import PropertySpec
from accord.connectorkit.paths import leaves, put_at
from accord.connectors.dav.lines import BadTextError, Component, Line, component_of, made_line, text_of
from accord.connectors.dav.options import CollectionOptions
from accord.connectors.dav.selectors import selector_of_path
from accord.connectors.dav.values import escaped, split, unescaped

__all__ = ["OF_SERVER", "OtherKindError", "Records"]

_COMPONENTS: Final = {"contacts": "VCARD", "tasks": "VTODO", "events": "VEVENT"}
_STAMPS: Final = {
    "contacts": ("REV",),
    "tasks": ("LAST-MODIFIED", "DTSTAMP"),
    "events": ("LAST-MODIFIED", "DTSTAMP"),
}
_PRODUCT: Final = "-//Accord//Accord//EN"
HREF: Final = "href"
MODIFIED: Final = "modified"
"""When the server stored the record; where it does not tell, what the program wrote that changed it last."""


OF_SERVER: Final = frozenset({HREF, MODIFIED})
"""Properties that are not those of a line."""
_REVISED: Final = PropertySpec(type="datetime")


class OtherKindError(Exception):
    """A text is no record of this entity type, but of another one."""


class Records:
    """The records of one entity type, as texts and as payloads."""

    def __init__(self, it: EntityType) -> None:
        self._options = CollectionOptions.model_validate(it.options)
        self._holds = self._options.holds
        self._wanted = _COMPONENTS[self._holds]
        self._specs = {path: spec for path, spec in it.properties.items() if path not in OF_SERVER}
        self._tells_time = MODIFIED in it.properties
        self._revised = selector_of_path(self._holds, "revised", {})
        self._selectors = {
            path: selector_of_path(self._holds, path, self._options.lines) for path in self._specs
        }

    def payload(self, href: str, text: str, stored: str = "") -> dict[str, Any]:
        """All properties of a record, stored at an HTTP date; what is not there is null. Raises BadTextError,
        OtherKindError."""
        record = self._record(component_of(text))
        body: dict[str, Any] = {HREF: href}
        if self._tells_time:
            body[MODIFIED] = _time(stored) or self._revised.read(record, _REVISED)
        for path, spec in self._specs.items():
            put_at(body, path, self._selectors[path].read(record, spec))
        return body

    def changed(self, text: str, body: Mapping[str, Any], now_us: int) -> str:
        """The text with properties changed, and all else as it was. Raises BadTextError, OtherKindError."""
        whole = component_of(text)
        record = self._record(whole)
        had = bool(record.lines("FN"))
        self._put(record, body)
        if had and not record.lines("FN"):
            _complete(record)
        now = f"{datetime.fromtimestamp(now_us / 1e6, UTC):%Y%m%dT%H%M%SZ}"
        for name in _STAMPS[self._holds]:
            for line in record.lines(name):
                line.set(now)
        return text_of(whole)

    def made(self, uid: str, body: Mapping[str, Any], now_us: int) -> str:
        """The text of a new record."""
        now = f"{datetime.fromtimestamp(now_us / 1e6, UTC):%Y%m%dT%H%M%SZ}"
        if self._holds == "contacts":
            record = whole = _component(
                "VCARD", VERSION=self._options.form, PRODID=_PRODUCT, UID=uid, REV=now
            )
        else:
            whole = _component("VCALENDAR", VERSION="2.0", PRODID=_PRODUCT)
            record = _component(self._wanted, UID=uid, DTSTAMP=now)
            whole.children.append(record)
        self._put(record, body)
        if self._holds == "contacts":
            _complete(record)
        return text_of(whole)

    def uid(self, text: str) -> str:
        """UID of a record, or "". Raises BadTextError, OtherKindError."""
        return self._record(component_of(text)).first("UID")

    def _put(self, record: Component, body: Mapping[str, Any]) -> None:
        display, compact = _display(record), self._compact(record)
        told = False
        for path, value in leaves(body, self._selectors.__contains__):
            if path in self._selectors:
                selector = self._selectors[path]
                selector.write(record, self._specs[path], value, compact=compact)
                told = told or selector.name == "FN"
        if self._holds == "contacts" and not told and display:
            _redisplay(record, display)

    def _compact(self, record: Component) -> bool:
        return self._holds != "contacts" or record.first("VERSION").strip() == "4.0"

    def _record(self, whole: Component) -> Component:
        """The one that the text is about: of a series not the exceptions."""
        if self._wanted == "VCARD":
            if whole.name != "VCARD":
                raise OtherKindError(whole.name)
            return whole
        if whole.name != "VCALENDAR":
            raise BadTextError(f"it is {whole.name}, and no calendar object")
        for found in whole.components(self._wanted):
            if not found.lines("RECURRENCE-ID"):
                return found
        raise OtherKindError("VCALENDAR")


def _time(stored: str) -> str | None:
    try:
        return parsedate_to_datetime(stored).astimezone(UTC).isoformat()
    except ValueError:
        return None


def _component(name: str, **lines: str) -> Component:
    children: list[Line | Component] = [made_line(each, value) for each, value in lines.items()]
    return Component(name, made_line("BEGIN", name), children, made_line("END", name))


def _display(record: Component) -> str:
    """What the name of a card is shown as, where it is made of the name itself; else ""."""
    made = _named(record)
    return made if made and unescaped(record.first("FN")).strip() == made else ""


def _named(record: Component) -> str:
    fields = [unescaped(each) for each in split(record.first("N"))] + [""] * 5
    family, given, additional, prefix, suffix = fields[:5]
    return " ".join(filter(None, (prefix, given, additional, family, suffix)))


def _redisplay(record: Component, before: str) -> None:
    """The name changed, and what it is shown as was made of it: it still is."""
    after = _named(record) or unescaped(record.first("ORG")).partition(";")[0]
    if after and after != before:
        record.lines("FN")[0].set(escaped(after))


def _complete(record: Component) -> None:
    """Lines that every card has to have."""
    if not record.lines("N") and record.first("VERSION") == "3.0":
        record.add(made_line("N", ";;;;"))
    if not record.lines("FN"):
        shown_as = _named(record) or unescaped(split(record.first("ORG"))[0])
        record.add(made_line("FN", escaped(shown_as or unescaped(record.first("EMAIL")) or "?")))
