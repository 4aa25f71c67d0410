"""What is one value is written as one, and what is one record in several facets is each one's own (M8, L9)."""

from collections.abc import Iterable
from typing import Any

from accord.core.model import Mapping, PropertyMapping
from accord.core.state import record_key, record_parts
from accord.core.values import MISSING
from accord.testing.world.forms import members_of
from accord.testing.world.oracle.facts import Facts, Verdict
from accord.testing.world.watch import Change

__all__ = ["check_facets", "check_groups"]


def check_groups(verdict: Verdict, facts: Facts) -> None:
    """M8: whatever we write of a group is what somebody left of it in one record, never half of one and half of
    another."""
    groups = [
        (mapping, row)
        for mapping in facts.model.mappings.values()
        for row in mapping.properties
        if members_of(row)
    ]
    for change in facts.changes if groups else ():
        for mapping, row in groups:
            if change.actor == "hub" and change.type == mapping.entity_type:
                _whole(verdict, facts, mapping, row, change)


def _whole(verdict: Verdict, facts: Facts, mapping: Mapping, row: PropertyMapping, change: Change) -> None:
    raw = row.place.read(change.after.body)
    if raw is MISSING or (change.before is not None and row.place.read(change.before.body) == raw):
        return
    record = (mapping.key, change.after.id)
    value, name = facts.value(row, raw, gone=True), facts.name_of(mapping, row)
    verdict.check("M8")
    goldens = _stood_for(facts, record)
    if value in (None, MISSING) or not goldens or value in _left(facts, goldens, name):
        return
    if facts.ignores(mapping, row) or facts.computes(mapping, row) or facts.remakes(mapping, row):
        verdict.excuse("M8", "the system makes something else of what is written there (S5, S6)")
    elif any(
        value in facts.made_of[of][name] | facts.computed[of]
        for golden in goldens
        for of in facts.records_of.get(golden, ())
    ):
        verdict.excuse("M8", "what a system had made of it lost its base (K2, L6)")
    elif mapping.key in facts.said.answered:
        verdict.excuse("M8", "a person told what became of a create there (W3)")
    elif not mapping.declaration.conditional:
        verdict.excuse("M8", "writes there are not conditional")
    else:
        verdict.say(
            "M8", f"{mapping.key}/{change.after.id} {name}: nobody left {value!r}, and it was written"
        )


def _stood_for(facts: Facts, record: tuple[str, str]) -> set[str]:
    """Golden records that a record stands for, or ever stood for; none where nobody knows what became of its create."""
    where = record_key(*record)
    stood = {golden for golden, some in facts.events.items() if any(e.record == where for e in some)}
    stood |= {facts.golden_of[record]} if record in facts.golden_of else set()
    return set().union(*map(facts.family, stood))


def _left(facts: Facts, goldens: Iterable[str], name: str) -> set[Any]:
    """Values that people left, or wanted, in any record of some golden records."""
    found: set[Any] = set()
    for golden in goldens:
        found |= facts.said.values[golden][name] if golden in facts.said.values else set()
        for record in facts.records_of.get(golden, ()):
            found |= facts.typed[record][name]
    return found


def check_facets(verdict: Verdict, facts: Facts) -> None:
    """L9: a record of several facets is made for one golden record, no write through one facet clears what is of
    another, and none reaches a facet that rests."""
    facets: dict[str, list[Mapping]] = {}
    for mapping in facts.model.mappings.values():
        if len(facts.model.facets_of(mapping)) > 1:
            facets.setdefault(mapping.entity_type, []).append(mapping)
    made = [
        (record_parts(e.record), golden)
        for golden, some in (facts.events.items() if facets else ())
        for e in some
        if e.kind == "created" and not e.property
    ]
    for change in facts.changes if facets else ():
        if change.actor != "hub" or change.type not in facets:
            continue
        verdict.check("L9")
        where = f"{change.type}/{change.after.id}"
        if change.before is None:
            makers = {golden for (key, id_), golden in made if (key.partition("#")[0], id_) == change.record}
            if len(makers) > 1:
                verdict.say("L9", f"{where} was created for {' and '.join(sorted(makers))}")
            continue
        for mapping in facets[change.type]:
            _is_its_own(verdict, facts, mapping, change)


def _is_its_own(verdict: Verdict, facts: Facts, mapping: Mapping, change: Change) -> None:
    """What our write changed of a facet its own golden record wanted."""
    before = change.before.body if change.before is not None else {}
    others = facts.model.paths_beside(mapping)
    for row in mapping.properties:
        was, now = row.place.read(before), row.place.read(change.after.body)
        if was == now or set(row.place.paths()) & others or facts.computes(mapping, row):
            continue
        where = f"{mapping.key}/{change.after.id} {row.name}"
        if mapping.when is not None and mapping.when(before) is not None:
            if mapping.declaration.conditional:
                verdict.say("L9", f"{where} was written while its facet rests")
            else:
                verdict.excuse("L9", "writes there are not conditional")
        if row.references or was in (None, MISSING) or now not in (None, MISSING):
            continue
        if not _was_cleared(facts, mapping, row, change):
            verdict.say("L9", f"{where} was cleared, and nobody cleared it")


def _was_cleared(facts: Facts, mapping: Mapping, row: PropertyMapping, change: Change) -> bool:
    """A person left nothing where that was, in some record of the golden record; or wanted nothing there."""
    name = facts.name_of(mapping, row)
    goldens = _stood_for(facts, (mapping.key, change.after.id))
    if facts.by_element(mapping, row) or not goldens:
        return True  # each of its elements may have gone by itself (M5)
    # of what was parted, what linking had written is taken back (L8)
    parted = any(len(facts.family(golden)) > 1 for golden in goldens)
    return parted or None in _left(facts, goldens, name)
