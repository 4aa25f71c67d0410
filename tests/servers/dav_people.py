"""People with a program of their own: it reads and writes records with vobject, and knows nothing of Accord's code."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import vobject
from vobject.icalendar import utc
from vobject.vcard import Address, Name

from accord.connectorkit.paths import leaves
from accord.testing.connector_contract import Entered
from tests.servers.dav_server import DavServer

__all__ = ["Owner"]

_PLAIN = {
    "formatted": "fn", "note": "note", "email": "email", "birthday": "bday", "categories": "categories",
    "summary": "summary", "description": "description", "status": "status", "percent": "percent_complete",
    "location": "location", "due": "due", "start": "dtstart", "end": "dtend",
}  # fmt: skip
_TIMES = frozenset({"due", "start", "end"})
_INNER = {"cards": "", "tasks": "vtodo", "events": "vevent"}


class Owner:
    """The records of one collection, whose name begins with what it holds; `table` is the entity type."""

    def __init__(self, server: DavServer, collection: str, table: str = "Record") -> None:
        self.server, self.collection, self.table = server, collection, table
        self._inner = next((inner for kind, inner in _INNER.items() if collection.startswith(kind)), "")
        self._suffix, self._last = ".ics" if self._inner else ".vcf", 0

    def person_create(self, name: str, body: Mapping[str, Any]) -> Entered:
        """See `People`."""
        self._last += 1
        href = f"theirs {self._last}{self._suffix}"
        whole = vobject.iCalendar() if self._inner else vobject.vCard()
        record = whole.add(self._inner) if self._inner else whole
        record.add("uid").value = f"uid-{self._last}"
        if not self._inner:
            record.add("n").value = Name()
            record.add("fn").value = "Nobody"
        self._store(href, whole, record, body)
        return Entered(href)

    def person_edit(self, name: str, record_id: str, changes: Mapping[str, Any]) -> None:
        """See `People`."""
        whole = vobject.readOne(self.server.text(self.collection + record_id))
        self._store(record_id, whole, self._record(whole), changes)

    def person_delete(self, name: str, record_id: str) -> None:
        """See `People`."""
        self.server.call("DELETE", self.collection + record_id)

    def tables(self) -> dict[str, dict[str, dict[str, Any]]]:
        """See `People`."""
        names = self.server.names(self.collection)
        texts = {name: self.server.text(self.collection + name) for name in names}
        return {
            self.table: {
                name: _shown(self._record(vobject.readOne(text))) | {"href": name}
                for name, text in texts.items()
            }
        }

    def _record(self, whole: Any) -> Any:
        return whole.contents[self._inner][0] if self._inner else whole

    def _store(self, href: str, whole: Any, record: Any, body: Mapping[str, Any]) -> None:
        for path, value in leaves(body, lambda _: False):
            _set(record, path, value)
        if not self._inner:
            _replace(record, "rev", f"{datetime.now(utc):%Y%m%dT%H%M%SZ}")
        self.server.put(self.collection + href, whole.serialize())


def _set(record: Any, path: str, value: Any) -> None:
    head, _, field = path.partition(".")
    if head == "name":
        setattr(record.n.value, field, value or "")
    elif head == "organisation":
        _replace(record, "org", None if value is None else [value])
    elif head == "address":
        address = record.adr.value if "adr" in record.contents else Address()
        setattr(address, field, value or "")
        _replace(record, "adr", address)
    elif head in ("mobile", "phone"):
        kept = [
            each for each in record.contents.pop("tel", []) if (_type(each) == "CELL") != (head == "mobile")
        ]
        if value is not None:
            line = record.add("tel")
            line.value, line.type_param = value, "CELL" if head == "mobile" else "HOME"
        for each in kept:
            record.add(each)
    else:
        if head in _TIMES and value is not None:
            value = datetime.fromisoformat(value).astimezone(utc)
        _replace(record, _PLAIN[head], str(value) if isinstance(value, int) else value)


def _replace(record: Any, name: str, value: Any) -> None:
    record.contents.pop(name.replace("_", "-"), None)
    if value is not None:
        record.add(name.replace("_", "-")).value = value


def _type(line: Any) -> str:
    return str(getattr(line, "type_param", ""))


def _shown(record: Any) -> dict[str, Any]:
    contents = record.contents
    shown: dict[str, Any] = {}
    for path, name in _PLAIN.items():
        lines = contents.get(name.replace("_", "-"))
        value = lines[0].value if lines else None
        shown[path] = value.isoformat() if isinstance(value, datetime) else value
    if "n" in contents:
        name = record.n.value
        shown["name"] = {"family": name.family or None, "given": name.given or None}
        shown["organisation"] = record.org.value[0] if "org" in contents else None
        shown["address"] = {"city": record.adr.value.city or None if "adr" in contents else None}
        phones = {_type(line) == "CELL": line.value for line in contents.get("tel", [])}
        shown |= {"mobile": phones.get(True), "phone": phones.get(False)}
    return shown
