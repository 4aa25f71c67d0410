"""Faults that a hand seeds into the settings of a project."""

from collections.abc import Callable
from typing import Any

from tests.unit.qa.faults.worlds import label

__all__ = ["Fault", "add", "alter", "both", "drop", "move", "put", "swap", "system", "take"]

Fault = Callable[[dict[str, Any]], None]


def _row(data: dict[str, Any], pair: int, name: str) -> dict[str, Any]:
    return next(row for row in data["pairs"][pair]["rows"] if label(row) == name)


def swap(pair: int, one: str, other: str, side: str = "to") -> Fault:
    """Two rows with their places changed."""

    def fault(data: dict[str, Any]) -> None:
        first, second = _row(data, pair, one), _row(data, pair, other)
        first[side], second[side] = second[side], first[side]

    return fault


def drop(pair: int, name: str) -> Fault:
    """A row that is not there."""
    return lambda data: data["pairs"][pair]["rows"].remove(_row(data, pair, name))


def move(pair: int, name: str, side: str, path: str) -> Fault:
    """A row with another place at one side."""
    return lambda data: _row(data, pair, name)[side].update(path=path)


def put(pair: int, name: str, **settings: Any) -> Fault:
    """A row with other settings."""
    return lambda data: _row(data, pair, name).update(settings)


def alter(pair: int, name: str, side: str, **settings: Any) -> Fault:
    """One side of a row with other settings."""
    return lambda data: _row(data, pair, name)[side].update(settings)


def add(pair: int, row: dict[str, Any]) -> Fault:
    """One row too many."""
    return lambda data: data["pairs"][pair]["rows"].append(row)


def take(pair: int, *keys: Any) -> Fault:
    """Something that is not there: `take(0, "match", 1)`."""

    def fault(data: dict[str, Any]) -> None:
        inside: Any = data["pairs"][pair]
        for key in keys[:-1]:
            inside = inside[key]
        del inside[keys[-1]]

    return fault


def system(name: str, **settings: Any) -> Fault:
    """A system with other settings."""
    return lambda data: data["systems"][name].update(settings)


def of_pair(pair: int, **settings: Any) -> Fault:
    """A pair with other settings."""
    return lambda data: data["pairs"][pair].update(settings)


def of_end(pair: int, end: str, **settings: Any) -> Fault:
    """An end of a pair with other settings."""

    def fault(data: dict[str, Any]) -> None:
        there = data["pairs"][pair][end]
        data["pairs"][pair][end] = {**(there if isinstance(there, dict) else {"type": there}), **settings}

    return fault


def both(*faults: Fault) -> Fault:
    """Several at once."""

    def fault(data: dict[str, Any]) -> None:
        for each in faults:
            each(data)

    return fault
