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

_KINDS: Final = {bool: "boolean", str: "text", list: "list", tuple: "list", dict: "object"}


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
    if raw is MISSING or raw is None or raw in ([], ()):
        return ""
    if isinstance(raw, dict) and not any(map(kind_of, raw.values())):
        return ""
    return _KINDS.get(type(raw), "number")


def compared(
    observations: Sequence[Observation], before: ReadOnly[str, Sequence[Raw]], mapping: Mapping
) -> dict[int, Shown]:
    """How the properties of a page stand beside the raw values that the same records had, by column.

    Of a record that was never seen only what is required is told. A listing in part tells nothing of what it lacks.
    """
    counts = {column: [0, 0, 0] for column, row in enumerate(mapping.properties) if row.reads}
    required = [column for column in counts if mapping.properties[column].required]
    for observation in observations:
        part = mapping.declaration.listing_partial and observation.how in ("listing", "feed")
        if observation.payload is None or part:
            continue
        known = before.get(observation.id)
        now = read_raw(mapping, observation.payload)
        for column, count in counts.items():
            raw = now[column]
            is_now = kind_of(raw)
            if known is None:
                was = is_now or ("?" if column in required else "")
            else:
                was = is_now if known[column] is raw else kind_of(known[column])
            if was or is_now:
                count[0] += 1
                count[1] += not is_now
                count[2] += is_now != was and bool(was and is_now)
    return {column: Shown(*count) for column, count in counts.items() if count[0]}


def drift_of(shown: Shown) -> Literal["", "gone", "retyped"]:
    """What became of a property in most of enough records."""
    if shown.checked < LEAST:
        return ""
    if 2 * shown.gone > shown.checked:
        return "gone"
    return "retyped" if 2 * shown.retyped > shown.checked else ""
