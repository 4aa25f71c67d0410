"""Watch the schema of what is read: drift pauses the entity type, and nothing of it is taken in (G2)."""

from collections.abc import Mapping as ReadOnly, Sequence, Set as AbstractSet
from typing import Any, Final

from accord.core.drift import LEAST, Shown, compared, drift_of, kind_of
from accord.core.errors import StopEntityType
from accord.core.model import Mapping
from accord.core.observation import Observation
from accord.core.state import NOT_PERMITTED
from accord.core.values import Raw
from accord.ports.store import Transaction
from accord.runtime.hub import Hub
from accord.runtime.pauses import DRIFT, Pause, add, mark_concepts

__all__ = ["DriftError", "pause_for", "watch_schema"]

_LOOKED_AT: Final = 500
_WORDS: Final = {"gone": "is gone, or null", "retyped": "holds another type of value"}


class DriftError(StopEntityType):
    """Most records have changed in shape: the page is not taken in. `denied` are properties that the account may not
    write: where one of them is gone, a right is lost, and no schema changed (W9)."""

    def __init__(
        self,
        mapping: str,
        found: ReadOnly[str, str],
        shown: ReadOnly[str, Shown],
        denied: AbstractSet[str] = frozenset(),
    ) -> None:
        lost = sorted(name for name, what in found.items() if what == "gone" and name in denied)
        told = [
            f"{name} {_WORDS[what]} in {max(shown[name].gone, shown[name].retyped)} of {shown[name].checked} records"
            + (f" ({NOT_PERMITTED})" if name in lost else "")
            for name, what in sorted(found.items())
        ]
        first = "Look there what became of it, and who may read it"
        if lost:
            system, names = mapping.partition(".")[0], ", ".join(lost)
            first = f"Ask who administers {system} for the right of the account to read and write {names}"
        super().__init__(
            f"{mapping}: {', '.join(told)}",
            remedy=f"{first}; then: accord resume {mapping}, or, if it is meant to be so, "
            f"accord resume {mapping} --accept",
        )
        self.properties = tuple(sorted(found))


async def watch_schema(
    tx: Transaction,
    mapping: Mapping,
    observations: Sequence[Observation],
    before: ReadOnly[str, Sequence[Raw]],
) -> None:
    """Compare a page with what was seen before. Small pages are counted together, until one of them is as ever.

    Raises DriftError: a property that is required, or was always there, is gone from most of at least `LEAST` records,
    or one holds another type of value in them.
    """
    kept: dict[str, Any] = await tx.meta(DRIFT) or {}
    if not before and mapping.key not in kept and not any(row.required for row in mapping.properties):
        return  # records that nobody knows had nothing to lose, and nothing was counted so far
    page = {
        mapping.properties[column].name: shown
        for column, shown in compared(observations, before, mapping).items()
    }
    tally: dict[str, list[int]] = kept.get(mapping.key, {}).get("tally", {})
    accepted: set[str] = set(kept.get(mapping.key, {}).get("accepted", ()))
    told: dict[str, Shown] = {}
    for name, shown in page.items():
        lost = 2 * max(shown.gone, shown.retyped) > shown.checked
        if not lost:
            accepted.discard(name)
        elif name not in accepted and (
            name in tally or shown.retyped or await _is_always_there(tx, mapping, name)
        ):
            told[name] = shown.plus(tally.get(name, (0, 0, 0)))
    if found := {name: what for name, shown in told.items() if (what := drift_of(shown))}:
        raise DriftError(mapping.key, found, told, await _denied(tx, mapping))
    rest = {name: shown for name, shown in tally.items() if name not in page}
    now = {"tally": rest | {name: list(shown) for name, shown in told.items()}, "accepted": sorted(accepted)}
    if now != kept.get(mapping.key, {"tally": {}, "accepted": []}):
        await tx.save_meta(DRIFT, {**kept, mapping.key: now})


async def _denied(tx: Transaction, mapping: Mapping) -> set[str]:
    """Properties that the account was refused to write for want of a right."""
    return {
        mapping.properties[column].name
        for link in await tx.rejected(_LOOKED_AT)
        for column, rejection in link.rejected.items()
        if link.mapping == mapping.key and rejection.denied and column >= 0
    }


async def _is_always_there(tx: Transaction, mapping: Mapping, name: str) -> bool:
    """True for a required property, and for one that every record had so far."""
    column = next(c for c, row in enumerate(mapping.properties) if row.name == name)
    if mapping.properties[column].required:
        return True
    rows = [
        row for row in await tx.scan_seen(mapping.key, "", _LOOKED_AT) if not row.gone and not row.excluded
    ]
    return len(rows) >= LEAST and all(kind_of(row.raw[column]) for row in rows)


async def pause_for(hub: Hub, mapping: Mapping, drift: DriftError) -> None:
    """Neither read nor written, and what was read of it last is not believed, until somebody has looked."""
    pause = Pause(
        scope=mapping.entity_type,
        kind="drift",
        why=f"{drift.message.partition(': ')[2]}. {drift.remedy}",
        at_us=hub.clock.now_us(),
        properties=drift.properties,
    )
    async with hub.store.transaction() as tx:
        await add(tx, pause)
        await mark_concepts(tx, hub.model, [pause])
