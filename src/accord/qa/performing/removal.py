"""Removes probes, and nothing else: each by the id under which it was made."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from accord.core.errors import AccordError
from accord.ports.connector import Connector, Write
from accord.qa.performing.ground import Ground
from accord.qa.performing.probes import Probes
from accord.qa.performing.records import Record, named, system_of

__all__ = ["remove"]

_PASSES: Final = 6
"""What is refused, for others refer to it, is tried again so often as others went."""
_AT_ONCE: Final = 200


async def remove(ground: Ground, probes: Probes) -> list[str]:
    """Remove all probes, the last made first; those that could not be removed are returned as they are told.

    Creates that had no answer are looked for first, among all records of their types.
    """
    lost = await _find_lost(ground, probes)
    systems: dict[str, list[Record]] = {}
    for record in reversed(probes.made):
        if record not in probes.gone:
            systems.setdefault(system_of(record.at), []).append(record)
    left = await asyncio.gather(
        *(_remove_all(ground, ground.people[name], some, probes) for name, some in systems.items())
    )
    return [*(named(record) for some in left for record in some), *lost]


async def _find_lost(ground: Ground, probes: Probes) -> list[str]:
    """Look for what creates without an answer made; what can not be told is returned."""
    left = []
    for at in probes.unanswered():
        await ground.clock.sleep(ground.type(at).lag_s)
        try:
            async for page in ground.people_at(at).read(at, "", full=True):
                for seen in page.observations:
                    probes.adopts(Record(at, seen.id), seen.our_id, seen.payload)
        except AccordError as error:
            left.append(f"{at}: it could not be looked for what a create made that had no answer: {error}")
            continue
        unknown = [create for create in probes.unanswered().get(at, ()) if not probes.may_be_found(create)]
        left += [f"{at}: a create had no answer, and bore nothing by which it could be found"] * len(unknown)
        probes.give_up(probes.unanswered().get(at, ()))
    return left


async def _remove_all(
    ground: Ground, connector: Connector, records: Sequence[Record], probes: Probes
) -> list[Record]:
    lasting = [r for r in records if ground.type(r.at).operation("delete") is None]
    left = [r for r in records if ground.type(r.at).operation("delete") is not None]
    versions: dict[Record, str | None] = {}
    for _ in range(_PASSES):
        again: list[Record] = []
        for n in range(0, len(left), _AT_ONCE):
            again += await _remove_some(ground, connector, left[n : n + _AT_ONCE], versions, probes)
        left = again
        if not left:
            break
        versions = await _looked(connector, left, probes)
        left = [record for record in left if record in versions]
    probes.removed(lasting)  # nobody can, and somebody said that they may stay
    return [*lasting, *left]


async def _remove_some(
    ground: Ground,
    connector: Connector,
    records: Sequence[Record],
    versions: Mapping[Record, str | None],
    probes: Probes,
) -> list[Record]:
    """Those that are still there, as far as one can tell."""
    writes = [Write(mapping=r.at, kind="delete", id=r.id, version=versions.get(r)) for r in records]
    outcomes = await connector.write(writes)
    gone = [r for r, o in zip(records, outcomes, strict=True) if o.kind in ("done", "missing")]
    probes.removed(gone)
    if wait_s := max((outcome.after_s for outcome in outcomes if outcome.kind == "later"), default=0.0):
        await ground.clock.sleep(wait_s)
    found = set(gone)
    return [record for record in records if record not in found]


async def _looked(
    connector: Connector, records: Iterable[Record], probes: Probes
) -> dict[Record, str | None]:
    """Versions of the records that are still there; where that can not be told they are taken to be."""
    types: dict[str, list[Record]] = {}
    for record in records:
        types.setdefault(record.at, []).append(record)
    found: dict[Record, str | None] = {}
    for at, some in types.items():
        try:
            answers = await connector.fetch(at, [record.id for record in some])
        except AccordError:
            found.update(dict.fromkeys(some))
            continue
        gone = [r for r, a in zip(some, answers, strict=True) if a.gone in ("missing", "deleted")]
        probes.removed(gone)
        found.update((r, a.version) for r, a in zip(some, answers, strict=True) if r not in set(gone))
    return found
