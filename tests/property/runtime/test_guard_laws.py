"""Laws of guards: what they look at (C4, G1)."""

from collections import Counter

from hypothesis import given, strategies as st

from accord.runtime.guards import GuardLimits, Tally, alarm_key

counts = st.integers(0, 60)
shares = st.sampled_from([0.0, 0.05, 0.1, 0.3, 1.0])
limits = st.builds(
    GuardLimits, share=shares, least=st.integers(0, 8), most=st.integers(0, 30),
    changed_share=shares, changed_least=st.integers(0, 25),
)  # fmt: skip


@st.composite
def tallies(draw: st.DrawFn) -> Tally:
    tally = Tally()
    tally.deletes["m"] = draw(counts)
    tally.blanks["m", "p"] = draw(counts)
    tally.changes["m", "p"] = draw(counts)
    tally.past = Counter({alarm_key("m", what, ""): draw(counts) for what in ("delete", "blank", "change")})
    tally.past |= Counter({alarm_key("m", what, "p"): draw(counts) for what in ("blank", "change")})
    return tally


@given(tallies(), limits, st.integers(0, 2000))
def test_c4_guards_count_no_further_than_matters(tally: Tally, given_: GuardLimits, linked: int) -> None:
    """Whatever is due, they ask the same person about the same things as if all linked records were counted."""
    tally.linked = {"m": min(linked, tally.enough(given_))}
    asked = [alarm.key for alarm in tally.alarms(given_, set())]
    tally.linked = {"m": linked}
    assert asked == [alarm.key for alarm in tally.alarms(given_, set())]
