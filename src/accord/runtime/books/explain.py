"""Explain: why a value is here, where it came from, who lost, and why something is not written (M7, G4)."""

from typing import Any

from msgspec import Struct, field

from accord.core.errors import AccordError
from accord.core.model import NoReferences, PropertyMapping
from accord.core.stamps import Stamp
from accord.core.state import Cluster, Event, Review, Seen, record_key, record_parts
from accord.core.values import MISSING, Raw
from accord.core.work import Hold
from accord.ports.store import Transaction
from accord.runtime.books.chases import Chase, chases_of
from accord.runtime.books.retention import pruned_us
from accord.runtime.books.towards import Toward, known_targets, towards
from accord.runtime.hub import Hub
from accord.runtime.steps.configure import check_layout
from accord.runtime.steps.sharing import derive
from accord.runtime.targets import is_record, known_golden, known_property, known_record, known_run

__all__ = ["Explained", "RecordState", "ReviewState", "ValueState", "explain", "history"]


class ValueState(Struct, kw_only=True):
    """One golden property: its value, who said so and when, and what each linked record shows."""

    property: str
    value: Any
    origin: str
    since_us: int | None
    question: str = ""
    how: str = ""
    """How it is known: the kind of the line of history that decided it ("edit", "first_link", "pick" …)."""
    rule: str = ""
    """The rule that let it win, where others competed or lost (M2)."""
    shown: dict[str, Any] = field(default_factory=dict)
    unreadable: dict[str, str] = field(default_factory=dict)
    """Why what a record shows says nothing: it is no value of the property's type."""
    history: list[Event] = field(default_factory=list)


class RecordState(Struct, kw_only=True):
    """One record of the golden record, or a place where there is none, and what keeps it from being written."""

    record: str
    life: str
    holds: list[str] = field(default_factory=list)
    pending: list[str] = field(default_factory=list)


class ReviewState(Struct, kw_only=True):
    """A review that concerns the record: which rule, why, since when, and who else is in it.

    "cluster" and "veto" hold their unlinked members; "merge" and "propose" (a near match) only propose to join, and
    keep creates from being made; "create" and "restore" ask what became of creates.
    """

    id: str
    kind: str
    rule: str
    reason: str
    others: list[str]
    since_us: int


class Explained(Struct, kw_only=True):
    """All that is known about one record or golden record; `state` tells where the record stands, and why."""

    golden: str = ""
    concept: str = ""
    life: str = ""
    record: str = ""
    state: str = ""
    reviews: list[ReviewState] = field(default_factory=list)
    values: list[ValueState] = field(default_factory=list)
    records: list[RecordState] = field(default_factory=list)
    towards: list[Toward] = field(default_factory=list)
    """Where it stands in the other entity types, and what would make it flow (G4)."""
    linked: list[Event] = field(default_factory=list)
    chases: list[Chase] = field(default_factory=list)
    """What is frozen, with the values that chase each other (G5)."""
    pruned_us: int | None = None
    """What happened before is not kept any more (M4)."""


async def explain(hub: Hub, target: str, property_: str = "", *, place: str = "") -> Explained:
    """What is known about a record ("system.Type/id") or a golden record, of one property or of all. `place` is the
    system or entity type that it is asked about, "" for all others.

    Raises AccordError: there is no such record, property or place, and the message names what there is; or the
    configuration has changed since the last sync.
    """
    async with hub.store.transaction(dry=True) as tx:
        await check_layout(hub, tx)
        explained = Explained(record=target if is_record(target) else "")
        golden: str | None = target
        names = {target}
        if is_record(target):
            seen = await known_record(hub, tx, target)
            golden, explained.concept = seen.golden, hub.model.mappings[seen.mapping].concept
            explained.state = await _state(hub, tx, seen)
            targets = known_targets(hub, explained.concept, place, but=seen.mapping)
            explained.towards = await towards(hub, tx, seen, targets)
        else:
            golden = await known_golden(hub, tx, target)
        if golden is not None:
            (cluster,) = await tx.clusters([golden])
            if not is_record(target):
                explained.towards = await _towards_all(hub, tx, cluster, place)
            names |= {golden, *(record_key(*record) for record in cluster.seen)}
            await _explain_cluster(hub, tx, cluster, explained, property_)
        explained.pruned_us = await pruned_us(tx)
        reviews = await tx.reviews(explained.concept)
        explained.reviews = [_review(r, target) for r in reviews if names & {*r.members, *r.goldens}]
    return explained


