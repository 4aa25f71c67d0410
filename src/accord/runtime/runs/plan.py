"""Plan: what a run would do, exactly, before it does anything (G6, K1, M6)."""

from collections import Counter
from contextlib import AsyncExitStack
from typing import Any

import msgspec
from msgspec import Struct, field

from accord.core.model import Mapping, Model
from accord.core.settle import Settled
from accord.core.values import MISSING
from accord.core.work import Due
from accord.runtime.budget import Spent, spent_of
from accord.runtime.digest import digest
from accord.runtime.found import Found
from accord.runtime.guards import Alarm, Tally
from accord.runtime.hub import Hub
from accord.runtime.overlay import overlay
from accord.runtime.pauses import Pause
from accord.runtime.scans import golden_pages
from accord.runtime.settling import wake_waiting
from accord.runtime.steps.approval import first_synced, past_of
from accord.runtime.steps.collect import Collected
from accord.runtime.steps.configure import apply_configuration
from accord.runtime.steps.cycle import settle_all
from accord.runtime.steps.foresee import foresee
from accord.runtime.steps.reading import end_pauses, read_all
from accord.runtime.steps.sharing import reads_first
from accord.runtime.team import Alone

__all__ = [
    "Plan",
    "PlannedWrite",
    "Sample",
    "make_plan",
    "read_until_known",
    "value_digest",
    "write_digests",
    "write_name",
]

SAMPLES = 3


