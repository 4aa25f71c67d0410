"""What the next run is for: entity types whose time has come, and records that somebody hinted at (S9)."""

import asyncio
from collections.abc import Collection, Mapping as ReadOnly, Sequence
from typing import NamedTuple

from accord.core.model import Model
from accord.core.state import Fetch
from accord.core.work import SECOND_US
from accord.runtime.hub import Rest
from accord.runtime.runs.turn import Turn
from accord.runtime.steps.collect import HINTED
from accord.serving.schedules import Timer

__all__ = ["Agenda", "Drained", "Hinted"]

_MOST = 10_000
"""Records that are hinted at beyond so many are found by a listing."""


class Drained(NamedTuple):
    """Records to be read by their ids, with the versions that those are said to have, and mappings to be listed."""

    asks: list[Fetch]
    versions: dict[tuple[str, str], str]
    listed: set[str]


class Hinted:
    """Hints that came in and are not yet kept: many of one record are one. They outlive a change of configuration."""

    def __init__(self) -> None:
        self.came = asyncio.Event()
        self._records: dict[tuple[str, str], str] = {}
        """(entity type, id), in order, with the version that it is said to have; "" where that is not clear."""
        self._types: set[str] = set()

    def take(self, entity_type: str, record_id: str = "", version: str = "") -> None:
        """Something may have happened to a record, or to some record of an entity type."""
        key = (entity_type, record_id)
        if record_id and len(self._records) < _MOST:
            self._records[key] = version if self._records.get(key, version) == version else ""
        else:
            self._types.add(entity_type)
        self.came.set()

    def drain(self, model: Model, now_us: int) -> Drained:
        """What was taken since the last time."""
        self.came.clear()
        of: dict[str, list[str]] = {}
        for mapping in model.mappings.values():
            of.setdefault(mapping.entity_type, []).append(mapping.key)
        asks = [Fetch(key, id_, HINTED, now_us) for name, id_ in self._records for key in of.get(name, ())]
        versions = {
            (key, id_): version
            for (name, id_), version in self._records.items()
            for key in of.get(name, ())
            if version and model.mappings[key].declaration.exact
        }
        listed = {key for name in self._types for key in of.get(name, ())}
        self._records.clear()
        self._types.clear()
        return Drained(asks, versions, listed)

    def put_back(self, model: Model, asks: Sequence[Fetch]) -> None:
        """Nothing came of these; they wait for the next run, and wake nobody."""
        for fetch in asks:
            self._records[model.mappings[fetch.mapping].entity_type, fetch.id] = ""


class Agenda:
    """What is due of a model, by timers and hints."""

    def __init__(self, model: Model, timers: Sequence[Timer], hinted: Hinted) -> None:
        self.hinted = hinted
        self._model, self._timers = model, timers
        self._once: dict[str, int] = {}
        """Mappings that are due besides their timers, and when."""
        self._later: dict[str, int] = {}
        """Mappings of which a listing may show only then what a hint was about."""

    def list_soon(self, keys: Collection[str], at_us: int) -> None:
        """These mappings are to be listed, once more."""
        for key in keys:
            self._once[key] = min(at_us, self._once.get(key, at_us))

    def list_hinted(self, keys: Collection[str], now_us: int) -> None:
        """Something changed there: listed now, and once more where a listing may trail behind."""
        self.list_soon(keys, now_us)
        for key in keys:
            if lag_s := self._model.mappings[key].declaration.lag_s:
                self._later[key] = now_us + round(lag_s * SECOND_US)

    def next_us(self) -> int:
        """When something is due that no hint told of."""
        moments = (timer.due_us for timer in self._timers)
        return min([*moments, *self._once.values(), *self._later.values()])

    def take(self, now_us: int, down: ReadOnly[str, Rest]) -> Turn:
        """What is due now; it is due no more. What is down is due when it was left alone for long enough (W9)."""
        asks, versions, hinted = self.hinted.drain(self._model, now_us)
        self.list_hinted(hinted, now_us)
        due = set()
        for moments in (self._once, self._later):
            for key in [key for key, us in moments.items() if us <= now_us]:
                due.add(key)
                del moments[key]
        for timer in self._timers:
            if timer.due_us <= now_us:
                due |= timer.mappings
                timer.go_on(now_us)
        rests = {key for key in due if key in down and now_us < down[key].until_us}
        for key in rests:
            self.list_soon([key], down[key].until_us)
        return Turn(listed=frozenset(due - rests), asks=asks, versions=versions)

    def note_down(self, down: ReadOnly[str, Rest]) -> None:
        """What is down is tried again when it was left alone for long enough, if that is before its time (W9)."""
        for key, rest in down.items():
            if rest.until_us:
                self.list_soon([key], rest.until_us)