async def _towards_all(hub: Hub, tx: Transaction, cluster: Cluster, place: str) -> list[Toward]:
    """Where a golden record stands, by the first of its records that is not of the place itself."""
    rows = [
        row for _, row in sorted(cluster.seen.items()) if row.golden == cluster.golden.id and not row.gone
    ]
    found: dict[str, Toward] = {}
    for row in (row for row in rows if row.mapping in hub.model.mappings):
        try:
            targets = known_targets(hub, cluster.golden.concept, place, but=row.mapping)
        except AccordError:
            continue
        for toward in await towards(hub, tx, row, targets):
            found.setdefault(toward.target, toward)
    if place and not found:
        known_targets(hub, cluster.golden.concept, place, but="")
    return list(found.values())


def _review(review: Review, target: str) -> ReviewState:
    others = [member for member in (*review.members, *review.goldens) if member != target]
    return ReviewState(
        id=review.id,
        kind=review.kind,
        rule=review.rule,
        reason=review.reason,
        others=others,
        since_us=review.at_us,
    )


async def history(hub: Hub, target: str, *, run: int | None = None, limit: int = 1000) -> list[Event]:
    """What happened to a record, to a golden record, or (target "") to all; in one run, or ever; oldest first.

    Raises AccordError: there is no such record or run.
    """
    async with hub.store.transaction(dry=True) as tx:
        record = golden = None
        if is_record(target):
            await known_record(hub, tx, target)
            record = target
        elif target:
            golden = await known_golden(hub, tx, target)
        if run is not None:
            await known_run(tx, run)
        return await tx.history(golden=golden, record=record, run=run, limit=limit)


async def _state(hub: Hub, tx: Transaction, seen: Seen) -> str:
    """Where a record stands, in words."""
    if seen.gone:
        into = f" into {record_key(seen.mapping, seen.successor)}" if seen.successor else ""
        return f"gone: {seen.gone}{into}"
    if seen.golden is not None:
        return "linked"
    if seen.excluded:
        return f"left out: {seen.excluded}"
    if any(review.id == seen.held for review in await tx.reviews()):
        return "in review: neither linked nor created elsewhere until a person decides"
    if seen.held:
        return f"held: {seen.held}"
    unread = [
        m.key
        for m in hub.model.mappings_of(hub.model.mappings[seen.mapping].concept)
        if (cursor := await tx.cursor(m.key)) is None or not cursor.complete
    ]
    if unread:
        return f"waiting to be linked: never read completely yet: {', '.join(unread)}"
    return "waiting to be linked by the next run"


async def _explain_cluster(
    hub: Hub, tx: Transaction, cluster: Cluster, explained: Explained, property_: str
) -> None:
    golden = cluster.golden
    names = [p.name for p in hub.model.concepts[golden.concept].properties]
    if property_:
        property_ = known_property(names, property_, f"the concept {golden.concept}")
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
    explained.chases = chases_of(settled[0], hub.model, hub.clock.now_us())
    explained.records = _records(settled[0].cluster, settled[0].holds, pending)
    _absences(hub, golden.concept, explained)


def _how(state: ValueState, stamp: Stamp) -> str:
    """What decided a value: the line of history that bears its stamp, or its record's edit to it; else a first link
    that another value lost."""
    lines = [event for event in reversed(state.history) if event.kind != "updated"]
    for event in lines:
        edited = event.kind == "edit" and (event.record, event.value) == (stamp.record, state.value)
        if event.stamp == stamp or edited:
            return event.kind
    return "first_link" if any(event.rule.startswith("first_link") for event in lines) else ""


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
    state.how = _how(state, stamp)
    survivorship = hub.model.concepts[golden.concept].survivorship
    if any(event.kind == "loser" for event in state.history):
        state.rule = survivorship[column].rule if survivorship else "latest"
    for link in cluster.links:
        mapping = hub.model.mappings.get(link.mapping)
        seen = cluster.seen.get((link.mapping, link.id or ""))
        if mapping is None or seen is None:
            continue
        for at, row in enumerate(mapping.properties):
            if row.property == column:
                raw, record = seen.raw[at], record_key(link.mapping, seen.id)
                state.shown[record] = None if raw is MISSING else raw
                if raw is not MISSING and not row.references and (why := _unreadable(row, raw)):
                    state.unreadable[record] = why
    return state


def _unreadable(row: PropertyMapping, raw: Raw) -> str:
    try:
        row.lens.get(raw, NoReferences())
    except ValueError as error:
        return str(error)
    return ""


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


def _absences(hub: Hub, concept: str, explained: Explained) -> None:
    """Why a record is not there, where nothing is held or pending either."""
    there = {record_parts(record.record)[0] for record in explained.records}
    for mapping in hub.model.mappings_of(concept):
        if mapping.key in there:
            continue
        dead = f"the golden record is {explained.life}"
        why = dead if explained.life != "alive" else "the next run looks at it"
        explained.records.append(RecordState(record=mapping.key, life="none", holds=[why]))
