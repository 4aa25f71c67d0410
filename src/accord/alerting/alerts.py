"""Looks, after runs, whether there is something that people have to be told, and tells it."""

import asyncio
import logging
import socket
from collections.abc import Callable, Mapping, Sequence
from math import inf
from types import MappingProxyType
from typing import Final, cast

from accord.alerting.causes import (
    Cause,
    of_connections,
    of_down,
    of_error,
    of_run,
    of_store,
    of_subscriptions,
)
from accord.alerting.ledger import Ledger, News, load_ledger, save_ledger
from accord.alerting.senders import Sender
from accord.core.errors import AccordError, ConfigError
from accord.core.wording import counted
from accord.core.work import SECOND_US
from accord.project.schema_alerts import AlertKind, AlertsConfig
from accord.runtime.hub import Hub
from accord.runtime.runs.sync import Synced

__all__ = ["Alerts", "message"]

log = logging.getLogger("accord")

_LOOK_US: Final = 15 * SECOND_US
"""So often it is looked at all, where a run found nothing new."""
_AGAIN_US: Final = 60 * SECOND_US
_LONGEST_US: Final = 3600 * SECOND_US


class Alerts:
    """Alerts of one project; `senders` are the ways to people, made when there is first something to tell."""

    def __init__(self, wanted: AlertsConfig, senders: Callable[[], Sequence[Sender]]) -> None:
        self._wanted, self._make = wanted, senders
        self._senders: Sequence[Sender] | None = None
        self._looked_us = 0
        self._seen: object = None
        self._failed = 0
        self._again_us = 0

    async def after_run(
        self, hub: Hub, synced: Synced, untold: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        """A run has ended; `untold` says why systems can not be asked to tell of changes.

        It raises nothing, and returns at once where nothing is new."""
        if not self._wanted.to:
            return
        now_us = hub.clock.now_us()
        if not self._looked_us:
            self._ways()  # what is wrong with them is told before there is something to tell
        seen = _facts(hub, synced)
        if seen == self._seen and now_us - self._looked_us < _LOOK_US:
            return
        self._looked_us, self._seen = now_us, seen
        try:
            await self._look(hub, synced, untold)
        except AccordError as error:
            log.warning("alerts: %s", error)

    async def after_error(self, hub: Hub, error: AccordError) -> None:
        """A run was stopped by an error. It raises nothing."""
        if not self._wanted.to:
            return
        try:
            async with hub.store.transaction(dry=True) as tx:
                ledger = await load_ledger(tx)
            stand = [_as_before(key, ledger) for key in ledger.told if not key.startswith("stopped ")]
            await self._tell(hub, ledger, [*stand, of_error(error)])
        except AccordError as failed:
            log.warning("alerts: %s", failed)

    async def _look(self, hub: Hub, synced: Synced, untold: Mapping[str, str]) -> None:
        logins = list(of_connections(await hub.connections()))
        async with hub.store.transaction(dry=True) as tx:
            ledger = await load_ledger(tx)
            causes = [*of_run(synced), *await of_store(hub, tx), *logins, *of_subscriptions(hub, untold)]
        if not synced.cycles:  # nothing was judged, so what stood stands
            causes += [_as_before(key, ledger) for key in ledger.told if key.startswith("guard ")]
        causes += of_down(hub, {it.subject for it in logins if it.grade}, self._wanted.down_minutes * 60)
        await self._tell(hub, ledger, causes)

    async def _tell(self, hub: Hub, ledger: Ledger, causes: Sequence[Cause]) -> None:
        now_us, changed = hub.clock.now_us(), False
        before = set(ledger.told)
        ledger.told = {
            key: it for key, it in ledger.told.items() if key.partition(" ")[0] in self._wanted.about
        }
        news = ledger.news([cause for cause in causes if cause.kind in self._wanted.about], now_us)
        if news and now_us >= self._again_us and ledger.may_tell(self._wanted.per_hour, now_us):
            if await self._send(hub.model.project, news):
                ledger.was_told(news, now_us)
                self._failed, changed = 0, True
            else:
                self._failed += 1
                wait_us = min(_LONGEST_US, _AGAIN_US << min(self._failed - 1, 10))
                self._again_us = now_us + wait_us
        if changed or set(ledger.told) != before:
            async with hub.store.transaction() as tx:
                await save_ledger(tx, ledger)

    def _ways(self) -> Sequence[Sender]:
        """The ways to people, none of them where one is wrong."""
        try:
            self._senders = self._make() if self._senders is None else self._senders
        except ConfigError as error:
            log.warning("alerts: nobody is told: %s", error)
        return self._senders or ()

    async def _send(self, project: str, news: News) -> bool:
        """True when it got to somebody."""
        title, text = message(project, news)
        senders = self._ways()
        sent = await asyncio.gather(*(each.send(title, text, over=not news.causes) for each in senders))
        for each, good in zip(senders, sent, strict=True):
            if not good:
                log.warning("alerts: %s: it could not be sent; try: accord alerts --test", each.name)
        return any(sent)


def message(project: str, news: News) -> tuple[str, str]:
    """Title and text of what is new."""
    count = len(news.causes)
    if count:
        title = f"Accord {project}: {counted(count, 'thing needs', 'things need')} somebody"
    else:
        title = f"Accord {project}: over"
    lines = [f"- {cause.text}" for cause in news.causes]
    if news.over:
        lines += ["", "Over:"] if lines else []
        lines += [f"- {text}" for text in news.over.values()]
    lines += ["", f"Commands are typed in the folder of the project {project} on {socket.gethostname()}."]
    return title, "\n".join(lines)


def _facts(hub: Hub, synced: Synced) -> object:
    """What a run came to, as far as people may have to be told."""
    found = bool(synced.reviews) or bool(synced.conflicts)
    alarms = [(alarm.key, len(str(alarm.count))) for alarm in synced.alarms]
    pauses = [(pause.scope, pause.kind) for pause in synced.pauses]
    return (synced.run if found else 0, synced.ended, alarms, pauses, sorted(hub.down), synced.refused)


def _as_before(key: str, ledger: Ledger) -> Cause:
    """A cause that could not be looked at: it stands as it did."""
    kind, _, subject = key.partition(" ")
    it = ledger.told[key]
    return Cause(
        kind=cast(AlertKind, kind),
        subject=subject,
        text=it.text,
        over=it.over,
        grade=it.grade,
        after_s=inf if it.told_us is None else 0,
    )
