"""Foresee: all writes that are due now, and those that follow once the creates among them are made (G6, W5)."""

from collections.abc import Callable, Iterable, Sequence

from msgspec import Struct, field, structs

from accord.core.model import Mapping
from accord.core.settle import Settled
from accord.core.state import Cluster
from accord.core.work import Due
from accord.ports.store import Transaction
from accord.runtime.guards import Tally
from accord.runtime.hub import Hub, SliceReferences
from accord.runtime.pulling import Cap, pulled_in, referred_by
from accord.runtime.rings import rings
from accord.runtime.steps.sharing import derive

__all__ = ["foresee"]

Visit = Callable[[Due, Settled], None]

_TO_COME = "0"
"""Stands for the id of a record that is not made yet; what is written there is never sent."""


class _Promised(SliceReferences):
    """References under which every record that a foreseen create makes is there already."""

    def __init__(self, known: SliceReferences, made: set[tuple[str, str]]) -> None:
        super().__init__(known.goldens, known.remotes, known.missing, known.unlinked)
        self._made = made

    def remote(self, entity_type: str, golden_id: str) -> str | None:
        """Remote id of a golden record's record, there or to come."""
        return super().remote(entity_type, golden_id) or (
            _TO_COME if (entity_type, golden_id) in self._made else None
        )


class _Foreseeing(Hub, kw_only=True):
    """A hub whose creates, once they were foreseen, count as made; keyed by (mapping, golden id)."""

    cap: Cap
    made: set[tuple[str, str]] = field(default_factory=set)
    lost: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    """Golden records whose property is not carried (W5), by (mapping, property)."""

    async def _references(self, tx: Transaction, clusters: Iterable[Cluster]) -> SliceReferences:
        return _Promised(await super()._references(tx, clusters), self.made)

    async def _pulled(self, tx: Transaction, clusters: Sequence[Cluster]) -> frozenset[tuple[str, str]]:
        return await pulled_in(self.model, tx, clusters, self.made)


class _Round(Struct, kw_only=True):
    """What one look at some golden records came to: those that creates were foreseen of, and who waits for whom."""

    made: set[str] = field(default_factory=set)
    waits: dict[str, set[str]] = field(default_factory=dict)
    pulls: set[tuple[str, str]] = field(default_factory=set)
    reached: set[str] = field(default_factory=set)
    """What the made ones refer to: they pull it in (W6)."""


async def foresee(hub: Hub, visit: Visit) -> Tally:
    """Count and visit every write that a run would send, without opening any.

    Rounds, as in `share`: a create frees those that wait for it; those that wait for each other are sent without the
    references that tie them. Every property of a write is visited once; a reference may come after the rest.
    """
    same = {name: getattr(hub, name) for name in Hub.__struct_fields__}
    trial = _Foreseeing(**same, cap=Cap(most=hub.guards.connect_at_most))
    async with hub.store.transaction(dry=True) as tx:
        census = await tx.census()
    tally = Tally(linked={key: census.get(key, {}).get("linked", 0) for key in hub.model.mappings})
    seen: dict[tuple[str, str, str, int], set[int]] = {}

    def once(due: Due, of: Settled) -> None:
        name = (due.kind, due.mapping, due.golden, due.incarnation)
        new = due.sent.keys() - seen.get(name, set())
        if name in seen and not new:
            return
        joins = name in seen  # a reference that joins what was foreseen before
        if joins:
            due = _part(due, new, hub.model.mappings[due.mapping])
        seen.setdefault(name, set()).update(new)
        if not joins or due.kind == "update":
            tally.add(due, hub.model)
            if joins:
                tally.updates[due.mapping] -= 1
        visit(due, of)

    todo, alone, waits = await _marked(hub), frozenset[str](), dict[str, set[str]]()
    looked: set[str] = set()
    pulled: frozenset[tuple[str, str]] = frozenset()
    while todo:
        looked.update(todo)
        found = await _look(trial, todo, once, alone, pulled)
        waits = {golden: on for golden, on in (waits | found.waits).items() if golden not in found.made}
        unseen = set().union(*waits.values()) - looked | {golden for golden, _ in found.pulls - pulled}
        pulled |= found.pulls
        if found.made:
            async with hub.store.transaction(dry=True) as tx:
                todo = sorted(await tx.dependants(found.made) | found.reached | unseen)
            alone = frozenset()
        elif unseen:
            todo, alone = sorted(unseen), frozenset()
        elif alone:
            break
        else:
            todo, alone = sorted(rings(waits)), rings(waits)
    tally.not_carried = {what: len(goldens) for what, goldens in sorted(trial.lost.items())}
    return tally


def _part(due: Due, columns: set[int], mapping: Mapping) -> Due:
    names = {mapping.properties[column].name for column in columns}
    return structs.replace(
        due,
        sent={column: sent for column, sent in due.sent.items() if column in columns},
        blanks=[name for name in due.blanks if name in names],
        overwrites=[name for name in due.overwrites if name in names],
    )


async def _marked(hub: Hub) -> list[str]:
    ids: list[str] = []
    for mark in ("share", "wait"):
        after = ""
        while True:
            async with hub.store.transaction(dry=True) as tx:
                page = await tx.marked(mark, after, hub.limits.settle)
            if not page:
                break
            ids += page
            after = page[-1]
    return list(dict.fromkeys(ids))


async def _look(
    hub: _Foreseeing, ids: list[str], once: Visit, alone: frozenset[str], pulled: frozenset[tuple[str, str]]
) -> _Round:
    found = _Round()
    for start in range(0, len(ids), hub.limits.settle):
        async with hub.store.transaction(dry=True) as tx:
            clusters = await tx.clusters(ids[start : start + hub.limits.settle])
            settled, _ = await derive(hub, tx, clusters, alone=alone, pulled=pulled)
        for each in settled:
            _take(hub, found, each, once)
    return found


def _take(hub: _Foreseeing, found: _Round, each: Settled, once: Visit) -> None:
    golden = each.cluster.golden.id
    if waits := {hold.waits_for[0] for hold in each.holds if hold.waits_for}:
        found.waits[golden] = waits
    found.pulls.update(hold.waits_for for hold in each.holds if hold.waits_for and hold.pulls)
    for hold in each.holds:
        if hold.state == "excluded" and hold.property:
            hub.lost.setdefault((hold.mapping, hold.property), set()).add(golden)
    for due in each.dues:
        if not hub.cap(due):
            continue
        once(due, each)
        if due.kind == "create" and (due.mapping, golden) not in hub.made:
            hub.made.add((due.mapping, golden))
            found.made.add(golden)
            found.reached |= referred_by(hub.model, each.cluster) if hub.model.pulls else set()
