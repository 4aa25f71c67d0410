"""What an oracle looks at: the hub's rows, read once, beside what people did and the systems hold."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping as ReadOnly, Sequence
from typing import Any

from msgspec import Struct, field

from accord.core.decisions import groups_of
from accord.core.model import Mapping, Model, NoReferences, PropertyMapping
from accord.core.standing import STATES
from accord.core.state import Cluster, Event, Link, Review, Seen, record_key, record_parts
from accord.core.values import MISSING, Raw
from accord.runtime.books.conservation import Conservation, count_units
from accord.runtime.hub import Hub
from accord.testing.system_model import Quirks, SystemModel
from accord.testing.world.forms import members_of
from accord.testing.world.said import Said, plain
from accord.testing.world.watch import Change
from accord.testing.world.weather import Weather

__all__ = ["Began", "Facts", "Known", "Record", "Verdict", "gather", "plain", "same"]

Record = tuple[str, str]
"""Mapping and id."""


class Verdict(Struct, kw_only=True):
    """Broken promises, each with its rule; none: the world is fine. `exempt` counts where a rule can not be kept by
    design, by rule and reason; `checked` how often there was something to judge, by rule."""

    broken: list[str] = field(default_factory=list)
    exempt: Counter[str] = field(default_factory=Counter)
    checked: Counter[str] = field(default_factory=Counter)

    def say(self, rule: str, what: str) -> None:
        """Note a broken promise."""
        self.broken.append(f"{rule}: {what}")

    def excuse(self, rule: str, why: str) -> None:
        """Note that a rule could not be kept, for a reason that the rule itself names."""
        self.exempt[f"{rule}, {why}"] += 1

    def check(self, rule: str) -> None:
        """Note that there was something to judge."""
        self.checked[rule] += 1


class Began(Struct, frozen=True, kw_only=True):
    """`born_us` is when people began to act beside the hub: what they had entered by then is in its first listings
    (W7); `listed_us` when the first listing of each entity type had ended, at the latest."""

    born_us: int
    listed_us: dict[str, int]


class Known(NoReferences):
    """References as the hub should know them: `golden` records by linked record."""

    def __init__(self, goldens: ReadOnly[Record, str]) -> None:
        self.goldens = goldens

    def golden(self, entity_type: str, remote_id: str) -> str | None:
        """Golden id that a remote id stands for."""
        return self.goldens.get((entity_type, remote_id))


_NAMED = tuple(state for state in STATES if state not in ("waiting", "excluded", "tombstoned"))
"""States that are listed with their reasons; the others are counted as `status` counts them."""


def _by_property() -> dict[Record, dict[str, set[Any]]]:
    return defaultdict(lambda: defaultdict(set))


class Facts(Struct, kw_only=True):
    """All that is judged.

    `typed` and `held` are by record and property: what people left there, and all that ever stood there; `computed` is
    what systems computed while they applied our writes (S6), `made_of` what they made of ours (S5). `golden_of` also
    knows records that are gone; `live` are the references that resolve. `families` are golden records between which
    decisions of people moved records, by each of them (L6).
    """

    weather: Weather
    said: Said
    families: dict[str, set[str]]
    model: Model
    configured: Sequence[tuple[int, Model]]
    tables: dict[str, dict[str, dict[str, Any]]]
    changes: Sequence[Change]
    clusters: list[Cluster]
    events: dict[str, list[Event]]
    reviews: list[Review]
    census: dict[str, dict[str, int]]
    books: Conservation
    seen: dict[Record, Seen]
    golden_of: dict[Record, str]
    records_of: dict[str, list[Record]]
    live: Known
    began: Began
    typed: dict[Record, dict[str, set[Any]]] = field(default_factory=_by_property)
    held: dict[Record, dict[str, set[Any]]] = field(default_factory=_by_property)
    computed: dict[Record, set[Any]] = field(default_factory=lambda: defaultdict(set))
    made_of: dict[Record, dict[str, set[Any]]] = field(default_factory=_by_property)

    @property
    def made(self) -> list[Record]:
        """Records that our account made, whatever became of them, by entity type."""
        return [c.record for c in self.changes if c.before is None and c.actor == "hub"]

    def asked(self, golden: str) -> bool:
        """A person is asked what became of a create of this golden record (W3)."""
        return any(review.kind == "create" and golden in review.goldens for review in self.reviews)

    def records(self, cluster: Cluster) -> list[Record]:
        """Records that are, or were, links of a golden record, or went into one, in mappings that are there."""
        family = sorted(self.family(cluster.golden.id))
        return [record for golden in family for record in self.records_of.get(golden, ())]

    def family(self, golden: str) -> set[str]:
        """A golden record, and those between which and it a person moved records."""
        return self.families.get(golden, {golden})

    def are_refused(self, one: str, other: str) -> bool:
        """A person said of a record of each that they are different (L6)."""
        pairs = (pair for pair, said in self.said.pairs.items() if said == "different")
        return any({self.golden_of.get(record_parts(key)) for key in pair} == {one, other} for pair in pairs)

    def told(self, golden: str) -> list[Event]:
        """The history of a golden record and of its family."""
        family = self.family(golden)
        return [event for each in sorted(family) for event in self.events.get(each, ())]

    def chased(self, link: Link, row: PropertyMapping) -> bool:
        """What was written there was undone again and again (G5)."""
        where = record_key(link.mapping, link.id or "")
        return any((each.record, each.property) == (where, row.name) for each in self.books.chases)

    def links(self, cluster: Cluster) -> Iterator[tuple[Link, Mapping]]:
        """Links of a golden record whose mapping is there (K4)."""
        for link in cluster.links:
            mapping = self.model.mappings.get(link.mapping)
            if mapping is not None:
                yield link, mapping

    def rests(self, mapping: Mapping, id_: str | None) -> bool:
        """The facet of a live record is neither read nor written for now (L9)."""
        body = self.table(mapping.key).get(id_ or "")
        return mapping.when is not None and body is not None and mapping.when(body) is not None

    def table(self, mapping: str) -> dict[str, dict[str, Any]]:
        """Live records of a mapping."""
        return self.tables[mapping.partition("#")[0]]

    def standing(self, record: Record) -> str:
        """How the hub accounts for a record."""
        row = self.seen.get(record)
        if row is None:
            return "unknown"
        if row.gone:
            return "gone"
        if row.golden:
            return "linked"
        return "held" if row.held else "excluded" if row.excluded else "waiting"

    def went_into(self, record: Record) -> bool:
        """Another record of its entity type was merged into it by their system."""
        of = record[0].partition("#")[0]
        return any(r.successor == record[1] and r.mapping.partition("#")[0] == of for r in self.seen.values())

    def was_mapped(self, mapping: Mapping, row: PropertyMapping, at_us: int) -> bool:
        """The property of an entity type was mapped at a time."""
        model = [model for since_us, model in self.configured if since_us <= at_us][-1]
        then = model.mappings.get(mapping.key)
        return then is not None and any(each.name == row.name for each in then.properties)

    def name_of(self, mapping: Mapping, row: PropertyMapping) -> str:
        """Name of a row's golden property."""
        return self.model.concepts[mapping.concept].properties[row.property].name

    def value(self, row: PropertyMapping, raw: Raw, *, gone: bool = False) -> Any:
        """Canonical value of a raw one; `gone`: references to what is not there any more count."""
        if raw is MISSING:
            return MISSING
        if isinstance(raw, list) and MISSING in raw:  # what a group lacks beside the others is null (M8)
            raw = [None if each is MISSING else each for each in raw]
        try:
            return plain(row.lens.get(raw, Known(self.golden_of) if gone else self.live))
        except ValueError:
            return MISSING

    def quirk(self, mapping: str) -> Quirks:
        """How the entity type of a mapping misbehaves."""
        return self.weather.quirk(mapping)

    def ignores(self, mapping: Mapping, row: PropertyMapping) -> bool:
        """What we write there is dropped in silence."""
        return any(path in self.quirk(mapping.key).ignores for path in row.place.paths())

    def is_half_ignored(self, mapping: Mapping, row: PropertyMapping, value: Any, shown: Any) -> bool:
        """Of a group that we wrote the system took some properties, and dropped the others in silence (M8, S5)."""
        parts, takes = members_of(row), self.remade(mapping, row, value)
        taken = {name for name, part in parts.items() if not self.ignores(mapping, part)}
        if not parts or len(taken) == len(parts):
            return False
        now, then = dict(shown or ()), dict(takes or ())
        return all(now.get(name) == then.get(name) for name in taken)

    def by_element(self, mapping: Mapping, row: PropertyMapping) -> bool:
        """Its values are sets, which merge element by element (M5)."""
        kind = self.model.concepts[mapping.concept].properties[row.property].type
        return kind.startswith("set")

    def computes(self, mapping: Mapping, row: PropertyMapping) -> bool:
        """The system computes it."""
        return any(path in self.quirk(mapping.key).computes for path in row.place.paths())

    def remakes(self, mapping: Mapping, row: PropertyMapping) -> bool:
        """The system makes something else of what is written there."""
        quirks = self.quirk(mapping.key)
        made = {*quirks.recases, *quirks.trims, *quirks.truncates, *quirks.rounds}
        return row.normal is not None or any(path in made for path in row.place.paths())

    def remade(self, mapping: Mapping, row: PropertyMapping, value: Any) -> Any:
        """What a system makes of a value, as it is declared to, and as it does without saying so."""
        if value is not None and (parts := members_of(row)):
            now = dict(value)
            return plain({name: self.remade(mapping, part, now[name]) for name, part in parts.items()})
        value = row.normal(value) if row.normal is not None else value
        if not isinstance(value, str):
            return value
        quirks = self.quirk(mapping.key)
        for path in row.place.paths():
            if path in quirks.trims:
                value = value.strip()
            if path in quirks.recases:
                value = getattr(value, quirks.recases[path])()
            if path in quirks.truncates:
                value = value[: quirks.truncates[path]]
        return value

    def finds_surely(self, mapping: str) -> bool:
        """A create is found again without doubt (W3)."""
        it = self.weather.it(mapping)
        ours = it.properties.get(it.our_id.property) if it.our_id else None
        return it.idempotency is not None or bool(ours and ours.unique and it.search)


