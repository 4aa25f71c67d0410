"""Creates: when none is sent, and what a refusal ends (W3, W13, L3, S3)."""

import asyncio

import pytest
from hypothesis import given, strategies as st
from msgspec.structs import replace

from accord.core.confirm import confirm, open_write
from accord.core.link import new_link
from accord.core.model import NoReferences
from accord.core.observation import Outcome
from accord.core.settle import settle
from accord.core.state import Link, Seen
from accord.core.values import MISSING
from accord.core.work import Context, Due, Gate, Work
from accord.runtime.steps.sharing import idempotency_key
from accord.store import MemoryStore
from accord.testing.world.play import World
from tests.property.world.records import SYSTEMS, Thing, observed


def context(thing: Thing) -> Context:
    gates = {key: Gate(complete=True, began_us=10**12) for key in thing.model.mappings}
    return Context(model=thing.model, now_us=10**12, refs=NoReferences(), gates=gates)


def declare(thing: Thing, key: str, **declared: object) -> None:
    """The system of a mapping declares something else."""
    mapping = thing.model.mappings[key]
    thing.model.mappings[key] = replace(mapping, declaration=replace(mapping.declaration, **declared))


def opened(thing: Thing) -> tuple[Work, Link]:
    """The create that is due in "shop", sent."""
    thing.cluster.links = [link for link in thing.cluster.links if not link.mapping.startswith("shop")]
    del thing.cluster.seen["shop.Person", "1"]
    due: Due = next(due for due in thing.settle().dues if due.kind == "create")
    work = Work(cluster=thing.cluster, concept=thing.model.concepts["person"], context=context(thing))
    link = open_write(work, due)
    assert link.open is not None
    link.open.body, link.open.key = {}, "k"
    return work, link


def test_w3_a_definite_refusal_ends_the_generation_of_a_create() -> None:
    """The next attempt is another request, so its key is another one."""
    work, link = opened(Thing())
    before = idempotency_key("law", link)
    confirm(work, link, Outcome(kind="refused", message="no"), None)
    assert idempotency_key("law", link) != before


@given(st.sampled_from(["unknown", "later"]))
def test_w3_no_other_ending_changes_the_key_of_a_create(kind: str) -> None:
    work, link = opened(Thing())
    before = idempotency_key("law", link)
    confirm(work, link, Outcome(kind=kind), None)  # type: ignore[arg-type]
    assert idempotency_key("law", link) == before


@pytest.mark.parametrize(("golden", "born"), [("person:2", None), (None, 1), (None, None)])
def test_l1_g7_a_record_that_was_there_before_is_no_create_of_ours(
    golden: str | None, born: int | None
) -> None:
    """A key of a hub that lost its state may give back a record that is linked, or that was deleted long ago."""
    work, link = opened(Thing())
    assert link.open is not None
    reply = observed("shop", 10**6, "a")
    seen = Seen(mapping="shop.Person", id="7", raw=["a"], version=reply.version, golden=golden, fetched=True)
    seen.created_us = link.open.first_us if born is None else born
    confirm(work, link, Outcome(kind="done", observation=reply), seen)
    ours = golden is None and born is None
    assert (link.life, seen.golden) == (("live", "person:1") if ours else ("creating", golden))
    assert ours or -1 in link.rejected
    assert ours or golden or seen.held


@given(st.integers(1, 3), st.booleans())
def test_g7_w8_a_record_that_is_gone_is_no_create_that_was_sent_just_now(sendings: int, shown: bool) -> None:
    """A key of a hub that lost its state gives back what was deleted since. After a first sending of ours it may be the
    record that this one made, and that a person has deleted."""
    work, link = opened(Thing())
    assert link.open is not None
    link.open.sendings = sendings
    reply = observed("shop", 10**6, "a")
    seen = Seen(mapping="shop.Person", id="7", raw=[MISSING], gone="deleted")
    if not shown:
        reply.payload = None
    confirm(work, link, Outcome(kind="done", observation=reply), seen)
    assert (link.life, seen.golden, seen.held) == (
        ("creating", None, "") if sendings == 1 else ("live", "person:1", "")
    )
    assert (-1 in link.rejected) == (sendings == 1)


