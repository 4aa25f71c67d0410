"""When all is quiet: the hub does just what its plan lists, comes to rest, and the oracle looks (G6, W10, S4, G7)."""

from accord.core.state import record_key
from accord.core.work import Due
from accord.ports.store import TO_DO, Store
from accord.runtime.facets import siblings
from accord.runtime.hub import referred_goldens
from accord.runtime.people.conflicts import conflicts
from accord.runtime.runs.follow_plan import Listed, Moved
from accord.runtime.runs.plan import make_plan
from accord.runtime.steps.cycle import run_cycle
from accord.runtime.steps.reading import read_all
from accord.runtime.steps.sharing import derive
from accord.testing.world.engine import Engine
from accord.testing.world.oracle import Began, Facts, Verdict, gather, judge, judge_stranger
from accord.testing.world.oracle.deciding import why_moved

__all__ = ["calm", "forget", "rest"]

QUIET_CYCLES = 40
RESTING_CYCLES = 3


async def rest(world: Engine, plan: Listed | None = None) -> int:
    """Cycles until nothing is written any more; 0 when that does not come. A `plan` is for the first (G6)."""
    resting = 0
    for count in range(1, QUIET_CYCLES + 1):
        world.pass_time(30)
        cycle = await world.cycle(plan=plan)
        resting = resting + 1 if cycle is not None and not cycle.shared.sent else 0
        if plan is not None and count == 1:
            await _judge_plan(world, plan, unplanned=True)
        if resting == RESTING_CYCLES:
            return count - RESTING_CYCLES + 1
    return 0


async def _plan(world: Engine) -> Listed:
    """A plan, once all was read, and what was new twice (W13)."""
    for _ in range(2):
        await read_all(world.hub)
        world.pass_time(30)
    plan = await make_plan(world.hub)
    world.unknown = await _unknown(world)
    world.reached["planned write"] += len(plan.writes)
    return Listed(plan, world.model)


async def _judge_plan(world: Engine, plan: Listed, *, unplanned: bool) -> None:
    """What a plan lists is what the next cycle writes, and nothing else; all of it is written by the end (G6)."""
    world.verdict.check("G6")
    moved, _ = await plan.end(world.hub)
    for each in moved:
        if (each.why == "not due any more") == unplanned:
            continue
        if world.unknown:
            world.verdict.excuse("G6", "what became of a write was not known when it was planned (W3, W4)")
        elif why := why_moved(each, world.deciding.said, await _concerned(world, each.golden)):
            world.verdict.excuse("G6", why)
        elif await _refers_to_dead(world, each.golden):
            world.verdict.excuse("G6", "what it refers to was deleted meanwhile (W5, W8)")
        elif await _freed(world, plan, each):
            world.verdict.excuse(
                "G6", "another record let go of a value that it may have been refused for (W9)"
            )
        elif await _beside(world, plan, each):
            world.verdict.excuse(
                "G6", "what was written through another facet of its record is news to it (L9)"
            )
        elif _computes(world):
            world.verdict.excuse("G6", "a system computed a value while it applied our write (S6)")
        else:
            world.verdict.say("G6", f"{each.kind} {each.mapping} of {each.golden}: {each.why}")


async def _concerned(world: Engine, golden: str) -> set[str]:
    """A golden record, those that it refers to, and those that refer to it."""
    async with world.hub.store.transaction(dry=True) as tx:
        near = {golden, *await tx.dependants([golden])}
        for cluster in await tx.clusters([golden]):
            properties = world.model.concepts[cluster.golden.concept].properties
            values = zip(properties, cluster.golden.value, strict=True)
            near |= {str(value) for prop, value in values if prop.reference and value is not None}
    return near


async def _refers_to_dead(world: Engine, golden: str) -> bool:
    """A golden record refers to one of which the same plan deleted all records."""
    async with world.hub.store.transaction(dry=True) as tx:
        (cluster,) = await tx.clusters([golden])
        referred = referred_goldens(cluster, world.model.concepts[cluster.golden.concept])
        return any(c.golden.life == "dead" for c in await tx.clusters(sorted(referred)))


async def _freed(world: Engine, plan: Listed, moved: Moved) -> bool:
    """A write that was not planned tries again what its record refused, after the plan wrote to another one there."""
    others = any(w.mapping == moved.mapping and w.golden != moved.golden for w in plan.plan.writes)
    if not others or moved.why != "not in the plan" or moved.id is None:
        return False
    async with world.hub.store.transaction(dry=True) as tx:
        told = await tx.history(record=record_key(moved.mapping, moved.id))
    refused = {event.property for event in told if event.kind == "rejected"}
    return "" in refused or refused >= set(moved.properties)


async def _beside(world: Engine, plan: Listed, moved: Moved) -> bool:
    """The plan wrote to a record of it through another facet: that shows only once it is written (L9, S6)."""
    written = {(write.mapping, write.id) for write in plan.plan.writes}
    async with world.hub.store.transaction(dry=True) as tx:
        (cluster,) = await tx.clusters([moved.golden])
    return any(record in written for link in cluster.links for record in siblings(world.model, link))


