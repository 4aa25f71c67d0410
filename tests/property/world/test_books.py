"""The books: every record in exactly one state towards every target, whatever happened (G4)."""

from collections import Counter

from hypothesis import Phase, given, settings, strategies as st

from accord.core.standing import STATES, is_plain, stands_apart, state_of
from accord.runtime.books.conservation import Conservation, count_units
from accord.runtime.runs.plan import make_plan
from accord.runtime.steps.cycle import read_all, settle_all
from accord.runtime.steps.sharing import derive
from tests.unit.core.building import observation, row, system, take
from tests.unit.runtime.office import PROJECT, Office

QUICK = settings(deadline=None, phases=(Phase.explicit, Phase.generate))
"""An example plays a whole office: a failing one is told as it is, for making it smaller takes minutes."""
ASKING = PROJECT.replace(
    "    match: [[[email, email]]]", "    first_link: ask\n    match: [[[email, email]]]"
)
ACTS = st.lists(
    st.tuples(
        st.sampled_from(
            ["add", "edit", "clear", "delete", "refused", "read", "settle", "plan", "sync", "sync"]
        ),
        st.sampled_from(["crm", "erp"]),
        st.integers(0, 3),
        st.sampled_from(["a", "b", "c"]),
    ),
    min_size=4,
    max_size=14,
)


def played(acts, text=PROJECT, look=lambda _office: None):
    """An office in which all this happened; it is looked at after every act."""
    office = Office(text)
    for what, name, which, value in acts:
        system = getattr(office, name)
        ids = [row["id"] for row in system.records("Person")]
        if what == "add":
            system.add("Person", name=value, email=f"{value}@x.no")
        elif what in ("edit", "clear", "delete") and ids:
            id_ = str(ids[which % len(ids)])
            if what == "delete":
                system.delete("Person", id_)
            else:
                system.edit("Person", id_, name=None if what == "clear" else f"{value} {which}")
        elif what == "refused":
            system.model.quirks["Person"].ignores = ("name",)  # a write that is ignored is a refused one (W9)
        elif what == "read":
            office.run(read_all(office.hub))
        elif what == "settle":
            office.run(settle_all(office.hub))
        elif what == "plan":
            office.run(make_plan(office.hub))
        elif what == "sync":
            office.sync()
        office.clock.advance(1)
        look(office)
    return office


async def books(office, named=STATES) -> Conservation:
    async with office.store.transaction(dry=True) as tx:
        return await count_units(office.hub, tx, named=named, limit=10_000)


def check(office):
    kept = office.run(books(office))
    assert kept.adds_up, kept.flows
    assert office.run(books(office, named=())).flows == kept.flows
    assert len({(unit.record, unit.target) for unit in kept.units}) == len(kept.units)
    listed = Counter((unit.record.partition("/")[0], unit.target, unit.state) for unit in kept.units)
    for flow in kept.flows:
        for state, count in flow.states.items():
            assert listed[flow.mapping, flow.target, state] == count
    assert all(unit.reason for unit in kept.units if unit.state != "in sync")


@given(ACTS)
@settings(QUICK, max_examples=25)
def test_g4_every_record_is_in_exactly_one_state_towards_every_target(acts):
    """At any moment, also between a read and the settling of what it brought."""
    played(acts, look=check)


@given(ACTS)
@settings(QUICK, max_examples=10)
def test_g4_a_question_moves_no_record_out_of_the_books(acts):
    played(acts, ASKING, look=check)


@given(ACTS)
@settings(QUICK, max_examples=15)
def test_g4_what_is_counted_without_a_closer_look_is_what_a_closer_look_shows(acts):
    """What is plain and bears no mark is in sync by the function that all others are counted by."""
    office = played(acts)
    seen = Counter()

    async def look():
        async with office.store.transaction(dry=True) as tx:
            marked = {g for mark in ("settle", "share", "wait") for g in await tx.marked(mark, "", 1000)}
            for concept in office.hub.model.concepts:
                ids = [golden.id for golden in await tx.scan_golden(concept, "", 1000)]
                mappings = office.hub.model.mappings_of(concept)
                plain = [c.golden.id for c in await tx.clusters(ids) if is_plain(c, mappings)]
                settled, context = await derive(office.hub, tx, await tx.clusters(set(plain) - marked))
                for each in settled:
                    for row in each.cluster.seen.values():
                        for target in (m for m in mappings if m.key != row.mapping):
                            assert state_of(row, target, each, context).state == "in sync"
                            seen["units"] += 1

    office.run(look())


def test_g4_the_states_that_the_laws_meet():
    """What was never reached proves nothing."""
    met = Counter()
    every = [("add", "crm", 0, "a"), ("add", "crm", 1, "b"), ("sync", "crm", 0, "a")]
    stories = (
        [*every, ("edit", "crm", 0, "c"), ("read", "crm", 0, "a"), ("settle", "crm", 0, "a")],
        [*every, ("delete", "crm", 0, "a"), ("sync", "crm", 0, "a")],
        [("add", "crm", 0, "a"), ("add", "crm", 0, "a"), ("sync", "crm", 0, "a")],
        [*every, ("refused", "erp", 0, ""), ("edit", "crm", 0, "c"), ("sync", "crm", 0, "")],
        [("add", "crm", 0, "a"), ("read", "crm", 0, "a")],
    )
    for story in stories:
        for flow in played(story, look=check).run(books(played(story))).flows:
            met.update(flow.states)
    assert set(met) >= {"in sync", "pending", "tombstoned", "review", "failed", "waiting"}


class Spoilt:
    """A place at which nothing can be read where the payload says so."""

    whole = False

    def read(self, payload):
        if payload["spoilt"]:
            raise ValueError("no value stands there")
        return payload["name"]

    def write(self, body, raw, old):
        body["name"] = raw

    def paths(self):
        return ("name",)


@given(
    st.lists(st.lists(st.tuples(st.sampled_from("123"), st.booleans()), max_size=4), min_size=1, max_size=4)
)
def test_c2_g4_every_record_of_a_page_is_kept_whatever_of_it_can_be_read(pages):
    """What can not be read is counted, and holds neither its page nor what was seen of it before."""
    fields = {name: getattr(row("name"), name) for name in row("name").__struct_fields__}
    mapping = system("crm", type(row("name"))(**{**fields, "place": Spoilt()}))
    rows, last = {}, {}
    for number, page in enumerate(pages):
        shown = dict(page)
        take(
            *(
                observation(remote_id=id_, at=number, version="v", name="Ada", spoilt=bad)
                for id_, bad in shown.items()
            ),
            rows=rows,
            mapping=mapping,
        )
        last |= shown
    assert set(rows) == set(last)
    for id_, bad in last.items():
        told = stands_apart(rows[id_], frozenset(), complete=True)
        assert (told.state == "unreadable") is bad