def same(raw: Raw, other: Raw) -> bool:
    """Two raws say the same: where nothing stands, alone or in a group beside others, there is null (S3, M8)."""
    if isinstance(raw, list) and isinstance(other, list) and len(raw) == len(other):
        return all(map(same, raw, other))
    return raw == other or (raw in (MISSING, None) and other in (MISSING, None))


async def gather(
    hub: Hub,
    weather: Weather,
    models: ReadOnly[str, SystemModel],
    changes: Sequence[Change],
    configured: Sequence[tuple[int, Model]],
    said: Said,
    began: Began,
) -> Facts:
    """Read everything once. `configured`: from when on each configuration held."""
    seen: dict[Record, Seen] = {}
    clusters: list[Cluster] = []
    async with hub.store.transaction(dry=True) as tx:
        for concept in hub.model.concepts:
            goldens = await tx.scan_golden(concept, "", 100_000)
            clusters += await tx.clusters([g.id for g in goldens])
        for key in hub.model.mappings:
            for row in await tx.scan_seen(key, "", 100_000):
                seen[key, row.id] = row
        events: dict[str, list[Event]] = defaultdict(list)
        for event in await tx.history(limit=1_000_000):
            events[event.golden].append(event)
        reviews, census = await tx.reviews(), await tx.census()
        books = await count_units(hub, tx, named=_NAMED, limit=1_000_000)
    links = [link for cluster in clusters for link in cluster.links if link.id is not None]
    golden_of = _golden_of(links, seen)
    records_of: dict[str, list[Record]] = defaultdict(list)
    for record in (record for record in golden_of if record[0] in hub.model.mappings):
        records_of[golden_of[record]].append(record)
    facts = Facts(
        weather=weather,
        said=said,
        families=_families(said, clusters, golden_of),
        model=hub.model,
        configured=configured,
        tables={f"{n}.{t}": table for n, model in models.items() for t, table in model.tables().items()},
        changes=changes,
        clusters=clusters,
        events=events,
        reviews=reviews,
        census=census,
        books=books,
        seen=seen,
        golden_of=golden_of,
        records_of=records_of,
        live=Known({(k.mapping, k.id or ""): k.golden for k in links if k.life == "live"}),
        began=began,
    )
    for mapping in hub.model.mappings.values():
        _note_values(facts, mapping)
    return facts


