"""What an oracle looks at: the hub's rows, read once, beside what people did and the systems hold."""

from collections import Counter, defaultdict
from collections.abc import Mapping as ReadOnly, Sequence
from typing import Any

from msgspec import Struct, field

from accord.core.state import Cluster, Event, Link, Review
from accord.runtime.hub import Hub
from accord.testing.system_model import SystemModel
from accord.testing.world.systems import PROPERTIES
from accord.testing.world.watch import Change
from accord.testing.world.weather import Weather

__all__ = ["Facts", "Record", "Verdict", "gather", "system_of"]

Record = tuple[str, str]
"""System and id."""


class Verdict(Struct, kw_only=True):
    """Broken promises, each with its rule; none: the world is fine. `exempt` counts where a rule can not be kept by
    design, by rule and reason."""

    broken: list[str] = field(default_factory=list)
    exempt: Counter[str] = field(default_factory=Counter)

    def say(self, rule: str, what: str) -> None:
        """Note a broken promise."""
        self.broken.append(f"{rule}: {what}")

    def excuse(self, rule: str, why: str) -> None:
        """Note that a rule could not be kept, for a reason that the rule itself names."""
        self.exempt[f"{rule}, {why}"] += 1


class Facts(Struct, kw_only=True):
    """All that is judged. `typed` and `held` are by record and property: what people left there, and all that ever
    stood there. `golden_of` also knows records that are gone."""

    weather: Weather
    tables: dict[str, dict[str, dict[str, Any]]]
    changes: Sequence[Change]
    clusters: list[Cluster]
    events: dict[str, list[Event]]
    reviews: list[Review]
    census: dict[str, dict[str, int]]
    standing: dict[Record, str]
    golden_of: dict[Record, str]
    typed: dict[Record, dict[str, set[Any]]]
    held: dict[Record, dict[str, set[Any]]]
    computed: dict[Record, set[Any]]

    @property
    def made(self) -> list[Record]:
        """Records that our account made, whatever became of them."""
        return [(c.system, c.after.id) for c in self.changes if c.before is None and c.actor == "hub"]

    @property
    def questions(self) -> dict[str, set[str]]:
        """Properties by golden record about which a person is asked (M6)."""
        return {c.golden.id: {PROPERTIES[p] for p in c.golden.questions} for c in self.clusters}

    def asked(self, golden: str) -> bool:
        """A person is asked what became of a create of this golden record (W3)."""
        return any(review.kind == "create" and golden in review.goldens for review in self.reviews)

    def records(self, cluster: Cluster) -> list[Record]:
        """Records that are, or were, links of a golden record."""
        return [(system_of(link), link.id) for link in cluster.links if link.id is not None]


def system_of(link: Link) -> str:
    """System of a link's record."""
    return link.mapping.partition(".")[0]


async def gather(
    hub: Hub, weather: Weather, models: ReadOnly[str, SystemModel], changes: Sequence[Change]
) -> Facts:
    """Read everything once."""
    standing: dict[Record, str] = {}
    async with hub.store.transaction(dry=True) as tx:
        goldens = await tx.scan_golden("person", "", 100_000)
        clusters = await tx.clusters([g.id for g in goldens])
        for name in models:
            for row in await tx.scan_seen(f"{name}.Person", "", 100_000):
                how = "gone" if row.gone else "linked" if row.golden else "held" if row.held else "waiting"
                standing[name, row.id] = how
        events: dict[str, list[Event]] = defaultdict(list)
        for event in await tx.history(limit=1_000_000):
            events[event.golden].append(event)
        reviews, census = await tx.reviews(), await tx.census()
    typed, held = _values(changes)
    return Facts(
        weather=weather,
        tables={name: model.tables()["Person"] for name, model in models.items()},
        changes=changes,
        clusters=clusters,
        events=events,
        reviews=reviews,
        census=census,
        standing=standing,
        golden_of={(system_of(k), k.id): c.golden.id for c in clusters for k in c.links if k.id is not None},
        typed=typed,
        held=held,
        computed=_computed(weather, changes),
    )


def _values(changes: Sequence[Change]) -> tuple[Any, Any]:
    typed: Any = defaultdict(lambda: defaultdict(set))
    held: Any = defaultdict(lambda: defaultdict(set))
    for change in changes:
        record = change.system, change.after.id
        for name in PROPERTIES:
            held[record][name].add(change.now(name))
            if change.actor == "person" and change.was(name) != change.now(name):
                typed[record][name].add(change.now(name))
    return typed, held


def _computed(weather: Weather, changes: Sequence[Change]) -> dict[Record, set[Any]]:
    """What systems computed while they applied our writes (S6)."""
    computed: dict[Record, set[Any]] = defaultdict(set)
    for change in changes:
        if change.actor == "hub":
            names = weather.quirks[change.system].computes
            computed[change.system, change.after.id].update(change.now(name) for name in names)
    return computed
