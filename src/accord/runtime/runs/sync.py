"""Sync: runs made of cycles, until nothing is left to do that can be done now (K1, G1, G6, W10)."""

from collections import Counter
from collections.abc import Collection
from typing import Any, Literal

from msgspec import Struct, field, to_builtins

from accord.core.errors import StopFlow
from accord.core.work import SECOND_US
from accord.ports.store import TO_DO
from accord.runtime.books.audit import Audited, audit_in_turn
from accord.runtime.books.dead_letters import dead_letters
from accord.runtime.books.retention import prune
from accord.runtime.found import Found
from accord.runtime.guards import Alarm
from accord.runtime.hub import Hub
from accord.runtime.pauses import ASKS, Pause
from accord.runtime.people.erase import finish_erasing
from accord.runtime.pulling import Cap
from accord.runtime.runs.follow_plan import Listed, Moved
from accord.runtime.runs.plan import Plan, make_plan
from accord.runtime.steps.approval import approvals, left_of
from accord.runtime.steps.configure import apply_configuration, is_applied
from accord.runtime.steps.cycle import Cycle, run_cycle
from accord.runtime.steps.reading import PATIENCE_S
from accord.runtime.steps.unknown_creates import recover

__all__ = [
    "MOST_CYCLES",
    "REST_CYCLES",
    "Synced",
    "end_run",
    "note_found",
    "open_reviews",
    "say_why",
    "sync",
]

MOST_CYCLES = 50
REST_CYCLES = 2
MOST_REFUSED = 1000
"""Records whose refused writes are counted at the end of a run."""


class Synced(Struct, kw_only=True):
    """How a run ended. "waits": a person is asked first, about `plan` or about the alarms of the last cycle.

    `moved`: what was not as the plan said, where there was one (G6); `done_before`: writes of it that an earlier run,
    which was killed perhaps, had done.
    """

    run: int
    ended: Literal["done", "waits", "unfinished"] = "done"
    cycles: list[Cycle] = field(default_factory=list)
    plan: Plan | None = None
    moved: list[Moved] = field(default_factory=list)
    done_before: int = 0
    recovered: int = 0
    """Writes of an earlier run that had no answer; what became of them was found out first (C1)."""
    refused: int = 0
    """Writes that stand refused or ignored in the end, whichever run sent them (W9)."""
    changed: int = 0
    """Linked records that were found edited, deleted or back (M1)."""
    reviews: dict[str, int] = field(default_factory=dict)
    """Reviews that this run opened, by kind (L3)."""
    conflicts: int = 0
    """Values that this run found to wait for a person's decision (M2)."""
    resting: int = 0
    """Golden records with edits that were left to rest (W12), the last of them until `rests_until_us`."""
    rests_until_us: int | None = None
    reason: str = ""
    audited: Audited | None = None
    """The part of the daily audit that was due (G8)."""
    next_us: int | None = None
    """When there is more to do, as far as is known, where the run does not wait for it."""

    @property
    def errors(self) -> dict[str, str]:
        """What the last cycle could not read, by mapping."""
        return self.cycles[-1].errors if self.cycles else {}

    @property
    def alarms(self) -> list[Alarm]:
        """What a guard stopped in the last cycle."""
        return self.cycles[-1].alarms if self.cycles else []

    @property
    def pauses(self) -> list[Pause]:
        """What is left alone, and why."""
        return self.cycles[-1].pauses if self.cycles else []

    def outcomes(self) -> dict[str, int]:
        """How the calls ended, by kind: "done", "refused", "later", "unknown", "moved", "missing"."""
        counts: Counter[str] = Counter()
        for cycle in self.cycles:
            counts.update(cycle.shared.outcomes)
        return dict(sorted(counts.items()))

    @property
    def idle(self) -> bool:
        """Nothing was read anew, linked, written or asked about."""
        return self.plan is None and not self.recovered and all(cycle.quiet for cycle in self.cycles)

    @property
    def partly(self) -> bool:
        """A system could not be read or written, a write is refused, or something waits for its time."""
        later = bool(self.cycles and self.cycles[-1].shared.later)
        return bool(self.errors) or later or self.ended == "unfinished" or bool(self.refused)

    def summary(self) -> dict[str, Any]:
        """JSON data: ids, names and counts (P2)."""
        sent: dict[str, int] = {}
        for cycle in self.cycles:
            for (mapping, kind), n in cycle.shared.sent.items():
                sent[f"{kind} {mapping}"] = sent.get(f"{kind} {mapping}", 0) + n
        return {
            "ended": self.ended,
            "reason": self.reason,
            "cycles": len(self.cycles),
            "linked": sum(cycle.linked for cycle in self.cycles),
            "sent": dict(sorted(sent.items())),
            "outcomes": self.outcomes(),
            "changed": self.changed,
            "reviews": self.reviews,
            "conflicts": self.conflicts,
            "resting": self.resting,
            "rests_until_us": self.rests_until_us,
            "refused": self.refused,
            "recovered": self.recovered,
            "audited": None if self.audited is None else to_builtins(self.audited),
            "moved": to_builtins(self.moved),
            "done_before": self.done_before,
            "errors": self.errors,
            "alarms": [{**to_builtins(alarm), "key": alarm.key} for alarm in self.alarms],
            "pauses": [{**to_builtins(pause), "account": ""} for pause in self.pauses],
        }


