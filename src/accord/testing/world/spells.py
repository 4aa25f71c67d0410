"""Faults that come and go: what is wrong with a system from one step of a world to another."""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from accord.testing.system_model import SystemModel

__all__ = ["Spell", "Spells"]


class Spell(Struct, frozen=True, kw_only=True):
    """From step `begin` on, and not any more from step `end` on, an entity type has these quirks as well.

    Without settings the system is backed up at the beginning, and restored from that in the end (S11).
    """

    system: str
    type: str = ""
    begin: int
    end: int
    settings: Mapping[str, Any] = {}

    @property
    def is_backup(self) -> bool:
        """A backup is made, and the system restored from it."""
        return not self.settings

    def __str__(self) -> str:
        what = (
            "back to a backup" if self.is_backup else ", ".join(f"{k} {v}" for k, v in self.settings.items())
        )
        return f"steps {self.begin} to {self.end}, {self.system}.{self.type}: {what}".replace(".:", ":")


class Spells:
    """Puts spells on and takes them off; a step that is skipped counts as passed."""

    def __init__(self, spells: Sequence[Spell]) -> None:
        self._to_come = list(spells)
        self._on: list[tuple[Spell, Any]] = []
        """With what is needed to take them off: the settings before, or the backup."""

    def at(self, step: int, models: Mapping[str, SystemModel]) -> list[str]:
        """What begins and ends at a step, in words."""
        told = []
        for spell in [spell for spell in self._to_come if spell.begin <= step]:
            self._to_come.remove(spell)
            if step < spell.end:
                self._on.append((spell, _put_on(spell, models[spell.system])))
                told.append(f"begins: {spell}")
        for spell, before in [each for each in self._on if each[0].end <= step]:
            self._on.remove((spell, before))
            _take_off(spell, models[spell.system], before)
            told.append(f"ends: {spell}")
        return told

    def end(self, models: Mapping[str, SystemModel]) -> None:
        """Take off what is on, and put on nothing any more; a backup that was not restored yet never is."""
        for spell, before in self._on:
            if not spell.is_backup:
                _take_off(spell, models[spell.system], before)
        self._on, self._to_come = [], []


def _put_on(spell: Spell, model: SystemModel) -> Any:
    if spell.is_backup:
        return model.snapshot()
    quirks = model.quirks[spell.type]
    before = {name: getattr(quirks, name) for name in spell.settings}
    for name, value in spell.settings.items():
        setattr(quirks, name, value)
    return before


def _take_off(spell: Spell, model: SystemModel, before: Any) -> None:
    if spell.is_backup:
        model.restore(before)
        return
    for name, value in before.items():
        setattr(model.quirks[spell.type], name, value)
