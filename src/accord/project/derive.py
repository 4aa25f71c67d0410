"""Specs derived from pairs (M9): pairs that share an entity type stand for one concept."""

import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from accord.core.wording import remedy
from accord.project.schema import CreateConfig, EndConfig, PairConfig, PairMatchConfig, ProjectConfig
from accord.project.schema_parts import Condition
from accord.project.source import Faults, Loc
from accord.project.specs import (
    FIRST_OF,
    ConceptSpec,
    CreateSpec,
    MappingSpec,
    PropertySpec,
    RowSpec,
    RuleSpec,
    Specs,
    split_key,
    steps_of,
)
from accord.project.synonyms import Member, Node, PropertyClass, Synonyms, Tie

__all__ = ["derive"]


class _Pair(NamedTuple):
    config: PairConfig
    where: Loc

    @property
    def source(self) -> str:
        return self.config.source.type

    @property
    def target(self) -> str:
        return self.config.target.type


class _Create(NamedTuple):
    """A create rule, and the entity type at the other end, whose records its conditions are on."""

    config: CreateConfig
    other: str
    where: Loc


def derive(config: ProjectConfig, faults: Faults) -> Specs:
    """Concepts and mappings that the enabled pairs stand for; what contradicts itself is a fault."""
    pairs = [_Pair(pair, ("pairs", index)) for index, pair in enumerate(config.pairs) if pair.enabled]
    pairs = [pair for pair in pairs if _is_sound(pair, config, faults)]
    pairs = _once(pairs, faults)
    taken = set(config.concepts)
    concepts: list[ConceptSpec] = []
    mappings: list[MappingSpec] = []
    for group in _groups(pairs):
        concept, of_concept = _Group(group, faults).specs(taken)
        taken.add(concept.name)
        concepts.append(concept)
        mappings.extend(of_concept)
    return Specs(concepts=tuple(concepts), mappings=tuple(mappings))


def _is_sound(pair: _Pair, config: ProjectConfig, faults: Faults) -> bool:
    if pair.source == pair.target:
        what = f"The pair ties {pair.source} to itself"
        faults.add(pair.where, what, "Duplicates inside one system are not linked yet: set `enabled: false`.")
        return False
    for end, key in (("from", pair.source), ("to", pair.target)):
        if key in config.mappings:
            what = f"{key} stands in a pair and in `mappings`"
            faults.add((*pair.where, end), what, "Keep one of the two forms for it.")
            return False
    return True


def _once(pairs: list[_Pair], faults: Faults) -> list[_Pair]:
    """Pairs without those that tie two entity types again."""
    first: dict[frozenset[str], _Pair] = {}
    for pair in pairs:
        other = first.setdefault(frozenset((pair.source, pair.target)), pair)
        if other is not pair:
            what = f"{pair.source} and {pair.target} are a pair already (pair {int(other.where[1]) + 1})"
            faults.add(pair.where, what, "Put its rows there.")
    return list(first.values())


def _groups(pairs: list[_Pair]) -> list[list[_Pair]]:
    """Pairs that share an entity type, directly or through others, in the order of the file."""
    groups: dict[str, list[_Pair]] = {}  # by entity type; those of one group share one list
    for pair in pairs:
        ours, theirs = groups.setdefault(pair.source, []), groups.setdefault(pair.target, [])
        few, many = sorted((ours, theirs), key=len)
        many.append(pair)
        if few is not many:
            many += few
            groups.update({key: many for each in few for key in (each.source, each.target)})
            groups[pair.source] = groups[pair.target] = many
    distinct = {id(members): members for members in groups.values()}
    ordered = [sorted(members, key=lambda pair: pair.where[1]) for members in distinct.values()]
    return sorted(ordered, key=lambda members: members[0].where[1])


