"""How the hub is wired to the systems of a world: with outages, and with an eye on what it sends and when (C2, W13)."""

from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from random import Random

from msgspec import Struct, field

from accord.core.errors import RetryLater
from accord.core.intake import read_raw, values_of
from accord.core.matching import keys_of
from accord.core.model import Mapping, Model
from accord.core.observation import Observation, Outcome
from accord.core.state import record_parts
from accord.ports.connector import Connector, Page, Write
from accord.ports.store import Store
from accord.testing.system_model import SystemModel
from accord.testing.world.said import Said
from accord.testing.world.watch import WatchedRecords

__all__ = ["Eye", "Wire"]

BLIND_US = 8_000_000


class Eye(Struct, kw_only=True):
    """What watches the calls of a world: the records of all systems, the hub's store and model as they are now, and
    whom to tell of a promise that a call breaks."""

    models: dict[str, SystemModel]
    records: dict[str, WatchedRecords]
    store: Callable[[], Store]
    model: Callable[[], Model]
    now_us: Callable[[], int]
    say: Callable[[str, str], None]
    check: Callable[[str], None]
    said: Said
    tries: set[str] = field(default_factory=set)

    def bearers(self, mapping: Mapping) -> dict[tuple[str, str], Counter[str]]:
        """How many live records of each entity type bear each match key of a concept (L2)."""
        found: dict[tuple[str, str], Counter[str]] = {}
        for each in self.model().mappings_of(mapping.concept):
            table = self.models[each.system].tables()[each.entity_type.partition(".")[2]]
            for body in table.values():
                for key in self.keys(each, body):
                    found.setdefault(key, Counter())[each.key] += 1
        return found

    def decided(self, mapping: Mapping) -> set[tuple[str, str]]:
        """Match keys that records of a concept ever bore of which a person said who they are (L6)."""
        found: set[tuple[str, str]] = set()
        of = {each.key for each in self.model().mappings_of(mapping.concept)}
        for key in {key for pair in self.said.ties for key in pair}:
            name, id_ = record_parts(key)
            if name in of:
                each = self.model().mappings[name]
                for body in self.records[each.system].earlier(each.entity_type.partition(".")[2], id_):
                    found.update(self.keys(each, body))
        return found

    def keys(self, mapping: Mapping, body: dict[str, object]) -> Iterator[tuple[str, str]]:
        """Match keys of a record, under rules that link."""
        concept = self.model().concepts[mapping.concept]
        proposes = {rule.name for rule in concept.rules if rule.propose}
        for rule, key in keys_of(concept, values_of(read_raw(mapping, body), mapping, concept)):
            if rule not in proposes:
                yield rule, key


