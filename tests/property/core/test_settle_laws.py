"""Laws of settling (S7, W10): repeatable, in any order, and it comes to rest."""

from copy import deepcopy

from hypothesis import given, strategies as st

from accord.core.model import Survivorship
from tests.unit.core.building import Story, concept, observation, system

SYSTEMS = ("crm", "erp", "shop")
values = st.sampled_from(["x", "y", None])
shown = st.fixed_dictionaries({"name": values, "phone": values})


@st.composite
def stories(draw):
    """Three systems in sync, of a concept of some survivorship, first link and delete policy."""
    rule = draw(st.sampled_from(["latest", "priority"]))
    of = concept(
        survivorship=(Survivorship(rule=rule),) * 3,
        first_link=draw(st.sampled_from(["keep", "latest"])),
        prioritised=draw(st.booleans()),
        delete=draw(st.sampled_from(["ignore", "propagate"])),
    )
    error_s = draw(st.sampled_from([0.0, 2.0]))
    story = Story(
        *(
            system(name, priority=3 - i, clock_error_s=error_s if i else 0.0)
            for i, name in enumerate(SYSTEMS)
        ),
        of=of,
    )
    if draw(st.booleans()):
        story.in_sync(10, name="x", phone="y")
    return story


@st.composite
def sights(draw):
    """One observation of the record of each of some systems, at different times; deletes among them."""
    found = []
    for name in draw(st.lists(st.sampled_from(SYSTEMS), min_size=1, unique=True)):
        gone = draw(st.sampled_from(["", "", "", "deleted"]))
        found.append(
            observation(
                f"{name}.Person",
                at=50,
                modified=draw(st.integers(20, 24)),
                version=f"{name}-new",
                gone=gone,
                proven=bool(gone),
                **({} if gone else draw(shown)),
            )
        )
    return found


def told(story):
    golden = story.golden
    return (golden.value, golden.stamp, golden.life, golden.questions, story.dues(), story.holds())


@given(stories(), st.lists(sights(), min_size=1, max_size=3))
def test_settling_what_was_settled_gives_no_event_and_the_same_rows_and_writes(story, rounds):
    for sight in rounds:
        for one in sight:
            story.takes(one)
        story.settles(at=60)
        first, dues = deepcopy(story.cluster), story.dues()
        assert story.settles().events == []
        assert story.cluster == first
        assert story.dues() == dues


@given(stories(), sights().flatmap(lambda s: st.tuples(st.just(s), st.permutations(s))))
def test_s7_records_taken_in_any_order_and_settled_together_end_the_same(story, orders):
    ends = []
    for order in orders:
        it = deepcopy(story)
        for one in order:
            it.takes(one)
        it.settles(at=60)
        ends.append(told(it))
    assert ends[0] == ends[1]


@given(
    stories(),
    st.lists(st.tuples(st.sampled_from(SYSTEMS), shown), min_size=3, max_size=3, unique_by=lambda e: e[0]),
    st.permutations(range(3)),
)
def test_s7_edits_of_different_records_settled_one_by_one_in_any_order_give_the_same_golden_record(
    story, edits, order
):
    if not story.cluster.links:
        story.in_sync(10, name="x", phone="y")
    observations = [
        observation(f"{name}.Person", at=50, modified=20 + i, version="new", **values)
        for i, (name, values) in enumerate(edits)
    ]
    ends = []
    for some in (observations, [observations[i] for i in order]):
        it = deepcopy(story)
        for one in some:
            it.takes(deepcopy(one))
            it.settles(at=60)
        ends.append(told(it))
    assert ends[0] == ends[1]


@given(stories(), st.lists(sights(), min_size=1, max_size=3))
def test_w10_when_all_writes_succeed_everybody_holds_the_golden_values_and_nothing_is_due(story, rounds):
    for sight in rounds:
        for one in sight:
            story.takes(one)
        story.settles(at=60)
    made = 0
    for at in range(61, 90):
        if not story.settled.dues:
            break
        due = story.settled.dues[0]
        name = story.model.mappings[due.mapping].system
        story.now = at
        story.sends(name)
        held = story.cluster.seen.get((due.mapping, due.id or ""))
        shown_there = dict(zip(("email", "name", "phone"), held.raw if held else [None] * 3, strict=True))
        rows = story.model.mappings[due.mapping].properties
        shown_there |= {rows[c].name: sent.raw for c, sent in due.sent.items()}
        body = {key: raw for key, raw in shown_there.items() if isinstance(raw, str) or raw is None}
        made += due.kind == "create"
        answer = {} if due.kind == "delete" else {"id": f"new{made}", "version": f"w{at}", **body}
        story.answers(name, at=at, **answer)
    assert story.settled.dues == []
    if story.golden.questions or story.golden.life != "alive":
        return
    for link in story.cluster.links:
        if link.life == "live":
            rows = story.model.mappings[link.mapping].properties
            seen = story.cluster.seen[link.mapping, link.id]
            for column, row in enumerate(rows):
                raw = seen.raw[column]
                assert (raw if isinstance(raw, str) else None) == story.golden.value[row.property]
