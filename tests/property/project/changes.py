"""Configurations that were changed somewhere."""

from copy import deepcopy
from typing import Any

from hypothesis import strategies as st

__all__ = ["ODD", "changed", "places"]

ODD = st.one_of(
    st.sampled_from([None, "", "x", "always", "latest", 0, 1, 7, -1, 2.5, True, False]),
    st.sampled_from([[], ["x"], ["x", "y"], [["x", "y"]], {}, {"x": 1}, {"x": "y", "z": {}}]),
    st.sampled_from([{"path": "x"}, {"paths": ["x", "y"]}, {"name": "trim"}, {"not": "x"}]),
)


def places(data: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Ways to all parts of the data."""
    inside = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [at, *(place for key, part in inside for place in places(part, (*at, key)))]


def changed(place: tuple[Any, ...], how: str, odd: Any, base: Any) -> Any:
    """The data with another thing at a place, nothing there, or one thing more beside it."""
    data = deepcopy(base)
    outer = data
    for step in place[:-1]:
        outer = outer[step]
    if how == "replace":
        outer[place[-1]] = odd
    elif how == "remove":
        del outer[place[-1]]
    elif isinstance(outer, dict):
        outer["more"] = odd
    else:
        outer.append(odd)
    return data
