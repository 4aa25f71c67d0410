"""What settling says and keeps is always in the words that are declared, whatever happens to a golden record."""

from copy import deepcopy
from itertools import product
from typing import Any, Literal, get_args, get_origin

from hypothesis import given, settings, strategies as st
from msgspec import Struct
from msgspec.structs import fields

from accord.core.values import MISSING
from tests.property.core.test_settle_laws import SYSTEMS, shown, stories
from tests.unit.core.building import Story, observation, system


def in_declared_words(found: Any) -> None:
    """Every field that may have few words has one of them, at every depth."""
    if isinstance(found, Struct):
        for field in fields(found):
            value = getattr(found, field.name)
            if get_origin(field.type) is Literal:
                assert value in get_args(field.type), f"{type(found).__name__}.{field.name}"
            in_declared_words(value)
    elif isinstance(found, dict | list | tuple):
        for each in found.values() if isinstance(found, dict) else found:
            in_declared_words(each)


steps = st.lists(
    st.tuples(
        st.sampled_from(["sees", "sees", "goes", "answers", "answers", "waits"]),
        st.sampled_from(SYSTEMS),
        shown,
        st.sampled_from(["done", "done", "refused", "unknown", "moved", "missing", "later"]),
        st.booleans(),
    ),
    max_size=8,
)


@settings(max_examples=100)
@given(stories(), steps)
def test_g4_whatever_happens_is_told_in_declared_words_and_settling_again_changes_nothing(
    story: Story, acts: list[Any]
) -> None:
    at = 100
    for act, name, values, kind, replies in acts:
        at += 10
        try:
            perform(story, act, name, values, kind, replies, at)
        except LookupError:
            continue
        in_declared_words([story.settled.dues, story.settled.holds, story.settled.fetches, story.cluster])
        before = deepcopy((story.golden, story.cluster.links))
        dues, holds = story.dues(), story.holds()
        story.settles()
        assert (story.golden, story.cluster.links) == before
        assert (story.dues(), story.holds()) == (dues, holds)
        for due in story.settled.dues:
            for sent in due.sent.values():
                assert sent.raw is not MISSING


def perform(
    story: Story, act: str, name: str, values: dict[str, Any], kind: str, replies: bool, at: int
) -> None:
    """One thing that happens; LookupError where it can not."""
    mapping = story.mapping(name)
    known = [link for link in story.cluster.links if link.mapping == mapping.key]
    if act == "sees":
        story.sees(name, at=at, **values)
    elif act == "goes":
        if not known or known[-1].life != "live":
            raise LookupError
        story.takes(
            observation(mapping.key, known[-1].id or "1", at=at, how="feed", gone="deleted", proven=True)
        )
        story.settles(at=at)
    elif act == "answers":
        if not any(due.mapping == mapping.key for due in story.settled.dues):
            raise LookupError
        due = story.due(name)
        story.sends(name, at=at)
        reply = (
            {mapping.properties[c].name: sent.raw for c, sent in due.sent.items()}
            if replies and due.kind != "delete"
            else {}
        )
        if due.kind == "create" and kind == "done":
            reply = {"name": None, **reply, "id": f"new{at}"}
        story.answers(name, kind, at=at + 1, **reply)
    else:
        story.settles(at=at + 1000)


def test_w4_a_write_ends_by_a_look_after_the_lag_where_it_was_acknowledged_else_after_the_longest_request() -> (
    None
):
    for acked, lag_s, longest_s in product([True, False], [2.0, 5.0], [30.0, 60.0]):
        for after in (1, 2, 3, 5, 6, 29, 30, 31, 60, 61):
            story = Story(system("crm"), system("erp", version="none", lag_s=lag_s, max_request_s=longest_s))
            story.takes(observation("crm.Person", at=10, name="x"))
            story.takes(observation("erp.Person", at=10, version=None, modified=None, how="fetch", name="x"))
            story.settles(at=10)
            story.sees("crm", at=20, name="y")
            story.sends("erp", at=100)
            story.answers("erp", "done" if acked else "unknown", at=100)
            assert story.link("erp").open is not None
            story.sees("erp", at=100 + after, version=None, modified=None, how="fetch", name="x")
            ended = after >= (lag_s if acked else longest_s)
            assert (story.link("erp").open is None) is ended, (acked, lag_s, longest_s, after)
