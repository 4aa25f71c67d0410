"""Writes to records that stand inside a parent: all that go to one parent are put into what was just read of it, and go
out as one update that names its version. What others wrote beside them stays, and of two lines that change at once
neither is lost (W1, W2)."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from accord.connectorkit.nested_type import NestedType, split_id, version_of
from accord.connectorkit.observe import canonical_id
from accord.connectorkit.paths import copied, get_at, leaves, put_at
from accord.core.errors import AccordError, RetryLater, StopEntityType
from accord.core.observation import Observation, Outcome
from accord.core.values import MISSING
from accord.ports.connector import Connector, Write

__all__ = ["written"]

_TRIES: Final = 4
"""How often a parent is read and updated, where somebody else changes it in between."""
_AGAIN_S: Final = 1.0
_DOWN_S: Final = 10.0


async def written(inner: Connector, of: NestedType, parent_id: str, writes: Sequence[Write]) -> list[Outcome]:
    """How writes to lines of one parent ended, in their order.

    Creates that bear no id go out one after the other: the line that is new then is theirs.
    """
    outcomes: dict[int, Outcome] = {}
    for part in _parts(of, writes):
        told = await _together(inner, of, parent_id, part)
        if len(part) > 1 and any(each.kind == "refused" for each in told):
            told = [(await _together(inner, of, parent_id, [write]))[0] for write in part]
        outcomes |= {id(write): outcome for write, outcome in zip(part, told, strict=True)}
    return [outcomes[id(write)] for write in writes]


def _parts(of: NestedType, writes: Sequence[Write]) -> list[list[Write]]:
    """Writes that go out together: of creates without an id or a key of ours no two."""
    told = of.it.our_id is not None or of.it.id.property in of.it.properties
    first, *others = (
        [w for w in writes if told or w.kind != "create"],
        *([w] for w in writes if not told and w.kind == "create"),
    )
    return [part for part in (first, *others) if part]


class _Edited(Struct):
    """A parent's list with writes put in: how those ended that were not, and what those have made that were."""

    lines: list[Any]
    ended: dict[int, Outcome]
    before: set[str]


async def _together(
    inner: Connector, of: NestedType, parent_id: str, writes: Sequence[Write]
) -> list[Outcome]:
    if not parent_id:
        what = f"no {of.it.inside.type if of.it.inside else 'parent'} is named that it would be inside of"
        return _all(writes, Outcome(kind="refused", message=what, faults=(of.property,)))
    for _ in range(_TRIES):
        try:
            parent = (await inner.fetch(of.parent_mapping, [parent_id]))[0]
        except (RetryLater, StopEntityType) as error:
            after_s = error.after_s if isinstance(error, RetryLater) else _DOWN_S
            return _all(writes, Outcome(kind="later", message=error.message, after_s=after_s))
        if parent.payload is None:
            return [_without(of, parent, write) for write in writes]
        edited = _edited(of, parent, writes)
        if len(edited.ended) < len(writes):
            outcome = (await inner.write([_update(of, parent, edited.lines)]))[0]
            if outcome.kind == "moved":
                continue
            await _tell(inner, of, parent, writes, edited, outcome)
        return [edited.ended[id(write)] for write in writes]
    message = "somebody else goes on to change the record that it is inside of"
    return _all(writes, Outcome(kind="later", message=message, after_s=_AGAIN_S))


def _without(of: NestedType, parent: Observation, write: Write) -> Outcome:
    """How a write ends where there is no parent that could be read."""
    if parent.gone == "unreadable":
        message = "the record that it is inside of can not be read"
        return Outcome(kind="later", message=message, after_s=_DOWN_S)
    if write.kind == "create":
        return Outcome(
            kind="refused", message="there is no such record to put it into", faults=(of.property,)
        )
    return Outcome(kind="missing")


def _edited(of: NestedType, parent: Observation, writes: Sequence[Write]) -> _Edited:
    lines = copied(list(of.lines(parent.payload or {})))
    owned = {own: index for index, line in enumerate(lines) if (own := of.own_id(line)) is not None}
    edited = _Edited(lines=lines, ended={}, before=set(owned))
    dropped: set[int] = set()
    for write in writes:
        if write.kind == "create":
            _create(of, parent, write, edited)
            continue
        at = owned.get(split_id(write.id or "")[1])
        if at is None:
            edited.ended[id(write)] = Outcome(kind="missing")
        elif write.version is not None and version_of(of.lines(parent.payload or {})[at]) != write.version:
            edited.ended[id(write)] = Outcome(kind="moved", message="the record has another version")
        elif write.kind == "delete":
            dropped.add(at)
        else:
            _put(of, lines[at], write.body)
    edited.lines = [line for index, line in enumerate(lines) if index not in dropped]
    return edited


