"""Agreement: linked records hold the golden value, and the golden value is somebody's (W10, S5, S6, W5, M3)."""

from typing import Any

from accord.core.model import Mapping, Property, PropertyMapping
from accord.core.state import Cluster, Link, record_key, record_parts
from accord.core.values import MISSING
from accord.testing.world.oracle.facts import Facts, Record, Verdict, plain, same
from accord.testing.world.watch import BACKUP

__all__ = ["check_converged", "check_latest", "check_typed"]


DOUBTS = ("unknown", "representation", "rejected")
UNSURE = "no reply or no condition tells a representation from an edit"


def check_converged(verdict: Verdict, facts: Facts) -> None:
    """W10: every linked record holds the golden value, or stands for the golden revision (S5), or says why not."""
    for cluster in facts.clusters:
        for link, mapping in facts.links(cluster):
            _converged(verdict, facts, cluster, link, mapping)


def _converged(verdict: Verdict, facts: Facts, cluster: Cluster, link: Link, mapping: Mapping) -> None:
    golden, where = cluster.golden, f"{cluster.golden.id} {link.mapping}/{link.id}"
    if link.life != "creating" and not facts.table(link.mapping):
        verdict.excuse("S10", "nothing there is readable, so nothing proves what became of it")
        return
    if link.open is not None and link.life != "tomb" and not facts.asked(golden.id):
        verdict.say("W10", f"{where} has an open write")
    if link.life != "live" or link.id is None:
        return
    record = facts.table(link.mapping).get(link.id)
    if record is None:
        verdict.say("W10", f"{where} is linked, and not there")
        return
    for column, row in enumerate(mapping.properties):
        if not (row.reads and row.writes):
            continue
        verdict.check("W5" if row.references else "W10")
        value, raw = plain(golden.value[row.property]), row.place.read(record)
        shown = facts.value(row, raw)
        if shown == value or (raw is MISSING and value is None):
            continue
        stands = golden.stamp[row.property] in (link.base[column], link.same[column])
        if stands and same(link.raw[column], raw) and _makes(verdict, facts, cluster, link, mapping, column):
            continue
        _explained(verdict, facts, cluster, link, mapping, column, (value, shown))


def _explained(
    verdict: Verdict,
    facts: Facts,
    cluster: Cluster,
    link: Link,
    mapping: Mapping,
    column: int,
    what: tuple[Any, Any],
) -> None:
    """A record that does not hold the golden value says why; else W10 is broken."""
    row, golden, (value, shown) = mapping.properties[column], cluster.golden, what
    where = f"{golden.id} {link.mapping}/{link.id} {row.name}: {shown!r}, golden {value!r}"
    if row.property in golden.questions:
        verdict.excuse("W10", "a person is asked about a first link (M6)")
    elif column in link.rejected or -1 in link.rejected:
        verdict.excuse("W10", "the system refused or ignored it (W9)")
    elif not mapping.shares:
        verdict.excuse("W10", "nothing is written there (W7)")
    elif (golden.life == "dying" or link.doomed) and len(facts.model.facets_of(mapping)) > 1:
        verdict.excuse("W10", "another facet of its record is alive, so it is not deleted (L9)")
    elif facts.rests(mapping, link.id):
        verdict.excuse("W10", "its facet rests (L9)")
    elif facts.chased(link, row):
        verdict.excuse("W10", "values that chase each other are frozen (G5)")
    elif shown is MISSING and link.mapping in facts.said.answered:
        verdict.excuse("W10", "a person said that a create made it, and it says nothing there (S3)")
    elif shown is MISSING and _went_back(facts, (link.mapping, link.id or "")):
        verdict.excuse("S11", "a backup took it away, and what is absent says nothing (S3)")
    elif row.references and (why := _not_carried(facts, link, row, value, shown)):
        verdict.excuse("W5", why)
    else:
        verdict.say("W5" if row.references else "W10", where)


def _went_back(facts: Facts, record: Record) -> bool:
    """A record went back to what a backup held."""
    record = (record[0].partition("#")[0], record[1])
    return any(change.actor == BACKUP and change.record == record for change in facts.changes)


