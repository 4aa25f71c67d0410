"""Every figure has its line in the reference, and the other way round."""

import re
from pathlib import Path

from accord.serving.metrics import Metrics

PAGE = (Path(__file__).parents[3] / "docs" / "reference" / "service.md").read_text("utf-8")


def test_every_figure_is_told_and_no_other() -> None:
    kinds = dict(re.findall(r"^# TYPE (\w+) (\w+)$", Metrics().text().decode(), re.MULTILINE))
    told = re.findall(r"^\| `(accord_\w+)` \|", PAGE, re.MULTILINE)
    assert sorted(kinds) == sorted(told)
