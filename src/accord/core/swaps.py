"""Records that wait for each other's unique value: none of the writes can go first (W9)."""

from collections.abc import Iterable, Iterator, Mapping as ReadOnly
from typing import NamedTuple

from accord.core.blockers import refused_values, unique_form
from accord.core.model import Mapping
from accord.core.state import Cluster, Link
from accord.core.values import MISSING, Raw

__all__ = ["Want", "swaps", "wants_of"]


class Want(NamedTuple):
    """A record was refused a value for a property, and holds another one."""

    mapping: str
    id: str
    property: str
    wanted: Raw
    held: Raw


def wants_of(link: Link, cluster: Cluster, mapping: Mapping) -> Iterator[Want]:
    """What a record was refused for a property in which it holds something else."""
    for column, _, wanted, held in refused_values(link, cluster, mapping) if link.life == "live" else ():
        if held not in (MISSING, None):
            yield Want(link.mapping, link.id or "", mapping.properties[column].name, wanted, held)


def swaps(wants: Iterable[Want]) -> list[tuple[Want, ...]]:
    """Rings of records of which each wants what the next one holds, each ring from its smallest record on, in order.

    Law: each record stands in one ring of a property at most, and the last of a ring wants what the first one holds.
    """
    every = sorted(wants, key=lambda want: want[:3])
    holders = {(want.mapping, want.property, unique_form(want.held)): want for want in reversed(every)}
    rings, done = [], set[tuple[str, ...]]()
    for first in every:
        ring, then = [first], _holder(holders, first)
        while then is not None and then not in ring:
            ring.append(then)
            then = _holder(holders, then)
        if then is first and first[:3] not in done:
            rings.append(tuple(ring))
            done |= {want[:3] for want in ring}
    return rings


def _holder(holders: ReadOnly[tuple[str, str, str], Want], want: Want) -> Want | None:
    """Who holds what a record wants, and was refused something too."""
    return holders.get((want.mapping, want.property, unique_form(want.wanted)))
