"""Declared normalisations."""

import pickle
from typing import Any

import pytest

from accord.core.lens import normalisation
from accord.core.values import MISSING


@pytest.mark.parametrize(
    ("spec", "value", "normal"),
    [
        ("trim", " a b ", "a b"),
        ("collapse", " a  b ", "a b"),
        ("lower", "\u00c5B", "\u00e5b"),
        ("upper", "ab", "AB"),
        ("title", "anne berg", "Anne Berg"),
        ("max_length(3)", "abcdef", "abc"),
        ("max_length(0)", "abc", None),
        ("trim", "  ", None),
        ("collapse | max_length(4)|trim", " ab  cd", "ab c"),
        (["max_length(3)", "trim"], "ab cd", "ab"),
        ("scale(2)", "1.2350", "1.2400"),
        ("scale(0)", "-0.4", "0.0"),
        ("scale(4)", "1.25", "1.25"),
        ("scale(1)", 1.25, 1.3),
        ("scale(1)", 7, 7),
        ("resolution(s)", "2024-01-31T10:00:00.123Z", "2024-01-31T10:00:00.000Z"),
        ("resolution(ms)", "2024-01-31T10:00:00.123456Z", "2024-01-31T10:00:00.123000Z"),
        ("resolution(s)", "2024-01-31T10:00:00Z", "2024-01-31T10:00:00Z"),
        ("lower", ["B", "A"], ["b", "a"]),
        ("lower", 5, 5),
        ("trim", None, None),
        ("trim", MISSING, MISSING),
    ],
)
def test_s5_what_a_system_makes_of_a_value(spec: Any, value: Any, normal: Any) -> None:
    found = normalisation(spec)
    assert found(value) == normal
    assert pickle.loads(pickle.dumps(found))(value) == normal


def test_its_fingerprint_is_its_text() -> None:
    assert normalisation("trim|max_length(3)").fingerprint == "trim | max_length(3)"


@pytest.mark.parametrize(
    "spec", ["shout", "", "trim |", "max_length", "max_length(x)", "scale(", "resolution(us)"]
)
def test_what_is_not_known_is_a_fault(spec: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - words differ
        normalisation(spec)


def test_the_fault_lists_what_is_known() -> None:
    with pytest.raises(
        ValueError, match=r"no normalisation 'shout'; known: trim, collapse, lower, upper, title"
    ):
        normalisation("shout")
