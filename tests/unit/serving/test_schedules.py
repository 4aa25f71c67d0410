"""When entity types are read."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from accord.core.errors import ConfigError
from accord.project import Project, project_from_text
from accord.serving.schedules import Timer, timers_of

TEXT = """
version: 1
name: shop
SCHEDULE
systems:
  crm: {connector: crmoffice CRM}
  erp: {connector: customerp ERP}
pairs:
  - {from: crm.Contacts, to: erp.Contact, match: [[[email, email]]], rows: [[email, email]]}
"""


def project(schedule: str = "", crm: str = "", erp: str = "") -> Project:
    text = TEXT.replace("SCHEDULE", schedule).replace(" CRM", crm).replace(" ERP", erp)
    return project_from_text(text, Path())


def us(text: str) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1e6)


def timer_of(timers: list[Timer], key: str) -> Timer:
    return next(timer for timer in timers if key in timer.mappings)


def due_in_s(timer: Timer, now: str) -> float:
    timer.go_on(us(now))
    return (timer.due_us - us(now)) / 1e6


def test_what_nobody_says_is_a_minute_and_one_run_for_all() -> None:
    (timer,) = timers_of(project(), lambda: 0.0)
    assert timer.mappings == {"crm.Contacts", "erp.Contact"}
    assert due_in_s(timer, "2026-05-04T10:00:00") == 60


def test_an_entity_type_goes_by_its_own_schedule_else_its_systems_else_the_projects() -> None:
    made = project("schedule: 30s", ", types: {Contacts: {schedule: 5s}}, schedule: 1h", ", schedule: 2m")
    timers = timers_of(made, lambda: 0.0)
    assert due_in_s(timer_of(timers, "crm.Contacts"), "2026-05-04T10:00:00") == 5
    assert due_in_s(timer_of(timers, "erp.Contact"), "2026-05-04T10:00:00") == 120


def test_every_stands_in_the_place_of_the_projects_schedule_alone() -> None:
    timers = timers_of(project("schedule: 30s", "", ", schedule: 2m"), lambda: 0.0, 7.0)
    assert due_in_s(timer_of(timers, "crm.Contacts"), "2026-05-04T10:00:00") == 7
    assert due_in_s(timer_of(timers, "erp.Contact"), "2026-05-04T10:00:00") == 120


@pytest.mark.parametrize(
    ("written", "now", "then"),
    [
        ('"*/10 6-20 * * 1-5"', "2026-05-04T10:01:00", "2026-05-04T10:10:00"),
        ('"*/10 6-20 * * 1-5"', "2026-05-08T20:50:00", "2026-05-11T06:00:00"),
        ('{cron: "30 2 * * *", zone: Europe/Oslo}', "2026-05-04T10:00:00", "2026-05-05T00:30:00"),
        ('{cron: "30 2 * * *", zone: Europe/Oslo}', "2026-10-24T10:00:00", "2026-10-25T00:30:00"),
    ],
)
def test_moments_of_a_cron_expression(written: str, now: str, then: str) -> None:
    (timer,) = timers_of(project(f"schedule: {written}"), lambda: 0.0)
    timer.go_on(us(now))
    assert timer.due_us == us(then)


def test_chance_makes_it_later_by_a_tenth_or_what_is_said() -> None:
    (timer,) = timers_of(project("schedule: 30s"), lambda: 1.0)
    assert due_in_s(timer, "2026-05-04T10:00:00") == 33
    (timer,) = timers_of(project("schedule: {every: 30s, jitter: 1s}"), lambda: 0.5)
    assert due_in_s(timer, "2026-05-04T10:00:00") == 30.5
    (timer,) = timers_of(project('schedule: "0 3 * * *"'), lambda: 1.0)
    assert due_in_s(timer, "2026-05-04T03:00:00") == 86_460


def test_a_service_that_begins_reads_at_once_but_waits_for_the_moment_of_a_cron_expression() -> None:
    now = us("2026-05-04T10:00:00")
    (timer,) = timers_of(project("schedule: 1h"), lambda: 0.0)
    timer.begin(now - 1, now)
    assert timer.due_us == now
    (timer,) = timers_of(project('schedule: "0 3 * * *"'), lambda: 0.0)
    timer.begin(us("2026-05-04T03:00:01"), now)
    assert timer.due_us == us("2026-05-05T03:00:00")
    for missed in (us("2026-05-04T02:59:00"), None):
        timer.begin(missed, now)
        assert timer.due_us == now


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("often", "is no length of time. Write 90s, 5m, 2h or 1d."),
        ("5 minutes", "is neither a length of time nor a cron expression"),
        ('"0 0 31 2 *"', "is neither a length of time nor a cron expression"),
        ("0s", "Write a length of time of at least 0.1s."),
        ("{jitter: 5s}", "has to have one of `every` and `cron`"),
        ('{cron: "0 3 * * *", zone: Oslo}', "is no time zone"),
    ],
)
def test_a_schedule_that_means_nothing_is_told_with_what_would_be_right(written: str, told: str) -> None:
    with pytest.raises(ConfigError) as caught:
        project(f"schedule: {written}")
    assert told in str(caught.value)


def test_a_schedule_of_an_entity_type_that_is_not_there_is_a_fault() -> None:
    with pytest.raises(ConfigError, match=r"has no entity type `Contact`\. Did you mean `Contacts`"):
        project("", ", types: {Contact: {schedule: 5s}}")
