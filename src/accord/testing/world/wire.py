"""How the hub is wired to the systems of a world: with outages, and with an eye on when it creates what (W13)."""

from collections.abc import AsyncIterator, Callable, Sequence
from random import Random

from msgspec import Struct

from accord.connectorkit.manifest import Manifest
from accord.core.errors import RetryLater
from accord.core.observation import Observation, Outcome
from accord.ports.connector import Page, Write
from accord.ports.store import Store
from accord.testing.model_connector import ModelConnector
from accord.testing.system_model import SystemModel
from accord.testing.world.watch import WatchedRecords

__all__ = ["Eye", "Wire"]

TYPE = "Person"
COMMON = 5
"""More records than this with one address: it identifies nothing (L2)."""


class Eye(Struct, kw_only=True):
    """What watches the calls of one system: its records, how many records of each system bear an address, and whom to
    tell of a promise that a call breaks."""

    name: str
    records: WatchedRecords
    bearers: Callable[[str], dict[str, int]]
    store: Callable[[], Store]
    say: Callable[[str, str], None]


class Wire(ModelConnector):
    """A connector that goes blind at times: its account sees no record, and no call says why (S10).

    `capped` is the chance that a full listing of a table that was read before ends after its first page.
    """

    def __init__(
        self,
        model: SystemModel,
        manifest: Manifest,
        clock: Callable[[], int],
        random: Random,
        *,
        eye: Eye,
        error_us: int = 0,
    ) -> None:
        super().__init__(model, manifest, clock, offset_error_us=error_us)
        self._played, self._now_us, self._random, self._eye = model, clock, random, eye
        self.blind = self.capped = 0.0
        self.is_down = False
        """Nothing answers."""
        self._blind_us = 0
        self._tries: set[str] = set()
        self.forgives = 0
        """Cycles in which a create may be one that was decided before the process was killed (C1)."""
        self._read_us = -1
        """When the last read began that showed everything."""
        self._lag_us = round(manifest.types[TYPE].lag_s * 1e6)

    @property
    def is_blind(self) -> bool:
        return self._now_us() < self._blind_us

    def mend(self) -> None:
        """No more outages."""
        self.blind = self.capped = 0.0
        self._blind_us = 0

    async def read(self, mapping: str, cursor: str, *, full: bool) -> AsyncIterator[Page]:
        """See `Connector`."""
        if self.is_down:
            raise RetryLater("nothing answers", after_s=1.0)
        if self.blind and cursor and self._random.random() < self.blind:
            self._blind_us = self._now_us() + 8_000_000
        if self.is_blind:
            yield Page(observations=[], cursor=cursor)
            return
        began_us, capped = self._now_us(), bool(full and cursor and self._random.random() < self.capped)
        async for page in super().read(mapping, cursor, full=full):
            yield page
            if capped:
                return
        self._read_us = began_us

    async def fetch(self, mapping: str, ids: Sequence[str]) -> list[Observation]:
        """See `Connector`."""
        if not self.is_blind:
            return await super().fetch(mapping, ids)
        asked_us = self._now_us()
        return [
            Observation(mapping=mapping, id=i, how="fetch", asked_us=asked_us, gone="missing") for i in ids
        ]

    async def search(self, mapping: str, key: str, since_us: int) -> list[Observation] | None:
        """See `Connector`."""
        if self.is_blind:
            raise RetryLater("the account may not search", after_s=5.0)
        return await super().search(mapping, key, since_us)

    async def write(self, writes: Sequence[Write]) -> list[Outcome]:
        """See `Connector`."""
        if self.is_blind:
            return [Outcome(kind="later", message="the account may not write", after_s=5.0) for _ in writes]
        await self._look_durable(writes)
        for write in writes:
            if write.kind == "create" and write.key not in self._tries and not self.forgives:
                self._look(write)
            self._tries.add(write.key)
        return await super().write(writes)

    async def _look_durable(self, writes: Sequence[Write]) -> None:
        """C2: what is sent was committed before."""
        async with self._eye.store().transaction(dry=True) as tx:
            for mapping in {write.mapping for write in writes}:
                ids = await tx.open_links(mapping, "", 10_000)
                links = [link for cluster in await tx.clusters(ids) for link in cluster.links if link.open]
                known = {link.id for link in links} | {link.open.key for link in links if link.open}
                for write in writes:
                    if write.mapping == mapping and (write.id or write.key) not in known:
                        self._eye.say(
                            "C2", f"{write.kind} {mapping}/{write.id} was sent before it was committed"
                        )

    def _look(self, write: Write) -> None:
        """W13: where the last read of the target showed a record with the same key, nothing is created."""
        email = (write.body or {}).get("email")
        if self._manifest.types[TYPE].listing.partial:
            return  # there a record that moved on is fetched before it counts (S3)
        bearers = self._eye.bearers(email) if email else {}
        elsewhere = sum(count for name, count in bearers.items() if name != self._eye.name)
        if not elsewhere or max(bearers.values()) > COMMON:
            return
        before_us = self._read_us - self._lag_us + self._played.now_us(TYPE) - self._now_us()
        for id_, body in self._played.tables()[TYPE].items():
            stored = self._eye.records.get(TYPE, id_)
            if id_ in self._eye.records.ever_deleted or stored is None or stored.changed_us >= before_us:
                continue  # what is back from the dead is fetched before it counts (S7)
            if body.get("email") == email:
                self._eye.say("W13", f"{write.mapping} is created while {id_} there bears {email}")
