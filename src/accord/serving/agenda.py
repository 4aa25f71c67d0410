"""What the next run is for: entity types whose time has come, and records that somebody hinted at (S9)."""

import asyncio
from collections.abc import Collection, Mapping as ReadOnly, Sequence

from accord.core.model import Mapping, Model
from accord.core.state import Fetch
from accord.core.work import SECOND_US
from accord.runtime.hub import Rest
from accord.runtime.runs.turn import Turn
from accord.runtime.steps.collect import HINTED
from accord.serving.schedules import Timer

__all__ = ["Agenda", "Hinted"]

_MOST = 10_000
"""Records that are hinted at beyond so many are found by a listing."""


class Hinted:
    """Hints that came in and are not yet kept: many of one record are one. They outlive a change of configuration."""

    def __init__(self) -> None:
        self.records: dict[tuple[str, str], None] = {}
        """(entity type, id), in order."""
        self.types: set[str] = set()
        self.came = asyncio.Event()

    def take(self, entity_type: str, record_id: str = "") -> None:
        """Something may have happened to a record, or to some record of an entity type."""
        if record_id and len(self.records) < _MOST:
            self.records[entity_type, record_id] = None
        else:
            self.types.add(entity_type)
        self.came.set()


class Agenda:
    """What is due of a model, by timers and hints."""

    def __init__(self, model: Model, timers: Sequence[Timer], hinted: Hinted) -> None:
        self.hinted = hinted
        self._model, self._timers = model, timers
        self._once: dict[str, int] = {}
        """Mappings that are due besides their timers, and when."""
        self._of: dict[str, list[Mapping]] = {}
        for mapping in model.mappings.values():
            self._of.setdefault(mapping.entity_type, []).append(mapping)

    def list_soon(self, keys: Collection[str], at_us: int) -> None:
        """These mappings are to be listed, once more."""
        for key in keys:
            self._once[key] = min(at_us, self._once.get(key, at_us))

    def next_us(self) -> int:
        """When something is due that no hint told of."""
        return min([*(timer.due_us for timer in self._timers), *self._once.values()])

    def take(self, now_us: int, down: ReadOnly[str, Rest]) -> Turn:
        """What is due now; it is due no more. What is down is due when it was left alone for long enough (W9)."""
        self.hinted.came.clear()
        due = {key for key, us in self._once.items() if us <= now_us}
        for timer in self._timers:
            if timer.due_us <= now_us:
                due |= timer.mappings
                timer.go_on(now_us)
        for key in due:
            self._once.pop(key, None)
        for entity_type in self.hinted.types:
            for mapping in self._of.get(entity_type, ()):
                due.add(mapping.key)
                if mapping.declaration.lag_s:  # a listing may show only then what the hint is about
                    self.list_soon([mapping.key], now_us + round(mapping.declaration.lag_s * SECOND_US))
        asks = [
            Fetch(mapping.key, record_id, HINTED, now_us)
            for entity_type, record_id in self.hinted.records
            for mapping in self._of.get(entity_type, ())
        ]
        self.hinted.types.clear()
        self.hinted.records.clear()
        rests = {key for key in due if key in down and now_us < down[key].until_us}
        for key in rests:
            self.list_soon([key], down[key].until_us)
        return Turn(listed=frozenset(due - rests), asks=asks)

    def note_down(self, down: ReadOnly[str, Rest]) -> None:
        """What is down is tried again when it was left alone for long enough, if that is before its time (W9)."""
        for key, rest in down.items():
            if rest.until_us:
                self.list_soon([key], rest.until_us)
