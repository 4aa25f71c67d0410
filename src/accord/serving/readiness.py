"""Whether a service is alive, and whether it does its work: what /healthz and /readyz answer."""

import time
from collections.abc import Collection
from typing import Any, Final

__all__ = ["Readiness"]

_SILENT_S: Final = 900.0
"""No call, page or batch takes as long; who says nothing for that time hangs."""


class Readiness:
    """What is known of the service's state; names and counts only (P2)."""

    def __init__(self) -> None:
        self.plan_waits = False
        """The configuration is new or has changed, and a person has to confirm its plan (K1)."""
        self.conducts = False
        """This process does the runs; else another one does, and this one helps or waits."""
        self._failed = ""
        self._unread: list[str] = []
        self._beat_s = time.monotonic()
        self._ended_s: float | None = None

    def beat(self) -> None:
        """The service moves on."""
        self._beat_s = time.monotonic()

    def failed(self, why: str) -> None:
        """A run could not be carried out."""
        self._failed = why

    def ran(self, unread: Collection[str]) -> None:
        """A run has ended; `unread` was never listed completely."""
        self._failed, self._unread, self._ended_s = "", sorted(unread), time.monotonic()

    def health(self) -> tuple[bool, dict[str, Any]]:
        """Alive or not, and what to say of it."""
        silent_s = time.monotonic() - self._beat_s
        return silent_s < _SILENT_S, {"alive": silent_s < _SILENT_S, "silent_s": round(silent_s, 1)}

    def ready(self) -> tuple[bool, dict[str, Any]]:
        """Ready or not, and why not."""
        why = []
        if self.plan_waits:
            why.append("the configuration waits to be confirmed")
        if self._failed:
            why.append(f"the last run was stopped: {self._failed}")
        if self.conducts and self._ended_s is None and not self.plan_waits:
            why.append("the first run has not ended")
        why += [f"{name} was never read completely" for name in self._unread]
        return not why, {"ready": not why, "conducts": self.conducts, "why": why}
