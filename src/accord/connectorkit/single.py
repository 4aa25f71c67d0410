"""What calls about one record send and show, however they travel."""

from collections.abc import Mapping
from typing import Any

from accord.connectorkit.manifest import EntityType
from accord.connectorkit.observe import Observer
from accord.connectorkit.outcome import Reply, is_success
from accord.connectorkit.paths import copied, get_at, put_at
from accord.core.observation import Observation
from accord.core.values import MISSING

__all__ = ["fetched", "sent_body", "tombstone"]


def fetched(it: EntityType, observer: Observer, mapping: str, record_id: str, reply: Reply) -> Observation:
    """What the answer to reading one record shows."""
    nothing = Observation(mapping=mapping, id=record_id, how="fetch", asked_us=reply.asked_us)
    if reply.status in it.gone_status:
        nothing.gone = "missing"
        return nothing
    record = get_at(reply.body, it.record) if is_success(it, reply) else MISSING
    if not isinstance(record, Mapping) or observer.id_of(record) is None:
        nothing.gone = "unreadable"
        return nothing
    seen = observer.observe(
        mapping, record, "fetch", reply.asked_us, etag=reply.etag, offset_us=reply.offset_us
    )
    if seen.id != record_id:
        nothing.gone, nothing.successor, nothing.proven = "merged", seen.id, True
        return nothing
    return seen


def tombstone(
    it: EntityType,
    observer: Observer,
    mapping: str,
    item: Mapping[str, Any],
    asked_us: int,
    *,
    offset_us: int = 0,
) -> Observation:
    """What an item of the endpoint of deletes shows. Raises ValueError: it names no record."""
    record = dict(item)
    put_at(record, it.id.property, get_at(item, it.tombstones.id if it.tombstones else "id"))
    seen = observer.observe(mapping, record, "feed", asked_us, offset_us=offset_us)
    seen.gone, seen.proven, seen.payload = "merged" if seen.successor else "deleted", True, None
    return seen


def sent_body(it: EntityType, kind: str, body: Mapping[str, Any] | None, key: str) -> dict[str, Any]:
    """The body of a create or update as it is sent: with our id, wrapped as the manifest says. What is given stays
    as it is."""
    sent = dict(body or {})
    if kind == "create" and it.our_id and key and get_at(sent, it.our_id.property) is MISSING:
        sent = copied(sent)
        put_at(sent, it.our_id.property, key)
    if not it.wraps:
        return sent
    outer: dict[str, Any] = {}
    put_at(outer, it.wraps, sent)
    return outer
