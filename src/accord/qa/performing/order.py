"""Which scripts are at play: all at once, but for those that need the systems for themselves."""

from collections.abc import Iterable, Mapping, Sequence

from accord.core.model import Model
from accord.qa.checklist import Line
from accord.qa.performing.playing import Play
from accord.qa.performing.records import Record, type_of

__all__ = ["Queue", "components"]


def components(model: Model) -> dict[str, str]:
    """For each entity type one that stands for all that are tied to it: by a concept, or by references."""
    parent: dict[str, str] = {}

    def root(at: str) -> str:
        parent.setdefault(at, at)
        while parent[at] != at:
            parent[at] = parent[parent[at]]
            at = parent[at]
        return at

    def tie(types: Sequence[str]) -> None:
        for at in types[1:]:
            parent[root(at)] = root(types[0])

    for name in model.concepts:
        tie([mapping.entity_type for mapping in model.mappings_of(name)])
    for mapping in model.mappings.values():
        for column in mapping.references:
            target = type_of(mapping.properties[column].references)
            if target:
                tie([mapping.entity_type, target])
    return {at: root(at) for at in list(parent)}


class Queue:
    """The scripts of lines: those at play, and those that wait for it.

    The next script of a line comes when the one before found no counterpart. One that needs the systems for itself
    waits until nothing else is at play in the part of the model that its entity types are in.
    """

    def __init__(self, lines: Iterable[Line], model: Model) -> None:
        self._parts = components(model)
        self.playing: list[Play] = []
        self._waiting: list[Play] = []
        for line in lines:
            if line.scripts:
                self.add(Play(line, 0, line.scripts[0]))

    def add(self, play: Play) -> None:
        """One more script."""
        alone = play.script.alone
        (self._waiting if alone else self.playing).append(play)

    def follow(self, play: Play) -> bool:
        """The next script of the line of one that has ended, if there is one."""
        nth = play.nth + 1
        if nth >= len(play.line.scripts):
            return False
        self.add(Play(play.line, nth, play.line.scripts[nth]))
        return True

    def round(self, probes: Mapping[Record, object]) -> list[Play]:
        """The plays of the next round; none: all have ended."""
        self.playing = [play for play in self.playing if play.ending is None]
        busy = {part for play in self.playing for part in self._of(play)}
        left: list[Play] = []
        for play in self._waiting:
            parts = self._of(play)
            if busy.isdisjoint(parts):
                play.before = frozenset(probes)
                self.playing.append(play)
            else:
                left.append(play)
            busy |= parts  # those that came first go first
        self._waiting = left
        return self.playing

    def _of(self, play: Play) -> set[str]:
        return {self._parts.get(at, at) for at in play.types()}