@given(st.integers(0, 20), st.integers(0, 20))
def test_w13_s11_no_create_before_the_target_was_read_again(began: int, back: int) -> None:
    """By a read that began `lag_s` or more after the source was first seen, and after a record there was last found to
    be behind."""
    thing = Thing()
    thing.cluster.links = [link for link in thing.cluster.links if link.mapping == "crm.Person"]
    thing.cluster.seen = {("crm.Person", "1"): thing.cluster.seen["crm.Person", "1"]}
    thing.cluster.seen["crm.Person", "1"].first_us = 10
    gates = {key: Gate(complete=True, began_us=began, back_us=back) for key in thing.model.mappings}
    settled = settle(thing.cluster, replace(context(thing), gates=gates))
    free = began >= max(10, back)
    assert bool(settled.dues) == free
    assert bool([hold for hold in settled.holds if hold.state == "waiting"]) != free


def test_s3_nothing_is_created_from_a_record_that_was_only_listed_in_part() -> None:
    """What the listing leaves out is fetched first, or the create would lack it (M6)."""
    thing = Thing()
    key = "crm.Person"
    declare(thing, key, listing_partial=True)
    thing.cluster.links = [new_link("person:1", thing.model.mappings[key], "1")]
    thing.cluster.seen = {(key, "1"): thing.cluster.seen[key, "1"]}
    settled = settle(thing.cluster, context(thing))
    assert not settled.dues
    assert [fetch.mapping for fetch in settled.fetches] == [key]
    thing.see(replace(observed("crm", 9, "a"), how="fetch"))
    assert {due.kind for due in thing.settle().dues} == {"create"}


@pytest.mark.parametrize("conditional", [True, False])
def test_w4_s6_only_a_write_that_binds_names_a_version(conditional: bool) -> None:
    """One that binds nobody may land on any version, at any time."""
    thing = Thing()
    for key in thing.model.mappings:
        declare(thing, key, conditional=conditional)
    thing.see(observed("erp", 9, "b"))
    assert {due.version for due in thing.settle().dues} == ({"1"} if conditional else {None})


def test_s3_nothing_is_written_over_what_was_never_read() -> None:
    """A linked record that was only listed in part may hold what its listing leaves out (M4)."""
    thing = Thing()
    key = "crm.Person"
    declare(thing, key, listing_partial=True)
    thing.cluster.links = [link for link in thing.cluster.links if link.mapping != key]
    thing.cluster.links.append(new_link("person:1", thing.model.mappings[key], "1"))
    thing.cluster.seen[key, "1"].raw = [MISSING]
    thing.see(observed("erp", 9, "b"))
    assert {due.mapping for due in settle(thing.cluster, context(thing)).dues} == {"shop.Person"}


@pytest.mark.parametrize("down", SYSTEMS)
def test_l3_nothing_is_linked_before_every_entity_type_was_read(down: str) -> None:
    """Whatever the order of the first reads, all records are matched together."""
    world = World(3, MemoryStore())
    world.quiet = True
    for name, model in world.people.models.items():
        for quirks in model.quirks.values():
            quirks.errors = quirks.throttles = 0.0
        world.wires[name].mend()
        model.person_create("Person", {"email": "a@x.io", "name": name})
    world.clock.advance(10)
    world.wires[down].is_down = True
    first = asyncio.run(world.cycle())
    world.wires[down].is_down = False
    world.clock.advance(600)  # a system that is down is left alone for a while (W9)
    second = asyncio.run(world.cycle())
    assert first is not None
    assert second is not None
    assert (first.linked, second.linked) == (0, 3)
