"""The flow under test: the project's real hub, on a store of its own, behind fences; it is run until it is at rest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from accord.core.errors import AccordError
from accord.project import Project
from accord.qa.performing.fence import Fence
from accord.qa.performing.ground import Ground
from accord.runtime.guards import GuardLimits
from accord.runtime.hub import Hub
from accord.runtime.people.pause import hint, resume
from accord.runtime.runs.sync import Synced, sync
from accord.store import AnyStore

__all__ = ["Flow", "Flowed"]

_MOST_RUNS: Final = 40
_NOTHING_FOR: Final = 3
"""So many runs that do nothing, while something waits, are enough to give up."""
_LONGEST_S: Final = {True: 7200.0, False: 90.0}
"""How long something is waited for: where that costs no time, and where it does."""
_NEVER: Final = 10**9
NO_LIMITS: Final = GuardLimits(
    share=1.0,
    least=_NEVER,
    most=_NEVER,
    changed_share=1.0,
    changed_least=_NEVER,
    confirm_above=_NEVER,
    connect_at_most=_NEVER,
    audit_per_day=0,
)
"""A checklist creates, changes and deletes as many probes as it has: nobody is to be asked."""


@dataclass(slots=True)
class Flowed:
    """How the flow came to rest: `errors` by mapping; `notes` say why it did not, or not everywhere."""

    runs: int = 0
    errors: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


class Flow:
    """A hub that takes part in nothing but the checklist."""

    def __init__(
        self, project: Project, ground: Ground, fences: Mapping[str, Fence], store: AnyStore
    ) -> None:
        self._ground, self._fences = ground, fences
        self._hub = Hub(
            model=project.model, store=store, connectors=fences, clock=ground.clock, guards=NO_LIMITS
        )

    async def swept(self, types: Sequence[str]) -> None:
        """What a sweep would find in its own time is looked for by the next run (S10).

        A listing that trails goes on to show what was deleted: it is asked for after that.
        """
        trail_s = max((self._ground.type(at).lag_s for at in types), default=0.0)
        if trail_s:
            await self._ground.clock.sleep(trail_s)
        known = {mapping.entity_type for mapping in self._hub.model.mappings.values()}
        for at in types:
            if at in known:
                await hint(self._hub, at)

    async def rest(self) -> Flowed:
        """Run until a run sends nothing, listings show all that was written, and nothing waits for a time."""
        flowed, idle = Flowed(), 0
        while True:
            before = sum(len(fence.sent) for fence in self._fences.values())
            synced = await sync(self._hub, confirmed=True, approved=["*"])
            flowed.runs += 1
            sent = sum(len(fence.sent) for fence in self._fences.values()) > before
            resumed = await self._resumed(synced)
            wait_s = await self._wait_s(synced)
            idle = 0 if sent or resumed else idle + 1
            at_rest = not sent and not resumed and wait_s is None
            if at_rest or idle > _NOTHING_FOR or flowed.runs == _MOST_RUNS:
                self._tell(synced, flowed)
                if not at_rest and not flowed.notes:
                    flowed.notes.append("the flow is not at rest: something still waits for its time")
                return flowed
            if wait_s is not None and not resumed:
                await self._ground.clock.sleep(wait_s)

    async def _resumed(self, synced: Synced) -> bool:
        """What a guard paused, for a checklist changes all records of a type at once, is taken as it is (G2)."""
        asked = {pause.scope for pause in synced.pauses if pause.kind == "drift"}
        for scope in sorted(asked):
            try:
                await resume(self._hub, scope, accept=True)
            except AccordError:
                asked.discard(scope)
        return bool(asked)

    async def _wait_s(self, synced: Synced) -> float | None:
        """Seconds until a further run may do more; None: nothing waits."""
        now_us, longest_s = self._ground.clock.now_us(), _LONGEST_S[self._ground.jumps]
        waits = list((synced.cycles[-1].shared.later if synced.cycles else {}).values())
        if synced.rests_until_us is not None:
            waits.append((synced.rests_until_us - now_us) / 1e6)
        async with self._hub.store.transaction(dry=True) as tx:
            fetch_us = await tx.next_fetch_us()
        if fetch_us is not None:
            waits.append((fetch_us - now_us) / 1e6)
        if synced.cycles and (told_us := synced.cycles[-1].told_us) is not None:
            waits.append((told_us - now_us) / 1e6)
        due = [max(wait_s, 0.01) for wait_s in waits if wait_s <= longest_s]
        trailing = [it for fence in self._fences.values() for it in fence.awaits()]
        due += [max(self._ground.type(at).lag_s / (1 if self._ground.jumps else 4), 0.01) for at in trailing]
        return min(due, default=None)

    def _tell(self, synced: Synced, flowed: Flowed) -> None:
        flowed.errors = dict(synced.errors)
        if flowed.runs == _MOST_RUNS:
            flowed.notes.append(f"the flow did not come to rest in {_MOST_RUNS} runs")
        if synced.ended != "done" and synced.reason:
            flowed.notes.append(f"the flow is not at rest: {synced.reason}")
        flowed.notes += [f"paused: {pause.scope} ({pause.kind})" for pause in synced.pauses]
