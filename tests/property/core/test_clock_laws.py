"""A system's clock is better known each day, or the hub's own is set: nothing looks changed for that (M3, S3)."""

from itertools import product

from hypothesis import given, strategies as st

from accord.core.intake import Timing, absorb
from accord.core.observation import Observation
from accord.core.state import Seen
from accord.core.work import SECOND_US
from tests.unit.core.building import Story, system, us

OFFSET = st.integers(-(10**10), 10**10)


def shown(offset_us: int, how: str) -> Observation:
    """A record whose system says that it was changed at 50 on its own clock."""
    return Observation(
        mapping="crm.Person",
        id="1",
        how=how,  # type: ignore[arg-type]
        asked_us=us(100),
        payload={"email": "a@x.io", "name": "Ada", "phone": None},
        version="1",
        modified_us=us(50) - offset_us,
        offset_us=offset_us,
    )


def taken(seen: Seen | None, observation: Observation, **declared: object) -> tuple[Seen, str]:
    row, verdict = absorb(seen, observation, system("crm", **declared), Timing(), us(100))
    assert row is not None
    return row, verdict


@given(OFFSET, OFFSET)
def test_s3_c4_a_partial_listing_asks_for_nothing_because_a_clock_is_better_known(
    first: int, second: int
) -> None:
    row, _ = taken(None, shown(first, "fetch"), listing_partial=True)
    _, verdict = taken(row, shown(second, "listing"), listing_partial=True)
    assert verdict != "hint"


@given(OFFSET, OFFSET)
def test_m3_our_write_s_stamp_is_known_again_on_a_clock_that_is_better_known(first: int, second: int) -> None:
    """What is found under the version and the stamp that our write made is no younger than that write."""
    it = Story(system("crm"), system("erp")).in_sync(name="Ada", phone="1")
    it.sees("erp", at=20, name="Bo", phone="1")
    it.sends("crm", at=30)
    stamped = {"version": "w", "name": "Bo"}
    it.answers("crm", at=31, phone="1", modified=30 - first / SECOND_US, offset_us=first, **stamped)
    it.sees(
        "crm", at=60, how="fetch", phone="2", modified=30 - second / SECOND_US, offset_us=second, **stamped
    )
    assert it.value("phone") == "2"
    assert it.golden.stamp[2].time_us <= us(30)


def test_m3_edits_within_the_errors_of_both_clocks_are_tied_and_priority_picks_one() -> None:
    for of_crm, of_erp, later in product((0, 0.5, 3), (0, 0.5, 3), (0, 0.4, 0.5, 0.6, 3, 3.4, 3.6, 6, 6.2)):
        it = Story(
            system("crm", priority=2, clock_error_s=of_crm), system("erp", priority=1, clock_error_s=of_erp)
        ).in_sync(name="Ada")
        it.takes_both(("crm", 50, "Bo"), ("erp", 50 + later, "Cy"))
        assert it.value("name") == ("Bo" if later <= of_crm + of_erp else "Cy")
