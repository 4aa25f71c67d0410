"""Schema drift: a property that most records had, and have no more, or that came to be of another type (G2)."""

from collections.abc import Mapping as ReadOnly, Sequence
from typing import Final, Literal, NamedTuple

from accord.core.intake import read_raw
from accord.core.model import Mapping
from accord.core.observation import Observation
from accord.core.values import MISSING, Raw

__all__ = ["LEAST", "Shown", "compared", "drift_of", "kind_of"]

LEAST: Final = 20
"""Fewer records prove nothing."""


class Shown(NamedTuple):
    """How a property stands in records that have it or had it: in how many it is gone or null, in how many the type of
    its value is another one."""

    checked: int = 0
    gone: int = 0
    retyped: int = 0

    def plus(self, other: Sequence[int]) -> "Shown":
        """Both together."""
        return Shown(*(mine + theirs for mine, theirs in zip(self, other, strict=True)))


def kind_of(raw: Raw) -> str:
    """The type of a raw value as JSON tells it; "" for what says nothing (S3)."""
    if type(raw) is str:
        return "text" if raw else ""
    if raw is MISSING or raw is None or raw in ("", [], {}):
        return ""
    if isinstance(raw, dict) and all(not kind_of(part) for part in raw.values()):
        return ""
    for name, types in (("boolean", bool), ("text", str), ("list", list | tuple), ("object", dict)):
        if isinstance(raw, types):
            return name
    return "number"


def compared(
    observations: Sequence[Observation], before: ReadOnly[str, Sequence[Raw]], mapping: Mapping
) -> dict[int, Shown]:
    """How the properties of a page stand beside the raw values that the same records had, by column.

    Of a record that was never seen only what is required is told. A listing in part tells nothing of what it lacks.
    """
    found: dict[int, Shown] = {}
    for observation in observations:
        part = mapping.declaration.listing_partial and observation.how in ("listing", "feed")
        if observation.payload is None or part:
            continue
        known = before.get(observation.id)
        now = read_raw(mapping, observation.payload)
        for column, each in enumerate(mapping.properties):
            was = kind_of(known[column]) if known is not None else "?" if each.required else ""
            is_now = kind_of(now[column])
            if (was or is_now) and each.reads:
                retyped = known is not None and bool(was and is_now) and is_now != was
                shown = Shown(1, bool(was and not is_now), retyped)
                found[column] = found.get(column, Shown()).plus(shown)
    return found


def drift_of(shown: Shown) -> Literal["", "gone", "retyped"]:
    """What became of a property in most of enough records."""
    if shown.checked < LEAST:
        return ""
    if 2 * shown.gone > shown.checked:
        return "gone"
    return "retyped" if 2 * shown.retyped > shown.checked else ""
