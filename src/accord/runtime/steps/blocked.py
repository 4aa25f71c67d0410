"""Try again what a record was refused while another one held the value, which that one holds no more (W9)."""

from collections.abc import Collection, Iterable, Sequence

from accord.core.blockers import Held, freed_by, waited_for
from accord.core.model import Mapping, Model
from accord.core.state import Link, Seen
from accord.core.values import Raw
from accord.core.work import Work
from accord.ports.store import Transaction

__all__ = ["let_go", "retry_blocked", "shown_before"]

_MOST = 10_000
"""Links with a rejection that are looked at."""


async def retry_blocked(tx: Transaction, mapping: Mapping, freed: Collection[Held]) -> None:
    """Lift the rejections that freed values may have been the reason of, in the entity type where they were held.

    Only one record can take such a value, so of those that wait for it the one is tried whose refusal is the oldest.
    """
    if not freed:
        return
    links = [link for link in await tx.rejected(_MOST) if link.mapping == mapping.key]
    clusters = {c.golden.id: c for c in await tx.clusters(sorted({link.golden for link in links}))}
    first: dict[Held, tuple[tuple[int, str, int], int]] = {}
    for cluster in clusters.values():
        for link in (link for link in cluster.links if link.mapping == mapping.key and link.rejected):
            for column, held in waited_for(link, cluster, mapping):
                if held in freed:
                    turn = link.rejected[column].at_us, link.golden, link.incarnation
                    first[held] = min(first.get(held, (turn, column)), (turn, column))
    for (_, golden, incarnation), column in first.values():
        for link in clusters[golden].links:
            if (link.mapping, link.incarnation) == (mapping.key, incarnation):
                link.rejected.pop(column, None)
    lifted = sorted({golden for (_, golden, _), _ in first.values()})
    await tx.save_clusters([clusters[golden] for golden in lifted])
    await tx.mark("settle", lifted)


def shown_before(written: Iterable[tuple[Work, Link]]) -> list[tuple[Seen, Sequence[Raw]]]:
    """What records showed that are about to be confirmed as written, beside their rows."""
    rows = (work.cluster.seen.get((link.mapping, link.id or "")) for work, link in written)
    return [(row, tuple(row.raw)) for row in rows if row is not None and not row.gone]


async def let_go(
    tx: Transaction, model: Model, works: Iterable[Work], before: Iterable[tuple[Seen, Sequence[Raw]]]
) -> None:
    """Try again what waited for values that our own writes took away."""
    now = {name: row for work in works for name, row in work.cluster.seen.items()}
    freed: dict[str, set[Held]] = {}
    for row, raws in before:
        freed.setdefault(row.mapping, set()).update(freed_by(raws, now[row.mapping, row.id]))
    for key, some in sorted(freed.items()):
        await retry_blocked(tx, model.mappings[key], some)
