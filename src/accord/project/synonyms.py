"""Classes of places that hold the same property, found from the rows of pairs (M9).

A class has at most one *main* place per record; further ones are copies (only written) or fallbacks (only read, when
the main one is empty). Two main places of one record never end in one class: they would be made synonyms.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from accord.project.schema import PairRowConfig, SideConfig
from accord.project.schema_parts import Scalar
from accord.project.source import Faults, Loc

__all__ = ["Member", "Node", "PropertyClass", "Synonyms", "Tie"]


class Node(NamedTuple):
    """A place: entity key, path (or several that a lens makes one value of), conditions that select a list element."""

    entity: str
    paths: tuple[str, ...]
    when: tuple[tuple[str, Scalar], ...] = ()

    def __str__(self) -> str:
        return f"{self.entity}.{', '.join(self.paths)}"


class Tie(NamedTuple):
    """A row of a pair between the entity types `source` and `target`."""

    source: Node
    target: Node
    row: PairRowConfig
    where: Loc


@dataclass(slots=True)
class Member:
    """A place in a class, and how values flow through it."""

    node: Node
    side: SideConfig
    where: Loc
    reads: bool = False
    writes: bool = False
    enforce: bool = False
    fallbacks: list[str] = field(default_factory=list)


@dataclass(slots=True)
class PropertyClass:
    """One property to be: the main place per entity type, the copies, and the first row that named it."""

    first: Tie
    order: int
    main: dict[str, Member] = field(default_factory=dict)
    copies: list[Member] = field(default_factory=list)
    ties: list[Tie] = field(default_factory=list)
    match_only: bool = False
    nodes: list[Node] = field(default_factory=list)
    """All places that belong to it, fallbacks too."""

    def members(self) -> Iterator[Member]:
        """Main places, then copies."""
        yield from self.main.values()
        yield from self.copies


class Synonyms:
    """The classes of one concept; `add` ties in the order: marked `main`, plain, `first_of`."""

    def __init__(self, faults: Faults) -> None:
        self._faults = faults
        self._class_of: dict[Node, PropertyClass] = {}
        self._on: dict[tuple[str, str], list[Node]] = {}  # places by entity type and path
        self._compared: dict[tuple[Node, Node], PropertyClass] = {}
        self._made = 0

    def classes(self) -> list[PropertyClass]:
        """All classes, in the order in which their first rows are written."""
        distinct = {id(each): each for each in (*self._class_of.values(), *self._compared.values())}
        return sorted(distinct.values(), key=lambda each: (each.match_only, each.first.where[1:], each.order))

    def add_all(self, ties: list[Tie]) -> None:
        """Add rows; which of several that share a place is the main one depends on marks and order alone."""
        for tie in sorted(ties, key=lambda tie: (tie.row.first_of, not tie.row.main)):
            self._add(tie)

    def _bearing(self, place: Node) -> list[PropertyClass]:
        """The classes that a path of an entity type belongs to, those without conditions first."""
        found = self._on.get((place.entity, place.paths[0]), ())
        return [self._class_of[node] for node in sorted(found, key=lambda node: (len(node.when), node.paths))]

    def compared(self, source: Node, target: Node, where: Loc) -> PropertyClass:
        """The class that two paths share, else one made for comparing them only."""
        theirs = {id(each) for each in self._bearing(target)}
        shared = next((each for each in self._bearing(source) if id(each) in theirs), None)
        if shared is not None:
            return shared
        if (source, target) not in self._compared:
            row = PairRowConfig.model_validate(
                {"from": source.paths[0], "to": target.paths[0], "direction": "none"}
            )
            made = self._new(Tie(source, target, row, where))
            made.match_only = True
            for node, side in ((source, row.source), (target, row.target)):
                made.main[node.entity] = Member(node, side, where, reads=True)
            self._compared[source, target] = made
        return self._compared[source, target]

    def asked(self, place: Node, where: Loc) -> PropertyClass:
        """The class that a path belongs to, else one made for conditions on it only."""
        if known := self._class_of.get(place):
            return known
        if (place, place) not in self._compared:
            row = PairRowConfig.model_validate(
                {"from": place.paths[0], "to": place.paths[0], "direction": "none"}
            )
            made = self._new(Tie(place, place, row, where))
            made.match_only = True
            made.main[place.entity] = Member(place, row.source, where, reads=True)
            self._compared[place, place] = made
        return self._compared[place, place]

    def _new(self, tie: Tie) -> PropertyClass:
        self._made += 1
        return PropertyClass(first=tie, order=self._made, ties=[tie])

    def _add(self, tie: Tie) -> None:
        ours, theirs = self._class_of.get(tie.source), self._class_of.get(tie.target)
        if ours and theirs and ours is not theirs and not self._join(ours, theirs, tie):
            return
        shared = self._class_of.get(tie.source) or self._class_of.get(tie.target) or self._new(tie)
        if shared.ties[-1] is not tie:
            shared.ties.append(tie)
        self._enter(shared, tie, "source")
        self._enter(shared, tie, "target")

    def _join(self, ours: PropertyClass, theirs: PropertyClass, tie: Tie) -> bool:
        """Make one class of two, unless that made two properties of one record synonyms."""
        entity = next((each for each in ours.main if each in theirs.main), None)
        if entity is not None:
            one, other = ours.main[entity].node, theirs.main[entity].node
            what = f"The row {tie.source} - {tie.target} would make {one} and {other} the same property"
            self._faults.add(
                tie.where, what, "Remove it, or one of the rows that tie these two to others (M9)."
            )
            return False
        ours.main.update(theirs.main)
        ours.copies.extend(theirs.copies)
        ours.ties.extend(theirs.ties)
        self._class_of.update(dict.fromkeys(theirs.nodes, ours))
        ours.nodes.extend(theirs.nodes)
        return True

    def _enter(self, shared: PropertyClass, tie: Tie, end: Literal["source", "target"]) -> None:
        node = tie.source if end == "source" else tie.target
        side = tie.row.source if end == "source" else tie.row.target
        main = shared.main.get(node.entity)
        if main is None or main.node == node:
            main = shared.main.setdefault(node.entity, Member(node, side, tie.where))
            self._settle_side(main, side, tie)
            self._flow(shared, main, tie, end)
        elif self._only_written(tie, end):
            copy = next((copy for copy in shared.copies if copy.node == node), None)
            if copy is None:
                copy = Member(node, side, tie.where, writes=True)
                shared.copies.append(copy)
            copy.enforce |= tie.row.enforce
            self._settle_side(copy, side, tie)
        elif tie.row.first_of:
            self._fall_back(main, node, side, tie)
        else:
            self._second_source(tie, main.node, node)
            return
        if node not in self._class_of:
            shared.nodes.append(node)
            for path in dict.fromkeys(node.paths):
                self._on.setdefault((node.entity, path), []).append(node)
        self._class_of[node] = shared

    def _settle_side(self, member: Member, side: SideConfig, tie: Tie) -> None:
        """What several rows say of one place adds up; two different words are a fault."""
        for key in sorted(side.model_fields_set - {"path", "paths", "when"}):
            said = getattr(side, key)
            if key not in member.side.model_fields_set:
                member.side = member.side.model_copy(update={key: said})
            elif getattr(member.side, key) != said:
                what = f"`{key}` of {member.node} differs from that in another row"
                self._faults.add(tie.where, what, "Write the same in both, or in one only.")

    def _fall_back(self, main: Member, node: Node, side: SideConfig, tie: Tie) -> None:
        """Read a further place when the main one is empty: both as they stand, by the main one's lens."""
        several = len(node.paths) > 1 or len(main.node.paths) > 1
        if several or node.when or main.node.when or side.lens is not None:
            what = f"{node} can not be read when {main.node} is empty: one has a condition, its own lens or paths"
            self._faults.add(
                tie.where, what, "Remove the row; a fallback is a plain path, and takes the main row's lens."
            )
        elif node.paths[0] not in main.fallbacks:
            main.fallbacks.append(node.paths[0])

    def _only_written(self, tie: Tie, end: Literal["source", "target"]) -> bool:
        """Whether a further place is a copy: a further target, or a further source that is only written."""
        if end == "target":
            return tie.row.direction in ("both", "forward")
        return tie.row.direction == "backward"

    def _flow(
        self, shared: PropertyClass, member: Member, tie: Tie, end: Literal["source", "target"]
    ) -> None:
        """Directions add up over the rows of a place; one with a fallback flows from that alone."""
        into = {"source": "backward", "target": "forward"}[end]
        out_of = {"source": "forward", "target": "backward"}[end]
        main = shared.main.get(tie.source.entity)
        falls_back = tie.row.first_of and main is not None and main.node != tie.source
        way = "forward" if falls_back and tie.row.direction == "both" else tie.row.direction
        member.writes |= way in ("both", into)
        member.reads |= way in ("both", out_of, "none")
        member.enforce |= tie.row.enforce and way == into

    def _second_source(self, tie: Tie, main: Node, further: Node) -> None:
        goal = tie.target if further == tie.source else tie.source
        what = f"{main} and {further} are both written to {goal}"
        remedy = (
            f"Mark this row `first_of: true` (read {further} when {main} is empty), give it "
            f"`direction: backward` (a copy, only written), or mark it `main: true` and the other one so (M9)."
        )
        self._faults.add(tie.where, what, remedy)
