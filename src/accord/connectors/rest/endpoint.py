"""Where the calls about one entity type go: URLs, compiled once from the manifest."""

from collections.abc import Mapping
from typing import Literal
from urllib.parse import quote, urlencode, urljoin, urlsplit

from msgspec import Struct

from accord.connectorkit.manifest import EntityType
from accord.connectorkit.observe import Observer
from accord.connectorkit.urls import encoded_path

__all__ = ["Endpoint", "Target", "absolute", "endpoint", "joined", "origin_of", "quoted", "with_query"]


class Target(Struct, frozen=True, kw_only=True):
    """Method and URL of calls about one record: the id stands between `head` and `tail`, or nowhere."""

    method: str
    head: str
    tail: str
    template: str
    has_id: bool

    def url(self, record_id: str) -> str:
        """URL of a record."""
        return f"{self.head}{quoted(record_id)}{self.tail}" if self.has_id else self.head


class Endpoint(Struct, frozen=True, kw_only=True):
    """One entity type at its system; operations that are not there are None."""

    name: str
    it: EntityType
    observer: Observer
    list_url: str
    list_path: str
    dead_url: str
    read: Target
    create: Target | None
    update: Target | None
    delete: Target | None


def endpoint(name: str, it: EntityType, base_url: str) -> Endpoint:
    """The calls about an entity type below a base URL."""
    read = _target(it, "read", base_url)
    if read is None:
        raise ValueError(f"{name} can not be read")
    list_path = it.listing.path or it.path
    return Endpoint(
        name=name,
        it=it,
        observer=Observer(it),
        list_url=joined(base_url, list_path),
        list_path=list_path,
        dead_url=joined(base_url, it.tombstones.path) if it.tombstones and it.tombstones.path else "",
        read=read,
        create=_target(it, "create", base_url),
        update=_target(it, "update", base_url),
        delete=_target(it, "delete", base_url),
    )


def _target(
    it: EntityType, kind: Literal["read", "create", "update", "delete"], base_url: str
) -> Target | None:
    found = it.operation(kind)
    if found is None:
        return None
    head, hole, tail = joined(base_url, found.path).partition("{id}")
    return Target(method=found.method, head=head, tail=tail, template=found.path, has_id=bool(hole))


def joined(base_url: str, path: str) -> str:
    """A path below a base URL."""
    return f"{base_url.rstrip('/')}/{encoded_path(path.lstrip('/'))}"


def with_query(url: str, query: Mapping[str, str]) -> str:
    """A URL with parameters added to those it has."""
    if not query:
        return url
    return f"{url}{'&' if '?' in url else '?'}{urlencode(query, quote_via=quote)}"


def origin_of(url: str) -> tuple[str, str, int | None]:
    """Scheme, host and port: credentials go nowhere else. Of what is no URL: no host."""
    try:
        parts = urlsplit(url)
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    except ValueError:
        return "", "", None
    return parts.scheme, (parts.hostname or "").lower(), port


def absolute(url: str, reference: str) -> str:
    """What a link in an answer from a URL points to; the link itself where it is none."""
    try:
        return urljoin(url, reference)
    except ValueError:
        return reference


def quoted(record_id: str) -> str:
    """An id as it stands in an address."""
    if record_id.isalnum() and record_id.isascii():
        return record_id
    return quote(record_id, safe="") if record_id.strip(".") else record_id.replace(".", "%2E")
