"""Where records are made, and where they stand, against plain models of W5-W8 and G4."""

from itertools import product
from typing import Any

from hypothesis import given, strategies as st

from accord.core.condition import Wish
from accord.core.creating import count_wait, is_barred, is_contested, keeps_out, last_tomb
from accord.core.link import new_golden
from accord.core.model import Model
from accord.core.settle import Settled
from accord.core.standing import REPLACED, STATES, is_plain, reasons_of, stands_apart, state_of
from accord.core.state import Cluster, Link, Seen
from accord.core.swaps import Want, swaps
from accord.core.values import MISSING
from accord.core.work import SECOND_US, Work
from tests.property.core.test_settle_laws import SYSTEMS, shown, stories
from tests.unit.core.building import Story, concept, system

LIVES = ["live", "tomb"]


@st.composite
def clusters(draw: Any) -> tuple[Cluster, Any, Model]:
    """A golden record with some links in two entity types, and how the second of them takes records."""
    pulled_by = draw(st.sampled_from([frozenset(), frozenset({"order"})]))
    target = system(
        "erp",
        shares=draw(st.sampled_from([True, True, True, False])),
        can_create=draw(st.sampled_from([True, True, True, False])),
        create=draw(st.sampled_from(["always", "always", "linked"])),
        primary=draw(st.sampled_from(["", "", "", "erp.Other"])),
        pulled_by=pulled_by,
        pull_old=draw(st.booleans()),
        wishes=draw(st.sampled_from([(), (), (Wish(column=1, name="name", values=("x",)),)])),
    )
    source = system("crm", full_sync=draw(st.booleans()))
    of = concept(delete=draw(st.sampled_from(["ignore", "propagate", "archive", "recreate"])))
    model = Model(
        project="p",
        concepts={"person": of},
        mappings={"crm.Person": source, "erp.Person": target},
        fingerprint="1",
    )
    golden = new_golden("person:1", of)
    golden.life = draw(st.sampled_from(["alive", "alive", "dying", "dead"]))
    golden.value[1] = draw(st.sampled_from(["x", "y"]))
    if draw(st.integers(0, 4)) == 0:
        golden.questions[1] = "which"
    links, seen = [], {}
    for number, mapping in enumerate(
        draw(st.lists(st.sampled_from(["crm.Person", "erp.Person"]), max_size=3))
    ):
        life = draw(st.sampled_from(LIVES if mapping == "crm.Person" else ["tomb", "tomb", "live"]))
        link = Link(
            golden=golden.id,
            mapping=mapping,
            incarnation=number,
            life=life,
            raw=[MISSING] * 3,
            base=golden.stamp[:],
            same=[None] * 3,
        )
        link.id = draw(st.sampled_from([None, f"r{number}", f"r{number}"]))
        link.by = draw(st.sampled_from(["person", "hub", ""])) if life == "tomb" else ""
        link.kept = draw(st.sampled_from([None, None, {"name": "x"}]))
        link.ruled = draw(st.booleans())
        links.append(link)
        row = Seen(mapping=mapping, id=link.id or "", raw=[MISSING] * 3)
        row.initial, row.made = draw(st.booleans()), draw(st.booleans())
        if draw(st.booleans()):
            seen[mapping, link.id or ""] = row
    return Cluster(golden=golden, links=links, seen=seen), target, model


def stone(cluster: Cluster, mapping: str) -> Link | None:
    found = None
    for link in cluster.links:
        made = link.id is not None or link.by != "hub"
        if (
            link.mapping == mapping
            and link.life == "tomb"
            and made
            and (found is None or link.incarnation > found.incarnation)
        ):
            found = link
    return found


