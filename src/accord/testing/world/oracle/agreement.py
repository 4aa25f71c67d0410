"""Agreement: linked records hold the golden value, and the golden value is somebody's (W10, S5, S6, M3)."""

from typing import Any

from accord.core.state import Cluster, Link
from accord.core.values import MISSING
from accord.testing.world.oracle.facts import Facts, Verdict, system_of
from accord.testing.world.systems import PROPERTIES

__all__ = ["check_converged", "check_latest", "check_typed"]


DOUBTS = ("unknown", "representation", "rejected")
UNSURE = "no reply or no condition tells a representation from an edit"


def check_converged(verdict: Verdict, facts: Facts) -> None:
    """W10: every linked record holds the golden value, or stands for the golden revision (S5), or says why not."""
    for cluster in facts.clusters:
        for link in cluster.links:
            _converged(verdict, facts, cluster, link)


def _converged(verdict: Verdict, facts: Facts, cluster: Cluster, link: Link) -> None:
    golden, where = cluster.golden, f"{cluster.golden.id} {link.mapping}/{link.id}"
    if link.life != "creating" and not facts.tables[system_of(link)]:
        verdict.excuse("S10", "nothing there is readable, so nothing proves what became of it")
        return
    if link.open is not None and link.life != "tomb" and not facts.asked(golden.id):
        verdict.say("W10", f"{where} has an open write")
    if link.life != "live" or link.id is None:
        return
    record = facts.tables[system_of(link)].get(link.id)
    if record is None:
        verdict.say("W10", f"{where} is linked, and not there")
        return
    for column, name in enumerate(PROPERTIES):
        value, shown = golden.value[column], record.get(name)
        stands = golden.stamp[column] in (link.base[column], link.same[column])
        if shown == value or (
            stands and _same(link.raw[column], shown) and _makes(verdict, facts, cluster, link, column)
        ):
            continue
        if column in golden.questions:
            verdict.excuse("W10", "a person is asked about a first link (M6)")
        elif column in link.rejected:
            verdict.excuse("W10", "the system refused or ignored it (W9)")
        else:
            verdict.say("W10", f"{where} {name}: {shown!r}, golden {value!r}")


def _makes(verdict: Verdict, facts: Facts, cluster: Cluster, link: Link, column: int) -> bool:
    """What a record shows instead of a golden value is what its system makes of it (S5)."""
    name, value, system = PROPERTIES[column], cluster.golden.value[column], system_of(link)
    if name in facts.weather.quirks[system].computes:
        return True
    typed = link.raw[column] in facts.typed[system, str(link.id)][name]
    if _unsure(facts, cluster, name) and (typed or name != "title"):
        verdict.excuse("S5", UNSURE)
        return True
    return name == "name" and facts.weather.bents[system].upper and link.raw[column] == str(value).upper()


def _same(raw: Any, shown: Any) -> bool:
    return raw == shown or (raw is MISSING and shown is None)


def check_typed(verdict: Verdict, facts: Facts) -> None:
    """S5: every golden value was left by a person in one of its records; or it was computed, and nothing else was
    there (S6)."""
    for cluster in facts.clusters:
        records = facts.records(cluster)
        for column, name in enumerate(PROPERTIES):
            value = cluster.golden.value[column]
            if value is None or any(value in facts.typed[record][name] for record in records):
                continue
            where = cluster.golden.stamp[column]
            if name in facts.weather.quirks[where.record.partition(".")[0]].computes and where.time_us < 0:
                verdict.excuse("S5", "a side effect where no claim was (S6)")
            elif any(value in facts.computed[record] for record in records) and facts.weather.crash:
                verdict.excuse("S5", "a reply that told a side effect was lost (S6)")
            elif _unsure(facts, cluster, name):
                verdict.excuse("S5", UNSURE)
            elif any(facts.weather.bents[r[0]].finds == "search" and r in facts.made for r in records):
                verdict.excuse("W3", "a create was found by its values, and was another one")
            else:
                verdict.say("S5", f"{cluster.golden.id} {name}: nobody typed {value!r}")


def _unsure(facts: Facts, cluster: Cluster, name: str) -> bool:
    """What a system made of our value and what somebody typed there could not be told apart (S5): writes there are not
    conditional, or replies tell nothing, or it ignores what is written to a title; which the history says."""
    bents = [facts.weather.bents[system] for system, _ in facts.records(cluster)]
    dim = [b for b in bents if b.ignores or (b.upper and not b.declared)]
    events = facts.events[cluster.golden.id]
    noted = any(e.kind in DOUBTS and e.property == name for e in events)
    silent = any(b.replies == "none" for b in dim) or (name == "title" and any(b.ignores for b in dim))
    return (noted and silent) or any(not b.conditional for b in dim)


def check_latest(verdict: Verdict, facts: Facts, settled_us: int) -> None:
    """M3: with exact clocks and no faults, what was typed last is golden. `settled_us`: from then on all was linked."""
    for cluster in facts.clusters:
        records, column = set(facts.records(cluster)), PROPERTIES.index("note")
        edits = [
            change
            for change in facts.changes
            if (change.system, change.after.id) in records
            and change.actor == "person"
            and change.at_us > settled_us
        ]
        value = cluster.golden.value[column]
        if edits and value != edits[-1].now("note"):
            verdict.say("M3", f"{cluster.golden.id} note: {value!r}, typed last {edits[-1].now('note')!r}")
