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
from accord.core.model import Concept, Mapping, MatchRule
from accord.core.stamps import BOTTOM
from accord.core.state import Golden, Group, Link, Member, Review, record_key
from accord.core.values import MISSING

__all__ = ["IN_FLIGHT", "Join", "Linking", "golden_id", "link_groups", "new_golden", "new_link", "review_id"]


IN_FLIGHT = "a create there is of unknown outcome"
"""Why a newcomer is held that may be what our own create made (W13)."""


class Join(Struct, kw_only=True):
    """Records that become links of one golden record; `golden` is None where it is to be made."""

    golden: str | None
    members: list[Member]


class Linking(Struct, kw_only=True):
    """What a batch of groups comes to.

    `hold` says which unlinked records are held and why, `release` which are no longer. `touched` are golden records
    whose holds may have changed. `common` counts records whose key identifies nothing, for it is borne by too many.
    """

    joins: list[Join] = field(default_factory=list)
    reviews: list[Review] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)
    hold: list[tuple[Member, str]] = field(default_factory=list)
    release: list[Member] = field(default_factory=list)
    touched: set[str] = field(default_factory=set)
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


def link_groups(
    groups: Sequence[Group],
    rule: MatchRule,
    concept: Concept,
    occupied: ReadOnly[str, ReadOnly[str, bool]],
    now_us: int,
) -> Linking:
    """Decide on groups of one rule.

    Shape: members with `held` as their rows have it, and `vetoes` of the rule where it has any. `occupied` gives, per
    golden record, the mappings in which it has a live link (False) or a create under way (True).
    """
    linking = Linking()
    decisions = [_Decision(group, rule, concept, occupied, now_us, linking) for group in groups]
    wanted = Counter((d.goldens[0], m.mapping) for d in decisions if len(d.goldens) == 1 for m in d.unlinked)
    crowded = {place for place, count in wanted.items() if count > 1}
    for decision in decisions:
        decision.decide(crowded)
    return linking


def _record(member: Member) -> tuple[str, str]:
    return member.mapping, member.id


class _Decision:
    """One group under one rule."""

    def __init__(
        self,
        group: Group,
        rule: MatchRule,
        concept: Concept,
        occupied: ReadOnly[str, ReadOnly[str, bool]],
        now_us: int,
        out: Linking,
    ) -> None:
        self.group, self.rule, self.concept, self.out, self.now_us = group, rule, concept, out, now_us
        self.occupied = occupied
        self.review = review_id(concept.name, group.rule, group.key)
        self.goldens = sorted({m.golden for m in group.members if m.golden is not None})
        unlinked = [m for m in group.members if m.golden is None and m.held in ("", self.review)]
        self.unlinked = sorted(unlinked, key=_record)

    def decide(self, crowded: AbstractSet[tuple[str, str]]) -> None:
        """`crowded`: (golden, mapping) to which several groups bring a record, for its records bear different keys."""
        members = sorted([m for m in self.group.members if m.golden is not None] + self.unlinked, key=_record)
        self.out.touched.update(self.goldens)
        borne = Counter(m.mapping for m in self.group.members)
        shares = Counter(m.mapping for m in members)
        if borne and max(borne.values()) > self.rule.max_share:
            self.out.common += len(self.group.members)
            self._close()
        elif not self.unlinked:
            self._linked_only(members)
        elif len(members) == 1:
            self._close()
        elif self.rule.propose:
            self._open("propose", members, "a near match: only a person links it")
        elif len(self.goldens) > 1 or max(shares.values()) > 1:
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
        if any(m.mapping in taken or (golden, m.mapping) in crowded for m in self.unlinked):
            self._open("cluster", members, "its golden record has another record of this entity type")
            return
        stale = [m for m in self.unlinked if m.held]
        self._close()
        if stale:  # they are matched together once all have been read again (L3)
            self.out.release.extend(m for m in self.unlinked if not m.held)
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
                key=self.group.key,
                kind=kind,
                members=[record_key(m.mapping, m.id) for m in members],
                goldens=self.goldens,
                reason=reason,
                at_us=self.now_us,
            )
        )
        if kind in ("cluster", "veto"):
            self.out.hold.extend((m, self.review) for m in self.unlinked if m.held != self.review)

    def _close(self) -> None:
        """The reason for a review is gone, if there was one; who was held for it is read again before it is linked."""
        self.out.closed.append(self.review)
        self.out.release.extend(m for m in self.unlinked if m.held == self.review)
