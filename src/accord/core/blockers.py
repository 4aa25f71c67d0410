"""Values that records were refused, and those that others hold and may let go of (W9)."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from accord.core.model import Mapping, NoReferences
from accord.core.state import WHOLE, Cluster, Link, Seen
from accord.core.values import MISSING, Raw

__all__ = ["Held", "Refused", "freed_by", "refused_values", "unique_form", "waited_for"]

Held = tuple[int, str]
"""A column of a mapping, and the value there as a system compares what has to be unique."""

_NO_REFERENCES = NoReferences()


class Refused(NamedTuple):
    """What a record is to hold in a column, and holds there; `of` is the key of the rejection."""

    column: int
    of: int
    wanted: Raw
    held: Raw


def unique_form(raw: Raw) -> str:
    """A value as a system compares what has to be unique."""
    return str(raw).strip().casefold()


def refused_values(link: Link, cluster: Cluster, mapping: Mapping) -> Iterator[Refused]:
    """What a record was refused, as far as its golden record tells; of all its properties where none was named.

    What the account may not write is no matter of values, and a reference has none of its own.
    """
    seen = cluster.seen.get((link.mapping, link.id or ""))
    for column, row in enumerate(mapping.properties):
        of = column if column in link.rejected else WHOLE
        if of not in link.rejected or link.rejected[of].denied or not row.writes or row.references:
            continue
        held = MISSING if seen is None else seen.raw[column]
        try:
            wanted = row.lens.put(cluster.golden.value[row.property], held, _NO_REFERENCES)
        except ValueError:
            continue
        if wanted not in (MISSING, None) and unique_form(wanted) != unique_form(held):
            yield Refused(column, of, wanted, held)


def waited_for(link: Link, cluster: Cluster, mapping: Mapping) -> Iterator[tuple[int, Held]]:
    """The keys of a record's rejections, each with a value that another record may hold."""
    for each in refused_values(link, cluster, mapping):
        yield each.of, (each.column, unique_form(each.wanted))


def freed_by(before: Sequence[Raw], now: Seen) -> Iterator[Held]:
    """What a record held and holds no more, since it changed or went."""
    for column, (old, new) in enumerate(zip(before, now.raw, strict=True)):
        if old not in (MISSING, None) and (now.gone or unique_form(new) != unique_form(old)):
            yield column, unique_form(old)
