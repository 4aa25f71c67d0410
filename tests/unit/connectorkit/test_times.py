"""Times as systems write them."""

import pytest
from hypothesis import given, strategies as st

from accord.connectorkit.times import time_reader, time_writer

TIMES = st.integers(0, 4_000_000_000_000_000)
STEPS = {"us": 1, "ms": 1_000, "s": 1_000_000}


@given(TIMES, st.sampled_from(["iso", "epoch_s", "epoch_ms"]), st.sampled_from(["ms", "s"]))
def test_what_was_written_is_read_to_the_resolution(us, form, resolution):
    step = STEPS[resolution]
    assert time_reader(form)(time_writer(form, "", resolution)(us)) == us // step * step


@given(TIMES)
def test_iso_keeps_microseconds(us):
    assert time_reader("iso")(time_writer("iso")(us)) == us


def test_a_time_without_zone_is_read_in_the_zone_named_and_else_is_none():
    assert time_reader("iso", "Europe/Oslo")("2024-07-01T12:00:00") == 1_719_828_000_000_000
    assert time_reader("iso")("2024-07-01T12:00:00") is None
    assert time_reader("iso", "Europe/Oslo")("2024-07-01T12:00:00Z") == 1_719_835_200_000_000


def test_a_zone_named_is_written_as_local_time():
    assert time_writer("iso", "Europe/Oslo", "s")(1_719_828_000_000_000) == "2024-07-01T12:00:00"


@pytest.mark.parametrize("raw", [None, True, "yesterday", "", [], "nan", "inf"])
@pytest.mark.parametrize("form", ["iso", "epoch_s", "epoch_ms"])
def test_what_is_no_time_is_none(raw, form):
    assert time_reader(form)(raw) is None


def test_counted_times_may_be_text():
    assert time_reader("epoch_s")("1.5") == 1_500_000
    assert time_reader("epoch_ms")("1500") == 1_500_000
