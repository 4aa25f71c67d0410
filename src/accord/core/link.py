"""Decide which unlinked records are one thing: groups of equal keys, rule by rule, the strongest first (L1-L5, L10).

A group is linked when it holds at most one golden record and one record of each entity type, else it waits as a whole.
A person's review is recomputed whenever a key of it is touched, and closes itself when its reason is gone.
"""

from collections import Counter
from collections.abc import Iterable, Mapping as ReadOnly, Sequence, Set as AbstractSet
from hashlib import blake2b
from typing import Literal

from msgspec import Struct, field

from accord.core.matching import vetoed
from accord.core.matching.similar import alike_groups, are_near
from accord.core.model import Concept, Mapping, MatchRule
from accord.core.stamps import BOTTOM
from accord.core.state import (
    IN_FLIGHT,
    LEFT_OUT,
    TO_BE_READ,
    Golden,
    Group,
    Link,
    Member,
    Review,
    record_key,
)
from accord.core.values import MISSING

__all__ = [
    "Join",
    "Linking",
    "gives_several",
    "golden_id",
    "link_groups",
    "new_golden",
    "new_link",
    "review_id",
]


class Join(Struct, kw_only=True):
    """Records that become links of one golden record; `golden` is None where it is to be made."""

    golden: str | None
    members: list[Member]


class Linking(Struct, kw_only=True):
    """What a batch of groups comes to.

    `hold` says which unlinked records are held and why, `release` which are no longer. `touched` are golden records
    whose holds may have changed, `left` reviews of weaker rules that lost a member to this one. `common` counts records
    whose key identifies nothing, for it is borne by too many.
    """

    joins: list[Join] = field(default_factory=list)
    reviews: list[Review] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)
    hold: list[tuple[Member, str]] = field(default_factory=list)
    release: list[Member] = field(default_factory=list)
    touched: set[str] = field(default_factory=set)
    left: set[str] = field(default_factory=set)
    common: int = 0


def golden_id(concept: str, members: Iterable[str]) -> str:
    """Id of a golden record that is made of records: of the first of their keys, whatever order they came in."""
    return f"{concept}:{blake2b(min(members).encode(), digest_size=10).hexdigest()}"


def review_id(concept: str, rule: str, key: str) -> str:
    """Id of the review of a group; it tells nothing of the key (P2)."""
    return blake2b(f"{concept}\0{rule}\0{key}".encode(), digest_size=6).hexdigest()


def new_golden(id_: str, concept: Concept) -> Golden:
    """A golden record without values."""
    columns = len(concept.properties)
    return Golden(id=id_, concept=concept.name, value=[None] * columns, stamp=[BOTTOM] * columns)


def new_link(
    golden: str, mapping: Mapping, remote_id: str | None, life: Literal["creating", "live"] = "live"
) -> Link:
    """A link whose properties have no base yet (M6)."""
    columns = len(mapping.properties)
    return Link(
        golden=golden,
        mapping=mapping.key,
        id=remote_id,
        life=life,
        raw=[MISSING] * columns,
        base=[BOTTOM] * columns,
        same=[None] * columns,
    )


def gives_several(rule: MatchRule, concept: Concept) -> bool:
    """True for a rule under which one record may bear several keys, for a part of it is a list or a set."""
    types = [concept.properties[column].type for column, _ in rule.parts]
    return any(each.startswith(("list", "set")) for each in types)


