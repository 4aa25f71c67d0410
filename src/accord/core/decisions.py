"""What people said about identity: which records are one thing, and which never are (L6).

Decisions are pairs of record keys. "same" pairs make groups (what is connected is one thing); no group, and no golden
record, ever holds two records of which somebody said that they are different.
"""

from collections import Counter, deque
from collections.abc import Iterable, Mapping as ReadOnly, Sequence

from msgspec import Struct, field

from accord.core.model import Concept
from accord.core.state import IN_FLIGHT, LEFT_OUT, TO_BE_READ, WHOLE, Cluster, Decision, Link, record_key

__all__ = [
    "Party",
    "Uniting",
    "age",
    "chain",
    "contradiction",
    "groups_of",
    "is_under_way",
    "is_unsure",
    "part",
    "refused_nodes",
    "unite",
]

Pair = tuple[str, str]

BUSY = "a write of unknown outcome is under way; it goes on by itself"
ALIKE = (
    "they are several records of one entity type: merge them in their system, "
    "or say `duplicates: link` in the concept"
)
REFUSED = "decisions contradict each other: withdraw one of them"


class Party(Struct, frozen=True, kw_only=True):
    """A record that decisions name: `golden` where it is linked; `gone` where it is not there, or was never seen."""

    key: str
    mapping: str = ""
    golden: str | None = None
    held: str = ""
    gone: bool = False


class Uniting(Struct, kw_only=True):
    """What a group of records that are one thing comes to.

    `golden` takes `join` and all that the golden records `losers` have; None: one is to be made. `blocked`: why nothing
    can be done now; `release`: records that were held, and are to be read again first (L3).
    """

    golden: str | None = None
    losers: list[str] = field(default_factory=list)
    join: list[str] = field(default_factory=list)
    release: list[str] = field(default_factory=list)
    blocked: str = ""


def groups_of(pairs: Iterable[Pair]) -> list[list[str]]:
    """Connected components, each in order, in order of their first; whatever order the pairs came in."""
    groups: dict[str, set[str]] = {}
    for a, b in pairs:
        one, other = groups.setdefault(a, {a}), groups.setdefault(b, {b})
        if one is not other:
            one |= other
            groups.update(dict.fromkeys(other, one))
    return sorted(sorted(group) for group in {id(group): group for group in groups.values()}.values())


def chain(pairs: Iterable[Pair], start: str, end: str) -> list[str]:
    """The shortest way from one record to another along pairs, both included; empty where there is none."""
    beside: dict[str, list[str]] = {}
    for a, b in sorted(pairs):
        beside.setdefault(a, []).append(b)
        beside.setdefault(b, []).append(a)
    came: dict[str, str] = {start: ""}
    queue = deque([start])
    while queue and end not in came:
        here = queue.popleft()
        for there in beside.get(here, ()):
            if there not in came:
                came[there] = here
                queue.append(there)
    if end not in came:
        return []
    way = [end]
    while way[-1] != start:
        way.append(came[way[-1]])
    return way[::-1]


def contradiction(new: Decision, decisions: Sequence[Decision], linked: Iterable[Sequence[str]]) -> list[str]:
    """The chain of records that a decision would tie together although two of them are different; empty: there is none.

    `linked`: the records of each golden record that the decision reaches. For "different": the chain of people's
    decisions by which the two are the same; what only match rules joined does not stand against it.
    """
    others = [d for d in decisions if (d.a, d.b) != (new.a, new.b)]
    same = [(d.a, d.b) for d in others if d.verdict == "same"]
    if new.verdict == "different":
        return chain(same, new.a, new.b)
    if new.verdict == "same":
        same += [(new.a, new.b), *((records[0], record) for records in linked for record in records[1:])]
        for each in others:
            way = chain(same, each.a, each.b) if each.verdict == "different" else []
            if way:
                return way
    return []


def part(records: Sequence[str], decisions: Iterable[Decision]) -> list[list[str]]:
    """Records of one golden record, oldest first, in groups in which nobody is refused; the first group stays.

    What people said is the same goes together, and is refused together. Each goes with the oldest group that it is not
    refused with. Law: where all pairs between two groups are refused, these groups come out.
    """
    unit, refused = _units(decisions)
    units: dict[str, list[str]] = {}
    for record in records:
        units.setdefault(unit.get(record, record), []).append(record)
    groups: list[tuple[set[str], list[str]]] = []
    for name, members in units.items():
        group = next((g for g in groups if not g[0] & refused.get(name, set())), None)
        if group is None:
            groups.append(({name}, members))
        else:
            group[0].add(name)
            group[1].extend(members)
    return [members for _, members in groups]


