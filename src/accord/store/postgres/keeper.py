"""Keeps leases alive, on a thread and a connection of its own: long work or a busy loop lets none of them run out."""

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final, TypeVar

import psycopg

from accord.core.errors import AccordError
from accord.ports.leases import Lease
from accord.store.postgres import leases
from accord.store.postgres.database import Connection
from accord.store.postgres.process import Me, now_s

__all__ = ["Held", "Keeper"]

R = TypeVar("R")

_BEATS: Final = 4
"""How often a lease is renewed in its time."""
_AGAIN_S: Final = 0.2
"""How soon it is tried again where that failed."""


class Held:
    """A lease of this process, and how long it surely stands."""

    def __init__(self, lease: Lease, for_s: float, until_s: float) -> None:
        self.lease, self.for_s = lease, for_s
        self._until_s = until_s
        self.lost = False

    def stands(self, margin_s: float = 0.0) -> bool:
        """Nobody else can have taken it over, nor will within `margin_s`: a clock of this machine says so, no server is
        asked. A process that was stopped for a while finds out here, before it calls anybody."""
        return not self.lost and now_s() + margin_s < self._until_s

    def renewed(self, until_s: float) -> None:
        """It stands until then."""
        self._until_s = max(self._until_s, until_s)


class Keeper:
    """The side connection of a store: takes, renews and releases leases, and runs what may not wait for its turn."""

    def __init__(self, connect: Callable[[], Connection], me: Me, *, beats: bool) -> None:
        """`beats`: renew what is held, until it is let go of."""
        self._connect, self.me, self._beats = connect, me, beats
        self._lock = threading.RLock()
        self._db: Connection | None = None
        self._held: list[Held] = []
        self._changed = threading.Event()
        self._closed = False
        self._thread: threading.Thread | None = None

    def run(self, function: Callable[..., R], *args: Any) -> R:
        """Result of function(connection, *args), on the side connection; one call at a time."""
        with self._lock:
            return function(self._alive(), *args)

    def _alive(self) -> Connection:
        """The connection, or a new one where the server has closed it since."""
        with suppress(psycopg.OperationalError):
            if self._db is not None:
                self._db.execute(b"SELECT 1")
                return self._db
        self._db = self._connect()
        return self._db

    def hold(self, name: str, for_s: float) -> Held | None:
        """Take a lease and keep it until it is let go of; None where somebody else holds it."""
        asked_s = now_s()
        lease = self.run(leases.take, self.me, name, for_s)
        if lease is None:
            return None
        return self.keep(lease, for_s, asked_s)

    def keep(self, lease: Lease, for_s: float, asked_s: float) -> Held:
        """Keep a lease that was asked for then until it is let go of."""
        held = Held(lease, for_s, asked_s + for_s)
        with self._lock:
            self._held.append(held)
            if self._beats and self._thread is None:
                self._thread = threading.Thread(target=self._beat, name="accord-lease", daemon=True)
                self._thread.start()
        self._changed.set()
        return held

    def forget(self, held: Held) -> Held:
        """Renew a lease no more; it is released by other means, or runs out."""
        with self._lock:
            held.lost = True
            if held in self._held:
                self._held.remove(held)
        return held

    def let_go(self, held: Held) -> None:
        """Release a lease, if the server can be reached; else it runs out."""
        with self._lock:
            held.lost = True
            if held in self._held:
                self._held.remove(held)
                self.run(leases.release, held.lease)

    def close(self) -> None:
        """Release everything that is held."""
        self._closed = True
        self._changed.set()
        if self._thread is not None:
            self._thread.join()
        with self._lock:
            try:
                for held in list(self._held):
                    self.let_go(held)
            except (psycopg.Error, AccordError):
                pass  # they run out
            finally:
                if self._db is not None:
                    self._db.close()

    def _beat(self) -> None:
        due_s = now_s()
        while not self._closed:
            with self._lock:
                pause_s = min((held.for_s for held in self._held), default=3600.0) / _BEATS
            due_s = min(due_s, now_s() + pause_s)  # what is taken meanwhile puts nothing off
            if self._changed.wait(max(0.0, due_s - now_s())):
                self._changed.clear()
                continue
            try:
                self._renew()
                due_s = now_s() + pause_s
            except (
                psycopg.Error,
                AccordError,
            ):  # until it has run out; then all that is done under it is refused
                due_s = now_s() + min(pause_s, _AGAIN_S)

    def _renew(self) -> None:
        with self._lock:
            for for_s in {held.for_s for held in self._held}:
                some = [held for held in self._held if held.for_s == for_s]
                asked_s = now_s()
                kept = self.run(leases.renew, [held.lease for held in some], for_s)
                for held in some:
                    if held.lease in kept:
                        held.renewed(asked_s + for_s)
                    else:
                        held.lost = True
                        self._held.remove(held)