class _Group:
    """Pairs of one concept."""

    def __init__(self, pairs: list[_Pair], faults: Faults) -> None:
        self._pairs, self._faults = pairs, faults
        self._of: dict[str, list[_Pair]] = {}
        for pair in pairs:
            for key in dict.fromkeys((pair.source, pair.target)):
                self._of.setdefault(key, []).append(pair)
        self._synonyms = Synonyms(faults)
        self._synonyms.add_all([tie for pair in pairs for tie in _ties(pair)])

    def specs(self, taken: set[str]) -> tuple[ConceptSpec, list[MappingSpec]]:
        rules = self._rules()
        for pair in self._pairs:
            for create in (*_creates(pair, pair.source), *_creates(pair, pair.target)):
                for path in create.config.when:
                    self._synonyms.asked(Node(create.other, (path,)), (*create.where, "when", path))
        classes = self._synonyms.classes()
        names = _names(classes)
        concept = ConceptSpec(
            name=self._name(taken),
            where=self._pairs[0].where,
            properties=tuple(self._property(each, names[id(each)]) for each in classes),
            rules=_distinct(rules, names),
            survivorship=self._agreed("survivorship"),
            first_link=self._agreed("first_link"),
            delete=self._agreed("delete"),
            duplicates=self._agreed("duplicates"),
            derived=True,
            groups=tuple(dict.fromkeys(self._together(classes, names))),
        )
        rows: dict[str, list[RowSpec]] = {}
        for each in classes:
            for member in each.members():
                rows.setdefault(member.node.entity, []).append(_row(member, names[id(each)]))
        return concept, [self._mapping(key, concept.name, rows.get(key, []), names) for key in self._of]

    def _together(self, classes: list[PropertyClass], names: dict[int, str]) -> Iterator[tuple[str, ...]]:
        """Groups of properties, by the paths of the `from` end (M8)."""
        for pair in self._pairs:
            if not pair.config.groups:
                continue
            places = {
                path: names[id(each)]
                for each in classes
                for member in each.members()
                if member.node.entity == pair.source
                for path in member.node.paths
            }
            for index, paths in enumerate(pair.config.groups):
                for path in paths:
                    if path not in places:
                        where = (*pair.where, "groups", index)
                        what = f"A group names `{path}`, which is in no row of {pair.source}"
                        self._faults.add(where, what, remedy(path, places))
                yield tuple(places[path] for path in paths if path in places)

    def _name(self, taken: set[str]) -> str:
        """The name that a pair gives, else the first target's type; made unique."""
        given = self._agreed("concept")
        if given is not None:
            if given not in taken:
                return str(given)
            what = f"The concept `{given}` is named by pairs that share no entity type, or by `concepts`"
            self._faults.add((*self._pairs[0].where, "concept"), what, "Give it another name.")
        system, kind, facet = split_key(self._pairs[0].target)
        plain = re.sub(r"\W+", "_", f"{kind}_{facet}" if facet else kind).strip("_").lower() or "concept"
        tries = (plain, f"{system}_{plain}", *(f"{plain}_{number}" for number in range(2, len(taken) + 3)))
        return next(name for name in tries if name not in taken)

    def _agreed(self, key: str) -> Any:
        """What the pairs that say something say; two different words are a fault."""
        said = [
            (getattr(pair.config, key), pair) for pair in self._pairs if key in pair.config.model_fields_set
        ]
        if not said:
            return getattr(self._pairs[0].config, key)
        for value, pair in said[1:]:
            if value != said[0][0]:
                first = self._pairs.index(said[0][1])
                what = f"`{key}` is {value} here and {said[0][0]} in a pair that shares its concept (pair {first + 1})"
                self._faults.add((*pair.where, key), what, "Write the same in both, or in one only.")
        return said[0][0]

    def _rules(self) -> list[tuple[PairMatchConfig, Loc, list[PropertyClass], list[PropertyClass]]]:
        found = []
        for pair in self._pairs:
            for index, match in enumerate(pair.config.match):
                where = (*pair.where, "match", index)
                parts = [self._compared(pair, combination, where) for combination in match.all]
                vetoes = [self._compared(pair, combination, where) for combination in match.veto]
                found.append((match, where, parts, vetoes))
        return found

    def _compared(self, pair: _Pair, combination: list[str], where: Loc) -> PropertyClass:
        source, target = combination
        return self._synonyms.compared(Node(pair.source, (source,)), Node(pair.target, (target,)), where)

    def _property(self, each: PropertyClass, name: str) -> PropertySpec:
        return PropertySpec(
            name=name,
            where=each.first.where,
            type=self._one_word(each, name, "type"),
            survivorship=self._one_word(each, name, "survivorship"),
            whole=any(tie.row.whole for tie in each.ties),
            match_only=each.match_only,
        )

    def _one_word(self, each: PropertyClass, name: str, setting: str) -> str | None:
        """What the rows of a property say that say something; two different words are a fault."""
        said = {word: tie for tie in each.ties if (word := getattr(tie.row, setting)) is not None}
        if len(said) > 1:
            what = f"The {setting} of `{name}` is {' and '.join(sorted(said))} in rows that share it"
            self._faults.add(list(said.values())[1].where, what, "Write the same in all, or in one only.")
        return next(iter(said), None)

    def _mapping(self, key: str, concept: str, rows: list[RowSpec], names: dict[int, str]) -> MappingSpec:
        creation, always = self._creation(key, names)
        return MappingSpec(
            key=key,
            concept=concept,
            where=self._ends(key)[0][1],
            rows=tuple(rows),
            create="always" if always or creation.wishes else "linked",
            creation=creation,
            priority=self._end(key, "priority"),
            filter=self._end(key, "filter"),
            constants=self._end(key, "constants"),
            when=self._end(key, "when"),
            primary=self._end(key, "primary"),
            share=self._end(key, "share"),
            full_sync=self._end(key, "full_sync"),
            settle_s=self._end(key, "settle_s"),
        )

    def _creation(self, key: str, names: dict[int, str]) -> tuple[CreateSpec, bool]:
        """What the pairs say of creates in an entity type, and whether one of them always creates."""
        into = [create for pair in self._of[key] for create in _creates(pair, key)]
        always = any(create.config.rule == "always" and not create.config.when for create in into)
        asked = [create for create in into if create.config.when]
        wishes: tuple[tuple[str, Condition], ...] = ()
        for create in [] if always else asked:
            said = tuple(
                (self._asked(create, path, names), want) for path, want in create.config.when.items()
            )
            if wishes and set(map(repr, said)) != set(map(repr, wishes)):
                what = f"The conditions on creating {key} differ from those in another pair"
                self._faults.add((*create.where, "when"), what, "Write the same in both, or in one only.")
            wishes = wishes or said
        pulls = [create for create in into if create.config.rule == "connected" or create.config.connected]
        lists = [[_pulling(create, name) for name in create.config.connected] for create in pulls]
        every = not all(lists)
        pulled_by = tuple(dict.fromkeys(name for each in lists for name in each))
        return CreateSpec(
            wishes=wishes,
            pulled_by=None if not pulls else () if every else pulled_by,
            pull_old=any(create.config.pull == "old" for create in into),
            prose=next((c.config.condition for c in into if c.config.condition and not c.config.when), ""),
            where=into[0].where if into else (),
        ), always

    def _asked(self, create: _Create, path: str, names: dict[int, str]) -> str:
        """Name of the property that a condition is on: its path stands at the other end."""
        return names[id(self._synonyms.asked(Node(create.other, (path,)), (*create.where, "when", path)))]

    def _ends(self, key: str) -> list[tuple[EndConfig, Loc]]:
        ends = []
        for pair in self._of[key]:
            for end, name in ((pair.config.source, "from"), (pair.config.target, "to")):
                if end.type == key:
                    ends.append((end, (*pair.where, name)))
        return ends

    def _end(self, key: str, setting: str) -> Any:
        """A setting of an entity type's ends; two different ones are a fault."""
        ends = self._ends(key)
        said = [(getattr(end, setting), where) for end, where in ends if setting in end.model_fields_set]
        for value, where in said[1:]:
            if value != said[0][0]:
                what = f"`{setting}` of {key} differs from that in another pair"
                self._faults.add(where, what, "Write the same in both, or in one only.")
        return said[0][0] if said else getattr(ends[0][0], setting)


