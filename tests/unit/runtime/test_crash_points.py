"""Moments at which a process may be told to die: named, all of them reachable, and off unless told (C1)."""

import re
from pathlib import Path

import pytest

from accord.core.errors import ConfigError
from accord.runtime.crash_points import POINTS, VARIABLE, crash_at, nowhere

ROOT = Path(__file__).resolve().parents[3]
PAGE = ROOT / "docs/reference/crash-points.md"


def test_nothing_is_counted_unless_the_environment_says_so() -> None:
    assert crash_at({}) is nowhere
    assert crash_at({VARIABLE: ""}) is nowhere


@pytest.mark.parametrize("text", ["sents", "sent:x", "sent:-1", ":2"])
def test_a_moment_that_does_not_exist_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match=r"ACCORD_CRASH_AT.*Write POINT:N with one of before-commit"):
        crash_at({VARIABLE: text})


def test_other_moments_and_earlier_ones_pass() -> None:
    at = crash_at({VARIABLE: "sent:2"})
    for moment in ("sent", "frozen", "confirmed"):
        at(moment)


def test_every_moment_is_reached_somewhere() -> None:
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "src/accord/runtime").rglob("*.py")]
    named = {name for text in texts for name in re.findall(r'hub\.at\("([a-z-]+)"\)', text)}
    assert named | {"before-commit", "after-commit"} == set(POINTS)


def test_the_page_of_the_reference_lists_them() -> None:
    rows = dict(re.findall(r"^\| `([a-z-]+)` \| (.+) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE))
    assert rows == POINTS
