"""The runs of a service under one configuration: what is due by time, by hint, and by what people decide."""

import asyncio
import random
import time
from contextlib import suppress
from typing import Final, Protocol

from accord.core.errors import AccordError
from accord.core.work import SECOND_US
from accord.project import Project
from accord.runtime.asking import find_asking
from accord.runtime.hub import Hub
from accord.runtime.runs.sync import Synced, sync
from accord.runtime.runs.turn import Turn, take_turn
from accord.runtime.steps.configure import is_applied
from accord.serving.agenda import Agenda, Hinted
from accord.serving.handing import forget_handed
from accord.serving.pending import Pending, look_for
from accord.serving.readiness import Readiness
from accord.serving.schedules import timers_of
from accord.serving.telling import Tell

__all__ = ["Conductor", "Office"]

_LOOK_S: Final = 1.0
"""How often it looks for what people's commands have left to do, and whether the configuration has changed."""
_TURN_S: Final = 0.1
_TURN_EVERY_S: Final = 1.0
_LONGEST_S: Final = 60.0
"""After a run that was stopped by an error it waits so long at most."""


class Office(Protocol):
    """What the conductor shares with the rest of the service."""

    hinted: Hinted
    readiness: Readiness
    tell: Tell

    def changed(self) -> Project | None:
        """The project as its files are now, once each time they have changed without a fault."""
        ...

    async def after_run(self, hub: Hub, synced: Synced, seconds: float) -> None:
        """To be called when a run has ended."""
        ...

    async def after_error(self, hub: Hub, error: AccordError) -> None:
        """To be called when a run was stopped."""
        ...


