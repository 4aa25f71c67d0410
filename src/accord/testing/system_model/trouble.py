"""What goes wrong between a caller and a played system: decided per call, from the quirks and a seeded random."""

from collections import Counter
from collections.abc import Callable, Set as AbstractSet
from random import Random
from typing import Literal

from msgspec import Struct

from accord.connectorkit.manifest import Rate
from accord.testing.system_model.quirks import Quirks

__all__ = ["Trouble", "Verdict"]


class Verdict(Struct, frozen=True, kw_only=True):
    """What becomes of a call: whether, and how many seconds later, it is applied, and what the caller hears.

    `status` 0: what the system answers; else that. `late_s` None: at once. `cut`: lost because the connection broke.
    `twice`: the same request comes in again. `fault` is the name of the quirk that struck.
    """

    applied: bool = True
    late_s: float | None = None
    lost: bool = False
    cut: bool = False
    status: int = 0
    retry_after_s: float | None = None
    twice: bool = False
    fault: str = ""


_FINE = Verdict()


class Trouble:
    """Draws a verdict per call. Draws nothing for a quirk that is off, so that the others' draws stay the same."""

    def __init__(self, random: Random, rate: Rate, now_us: Callable[[], int]) -> None:
        self._random = random
        self._rate = rate
        self._now_us = now_us
        self._calls: Counter[str] = Counter()
        self._tokens = 0.0
        self._filled_us = 0
        self.enforce_rate = False
        self.expire: Callable[[], object] | None = None
        """Ends all access tokens, where there are any."""

    def verdict(
        self,
        name: str,
        quirks: Quirks,
        kind: Literal["read", "write"],
        max_s: float,
        may: AbstractSet[str] = frozenset(),
    ) -> Verdict:
        """What becomes of a call about an entity type; a late one is applied at most `max_s` later.

        `may` are the quirks among "stale", "swallows" and "doubles" that make sense for the call.
        """
        self._calls[name] += 1
        count = self._calls[name]
        if (refused := self._refused(quirks, kind, count)) is not None:
            return refused
        if self._draw(quirks.dropped):
            applied = kind == "read" or self._random.random() < 0.5
            return Verdict(applied=applied, lost=True, cut=True, fault="dropped")
        if kind == "write":
            return self._write_verdict(quirks, quirks.late_s or max_s, may)
        return _FINE

    def _refused(self, quirks: Quirks, kind: Literal["read", "write"], count: int) -> Verdict | None:
        """The refusal of a call that is not applied and is answered."""
        if self.enforce_rate and (wait_s := self._wait_s()) > 0:
            return Verdict(applied=False, status=429, retry_after_s=wait_s, fault="limits")
        if self.expire is not None and self._draw(quirks.expires):
            self.expire()
            return Verdict(applied=False, status=401, fault="expires")
        if quirks.forbids == "all" or (quirks.forbids == "writes" and kind == "write"):
            return Verdict(applied=False, status=403, fault="forbids")
        if _nth(count, quirks.throttle_every) or self._draw(quirks.throttles):
            return Verdict(applied=False, status=429, retry_after_s=quirks.retry_after_s, fault="throttles")
        if self._draw(quirks.unavailable):
            return Verdict(applied=False, status=503, retry_after_s=quirks.retry_after_s, fault="unavailable")
        if _nth(count, quirks.error_every) or self._draw(quirks.errors):
            return Verdict(applied=False, status=500, fault="errors")
        return None

    def _write_verdict(self, quirks: Quirks, late_s: float, may: AbstractSet[str]) -> Verdict:
        if self._draw(quirks.errors_after):
            return Verdict(status=500, fault="errors_after")
        if self._draw(quirks.lost_before):
            return Verdict(applied=False, lost=True, fault="lost_before")
        if self._draw(quirks.lost_after):
            return Verdict(lost=True, fault="lost_after")
        if self._draw(quirks.late):
            return Verdict(late_s=self._random.random() * late_s, lost=True, fault="late")
        if "stale" in may and self._draw(quirks.stale):
            return Verdict(applied=False, status=412, fault="stale")
        if "swallows" in may and self._draw(quirks.swallows):
            return Verdict(applied=False, fault="swallows")
        if "doubles" in may and self._draw(quirks.doubles):
            return Verdict(twice=True, fault="doubles")
        return _FINE

    def hints(self, quirks: Quirks) -> int:
        """How often a change is told of."""
        return 0 if self._draw(quirks.drops_hints) else 2 if self._draw(quirks.doubles_hints) else 1

    def _draw(self, chance: float) -> bool:
        return chance > 0 and self._random.random() < chance

    def _wait_s(self) -> float:
        """Seconds until a call is allowed; 0 takes one from the bucket, which holds a second's worth."""
        limit = self._rate.per_second
        if limit is None:
            return 0
        now = self._now_us()
        size = max(limit, 1.0)
        self._tokens = (
            min(size, self._tokens + (now - self._filled_us) / 1e6 * limit) if self._filled_us else size
        )
        self._filled_us = now
        if self._tokens < 1:
            return (1 - self._tokens) / limit
        self._tokens -= 1
        return 0


def _nth(count: int, every: int) -> bool:
    return every > 0 and count % every == 0