async def sync(
    hub: Hub,
    *,
    plan: Plan | None = None,
    confirmed: bool = False,
    approved: Collection[str] = (),
    run: int = 0,
    again: bool = False,
) -> Synced:
    """One run: cycles until one has nothing to do and leaves nothing for the next, or a person is asked. Where
    something waits that no cycle can tell the end of, two in a row have nothing to do.

    A configuration that was not applied yet needs a plan first (K1), unless `confirmed` or the plan has no effect.
    `approved` are alarms by key, or "key=10": so many and no more, else as many as the run before showed (G1). With a
    `plan` only what it lists is written; what moved since is left to the next run and named (G6). `run` is the
    number of one before it that came to nothing, whose line in the store it takes over (C4). `again`: nobody asked for
    it, so that systems that were down are left alone for a while (W9).
    Raises StopFlow: the plan is of another configuration.
    """
    if plan is not None and plan.fingerprint != hub.model.fingerprint:
        raise StopFlow(
            "the configuration has changed since the plan was made", remedy="Make a new plan: accord plan"
        )
    hub.run, hub.found = run or await _begin(hub), Found()
    if not again:
        hub.down.clear()
    synced = Synced(run=hub.run)
    if not await is_applied(hub):
        if plan is None and not confirmed:
            synced.plan = await make_plan(hub)
            if not synced.plan.empty:
                synced.ended, synced.reason = (
                    "waits",
                    "the configuration is new or has changed: confirm its plan",
                )
                return await end_run(hub, synced)
        await apply_configuration(hub)
    synced.recovered = await recover(hub)
    allowed = await approvals(hub, [*approved, *(["*"] if confirmed else ())])
    allowed |= {alarm.key: alarm.count for alarm in plan.alarms} if plan is not None else {}
    reviews = await open_reviews(hub)
    await _cycles(hub, synced, allowed, plan)
    await note_found(hub, synced, reviews)
    return await end_run(hub, synced)


async def note_found(hub: Hub, synced: Synced, reviews: Collection[str]) -> None:
    """Note what the cycles of a run found; `reviews` are ids of those that were open before."""
    found, opened = hub.found, (await open_reviews(hub)).items()
    rests = [until_us for until_us in found.resting.values() if until_us > hub.clock.now_us()]
    synced.resting, synced.rests_until_us = len(rests), max(rests, default=None)
    synced.changed = len(found.changed)
    synced.conflicts = sum(map(len, (*found.asked.values(), *found.contested.values())))
    synced.reviews = dict(sorted(Counter(kind for id_, kind in opened if id_ not in reviews).items()))


async def open_reviews(hub: Hub) -> dict[str, str]:
    """Kinds of the open reviews, by id."""
    async with hub.store.transaction(dry=True) as tx:
        return {review.id: review.kind for review in await tx.reviews()}


async def _begin(hub: Hub) -> int:
    async with hub.store.transaction() as tx:
        return await tx.begin_run("sync", hub.model.fingerprint, hub.clock.now_us())


