"""Undo: put back what the hub wrote, where it is still the one that stands there (G3, W8).

Nothing is written here. A value that is put back is a pin of its record, a create that is undone dooms its record, a
delete that is undone keeps what to make again: the next run does the rest, under the guards and the version locks.
"""

from collections.abc import Iterable, Iterator, Mapping as ReadOnly, Sequence, Set as AbstractSet
from typing import Literal, NamedTuple

from msgspec import Struct, field

from accord.core.creating import last_tomb
from accord.core.errors import AccordError
from accord.core.model import Mapping
from accord.core.settle import settle, settle_work
from accord.core.stamps import edit_stamp
from accord.core.state import Event, Link, Pin, record_key
from accord.core.values import Value, value_order
from accord.core.work import Work
from accord.ports.store import Transaction
from accord.runtime.facets import shared_records
from accord.runtime.hub import Hub
from accord.runtime.settling import reviewed_records, save_settled
from accord.runtime.steps.configure import check_layout
from accord.runtime.targets import is_record, known_golden, known_property, known_record, known_run

__all__ = ["Left", "Restore", "UndoPlan", "plan_undo", "undo"]

MOST = 1_000_000
ACTS = ("updated", "created", "deleted")


class Restore(Struct, kw_only=True):
    """One thing that is undone: a value put back, a record that was made deleted, a deleted one made again."""

    what: Literal["value", "delete", "create"]
    golden: str
    record: str
    property: str = ""
    now: Value = None
    back: Value = None
    note: str = ""


class Left(Struct, kw_only=True):
    """What can not be undone, and why."""

    golden: str
    record: str
    property: str
    reason: str


class UndoPlan(Struct, kw_only=True):
    """What an undo does, or did, and what it leaves. `run` is its number where it was carried out."""

    target: str
    everywhere: bool = False
    restores: list[Restore] = field(default_factory=list)
    cannot: list[Left] = field(default_factory=list)
    run: int = 0


class _Act(NamedTuple):
    """What the hub did to one property of a record, or to the record: from the first event to the last."""

    first: Event
    last: Event


async def plan_undo(
    hub: Hub, target: str | int, property_: str = "", *, everywhere: bool = False
) -> UndoPlan:
    """What `undo` would do; nothing is changed. Raises AccordError: there is no such run, record or property."""
    plan = UndoPlan(target=str(target), everywhere=everywhere)
    async with hub.store.transaction(dry=True) as tx:
        await check_layout(hub, tx)
        await _undo(hub, tx, plan, await _acts(hub, tx, target, property_), "")
    return plan


async def undo(
    hub: Hub, target: str | int, property_: str = "", *, everywhere: bool = False, by: str = "person"
) -> UndoPlan:
    """Undo what the hub wrote in a run, or last to a record, a golden record, or one property of it.

    A value that differs from the golden one is a conflict from then on, until a person picks one of the two;
    `everywhere` makes the old value golden instead. The next run writes. Raises AccordError as `plan_undo` does.
    """
    plan = UndoPlan(target=str(target), everywhere=everywhere)
    async with hub.store.transaction() as tx:
        await check_layout(hub, tx)
        acts = await _acts(hub, tx, target, property_)
        plan.run = hub.run = await tx.begin_run("undo", hub.model.fingerprint, hub.clock.now_us())
        await _undo(hub, tx, plan, acts, by)
        told = {"target": plan.target, "restored": len(plan.restores), "left": len(plan.cannot)}
        await tx.end_run(plan.run, hub.clock.now_us(), told)
    return plan


async def _acts(hub: Hub, tx: Transaction, target: str | int, property_: str) -> list[_Act]:
    """What is to be undone: all that a run did, or what was done last to each property of what is named."""
    text = str(target)
    if text.isdecimal():
        await known_run(tx, int(text))
        events = await tx.history(run=int(text), limit=MOST)
    elif is_record(text):
        seen = await known_record(hub, tx, text)
        events = await tx.history(record=text, limit=MOST)
        property_ = _known(hub, hub.model.mappings[seen.mapping].concept, property_)
    else:
        golden = await known_golden(hub, tx, text)
        events = await tx.history(golden=golden, limit=MOST)
        property_ = _known(hub, golden.partition(":")[0], property_)
    grouped: dict[tuple[str, str], list[Event]] = {}
    for event in events:
        if event.kind in ACTS and property_ in ("", event.property):
            grouped.setdefault((event.record, event.property), []).append(event)
    if text.isdecimal():
        return [_Act(some[0], some[-1]) for some in grouped.values()]
    return list(_last(grouped))


