"""Comments hold any text that came from elsewhere."""

import yaml

from accord.project.yaml_text import commented


def test_a_comment_holds_what_yaml_may_not() -> None:
    lines = commented("name\x1b[31m \x00 \x85 \ud800 \ufeff æ")
    assert lines == ["# name\\x1b[31m \\x00 \\ud800 \\ufeff æ"]
    assert yaml.safe_load("\n".join([*lines, "a: 1"])) == {"a": 1}
