"""Ask a person before much is destroyed: judged when all of a cycle is read and settled, over the run and 24 h (G1)."""

from collections import Counter
from collections.abc import Collection, Mapping as ReadOnly, Sequence, Set as AbstractSet
from typing import Any

from msgspec.structs import replace

from accord.core.state import record_parts
from accord.core.work import SECOND_US, Due
from accord.ports.store import Transaction
from accord.runtime.guards import Alarm, GuardLimits, Tally, alarm_key
from accord.runtime.hub import Hub

__all__ = [
    "Brake",
    "brake_of",
    "first_synced",
    "judge",
    "left_of",
    "past_of",
    "remember",
    "sync_first_again",
]

DAY_US = 24 * 3600 * SECOND_US
HOUR_US = 3600 * SECOND_US
_RUNS = 20
_RUNS_A_DAY = 10_000
_EVENTS = 1_000_000
_BEGAN = "first creates"
"""Row of the store with the time of the first create in each mapping; 0 where its first sync is over."""


async def approvals(hub: Hub, named: Collection[str]) -> dict[str, int]:
    """How much a person approves, by key of alarm: of "key=10" so much, of a mere key what the newest run that ended
    stopped; "*" is all (G1)."""
    async with hub.store.transaction(dry=True) as tx:
        ended = [run["summary"] for run in await tx.runs(_RUNS) if run["summary"]]
    shown = {alarm["key"]: alarm["count"] for alarm in (ended[0].get("alarms", ()) if ended else ())}
    pairs = [name.partition("=") for name in named]
    wanted = {key: int(count) if count else shown.get(key, 0) for key, _, count in pairs}
    return {key: count for key, count in wanted.items() if count or key == "*"}


async def judge(hub: Hub, tally: Tally, limits: GuardLimits, approved: ReadOnly[str, int]) -> list[Alarm]:
    """Alarms that nobody approved, or that are about more than was approved; "*" in `approved` is all of them.

    Linked records are counted as far as it matters, and all of them only where there is something to tell (C4).
    """
    async with hub.store.transaction(dry=True) as tx:
        first = await first_synced(hub, tx)
        tally.past = await past_of(tx, hub.clock.now_us())
        if tally.counts:
            enough = tally.enough(limits)
            tally.linked = {key: await tx.linked(key, enough) for key in hub.model.mappings}
        for mapping, name in tally.changes:
            key = alarm_key(mapping, "change", name)
            if tally.past[key] and tally.is_changed_widely(mapping, name, limits):
                each_once = await _changed_records(hub, tx, mapping, name)
                tally.past[key] = tally.past[key] if each_once is None else min(tally.past[key], each_once)
    found = [
        a for a in tally.alarms(limits, first) if "*" not in approved and a.count > approved.get(a.key, 0)
    ]
    if not found:
        return []
    async with hub.store.transaction(dry=True) as tx:
        census = await tx.census()
    return [replace(a, of=census.get(a.mapping, {}).get("linked", 0)) for a in found]


async def _changed_records(hub: Hub, tx: Transaction, mapping: str, name: str) -> int | None:
    """How many records of a mapping had a property written in the last 24 h, each once; looked up in the history. None:
    there were more runs than are looked at, so that every write counts."""
    row = next(row for row in hub.model.mappings[mapping].properties if row.name == name)
    prop = hub.model.concepts[hub.model.mappings[mapping].concept].properties[row.property].name
    since_us = hub.clock.now_us() - DAY_US
    runs = await tx.runs(_RUNS_A_DAY)
    if len(runs) == _RUNS_A_DAY and (runs[-1]["ended_us"] or hub.clock.now_us()) > since_us:
        return None
    records = {
        event.record
        for run in runs
        if (run["ended_us"] or hub.clock.now_us()) > since_us
        for event in await tx.history(run=run["run"], limit=_EVENTS)
        if (event.kind, event.property, record_parts(event.record)[0]) == ("updated", prop, mapping)
        if event.at_us > since_us
    }
    return len(records)


def left_of(approved: ReadOnly[str, int], counted: ReadOnly[str, int]) -> dict[str, int]:
    """What is left of approvals when some of it was written: they are for the lists that were shown (G1)."""
    left = {key: count - counted.get(key, 0) for key, count in approved.items() if key != "*"}
    return {key: count for key, count in left.items() if count > 0} | {k: 0 for k in approved if k == "*"}


