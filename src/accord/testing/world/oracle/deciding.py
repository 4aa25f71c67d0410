"""What people decided in Accord holds: who is one thing, what was picked, what was put back (L6, W5, M2, G3)."""

from collections.abc import Iterator, Set as AbstractSet

from accord.core.state import IN_FLIGHT, Cluster, Link, record_key, record_parts
from accord.core.values import MISSING
from accord.runtime.runs.follow_plan import Moved
from accord.testing.world.oracle.counting import why_not
from accord.testing.world.oracle.facts import Facts, Record, Verdict, plain
from accord.testing.world.said import Promise, Said
from accord.testing.world.watch import BACKUP

__all__ = ["check_aliases", "check_decided", "check_picked", "check_restored", "why_moved"]


def why_moved(moved: Moved, said: Said, concerned: AbstractSet[str]) -> str:
    """Why a decision made something else due than was planned, "" where none did (G6).

    `concerned` are the golden record, those that it refers to, and those that refer to it.
    """
    if concerned & said.ended:
        return "what it refers to is deleted by the same run, for a create was undone (G3)"
    tied = {each for pair in said.ties for each in pair}
    if concerned & tied and moved.why == "not in the plan":
        return "a decision set records free, which are read again before they count (L3)"
    return ""


def check_decided(verdict: Verdict, facts: Facts) -> None:
    """L6: records that are different are never in one golden record, those that are the same are in one."""
    reviewed = [set(review.members) for review in facts.reviews]
    for pair, said in sorted(facts.said.pairs.items()):
        records = [record_parts(key) for key in pair]
        if said not in ("same", "different") or any(not _is_linked(facts, record) for record in records):
            if said == "same" and all(_is_there(facts, record) for record in records):
                _must_be_asked(verdict, facts, pair, reviewed)
            continue
        verdict.check("L6")
        one, other = (facts.golden_of[record] for record in records)
        if said == "different" and one == other:
            verdict.say("L6", f"{' and '.join(pair)} are different, and both are {one}")
        elif said == "same" and one != other:
            _must_be_asked(verdict, facts, pair, reviewed)


def _must_be_asked(verdict: Verdict, facts: Facts, pair: tuple[str, str], reviewed: list[set[str]]) -> None:
    if any(set(pair) <= members for members in reviewed):
        verdict.excuse("L6", "what stands in the way is a review")
    elif any(facts.seen[record_parts(key)].excluded for key in pair):
        verdict.excuse("L6", "one of the two is left out (S2)")
    elif any(facts.seen[record_parts(key)].held == IN_FLIGHT for key in pair):
        verdict.excuse("L6", "one of the two may be what our own create made (W13)")
    else:
        verdict.say("L6", f"{' and '.join(pair)} are one thing, and they are not linked to one")


def _is_there(facts: Facts, record: Record) -> bool:
    return record[0] in facts.model.mappings and record[1] in facts.table(record[0])


def _is_linked(facts: Facts, record: Record) -> bool:
    return _is_there(facts, record) and facts.standing(record) == "linked"


def check_aliases(verdict: Verdict, facts: Facts) -> None:
    """W5: who was merged into another leads to it, has no records any more, and nobody refers to it."""
    goldens = {cluster.golden.id: cluster.golden for cluster in facts.clusters}
    merged = {id_ for id_, golden in goldens.items() if golden.life == "merged"}
    for id_ in sorted(merged):
        verdict.check("W5")
        into, seen = goldens[id_].merged_into, {id_}
        while into in merged and into not in seen:
            seen.add(into)
            into = goldens[into].merged_into
        if into not in goldens or into in merged:
            verdict.say("W5", f"{id_} is an alias that leads nowhere: {into}")
    for cluster in facts.clusters:
        golden = cluster.golden
        if golden.id in merged and any(link.life == "live" for link in cluster.links):
            verdict.say("L6", f"{golden.id} was merged, and has records")
        for column, prop in enumerate(facts.model.concepts[golden.concept].properties):
            if prop.reference and golden.value[column] in merged and golden.id not in merged:
                verdict.say(
                    "W5", f"{golden.id} {prop.name} refers to {golden.value[column]}, which was merged"
                )


