"""YAML holds any text that came from elsewhere."""

import pytest
import yaml

from accord.project.yaml_text import commented, quoted


def test_a_comment_holds_what_yaml_may_not() -> None:
    lines = commented("name\x1b[31m \x00 \x85 \ud800 \ufeff æ")
    assert lines == ["# name\\x1b[31m \\x00 \\ud800 \\ufeff æ"]
    assert yaml.safe_load("\n".join([*lines, "a: 1"])) == {"a": 1}


@pytest.mark.parametrize(
    "odd", [0, 7, 10, 0x7F, 0x80, 0x85, 0x9F, 0xA0, 0x2028, 0xD800, 0xFEFF, 0xFFFE, 0x1F600], ids=hex
)
def test_a_scalar_is_read_back_whatever_it_holds(odd: int) -> None:
    for text in (chr(odd), f"a {chr(odd)} b"):
        assert yaml.safe_load(f"key: {quoted(text)}\n") == {"key": text}
