"""Dates, times and instants in the forms and zones of systems."""

from typing import Any

import pytest

from accord.core.lens import build_lens
from accord.core.model import NoReferences
from accord.core.values import MISSING

NOTHING = NoReferences()
OSLO = {"name": "datetime", "zone": "Europe/Oslo"}


def get(spec: object, type_name: str, raw: Any) -> Any:
    return build_lens(spec, type_name).get(raw, NOTHING)


def put(spec: object, type_name: str, value: Any, old: Any = MISSING) -> Any:
    return build_lens(spec, type_name).put(value, old, NOTHING)


class TestZones:
    """Local times, gaps and folds."""

    def test_a_time_without_zone_is_a_fault_that_says_what_to_do(self) -> None:
        with pytest.raises(ValueError, match="name the zone in the lens, such as zone: Europe/Oslo"):
            get("datetime", "datetime", "2024-07-01T12:00:00")

    @pytest.mark.parametrize(
        ("raw", "instant"),
        [
            ("2024-01-15T12:00:00", "2024-01-15T11:00:00Z"),
            ("2024-07-15 12:00", "2024-07-15T10:00:00Z"),
            ("2024-07-15", "2024-07-14T22:00:00Z"),
            ("2024-07-15T12:00:00Z", "2024-07-15T12:00:00Z"),
            ("2024-07-15T12:00:00-0500", "2024-07-15T17:00:00Z"),
        ],
    )
    def test_a_named_zone_reads_local_times(self, raw: str, instant: str) -> None:
        assert get(OSLO, "datetime", raw) == instant

    def test_a_local_time_in_a_gap_is_read_as_if_the_clock_had_not_moved(self) -> None:
        gap = "2024-03-31T02:30:00"
        assert get(OSLO, "datetime", gap) == "2024-03-31T01:30:00Z"
        assert get(OSLO, "datetime", "2024-03-31T03:30:00") == "2024-03-31T01:30:00Z"
        assert put(OSLO, "datetime", "2024-03-31T01:30:00Z", gap) == gap
        assert put(OSLO, "datetime", "2024-03-31T01:30:00Z") == "2024-03-31T03:30:00"

    def test_a_local_time_that_comes_twice_is_the_first(self) -> None:
        fold = "2024-10-27T02:30:00"
        assert get(OSLO, "datetime", fold) == "2024-10-27T00:30:00Z"
        assert put(OSLO, "datetime", "2024-10-27T00:30:00Z") == fold

    def test_the_second_is_refused_or_declared_lossy(self) -> None:
        second = "2024-10-27T01:30:00Z"
        with pytest.raises(ValueError, match="say lossy: true"):
            put(OSLO, "datetime", second)
        assert put({**OSLO, "lossy": True}, "datetime", second) == "2024-10-27T02:30:00"
        assert put(OSLO, "datetime", second, "2024-10-27T00:00:00+02:00") == "2024-10-27T02:30:00+01:00"
        assert build_lens({**OSLO, "lossy": True}, "datetime").is_lossy
        assert not build_lens(OSLO, "datetime").is_lossy

    def test_years_outside_of_the_calendar_are_refused(self) -> None:
        with pytest.raises(ValueError, match="years 1 to 9999"):
            get("datetime", "datetime", "0001-01-01T00:00:00+01:00")
        with pytest.raises(ValueError, match="years 1 and 9999"):
            put(OSLO, "datetime", "9999-12-31T23:30:00Z")


