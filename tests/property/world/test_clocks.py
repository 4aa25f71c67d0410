"""Clocks that are off, and measured anew with every answer (S10, M3)."""

from typing import Any

from hypothesis import given, strategies as st

from accord.connectorkit.manifest import EntityType
from accord.connectorkit.observe import Observer
from accord.core.intake import Timing, absorb
from accord.core.observation import Observation
from tests.property.world.records import mapping

IT = EntityType.model_validate(
    {
        "path": "/people",
        "properties": {"name": {}},
        "update": "patch",
        "version": {"property": "rev", "order": "opaque"},
        "modified": "changed",
        "created": "made",
    }
)
SECOND = 1_000_000
offsets = st.integers(-100 * SECOND, 100 * SECOND)


def shown(asked_s: int, offset_us: int, **payload: Any) -> Observation:
    body = {
        "id": "1",
        "rev": "1",
        "changed": "2026-01-01T08:00:00Z",
        "made": "2026-01-01T08:00:00Z",
        **payload,
    }
    return Observer(IT).observe("crm.Person", body, "listing", asked_s * SECOND, offset_us=offset_us)


@given(offsets=st.lists(offsets, min_size=2, max_size=5))
def test_s10_a_clock_that_is_measured_anew_makes_no_new_record(offsets: list[int]) -> None:
    seen = None
    for asked_s, offset_us in enumerate(offsets, 1):
        seen, verdict = absorb(
            seen, shown(asked_s, offset_us), mapping("crm"), Timing(), asked_s * SECOND, None
        )
        assert seen.gone == ""
        assert verdict == ("new" if asked_s == 1 else "same")


@given(first=offsets, then=offsets)
def test_s10_another_creation_time_is_another_record_whatever_the_clock(first: int, then: int) -> None:
    seen, _ = absorb(None, shown(0, first), mapping("crm"), Timing(), 0, None)
    other = shown(60, then, made="2026-01-01T09:00:00Z", rev="2")
    seen, _ = absorb(seen, other, mapping("crm"), Timing(), 60 * SECOND, None)
    assert seen.gone == "replaced"
