"""Rows that do not fit the configuration they are laid out for: the store was damaged, by hand perhaps."""

from collections.abc import Iterable

from accord.core.errors import StopFlow
from accord.core.model import Mapping, Model
from accord.core.state import Cluster, Link, Seen, record_key

__all__ = ["check_clusters", "check_rows"]


def check_clusters(model: Model, clusters: Iterable[Cluster]) -> None:
    """Raises StopFlow, before anything is made of it: a golden record or a link has too few values, or too many."""
    for cluster in clusters:
        concept = model.concepts.get(cluster.golden.concept)
        if concept is not None and len(cluster.golden.value) != len(concept.properties):
            raise _misfit(cluster.golden.id, cluster.golden.value, len(concept.properties))
        rows: list[Seen | Link] = [*cluster.links, *cluster.seen.values()]
        for row in rows:
            mapping = model.mappings.get(row.mapping)
            if mapping is not None and len(row.raw) != len(mapping.properties):
                raise _misfit(record_key(row.mapping, row.id or ""), row.raw, len(mapping.properties))


def check_rows(mapping: Mapping, rows: Iterable[Seen | Link]) -> None:
    """Raises StopFlow: what was seen of a record, or its link, has too few values, or too many."""
    wanted = len(mapping.properties)
    for row in rows:
        if len(row.raw) != wanted:
            raise _misfit(record_key(row.mapping, row.id or ""), row.raw, wanted)


def _misfit(name: str, values: list[object], wanted: int) -> StopFlow:
    return StopFlow(
        f"the store is damaged: the row of {name} has {len(values)} values, and {wanted} are configured",
        remedy="Restore a backup (accord restore FILE); or move the store away: a hub without state matches again "
        "and deletes nothing (G7).",
    )
