"""What is counted in a project's store for all who work on it: calls of a day and of a second, the time."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, cast

from accord.core.errors import AccordError, StaleLease
from accord.ports.budget import Rhythm
from accord.ports.clock import Clock
from accord.ports.connector import Connector
from accord.ports.store import Store
from accord.project import Project
from accord.project.systems import manifest_of
from accord.runtime.budget import DailyBudget
from accord.runtime.rhythm import SharedRhythm
from accord.store import AnyStore

if TYPE_CHECKING:
    from accord.store.postgres import PostgresStore

__all__ = ["budgets_of", "last_told_us", "leave", "rhythms_of", "share_budgets"]


def budgets_of(project: Project, clock: Clock) -> dict[str, DailyBudget]:
    """Budgets of the systems that may only be called so often a day (W11)."""
    per_day = {
        name: system.rate.per_day or project.manifests[name].rate.per_day
        for name, system in project.config.systems.items()
        if system.enabled
    }
    return {name: DailyBudget(name, most, clock) for name, most in per_day.items() if most is not None}


def rhythms_of(project: Project, clock: Clock, opened: Sequence[AnyStore]) -> dict[str, Rhythm]:
    """Calls per second that all workers of a project share, by system; the store is there when the first is made."""
    per_second = {
        name: manifest_of(project, name).rate.per_second
        for name, system in project.config.systems.items()
        if system.enabled
    }

    async def reserve(system: str, calls: int, per_second: float) -> float:
        return await cast("PostgresStore", opened[0]).pieces.reserve(system, calls, per_second)

    return {
        name: SharedRhythm(name, most, clock, reserve)
        for name, most in per_second.items()
        if most is not None
    }


async def last_told_us(store: AnyStore) -> int:
    """The latest time of the hub's clock that a store tells of: what was asked, sent or confirmed then is not newer
    than what happens now, even if the machine's clock was set back meanwhile (C1, M3)."""
    async with store.transaction(dry=True) as tx:
        runs, events = await tx.runs(1), await tx.history(limit=1)
    told = [us for run in runs for us in (run["began_us"], run["ended_us"]) if us is not None]
    return max([*told, *(event.at_us for event in events)], default=0)


async def share_budgets(store: AnyStore, budgets: Mapping[str, DailyBudget], *, worker: bool) -> None:
    """Let budgets be kept in the store; a worker has a lease of its own for that."""
    kept: Store = store
    if worker:
        board = cast("PostgresStore", store).pieces
        await board.begin()
        kept = board.mine
    for budget in budgets.values():
        budget.store = kept


async def leave(
    store: AnyStore, connectors: Mapping[str, Connector], budgets: Mapping[str, DailyBudget], *, worker: bool
) -> None:
    """Let go of connections; calls that were reserved and not made are left to others."""
    for connector in connectors.values():
        await connector.close()
    for budget in budgets.values():
        with suppress(StaleLease):  # a worker that was not heard of for too long
            await budget.give_back()
    if worker:
        with suppress(AccordError):  # the server is away: this worker is not counted any more after a while
            await cast("PostgresStore", store).pieces.end()