class Conductor:
    """One run after the other, each of what is due; people's commands have their turn between two (C3)."""

    def __init__(self, office: Office, hub: Hub, project: Project, every_s: float | None) -> None:
        self._office, self._hub, self._tell = office, hub, office.tell
        self._timers = timers_of(project, random.random, every_s)
        self._agenda = Agenda(hub.model, self._timers, office.hinted)
        self._pending = Pending()
        self._fresh: Project | None = None
        """What the files say now, where it is another configuration and not confirmed."""
        self._later_us: int | None = None
        """When something is to be done that is in no timer."""
        self._run = 0
        self._failed = 0
        self._rested_s = 0.0
        self._news: object = None

    async def work(self) -> Project:
        """Run after run, until another project is to be worked with: it is returned."""
        self._office.readiness.conducts = True
        await self._begin()
        while True:
            if not await is_applied(self._hub):
                await self._propose()
            elif self._is_due():
                await self._turn()
            if (project := await self._rest()) is not None:
                return project

    async def _begin(self) -> None:
        await find_asking(self._hub)
        now_us = self._hub.clock.now_us()
        async with self._hub.store.transaction(dry=True) as tx:
            for timer in self._timers:
                cursors = [await tx.cursor(key) for key in sorted(timer.mappings)]
                read = [cursor.began_us for cursor in cursors if cursor is not None and cursor.complete]
                timer.begin(min(read) if len(read) == len(cursors) else None, now_us)

    def _due_us(self) -> int:
        next_us = self._agenda.next_us()
        return next_us if self._later_us is None else min(next_us, self._later_us)

    def _is_due(self) -> bool:
        return self._agenda.hinted.came.is_set() or self._due_us() <= self._hub.clock.now_us()

    async def _turn(self) -> None:
        """One run of what is due now. What keeps it from ending well is told, and it is tried again after a while."""
        hub, agenda = self._hub, self._agenda
        now_us = hub.clock.now_us()
        turn = agenda.take(now_us, hub.down)
        if not turn.listed and not turn.asks and (self._later_us is None or now_us < self._later_us):
            return  # all that was due is down
        began_s = time.monotonic()
        try:
            if self._pending.handed:
                await forget_handed(hub, self._pending.handed)
            synced = await take_turn(hub, turn, run=self._run)
            self._pending = await look_for(hub)
        except AccordError as error:
            await self._fail(error, turn)
            return
        self._run = synced.run if synced.idle else 0
        self._failed, self._later_us = 0, synced.next_us
        agenda.note_down(hub.down)
        await self._end(synced, time.monotonic() - began_s)

    async def _end(self, synced: Synced, seconds: float) -> None:
        news = (synced.errors, [a.key for a in synced.alarms], [p.scope for p in synced.pauses], synced.ended)
        found = synced.summary()["sent"] or synced.reviews or synced.conflicts
        self._tell.run(synced, new=bool(found) or news != self._news, seconds=seconds)
        self._news = news
        self._office.readiness.ran(self._pending.unread)
        await self._office.after_run(self._hub, synced, seconds)

    async def _fail(self, error: AccordError, turn: Turn) -> None:
        """Hints stay, and all is read again: it can not be told how far the run came."""
        hub = self._hub
        self._failed += 1
        wait_s = min(_LONGEST_S, 2.0 ** (min(self._failed, 10) - 1))
        self._later_us = hub.clock.now_us() + round(wait_s * SECOND_US)
        self._run = 0
        self._agenda.hinted.put_back(hub.model, turn.asks)
        self._agenda.list_soon(hub.model.mappings.keys(), self._later_us)
        self._office.readiness.failed(error.message)
        self._tell.fault("failed", f"a run was stopped, and is tried again in {wait_s:g} s", error)
        await self._office.after_error(hub, error)

    async def _propose(self) -> None:
        """Nothing is written before a person has confirmed the plan; one without effect is carried out at once (K1)."""
        began_s = time.monotonic()
        try:
            synced = await sync(self._hub, again=True)
            self._pending = await look_for(self._hub)
        except AccordError as error:
            await self._fail(error, Turn())
            return
        self._office.readiness.plan_waits = synced.plan is not None and synced.ended == "waits"
        await self._end(synced, time.monotonic() - began_s)

    async def _rest(self) -> Project | None:
        """Let others have their turn until something is due; a project, where that is to be worked with now."""
        hub, readiness = self._hub, self._office.readiness
        began_s = time.monotonic()
        if self._agenda.hinted.came.is_set() and began_s - self._rested_s < _TURN_EVERY_S:
            return None
        async with hub.store.idle():
            while True:
                readiness.beat()
                applied = await is_applied(hub)
                if (project := await self._changed(applied=applied)) is not None:
                    return project
                if applied and readiness.plan_waits:
                    readiness.plan_waits = False
                    self._tell("confirmed", "the configuration was confirmed")
                if applied:
                    await self._look()
                if (applied or not readiness.plan_waits) and self._is_due():
                    await asyncio.sleep(began_s + self._turn_s(began_s) - time.monotonic())
                    self._rested_s = time.monotonic()
                    return None
                await self._wait(applied=applied)

    def _turn_s(self, now_s: float) -> float:
        """However many hints come in a row: every now and then others have time to take their turn."""
        return _TURN_S if now_s - self._rested_s >= _TURN_EVERY_S else 0.0

    async def _wait(self, *, applied: bool) -> None:
        hinted = self._agenda.hinted
        left_s = (self._due_us() - self._hub.clock.now_us()) / SECOND_US if applied else _LOOK_S
        with suppress(TimeoutError):
            async with asyncio.timeout(max(0.0, min(_LOOK_S, left_s))):
                await hinted.came.wait() if applied else await asyncio.sleep(_LOOK_S)

    async def _look(self) -> None:
        """What people's commands have left to do is done now."""
        now_us = self._hub.clock.now_us()
        pending = await look_for(self._hub)
        if pending.is_news(self._pending, now_us):
            self._agenda.list_soon(pending.swept, now_us)
            self._agenda.list_hinted(pending.handed, now_us)
            self._later_us = now_us
        self._pending = pending

    async def _changed(self, *, applied: bool) -> Project | None:
        """The project as its files are now, if it is to be worked with: what it says of records is confirmed, or
        nothing of that has changed (K1)."""
        if (fresh := self._office.changed()) is not None:
            self._fresh = fresh
            same = fresh.model.fingerprint == self._hub.model.fingerprint
            if same or not applied:
                return fresh
            self._tell(
                "changed",
                "accord.yaml has changed: the service goes on as it was until the plan of that is confirmed. "
                "Confirm with: accord plan --out plan.json && accord sync --plan plan.json",
            )
        if self._fresh is None or applied:
            return None
        async with self._hub.store.transaction(dry=True) as tx:
            confirmed = await tx.meta("fingerprint")
        return self._fresh if confirmed == self._fresh.model.fingerprint else None
