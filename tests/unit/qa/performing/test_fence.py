"""Between hub and system: what was there before is nobody's probe."""

import asyncio
from collections.abc import AsyncIterator, Sequence

import pytest

from accord.core.observation import Observation, Outcome
from accord.ports.connector import Page, Write
from accord.qa.performing.clocks import JumpingClock
from accord.qa.performing.fence import Fence
from accord.qa.performing.probes import Probes
from accord.qa.performing.records import Record

AT = "crm.Contacts"


def seen(id_: str) -> Observation:
    return Observation(mapping=AT, id=id_, how="listing", asked_us=0, payload={"mail": "x@y.example"})


class Merging:
    """A system that takes a create for an update where a record has the same mail."""

    async def identity(self) -> str:
        return ""

    async def read(self, mapping: str, cursor: str, *, full: bool) -> AsyncIterator[Page]:
        yield Page(observations=[seen("1")])

    async def fetch(self, mapping: str, ids: Sequence[str]) -> list[Observation]:
        return [seen(id_) for id_ in ids]

    async def search(self, mapping: str, key: str, since_us: int) -> list[Observation] | None:
        return None

    async def write(self, writes: Sequence[Write]) -> list[Outcome]:
        ids = ["1" if (write.body or {}).get("mail") else "2" for write in writes]
        return [Outcome(kind="done", observation=seen(id_)) for id_ in ids]

    async def close(self) -> None: ...


@pytest.mark.parametrize("by", ["person", "hub"])
def test_a_record_that_was_there_before_is_no_probe_though_a_create_is_answered_with_it(by: str) -> None:
    async def run() -> None:
        probes = Probes("qa")
        fence = Fence(Merging(), Merging(), probes, {AT: 0.0}, JumpingClock())
        assert [page.observations async for page in fence.read(AT, "", full=True)] == [[]]
        send = fence.act if by == "person" else fence.write
        creates = [Write(mapping=AT, kind="create", body={name: "x@y.example"}) for name in ("mail", "name")]
        outcomes = await send(creates)
        assert [outcome.kind for outcome in outcomes] == ["refused", "done"]
        assert list(probes.made) == [Record(AT, "2")]
        assert probes.unanswered() == {}
        (edited,) = await fence.write([Write(mapping=AT, kind="update", id="1", body={"mail": ""})])
        assert edited.kind == "refused"

    asyncio.run(run())
