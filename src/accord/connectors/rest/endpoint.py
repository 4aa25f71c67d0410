"""Where the calls about one entity type go: URLs, compiled once from the manifest."""

from typing import Literal
from urllib.parse import unquote, urlsplit

from msgspec import Struct

from accord.connectorkit.http.addresses import joined, quoted
from accord.connectorkit.manifest import EntityType
from accord.connectorkit.observe import Observer
from accord.ports.connector import Write

__all__ = ["Endpoint", "Target", "endpoint"]


class Target(Struct, frozen=True, kw_only=True):
    """Method and URL of calls about one record: the id stands between `head` and `tail`, or nowhere."""

    method: str
    head: str
    tail: str
    template: str
    has_id: bool

    def url(self, record_id: str) -> str:
        """URL of a record."""
        if not self.has_id:
            return self.head
        if self._in_quotes():
            record_id = record_id.replace("'", "''")
        return f"{self.head}{quoted(record_id)}{self.tail}"

    def id_in(self, url: str) -> str:
        """The id in the last step of a URL, as `url` writes it: "" where something else stands there."""
        head, tail = unquote(self.head.rpartition("/")[2]), unquote(self.tail.partition("?")[0])
        found = unquote(urlsplit(url).path.rstrip("/").rpartition("/")[2])
        if not (found.startswith(head) and found.endswith(tail) and len(found) > len(head) + len(tail)):
            return ""
        record_id = found[len(head) : len(found) - len(tail)]
        return record_id.replace("''", "'") if self._in_quotes() else record_id

    def _in_quotes(self) -> bool:
        return self.head.endswith("'") and self.tail.startswith("'")


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

    def headers(self, write: Write) -> dict[str, str]:
        """Headers that say which record a write may make or change (W2, W3), and what else it wants."""
        it = self.it
        headers = {} if write.kind == "delete" else dict(it.operations.sending)
        if write.kind == "create":
            if it.idempotency and write.key:
                headers[it.idempotency.header] = write.key
        elif it.conditional and write.version is not None:
            headers[it.conditional] = self.observer.condition(write.version)
        else:
            headers.update(it.operations.unconditional)
        return headers


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