def _last(grouped: ReadOnly[tuple[str, str], Sequence[Event]]) -> Iterator[_Act]:
    """What was done last to each property, and of a record that was made or deleted what was done last to that."""
    newest = {key: some[-1] for key, some in grouped.items()}
    deleted = {record for (record, _), event in newest.items() if event.kind == "deleted"}
    written = {record for record, property_ in newest if property_}
    for (record, property_), event in newest.items():
        gone = record in deleted
        if (event.kind == "deleted") if gone else (property_ or record not in written):
            yield _Act(event, event)


def _known(hub: Hub, concept: str, property_: str) -> str:
    """The property that was named, or its group (M8)."""
    if not property_ or concept not in hub.model.concepts:
        return property_
    names = [prop.name for prop in hub.model.concepts[concept].properties]
    return known_property(names, property_, f"the concept {concept}")


async def _undo(hub: Hub, tx: Transaction, plan: UndoPlan, acts: Sequence[_Act], by: str) -> None:
    """Undo acts in the name of somebody; nothing is saved in the name of nobody."""
    by_golden: dict[str, list[_Act]] = {}
    for act in acts:
        by_golden.setdefault(act.last.golden, []).append(act)
    if not by_golden:
        raise AccordError(
            f"the hub wrote nothing that an undo of {plan.target} could take back",
            remedy="See what was written: accord history",
        )
    clusters = {cluster.golden.id: cluster for cluster in await tx.clusters(sorted(by_golden))}
    gates, reviewed = await hub.gates(tx), await reviewed_records(tx)
    context = await hub.context(tx, list(clusters.values()), gates, reviewed=reviewed)
    merged = await _merged(hub, tx, acts)
    shared = await shared_records(hub.model, tx, [k for cluster in clusters.values() for k in cluster.links])
    for golden, some in sorted(by_golden.items()):
        if golden not in clusters or clusters[golden].golden.concept not in hub.model.concepts:
            plan.cannot.extend(_left(act, "its golden record is not there any more") for act in some)
            continue
        settled = settle(clusters[golden], context)
        work = Work(
            cluster=settled.cluster,
            concept=hub.model.concepts[clusters[golden].golden.concept],
            context=context,
            events=settled.events,
            fetches=settled.fetches,
        )
        undoing = _Undoing(work=work, plan=plan, by=by, merged=merged, shared=shared)
        for act in some:
            undoing.undo(act, _backs(some, act))
        if by:
            await save_settled(hub, tx, [settle_work(work)])
            # what is put back may refer to what was not looked up here (W5)
            await tx.mark("settle", [golden])


async def _merged(hub: Hub, tx: Transaction, acts: Iterable[_Act]) -> dict[Value, str]:
    """Golden records that references named before, and that are aliases now, with what they lead to (W5)."""
    before = {act.first.before for act in acts if isinstance(act.first.before, str)}
    named = sorted(value for value in before if value.partition(":")[0] in hub.model.concepts)
    aliases = [c.golden.id for c in await tx.clusters(named) if c.golden.life == "merged"]
    return {alias: await known_golden(hub, tx, alias) for alias in aliases}


def _backs(acts: Iterable[_Act], act: _Act) -> list[Value]:
    """The values that the records held before, of the property of an act."""
    return [other.first.before for other in acts if other.last.property == act.last.property]