def link_groups(
    groups: Sequence[Group],
    rule: MatchRule,
    concept: Concept,
    occupied: ReadOnly[str, ReadOnly[str, bool]],
    now_us: int,
    stronger: ReadOnly[str, bool] | None = None,
    refused: ReadOnly[str, AbstractSet[str]] | None = None,
) -> Linking:
    """Decide on groups of one rule.

    Shape: members with `held` as their rows have it, and `vetoes` of the rule where it has any; where records bear
    several keys, all groups of each. `occupied` gives, per golden record, the mappings in which it has a live link
    (False) or a create under way (True). `stronger`: the open reviews of other rules, and whether theirs is stronger.
    `refused`: with whom a person refused a golden record or an unlinked record, by id and record key (L6).
    """
    linking = Linking()
    if rule.similar is not None:
        groups = [
            part
            for group in groups
            for part in ([group] if _is_common(group, rule) else alike_groups(group, rule))
        ]
    parts = _united(groups, rule) if gives_several(rule, concept) else [[group] for group in groups]
    decisions = [
        _Decision(part, rule, concept, occupied, now_us, linking, stronger or {}, refused or {})
        for part in parts
    ]
    wanted = Counter((d.goldens[0], m.mapping) for d in decisions if len(d.goldens) == 1 for m in d.unlinked)
    crowded = {place for place, count in wanted.items() if count > 1}
    for decision in decisions:
        decision.decide(crowded)
    return linking


def _record(member: Member) -> tuple[str, str]:
    return member.mapping, member.id


def _is_common(group: Group, rule: MatchRule) -> bool:
    """True for a key that identifies nothing, for too many records of one entity type bear it (L2)."""
    if len(group.members) <= rule.max_share:
        return False
    return max(Counter(m.mapping for m in group.members).values()) > rule.max_share


def _united(groups: Sequence[Group], rule: MatchRule) -> list[list[Group]]:
    """Groups that share an unlinked record are decided upon together, as a whole (L3)."""
    parts: list[tuple[list[Group], set[tuple[str, str]]]] = []
    for group in groups:
        common = _is_common(group, rule)
        records = set() if common else {_record(m) for m in group.members if m.golden is None}
        joined = [part for part in parts if part[1] & records]
        parts = [part for part in parts if not part[1] & records]
        united = [each for part in joined for each in part[0]] + [group]
        parts.append((united, records.union(*(part[1] for part in joined))))
    return [sorted(part, key=lambda group: group.key) for part, _ in parts]


