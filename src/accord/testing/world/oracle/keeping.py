"""Nothing is lost, and nothing is deleted that nobody deleted (M4, W1, W8, S10)."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from accord.core.model import Mapping, PropertyMapping
from accord.core.state import Cluster, record_key
from accord.core.values import MISSING
from accord.testing.world.oracle.facts import Facts, Record, Verdict, plain, same
from accord.testing.world.watch import BACKUP, Change

__all__ = ["check_deletes", "check_kept", "check_untouched"]

NOT_CONDITIONAL = "writes there are not conditional"


def check_kept(verdict: Verdict, facts: Facts) -> None:
    """M4: what a person typed and the hub wrote over is golden, or in the history of its golden record."""
    own = {cluster.golden.id: _kept(facts, cluster) for cluster in facts.clusters}
    kept = {golden: _of_family(own, facts.family(golden)) for golden in own}
    for mapping in facts.model.mappings.values():
        for row in mapping.properties:
            if row.reads and not facts.computes(mapping, row):
                _Keeping(verdict, facts, kept, mapping, row).check()


def _of_family(own: dict[str, dict[str, set[Any]]], family: Iterable[str]) -> dict[str, set[Any]]:
    """What the golden records know between which decisions moved records (L6)."""
    parts = [own[golden] for golden in family if golden in own]
    return {name: set().union(*(part.get(name, set()) for part in parts)) for name in parts[0]}


class _Keeping:
    """M4 for one property of one entity type."""

    def __init__(
        self,
        verdict: Verdict,
        facts: Facts,
        kept: dict[str, dict[str, set[Any]]],
        mapping: Mapping,
        row: PropertyMapping,
    ) -> None:
        self.verdict, self.facts, self.kept, self.mapping, self.row = verdict, facts, kept, mapping, row
        self.name = facts.name_of(mapping, row)

    def check(self) -> None:
        """Follow who left what there."""
        author: dict[str, str] = {}
        read = self.row.place.read
        for change in self.facts.changes:
            if change.type != self.mapping.entity_type:
                continue
            id_, new = change.after.id, read(change.after.body)
            old = MISSING if change.before is None else read(change.before.body)
            ours = change.actor == "hub" and old not in (MISSING, None) and author.get(id_) == "person"
            if change.deletes and ours:
                self.must_be_kept(id_, old, "deleted", change.at_us, over=change)
            if same(old, new):
                continue
            if ours:
                self.must_be_kept(id_, old, "written over", change.at_us, over=change)
            author[id_] = change.actor
        for id_, who in author.items():
            raw = read(self.facts.table(self.mapping.key).get(id_, {}))
            linked = self.facts.standing((self.mapping.key, id_)) == "linked"
            if who == "person" and raw not in (MISSING, None) and linked:
                self.must_be_kept(id_, raw, "left", self.facts.configured[-1][0])

    def must_be_kept(self, id_: str, raw: Any, how: str, at_us: int, over: Change | None = None) -> None:
        """A value that was typed there is known to the hub."""
        facts, golden = self.facts, self.facts.golden_of.get((self.mapping.key, id_), "")
        value = facts.value(self.row, raw, gone=True)
        self.verdict.check("M4")
        kept = self.kept.get(golden, {}).get(self.name, set())
        if value in (None, MISSING) or value in kept or plain(raw) in kept:
            return
        if self.row.references and facts.family(str(value)) & kept:
            return  # what it refers to was joined or parted since (L6)
        if how == "deleted" and self._in_payload(golden, id_, raw):
            return
        if facts.by_element(self.mapping, self.row) and set(value) <= {
            e for each in kept if isinstance(each, tuple) for e in each
        }:
            return  # each of its elements is kept (M5)
        if why := self._why_beside(id_, value, how):
            self.verdict.excuse("M4", why)
        elif how == "left" and self._asked(golden):
            self.verdict.excuse(
                "M4", "a person is asked about a first link, and it stands where it was typed (M6)"
            )
        elif how == "left" and any(e.kind == "returned" for e in facts.told(golden)):
            self.verdict.excuse("M4", "another record had taken its place (W8)")
        elif self.row.references and self._was_gone(raw, at_us):
            self.verdict.excuse("M4", "it referred to what was gone, which says nothing (S3)")
        elif how == "left" and self.row.references and facts.value(self.row, raw) is MISSING:
            self.verdict.excuse("M4", "it refers to what is not linked, and stands where it was typed (S3)")
        elif not facts.was_mapped(self.mapping, self.row, at_us):
            self.verdict.excuse("M4", "it was not mapped when its record was deleted (S2)")
        elif over is not None and (unbound := self._does_not_bind(over)):
            self.verdict.excuse("M4", unbound)
        else:
            where = f"{self.mapping.key}/{id_} {self.name}"
            self.verdict.say("M4", f"{where}: {value!r} was typed and {how}, and is nowhere")

    def _in_payload(self, golden: str, id_: str, raw: Any) -> bool:
        """What was deleted by us is in the history as a whole, be it through another facet (W8, L9)."""
        facts = self.facts
        records = [(facet.key, id_) for facet in facts.model.facets_of(self.mapping)]
        return any(
            e.kind == "deleted"
            and e.record in {record_key(*record) for record in records}
            and isinstance(e.value, dict)
            and same(self.row.place.read(e.value), raw)
            for of in (golden, *(facts.golden_of[r] for r in records if r in facts.golden_of))
            for e in facts.told(of)
        )

    def _why_beside(self, id_: str, value: Any, how: str) -> str:
        """What another facet has to do with it: the golden record of one that has the same property there knows of it;
        or the facet rests (L9)."""
        facts, places = self.facts, set(self.row.place.paths())
        if how == "left" and facts.rests(self.mapping, id_):
            return "its facet rests, and it stands where it was typed (L9)"
        for facet in facts.model.facets_of(self.mapping):
            kept = self.kept.get(facts.golden_of.get((facet.key, id_), ""), {})
            for row in facet.properties if facet is not self.mapping else ():
                if places & set(row.place.paths()) and value in kept.get(facts.name_of(facet, row), ()):
                    return "it is of another facet, too, which keeps it (L9)"
        return ""

    def _does_not_bind(self, over: Change) -> str:
        """Why a write could land on what the hub had not seen, or "". A restored system may give a version that it gave
        before the backup to another state: a write that names that one passes (S11)."""
        if not self.mapping.declaration.conditional:
            return NOT_CONDITIONAL
        if (was := over.before) is None or was.version is None:
            return ""
        earlier = [c for c in self.facts.changes if c.record == over.record and c.at_us <= over.at_us]
        twice = any(c.after.version == was.version and c.after.body != was.body for c in earlier)
        restored = any(c.actor == BACKUP for c in earlier)
        return "a restored system gave its version for the second time" if twice and restored else ""

    def _was_gone(self, raw: Any, at_us: int) -> bool:
        """What is referred to had been deleted before a time."""
        target = self.row.references.partition("#")[0], str(raw)
        return any(c.deletes and c.record == target and c.at_us <= at_us for c in self.facts.changes)

    def _asked(self, golden: str) -> bool:
        return any(
            c.golden.id == golden and self.row.property in c.golden.questions for c in self.facts.clusters
        )


def _kept(facts: Facts, cluster: Cluster) -> dict[str, set[Any]]:
    """Values by property that the hub still knows of: golden ones, what stands for them (S5), and history."""
    concept = facts.model.concepts[cluster.golden.concept]
    kept: dict[str, set[Any]] = {prop.name: set() for prop in concept.properties}
    for event in facts.events.get(cluster.golden.id, ()):
        if event.kind == "created" and isinstance(event.value, dict):  # the line of a create (M4)
            for name, value in event.value.items():
                kept.setdefault(name, set()).add(plain(value))
        elif event.property:
            kept.setdefault(event.property, set()).update(map(plain, (event.value, event.before)))
    for column, prop in enumerate(concept.properties):
        kept[prop.name].add(plain(cluster.golden.value[column]))
        claims = cluster.golden.rivals.get(column, ())
        kept[prop.name].update(plain(claim.value) for claim in claims)
    for link, mapping in facts.links(cluster):
        for raw, row in zip(link.raw, mapping.properties, strict=True):
            kept[facts.name_of(mapping, row)].add(facts.value(row, raw, gone=True))
        for column, suspect in link.suspects.items():  # kept aside until it can be told what it is (S5)
            row = mapping.properties[column]
            kept[facts.name_of(mapping, row)].add(facts.value(row, suspect.raw, gone=True))
    return kept


def check_untouched(verdict: Verdict, facts: Facts) -> None:
    """W1: the hub changes nothing that no mapping writes."""
    beside = {key.partition("#")[0]: _beside(facts, key) for key in facts.model.mappings}
    for change in facts.changes:
        if change.actor != "hub" or change.before is None:
            continue
        for name in beside.get(change.type, ()):
            verdict.check("W1")
            if change.was(name) == change.now(name):
                continue
            if facts.weather.it(change.type).conditional:
                where = f"{change.type}/{change.after.id}"
                verdict.say("W1", f"{where} {name}: {change.was(name)!r} became {change.now(name)!r}")
            else:
                verdict.excuse("W1", NOT_CONDITIONAL)


def _beside(facts: Facts, key: str) -> list[str]:
    """Properties of an entity type that no configuration maps."""
    it = facts.weather.it(key)
    mapped = {
        path
        for model in facts.weather.models
        for mapping in model.mappings.values()
        if mapping.entity_type == key.partition("#")[0]
        for row in mapping.properties
        for path in row.place.paths()
    }
    return [
        path
        for path in it.properties
        if path not in mapped and not (it.our_id and path == it.our_id.property)
    ]


def check_deletes(verdict: Verdict, facts: Facts) -> None:
    """W8, S10: we delete only what is one with a record that a person deleted, and that held all golden values. A
    record that a backup did not hold counts as deleted (S11)."""
    by_hub: set[str] = set()
    by_others: dict[str, set[Record]] = defaultdict(set)
    for change in facts.changes:
        if change.deletes and change.actor == "hub":
            by_hub |= _goldens(facts, change.record)
        elif change.deletes:
            for golden in _goldens(facts, change.record):
                by_others[golden].add(change.record)
    # it may have been parted since from whom a person deleted (L6)
    deleted = {
        golden: {record for each in facts.family(golden) for record in by_others.get(each, ())}
        for golden in by_hub
    }
    for golden in sorted(golden for golden, records in deleted.items() if not records):
        _nobody_deleted(verdict, facts, golden)
    for cluster in facts.clusters:
        golden = cluster.golden.id
        decided = facts.family(golden) & facts.said.ended
        if cluster.golden.life == "dead" and golden in by_hub and not decided:
            verdict.check("W8")
            if deleted[golden]:
                _knew(verdict, facts, cluster, deleted[golden])
        for link, _ in facts.links(cluster):
            there = link.id in facts.table(link.mapping)
            if any(e.kind == "returned" for e in facts.told(golden)):
                verdict.excuse("S10", "another record had taken its place (W8)")
            elif link.life == "tomb" and there and facts.standing((link.mapping, str(link.id))) == "linked":
                verdict.say("S10", f"{golden} {link.mapping}/{link.id} is a tomb, and the record is there")


def _nobody_deleted(verdict: Verdict, facts: Facts, golden: str) -> None:
    """We deleted records of a golden record of which nobody else deleted one."""
    if facts.family(golden) & facts.said.ended:
        verdict.excuse("W8", "a person decided so, or undid a create (G3)")
    else:
        verdict.say("W8", f"{golden} was deleted, and no person deleted any record of it")


def _goldens(facts: Facts, record: Record) -> set[str]:
    keys = [key for key in facts.model.mappings if key.partition("#")[0] == record[0]]
    found = {facts.golden_of.get((key, record[1]), "") for key in keys}
    return found - {""} or found  # a facet that was never linked has no part in it (L9)


def _knew(verdict: Verdict, facts: Facts, cluster: Cluster, deleted: Iterable[Record]) -> None:
    """Whoever deleted a record had every golden value before their eyes (W8)."""
    concept = facts.model.concepts[cluster.golden.concept]
    values = {
        prop.name: plain(value)
        for prop, value in zip(concept.properties, cluster.golden.value, strict=True)
        if value is not None
    }
    if any(_shows(facts, record, values) for record in deleted):
        return
    if any(not mapping.declaration.conditional for _, mapping in facts.links(cluster)):
        verdict.excuse("W8", NOT_CONDITIONAL)
    else:
        verdict.say(
            "W8", f"{cluster.golden.id} was deleted, and no one who deleted a record of it saw {values}"
        )


def _shows(facts: Facts, record: Record, values: dict[str, Any]) -> bool:
    """A record once held each of these values, as far as its entity type had them when it was deleted."""
    mappings = [m for m in facts.model.mappings.values() if m.entity_type == record[0]]
    at_us = max(change.at_us for change in facts.changes if change.deletes and change.record == record)
    return any(
        all(
            _fits(facts, (mapping.key, record[1]), mapping, row, values[name])
            for row in mapping.properties
            if (name := facts.name_of(mapping, row)) in values and facts.was_mapped(mapping, row, at_us)
        )
        for mapping in mappings
    )


def _fits(facts: Facts, record: Record, mapping: Mapping, row: PropertyMapping, value: Any) -> bool:
    name = facts.name_of(mapping, row)
    held = facts.held[record][name]
    if facts.computes(mapping, row):
        return True  # it shows something else by design, which stands for the golden value (S5)
    if facts.ignores(mapping, row):
        return value in held or _mistakable(facts, record, name)
    if row.references and facts.family(value) & held:
        return True  # what it refers to was parted since, and another golden record has that record now (L6)
    return value in held or (facts.remakes(mapping, row) and facts.remade(mapping, row, value) in held)


def _mistakable(facts: Facts, record: Record, name: str) -> bool:
    """Where a system ignores what is written, what somebody typed there may pass for a representation; the history
    says so (S5)."""
    events = facts.told(facts.golden_of[record])
    return any(e.kind in ("representation", "unknown") and e.property == name for e in events)