def _not_carried(facts: Facts, link: Link, row: PropertyMapping, value: Any, shown: Any) -> str:
    """Why a record does not point to what its golden record points to, "" where there is no reason (W5)."""
    if value is not None and (row.references, value) not in {
        (m, g) for (m, _), g in facts.live.goldens.items()
    }:
        return "not carried: there is no record there for what it refers to"
    record = facts.table(link.mapping)[link.id or ""]
    target, there = str(row.place.read(record)), facts.table(row.references)
    if shown is MISSING and target in there:
        return "it refers to a record that is not linked, which says nothing (S3)"
    if shown is MISSING and value is None:
        return "it refers to what is gone, which says nothing (S3)"
    return ""


def _makes(
    verdict: Verdict, facts: Facts, cluster: Cluster, link: Link, mapping: Mapping, column: int
) -> bool:
    """What a record shows instead of a golden value is what its system makes of it (S5)."""
    row = mapping.properties[column]
    value, name = cluster.golden.value[row.property], facts.name_of(mapping, row)
    if facts.computes(mapping, row):
        return True
    shown = facts.value(row, link.raw[column])
    typed = shown in facts.typed[link.mapping, str(link.id)][name]
    if _unsure(facts, cluster, name) and (typed or not facts.ignores(mapping, row)):
        verdict.excuse("S5", UNSURE)
        return True
    if typed and _decided_twice(facts, link, name, shown):
        verdict.excuse(
            "S5", "it was typed again after each of two acknowledged writes whose replies tell nothing"
        )
        return True
    if facts.remakes(mapping, row) and shown == facts.remade(mapping, row, value):
        return True
    return facts.is_half_ignored(mapping, row, value, shown)


def _decided_twice(facts: Facts, link: Link, name: str, shown: Any) -> bool:
    """Two acknowledged writes read alike in a record of a system whose replies tell nothing, as the history says."""
    noted = ("unknown", record_key(link.mapping, link.id or ""), name, shown)
    silent = facts.weather.it(link.mapping).replies.update == "none"
    return silent and any(
        (e.kind, e.record, e.property, plain(e.value)) == noted for e in facts.told(link.golden)
    )


def check_typed(verdict: Verdict, facts: Facts) -> None:
    """S5: every golden value was left by a person in one of its records; or it was computed, and nothing else was
    there (S6)."""
    for cluster in facts.clusters:
        records, concept = facts.records(cluster), facts.model.concepts[cluster.golden.concept]
        for column, prop in enumerate(concept.properties):
            value = plain(cluster.golden.value[column])
            typed = set().union(*(facts.typed[record][prop.name] for record in records))
            for golden in facts.family(cluster.golden.id):
                typed |= facts.said.values[golden][prop.name]  # a person wanted it (M2, G3)
            if value is None or value in typed or _elements(prop, value) <= _all(typed):
                verdict.check(_rule_of(prop))
                continue
            if prop.reference and facts.family(value) & typed:
                continue  # what it refers to was joined or parted since (L6)
            if any(value in facts.held[r][prop.name] and _is_shared(facts, r[0], prop.name) for r in records):
                verdict.excuse("L9", "another facet of its record wrote it")
            elif why := _why_nobody(facts, cluster, column, value):
                verdict.excuse(*why)
            else:
                verdict.say(
                    "M8" if _rule_of(prop) == "M8" else "S5",
                    f"{cluster.golden.id} {prop.name}: nobody typed {value!r}",
                )


def _rule_of(prop: Property) -> str:
    """By what a golden value is somebody's: a set element by element, a group as a whole."""
    kind = prop.type.partition("(")[0]
    return {"set": "M5", "group": "M8"}.get(kind, "S5")


def _why_nobody(facts: Facts, cluster: Cluster, column: int, value: Any) -> tuple[str, str] | None:
    """Rule and reason by which a value that nobody typed is golden."""
    records, where = facts.records(cluster), cluster.golden.stamp[column]
    name = facts.model.concepts[cluster.golden.concept].properties[column].name
    computed = any(value in facts.computed[record] for record in records)
    made_of = any(value in facts.made_of[record][name] for record in records)
    if _computed_there(facts, where.record, name) and where.time_us < 0:
        return "S5", "a side effect where no claim was (S6)"
    if computed and any(_loses_replies(facts, record[0]) for record in records if facts.computed[record]):
        return "S5", "a reply that told a side effect was lost (S6)"
    if _unsure(facts, cluster, name):
        return "S5", UNSURE
    if (made_of or computed) and (why := _lost_base(facts, cluster, where.record)):
        return "S5", why
    if any(not facts.finds_surely(r[0]) and _was_made(facts, r) for r in records):
        return "W3", "a create was found by its values, and was another one"
    if any(_was_made(facts, r) and facts.went_into(r) for r in records):
        return "W3", "another record went into what we had made before it was found, and has its link (S10)"
    return None