@pytest.mark.parametrize(
    ("spec", "type_name", "value", "old", "raw"),
    [
        ("datetime", "datetime", "2024-07-01T10:00:00Z", MISSING, "2024-07-01T10:00:00Z"),
        ("datetime", "datetime(ms)", "2024-07-01T10:00:00.120Z", MISSING, "2024-07-01T10:00:00.12Z"),
        (
            "datetime",
            "datetime(ms)",
            "2024-07-01T10:00:00.120Z",
            "2024-06-01T10:00:00Z",
            "2024-07-01T10:00:00.12Z",
        ),
        (
            "datetime",
            "datetime(ms)",
            "2024-07-01T10:00:00.000Z",
            "2024-06-01T10:00:00.123Z",
            "2024-07-01T10:00:00.000Z",
        ),
        (
            "datetime",
            "datetime",
            "2024-07-01T10:00:00Z",
            "2024-06-01 10:00:00+02:00",
            "2024-07-01 12:00:00+02:00",
        ),
        (
            "datetime",
            "datetime",
            "2024-07-01T10:00:00Z",
            "2024-06-01T10:00:00-0530",
            "2024-07-01T04:30:00-0530",
        ),
        (
            "datetime",
            "datetime",
            "2024-07-01T10:00:00Z",
            "2024-06-01T10:00:00+00:00",
            "2024-07-01T10:00:00+00:00",
        ),
        ("datetime", "datetime", "2024-07-01T10:00:00Z", "2024-06-01T10:00Z", "2024-07-01T10:00Z"),
        ("datetime", "datetime", "2024-07-01T10:00:07Z", "2024-06-01T10:00Z", "2024-07-01T10:00:07Z"),
        ("datetime", "datetime", "2024-07-01T10:00:00Z", "nonsense", "2024-07-01T10:00:00Z"),
        (OSLO, "datetime", "2024-07-01T10:00:00Z", "2024-01-01T10:00:00", "2024-07-01T12:00:00"),
        (OSLO, "datetime", "2024-07-01T10:00:00Z", "2024-01-01T10:00:00+01:00", "2024-07-01T12:00:00+02:00"),
        (OSLO, "datetime", "2024-07-01T10:00:00Z", "2024-01-01T10:00:00Z", "2024-07-01T10:00:00Z"),
        (OSLO, "datetime", "2024-06-30T22:00:00Z", "2024-01-01", "2024-07-01"),
        (OSLO, "datetime", "2024-06-30T22:30:00Z", "2024-01-01", "2024-07-01T00:30"),
        (OSLO, "datetime", "2024-07-01T10:00:00Z", MISSING, "2024-07-01T12:00:00"),
    ],
)
def test_put_keeps_the_form_of_a_time(spec: object, type_name: str, value: str, old: Any, raw: str) -> None:
    assert put(spec, type_name, value, old) == raw
    assert get(spec, type_name, raw) == value


@pytest.mark.parametrize(
    ("spec", "type_name", "raw", "value"),
    [
        ({"name": "date", "format": "%d.%m.%Y"}, "date", "31.01.2024", "2024-01-31"),
        ({"name": "date", "format": "%-d/%-m %Y"}, "date", "1/12 2024", "2024-12-01"),
        ({"name": "date", "format": "%Y%m%d"}, "date", "20240229", "2024-02-29"),
        ({"name": "date", "format": "%d.%m.%Y %H:%M"}, "date", "31.01.2024 23:59", "2024-01-31"),
        ({"name": "date", "format": "epoch_ms"}, "date", 1706659200000, "2024-01-31"),
        ({"name": "date", "format": "epoch_s"}, "date", "-86400", "1969-12-31"),
        ({"name": "time", "format": "%H%M"}, "time", "0930", "09:30:00"),
        ({"name": "time", "format": "%H:%M:%S.%f"}, "time", "09:30:15.5", "09:30:15"),
        ({**OSLO, "format": "%d.%m.%Y %H:%M:%S"}, "datetime", "01.07.2024 12:00:00", "2024-07-01T10:00:00Z"),
        (
            {"name": "datetime", "format": "%Y-%m-%d %H:%M%z"},
            "datetime",
            "2024-07-01 12:00+02:00",
            "2024-07-01T10:00:00Z",
        ),
        (
            {"name": "datetime", "format": "%Y/%m/%d %H:%M:%S.%f%z"},
            "datetime(us)",
            "2024/07/01 12:00:00.5Z",
            "2024-07-01T12:00:00.500000Z",
        ),
        (
            {"name": "datetime", "format": "epoch_ms"},
            "datetime(ms)",
            1706695200123,
            "2024-01-31T10:00:00.123Z",
        ),
        ({"name": "datetime", "format": "epoch_s"}, "datetime", "1706695200", "2024-01-31T10:00:00Z"),
        ({"name": "datetime", "format": "epoch_s"}, "datetime(ms)", 1706695200.5, "2024-01-31T10:00:00.500Z"),
        ({"name": "datetime", "format": "%Y%%%m%d"}, "date", "2024%0131", None),
    ],
)
def test_patterns_and_counts(spec: dict[str, str], type_name: str, raw: Any, value: str | None) -> None:
    if value is None:
        with pytest.raises(ValueError, match="has no offset: name the zone"):
            build_lens(spec, type_name)
        return
    assert get(spec, type_name, raw) == value
    assert put(spec, type_name, value, raw) == raw
    written = put(spec, type_name, value, MISSING) if not isinstance(raw, float) else raw
    assert get(spec, type_name, written) == value