class PlannedWrite(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One write: its target, the properties it carries, and digests of their values, in the same order."""

    kind: str
    mapping: str
    golden: str
    id: str | None = None
    properties: list[str] = field(default_factory=list)
    digests: list[str] = field(default_factory=list)


class Sample(Struct, frozen=True, kw_only=True):
    """An overwrite or a blanking to look at: record, property, the value there now and the one to come."""

    record: str
    property: str
    now: Any
    then: Any


class Plan(Struct, kw_only=True):
    """What a run would do. Confirming it is the approval of the lists that it shows (G1).

    `kept`: what was read for it is in the store. Not so under a configuration that was not applied yet (rows have other
    columns then): the run reads again. `linked` and `held` are counts of records, `overwrites` and `blanks` of values;
    `pulled` are those of the creates that are only due because something refers to them (W6), `not_carried` references
    that are not written, for no record will stand for what they refer to (W5).
    """

    format: int = 1
    project: str
    fingerprint: str
    made_us: int
    kept: bool = True
    records: dict[str, int] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    linked: dict[str, int] = field(default_factory=dict)
    creates: dict[str, int] = field(default_factory=dict)
    pulled: dict[str, int] = field(default_factory=dict)
    updates: dict[str, int] = field(default_factory=dict)
    deletes: dict[str, int] = field(default_factory=dict)
    not_carried: dict[str, int] = field(default_factory=dict)
    overwrites: dict[str, int] = field(default_factory=dict)
    blanks: dict[str, int] = field(default_factory=dict)
    samples: list[Sample] = field(default_factory=list)
    pages: dict[str, int] = field(default_factory=dict)
    calls: dict[str, int] = field(default_factory=dict)
    """Calls that write, by system."""
    run_calls: dict[str, int] = field(default_factory=dict)
    """About all calls of a run, by system: pages that are read, records that are read before a write, writes (W11)."""
    budgets: dict[str, Spent] = field(default_factory=dict)
    reviews: dict[str, int] = field(default_factory=dict)
    held: dict[str, int] = field(default_factory=dict)
    paused: dict[str, Pause] = field(default_factory=dict)
    """Mappings where nothing is planned, for they are left alone for now; and the pause that each of them is under."""
    questions: int = 0
    alarms: list[Alarm] = field(default_factory=list)
    writes: list[PlannedWrite] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        """Nothing would be written."""
        return not self.writes


def write_name(due: Due) -> tuple[str, str, str]:
    """Name of a write in a plan."""
    return due.kind, due.mapping, due.golden


def write_digests(due: Due, mapping: Mapping) -> dict[str, str]:
    """Digest of each property that a write carries, by name, in the order of columns.

    A reference counts as what it refers to: its id may not be known yet (W5).
    """
    rows = mapping.properties
    return {
        rows[column].name: value_digest(sent.stamp.order if rows[column].references else sent.raw)
        for column, sent in sorted(due.sent.items())
    }


def value_digest(value: Any) -> str:
    """What a plan keeps of a value."""
    return digest(value, 6)


async def read_until_known(hub: Hub) -> list[Collected]:
    """Read all entity types, and once more where that was the first time or there are newcomers: creates need a second
    look (W13).

    Returns what the first read came to.
    """
    async with hub.store.transaction(dry=True) as tx:
        cursors = [await tx.cursor(key) for key in hub.model.mappings]
    reads = await read_all(hub)
    async with hub.store.transaction(dry=True) as tx:
        newcomers = any(counts.get("waiting") for counts in (await tx.census()).values())
    if newcomers or any(cursor is None or not cursor.complete for cursor in cursors):
        lag_s = max((m.declaration.lag_s for m in hub.model.mappings.values()), default=0.0)
        if lag_s:
            await hub.clock.sleep(lag_s)
        await read_all(hub)
    return reads


async def make_plan(hub: Hub) -> Plan:
    """What a run would do now. Reading goes on (its pages are kept), nothing is linked, settled or written.

    Under a configuration that was not applied yet not even the pages are kept: rows have other columns then.
    """
    plan = Plan(project=hub.model.project, fingerprint=hub.model.fingerprint, made_us=hub.clock.now_us())
    async with hub.store.transaction(dry=True) as tx:
        plan.kept = await tx.meta("fingerprint") == hub.model.fingerprint
    if plan.kept:
        _note_reads(plan, await read_until_known(hub))
    async with AsyncExitStack() as stack:
        for budget in hub.budgets.values():
            await stack.enter_async_context(budget.set_aside())  # the store is not there for others meanwhile
        store = await stack.enter_async_context(overlay(hub.store))
        trial = msgspec.structs.replace(hub, store=store, found=Found(), team=Alone())
        if not plan.kept:  # else edits that rest would hide what a new configuration writes (K1, W12)
            trial.model = _restless(hub.model)
        await apply_configuration(trial)
        if not plan.kept:
            _note_reads(plan, await read_until_known(trial))
        await end_pauses(trial)
        await wake_waiting(trial)
        await settle_all(trial)
        await _note_writes(trial, plan)
    async with hub.store.transaction(dry=True) as tx:
        for name, budget in sorted(hub.budgets.items()):
            plan.budgets[name] = await spent_of(tx, name, budget.per_day, hub.clock.now_us())
    return plan


def _restless(model: Model) -> Model:
    """The model without any rest of edits."""
    mappings = {key: msgspec.structs.replace(m, settle_s=0.0) for key, m in model.mappings.items()}
    return msgspec.structs.replace(model, mappings=mappings)


def _note_reads(plan: Plan, reads: list[Collected]) -> None:
    plan.records = {read.mapping: read.records for read in reads}
    plan.pages = {read.mapping: read.pages for read in reads if read.pages}
    plan.errors = {read.mapping: read.error for read in reads if read.error}


async def _note_writes(hub: Hub, plan: Plan) -> None:
    writes: dict[tuple[str, str, str], PlannedWrite] = {}

    def visit(due: Due, settled: Settled) -> None:
        digests = write_digests(due, hub.model.mappings[due.mapping])
        write = writes.setdefault(
            write_name(due), PlannedWrite(kind=due.kind, mapping=due.mapping, golden=due.golden, id=due.id)
        )
        write.properties.extend(digests)
        write.digests.extend(digests.values())
        _sample(hub, plan, due, settled)

    tally = await foresee(hub, visit)
    plan.writes = list(writes.values())
    _sum_up(hub, plan, tally)
    async with hub.store.transaction(dry=True) as tx:
        first = await first_synced(hub, tx)
        tally.past = await past_of(tx, hub.clock.now_us())
        plan.reviews = dict(Counter(review.kind for review in await tx.reviews()))
        census = await tx.census()
        plan.paused = dict(sorted((await hub.paused(tx)).items()))
    plan.linked = {key: census.get(key, {}).get("linked", 0) for key in hub.model.mappings}
    plan.held = {key: n for key in hub.model.mappings if (n := census.get(key, {}).get("held", 0))}
    plan.questions = await _questions(hub)
    plan.alarms = tally.alarms(hub.guards, first)


async def _questions(hub: Hub) -> int:
    """How many golden properties only a person can decide (M2, M6)."""
    count = 0
    async with hub.store.transaction(dry=True) as tx:
        for name in hub.model.concepts:
            async for goldens in golden_pages(tx, name, hub.limits.settle):
                count += sum(len(golden.questions) for golden in goldens)
    return count


def _sum_up(hub: Hub, plan: Plan, tally: Tally) -> None:
    plan.creates, plan.updates, plan.deletes = dict(tally.creates), dict(tally.updates), dict(tally.deletes)
    plan.pulled = dict(+tally.pulled)
    plan.not_carried = {f"{mapping} {name}": n for (mapping, name), n in tally.not_carried.items()}
    plan.overwrites = {f"{mapping} {name}": n for (mapping, name), n in sorted(tally.overwrites.items())}
    plan.blanks = {f"{mapping} {name}": n for (mapping, name), n in sorted(tally.blanks.items())}
    calls: Counter[str] = Counter()
    read: Counter[str] = Counter()
    for key, pages in plan.pages.items():
        read[hub.model.mappings[key].system] += pages
    for write in plan.writes:
        mapping = hub.model.mappings[write.mapping]
        calls[mapping.system] += 1
        read[mapping.system] += write.kind != "create" and reads_first(mapping)
    plan.calls, plan.run_calls = dict(calls), dict(calls + read)


def _sample(hub: Hub, plan: Plan, due: Due, settled: Settled) -> None:
    """Keep a few overwrites and blankings of each property, with their values."""
    if due.kind != "update":
        return
    link = next(
        k for k in settled.cluster.links if k.mapping == due.mapping and k.incarnation == due.incarnation
    )
    rows = hub.model.mappings[due.mapping].properties
    for column, sent in sorted(due.sent.items()):
        row = rows[column]
        if row.name not in due.overwrites and row.name not in due.blanks:
            continue
        name = f"{due.mapping} {row.name}"
        if sum(sample.property == name for sample in plan.samples) < SAMPLES:
            now = None if link.raw[column] is MISSING else link.raw[column]
            plan.samples.append(
                Sample(record=f"{due.mapping}/{due.id}", property=name, now=now, then=sent.raw)
            )
