"""What switches and create rules forbid is not done, what they allow is (W6, W7, W12)."""

from collections.abc import Iterator

from accord.core.model import Mapping, PropertyMapping
from accord.core.state import Cluster
from accord.core.values import MISSING
from accord.testing.world.oracle.facts import Facts, Verdict
from accord.testing.world.watch import Change

__all__ = ["check_switches", "kept_out"]

LINKED = ("linked", "created", "returned", "revived", "merged")
MOST_TIMES = 10
"""Of so many rests at most the edits of a record are held back (W12)."""
UNSURE_US = 5_000_000
"""What was entered so short before the first listing may not be in it: it trails (S7)."""


def check_switches(verdict: Verdict, facts: Facts) -> None:
    """W6, W7, W12: no create and no write that a setting forbids."""
    settings = facts.model.mappings.values()
    rests = facts.model.rests
    if not rests and all(
        m.shares and m.full_sync and m.create == "always" and not m.wishes for m in settings
    ):
        return
    for change in facts.changes:
        if change.actor != "hub":
            continue
        mappings = [m for m in facts.model.mappings.values() if m.entity_type == change.type]
        if mappings and not any(mapping.shares for mapping in mappings):
            verdict.say("W7", f"{_where(change)} is not shared, and was written to")
        for mapping in mappings:
            golden = facts.golden_of.get((mapping.key, change.after.id), "")
            if change.before is None and golden and not facts.family(golden) & facts.said.begun:
                _check_create(verdict, facts, mapping, change, golden)
            if rests and golden:
                _check_rest(verdict, facts, mapping, change, golden)


def _where(change: Change) -> str:
    return f"{change.type}/{change.after.id}"


def _check_create(verdict: Verdict, facts: Facts, mapping: Mapping, change: Change, golden: str) -> None:
    """A create that the create rule wants, of what is new where only that is shared."""
    pulled = bool(mapping.pulled_by) and _was_connected(facts, mapping, golden)
    if mapping.create != "always":
        verdict.check("W6")
        if not pulled:
            verdict.say("W6", f"{_where(change)} was created, and nobody there refers to {golden}")
    if mapping.wishes and not pulled:
        for wish in mapping.wishes:
            rows = [row for row in mapping.properties if row.property == wish.column and row.writes]
            for row in (row for row in rows if not facts.ignores(mapping, row)):
                verdict.check("W6")
                value = facts.value(row, row.place.read(change.after.body), gone=True)
                values = {wish.column: None if value is MISSING else value}
                if not wish.is_met(_Sparse(values)):  # type: ignore[arg-type]
                    verdict.say("W6", f"{_where(change)} was created, and does not fit on {wish.name}")
    if any(not each.full_sync for each in facts.model.mappings.values()):
        verdict.check("W7")
        if not (pulled and mapping.pull_old) and _all_old(facts, golden, change.at_us):
            verdict.say("W7", f"{_where(change)} was created of {golden}, which is old")


class _Sparse(dict[int, object]):
    """Golden values of some columns."""


def _people_made(facts: Facts, golden: str) -> Iterator[tuple[Mapping, Change]]:
    """Records of a golden record that people entered, with when."""
    mine = {record for each in facts.family(golden) for record in facts.records_of.get(each, ())}
    for change in facts.changes:
        if change.before is None and change.actor == "person":
            for mapping in facts.model.mappings.values():
                if mapping.entity_type == change.type and (mapping.key, change.after.id) in mine:
                    yield mapping, change


def _all_old(facts: Facts, golden: str, at_us: int) -> bool:
    """All that people had entered of it until then was in the first listing of where only new is shared (W7)."""
    made = [(m, change) for m, change in _people_made(facts, golden) if change.at_us <= at_us]
    return bool(made) and all(
        not m.full_sync and change.at_us < facts.began.born_us - UNSURE_US and not _was_away(facts, change)
        for m, change in made
    )


def _was_away(facts: Facts, born: Change) -> bool:
    """It was deleted before it may have been listed."""
    until_us = facts.began.listed_us.get(born.type, 0)
    return any(c.deletes and c.record == born.record and c.at_us <= until_us for c in facts.changes)


def _was_connected(facts: Facts, mapping: Mapping, golden: str) -> bool:
    """Some record of a concept that pulls here ever referred to it, and is, or was, in the same system (W6)."""
    family = facts.family(golden)
    for cluster in facts.clusters:
        if cluster.golden.concept not in mapping.pulled_by:
            continue
        records = facts.records(cluster)
        if not any(facts.model.mappings[key].system == mapping.system for key, _ in records):
            continue
        references = [p.name for p in facts.model.concepts[cluster.golden.concept].properties if p.reference]
        if any(family & facts.held[record][name] for record in records for name in references):
            return True
    return False


