"""Turns the answer to a write into an `Outcome`: what the status and the body of a system mean (W9)."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from accord.connectorkit.manifest import EntityType
from accord.connectorkit.observe import Observer
from accord.connectorkit.paths import get_at, values_at
from accord.connectorkit.refusal import told_by
from accord.core.observation import Observation, Outcome
from accord.core.values import MISSING

__all__ = ["Reply", "faults_of", "is_denied", "is_success", "message_of", "outcome_of"]


class Reply(Struct, frozen=True, kw_only=True):
    """What came back for a call: status, parsed body (None: none), headers that matter, and when it was asked.

    `offset_us` is how far the system's clock was ahead of ours.
    """

    status: int
    body: Any = None
    etag: str = ""
    retry_after_s: float | None = None
    asked_us: int = 0
    offset_us: int = 0


def is_success(it: EntityType, reply: Reply) -> bool:
    """The manifest's test of success."""
    if reply.status not in it.success.status:
        return False
    return not it.success.path or get_at(reply.body, it.success.path) == it.success.equals


def message_of(it: EntityType, reply: Reply) -> str:
    """The system's own words, or the status; where the manifest does not say where the words are, both."""
    if it.errors.message:
        return "; ".join(str(w) for w in _told(reply.body, it.errors.message)) or f"status {reply.status}"
    return ": ".join(filter(None, (f"status {reply.status}", "; ".join(told_by(reply.body)))))


def faults_of(it: EntityType, reply: Reply) -> tuple[str, ...]:
    """Paths of the properties that the system names as the cause, each once, in its order."""
    return tuple(dict.fromkeys(str(p) for p in _told(reply.body, it.errors.property)))


def _told(body: Any, paths: str) -> list[Any]:
    """What stands at the first of some paths that leads to something."""
    for path in filter(None, paths.split("|")):
        if found := values_at(body, path.strip()):
            return found
    return []


def is_denied(it: EntityType, reply: Reply) -> bool:
    """What was refused is a matter of rights: 403, or a code of the system that says so."""
    if reply.status == 403:
        return True
    codes = {str(code) for code in values_at(reply.body, it.errors.code)} if it.errors.code else set()
    return not codes.isdisjoint(it.errors.denied)


def outcome_of(it: EntityType, observer: Observer, mapping: str, kind: str, reply: Reply) -> Outcome:
    """How a write of `kind` (create, update, delete) ended that was answered.

    A 5xx, a time-out told by the system, and a success that the manifest does not know are of unknown outcome; a 503
    too, for who sends it may stand in front of the system (W3). Its Retry-After is told in `after_s`.
    """
    status = reply.status
    if is_success(it, reply):
        return Outcome(kind="done", observation=_shown(it, observer, mapping, kind, reply))
    message = message_of(it, reply)
    if status in (412, 428):  # another version, or none where one has to be named: read it first (W2)
        return Outcome(kind="moved", message=message)
    if status in it.gone_status and kind != "create":
        return Outcome(kind="missing", message=message)
    if status == 429:
        return Outcome(
            kind="later", message=message, after_s=1.0 if reply.retry_after_s is None else reply.retry_after_s
        )
    if status >= 500 or status == 408 or (200 <= status < 300 and status not in it.success.status):
        return Outcome(kind="unknown", message=message, after_s=reply.retry_after_s or 0.0)
    faults = faults_of(it, reply)
    if status == 409 and kind == "create" and _is_ours(it, faults):
        return Outcome(
            kind="unknown", message=message
        )  # it came twice, and ours is there: to be searched for (W3)
    return Outcome(kind="refused", message=message, faults=faults, denied=is_denied(it, reply))


def _is_ours(it: EntityType, faults: tuple[str, ...]) -> bool:
    """What clashes is the id of our own, by which records can be found."""
    return it.our_id is not None and it.our_id.property in faults and "our_id" in it.finds_create()


def _shown(it: EntityType, observer: Observer, mapping: str, kind: str, reply: Reply) -> Observation | None:
    if kind == "delete" or reply.body is None:
        return None
    record = get_at(reply.body, it.record)
    if record is MISSING or not isinstance(record, Mapping) or observer.id_of(record) is None:
        return None
    return observer.observe(
        mapping, record, "reply", reply.asked_us, etag=reply.etag, offset_us=reply.offset_us
    )
