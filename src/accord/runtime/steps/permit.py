"""What may be sent now: plain data for whoever sends, and what only one can count (G1, G6, W6, W8)."""

from collections.abc import Callable, Sequence, Set as AbstractSet

from msgspec import Struct
from msgspec.structs import replace

from accord.core.model import Model
from accord.core.work import Due
from accord.runtime.guards import Alarm, alarm_key
from accord.runtime.pulling import Cap
from accord.runtime.steps.approval import Brake
from accord.runtime.steps.collect import Collected

__all__ = ["Allowed", "Permission", "Permit", "carries_an_edit", "permit_of"]

Allowed = Callable[[Due], Due | None]
"""What may be sent now of a write: guards and plans say no to all of it, None, or to a part (G1, G6)."""


class Permit(Struct, frozen=True, kw_only=True):
    """What may be sent of a write: not what an alarm names; no delete or blanking of a concept that was read in part.

    What must wait is left out of an update, the rest of which is sent; None where nothing is left.

    Nothing at all goes to an entity type that could not be read: it is down, or refuses us, and would refuse the write,
    which then waits for a change of the record although nothing is wrong with it (W9).
    """

    stopped: frozenset[str] = frozenset()
    """Keys of alarms."""
    unread: frozenset[str] = frozenset()
    """Mappings that could not be read."""
    partly: frozenset[str] = frozenset()
    """Concepts that were read in part."""
    fresh: frozenset[str] = frozenset()
    """Concepts of which a restored hub has not read everything yet."""
    parting: frozenset[str] = frozenset()
    """Golden records some of whose records are about to be parted."""
    first: frozenset[str] | None = None
    """Where what is destroyed is counted: mappings whose creates are, too (G1)."""
    edits_only: bool = False

    def forbids(self, due: Due, model: Model) -> bool:
        """True where nothing of a write is asked for, or may be."""
        if self.edits_only and not carries_an_edit(due):
            return True
        if due.kind == "delete" and model.mappings[due.mapping].concept in self.fresh:
            return True  # what a backup remembers proves no delete (S11)
        # a person said that some of its records are another thing (L6, W8)
        return due.kind == "delete" and due.golden in self.parting

    def part(self, due: Due, model: Model, brake: Brake | None = None) -> Due | None:
        """What may be sent of a write."""
        if due.mapping in self.unread:
            return None
        partly = model.mappings[due.mapping].concept in self.partly
        if due.kind != "update":
            waits = partly and due.kind == "delete"
            if waits or alarm_key(due.mapping, due.kind, "") in self.stopped:
                return None
            return None if brake is not None and brake.holds(due, due.kind) else due
        return self._part_of_update(due, model, brake, partly=partly)

    def _part_of_update(self, due: Due, model: Model, brake: Brake | None, *, partly: bool) -> Due | None:
        rows = model.mappings[due.mapping].properties
        names = {rows[column].name: column for column in due.sent}
        held = {name for name in names if alarm_key(due.mapping, "change", name) in self.stopped}
        held |= {n for n in due.blanks if partly or alarm_key(due.mapping, "blank", n) in self.stopped}
        if brake is not None:
            held |= {name for name in due.blanks if name not in held and brake.holds(due, "blank", name)}
        if not held:
            return due
        if due.again or held == names.keys():
            return None  # what was sent before goes again as it was, or not at all (W4)
        return _without(due, held, {names[name] for name in held})

    def is_counted(self, due: Due) -> bool:
        """True where only who counts for all can say whether a write may be sent."""
        if due.pulled:
            return True
        if self.first is None:
            return False
        return (
            due.kind == "delete" or bool(due.blanks) or (due.kind == "create" and due.mapping in self.first)
        )


class Permission(Struct, frozen=True, kw_only=True):
    """`Allowed` of a cycle: its permit, and what counts over all that is sent: a brake, a plan, a cap."""

    model: Model
    permit: Permit
    brake: Brake | None = None
    may: Callable[[Due], bool] | None = None
    cap: Cap | None = None

    def __call__(self, due: Due) -> Due | None:
        """What may be sent of a write."""
        if self.permit.forbids(due, self.model):
            return None
        part = self.permit.part(due, self.model, self.brake) if self._is_planned(due) else None
        return part if part is not None and (self.cap is None or self.cap(part)) else None

    def _is_planned(self, due: Due) -> bool:
        return self.may is None or due.again or self.may(due)

    def of_edits(self) -> "Permission":
        """The same, for what carries on edits alone."""
        return replace(self, permit=replace(self.permit, edits_only=True))


def permit_of(
    model: Model,
    alarms: Sequence[Alarm],
    reads: Sequence[Collected],
    *,
    fresh: AbstractSet[str],
    parting: AbstractSet[str],
    brake: Brake | None,
) -> Permit:
    """The permit of a cycle that was judged."""
    failed = [read.mapping for read in reads if read.error]
    return Permit(
        stopped=frozenset(alarm.key for alarm in alarms),
        unread=frozenset(failed),
        partly=frozenset(model.mappings[key].concept for key in failed),
        fresh=frozenset(fresh),
        parting=frozenset(parting),
        first=None if brake is None else frozenset(brake.first),
    )


def carries_an_edit(due: Due) -> bool:
    """True for what carries on an edit, or a delete, of linked records; not for creates and first writes."""
    return due.kind != "create" and not due.first


def _without(due: Due, names: AbstractSet[str], columns: AbstractSet[int]) -> Due:
    return replace(
        due,
        sent={column: sent for column, sent in due.sent.items() if column not in columns},
        blanks=[name for name in due.blanks if name not in names],
        overwrites=[name for name in due.overwrites if name not in names],
    )
