"""Explain: why a value is here, where it came from, who lost, and why something is not written (M7, G4)."""

from typing import Any

from msgspec import Struct, field

from accord.core.errors import AccordError
from accord.core.state import Cluster, Event, Seen, record_key
from accord.core.values import MISSING
from accord.core.work import Hold
from accord.ports.store import Transaction
from accord.runtime.hub import Hub
from accord.runtime.settling import reviewed_records
from accord.runtime.sharing import derive

__all__ = ["Explained", "RecordState", "ValueState", "explain"]


class ValueState(Struct, kw_only=True):
    """One golden property: its value, who said so and when, and what each linked record shows."""

    property: str
    value: Any
    origin: str
    since_us: int | None
    question: str = ""
    shown: dict[str, Any] = field(default_factory=dict)
    history: list[Event] = field(default_factory=list)


class RecordState(Struct, kw_only=True):
    """One record of the golden record, or a place where there is none, and what keeps it from being written."""

    record: str
    life: str
    holds: list[str] = field(default_factory=list)
    pending: list[str] = field(default_factory=list)


class Explained(Struct, kw_only=True):
    """All that is known about one record or golden record."""

    golden: str = ""
    concept: str = ""
    life: str = ""
    record: str = ""
    state: str = ""
    reviews: list[str] = field(default_factory=list)
    values: list[ValueState] = field(default_factory=list)
    records: list[RecordState] = field(default_factory=list)
    linked: list[Event] = field(default_factory=list)


async def explain(hub: Hub, target: str, property_: str = "") -> Explained:
    """What is known about a record ("system.Type/id") or a golden record, of one property or of all.

    Raises AccordError: there is no such record or property; the message names what there is.
    """
    async with hub.store.transaction(dry=True) as tx:
        explained = Explained(record=target)
        golden = target
        if "/" in target:
            seen = await _seen(hub, tx, target)
            reviewed = await reviewed_records(tx)
            explained.state = _state(seen)
            explained.reviews = [reviewed[target]] if target in reviewed else []
            if seen.golden is None:
                return explained
            golden = seen.golden
        clusters = await tx.clusters([golden])
        if not clusters:
            raise AccordError(
                f"there is no record {target}", remedy="Name one as system.Type/id, or by its golden id."
            )
        await _explain_cluster(hub, tx, clusters[0], explained, property_)
    return explained


async def _seen(hub: Hub, tx: Transaction, target: str) -> Seen:
    mapping, _, id_ = target.partition("/")
    if mapping not in hub.model.mappings:
        known = ", ".join(sorted(hub.model.mappings))
        raise AccordError(f"there is no entity type {mapping}", remedy=f"There are: {known}.")
    rows = await tx.seen(mapping, [id_])
    if id_ not in rows:
        raise AccordError(
            f"{target} was never seen", remedy="Run accord sync or accord plan, then ask again."
        )
    return rows[id_]


def _state(seen: Seen) -> str:
    """Where a record stands, in words."""
    if seen.gone:
        return f"gone: {seen.gone}"
    if seen.golden is not None:
        return "linked"
    if seen.held:
        return f"held: {seen.held}"
    return f"excluded: {seen.excluded}" if seen.excluded else "waiting to be linked"


async def _explain_cluster(
    hub: Hub, tx: Transaction, cluster: Cluster, explained: Explained, property_: str
) -> None:
    golden = cluster.golden
    names = [p.name for p in hub.model.concepts[golden.concept].properties]
    if property_ and property_ not in names:
        raise AccordError(
            f"concept {golden.concept} has no property {property_}", remedy=f"It has: {', '.join(names)}."
        )
    history = await tx.history(golden=golden.id)
    explained.golden, explained.concept, explained.life = golden.id, golden.concept, golden.life
    explained.linked = [
        e for e in history if e.kind in ("linked", "created", "gone", "deleted") and not e.property
    ]
    for column, name in enumerate(names):
        if not property_ or name == property_:
            explained.values.append(_value(hub, cluster, column, name, history))
    settled, _ = await derive(hub, tx, await tx.clusters([golden.id]))
    pending: dict[str, list[str]] = {}
    for due in settled[0].dues:
        rows = hub.model.mappings[due.mapping].properties
        pending.setdefault(due.mapping, []).append(
            f"{due.kind}: {', '.join(rows[c].name for c in sorted(due.sent))}"
        )
    explained.records = _records(cluster, settled[0].holds, pending)


def _value(hub: Hub, cluster: Cluster, column: int, name: str, history: list[Event]) -> ValueState:
    golden = cluster.golden
    stamp = golden.stamp[column]
    state = ValueState(
        property=name,
        value=golden.value[column],
        origin=stamp.record,
        since_us=stamp.time_us if stamp.time_us > 0 else None,
        question=golden.questions.get(column, ""),
        history=[event for event in history if event.property == name],
    )
    for link in cluster.links:
        mapping = hub.model.mappings.get(link.mapping)
        seen = cluster.seen.get((link.mapping, link.id or ""))
        if mapping is None or seen is None:
            continue
        for at, row in enumerate(mapping.properties):
            if row.property == column:
                raw = seen.raw[at]
                state.shown[record_key(link.mapping, seen.id)] = None if raw is MISSING else raw
    return state


def _records(cluster: Cluster, holds: list[Hold], pending: dict[str, list[str]]) -> list[RecordState]:
    """A line for each link, and one for each place that is held without a link."""
    states = {}
    for link in cluster.links:
        name = record_key(link.mapping, link.id) if link.id else link.mapping
        life = link.life if not link.by else f"{link.life} (by {link.by})"
        states[link.mapping, link.incarnation] = RecordState(record=name, life=life)
    by_mapping = {mapping: state for (mapping, _), state in sorted(states.items())}
    for hold in holds:
        state = by_mapping.setdefault(hold.mapping, RecordState(record=hold.mapping, life="none"))
        where = f"{hold.property}: " if hold.property else ""
        state.holds.append(f"{hold.state}: {where}{hold.reason}")
    for mapping, writes in pending.items():
        by_mapping.setdefault(mapping, RecordState(record=mapping, life="none")).pending.extend(writes)
    rest = [state for state in states.values() if state not in by_mapping.values()]
    return sorted([*by_mapping.values(), *rest], key=lambda state: state.record)
