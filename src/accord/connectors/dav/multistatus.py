"""What is asked of WebDAV collections and what they answer, as XML (RFC 4918, 6578, 6352, 4791)."""

from collections.abc import Iterator, Sequence
from typing import Any, Final
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

from msgspec import Struct

__all__ = [
    "CALENDARS",
    "CARDS",
    "BadAnswerError",
    "Member",
    "Multistatus",
    "multiget",
    "multistatus",
    "path_of",
    "preconditions",
    "propfind",
    "sync",
]

DAV: Final = "DAV:"
CARDS: Final = "urn:ietf:params:xml:ns:carddav"
CALENDARS: Final = "urn:ietf:params:xml:ns:caldav"
_SPACES: Final = f'xmlns:d="{DAV}" xmlns:a="{CARDS}" xmlns:c="{CALENDARS}"'
_HEAD: Final = '<?xml version="1.0" encoding="utf-8"?>\n'


class BadAnswerError(ValueError):
    """An answer is no XML that could be used; why is its text."""


class Member(Struct, kw_only=True):
    """What is told of one address: `path` decoded, with `name` its last step ("" of a collection), which may hold a
    slash; the status of it, and its properties by "{namespace}name"."""

    path: str
    name: str = ""
    status: int
    found: dict[str, ET.Element]

    def text(self, name: str, space: str = DAV) -> str:
        """Text of a property, or ""."""
        element = self.found.get(f"{{{space}}}{name}")
        return "" if element is None else "".join(element.itertext()).strip()


class Multistatus(Struct):
    """An answer about many addresses, and the token of the next one, "" where there is none."""

    members: list[Member]
    token: str


def sync(token: str) -> bytes:
    """Asks for what changed since a token; for everything where it is ""."""
    return _asked(
        f"<d:sync-collection {_SPACES}><d:sync-token>{escape(token)}</d:sync-token>"
        "<d:sync-level>1</d:sync-level><d:prop><d:getetag/></d:prop></d:sync-collection>"
    )


def multiget(hrefs: Sequence[str], *, cards: bool) -> bytes:
    """Asks for these members with what they hold."""
    name, data = (
        ("a:addressbook-multiget", "a:address-data") if cards else ("c:calendar-multiget", "c:calendar-data")
    )
    told = "".join(f"<d:href>{escape(href)}</d:href>" for href in hrefs)
    return _asked(
        f"<{name} {_SPACES}><d:prop><d:getetag/><d:getlastmodified/><{data}/></d:prop>{told}</{name}>"
    )


def propfind(*names: str) -> bytes:
    """Asks for properties: d: of WebDAV, a: of CardDAV, c: of CalDAV."""
    told = "".join(f"<{name}/>" for name in names)
    return _asked(f"<d:propfind {_SPACES}><d:prop>{told}</d:prop></d:propfind>")


def multistatus(body: bytes) -> Multistatus:
    """What a 207 says. Raises BadAnswerError."""
    root = _parsed(body)
    if root.tag != f"{{{DAV}}}multistatus":
        raise BadAnswerError("the answer is no multistatus")
    token = root.findtext(f"{{{DAV}}}sync-token") or ""
    return Multistatus(list(_members(root)), token.strip())


def preconditions(body: bytes) -> list[str]:
    """Names of what was not fulfilled, as a refusal tells them: valid-sync-token, no-uid-conflict."""
    try:
        root = _parsed(body)
    except BadAnswerError:
        return []
    return [each.tag.rpartition("}")[2] for each in root] if root.tag == f"{{{DAV}}}error" else []


def path_of(href: str) -> str:
    """The decoded path of an address, absolute or not."""
    return unquote(urlsplit(href.strip()).path)


def _asked(text: str) -> bytes:
    return (_HEAD + text).encode()


class _NoDoctype(ET.TreeBuilder):
    def doctype(self, *_: Any) -> None:
        """Nobody who answers needs one; entities that blow up would stand there."""
        raise BadAnswerError("the answer declares a document type")


def _parsed(body: bytes) -> ET.Element:
    try:
        parser = ET.XMLParser(target=_NoDoctype())  # noqa: S314 - without a document type there are no entities
        return ET.fromstring(body, parser)  # noqa: S314 - as above
    except ET.ParseError as error:
        raise BadAnswerError(f"the answer is no XML ({error})") from None


def _members(root: ET.Element) -> Iterator[Member]:
    for each in root.findall(f"{{{DAV}}}response"):
        href = each.findtext(f"{{{DAV}}}href") or ""
        found: dict[str, ET.Element] = {}
        status = _status(each.findtext(f"{{{DAV}}}status"))
        for part in each.findall(f"{{{DAV}}}propstat"):
            if _status(part.findtext(f"{{{DAV}}}status")) == 200:
                found |= {prop.tag: prop for prop in part.iterfind(f"{{{DAV}}}prop/*")}
        name = unquote(urlsplit(href.strip()).path.rpartition("/")[2])
        yield Member(path=path_of(href), name=name, status=status or 200, found=found)


def _status(line: str | None) -> int:
    parts = (line or "").split()
    return int(parts[1]) if len(parts) > 1 and parts[1].isdecimal() else 0