@given(clusters(), st.booleans())
def test_w6_w7_w8_a_record_is_kept_out_for_the_first_reason_that_applies(  # noqa: C901 - a reason is a branch
    drawn: Any, pulled: bool
) -> None:
    cluster, target, model = drawn
    golden, last = cluster.golden, stone(cluster, "erp.Person")
    alone = all(link.life == "tomb" for link in cluster.links if link.mapping == "erp.Person")
    assert last_tomb(cluster, "erp.Person") is last
    by_person = last is not None and last.by == "person" and alone
    barred = by_person or golden.life == "dead"
    assert is_barred(cluster, "erp.Person") is barred
    asks = model.concepts["person"].delete in ("propagate", "archive")
    contested = by_person and last is not None and not last.ruled and golden.life == "alive" and asks
    for link in cluster.links:
        if link.mapping == "erp.Person":
            assert is_contested(link, cluster, model.concepts["person"]) is (contested and link is last)
    first, everywhere = "", False
    for link in cluster.links:
        row = cluster.seen.get((link.mapping, link.id or ""))
        if link.life == "live" and row is not None and not everywhere:
            if row.initial and not model.mappings[link.mapping].full_sync:
                first = first or link.mapping
            elif not row.made:
                everywhere = True
    old = "" if everywhere else first
    comes = pulled and bool(target.pulled_by)
    wanted: str | None = None
    if not target.shares or not target.declaration.can_create:
        wanted = "excluded"
    elif last is not None and (last.kept is not None or not last.by):
        wanted = None
    elif barred:
        wanted = "conflict" if contested else "tombstoned"
    elif target.primary:
        wanted = "pending"
    elif (old and not (comes and target.pull_old)) or (not comes and target.create == "linked"):
        wanted = "excluded"
    elif not comes and target.wishes:
        wanted = "conflict" if 1 in golden.questions else None if golden.value[1] == "x" else "excluded"
    found = keeps_out(cluster, target, model, pulled=pulled)
    assert (found.state if found is not None else None) == wanted


def test_w8_a_delete_against_an_edit_is_contested_where_the_policy_asks_and_nobody_ruled() -> None:
    blank = {"raw": [MISSING] * 3, "same": [None] * 3}
    for delete, life, by, ruled, other in product(
        ["ignore", "propagate", "archive", "recreate"], ["alive", "dying", "dead"], ["person", "hub"], [False, True],
        ["", "live", "tomb", "elsewhere"],
    ):  # fmt: skip
        of = concept(delete=delete)
        golden = new_golden("person:1", of)
        golden.life = life
        link = Link(
            golden=golden.id,
            mapping="erp.Person",
            id="2",
            incarnation=1,
            life="tomb",
            by=by,
            ruled=ruled,
            base=golden.stamp[:],
            **blank,
        )
        beside = Link(
            golden=golden.id,
            mapping="crm.Person" if other == "elsewhere" else "erp.Person",
            id="1",
            life="tomb" if other == "tomb" else "live",
            by="person" if other == "tomb" else "",
            base=golden.stamp[:],
            **blank,
        )
        cluster = Cluster(golden=golden, links=[link, *([beside] if other else [])], seen={})
        asks = delete in ("propagate", "archive") and life == "alive" and by == "person"
        assert is_contested(link, cluster, of) is (asks and not ruled and other != "live")
        assert not is_contested(beside, cluster, of)


@given(
    st.sampled_from(["", "deleted"]),
    st.sampled_from(["", "no number"]),
    st.sampled_from(["", "r1", "it is read"]),
    st.sampled_from(["", "filter"]),
    st.booleans(),
)
def test_g4_a_record_apart_is_in_the_first_state_that_applies(
    gone: str, unreadable: str, held: str, excluded: str, complete: bool
) -> None:
    row = Seen(mapping="crm.Person", id="1", raw=[])
    row.gone, row.unreadable, row.held, row.excluded = gone, unreadable, held, excluded
    told = stands_apart(row, {"r1"}, complete=complete)
    states = [
        ("tombstoned", gone),
        ("unreadable", unreadable),
        ("review", held == "r1"),
        ("waiting", held),
        ("excluded", excluded),
    ]
    assert told.state == next((state for state, applies in states if applies), "waiting")
    assert told.reason
    assert told.reason == "the next run links it" or gone or unreadable or held or excluded or not complete