class _Decision:
    """Groups under one rule that share records; most often it is one."""

    def __init__(
        self,
        groups: Sequence[Group],
        rule: MatchRule,
        concept: Concept,
        occupied: ReadOnly[str, ReadOnly[str, bool]],
        now_us: int,
        out: Linking,
        stronger: ReadOnly[str, bool],
        refused: ReadOnly[str, AbstractSet[str]],
    ) -> None:
        self.rule, self.concept, self.out, self.now_us = rule, concept, out, now_us
        self.occupied, self.stronger = occupied, stronger
        self.key = groups[0].key
        self.common = _is_common(groups[0], rule)
        self.members = groups[0].members
        if len(groups) > 1:
            self.members = list({_record(m): m for group in groups for m in group.members}.values())
        self.reviews = [review_id(concept.name, group.rule, group.key) for group in groups]
        self.review = self.reviews[0]
        self.goldens = sorted({m.golden for m in self.members if m.golden is not None})
        self.unlinked = sorted(filter(self._takes_part, self.members), key=_record)
        self.alike = concept.duplicates == "link"
        self.refused = refused
        if refused:
            self._let_go()

    def _let_go(self) -> None:
        """Who is refused with everybody else of the group has no part in it, for ever (L6)."""
        nodes = {*self.goldens, *(record_key(*_record(m)) for m in self.unlinked)}
        apart = {n for n in nodes if len(nodes) > 1 and nodes - {n} <= self.refused.get(n, set())}
        held = [m for m in self.unlinked if record_key(*_record(m)) in apart and m.held in self.reviews]
        self.out.release.extend(held)
        self.out.touched.update(apart.intersection(self.goldens))
        self.goldens = [g for g in self.goldens if g not in apart]
        self.unlinked = [m for m in self.unlinked if record_key(*_record(m)) not in apart]
        self.members = [m for m in self.members if (m.golden or record_key(*_record(m))) not in apart]

    def _divided(self) -> bool:
        """True where two of the group are refused, so that it can not be one thing as a whole."""
        nodes = {*self.goldens, *(record_key(*_record(m)) for m in self.unlinked)}
        return any(self.refused.get(n, set()) & nodes for n in nodes)

    def _takes_part(self, member: Member) -> bool:
        """A record that a stronger rule holds does not, one that a weaker rule holds does (L4)."""
        if member.golden is not None or member.held in (IN_FLIGHT, TO_BE_READ, LEFT_OUT):
            return False
        return not self.stronger.get(member.held, False)

    def decide(self, crowded: AbstractSet[tuple[str, str]]) -> None:
        """`crowded`: (golden, mapping) to which several groups bring a record, for its records bear different keys."""
        members = sorted([m for m in self.members if m.golden is not None] + self.unlinked, key=_record)
        self.out.touched.update(self.goldens)
        if self.common:
            self.out.common += len(self.members)
            self._close()
        elif not self.unlinked:
            self._linked_only(members)
        elif any(m.held == TO_BE_READ and m.golden is None for m in self.members):
            self.out.release.extend(m for m in self.unlinked if not m.held)  # all are read first (L3)
        elif len(members) == 1:
            self._close()
        elif self.rule.propose or (self.rule.similar is not None and not are_near(members, self.rule)):
            self._open("propose", members, "a near match: only a person links it")
        elif self._divided():
            self._open("cluster", members, "a person said of some of them that they are different")
        elif len(self.goldens) > 1 or (not self.alike and len({m.mapping for m in members}) < len(members)):
            self._open(
                "cluster", members, "several records of one entity type, or golden records, bear the same key"
            )
        elif self._vetoed(members):
            self._open("veto", members, "they match, and a veto property differs")
        else:
            self._link(members, crowded)

    def _linked_only(self, members: list[Member]) -> None:
        """Nothing to link; golden records with one key may be one thing, which only a person joins (L4, L8)."""
        if len(self.goldens) > 1:
            self._open("merge", members, "linked to different golden records, and bear the same key")
        else:
            self._close()

    def _link(self, members: list[Member], crowded: AbstractSet[tuple[str, str]]) -> None:
        golden = self.goldens[0] if self.goldens else None
        taken = self.occupied.get(golden, {}) if golden else {}
        creating = [m for m in self.unlinked if taken.get(m.mapping)]
        if creating:
            self.out.hold.extend((m, IN_FLIGHT) for m in creating)
            return
        if not self.alike and any(
            m.mapping in taken or (golden, m.mapping) in crowded for m in self.unlinked
        ):
            self._open("cluster", members, "its golden record has another record of this entity type")
            return
        stale = any(m.held for m in self.unlinked)
        self._close()
        if stale:  # they are matched together once all have been read again (L3)
            self._leave_others()
            self.out.release.extend(m for m in self.unlinked if not m.held or m.held in self.stronger)
        else:
            self.out.joins.append(Join(golden=golden, members=self.unlinked))

    def _vetoed(self, members: list[Member]) -> bool:
        return bool(self.rule.vetoes) and any(
            vetoed(a.vetoes, b.vetoes) for i, a in enumerate(members) for b in members[i + 1 :]
        )

    def _open(
        self, kind: Literal["cluster", "merge", "veto", "propose"], members: Sequence[Member], reason: str
    ) -> None:
        self.out.reviews.append(
            Review(
                id=self.review,
                concept=self.concept.name,
                rule=self.rule.name,
                key=self.key,
                kind=kind,
                members=[record_key(m.mapping, m.id) for m in members],
                goldens=self.goldens,
                reason=reason,
                at_us=self.now_us,
            )
        )
        self.out.closed.extend(self.reviews[1:])
        if kind in ("cluster", "veto"):
            self._leave_others()
            self.out.hold.extend((m, self.review) for m in self.unlinked if m.held != self.review)

    def _leave_others(self) -> None:
        """Whom a weaker rule held takes no part in its review any more (L4)."""
        self.out.left.update(m.held for m in self.unlinked if m.held in self.stronger)

    def _close(self) -> None:
        """The reason for a review is gone, if there was one; who was held for it is read again before it is linked."""
        self.out.closed.extend(self.reviews)
        self.out.release.extend(m for m in self.unlinked if m.held and m.held not in self.stronger)
