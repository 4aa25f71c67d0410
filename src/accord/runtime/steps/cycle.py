"""One cycle: collect, intake, link, settle, share; and the runs that are made of cycles (G1, G6, K1)."""

from collections.abc import Awaitable, Callable, Collection, Mapping as ReadOnly
from types import MappingProxyType
from typing import Any, Final

from msgspec import Struct, field, to_builtins

from accord.core.work import Due
from accord.runtime.guards import Alarm, Tally
from accord.runtime.hub import Hub
from accord.runtime.pauses import Pause, stored
from accord.runtime.pulling import Cap
from accord.runtime.settling import settle_dirty, wake_waiting
from accord.runtime.steps.approval import brake_of, judge, remember
from accord.runtime.steps.collect import Collected
from accord.runtime.steps.edits_first import share_edits_first
from accord.runtime.steps.follow_decisions import to_be_parted
from accord.runtime.steps.linking import hold_newcomers, link_all
from accord.runtime.steps.permit import Permission, permit_of
from accord.runtime.steps.reading import end_pauses, leave_alone, read_all
from accord.runtime.steps.restored_hub import catching_up, caught_up
from accord.runtime.steps.sharing import Shared, derive
from accord.runtime.steps.unknown_creates import resolve_creates

__all__ = ["Cycle", "forecast", "run_cycle", "settle_all"]

NOTHING: Final[ReadOnly[str, int]] = MappingProxyType({})


class Cycle(Struct, kw_only=True):
    """What one cycle came to. `alarms` keep the writes they name from being sent until a person approves; before
    `told_us` it can not be told what became of every create (W3)."""

    reads: list[Collected] = field(default_factory=list)
    linked: int = 0
    settled: int = 0
    shared: Shared = field(default_factory=Shared)
    alarms: list[Alarm] = field(default_factory=list)
    pauses: list[Pause] = field(default_factory=list)
    told_us: int | None = None

    @property
    def quiet(self) -> bool:
        """Nothing was read, linked or written."""
        changed = any(read.changed for read in self.reads)
        return not (changed or self.linked or self.settled or self.shared.sent)

    @property
    def errors(self) -> dict[str, str]:
        """What could not be read, by mapping."""
        return {r.mapping: r.error or r.unfetched for r in self.reads if r.error or r.unfetched}

    def summary(self) -> dict[str, Any]:
        """JSON data for the run's line in the store; ids and counts only (P2)."""
        return {
            "read": {r.mapping: r.records for r in self.reads},
            "errors": self.errors,
            "linked": self.linked,
            "settled": self.settled,
            "sent": {f"{kind} {mapping}": n for (mapping, kind), n in sorted(self.shared.sent.items())},
            "outcomes": self.shared.outcomes,
            "alarms": to_builtins(self.alarms),
            "pauses": [{**to_builtins(pause), "account": ""} for pause in self.pauses],
        }


async def settle_all(hub: Hub) -> tuple[int, int]:
    """Link and settle until nothing is marked; (records linked, golden records settled)."""
    await hold_newcomers(hub)
    linked = await link_all(hub)
    settled = 0
    for _ in range(20):  # references that become resolvable wake those who wait for them
        now = await settle_dirty(hub)
        settled += now
        if not now:
            break
    return linked, settled


async def forecast(hub: Hub) -> Tally:
    """Count every write that is due now, without opening any."""
    tally, after = Tally(), ""
    while True:
        async with hub.store.transaction(dry=True) as tx:
            ids = await tx.marked("share", after, hub.limits.settle)
            if not ids:
                return tally
            settled, _ = await derive(hub, tx, await tx.clusters(ids))
        after = ids[-1]
        for due in (due for each in settled for due in each.dues):
            tally.add(due, hub.model)


async def run_cycle(
    hub: Hub,
    *,
    approved: ReadOnly[str, int] = NOTHING,
    may: Callable[[Due], bool] | None = None,
    full: bool = False,
    only: Collection[str] | None = None,
    cap: Cap | None = None,
    after_reading: Callable[[], Awaitable[None]] | None = None,
) -> Cycle:
    """One whole cycle.

    `approved` is how much a person approved, by key of alarm ("*": all of them); `may` restricts writes to those of a
    plan. `only` are the mappings that are listed; of the others just what was asked for by id is read. `cap` counts
    over all cycles of a run what is only created because something refers to it (W6). `after_reading` is called when
    all that listings show is taken in: only what they leave out is drift (G8).
    """
    cycle = Cycle()
    await end_pauses(hub)
    cycle.reads = await read_all(hub, full=full, only=only)
    async with hub.store.transaction(dry=True) as tx:
        cycle.pauses = await stored(tx)
        fresh = await catching_up(hub, tx)
    hub.tell("read", sum(read.records for read in cycle.reads))
    if after_reading is not None:
        await after_reading()
    cycle.told_us = await resolve_creates(hub)
    await wake_waiting(hub)
    cycle.linked, cycle.settled = await settle_all(hub)
    hub.tell("linked", cycle.linked)
    async with hub.store.transaction(dry=True) as tx:
        parting = await to_be_parted(hub, tx)
    brake = None
    if may is None and "*" not in approved:  # else a person has seen the very list
        tally = await forecast(hub)
        cycle.alarms = await judge(hub, tally, hub.guards, approved)
        brake = await brake_of(hub, tally, approved)
    permit = permit_of(hub.model, cycle.alarms, cycle.reads, fresh=fresh, parting=parting, brake=brake)
    cap = cap or Cap(most=hub.guards.connect_at_most)
    cycle.shared = await share_edits_first(
        hub,
        Permission(model=hub.model, permit=permit, brake=brake, may=may, cap=cap),
        lambda shared: hub.tell("sent", sum(shared.sent.values())),
    )
    for system, after_s in cycle.shared.later.items():
        leave_alone(hub, system, after_s)
    await remember(hub, cycle.shared.counted, approved if may is None else ("*",))
    if fresh:
        await caught_up(hub, {read.mapping for read in cycle.reads if read.listed} - cycle.errors.keys())
    return cycle
