"""Nothing is lost, and nothing is deleted that nobody deleted (M4, W1, W8, S10)."""

from collections.abc import Iterable
from typing import Any

from accord.core.state import Cluster
from accord.testing.world.oracle.facts import Facts, Record, Verdict, system_of
from accord.testing.world.systems import EXTRA, PROPERTIES

__all__ = ["check_deletes", "check_kept", "check_untouched"]

NOT_CONDITIONAL = "writes there are not conditional"


def check_kept(verdict: Verdict, facts: Facts) -> None:
    """M4: what a person typed and the hub wrote over is golden, or in the history of its golden record."""
    kept = {cluster.golden.id: _kept(facts, cluster) for cluster in facts.clusters}
    author: dict[tuple[str, str, str], str] = {}
    for change in facts.changes:
        for name in _typeable(facts, change.system):
            old, new = change.was(name), change.now(name)
            key = change.system, change.after.id, name
            if change.deletes and change.actor == "hub" and old and author.get(key) == "person":
                _must_be_kept(verdict, facts, kept, key, old, "deleted")
            if old == new:
                continue
            if change.actor == "hub" and old and author.get(key) == "person":
                _must_be_kept(verdict, facts, kept, key, old, "written over")
            author[key] = change.actor
    for (system, id_, name), who in author.items():
        value = facts.tables[system].get(id_, {}).get(name)
        if who == "person" and value and facts.standing.get((system, id_)) == "linked":
            _must_be_kept(verdict, facts, kept, (system, id_, name), value, "left")


def _typeable(facts: Facts, system: str) -> list[str]:
    """Properties that people type there; the others a system computes."""
    return [name for name in PROPERTIES if name not in facts.weather.quirks[system].computes]


def _must_be_kept(
    verdict: Verdict,
    facts: Facts,
    kept: dict[str, dict[str, set[Any]]],
    key: tuple[str, str, str],
    value: Any,
    how: str,
) -> None:
    system, id_, name = key
    golden = facts.golden_of.get((system, id_), "")
    if value in kept.get(golden, {}).get(name, ()):
        return
    if how == "left" and name in facts.questions.get(golden, ()):
        verdict.excuse("M4", "a person is asked about a first link, and it stands where it was typed (M6)")
        return
    if how == "left" and any(e.kind == "returned" for e in facts.events.get(golden, ())):
        verdict.excuse("M4", "another record had taken its place (W8)")
        return
    if how != "left" and not facts.weather.bents[system].conditional:
        verdict.excuse("M4", NOT_CONDITIONAL)
    else:
        verdict.say("M4", f"{system}/{id_} {name}: {value!r} was typed and {how}, and is nowhere")


def _kept(facts: Facts, cluster: Cluster) -> dict[str, set[Any]]:
    """Values by property that the hub still knows of: golden ones, what stands for them (S5), and history."""
    kept: dict[str, set[Any]] = {name: set() for name in PROPERTIES}
    for event in facts.events.get(cluster.golden.id, ()):
        if event.kind == "created" and isinstance(event.value, dict):  # the line of a create (M4)
            for name, value in event.value.items():
                kept[name].add(value)
        if event.property:
            kept[event.property].update(v for v in (event.value, event.before) if isinstance(v, str))
    for column, name in enumerate(PROPERTIES):
        raws = [link.raw[column] for link in cluster.links]
        kept[name].update(v for v in (cluster.golden.value[column], *raws) if isinstance(v, str))
    return kept


def check_untouched(verdict: Verdict, facts: Facts) -> None:
    """W1: the hub changes nothing that no mapping writes."""
    for change in facts.changes:
        if change.actor == "hub" and change.before is not None and change.was(EXTRA) != change.now(EXTRA):
            if facts.weather.bents[change.system].conditional:
                where = f"{change.system}/{change.after.id}"
                verdict.say("W1", f"{where} {EXTRA}: {change.was(EXTRA)!r} became {change.now(EXTRA)!r}")
            else:
                verdict.excuse("W1", NOT_CONDITIONAL)


def check_deletes(verdict: Verdict, facts: Facts) -> None:
    """W8, S10: we delete only what is one with a record that a person deleted, and that held all golden values."""
    deaths: dict[str, dict[str, set[Record]]] = {"person": {}, "hub": {}}
    for change in facts.changes:
        if change.deletes:
            record = change.system, change.after.id
            deaths[change.actor].setdefault(facts.golden_of.get(record, ""), set()).add(record)
    for golden in sorted(set(deaths["hub"]) - set(deaths["person"])):
        verdict.say("W8", f"{golden} was deleted, and no person deleted any record of it")
    for cluster in facts.clusters:
        golden = cluster.golden.id
        if cluster.golden.life == "dead" and golden in deaths["hub"]:
            _knew(verdict, facts, cluster, deaths["person"].get(golden, ()))
        for link in cluster.links:
            there = link.id in facts.tables[system_of(link)]
            if any(e.kind == "returned" for e in facts.events[golden]):
                verdict.excuse("S10", "another record had taken its place (W8)")
            elif link.life == "tomb" and there and facts.standing[system_of(link), str(link.id)] == "linked":
                verdict.say("S10", f"{golden} {link.mapping}/{link.id} is a tomb, and the record is there")


def _knew(verdict: Verdict, facts: Facts, cluster: Cluster, deleted: Iterable[Record]) -> None:
    """Somebody who deleted a record had every golden value before their eyes (W8)."""
    values = {n: v for n, v in zip(PROPERTIES, cluster.golden.value, strict=True) if v is not None}

    def shows(record: Record) -> bool:
        return all(_fits(facts, record, name, value) for name, value in values.items())

    if not any(shows(record) for record in deleted):
        verdict.say(
            "W8", f"{cluster.golden.id} was deleted, and no one who deleted a record of it saw {values}"
        )


def _fits(facts: Facts, record: Record, name: str, value: Any) -> bool:
    held = facts.held[record][name]
    if name in facts.weather.quirks[record[0]].computes:
        return True  # it shows something else by design, which stands for the golden value (S5)
    if name == "title" and facts.weather.bents[record[0]].ignores:
        return value in held or _mistakable(facts, record)
    upper = name == "name" and facts.weather.bents[record[0]].upper
    return value in held or (upper and value.upper() in held)


def _mistakable(facts: Facts, record: Record) -> bool:
    """Where a system ignores what is written, what somebody typed there may pass for a representation; the history
    says so (S5)."""
    events = facts.events[facts.golden_of[record]]
    return any(e.kind in ("representation", "unknown") and e.property == "title" for e in events)
