"""Values that chase each other: which property of which record is frozen, and how it goes on (G5)."""

from typing import Any

from msgspec import Struct

from accord.core.model import Model
from accord.core.oscillation import chased, chasing
from accord.core.settle import Settled
from accord.core.state import record_key
from accord.core.values import MISSING

__all__ = ["Chase", "chases_of"]


class Chase(Struct, kw_only=True):
    """A property of a record that is not written for now: what is written there was undone again and again.

    `values` are those that chase each other, as the system spells them: what was written, then what stands there
    instead. It thaws by itself at `until_us`, with a new value, or when a person says so: `accord resume` and `name`.
    """

    name: str
    record: str
    property: str
    golden: str
    values: list[Any]
    until_us: int


def chases_of(settled: Settled, model: Model, now_us: int) -> list[Chase]:
    """What a golden record's settling holds as frozen, by record and property."""
    frozen = {(hold.mapping, hold.property) for hold in settled.holds if hold.state == "frozen"}
    found = []
    for link in settled.cluster.links:
        mapping = model.mappings.get(link.mapping)
        seen = settled.cluster.seen.get((link.mapping, link.id or ""))
        if mapping is None or seen is None or link.life != "live":
            continue
        for column, row in enumerate(mapping.properties):
            written = chasing(link.written.get(column, ()), now_us)
            if not written or (link.mapping, row.name) not in frozen:
                continue
            raws = [*(each.raw for each in written), seen.raw[column]]
            record = record_key(link.mapping, seen.id)
            values = list({repr(raw): raw for raw in raws if raw is not MISSING}.values())
            found.append(
                Chase(
                    name=f"{record}:{row.name}",
                    record=record,
                    property=row.name,
                    golden=link.golden,
                    values=values,
                    until_us=chased(written, written[-1].raw, now_us) or now_us,
                )
            )
    return found
