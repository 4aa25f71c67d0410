"""Guards: how much a run would destroy, and whether a person is asked first (G1)."""

from collections import Counter
from math import ceil
from typing import Final

from msgspec import Struct, field

from accord.core.model import Model
from accord.core.work import Due

__all__ = ["ALARMS", "Alarm", "GuardLimits", "Tally", "alarm_key"]

ALARMS: Final = ("delete", "blank", "change", "create")
"""What alarms are about."""


class GuardLimits(Struct, frozen=True, kw_only=True):
    """When a person is asked: more than the `share` of a type's records and more than `least`, or more than `most`, are
    deleted or blanked; one property changes in more than `changed_share` of at least `changed_least` linked records; a
    first sync creates more than `confirm_above`. `connect_at_most` is how many records of an entity type a run creates
    only because something refers to them (W6); `audit_per_day` how many linked records are read again in 24 h (G8)."""

    share: float = 0.10
    least: int = 5
    most: int = 500
    changed_share: float = 0.30
    changed_least: int = 20
    confirm_above: int = 100
    connect_at_most: int = 1000
    audit_per_day: int = 500


class Alarm(Struct, frozen=True, kw_only=True):
    """One reason to ask a person: `count` of `of` records of a mapping, `name` is the property or ""."""

    mapping: str
    what: str
    name: str
    count: int
    of: int

    @property
    def key(self) -> str:
        """What an approval is given for."""
        return alarm_key(self.mapping, self.what, self.name)


def alarm_key(mapping: str, what: str, name: str) -> str:
    """Key of an alarm about a mapping: one of `ALARMS`, and the property if it is about one."""
    return f"{mapping}:{what}:{name}" if name else f"{mapping}:{what}"


class Tally(Struct, kw_only=True):
    """Counts of what is due by target, over a run; `linked` are the linked records of each mapping, as far as it
    matters how many there are (`enough`)."""

    linked: dict[str, int] = field(default_factory=dict)
    past: Counter[str] = field(default_factory=Counter)
    """What was deleted, blanked, changed and first created in the last 24 h, by the keys of alarms."""
    deletes: Counter[str] = field(default_factory=Counter)
    creates: Counter[str] = field(default_factory=Counter)
    pulled: Counter[str] = field(default_factory=Counter)
    """Those of the creates that are only due because something refers to them (W6)."""
    updates: Counter[str] = field(default_factory=Counter)
    not_carried: dict[tuple[str, str], int] = field(default_factory=dict)
    """References that are not written, for no record will stand for what they refer to (W5)."""
    blanks: Counter[tuple[str, str]] = field(default_factory=Counter)
    changes: Counter[tuple[str, str]] = field(default_factory=Counter)
    overwrites: Counter[tuple[str, str]] = field(default_factory=Counter)
    """First writes over a value that was there (M6)."""

    def add(self, due: Due, model: Model) -> None:
        """Count one write."""
        if due.kind == "delete":
            self.deletes[due.mapping] += 1
        elif due.kind == "create":
            self.creates[due.mapping] += 1
            self.pulled[due.mapping] += due.pulled
        else:
            self.updates[due.mapping] += 1
            self.blanks.update((due.mapping, name) for name in due.blanks)
            rows = model.mappings[due.mapping].properties
            if due.first:
                self.overwrites.update((due.mapping, name) for name in due.overwrites)
            else:
                self.changes.update((due.mapping, rows[column].name) for column in due.sent)

    @property
    def counts(self) -> bool:
        """Something is due."""
        return bool(self.deletes or self.creates or self.updates)

    def enough(self, limits: GuardLimits) -> int:
        """So many linked records tell a guard as much as all of them: of more, nothing that is counted is a large
        share (C4)."""
        changes = max((self._changed(*what) for what in self.changes), default=0)
        return 1 + max(limits.most, _of(limits.most, limits.share), _of(changes, limits.changed_share))

    def alarms(self, limits: GuardLimits, first: set[str]) -> list[Alarm]:
        """Reasons to ask a person; `first` are the mappings that were never written before."""
        found = []
        for mapping, count in sorted(self.deletes.items()):
            if self._many(mapping, count + self.past[alarm_key(mapping, "delete", "")], limits):
                found.append(self._alarm(mapping, "delete", "", count))
        for (mapping, name), count in sorted(self.blanks.items()):
            if self._many(mapping, count + self.past[alarm_key(mapping, "blank", name)], limits):
                found.append(self._alarm(mapping, "blank", name, count))
        for (mapping, name), count in sorted(self.changes.items()):
            if self.is_changed_widely(mapping, name, limits):
                found.append(self._alarm(mapping, "change", name, count))
        for mapping, count in sorted(self.creates.items()):
            if (
                mapping in first
                and count + self.past[alarm_key(mapping, "create", "")] > limits.confirm_above
            ):
                found.append(self._alarm(mapping, "create", "", count))
        return found

    def is_changed_widely(self, mapping: str, name: str, limits: GuardLimits) -> bool:
        """True where a property is changed in so many records, with those of the last 24 h, that a person is asked."""
        count = self._changed(mapping, name)
        return count >= limits.changed_least and count > limits.changed_share * self.linked.get(mapping, 0)

    def _changed(self, mapping: str, name: str) -> int:
        return self.changes[mapping, name] + self.past[alarm_key(mapping, "change", name)]

    def is_much(self, due: Due, what: str, name: str, count: int, limits: GuardLimits) -> bool:
        """True where so many deletes, blankings or first creates are more than a person is left out of."""
        count += self.past[alarm_key(due.mapping, what, name)]
        return count > limits.confirm_above if what == "create" else self._many(due.mapping, count, limits)

    def _many(self, mapping: str, count: int, limits: GuardLimits) -> bool:
        linked = self.linked.get(mapping, 0)
        share = count > limits.share * linked and count > limits.least
        return share or count > limits.most or (count >= linked > 1)

    def _alarm(self, mapping: str, what: str, name: str, count: int) -> Alarm:
        return Alarm(mapping=mapping, what=what, name=name, count=count, of=self.linked.get(mapping, 0))


def _of(count: int, share: float) -> int:
    """Of how many a count is just this share; of none, any count is more."""
    return ceil(count / share) if share else 0