class Wire:
    """A connector that goes blind at times: its account sees no record, and no call says why (S10).

    `capped` is the chance that a full listing of a table that was read before ends after its first page. `between` is
    called after each page with the entity type.
    """

    def __init__(
        self,
        name: str,
        inner: Connector,
        random: Random,
        eye: Eye,
        *,
        blind: float = 0.0,
        capped: float = 0.0,
        between: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._name, self._inner, self._random, self._eye = name, inner, random, eye
        self.blind, self.capped, self._between = blind, capped, between
        self.is_down = False
        """Nothing answers."""
        self._blind_us = 0
        self.struck: Counter[str] = Counter()
        self.forgives = 0
        """Cycles in which a create may be one that was decided before the process was killed (C1)."""
        self._read_us: dict[str, int] = {}
        """When the last read of an entity type began that showed everything."""
        self.listed_us: dict[str, int] = {}
        """When the first complete listing of an entity type had ended, at the latest (W7)."""
        self._ended_us: dict[str, int] = {}

    @property
    def is_blind(self) -> bool:
        return self._eye.now_us() < self._blind_us

    def mend(self) -> None:
        """No more outages."""
        self.blind = self.capped = 0.0
        self._blind_us = 0

    async def identity(self) -> str:
        """See `Connector`."""
        return await self._inner.identity()

    async def close(self) -> None:
        """See `Connector`."""
        await self._inner.close()

    async def read(self, mapping: str, cursor: str, *, full: bool) -> AsyncIterator[Page]:
        """See `Connector`."""
        if self.is_down:
            raise RetryLater("nothing answers", after_s=1.0)
        if self.blind and cursor and self._random.random() < self.blind:
            self._blind_us = self._eye.now_us() + BLIND_US
            self.struck["blind"] += 1
        if self.is_blind:
            yield Page(observations=[], cursor=cursor)
            return
        began_us = self._eye.now_us()
        capped = bool(
            full and mapping in self._read_us and self.capped and self._random.random() < self.capped
        )
        async for page in self._inner.read(mapping, cursor, full=full):
            yield page
            if capped:
                self.struck["capped"] += 1
                return
            self._between(mapping.partition("#")[0])
        self._read_us[mapping] = began_us
        self._ended_us.setdefault(mapping.partition("#")[0], self._eye.now_us())

    def take(self, *, killed: bool) -> None:
        """What was read is known, unless the process was killed before that was committed, perhaps."""
        if not killed:
            self.listed_us = {**self._ended_us, **self.listed_us}
        self._ended_us.clear()

    async def fetch(self, mapping: str, ids: Sequence[str]) -> list[Observation]:
        """See `Connector`."""
        if not self.is_blind:
            return await self._inner.fetch(mapping, ids)
        asked_us = self._eye.now_us()
        return [
            Observation(mapping=mapping, id=i, how="fetch", asked_us=asked_us, gone="missing") for i in ids
        ]

    async def search(self, mapping: str, key: str, since_us: int) -> list[Observation] | None:
        """See `Connector`."""
        if self.is_blind:
            raise RetryLater("the account may not search", after_s=5.0)
        return await self._inner.search(mapping, key, since_us)

    async def write(self, writes: Sequence[Write]) -> list[Outcome]:
        """See `Connector`."""
        if self.is_blind:
            return [Outcome(kind="later", message="the account may not write", after_s=5.0) for _ in writes]
        await self._look_durable(writes)
        for write in writes:
            if write.kind == "create" and write.key not in self._eye.tries and not self.forgives:
                self._look(write)
            self._eye.tries.add(write.key)
        return await self._inner.write(writes)

    async def _look_durable(self, writes: Sequence[Write]) -> None:
        """C2: what is sent was committed before."""
        async with self._eye.store().transaction(dry=True) as tx:
            for mapping in {write.mapping for write in writes}:
                ids = await tx.open_links(mapping, "", 10_000)
                links = [link for cluster in await tx.clusters(ids) for link in cluster.links if link.open]
                known = {link.id for link in links} | {link.open.key for link in links if link.open}
                for write in writes:
                    self._eye.check("C2")
                    if write.mapping == mapping and (write.id or write.key) not in known:
                        self._eye.say(
                            "C2", f"{write.kind} {mapping}/{write.id} was sent before it was committed"
                        )

    def _look(self, write: Write) -> None:
        """W13: where the last read of the target showed a record with the same key, nothing is created."""
        eye, mapping = self._eye, self._eye.model().mappings[write.mapping]
        if mapping.declaration.listing_partial:
            return  # there a record that moved on is fetched before it counts (S3)
        keys = set(eye.keys(mapping, write.body or {})) - eye.decided(mapping)
        bearers = eye.bearers(mapping) if keys else {}
        rules = {rule.name: rule for rule in eye.model().concepts[mapping.concept].rules}
        for key in sorted(keys):
            counts = bearers.get(key, Counter())
            if sum(n for of, n in counts.items() if of != write.mapping) == 0:
                continue
            if max(counts.values(), default=0) > rules[key[0]].max_share:
                continue
            eye.check("W13")
            for id_ in self._shown_before(mapping, key):
                eye.say("W13", f"{write.mapping} is created while {id_} there bears {key[1]}")

    def _shown_before(self, mapping: Mapping, key: tuple[str, str]) -> Iterator[str]:
        """Records that bear a key, and that the last read must have shown."""
        name, model = mapping.entity_type.partition(".")[2], self._eye.models[mapping.system]
        offset_us = model.now_us(name) - self._eye.now_us()
        lag_us = round(mapping.declaration.lag_s * 1e6)
        before_us = self._read_us.get(mapping.key, -(2**60)) - lag_us + offset_us
        records = self._eye.records[mapping.system]
        for id_, body in model.tables()[name].items():
            stored = records.get(name, id_)
            if (name, id_) in records.ever_deleted or stored is None or stored.changed_us >= before_us:
                continue  # what is back from the dead is fetched before it counts (S7)
            if key in self._eye.keys(mapping, body):
                yield id_
