"""Every record is accounted for, linked once, and created once (G4, L1, L3, W3, W8)."""

from collections import Counter

from accord.core.state import Cluster
from accord.testing.world.oracle.facts import Facts, Record, Verdict, system_of

__all__ = ["check_accounted", "check_created_everywhere", "check_created_once", "check_not_recreated"]

UNSURE = "a create there is never found for sure"


def check_accounted(verdict: Verdict, facts: Facts) -> None:
    """G4: every record of every system is linked, or held with a reason, and the sums add up; L1: linked once."""
    for name, table in facts.tables.items():
        for id_ in table:
            if facts.standing.get((name, id_)) not in ("linked", "held"):
                verdict.say("G4", f"{name}/{id_} is {facts.standing.get((name, id_), 'unknown')}")
        counts = facts.census.get(f"{name}.Person", {})
        parts = sum(counts.get(part, 0) for part in ("linked", "waiting", "held", "excluded", "gone"))
        if parts != counts.get("seen", 0):
            verdict.say("G4", f"{name}: the census adds up to {parts} of {counts.get('seen', 0)}")
    live = Counter((k.mapping, k.id) for c in facts.clusters for k in c.links if k.life == "live")
    for (mapping, linked), count in live.items():
        if count > 1:
            verdict.say("L1", f"{mapping}/{linked} has {count} links")


def check_created_once(verdict: Verdict, facts: Facts) -> None:
    """W3: every record that our account ever made is the link it was made for; L3: one live record per entity type."""
    for cluster in facts.clusters:
        counts = Counter(link.mapping for link in cluster.links if link.life == "live")
        for mapping, count in counts.items():
            if count > 1:
                verdict.say("L3", f"{cluster.golden.id} has {count} live records in {mapping}")
    known = {
        e.record for some in facts.events.values() for e in some if e.kind == "created" and not e.property
    }
    for system, id_ in facts.made:
        if f"{system}.Person/{id_}" not in known:
            _orphan(verdict, facts, system, id_)


def check_created_everywhere(verdict: Verdict, facts: Facts) -> None:
    """W6, W10: a golden record has a record in every system, or there is a reason why not."""
    reviewed = {member for review in facts.reviews for member in review.members}
    for cluster in facts.clusters:
        live = [link for link in cluster.links if link.life == "live"]
        if cluster.golden.life != "alive" or not live:
            continue
        if any(f"{link.mapping}/{link.id}" in reviewed for link in live):
            verdict.excuse("W6", "a review concerns it (W13 d)")
            continue
        for system in sorted(set(facts.tables) - {system_of(link) for link in live}):
            links = [link for link in cluster.links if system_of(link) == system]
            reason = _why_not(facts, cluster, system)
            if any(link.by == "person" or link.rejected or link.open for link in links):
                reason = "it was deleted there, refused, or is being asked about (W8, W9, W3)"
            if reason:
                verdict.excuse("W6", reason)
            else:
                verdict.say("W6", f"{cluster.golden.id} has no record in {system}, for no reason")


def _why_not(facts: Facts, cluster: Cluster, system: str) -> str:
    """A stranger there that bears the address of one of its records keeps it from being created (W13 c)."""
    bodies = [facts.tables[name].get(id_, {}) for name, id_ in facts.records(cluster)]
    emails = {body.get("email") for body in bodies} - {None}
    table = facts.tables[system]
    strange = [
        i for i in table if facts.standing.get((system, i)) != "linked" and table[i].get("email") in emails
    ]
    return "an unlinked record there bears the same key (W13 c)" if strange else ""


def _orphan(verdict: Verdict, facts: Facts, system: str, id_: str) -> None:
    if not facts.weather.bents[system].finds_surely:
        verdict.excuse("W3", UNSURE)
    elif id_ not in facts.tables[system]:
        verdict.excuse("W3", "a person deleted it before it was found")
    else:
        verdict.say("W3", f"{system}/{id_} was created by us, and is no create that we know of")


def check_not_recreated(verdict: Verdict, facts: Facts) -> None:
    """W8: what a person deleted in a system is not created there again."""
    died = {(c.system, c.after.id): (c.actor, c.at_us) for c in facts.changes if c.deletes}
    born = {(c.system, c.after.id): c.at_us for c in facts.changes if c.before is None and c.actor == "hub"}
    for cluster in facts.clusters:
        for record in facts.records(cluster):
            if record in born and (earlier := _deleted_before(cluster, record, born[record], died)):
                verdict.say("W8", f"{record} was created after a person had deleted {earlier}")


def _deleted_before(
    cluster: Cluster,
    record: Record,
    born_us: int,
    died: dict[Record, tuple[str, int]],
) -> Record | None:
    """The incarnation before a record, where a person deleted it, and the hub had learnt of it."""
    of = {(system_of(k), k.id): k for k in cluster.links if k.id is not None}
    number = of[record].incarnation
    for other, link in of.items():
        before = other[0] == record[0] and link.incarnation == number - 1
        if before and other in died and died[other][0] == "person" and died[other][1] < born_us:
            return other if link.by == "person" else None
    return None
