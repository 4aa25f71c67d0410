"""What is only created because something refers to it: who pulls it in, and how many a run may make (W6)."""

from collections.abc import Collection, Iterable, Sequence, Set as AbstractSet

from msgspec import Struct, field

from accord.core.model import Mapping, Model
from accord.core.state import Cluster
from accord.core.work import Due
from accord.ports.store import Transaction

__all__ = ["Cap", "pulled_in", "referred_by"]

_Place = tuple[str, str]


class Cap(Struct, kw_only=True):
    """Lets so many creates per entity type through that are only pulled in, over one run; the next takes the rest."""

    most: int
    names: dict[str, set[str]] = field(default_factory=dict)
    """Golden records that were let through, by mapping."""
    left: dict[str, set[str]] = field(default_factory=dict)

    def __call__(self, due: Due) -> bool:
        """True where a write may be sent as far as this goes."""
        if not due.pulled:
            return True
        names = self.names.setdefault(due.mapping, set())
        if due.golden not in names and len(names) >= self.most:
            self.left.setdefault(due.mapping, set()).add(due.golden)
            return False
        names.add(due.golden)
        return True


def referred_by(model: Model, cluster: Cluster) -> set[str]:
    """Golden records that a golden record refers to now."""
    concept = model.concepts.get(cluster.golden.concept)
    if concept is None:
        return set()
    values = [cluster.golden.value[p] for p in concept.references]
    return {value for value in values if isinstance(value, str)}


async def pulled_in(
    model: Model, tx: Transaction, clusters: Iterable[Cluster], made: AbstractSet[_Place]
) -> frozenset[_Place]:
    """(golden, mapping) of clusters that a golden record refers to which has a record in the same system.

    `made`: (mapping, golden) that count as if they were there.
    """
    if not model.pulls:
        return frozenset()
    wanted = {c.golden.id: places for c in clusters if (places := _open_places(model, c))}
    if not wanted:
        return frozenset()
    found: set[_Place] = set()
    for other in await tx.clusters(sorted(await tx.dependants(wanted))):
        if other.golden.life != "alive":
            continue
        systems = _systems(model, other, made)
        for golden in referred_by(model, other) & wanted.keys():
            found.update(
                (golden, mapping.key)
                for mapping in wanted[golden]
                if other.golden.concept in mapping.pulled_by and mapping.system in systems
            )
    return frozenset(found)


def _open_places(model: Model, cluster: Cluster) -> Sequence[Mapping]:
    """Mappings that only make what is pulled in, where the golden record has no record."""
    if cluster.golden.life != "alive":
        return ()
    live = {link.mapping for link in cluster.links if link.life == "live"}
    mappings = model.mappings_of(cluster.golden.concept)
    return [mapping for mapping in mappings if mapping.pulled_by and mapping.key not in live]


def _systems(model: Model, cluster: Cluster, made: AbstractSet[_Place]) -> Collection[str]:
    """Systems in which a golden record is synchronised."""
    keys = {link.mapping for link in cluster.links if link.life == "live"}
    keys |= {mapping.key for mapping in model.mappings_of(cluster.golden.concept)
             if (mapping.key, cluster.golden.id) in made}  # fmt: skip
    return {model.mappings[key].system for key in keys if key in model.mappings}
