"""What a person names: a record, a golden record, a property; and what they may have meant instead."""

from collections.abc import Iterable
from difflib import get_close_matches

from accord.core.errors import AccordError
from accord.core.state import Seen, record_parts
from accord.core.wording import remedy
from accord.ports.store import Transaction
from accord.runtime.hub import Hub
from accord.runtime.steps.erased import erasures

__all__ = ["is_record", "known_golden", "known_property", "known_record", "known_run"]

_LOOKED_AT = 5000
_GROUPED = "+"
"""Stands between the members of a group in its name (M8)."""
_FORM = "Name a record as system.Type/id, or a golden record by its id."


def is_record(target: str) -> bool:
    """True for "system.Type/id"; a golden record is "concept:hash"."""
    return "/" in target


async def known_record(hub: Hub, tx: Transaction, target: str) -> Seen:
    """The row of a record that a person named.

    Raises AccordError: there is no such entity type, it was erased, or no such record was ever seen; with what may have
    been meant.
    """
    mapping, record_id = record_parts(target)
    if mapping not in hub.model.mappings:
        raise AccordError(f"there is no entity type {mapping}", remedy=remedy(mapping, hub.model.mappings))
    found = (await tx.seen(mapping, [record_id])).get(record_id)
    if found is not None:
        return found
    if (await erasures(tx)).has(mapping, record_id):
        raise AccordError(
            f"{target} was erased", remedy="It is not read in again: nothing is known of it (P1)."
        )
    ids = [row.id for row in await tx.scan_seen(mapping, "", _LOOKED_AT)]
    near = get_close_matches(record_id, ids, n=3, cutoff=0.75)
    also = f" Did you mean {' or '.join(f'{mapping}/{each}' for each in near)}?" if near else ""
    raise AccordError(
        f"{target} was never seen",
        remedy=f"Run `accord sync` or `accord plan`, which read the systems, then ask again.{also}",
    )


async def known_golden(hub: Hub, tx: Transaction, target: str) -> str:
    """The id of a golden record that a person named. Raises AccordError: there is none."""
    found = await tx.clusters([target])
    while (
        found and found[0].golden.life == "merged"
    ):  # an alias leads to the one that it was merged into (W5)
        found = await tx.clusters([found[0].golden.merged_into])
    if found:
        return found[0].golden.id
    if target in hub.model.mappings:
        raise AccordError(f"{target} is an entity type", remedy=f"Name one of its records: {target}/id.")
    raise AccordError(f"there is no golden record {target}", remedy=_FORM)


async def known_run(tx: Transaction, run: int) -> None:
    """Raises AccordError: there was no such run."""
    newest = await tx.runs(1)
    last = newest[0]["run"] if newest else 0
    if not 1 <= run <= last:
        raise AccordError(
            f"there was no run {run}", remedy=f"Runs go from 1 to {last}." if last else "There was none yet."
        )


def known_property(names: Iterable[str], wanted: str, where: str) -> str:
    """The property that a person named; of a member of a group its group, which is one value (M8).

    Raises AccordError: there is none; with what may have been meant.
    """
    every = list(names)
    group = next((name for name in every if wanted in name.split(_GROUPED)), "")
    if wanted not in every and group:
        return group
    if wanted not in every:
        raise AccordError(f"{where} has no property {wanted}", remedy=remedy(wanted, every))
    return wanted
