"""Laws of intake (S7): a page shuffled or doubled ends the same."""

from copy import deepcopy

import pytest
from hypothesis import given, strategies as st

from accord.core.intake import Timing
from tests.unit.core.building import observation, system, take, us

NAMES = st.sampled_from("xyz")


@st.composite
def pages(draw, kind):
    """Observations of two records at a few moments, with versions of a kind; a version stands for one state."""
    rows = []
    moments = st.tuples(st.sampled_from("12"), st.integers(10, 14))
    for remote_id, moment in draw(st.lists(moments, max_size=5, unique=True)):
        gone = draw(st.sampled_from(["", "", "", "deleted"]))
        rows.append(
            observation(
                "crm.Person",
                remote_id,
                at=draw(st.sampled_from([20, 21])) if kind == "none" else 20,
                how=draw(st.sampled_from(["listing", "feed"])),
                version=None if kind == "none" else f"v{moment}",
                order=moment if kind == "ordered" else None,
                modified=moment,
                gone=gone,
                proven=bool(gone),
                **({} if gone else {"name": draw(NAMES), "email": draw(NAMES)}),
            )
        )
    return rows


def state(rows):
    return {
        r.id: (r.raw, r.gone, r.version, r.order, r.modified_us, r.asked_us, r.missing_us, r.excluded)
        for r in rows.values()
    }


@pytest.mark.parametrize("kind", ["ordered", "opaque", "none"])
@given(st.data())
def test_s7_a_page_shuffled_or_doubled_ends_the_same(kind, data):
    page = data.draw(pages(kind))
    shuffled = data.draw(st.permutations(page))
    mapping = system("crm", version=kind, lag_s=1.0)
    known: dict = {}
    take(observation(at=9, modified=9, order=9, version="v9", name="x"), rows=known, mapping=mapping)
    timing = Timing(us(data.draw(st.sampled_from([0, 15, 20]))), us(data.draw(st.sampled_from([0, 15, 20]))))
    ends = []
    for shown in (page, shuffled, page * 2, [*shuffled, *page]):
        rows = deepcopy(known)
        taken = take(*shown, rows=rows, mapping=mapping, timing=timing)
        keys = {(k.key, k.id) for k in taken.added}, {(k.key, k.id) for k in taken.removed}
        ends.append((state(rows), keys, {f.id for f in taken.fetches}))
    assert ends[0] == ends[1]
    assert ends[2] == ends[3]
    assert ends[0][:2] == ends[2][:2]