async def _cycles(
    hub: Hub,
    synced: Synced,
    approved: dict[str, int],
    plan: Plan | None,
) -> None:
    may = None if plan is None else Listed(plan, hub.model)
    cap = Cap(most=hub.guards.connect_at_most)
    patient_us = hub.clock.now_us()
    resting = 0
    counted = 0

    async def audit() -> None:
        synced.audited = await audit_in_turn(hub)

    while counted < MOST_CYCLES:
        first = may is None and not synced.cycles
        cycle = await run_cycle(
            hub, approved=approved, may=may, cap=cap, after_reading=audit if first else None
        )
        synced.cycles.append(cycle)
        approved = left_of(approved, cycle.shared.counted)
        counted += not cycle.shared.cut  # bulk work that was cut short for people's edits goes on (W11)
        hub.at("cycle")
        resting = resting + 1 if cycle.quiet else 0
        if cycle.shared.cut:
            continue
        if resting >= REST_CYCLES or (cycle.alarms and not cycle.shared.sent) or await _at_rest(hub, cycle):
            break
        wait_s = await _wait_s(hub, cycle)
        if cycle.shared.sent:
            patient_us = hub.clock.now_us()
        elif hub.clock.now_us() - patient_us > PATIENCE_S * SECOND_US:
            synced.ended, synced.reason = (
                "unfinished",
                "something still waits for its time; run it again later",
            )
            break
        if wait_s > 0:
            await hub.clock.sleep(wait_s)
    else:
        synced.ended, synced.reason = "unfinished", f"not at rest after {MOST_CYCLES} cycles"
    if may is not None:
        synced.moved, synced.done_before = await may.end(hub)
    say_why(synced, cap)


def say_why(synced: Synced, cap: Cap) -> None:
    """Note what is left, and what waits for a person."""
    if cap.left and synced.ended == "done":
        left = ", ".join(f"{len(names)} of {mapping}" for mapping, names in sorted(cap.left.items()))
        synced.ended, synced.reason = (
            "unfinished",
            f"more records are referred to than a run may create (connect_at_most), left are {left}; run it again",
        )
    if synced.cycles[-1].shared.later and synced.ended == "done":
        later = ", ".join(sorted(synced.cycles[-1].shared.later))
        synced.ended, synced.reason = "unfinished", f"not all could be written to {later}; run it again later"
    if synced.cycles[-1].alarms:
        synced.ended, synced.reason = "waits", "a guard stopped writes: look at the plan, then approve it"
    elif any(pause.kind in ASKS for pause in synced.pauses):
        synced.ended, synced.reason = "waits", "a guard paused what is named above: look, then resume it"


async def _at_rest(hub: Hub, cycle: Cycle) -> bool:
    """Nothing was done, and nothing is marked, asked for or put off that one more cycle could do."""
    if not cycle.quiet or cycle.shared.later or cycle.told_us is not None:
        return False
    async with hub.store.transaction(dry=True) as tx:
        fetch_us = await tx.next_fetch_us()
        marked = [await tx.marked(kind, "", 1) for kind in TO_DO]
    soon_us = hub.clock.now_us() + round(PATIENCE_S * SECOND_US)
    return not any(marked) and (fetch_us is None or fetch_us > soon_us)


async def _wait_s(hub: Hub, cycle: Cycle) -> float:
    """Seconds until the next cycle can do more than this one.

    By then listings catch up, a system recovers, or it can be told what became of a write of unknown outcome.
    """
    down = {hub.model.mappings[read.mapping].system for read in cycle.reads if read.error}
    later = {system: s for system, s in cycle.shared.later.items() if system not in down and s <= PATIENCE_S}
    later_s = max(later.values(), default=0.0)
    lag_s = max((m.declaration.lag_s for m in hub.model.mappings.values()), default=0.0)
    async with hub.store.transaction(dry=True) as tx:
        moments = (await tx.next_fetch_us(), cycle.told_us)
    now_us = hub.clock.now_us()
    to_come = [s for at in moments if at is not None and 0 < (s := (at - now_us) / SECOND_US) <= PATIENCE_S]
    next_s = min(to_come, default=0.0) if cycle.quiet else 0.0
    return min(PATIENCE_S, max(later_s, min(lag_s, 5.0), next_s))


async def end_run(hub: Hub, synced: Synced, *, short: bool = False) -> Synced:
    """Note how a run ended; one that is not `short` also does what is due once a day, and counts what is refused."""
    if not short:
        await prune(hub)
        hub.at("end")
        await finish_erasing(hub)
    async with hub.store.transaction() as tx:
        if not short or synced.outcomes().get("refused"):
            synced.refused = len(await dead_letters(hub, tx, MOST_REFUSED))
        await tx.end_run(synced.run, hub.clock.now_us(), synced.summary())
    return synced