def _golden_of(links: Sequence[Link], seen: ReadOnly[Record, Seen]) -> dict[Record, str]:
    """Golden records by record; one that was merged into another stands for the same as that one (S10)."""
    found = {(k.mapping, k.id or ""): k.golden for k in sorted(links, key=lambda k: k.incarnation)}
    for (mapping, id_), row in seen.items():
        into = row
        for _ in range(10):
            if into.gone != "merged" or (mapping, into.successor) not in seen:
                break
            into = seen[mapping, into.successor]
        if into is not row and (mapping, into.id) in found:
            found.setdefault((mapping, id_), found[mapping, into.id])
    return found


def _families(
    said: Said, clusters: Sequence[Cluster], golden_of: ReadOnly[Record, str]
) -> dict[str, set[str]]:
    """Golden records that share a record, or a decision of a person, by each of them."""
    now = [(record_key(*record), golden) for record, golden in golden_of.items()] if said.ties else []
    merged = [(c.golden.id, c.golden.merged_into) for c in clusters if c.golden.life == "merged"]
    known = {cluster.golden.id for cluster in clusters}
    found = [known & set(group) for group in groups_of([*said.ties, *now, *merged])]
    return {golden: family for family in found for golden in family}


def _note_values(facts: Facts, mapping: Mapping) -> None:
    """What stood in the records of a mapping, and who had left it there."""
    for change in facts.changes:
        if change.type != mapping.entity_type:
            continue
        record, before = (mapping.key, change.after.id), change.before
        for row in mapping.properties:
            name, raw = facts.name_of(mapping, row), row.place.read(change.after.body)
            value = facts.value(row, raw, gone=True)
            value = None if value is MISSING and raw is MISSING else value
            facts.held[record][name].add(value)
            if change.actor == "person":
                if before is None or row.place.read(before.body) != raw:
                    facts.typed[record][name].add(value)
            elif facts.computes(mapping, row):
                facts.computed[record].add(value)
            elif facts.remakes(mapping, row) or (members_of(row) and facts.ignores(mapping, row)):
                facts.made_of[record][name].add(value)