def check_picked(verdict: Verdict, facts: Facts) -> None:
    """M2: what was picked last is golden, unless it was edited since, or somebody was linked that had more to say."""
    for cluster in facts.clusters:
        golden = cluster.golden
        for column, prop in enumerate(facts.model.concepts[golden.concept].properties):
            if (golden.id, prop.name) not in facts.said.picks or golden.life == "merged":
                continue
            value, at_us = facts.said.picks[golden.id, prop.name]
            verdict.check("M2")
            if plain(golden.value[column]) == value:
                continue
            if facts.configured[-1][0] > at_us:
                verdict.excuse("M2", "the configuration changed since (K2)")
            elif _was_linked(facts, golden.id, at_us):
                verdict.excuse("M2", "a record was linked since (M6)")
            elif value is None and prop.reference and _was_understood(facts, cluster, column, at_us):
                verdict.excuse(
                    "M2", "what a record of it refers to was linked since, and beats a null (S3, M6)"
                )
            elif any(_edits(facts, record, prop.name, at_us) for record in facts.records(cluster)):
                verdict.excuse("M2", "it was edited since it was picked")
            else:
                verdict.say(
                    "M2", f"{golden.id} {prop.name}: {value!r} was picked, golden is {golden.value[column]!r}"
                )


def _was_linked(facts: Facts, golden: str, since_us: int) -> bool:
    return any(e.kind in ("linked", "returned", "merged") and e.at_us >= since_us for e in facts.told(golden))


def _was_understood(facts: Facts, cluster: Cluster, column: int, since_us: int) -> bool:
    """What a record refers to was linked since: before, it said nothing there (S3)."""
    golden = str(cluster.golden.value[column])
    told = {e.record for e in facts.told(golden) if e.kind == "linked" and e.at_us >= since_us}
    shown = (
        record_key(row.references, str(row.place.read(facts.table(link.mapping).get(link.id or "", {}))))
        for link, mapping in facts.links(cluster)
        for row in mapping.properties
        if row.property == column
    )
    return not told.isdisjoint(shown)


def _edits(facts: Facts, record: Record, name: str, since_us: int) -> bool:
    """Somebody but the hub changed a property of a record since."""
    mapping = facts.model.mappings[record[0]]
    rows = [row for row in mapping.properties if facts.name_of(mapping, row) == name]
    return any(
        change.record == (mapping.entity_type, record[1])
        and change.at_us >= since_us
        and (change.actor == "person" or facts.quirk(record[0]).computes)
        and (
            change.before is None
            or change.deletes
            or change.before.deleted
            or any(row.place.read(change.before.body) != row.place.read(change.after.body) for row in rows)
        )
        for change in facts.changes
    )


def check_restored(verdict: Verdict, facts: Facts) -> None:
    """G3: what an undo put back stands there, unless it was edited or decided about since."""
    newest = {(each.golden, each.record, each.property): each for each in facts.said.promises}
    clusters = {cluster.golden.id: cluster for cluster in facts.clusters}
    for each in newest.values():
        cluster = clusters.get(each.golden)
        record = record_parts(each.record)
        if cluster is None or record[0] not in facts.model.mappings or facts.configured[-1][0] > each.at_us:
            verdict.excuse("G3", "the configuration changed since (K2)")
        elif len(facts.family(each.golden)) > 1:
            verdict.excuse("G3", "records were joined or parted since (L6)")
        elif each.what == "value":
            _put_back(verdict, facts, each, cluster)
        elif each.what == "delete":
            _unmade(verdict, facts, each, cluster)
        else:
            _made_again(verdict, facts, each, cluster)


def _put_back(verdict: Verdict, facts: Facts, each: Promise, cluster: Cluster) -> None:
    record = record_parts(each.record)
    link = next((k for k in cluster.links if (k.mapping, k.id) == record and k.life == "live"), None)
    if link is None or record[1] not in facts.table(record[0]):
        verdict.excuse("G3", "its record is gone")
        return
    if facts.said.settled.get((each.golden, each.property), 0) > each.at_us:
        verdict.excuse("G3", "it was decided about since")
        return
    columns = enumerate(facts.model.mappings[record[0]].properties)
    pinned = any(
        c in link.pins
        for c, row in columns
        if facts.name_of(facts.model.mappings[record[0]], row) == each.property
    )
    records = [record] if pinned else facts.records(cluster)  # golden may have come to the same meanwhile
    if any(_edits(facts, one, each.property, each.at_us) for one in records):
        verdict.excuse("G3", "it was edited since")
        return
    if not pinned and any(
        e.kind in ("linked", "returned") and e.at_us >= each.at_us for e in facts.told(each.golden)
    ):
        verdict.excuse("G3", "a record was linked since (M6)")
        return
    for raw, why in _standing(facts, link, each):
        verdict.check("G3")
        if raw != each.back and not why:
            verdict.say(
                "G3", f"{each.record} {each.property}: {raw!r} stands there, {each.back!r} was put back"
            )
        elif why:
            verdict.excuse("G3", why)


