"""Values that a record was refused while another one held them: that one may let go of them (W9)."""

from collections.abc import Iterator, Sequence

from accord.core.model import Mapping, NoReferences
from accord.core.state import Cluster, Link, Seen
from accord.core.values import MISSING, Raw

__all__ = ["Held", "freed_by", "waited_for"]

Held = tuple[int, str]
"""A column of a mapping, and the value there as a system compares what has to be unique."""

_NO_REFERENCES = NoReferences()


def freed_by(before: Sequence[Raw], now: Seen) -> Iterator[Held]:
    """What a record held and holds no more, since it changed or went."""
    for column, (old, new) in enumerate(zip(before, now.raw, strict=True)):
        if old not in (MISSING, None) and (now.gone or _alike(new) != _alike(old)):
            yield column, _alike(old)


def waited_for(link: Link, cluster: Cluster, mapping: Mapping) -> Iterator[tuple[int, Held]]:
    """What a record was refused: the column of the rejection, and the value; of all its properties where none was
    named. What the account may not write is no matter of values."""
    seen = cluster.seen.get((link.mapping, link.id or ""))
    for column, row in enumerate(mapping.properties):
        of = column if column in link.rejected else -1
        if of not in link.rejected or link.rejected[of].denied or not row.writes or row.references:
            continue
        held = MISSING if seen is None else seen.raw[column]
        try:
            wanted = row.lens.put(cluster.golden.value[row.property], held, _NO_REFERENCES)
        except ValueError:
            continue
        if wanted not in (MISSING, None) and _alike(wanted) != _alike(held):
            yield of, (column, _alike(wanted))


def _alike(raw: Raw) -> str:
    return str(raw).strip().casefold()