def _creates(pair: _Pair, key: str) -> Iterator[_Create]:
    """What the pair says of creates in an entity type."""
    create = pair.config.create
    if pair.target == key:
        yield _Create(create.forward, pair.source, (*pair.where, "create", "forward"))
    if pair.source == key:
        yield _Create(create.backward, pair.target, (*pair.where, "create", "backward"))


def _pulling(create: _Create, name: str) -> str:
    """An entity type as a create rule names it: of the system at the other end, where it does not say."""
    system = split_key(create.other)[0]
    return name if name.startswith(f"{system}.") else f"{system}.{name}"


def _ties(pair: _Pair) -> Iterator[Tie]:
    for index, row in enumerate(pair.config.rows):
        source = Node(pair.source, row.source.places, tuple(row.source.when.items()))
        target = Node(pair.target, row.target.places, tuple(row.target.when.items()))
        yield Tie(source, target, row, (*pair.where, "rows", index))


def _names(classes: Iterable[PropertyClass]) -> dict[int, str]:
    """A name per class: the path at the target end of its first row, with the system where that is not enough."""
    names: dict[int, str] = {}
    taken: set[str] = set()
    numbers: dict[str, int] = {}
    for each in classes:
        target = each.first.target
        system = split_key(target.entity)[0]
        selected = "".join(f"[{value}]" for _, value in target.when)
        plain = f"{'+'.join(target.paths)}{selected}"
        name = next((name for name in (plain, f"{system}.{plain}") if name not in taken), None)
        while name is None or name in taken:
            numbers[plain] = numbers.get(plain, 1) + 1
            name = f"{plain}_{numbers[plain]}"
        names[id(each)] = name
        taken.add(name)
    return names


def _row(member: Member, name: str) -> RowSpec:
    steps = steps_of(member.side.lens)
    return RowSpec(
        property=name,
        paths=(*member.node.paths, *member.fallbacks),
        where=member.where,
        lens=(FIRST_OF, *steps) if member.fallbacks else steps,
        when=member.node.when,
        reads=member.reads,
        writes=member.writes,
        enforce=member.enforce,
        create_only=member.side.create_only,
        update_only=member.side.update_only,
        required=member.side.required,
    )


def _distinct(
    rules: list[tuple[PairMatchConfig, Loc, list[PropertyClass], list[PropertyClass]]], names: dict[int, str]
) -> tuple[RuleSpec, ...]:
    """Rules in order, without those that another pair states already."""
    found: dict[Any, RuleSpec] = {}
    for match, where, parts, vetoes in rules:
        rule = RuleSpec(
            parts=tuple((names[id(part)], match.normalise) for part in parts),
            vetoes=tuple((names[id(veto)], None) for veto in vetoes),
            max_share=match.max_share,
            propose=match.propose,
            where=where,
        )
        found.setdefault((repr(sorted(rule.parts, key=repr)), repr(rule.vetoes), rule.propose), rule)
    return tuple(found.values())
