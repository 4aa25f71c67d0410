"""What `check` says of systems whose restore from a backup nobody would notice (S11)."""

import pytest

from accord.project import check_project
from tests.unit.runtime.office import PROJECT, Office


def notes(text: str = PROJECT, **erp: object) -> list[str]:
    """What is noted of systems that were restored."""
    found = check_project(Office(text, **erp).project)
    return [note.what for note in found if "restored from a backup" in note.what]


def test_s11_a_system_with_versions_in_order_that_is_audited_needs_no_note() -> None:
    assert notes() == []


@pytest.mark.parametrize(
    "version", [None, {"property": "rev", "etag": True, "order": "opaque", "exact": True}]
)
def test_s11_a_system_without_versions_in_order_is_named(version: object) -> None:
    assert notes(version=version, conditional=None) == [
        "That erp was restored from a backup is not noticed: it has no versions in order"
    ]


def test_s11_a_feed_that_nobody_audits_is_named() -> None:
    text = PROJECT.replace("systems:", "guards: {audit_per_day: 0}\nsystems:")
    assert [note.partition(" may not")[0] for note in notes(text, changes=None, tombstones=None)] == [
        "That crm was restored from a backup"
    ]
