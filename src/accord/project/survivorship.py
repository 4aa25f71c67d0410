"""Survivorship as the configuration names it: `latest`, `priority`, or a function of the competing values."""

from collections.abc import Callable, Sequence
from typing import Final

from accord.core.model import Survivorship
from accord.core.values import Value
from accord.core.wording import remedy

__all__ = ["FUNCTIONS", "survivorship"]


def _longest(values: Sequence[Value]) -> int:
    return max(range(len(values)), key=lambda index: len(str(values[index] or "")))


def _shortest(values: Sequence[Value]) -> int:
    return min(range(len(values)), key=lambda index: (values[index] is None, len(str(values[index]))))


def _any_true(values: Sequence[Value]) -> int:
    return next((index for index, value in enumerate(values) if value is True), 0)


def _all_true(values: Sequence[Value]) -> int:
    return next((index for index, value in enumerate(values) if value is False), 0)


FUNCTIONS: Final[dict[str, Callable[[Sequence[Value]], int]]] = {
    "longest": _longest,
    "shortest": _shortest,
    "any_true": _any_true,
    "all_true": _all_true,
}
"""Each picks the index of the winner among distinct values in canonical order, so the set alone decides (M2)."""


def survivorship(text: str) -> Survivorship:
    """The rule that `latest`, `priority`, `ask` or `function:NAME` names.

    Raises ValueError: there is no such function.
    """
    rule, _, name = text.partition(":")
    if rule == "latest":
        return Survivorship()
    if rule == "priority":
        return Survivorship(rule="priority")
    if rule == "ask":
        return Survivorship(rule="ask")
    if name not in FUNCTIONS:
        raise ValueError(f"there is no survivorship function `{name}`. {remedy(name, FUNCTIONS)}")
    return Survivorship(rule="function", function=FUNCTIONS[name])
