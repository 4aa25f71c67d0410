"""Finds the address books and calendars of an account (RFC 6764, 5397), and drafts an entity type for each."""

import asyncio
import re
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import quote, urlsplit

from msgspec import Struct

from accord.connectorkit.drafting import Asked, Draft
from accord.connectorkit.http.addresses import absolute
from accord.connectorkit.http.calls import Caller
from accord.connectorkit.http.visit import login_of, visit
from accord.connectorkit.urls import check_base_url
from accord.connectors.dav.asking import RefusedError, ask
from accord.connectors.dav.multistatus import CALENDARS, CARDS, DAV, Member, path_of, propfind
from accord.core.errors import AccordError, StopEntityType
from accord.runtime.clock import SystemClock

__all__ = ["draft"]

_ELSEWHERE: Final = "it keeps its collections at"
_WELL_KNOWN: Final = ("/.well-known/carddav", "/.well-known/caldav")
_HOMES: Final = ((CARDS, "addressbook-home-set"), (CALENDARS, "calendar-home-set"))
_PARTS: Final = {"VTODO": "tasks", "VEVENT": "events"}
_LISTS: Final = frozenset({"categories"})
_TIMES: Final = frozenset({"start", "end", "due", "completed"})
_STAMPS: Final = frozenset({"created", "modified"})
_DRAFTED: Final = {
    "contacts": (
        "formatted", "name.family", "name.given", "organisation", "department", "title", "email", "email_work",
        "email_home", "mobile", "phone", "phone_work", "phone_home", "address.street", "address.city",
        "address.postcode", "address.country", "birthday", "url", "note", "categories", "modified",
    ),
    "tasks": (
        "summary", "description", "status", "percent", "priority", "start", "due", "completed", "categories",
        "location", "created", "modified",
    ),
    "events": (
        "summary", "description", "status", "start", "end", "location", "organizer", "attendees", "categories",
        "repeats", "created", "modified",
    ),
}  # fmt: skip
_PEOPLE: Final[dict[str, dict[str, Any]]] = {
    "organizer": {"read_only": True},
    "attendees": {"type": "list", "read_only": True},
}
_STATUS: Final = {
    "tasks": ["NEEDS-ACTION", "IN-PROCESS", "COMPLETED", "CANCELLED"],
    "events": ["TENTATIVE", "CONFIRMED", "CANCELLED"],
}


class _Found(Struct):
    """A collection: its path, its name for people, what it holds, and whether it tells changes."""

    path: str
    title: str
    holds: list[str]
    syncs: bool


def draft(asked: Asked) -> Draft:
    """The draft of what was asked for. Raises AccordError, ConfigError."""
    try:
        check_base_url(asked.target)
    except ValueError as error:
        raise AccordError(f"the address {error}", remedy="Name the server, or a collection of it") from None
    try:
        found = asyncio.run(_found(asked))
    except StopEntityType as error:
        usual = "Name the server or the account's address; log in with --user env:NAME --password env:NAME"
        raise AccordError(
            f"{asked.target} can not be looked at: {error.message}",
            remedy=error.remedy if error.message.startswith(_ELSEWHERE) else usual,
        ) from None
    if not found:
        raise AccordError(
            f"{asked.target} tells of no address book and no calendar",
            remedy="Name the account's address (https://HOST/USER/), or that of one collection",
        )
    parts = urlsplit(asked.target)
    unknown = [f"{it.title}: what changed; all of it is read each time" for it in found if not it.syncs]
    if (auth := login_of(asked)) is None:
        unknown.insert(0, "how to log in: add auth (kind basic, bearer …)")
    name = asked.name or re.sub(r"[^a-z0-9]+", "_", (parts.hostname or "").split(".")[0].lower()).strip("_")
    manifest: dict[str, Any] = {
        "name": name if name[:1].isalpha() else f"dav_{name}",
        "kind": "dav",
        "base_url": f"{parts.scheme}://{parts.netloc}/",
    }
    if auth is not None:
        manifest["auth"] = auth
    manifest["types"] = dict(_types(found))
    head = [
        "What the server told of itself when this was written.",
        "Other properties: docs/reference/connectors/dav.md.",
    ]
    return Draft(manifest=manifest, head=head, unknown=unknown)


async def _found(asked: Asked) -> list[_Found]:
    async with visit("dav", asked.target, asked, SystemClock(), {"Accept": "*/*"}) as caller:
        first = await _looked(caller, asked.target, "0")
        if any(_holds(member) for member in first):
            return [it for member in first if (it := _collection(member)) is not None]
        homes, troubles = await _homes(caller, asked.target, first)
        members = [member for home in homes or [asked.target] for member in await _looked(caller, home, "1")]
        found = [it for member in members if (it := _collection(member)) is not None]
        if troubles and not found:
            raise troubles[0]
        return sorted({it.path: it for it in found}.values(), key=lambda it: it.path)


