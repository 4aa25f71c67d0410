"""Hints that name no record cost a listing each: one is followed at once, those behind it as one (S9, W11)."""

from collections.abc import Callable

__all__ = ["Calm"]


class Calm:
    """Passes entity types on to `take`, each at most once in a while. `later` calls something after so many seconds."""

    def __init__(
        self,
        take: Callable[[str], None],
        now_s: Callable[[], float],
        later: Callable[[float, Callable[[], None]], object],
    ) -> None:
        self._take, self._now_s, self._later = take, now_s, later
        self._free_s: dict[str, float] = {}
        self._waiting: set[str] = set()

    def take(self, entity_type: str, every_s: float) -> None:
        """Something may have happened there: none is lost, and `every_s` seconds pass between two."""
        wait_s = self._free_s.get(entity_type, 0.0) - self._now_s()
        if wait_s <= 0:
            self._pass_on(entity_type, every_s)
        elif entity_type not in self._waiting:
            self._waiting.add(entity_type)
            self._later(wait_s, lambda: self._pass_on(entity_type, every_s))

    def _pass_on(self, entity_type: str, every_s: float) -> None:
        self._waiting.discard(entity_type)
        self._free_s[entity_type] = self._now_s() + every_s
        self._take(entity_type)
