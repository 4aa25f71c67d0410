"""The ways to people: URLs of the library Apprise (mail, chat, webhooks and a hundred more), which are secrets."""

import asyncio
import logging
import warnings
from collections.abc import Callable, Sequence
from typing import Any, Final, Protocol

from accord.core.errors import ConfigError, Fault

__all__ = ["Sender", "Senders", "missing"]

log = logging.getLogger("accord")

_LIMIT_S: Final = 20.0
"""The next run waits for it."""
_LEAKY: Final = ("apprise", "urllib3", "requests", "requests_oauthlib", "oauthlib")
"""Loggers that write down where they send to, which is a secret, and what."""


class Sender(Protocol):
    """One way to people. `name` is the reference to it, never the secret."""

    name: str

    async def send(self, title: str, text: str, *, over: bool) -> bool:
        """Tell something; False: it did not get there."""
        ...


class Senders:
    """Makes the senders of references. `read` gives the secret that a reference names."""

    def __init__(self, references: Sequence[str], read: Callable[[str], str]) -> None:
        self._references, self._read = references, read

    def __call__(self) -> list[Sender]:
        """One for each. Raises ConfigError: a secret is not there, or no URL that is known."""
        found: list[Sender] = []
        faults: list[Fault] = []
        for reference in self._references:
            try:
                found.append(_Apprise(reference, self._read(reference)))
            except ConfigError as error:
                faults += [Fault("alerts.to", 0, f"{it.file}: {it.what}", it.remedy) for it in error.faults]
        if faults:
            raise ConfigError(faults)
        return found


def missing(senders: Senders) -> list[Fault]:
    """What is wrong with the ways to people; nothing is sent."""
    try:
        senders()
    except ConfigError as error:
        return list(error.faults)
    return []


class _Apprise:
    def __init__(self, name: str, url: str) -> None:
        with warnings.catch_warnings():  # modules that it loads use what Python will lose
            warnings.simplefilter("ignore", DeprecationWarning)
            self._load(name, url)

    def _load(self, name: str, url: str) -> None:
        import apprise  # slow, and few need it

        for each in _LEAKY:
            logging.getLogger(each).setLevel(logging.CRITICAL)
            logging.getLogger(each).propagate = False
        self.name = name
        memory = apprise.PersistentStoreMode.MEMORY
        asset = apprise.AppriseAsset(storage_mode=memory, app_id="Accord", app_desc="Accord", app_url="")
        self._kinds: Any = apprise.NotifyType
        self._way: Any = apprise.Apprise(asset=asset)
        if not self._way.add(url):
            what = "Apprise knows no such URL"
            remedy = "Write one as Apprise's documentation has it: mailto://…, json://…, slack://…"
            raise ConfigError([Fault(name, 0, what, remedy)])

    async def send(self, title: str, text: str, *, over: bool) -> bool:
        """See `Sender`."""
        kind = self._kinds.SUCCESS if over else self._kinds.WARNING
        try:
            async with asyncio.timeout(_LIMIT_S):
                return bool(await self._way.async_notify(title=title, body=text, notify_type=kind))
        except Exception as error:  # whatever happens there, the service goes on
            log.warning("alerts: %s: it could not be sent (%s)", self.name, type(error).__name__)
            return False
