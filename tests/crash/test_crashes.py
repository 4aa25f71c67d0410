"""SIGKILL at each named moment and at random ones, with people at work (C1, C2); `python -m tests.crash` does more."""

from pathlib import Path

import pytest

from accord.runtime.crash_points import POINTS
from tests.crash.killing import kill_often

KILLS = 20


@pytest.mark.slow
def test_c1_c2_killed_at_any_moment_nothing_is_lost_doubled_or_invented(tmp_path: Path) -> None:
    report = kill_often(KILLS, 0, tmp_path)
    assert report.kills.total() >= KILLS
    assert len(set(POINTS) & report.kills.keys()) >= len(POINTS) - 2
    assert report.recovered > 0
