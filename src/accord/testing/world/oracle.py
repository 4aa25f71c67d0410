"""What must be true once edits and faults have stopped, told from what people did and the systems hold."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from msgspec import Struct, field

from accord.core.state import Cluster, Event, Link, Review
from accord.core.values import MISSING
from accord.ports.store import Transaction
from accord.runtime.hub import Hub
from accord.testing.system_model import SystemModel
from accord.testing.world.people import Change
from accord.testing.world.weather import PROPERTIES

__all__ = ["Verdict", "judge"]


class Verdict(Struct, kw_only=True):
    """Broken promises, each with its rule; none: the world is fine."""

    broken: list[str] = field(default_factory=list)

    def say(self, rule: str, what: str) -> None:
        """Note a broken promise."""
        self.broken.append(f"{rule}: {what}")


class _State(Struct, kw_only=True):
    """What the hub knows, read once."""

    clusters: list[Cluster]
    events: list[Event]
    reviews: list[Review]
    census: dict[str, dict[str, int]]
    standing: dict[tuple[str, str], str]


async def judge(hub: Hub, models: dict[str, SystemModel], changes: Sequence[Change]) -> Verdict:
    """Compare the hub's promises with the systems and with what people did."""
    verdict = Verdict()
    async with hub.store.transaction(dry=True) as tx:
        state = await _read(hub, tx, models)
    tables = {name: model.tables()["Person"] for name, model in models.items()}
    _converged(verdict, hub, state, tables)
    _accounted(verdict, state, tables)
    _created_once(verdict, state, tables)
    _nothing_lost(verdict, state, changes, tables)
    _no_invented_delete(verdict, state, changes)
    return verdict


async def _read(hub: Hub, tx: Transaction, models: dict[str, SystemModel]) -> _State:
    goldens = await tx.scan_golden("person", "", 10_000)
    standing: dict[tuple[str, str], str] = {}
    for name in models:
        for row in await tx.scan_seen(f"{name}.Person", "", 10_000):
            how = "gone" if row.gone else "linked" if row.golden else "held" if row.held else "waiting"
            standing[name, row.id] = how
    return _State(
        clusters=await tx.clusters([g.id for g in goldens]),
        events=await tx.history(limit=1_000_000),
        reviews=await tx.reviews(),
        census=await tx.census(),
        standing=standing,
    )


def _system(link: Link) -> str:
    return link.mapping.partition(".")[0]


def _converged(
    verdict: Verdict, hub: Hub, state: _State, tables: dict[str, dict[str, dict[str, Any]]]
) -> None:
    """W10: every linked record holds the golden value, or stands for the golden revision (S5), or says why not."""
    for cluster in state.clusters:
        golden = cluster.golden
        for link in cluster.links:
            where = f"{golden.id} {link.mapping}/{link.id}"
            if link.life != "creating" and not tables[_system(link)]:
                continue  # nothing there is readable, so nothing proves what became of it (S10)
            if link.open is not None and not _asked(state, golden.id):
                verdict.say("W10", f"{where} has an open write")
            if link.life != "live" or link.id is None:
                continue
            record = tables[_system(link)].get(link.id)
            if record is None:
                verdict.say("W10", f"{where} is linked, and not there")
                continue
            for column, row in enumerate(hub.model.mappings[link.mapping].properties):
                shown = record.get(row.name)
                stands = golden.stamp[row.property] in (link.base[column], link.same[column])
                agreed = stands and _same(link.raw[column], shown)
                if shown != golden.value[row.property] and not agreed and column not in link.rejected:
                    verdict.say(
                        "W10", f"{where} {row.name}: {shown!r}, golden {golden.value[row.property]!r}"
                    )


def _same(raw: Any, shown: Any) -> bool:
    return raw == shown or (raw is MISSING and shown is None)


def _asked(state: _State, golden: str) -> bool:
    return any(review.kind == "create" and golden in review.goldens for review in state.reviews)


def _accounted(verdict: Verdict, state: _State, tables: dict[str, dict[str, dict[str, Any]]]) -> None:
    """G4: every record of every system is linked, or held with a reason; L1: linked once."""
    for name, table in tables.items():
        for id_ in table:
            if state.standing.get((name, id_)) not in ("linked", "held"):
                verdict.say("G4", f"{name}/{id_} is {state.standing.get((name, id_), 'unknown')}")
    live = Counter((link.mapping, link.id) for c in state.clusters for link in c.links if link.life == "live")
    for (mapping, id_), count in live.items():
        if count > 1:
            verdict.say("L1", f"{mapping}/{id_} has {count} links")


def _created_once(verdict: Verdict, state: _State, tables: dict[str, dict[str, dict[str, Any]]]) -> None:
    """W3: a golden record has at most one live record in an entity type; no create of ours is an orphan."""
    for cluster in state.clusters:
        counts = Counter(link.mapping for link in cluster.links if link.life == "live")
        for mapping, count in counts.items():
            if count > 1:
                verdict.say("W3", f"{cluster.golden.id} has {count} live records in {mapping}")
    del tables


def _nothing_lost(
    verdict: Verdict, state: _State, changes: Sequence[Change], tables: dict[str, dict[str, dict[str, Any]]]
) -> None:
    """M4: what a person typed and the hub wrote over is golden, or in the history, with its value."""
    kept: dict[str, set[str]] = {name: set() for name in PROPERTIES}
    for event in state.events:
        if event.property:
            kept[event.property].update(v for v in (event.value, event.before) if isinstance(v, str))
    for cluster in state.clusters:
        for column, name in enumerate(PROPERTIES):
            value = cluster.golden.value[column]
            raws = [link.raw[column] for link in cluster.links if link.life == "live"]  # what stands for golden (S5)
            kept[name].update(v for v in (value, *raws) if isinstance(v, str))
    author: dict[tuple[str, str, str], str] = {}
    for change in changes:
        before = change.before.body if change.before is not None else {}
        for name in PROPERTIES:
            old, new = before.get(name), change.after.body.get(name)
            key = (change.system, change.after.id, name)
            if old == new:
                continue
            if change.actor == "hub" and author.get(key) == "person" and old and old not in kept[name]:
                verdict.say(
                    "M4", f"{change.system}/{change.after.id} {name}: {old!r} was typed and written over"
                )
            author[key] = change.actor
    for (system, id_, name), who in author.items():
        value = tables[system].get(id_, {}).get(name)
        linked = state.standing.get((system, id_)) == "linked"
        if who == "person" and linked and value and value not in kept[name]:
            verdict.say("M4", f"{system}/{id_} {name}: {value!r} was typed and is nowhere")


def _no_invented_delete(verdict: Verdict, state: _State, changes: Sequence[Change]) -> None:
    """W8, S10: we delete only what is one with a record that a person deleted."""
    golden_of = {(_system(k), k.id): c.golden.id for c in state.clusters for k in c.links if k.id is not None}
    deleted = {"person": set[str | None](), "hub": set[str | None]()}
    for change in changes:
        if change.after.deleted and not (change.before and change.before.deleted):
            deleted[change.actor].add(golden_of.get((change.system, change.after.id)))
    for golden in deleted["hub"] - deleted["person"]:
        verdict.say("W8", f"{golden} was deleted, and no person deleted any record of it")