def _create(of: NestedType, parent: Observation, write: Write, edited: _Edited) -> None:
    """A new line; one that bears our id is there already (W3)."""
    ours = of.it.our_id.property if of.it.our_id else ""
    if ours and write.key:
        for line in of.lines(parent.payload or {}):
            own = of.own_id(line)
            if own is not None and get_at(line, ours) == write.key:
                seen = of.record(write.mapping, parent, line, own)
                edited.ended[id(write)] = Outcome(kind="done", observation=seen)
                return
    fresh: dict[str, Any] = {}
    _put(of, fresh, write.body)
    if ours and write.key:
        put_at(fresh, ours, write.key)
    edited.lines.append(fresh)


def _put(of: NestedType, line: dict[str, Any], body: dict[str, Any] | None) -> None:
    for path, value in leaves(body or {}, of.it.properties.__contains__):
        if path != of.property:
            put_at(line, path, copied(value))


def _update(of: NestedType, parent: Observation, lines: list[Any]) -> Write:
    body: dict[str, Any] = copied(dict(parent.payload or {})) if of.parent.update == "replace" else {}
    put_at(body, of.it.path, lines)
    return Write(mapping=of.parent_mapping, kind="update", id=parent.id, body=body, version=parent.version)


async def _tell(
    inner: Connector,
    of: NestedType,
    parent: Observation,
    writes: Sequence[Write],
    edited: _Edited,
    outcome: Outcome,
) -> None:
    """How the writes ended that were put into an update, as that ended."""
    put = [write for write in writes if id(write) not in edited.ended]
    if outcome.kind != "done":
        faults = tuple(filter(None, (_within(of, fault) for fault in outcome.faults)))
        other = replace(outcome, observation=None, faults=faults)
        gone = replace(parent, payload=None, gone="missing")
        for write in put:
            edited.ended[id(write)] = _without(of, gone, write) if outcome.kind == "missing" else other
        return
    shown = await _shown(inner, of, parent.id, outcome.observation)
    for write in put:
        edited.ended[id(write)] = _done(of, write, shown, edited.before)


async def _shown(
    inner: Connector, of: NestedType, parent_id: str, reply: Observation | None
) -> Observation | None:
    """The parent as it is after an update, from the reply where that holds it."""
    if reply is not None and isinstance(get_at(reply.payload, of.it.path), list):
        return reply
    try:
        return (await inner.fetch(of.parent_mapping, [parent_id]))[0]
    except AccordError:
        return None


def _done(of: NestedType, write: Write, parent: Observation | None, before: set[str]) -> Outcome:
    lines = of.lines(parent.payload) if parent is not None and parent.payload is not None else []
    found = {own: line for line in lines if (own := of.own_id(line)) is not None}
    own = split_id(write.id)[1] if write.id else _made(of, write, found, before)
    if write.kind == "create" and not own:
        return Outcome(kind="unknown", message="nothing tells which of the lines was made")
    if write.kind == "delete" or parent is None or own not in found:
        return Outcome(kind="done")
    return Outcome(kind="done", observation=of.record(write.mapping, parent, found[own], own))


def _made(of: NestedType, write: Write, found: Mapping[str, Any], before: set[str]) -> str:
    """Id of the line that a create has made, or ""."""
    new = [own for own in found if own not in before]
    if of.it.our_id is not None and write.key:
        new = [own for own in new if get_at(found[own], of.it.our_id.property) == write.key]
    elif (given := get_at(write.body, of.it.id.property)) not in (MISSING, None):
        new = [own for own in new if own == canonical_id(given, of.it.id)]
    return new[0] if len(new) == 1 else ""


def _within(of: NestedType, fault: str) -> str:
    """Path in a line of what a refusal of its parent names: lines[2].amount, lines.2.amount, lines/2/amount."""
    found = re.match(rf"/?{re.escape(of.it.path)}(?:[\[./]\d+\]?)?[./]?(.*)", fault)
    return found[1].replace("/", ".") if found else ""


def _all(writes: Sequence[Write], outcome: Outcome) -> list[Outcome]:
    return [outcome for _ in writes]
