"""Watch: run after run, until a person is asked or somebody stops it."""

from collections.abc import Callable, Collection

from accord.runtime.hub import Hub
from accord.runtime.runs.plan import Plan
from accord.runtime.runs.sync import Synced, sync

__all__ = ["watch"]


async def watch(
    hub: Hub,
    tell: Callable[[Synced], None],
    *,
    every_s: float,
    plan: Plan | None = None,
    confirmed: bool = False,
    approved: Collection[str] = (),
) -> Synced:
    """Runs, `every_s` seconds apart; the last one, whose configuration waits to be confirmed (K1).

    `plan`, `confirmed` and `approved` are for the first run alone: an approval is for a list that was looked at (G1).
    What a guard stops is held, the rest goes on; `tell` is given every run that came to something new. Runs in a row
    that come to nothing are one line in the store (C4).
    """
    told: object = None
    run = 0
    while True:
        synced = await sync(
            hub, plan=plan, confirmed=confirmed, approved=approved, run=run, again=told is not None
        )
        run = synced.run if synced.idle else 0
        if synced.plan is not None and synced.ended == "waits":
            return synced
        plan, confirmed, approved = None, False, ()
        news = (synced.errors, [alarm.key for alarm in synced.alarms], synced.refused)
        if synced.summary()["sent"] or synced.reviews or synced.conflicts or news != told:
            tell(synced)
        told = news
        async with hub.store.idle():  # what a person decides meanwhile has its turn (C3)
            await hub.clock.sleep(every_s)