def _standing(facts: Facts, link: Link, each: Promise) -> Iterator[tuple[object, str]]:
    """What stands in a record where something was put back, and why that may be something else."""
    mapping = facts.model.mappings[link.mapping]
    body = facts.table(link.mapping)[link.id or ""]
    for column, row in enumerate(mapping.properties):
        if facts.name_of(mapping, row) != each.property or not row.writes:
            continue
        shown = facts.value(row, row.place.read(body))
        shown, why = None if shown is MISSING else shown, ""
        if (
            column in link.rejected
            or -1 in link.rejected
            or facts.ignores(mapping, row)
            or facts.computes(mapping, row)
        ):
            why = "the system refused, ignored or computes it (W9, S6)"
        elif facts.remakes(mapping, row) and shown == facts.remade(mapping, row, each.back):
            why = "the system made something of it (S5)"
        elif row.references:
            why = "" if shown == each.back else "a reference follows what it refers to (W5)"
        elif facts.chased(link, row):
            why = "it is frozen (G5)"
        yield shown, why


def _unmade(verdict: Verdict, facts: Facts, each: Promise, cluster: Cluster) -> None:
    verdict.check("G3")
    record = record_parts(each.record)
    if record[1] not in facts.table(record[0]):
        return
    changed = [c for c in facts.changes if c.record == (record[0].partition("#")[0], record[1])]
    since = {c.actor for c in changed if c.at_us >= each.at_us}
    if "person" in since:
        verdict.excuse("G3", "it was edited since")
    elif BACKUP in since:
        verdict.excuse("G3", "a backup brought it back, as anybody could (W8)")
    elif any(k.id == record[1] and (k.rejected or k.open or k.suspects) for k in cluster.links):
        verdict.excuse("G3", "the system refused it (W9)")
    elif len(facts.model.facets_of(facts.model.mappings[record[0]])) > 1:
        verdict.excuse("G3", "another facet of its record came to life (L9)")
    elif any(e.kind == "delete_overruled" and e.at_us >= each.at_us for e in facts.told(each.golden)):
        verdict.excuse("G3", "it was edited before it could be deleted")
    elif facts.said.settled.get((each.golden, ""), 0) > each.at_us:
        verdict.excuse("G3", "it was decided about since")
    else:
        verdict.say("G3", f"{each.record} is there, and its create was undone")


def _made_again(verdict: Verdict, facts: Facts, each: Promise, cluster: Cluster) -> None:
    verdict.check("G3")
    mapping = facts.model.mappings[record_parts(each.record)[0]]
    links = [link for link in cluster.links if link.mapping == mapping.key]
    if any(link.life == "live" for link in links):
        return
    died = [c for c in facts.changes if c.deletes and c.at_us >= each.at_us]
    mine = {(key.partition("#")[0], id_) for key, id_ in facts.records(cluster)}
    if cluster.golden.life != "alive" or any(c.record in mine for c in died):
        verdict.excuse("G3", "it was deleted since")
    elif any(link.rejected or link.open for link in links):
        verdict.excuse("G3", "the system refused it (W9)")
    elif facts.said.settled.get((each.golden, ""), 0) > each.at_us:
        verdict.excuse("G3", "it was decided about since")
    elif any(cluster.golden.id in review.goldens for review in facts.reviews):
        verdict.excuse("G3", "a review concerns it (W13 d)")
    elif why := why_not(facts, cluster, mapping):
        verdict.excuse("G3", why)
    else:
        verdict.say("G3", f"{each.record} was not made again, and its delete was undone")