async def first_synced(hub: Hub, tx: Transaction) -> set[str]:
    """Mappings whose first sync is not over: nothing was created there more than a day ago, and nobody approved it."""
    began: dict[str, int] = dict(await tx.meta(_BEGAN) or {})
    began |= dict.fromkeys(await tx.meta("written") or (), 0)  # as it was kept before creates were counted
    now_us = hub.clock.now_us()
    return {key for key in hub.model.mappings if began.get(key, now_us) > now_us - DAY_US}


async def sync_first_again(tx: Transaction, mappings: AbstractSet[str]) -> None:
    """What is created in these mappings counts as a first sync again, for they were switched on (K5)."""
    if mappings:
        began, written = dict(await tx.meta(_BEGAN) or {}), await tx.meta("written") or ()
        await tx.save_meta(_BEGAN, {key: at_us for key, at_us in began.items() if key not in mappings})
        await tx.save_meta("written", [key for key in written if key not in mappings])


async def past_of(tx: Transaction, now_us: int) -> Counter[str]:
    """What was deleted, blanked and created in the last 24 h, by keys of alarms."""
    counts: Counter[str] = Counter()
    for at_us, key, count in await tx.meta("destroyed") or ():
        if at_us > now_us - DAY_US:
            counts[key] += count
    return counts


async def remember(hub: Hub, counted: Counter[str], approved: Collection[str]) -> None:
    """Keep what a cycle deleted, blanked and created for 24 h; what was approved does not count, and begins anew."""
    if not counted:
        return
    now_us = hub.clock.now_us()
    creates = {
        key: mapping for mapping in hub.model.mappings if (key := alarm_key(mapping, "create", "")) in counted
    }
    counted = Counter({key: n for key, n in counted.items() if "*" not in approved and key not in approved})
    async with hub.store.transaction() as tx:
        first = await first_synced(hub, tx)
        began = dict(await tx.meta(_BEGAN) or {})
        for key, mapping in creates.items():
            if mapping in first and key not in counted:
                began[mapping] = 0
            elif key in counted:
                began.setdefault(mapping, now_us)
        await tx.save_meta(_BEGAN, began)
        counted = Counter({key: n for key, n in counted.items() if creates.get(key, "") in {"", *first}})
        kept: list[Any] = [line for line in await tx.meta("destroyed") or () if line[0] > now_us - DAY_US]
        if "*" in approved:
            kept = []
        kept = [line for line in kept if line[1] not in approved]
        await tx.save_meta("destroyed", _with(kept, counted, now_us))


def _with(kept: Sequence[Any], counted: ReadOnly[str, int], now_us: int) -> list[Any]:
    """The lines of a day and those of now; changes, which are many, on one line an hour."""
    hour_us = now_us - now_us % HOUR_US
    lines = list(kept)
    for key, count in sorted(counted.items()):
        change = key.partition(":")[2].partition(":")[0] == "change"
        at_us = hour_us if change else now_us
        same = [line for line in lines if change and (line[0], line[1]) == (at_us, key)]
        lines = [line for line in lines if line not in same]
        lines.append([at_us, key, count + sum(line[2] for line in same)])
    return lines


class Brake:
    """Judges what comes to be due while writes are sent, for a reply may show what no listing did, and who waited for a
    create waits no more: deletes, blankings and creates beyond what a person is left out of stay until the next cycle
    asks about them (G1)."""

    def __init__(
        self, tally: Tally, limits: GuardLimits, first: set[str], approved: ReadOnly[str, int]
    ) -> None:
        self._tally, self._limits, self._first, self._approved = tally, limits, first, approved
        self._let: dict[str, set[str]] = {}
        """Golden records that were let through, by key of alarm."""

    @property
    def first(self) -> set[str]:
        """Mappings whose first sync is not over."""
        return self._first

    def holds(self, due: Due, what: str, name: str = "") -> bool:
        """True where this one would be too many."""
        key = alarm_key(due.mapping, what, name)
        if what == "create" and due.mapping not in self._first:
            return False
        let = self._let.setdefault(key, set())
        if due.golden in let or len(let) < self._approved.get(key, 0):
            let.add(due.golden)
            return False
        if self._tally.is_much(due, what, name, len(let) + 1, self._limits):
            return True
        let.add(due.golden)
        return False


async def brake_of(hub: Hub, tally: Tally, approved: ReadOnly[str, int]) -> Brake:
    """The brake of a cycle that was judged."""
    async with hub.store.transaction(dry=True) as tx:
        return Brake(tally, hub.guards, await first_synced(hub, tx), approved)
