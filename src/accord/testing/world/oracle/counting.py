"""Every record is accounted for, linked once, and created once (G4, L1, L3, W3, W6, W8, S2)."""

from collections import Counter
from collections.abc import Iterator

from accord.core.intake import read_raw, values_of
from accord.core.matching import keys_of
from accord.core.model import Mapping
from accord.core.state import Cluster, record_key, record_parts
from accord.core.work import SECOND_US
from accord.testing.world.oracle.facts import Facts, Record, Verdict
from accord.testing.world.oracle.switches import kept_out
from accord.testing.world.watch import BACKUP

__all__ = [
    "check_accounted",
    "check_created_everywhere",
    "check_created_once",
    "check_not_recreated",
    "check_scope",
    "why_not",
]

UNSURE = "a create there is never found for sure"


def check_accounted(verdict: Verdict, facts: Facts) -> None:
    """G4: every record of every system is linked, or held with a reason, and the sums add up; L1: linked once."""
    for key in facts.model.mappings:
        for id_ in facts.table(key):
            verdict.check("G4")
            standing = facts.standing((key, id_))
            if standing not in ("linked", "held", "excluded"):
                verdict.say("G4", f"{key}/{id_} is {standing}")
        counts = facts.census.get(key, {})
        parts = sum(counts.get(part, 0) for part in ("linked", "waiting", "held", "excluded", "gone"))
        if parts != counts.get("seen", 0):
            verdict.say("G4", f"{key}: the census adds up to {parts} of {counts.get('seen', 0)}")
    for flow in facts.books.flows:
        verdict.check("G4")
        there, counted = len(facts.table(flow.mapping)), flow.records - flow.states.get("tombstoned", 0)
        if flow.adds_up and not there:
            continue  # nothing there is readable, so nothing proves what became of the others (S10)
        if not flow.adds_up or counted > there or flow.records < there:
            what = f"{flow.mapping} towards {flow.target}: {there} records, {counted} counted"
            verdict.say("G4", f"{what}, {sum(flow.states.values())} in a state")
    for unit in facts.books.units:
        if unit.state != "in sync" and not unit.reason:
            verdict.say("G4", f"{unit.record} -> {unit.target} is {unit.state}, and nobody says why")
    live = Counter((k.mapping, k.id) for c in facts.clusters for k in c.links if k.life == "live")
    for (mapping, linked), count in live.items():
        verdict.check("L1")
        if count > 1:
            verdict.say("L1", f"{mapping}/{linked} has {count} links")


def check_scope(verdict: Verdict, facts: Facts) -> None:
    """S2, S10: what a filter leaves out is known to be; only who was in, or was linked before, is linked."""
    for key, mapping in facts.model.mappings.items():
        for id_, body in facts.table(key).items():
            row = facts.seen.get((key, id_))
            if mapping.keep is None or row is None:
                continue
            verdict.check("S2")
            out = mapping.keep(body) is not None
            if out != bool(row.excluded):
                verdict.say(
                    "S2", f"{key}/{id_} is {'out of' if out else 'in'} scope, and the hub says otherwise"
                )


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
    made = {(key.partition("#")[0], id_) for key, id_ in map(record_parts, known)}
    for entity_type, id_ in facts.made:
        verdict.check("W3")
        if (entity_type, id_) not in made:
            _orphan(verdict, facts, entity_type, id_)


def _landed_after_a_backup(facts: Facts, record: Record) -> bool:
    """A request of before was applied late: what the system kept of its key went with the backup."""
    made_us = next(c.at_us for c in facts.changes if c.record == record and c.before is None)
    mappings = [m for m in facts.model.mappings.values() if m.entity_type == record[0]]
    late_us = int(max((m.declaration.max_request_s for m in mappings), default=0.0) * SECOND_US)
    return any(
        c.actor == BACKUP and c.type == record[0] and c.at_us <= made_us <= c.at_us + late_us
        for c in facts.changes
    )


def _orphan(verdict: Verdict, facts: Facts, entity_type: str, id_: str) -> None:
    if not facts.finds_surely(entity_type):
        verdict.excuse("W3", UNSURE)
    elif any(key.partition("#")[0] == entity_type for key in facts.said.answered):
        verdict.excuse("W3", "a person told what became of a create there")
    elif id_ not in facts.tables[entity_type]:
        verdict.excuse("W3", "a person deleted it before it was found")
    elif _landed_after_a_backup(facts, (entity_type, id_)):
        verdict.excuse("W3", "its request landed after a backup was restored, which knows no key of it (S11)")
    elif facts.went_into((entity_type, id_)):
        verdict.excuse("W3", "another record went into it before it was found, and has its link (S10)")
    else:
        verdict.say("W3", f"{entity_type}/{id_} was created by us, and is no create that we know of")