@pytest.mark.parametrize(
    ("spec", "value", "old", "raw"),
    [
        ({"format": "%d.%m.%Y %H:%M"}, "2024-02-01", "31.01.2024 23:59", "01.02.2024 23:59"),
        ({"format": "%d.%m.%Y"}, "2024-02-01", MISSING, "01.02.2024"),
        ({"format": "%-d.%-m.%Y %%"}, "2024-02-01", "broken", "1.2.2024 %"),
        ({"format": "epoch_ms"}, "2024-02-01", 1706695200123, 1706781600123),
        ({"format": "epoch_ms"}, "2024-02-01", "1706695200123", "1706781600123"),
        ({"format": "epoch_s"}, "2024-02-01", MISSING, 1706745600),
        ({"format": "%Y-%m-%d"}, "0033-04-03", MISSING, "0033-04-03"),
        ({"format": "%d.%m.%Y %H:%M%z"}, "2024-02-01", "31.01.2024 23:59+02:00", "01.02.2024 23:59+0200"),
    ],
)
def test_a_date_in_a_datetime_keeps_the_time_of_day_and_no_zone_shifts_it(
    spec: dict[str, str], value: str, old: Any, raw: Any
) -> None:
    assert put({"name": "date", **spec}, "date", value, old) == raw


@pytest.mark.parametrize("raw", ["2024-01-31T00:30:00+14:00", "2024-01-31T23:30:00-12:00", "2024-01-31"])
def test_no_zone_shifts_a_date(raw: str) -> None:
    assert get("date", "date", raw) == "2024-01-31"


@pytest.mark.parametrize(
    ("spec", "type_name", "raw"),
    [
        ({"name": "date", "format": "%d.%m.%Y"}, "date", "31.02.2024"),
        ({"name": "date", "format": "%d.%m.%Y"}, "date", "2024-01-31"),
        ({"name": "date", "format": "%d.%m.%Y"}, "date", 31012024),
        ({"name": "date", "format": "epoch_ms"}, "date", "yesterday"),
        ({"name": "date", "format": "epoch_s"}, "date", 10**15),
        ({"name": "date", "format": "epoch_s"}, "date", float("nan")),
        ({"name": "datetime", "format": "epoch_ms"}, "datetime", 10**18),
        ({"name": "datetime", "format": "epoch_ms"}, "datetime", True),
        ({"name": "time", "format": "%H:%M"}, "time", "24:00"),
    ],
)
def test_other_forms_are_refused(spec: object, type_name: str, raw: Any) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - words differ
        get(spec, type_name, raw)


@pytest.mark.parametrize(
    ("spec", "value"),
    [
        ({"name": "datetime", "format": "epoch_s"}, "2024-01-31T10:00:00.500Z"),
        ({**OSLO, "format": "%d.%m.%Y %H:%M"}, "2024-01-31T10:00:30.000Z"),
    ],
)
def test_what_is_finer_than_the_form_is_refused_or_declared_lossy(spec: dict[str, Any], value: str) -> None:
    with pytest.raises(ValueError, match="form or zone can not tell"):
        put(spec, "datetime(ms)", value)
    assert put({**spec, "lossy": True}, "datetime(ms)", value) in (1706695200, "31.01.2024 11:00")


@pytest.mark.parametrize(
    "spec",
    [
        {"name": "datetime", "zone": "Europe/Osl"},
        {"name": "datetime", "zone": "../etc"},
        {"name": "datetime", "format": "%H:%M"},
        {"name": "datetime", "format": "%d.%m.%Y"},
        {"name": "date", "format": "%d.%m"},
        {"name": "date", "format": "%d.%m.%Y %d"},
        {"name": "date", "format": "%d %B %Y"},
        {"name": "date", "format": "%d.%m.%Y", "tail": "T00:00:00"},
        {"name": "date", "tail": "noon"},
        {"name": "time", "format": "%M"},
    ],
)
def test_forms_that_can_not_work_are_faults(spec: object) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - words differ
        build_lens(spec)


def test_offsets_of_seconds_are_told_in_utc() -> None:
    assert put(OSLO, "datetime", "1890-01-01T00:00:00Z", "2024-01-01T10:00:00+01:00") in (
        "1890-01-01T00:00:00Z",
        "1890-01-01T00:43:00+00:43",
    )
    paris = {"name": "datetime", "zone": "Europe/Paris"}
    raw = put(paris, "datetime", "1890-01-01T00:00:00Z", "2024-01-01T10:00:00+01:00")
    assert get(paris, "datetime", raw) == "1890-01-01T00:00:00Z"