def _computes(world: Engine) -> bool:
    return any(quirks.computes for some in world.weather.quirks.values() for quirks in some.values())


async def _unknown(world: Engine) -> bool:
    """Some write has no answer yet, or something is kept aside until it can be told what it is (S5)."""
    async with world.hub.store.transaction(dry=True) as tx:
        goldens = [g.id for name in world.model.concepts for g in await tx.scan_golden(name, "", 100_000)]
        links = [link for cluster in await tx.clusters(goldens) for link in cluster.links]
    return any(link.open is not None or link.suspects for link in links)


async def calm(world: Engine) -> None:
    """No more edits, no more faults: the hub comes to rest, and then writes nothing (W10, S4)."""
    world.quiet = True
    world.spells.end(world.people.models)
    await world.tending.end(world.hub)
    for name, model in world.people.models.items():
        model.quirks.update({entity: quirks.mended() for entity, quirks in model.quirks.items()})
        world.wires[name].mend()
    world.pass_time(30)
    await _reconcile(world)
    plan = await _plan(world)
    world.cycles = await rest(world, plan)
    await _judge_plan(world, plan, unplanned=False)
    world.verdict.check("W10")
    if not world.cycles:
        world.verdict.say("W10", "the hub does not come to rest")
    elif await _echo(world):
        world.verdict.say("S4", "it writes when everything is reported once more")
    for due in await _unmarked(world):
        world.verdict.say("W10", f"{due.kind} {due.mapping} of {due.golden} is due, and nobody looks")
    for golden in await _unasked(world):
        world.verdict.say(
            "M2", f"{golden}: it waits for a person, and nobody is told, or the other way round"
        )
    _take(world.verdict, judge(facts := await _facts(world), settled_us=world.settled_us))
    for event in (event for some in facts.events.values() for event in some):
        world.reached[f"event {event.kind}"] += 1
    for flow in facts.books.flows:
        world.reached.update({f"state {state}": count for state, count in flow.states.items()})
    for review in facts.reviews:
        world.reached["review"] += 1
        world.reached[f"review {review.kind}"] += 1


async def _reconcile(world: Engine) -> None:
    """What went back to a backup no feed tells of: reads of everything notice it, and a person goes on (S9, S11)."""
    if not any(spell.is_backup for spell in world.weather.spells):
        return
    for _ in range(RESTING_CYCLES):
        world.pass_time(30)
        await world.cycle(full=True)
    await world.tending.end(world.hub)


async def _echo(world: Engine) -> bool:
    """All records are listed again; True when the hub takes that for news and writes."""
    world.pass_time(30)
    cycle = await run_cycle(world.hub, approved={"*": 0}, full=True)
    world.verdict.check("S4")
    return bool(cycle.shared.sent)


async def _unmarked(world: Engine) -> list[Due]:
    """Writes that are due where no mark says so: their reason to wait has ended without waking anybody."""
    hub = world.hub
    async with hub.store.transaction(dry=True) as tx:
        goldens = [g.id for name in hub.model.concepts for g in await tx.scan_golden(name, "", 100_000)]
        marked = {g for mark in TO_DO for g in await tx.marked(mark, "", 100_000)}
        settled, _ = await derive(hub, tx, await tx.clusters(goldens))
    return [due for each in settled for due in each.dues if due.golden not in marked]


async def _unasked(world: Engine) -> set[str]:
    """Golden records with a conflict that are not marked for people, and those marked that have none (M2)."""
    hub = world.hub
    async with hub.store.transaction(dry=True) as tx:
        marked = set(await tx.marked("ask", "", 100_000))
    asks = {each.golden for each in await conflicts(hub, limit=100_000)}
    world.reached["asked person"] += len(asks)
    return marked ^ asks


async def forget(world: Engine, store: Store) -> None:
    """The hub loses its state and begins anew: it deletes nothing (G7)."""
    world.hub, count, aged = world.start_hub(store), len(world.changes), world.random.random() < 0.5
    await world.configure(world.model)
    if aged:
        world.clock.advance(25 * 3600)  # keys of creates are not honoured any more (W3)
    if not await rest(world):
        world.verdict.say("G7", "a hub that lost its state does not come to rest")
    _take(world.verdict, judge_stranger(await _facts(world), world.changes[count:], aged=aged))
    world.reached["state lost"] += 1


async def _facts(world: Engine) -> Facts:
    listed_us = {name: at_us for wire in world.wires.values() for name, at_us in wire.listed_us.items()}
    return await gather(
        world.hub,
        world.weather,
        world.people.models,
        world.changes,
        world.configured,
        world.deciding.said,
        Began(born_us=world.born_us, listed_us=listed_us),
    )


def _take(into: Verdict, verdict: Verdict) -> None:
    into.broken.extend(verdict.broken)
    into.exempt.update(verdict.exempt)
    into.checked.update(verdict.checked)