def kept_out(facts: Facts, cluster: Cluster, mapping: Mapping) -> str:
    """Which setting keeps a golden record from a record in an entity type, "" where none does (W6, W7)."""
    if not mapping.shares:
        return "nothing is written there (W7)"
    if mapping.primary:
        return "another facet makes it (L9)"
    golden = cluster.golden
    pulled = bool(mapping.pulled_by) and _is_connected(facts, mapping, golden.id)
    if _is_old(facts, cluster) and not (pulled and mapping.pull_old):
        return "only what is new is created there (W7)"
    if pulled:
        return ""
    if mapping.create != "always":
        return "nobody there refers to it (W6)"
    for wish in mapping.wishes:
        if wish.column in golden.questions or not wish.is_met(golden.value):
            return "it does not fit the condition (W6)"
    return ""


def _is_connected(facts: Facts, mapping: Mapping, golden: str) -> bool:
    """A golden record that lives in the same system refers to it."""
    for cluster in facts.clusters:
        if cluster.golden.concept not in mapping.pulled_by or cluster.golden.life != "alive":
            continue
        if any(
            link.life == "live" and facts.model.mappings[link.mapping].system == mapping.system
            for link, _ in facts.links(cluster)
        ):
            properties = facts.model.concepts[cluster.golden.concept].properties
            if any(
                p.reference and v == golden for p, v in zip(properties, cluster.golden.value, strict=True)
            ):
                return True
    return False


def _is_old(facts: Facts, cluster: Cluster) -> bool:
    """A live record of it may have been in the first listing of where only new is shared, and no other one is new."""
    live = {(link.mapping, link.id) for link, _ in facts.links(cluster) if link.life == "live"}
    made = [
        (m, change)
        for m, change in _people_made(facts, cluster.golden.id)
        if (m.key, change.after.id) in live
    ]
    return bool(made) and all(
        not m.full_sync and change.at_us <= facts.began.listed_us.get(m.entity_type, 0) for m, change in made
    )


def _check_rest(verdict: Verdict, facts: Facts, mapping: Mapping, change: Change, golden: str) -> None:
    """What somebody typed where edits rest is written elsewhere only when it has rested (W12)."""
    for row in mapping.properties:
        value = facts.value(row, row.place.read(change.after.body), gone=True)
        before = row.place.read(change.before.body) if change.before is not None else MISSING
        if value in (None, MISSING) or facts.value(row, before, gone=True) == value:
            continue
        name = facts.name_of(mapping, row)
        typed = [(of, at) for of, at in _typed(facts, golden, name, value) if at.at_us <= change.at_us]
        if not typed or any(not of.settle_s for of, _ in typed):
            continue
        first, settle_us = min(at.at_us for _, at in typed), min(of.settle_s for of, _ in typed) * 1e6
        if first <= _linked_us(facts, golden, change.at_us):
            continue  # a first link is no edit (M6)
        verdict.check("W12")
        if change.at_us - first >= settle_us:
            continue
        if any(row.place.read(at.before.body) is MISSING for _, at in typed if at.before is not None):
            verdict.excuse("W12", "nothing was said there before, so it counts as a first link (M6, S3)")
        elif _is_restless(facts, golden, change.at_us - MOST_TIMES * settle_us, settle_us):
            verdict.excuse("W12", "it was edited ten times over")
        else:
            since = (change.at_us - first) / 1e6
            verdict.say("W12", f"{_where(change)} {name}: {value!r} was written {since} s after it was typed")


def _linked_us(facts: Facts, golden: str, before_us: int) -> int:
    """When a record came to a golden record for the last time before."""
    came = [e.at_us for e in facts.told(golden) if e.kind in LINKED and e.at_us <= before_us]
    return max(came, default=before_us)


def _typed(facts: Facts, golden: str, name: str, value: object) -> Iterator[tuple[Mapping, Change]]:
    """Where and when people typed a value of a golden record."""
    for mapping, row, change in _edits(facts, golden):
        if facts.name_of(mapping, row) == name:
            shown = facts.value(row, row.place.read(change.after.body), gone=True)
            if shown == value:
                yield mapping, change


def _edits(facts: Facts, golden: str) -> Iterator[tuple[Mapping, PropertyMapping, Change]]:
    mine = {record for each in facts.family(golden) for record in facts.records_of.get(each, ())}
    for change in facts.changes:
        if change.actor != "person":
            continue
        for mapping in facts.model.mappings.values():
            if mapping.entity_type == change.type and (mapping.key, change.after.id) in mine:
                for row in mapping.properties:
                    before = row.place.read(change.before.body) if change.before is not None else MISSING
                    if before != row.place.read(change.after.body):
                        yield mapping, row, change


def _is_restless(facts: Facts, golden: str, at_us: float, settle_us: float) -> bool:
    """It was edited ten rests ago, about."""
    return any(
        mapping.settle_s and at_us - MOST_TIMES * settle_us <= change.at_us <= at_us
        for mapping, _, change in _edits(facts, golden)
    )
