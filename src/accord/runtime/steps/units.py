"""Wholes and their parts: an order is created only when all of its lines can be (W5)."""

from collections.abc import Sequence

from msgspec.structs import replace

from accord.core.model import Mapping, Model, References
from accord.core.settle import Settled, settle
from accord.core.state import Cluster
from accord.core.work import Context, Hold
from accord.ports.store import Transaction
from accord.runtime.hub import Hub
from accord.runtime.settling import reviewed_records
from accord.runtime.steps.strangers import find_strangers

__all__ = ["hold_wholes"]

_BLOCKS = ("review", "failed", "conflict", "frozen", "waiting", "pending")
"""States of a part that is to be created there and can not be yet; what will never be does not keep its whole."""


class _Promised:
    """References under which a whole has its record already."""

    def __init__(self, known: References, mapping: str, golden: str) -> None:
        self._known, self._mapping, self._golden = known, mapping, golden

    def golden(self, entity_type: str, remote_id: str) -> str | None:
        """Golden id of a linked record."""
        return self._known.golden(entity_type, remote_id)

    def remote(self, entity_type: str, golden_id: str) -> str | None:
        """Remote id of a record, there or promised; what is written there is never sent."""
        promised = "0" if (entity_type, golden_id) == (self._mapping, self._golden) else None
        return self._known.remote(entity_type, golden_id) or promised


async def hold_wholes(hub: Hub, tx: Transaction, settled: Sequence[Settled], context: Context) -> None:
    """Hold back creates of wholes whose parts can not follow at once."""
    if not hub.model.wholes:
        return
    due = [s for s in settled if s.cluster.golden.concept in hub.model.wholes and _creates(s)]
    if not due:
        return
    parts = await _parts(hub, tx, {s.cluster.golden.id for s in due})
    clusters = [part for some in parts.values() for part in some]
    given = await hub.context(
        tx,
        clusters,
        context.gates,
        reviewed=await reviewed_records(tx),
        strangers=await find_strangers(hub, tx, clusters),
        pulled=context.pulled,
    )
    for each in due:
        golden = each.cluster.golden.id
        for mapping in _creates(each):
            if why := _unready(hub.model, given, golden, mapping, parts.get(golden, ())):
                each.dues = [d for d in each.dues if not (d.kind == "create" and d.mapping == mapping)]
                hold = Hold(golden=golden, mapping=mapping, property="", state="waiting", reason=why)
                each.holds.append(hold)


def _creates(settled: Settled) -> list[str]:
    """Mappings in which a record is to be created."""
    return [due.mapping for due in settled.dues if due.kind == "create"]


async def _parts(hub: Hub, tx: Transaction, wholes: set[str]) -> dict[str, list[Cluster]]:
    """Golden records by the whole that they are parts of."""
    found: dict[str, list[Cluster]] = {}
    for cluster in await tx.clusters(sorted(await tx.dependants(wholes))):
        concept = hub.model.concepts.get(cluster.golden.concept)
        for column, prop in enumerate(concept.properties if concept is not None else ()):
            whole = cluster.golden.value[column]
            if prop.whole and whole in wholes and cluster.golden.life == "alive":
                found.setdefault(whole, []).append(cluster)
    return found


def _unready(model: Model, given: Context, golden: str, mapping: str, parts: Sequence[Cluster]) -> str:
    """Why a whole waits for one of its parts, or ""."""
    system = model.mappings[mapping].system
    promised = replace(given, refs=_Promised(given.refs, mapping, golden))
    for part in parts:
        targets = {
            m.key
            for m in model.mappings_of(part.golden.concept)
            if m.system == system and _refers(m, mapping)
        }
        if targets & {link.mapping for link in part.links if link.life == "live"}:
            continue
        told = settle(part, promised)
        if any(due.kind == "create" and due.mapping in targets for due in told.dues):
            continue
        holds = [hold for hold in told.holds if hold.mapping in targets and hold.state in _BLOCKS]
        if holds:
            return f"its part {part.golden.id} can not be created yet: {holds[0].reason}"
    return ""


def _refers(mapping: Mapping, whole: str) -> bool:
    return any(row.references == whole for row in mapping.properties)