def refused_nodes(decisions: Iterable[Decision], node: ReadOnly[str, str]) -> dict[str, set[str]]:
    """Who is refused with whom, where `node` gives the golden id of a linked record, or the record itself.

    What people said is the same is refused together.
    """
    unit, refused = _units(decisions)
    nodes: dict[str, set[str]] = {}
    for record, its in node.items():
        nodes.setdefault(unit.get(record, record), set()).add(its)
    found: dict[str, set[str]] = {}
    for a, others in refused.items():
        for b in others:
            for one in nodes.get(a, ()):
                found.setdefault(one, set()).update(nodes.get(b, set()) - {one})
    return {one: others for one, others in found.items() if others}


def _units(decisions: Iterable[Decision]) -> tuple[dict[str, str], dict[str, set[str]]]:
    """The group that each record is of, by its first record, where people said that some are the same; and which groups
    are refused with which."""
    known = list(decisions)
    groups = groups_of((d.a, d.b) for d in known if d.verdict == "same")
    unit = {record: group[0] for group in groups for record in group}
    refused: dict[str, set[str]] = {}
    for each in known:
        if each.verdict == "different":
            a, b = unit.get(each.a, each.a), unit.get(each.b, each.b)
            refused.setdefault(a, set()).add(b)
            refused.setdefault(b, set()).add(a)
    return unit, refused


def age(cluster: Cluster) -> tuple[int, str]:
    """What golden records are ordered by: the moment when the first of its records was first seen, then the id."""
    return min((row.first_us for row in cluster.seen.values()), default=0), cluster.golden.id


def unite(
    parties: Sequence[Party],
    clusters: ReadOnly[str, Cluster],
    concept: Concept,
    decisions: Iterable[Decision],
) -> Uniting:
    """What is to be done about records that are one thing, as people said.

    `clusters`: the golden records that they are linked to. `decisions`: all that concern the records of these, too.
    The golden record that was made first stays; the others become aliases of it.
    """
    free = [p for p in parties if p.golden is None and not p.gone and p.held not in _NOT_NOW]
    goldens = sorted({p.golden for p in parties if p.golden is not None}, key=lambda g: age(clusters[g]))
    result = Uniting(golden=goldens[0] if goldens else None, losers=goldens[1:], join=[p.key for p in free])
    if len(goldens) + len(free) < 2:
        result.join = []
        return result
    result.blocked = _obstacle(parties, free, [clusters[g] for g in goldens], concept, decisions)
    if not result.blocked and any(p.held for p in free):
        result.release, result.join, result.losers = [p.key for p in free], [], []
    return result


_NOT_NOW = (IN_FLIGHT, TO_BE_READ, LEFT_OUT)


def _obstacle(
    parties: Sequence[Party],
    free: Sequence[Party],
    clusters: Sequence[Cluster],
    concept: Concept,
    decisions: Iterable[Decision],
) -> str:
    """Why records can not become one golden record now; "" where they can."""
    records = {p.key for p in parties}
    places = Counter(p.mapping for p in free)
    for cluster in clusters:
        records |= {record_key(*record) for record in cluster.seen}
        places.update(link.mapping for link in cluster.links if link.life == "live")
    if len(part(sorted(records), decisions)) > 1:
        return REFUSED
    if concept.duplicates != "link" and places and max(places.values()) > 1:
        return ALIKE
    links = [link for cluster in clusters for link in cluster.links]
    wanted = {p.mapping for p in free}
    if any(is_under_way(k) and (len(clusters) > 1 or k.mapping in wanted) for k in links):
        return BUSY
    return BUSY if len(clusters) > 1 and any(map(is_unsure, links)) else ""


def is_under_way(link: Link) -> bool:
    """True while a write to a record is not confirmed; one to a record that is gone never will be (W4)."""
    return link.open is not None and link.life != "tomb"


def is_unsure(link: Link) -> bool:
    """Our next write tells what was kept aside (S5); one that is refused never will, and nobody waits for it (W9)."""
    return (
        bool(link.suspects)
        and WHOLE not in link.rejected
        and not link.suspects.keys() <= link.rejected.keys()
    )