class _Undoing(Struct, kw_only=True):
    """Undoes what was done to the records of one golden record; what can not be undone goes to the plan with why."""

    work: Work
    plan: UndoPlan
    by: str
    merged: ReadOnly[Value, str]
    shared: AbstractSet[tuple[str, str]]

    def undo(self, act: _Act, backs: Sequence[Value]) -> None:
        """Undo one act; `backs` are the values that the records held before of its property."""
        work, ways = self.work, {"updated": self.put_back, "created": self.unmake, "deleted": self.make_again}
        record = act.last.record
        link = next((k for k in work.cluster.links if k.id and record_key(k.mapping, k.id) == record), None)
        mapping = None if link is None else work.mapping(link)
        undone: Restore | str = "its record is not linked to this golden record any more"
        if into := work.golden.merged_into:
            undone = (
                f"{work.golden.id}, for which it was written, was merged into {into} since: nobody can tell what stood "
                "there before; correct it in one of the systems"
            )
        if self.plan.everywhere and any(value != backs[0] for value in backs):
            undone = "records held different values before; undo it without --everywhere"
        elif link is not None and mapping is not None:
            undone = ways[act.last.kind](link, mapping, act)
        if isinstance(undone, str):
            self.plan.cannot.append(_left(act, undone))
            return
        self.plan.restores.append(undone)
        work.note("undone", link, value=undone.back, before=undone.now)
        work.events[-1].property, work.events[-1].rule = undone.property, f"person:{self.by}"

    def put_back(self, link: Link, mapping: Mapping, act: _Act) -> Restore | str:
        """Pin the value that stood there before, or make it golden; or why not."""
        work, golden, name = self.work, self.work.golden, act.last.property
        properties = work.concept.properties
        columns = [c for c, row in enumerate(mapping.properties) if properties[row.property].name == name]
        column = next((c for c in columns if mapping.properties[c].writes), None)
        if column is None or mapping.properties[column].create_only:
            return "it is not written there any more"
        row, back = mapping.properties[column], act.first.before
        if properties[row.property].reference and isinstance(back, str):
            back = self.merged.get(back, back)
        now = work.get(row, link.raw[column])
        if why := _moved(link, column, act):
            return why
        if now == back:
            return "the value from before stands there"
        live = [other for other in work.cluster.links if other.life == "live"]
        if not self.plan.everywhere and len(live) > 1:
            base = max(golden.stamp[row.property], link.base[column])
            stamp = edit_stamp(work.context.now_us, base, 0, f"person:{self.by}", value_order(back))
            link.pins[column] = Pin(back, stamp)
            work.revive_golden(link)  # nobody who deleted another record of it knew of that (W8)
        elif golden.value[row.property] != back or row.property in golden.questions:
            work.pick(row.property, back, self.by)  # a question about what was put back before ends with it
        return Restore(
            what="value", golden=golden.id, record=act.last.record, property=name, now=now, back=back
        )

    def unmake(self, link: Link, mapping: Mapping, act: _Act) -> Restore | str:
        """Doom a record that the hub made, unless somebody has worked on it since (W8); or why not."""
        record = act.last.record
        if link.life != "live":
            return "the record is not there any more"
        if link.open is not None:
            return "a write of it is under way"
        if link.suspects or any(base.record == record for base in link.base):
            return "it was edited there since"
        if sum(other.life == "live" for other in self.work.cluster.links) == 1:
            return "it is the last record of its golden record"
        if not mapping.declaration.can_delete:
            return "the system can not delete"
        if (link.mapping, link.id) in self.shared:
            return "another facet of its record is alive"
        link.doomed = True
        return Restore(what="delete", golden=link.golden, record=record)

    def make_again(self, link: Link, mapping: Mapping, act: _Act) -> Restore | str:
        """Let a record that the hub deleted be made again, with what was kept of it (W8); or why not."""
        links, golden = self.work.cluster.links, self.work.golden
        if golden.life == "merged":
            return "its golden record was merged into another one"
        if any(other.mapping == link.mapping and other.life != "tomb" for other in links):
            return "another record stands for it there, or is to be created"
        if link is not last_tomb(self.work.cluster, link.mapping):
            return "another record stood for it there since, and was deleted as well"
        if not mapping.declaration.can_create:
            return "the system can not create such records"
        golden.life = "alive"
        for other in links:
            origin = self.plan.everywhere and other.life == "tomb" and other.by == "person"
            if (other is link or origin) and other is last_tomb(self.work.cluster, other.mapping):
                kept = act.last.value if other is link and isinstance(act.last.value, dict) else {}
                other.kept, other.by = kept, ""
        whole = isinstance(act.last.value, dict)
        note = "" if whole else "its payload is not kept any more, only what is mapped comes back"
        return Restore(what="create", golden=golden.id, record=act.last.record, note=note)


def _moved(link: Link, column: int, act: _Act) -> str:
    """Why the value that was written is not the one that stands there, or ""."""
    if link.life != "live":
        return "the record is not there any more"
    if column in link.suspects or (link.open is not None and column in link.open.sent):
        return "a write of it is under way, and what stands there can not be told"
    base = link.base[column]
    if base == act.last.stamp:
        return ""
    there = record_key(link.mapping, link.id or "")
    if base.record == there:
        return "it was edited there since"
    by_person = base.record.startswith("person:")
    return "a person decided it since" if by_person else "it was written again since"


def _left(act: _Act, reason: str) -> Left:
    return Left(golden=act.last.golden, record=act.last.record, property=act.last.property, reason=reason)