def check_created_everywhere(verdict: Verdict, facts: Facts) -> None:
    """W6, W10: a golden record has a record in every entity type of its concept, or there is a reason why not."""
    reviewed = {member for review in facts.reviews for member in review.members}
    for cluster in facts.clusters:
        live = [link for link, _ in facts.links(cluster) if link.life == "live"]
        if cluster.golden.life != "alive" or not live:
            continue
        if any(f"{link.mapping}/{link.id}" in reviewed for link in cluster.links):
            verdict.excuse("W6", "a review concerns it (W13 d)")
            continue
        for mapping in facts.model.mappings_of(cluster.golden.concept):
            if any(link.mapping == mapping.key for link in live):
                continue
            verdict.check("W6")
            links = [link for link in cluster.links if link.mapping == mapping.key]
            if any(link.by == "person" or link.rejected or link.open for link in links):
                verdict.excuse("W6", "it was deleted there, refused, or is being asked about (W8, W9, W3)")
            elif why := kept_out(facts, cluster, mapping) or why_not(facts, cluster, mapping):
                verdict.excuse("W6", why)
            else:
                verdict.say("W6", f"{cluster.golden.id} has no record in {mapping.key}, for no reason")


def why_not(facts: Facts, cluster: Cluster, mapping: Mapping) -> str:
    """What keeps a record from being created: a stranger there that bears a key of one of its records (W13 c); or what
    is required there and is not known, or will never be there (W5)."""
    keys = {key for record in facts.records(cluster) for key in keys_there(facts, record)}
    again = any(link.kept is not None for link in cluster.links)
    if again:
        keys |= set(keys_of(facts.model.concepts[mapping.concept], cluster.golden.value))
    for id_ in facts.table(mapping.key):
        strange = facts.standing((mapping.key, id_)) != "linked"
        if not (strange or again) or not keys & set(keys_there(facts, (mapping.key, id_))):
            continue
        if strange:
            return "an unlinked record there bears the same key (W13 c)"
        if not facts.are_refused(facts.golden_of[mapping.key, id_], cluster.golden.id):
            return "somebody entered it anew before it was to be made again (W13 c, G3)"
    targets = {(m, g) for (m, _), g in facts.live.goldens.items()}
    for row in mapping.properties:
        value = cluster.golden.value[row.property]
        if row.required and (value is None or row.property in cluster.golden.questions):
            return "it is required there and has no value (W5, W9)"
        if row.references and value is not None and (row.references, value) not in targets:
            if row.required:
                return "it is required there to refer to what is not there (W5)"
            if not _never(facts, value, row.references):
                return "it waits for what it refers to (W5)"
    return ""


def _never(facts: Facts, golden: str, mapping: str) -> bool:
    """No record will come to stand for a golden record there: it is dead, or a person deleted its last one (W8)."""
    for cluster in (c for c in facts.clusters if c.golden.id == golden):
        links = [link for link in cluster.links if link.mapping == mapping]
        last = max(links, key=lambda link: link.incarnation, default=None)
        return cluster.golden.life == "dead" or (
            last is not None and (last.life, last.by) == ("tomb", "person")
        )
    return True


def keys_there(facts: Facts, record: Record) -> Iterator[tuple[str, str]]:
    """Match keys that a record bears (L2)."""
    mapping, body = facts.model.mappings[record[0]], facts.table(record[0]).get(record[1])
    if body is not None:
        concept = facts.model.concepts[mapping.concept]
        yield from keys_of(concept, values_of(read_raw(mapping, body), mapping, concept))


def check_not_recreated(verdict: Verdict, facts: Facts) -> None:
    """W8: what a person deleted in a system is not created there again."""
    died = {c.record: (c.actor, c.at_us) for c in facts.changes if c.deletes}
    born = {c.record: c.at_us for c in facts.changes if c.before is None and c.actor == "hub"}
    made_for = {e.record: e.golden for some in facts.events.values() for e in some if e.kind == "created"}
    for cluster in facts.clusters:
        if facts.family(cluster.golden.id) & facts.said.begun:
            verdict.excuse("W8", "a person had it made again")
            continue
        for record in facts.records(cluster):
            if made_for.get(record_key(*record), cluster.golden.id) != cluster.golden.id:
                continue  # it was joined to this one since, and is no incarnation of what was deleted (L6)
            if record in born and (earlier := _deleted_before(cluster, record, born[record], died)):
                verdict.say("W8", f"{record} was created after a person had deleted {earlier}")


def _deleted_before(
    cluster: Cluster,
    record: Record,
    born_us: int,
    died: dict[Record, tuple[str, int]],
) -> Record | None:
    """The incarnation before a record, where a person deleted it, and the hub had learnt of it."""
    of = {(k.mapping, k.id): k for k in cluster.links if k.id is not None}
    if record not in of:
        return None
    number = of[record].incarnation
    for other, link in of.items():
        before = other[0] == record[0] and link.incarnation == number - 1
        if before and other in died and died[other][0] == "person" and died[other][1] < born_us:
            return other if link.by == "person" else None
    return None