async def _homes(caller: Caller, url: str, first: list[Member]) -> tuple[list[str], list[StopEntityType]]:
    """Where an account keeps its collections: told by it, by its principal, or by the well-known addresses; and what
    could not be looked at."""
    homes: dict[str, list[str]] = {}
    troubles: list[StopEntityType] = []
    for address in ("", *_WELL_KNOWN):
        if len(homes) == len(_HOMES):
            break
        try:
            tried = await _looked(caller, absolute(url, address), "0") if address else first
            for member in tried:
                principal = member.text("current-user-principal")
                told = await _looked(caller, _own(caller, url, principal), "0") if principal else [member]
                for space, href in (home for each in told for home in _home_hrefs(each)):
                    homes.setdefault(space, []).append(_own(caller, url, href))
        except StopEntityType as error:
            troubles.append(error)
    return list(dict.fromkeys(home for some in homes.values() for home in some)), troubles


def _home_hrefs(member: Member) -> Iterator[tuple[str, str]]:
    for space, name in _HOMES:
        element = member.found.get(f"{{{space}}}{name}")
        for href in element.iter(f"{{{DAV}}}href") if element is not None else ():
            yield space, (href.text or "").strip()


def _own(caller: Caller, url: str, href: str) -> str:
    """The address that is told. Raises StopEntityType: it is on another host, which gets no credentials unasked."""
    target = absolute(url, href.strip())
    if not caller.is_own(target):
        raise StopEntityType(f"{_ELSEWHERE} {target}", remedy="Name that address")
    return absolute(url, quote(path_of(href)))


async def _looked(caller: Caller, url: str, depth: str) -> list[Member]:
    asked = propfind(
        "d:resourcetype",
        "d:displayname",
        "d:sync-token",
        "d:current-user-principal",
        "a:addressbook-home-set",
        "c:calendar-home-set",
        "c:supported-calendar-component-set",
    )
    try:
        told, _ = await ask(caller, "PROPFIND", url, asked, about=urlsplit(url).path or "/", depth=depth)
    except RefusedError as error:
        if error.response.status in (404, 405, 501):
            return []
        raise
    return told.members


def _holds(member: Member) -> list[str]:
    kinds = member.found.get(f"{{{DAV}}}resourcetype")
    if kinds is None:
        return []
    if kinds.find(f"{{{CARDS}}}addressbook") is not None:
        return ["contacts"]
    if kinds.find(f"{{{CALENDARS}}}calendar") is None:
        return []
    told = member.found.get(f"{{{CALENDARS}}}supported-calendar-component-set")
    names = [str(each.get("name")) for each in told] if told is not None else list(_PARTS)
    return [_PARTS[name] for name in names if name in _PARTS]


def _collection(member: Member) -> _Found | None:
    holds = _holds(member)
    title = member.text("displayname") or member.path.strip("/").rpartition("/")[2]
    return _Found(member.path, title, holds, bool(member.text("sync-token"))) if holds else None


def _types(found: list[_Found]) -> Iterator[tuple[str, dict[str, Any]]]:
    taken: set[str] = set()
    for it in found:
        for holds in it.holds:
            word = "".join(
                part[:1].upper() + part[1:] for part in re.split(r"[^A-Za-z0-9]+", it.title) if part
            )
            name = word if word[:1].isalpha() else holds.title() + word
            name = name + holds.title() if len(it.holds) > 1 else name
            while name in taken:
                name += "2"
            taken.add(name)
            yield name, _type(it, holds)


def _type(it: _Found, holds: str) -> dict[str, Any]:
    made: dict[str, Any] = {
        "path": it.path.lstrip("/"),
        "id": "href",
        "update": "patch",
        "version": {"etag": True, "order": "opaque", "exact": True, "recurs": True},
        "conditional": "If-Match",
        "idempotency": {},
        "absent": dict.fromkeys(("listing", "feed", "fetch", "reply"), None),
        "modified": {"property": "modified", "resolution": "s"},
    }
    if it.syncs:
        made |= {"changes": {"format": "token"}, "tombstones": {}}
    made["options"] = {"holds": holds}
    made["properties"] = {path: _spec(holds, path) for path in _DRAFTED[holds]}
    return made


def _spec(holds: str, path: str) -> dict[str, Any]:
    if path in _PEOPLE:
        return _PEOPLE[path]
    if path in _STAMPS:
        return {"type": "datetime", "read_only": True}
    if path in _TIMES:
        return {"type": "datetime"} | ({"required": True} if (holds, path) == ("events", "start") else {})
    if path in ("percent", "priority"):
        return {"type": "integer"}
    if path == "status":
        return {"enum": _STATUS[holds]}
    return {"type": "list"} if path in _LISTS else {"type": "date"} if path == "birthday" else {}