@given(
    stories(),
    st.lists(st.tuples(st.sampled_from(SYSTEMS), shown), min_size=1, max_size=4),
    st.booleans(),
    st.booleans(),
)
def test_g4_every_record_has_a_state_towards_every_other_type_and_in_sync_stands_alone(
    story: Story, sights: list[Any], sends: bool, parts: bool
) -> None:
    for at, (name, values) in enumerate(sights):
        story.sees(name, at=100 + at, **values)
    if sends and story.settled.dues:
        story.sends(story.model.mappings[story.settled.dues[0].mapping].system, at=200)
        story.settles(at=200)
    context = story.given()
    open_there = {link.mapping for link in story.cluster.links if link.open is not None}
    for (key, _), row in story.cluster.seen.items():
        row.excluded = "filter" if parts else ""
        for target in story.model.mappings.values():
            if target.key == key:
                continue
            told = reasons_of(row, target, story.settled, context)
            assert told[0] == state_of(row, target, story.settled, context)
            ranks = [STATES.index(each.state) for each in told]
            assert ranks == sorted(ranks)
            states = {each.state for each in told}
            assert "in sync" not in states or len(told) == 1
            assert ("out of scope" in states) == (parts and not row.gone)
            holds = {hold.state for hold in story.settled.holds if hold.mapping == target.key}
            due = any(each.mapping == target.key for each in story.settled.dues)
            live = any(link.mapping == target.key and link.life == "live" for link in story.cluster.links)
            if not row.gone and any(
                link.life == "live" and link.mapping == key for link in story.cluster.links
            ):
                assert holds <= states
                assert not due or "pending" in states
                assert target.key not in open_there or "pending" in states
                assert live or "in sync" not in states
                if (
                    not holds
                    and not due
                    and target.key not in open_there
                    and live
                    and not parts
                    and not story.golden.questions
                ):
                    assert states == {"in sync"}
            if (
                not live
                and not row.gone
                and any(k.life == "live" and k.mapping == key for k in story.cluster.links)
            ):
                silent = Settled(cluster=story.cluster, dues=[], holds=[], fetches=[], events=[])
                known = {each.state for each in reasons_of(row, target, silent, context)}
                assert known & {"waiting", "tombstoned", "pending"}
            gone_row = Seen(mapping=key, id="z", raw=row.raw, gone="deleted")
            assert [each.state for each in reasons_of(gone_row, target, story.settled, context)] == [
                "tombstoned"
            ]
            stranger = Seen(mapping=key, id="zz", raw=row.raw)
            assert [each[:2] for each in reasons_of(stranger, target, story.settled, context)] == [
                ("tombstoned", REPLACED)
            ]
        row.excluded = ""
    mappings = list(story.model.mappings.values())
    plain = is_plain(story.cluster, mappings)
    if plain:
        assert not story.settled.dues
        assert not story.settled.holds
        assert not open_there
    calm = (
        not story.settled.dues and not story.settled.holds and not open_there and not story.golden.questions
    )
    if calm and story.golden.life == "alive" and len(story.cluster.links) == len(mappings):
        assert plain or any(link.suspects or link.life != "live" for link in story.cluster.links)
    assert len(story.cluster.links) != len(mappings) or not is_plain(story.cluster, mappings[:-1])


@given(
    st.lists(
        st.tuples(st.sampled_from("123"), st.sampled_from("abc"), st.sampled_from("abc")),
        max_size=4,
        unique_by=lambda want: want[0],
    )
)
def test_w9_a_ring_of_wants_is_found_from_its_smallest_record_on(pairs: list[tuple[str, str, str]]) -> None:
    wants = [Want("crm.P", record, "email", wanted, held) for record, wanted, held in pairs]
    rings = swaps(wants)
    assert rings == swaps(reversed(wants))
    for ring in rings:
        assert ring[0] == min(ring, key=lambda want: want.id)
        assert all(one.wanted == other.held for one, other in zip(ring, (*ring[1:], ring[0]), strict=True))
    told = [want for ring in rings for want in ring]
    assert len({want.id for want in told}) == len(told)
    if len({want.held for want in wants}) == len(wants):  # then who holds a value is one record: follow it
        holder = {want.held: want for want in wants}
        for want in wants:
            path = [want]
            while (then := holder.get(path[-1].wanted)) is not None and then not in path:
                path.append(then)
            assert (want in told) == (then is want)


@given(st.lists(st.tuples(st.integers(0, 40), st.booleans()), max_size=5))
def test_w5_a_wait_longer_than_allowed_shows_as_failed_and_ends_with_the_wait(
    looks: list[tuple[int, bool]],
) -> None:
    story = Story(system("crm"), system("erp"))
    story.in_sync(10, name="x")
    began, now = 0, SECOND_US
    limit = story.model.wait_s * SECOND_US
    for steps, waits in looks:
        now += round(steps * limit / 20)
        work = Work(
            cluster=story.cluster, concept=story.model.concepts["person"], context=story.given(now_us=now)
        )
        if waits:
            work.hold("erp.Person", "waiting", "it waits", waits_for=("person:2", "erp.Company"))
        work.hold("erp.Person", "pending", "it rests")
        count_wait(work, work.holds)
        began = (began or now) if waits else 0
        assert story.golden.waits_us == began
        wanted = ["failed" if now - began > limit else "waiting"] if waits else []
        assert [hold.state for hold in work.holds] == [*wanted, "pending"]