def _lost_base(facts: Facts, cluster: Cluster, origin: str) -> str:
    """Why what a system had made of a value is an edit of its record, "" where there is no reason."""
    if len(facts.configured) > 1:
        return "what a system had made of a value lost its base with the configuration (K2)"
    if len(facts.family(cluster.golden.id)) > 1:
        return "what a system had made of a value lost its base when records were parted (L6)"
    if any(_went_back(facts, r) for r in facts.records(cluster) if record_key(*r) == origin):
        return "what a backup brought back is taken as edits, as a person chose (S11)"
    return ""


def _loses_replies(facts: Facts, mapping: str) -> bool:
    """A reply of its system may never come in, or come in to a hub that was killed: nothing else tells which version
    our write made, and what changed in any other version is an edit (S6)."""
    quirks = facts.quirk(mapping)
    return bool(
        facts.weather.crash or quirks.dropped or quirks.lost_after or quirks.late or quirks.errors_after
    )


def _is_shared(facts: Facts, key: str, name: str) -> bool:
    """Another facet writes what this one reads (L9)."""
    mapping = facts.model.mappings[key]
    others = {
        path
        for facet in facts.model.facets_of(mapping)
        for row in facet.properties
        if facet is not mapping and row.writes
        for path in row.place.paths()
    }
    return any(
        facts.name_of(mapping, row) == name and not row.writes and others & set(row.place.paths())
        for row in mapping.properties
    )


def _elements(prop: Property, value: Any) -> set[Any]:
    """Elements of a set, each of which may be another one's (M5); of anything else one that nobody typed."""
    return set(value) if prop.type.startswith("set") else {MISSING}


def _all(values: set[Any]) -> set[Any]:
    return {element for value in values if isinstance(value, tuple) for element in value}


def _was_made(facts: Facts, record: tuple[str, str]) -> bool:
    return (record[0].partition("#")[0], record[1]) in facts.made


def _computed_there(facts: Facts, record: str, name: str) -> bool:
    mapping = facts.model.mappings.get(record_parts(record)[0])
    return mapping is not None and any(
        facts.computes(mapping, row) for row in mapping.properties if facts.name_of(mapping, row) == name
    )


def _unsure(facts: Facts, cluster: Cluster, name: str) -> bool:
    """What a system made of our value and what somebody typed there could not be told apart (S5): writes there are not
    conditional, or replies tell nothing, or it ignores what is written there; which the history says."""
    events = facts.told(cluster.golden.id)
    noted = any(e.kind in DOUBTS and e.property == name for e in events)
    silent = loose = False
    for key in {record[0] for record in facts.records(cluster)}:
        mapping = facts.model.mappings[key]
        rows = [row for row in mapping.properties if not row.references]
        ignoring = any(facts.ignores(mapping, row) for row in rows)
        dim = ignoring or any(facts.remakes(mapping, row) and row.normal is None for row in rows)
        dim = dim or bool(facts.quirk(key).another)  # another integration makes the same of it each time
        here = any(facts.ignores(mapping, row) for row in rows if facts.name_of(mapping, row) == name)
        silent = silent or (dim and facts.weather.it(key).replies.update == "none") or here
        loose = loose or (dim and not mapping.declaration.conditional)
    return (noted and silent) or loose


def check_latest(verdict: Verdict, facts: Facts, settled_us: int) -> None:
    """M3: with exact clocks and no faults, what was typed last is golden. `settled_us`: from then on all was linked."""
    concept, _, name = facts.weather.strict.partition(".")
    for cluster in facts.clusters:
        if cluster.golden.concept != concept:
            continue
        rows = {
            mapping.entity_type: row
            for mapping in facts.model.mappings_of(concept)
            for row in mapping.properties
            if facts.name_of(mapping, row) == name
        }
        records = set(facts.records(cluster))
        edits = [
            change
            for change in facts.changes
            if change.record in records and change.actor == "person" and change.at_us > settled_us
        ]
        if not edits:
            continue
        verdict.check("M3")
        row = rows[edits[-1].type]
        value, last = (
            plain(cluster.golden.value[row.property]),
            facts.value(row, row.place.read(edits[-1].after.body)),
        )
        if value != last:
            verdict.say("M3", f"{cluster.golden.id} {name}: {value!r}, typed last {last!r}")
