"""A connector with the system behind it, and words for what tests do with both."""

import asyncio
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Coroutine, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any, Final, TypeVar

import pytest
from msgspec import Struct

from accord.connectorkit.manifest import EntityType
from accord.connectorkit.manifest_parts import PropertySpec
from accord.connectorkit.observe import name_of
from accord.connectorkit.paths import copied, put_at
from accord.connectorkit.times import RESOLUTION_US
from accord.core.observation import Observation, Outcome
from accord.core.state import WriteKind
from accord.ports.clock import Clock
from accord.ports.connector import Connector, Write
from accord.testing.connector_contract.people import People
from accord.testing.system_model import SystemModel

__all__ = ["PlayedClock", "Playing", "RealClock", "Rig", "playing"]

START_US: Final = 1_719_835_200_000_000
_PATIENCE_S: Final = 5.0
_TEXT: Final = len("text 4 of a record")
Made = TypeVar("Made")


class PlayedClock:
    """The hub's clock, and the system's: time passes when told to, or when somebody sleeps."""

    def __init__(self, start_us: int = START_US) -> None:
        self.us = start_us

    def now_us(self) -> int:
        """See `Clock`."""
        return self.us

    def pass_s(self, seconds: float) -> None:
        """Time passes."""
        self.us += round(seconds * 1e6)

    async def sleep(self, seconds: float) -> None:
        """See `Clock`. No time passes outside."""
        self.pass_s(seconds)
        await asyncio.sleep(0)


class RealClock:
    """The clock of this machine, for a system that runs on it."""

    def now_us(self) -> int:
        """See `Clock`."""
        return time.time_ns() // 1000

    async def sleep(self, seconds: float) -> None:
        """See `Clock`."""
        await asyncio.sleep(seconds)


class Rig(Struct, kw_only=True):
    """A connector under test. `people` is the way into its system behind the API; `it` the entity type of `mapping`.

    The clock is a `PlayedClock` where the system's is, too; of a real system it is a `RealClock`, and time passes by
    waiting. `sample` gives the record of a number where entity types need more than text to be filled in; its property
    `text()` is set anew. `nobody` is an id that no record has, in the form of the system's own. `hooks` (a `HookRig`)
    is where the system can tell of changes, if it does; after what people did `told` lets it.
    """

    connector: Connector
    mapping: str
    it: EntityType
    people: People
    clock: Clock
    sample: Callable[[int], Mapping[str, Any]] | None = None
    nobody: str = "no/such ?id"
    hooks: object = None
    told: Callable[[], None] = lambda: None

    @property
    def name(self) -> str:
        """Entity type, as the system names it."""
        return name_of(self.mapping)

    @property
    def now_us(self) -> int:
        """What the clock shows."""
        return self.clock.now_us()

    @property
    def near_us(self) -> int:
        """How far the system's times may be off what the clock showed."""
        return 1_000_000 if isinstance(self.clock, PlayedClock) else 5_000_000

    def played(self, what: str) -> SystemModel:
        """The system where it is a played one. Skips the test where it is real: nobody can make it do `what`."""
        if not isinstance(self.people, SystemModel):
            pytest.skip(f"{self.name} is of a real system, which can not be made to {what}")
        return self.people

    def pass_s(self, seconds: float) -> None:
        """Time passes; of a real system no more than a test can wait."""
        if isinstance(self.clock, PlayedClock):
            self.clock.pass_s(seconds)
        elif seconds <= _PATIENCE_S:
            time.sleep(seconds)
        else:
            pytest.skip(f"{self.name} is of a real system, and nobody waits {seconds:g} s for it")

    def settle(self) -> None:
        """So much time passes that nothing before is in an overlap any more."""
        overlap_s = self.it.lag_s + self.it.clock_error_s
        if isinstance(self.clock, PlayedClock):
            self.pass_s(overlap_s + 10)
        elif self.it.changes is not None and self.it.changes.format not in ("version", "token"):
            step_us = RESOLUTION_US[self.it.modified.resolution] if self.it.modified else 1_000_000
            self.pass_s(overlap_s + step_us / 1e6 + 0.01)
        else:
            self.pass_s(overlap_s)

    def property_where(self, what: str, fits: Callable[[PropertySpec], bool]) -> str:
        """Path of the first property that is written as plain text and fits; skips the test where there is none."""
        special = {self.it.id.property, self.it.our_id.property if self.it.our_id else ""}
        for path, spec in self.it.properties.items():
            plain = spec.type == "string" and not (spec.enum or spec.reference or spec.normalises)
            if plain and path not in special and fits(spec):
                return path
        pytest.skip(f"{self.name} has no property that is {what}")

    def text(self) -> str:
        """Path of a property for plain text."""
        return self.property_where(
            "plain text",
            lambda s: not (s.read_only or s.create_only or s.unique or 0 < (s.max_length or 0) < _TEXT),
        )

    def body(self, number: int = 0) -> dict[str, Any]:
        """A record that the system takes; its text tells the number."""
        body: dict[str, Any] = {}
        if self.sample is not None:
            body = copied(dict(self.sample(number)))
        else:
            for path, spec in self.it.properties.items():
                if spec.required:
                    put_at(body, path, f"needed {number}")
        put_at(body, self.text(), f"text {number}")
        return body

    def at(self, path: str, value: Any, whole: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """A body with one property, or a whole one in which that is another."""
        body: dict[str, Any] = copied(dict(whole or {}))
        put_at(body, path, value)
        return body

    def enter(self, *numbers: int) -> list[str]:
        """Ids of records that somebody enters."""
        return [self.people.person_create(self.name, self.body(number)).id for number in numbers]

    async def read(self, cursor: str = "", *, full: bool = False) -> tuple[list[Observation], str]:
        """What a whole read shows, and the cursor after it."""
        pages = [page async for page in self.connector.read(self.mapping, cursor, full=full)]
        return [o for page in pages for o in page.observations], pages[-1].cursor

    async def fetch(self, record_id: str) -> Observation:
        """One record."""
        return (await self.connector.fetch(self.mapping, [record_id]))[0]

    async def write(
        self,
        kind: WriteKind,
        record_id: str | None = None,
        body: dict[str, Any] | None = None,
        version: str | None = None,
        key: str = "",
    ) -> Outcome:
        """One write."""
        sent = Write(mapping=self.mapping, kind=kind, id=record_id, body=body, version=version, key=key)
        return (await self.connector.write([sent]))[0]

    async def create(self, number: int = 0, key: str = "key") -> str:
        """Id of a record that we make."""
        before = set(self.people.tables()[self.name])
        outcome = await self.write("create", body=self.body(number), key=key)
        assert outcome.kind == "done", outcome
        if outcome.observation is not None:
            return outcome.observation.id
        (made,) = set(self.people.tables()[self.name]) - before
        return made


class Playing(ABC):
    """What a part of the contract needs of the class that pytest collects."""

    @abstractmethod
    def rig(self) -> AbstractAsyncContextManager[Rig]:
        """A connector and its empty system, let go of at the end."""


def playing(part: Playing, act: Callable[[Rig], Coroutine[Any, Any, Made]]) -> Made:
    """Run one test with a rig of its own; what it says counts at the end of the world."""

    async def run() -> Made:
        async with part.rig() as rig:
            return await act(rig)

    return asyncio.run(run())
