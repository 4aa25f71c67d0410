"""What a connector does for one of several workers: it makes its part of the calls, and none under a lost lease."""

import asyncio
from itertools import count

import pytest

from accord.ports.connector import Write
from accord.runtime.standing import Guarded
from tests.unit.connectors.conftest import KEY, json_response

DONE = json_response({"id": "1", "name": "a"}, ETag='"9"')
WRITES = [Write(mapping=KEY, kind="create", body={}, key=str(n)) for n in range(10)]


def test_c3_nothing_is_written_once_the_lease_is_over(rig):
    """It is asked right before each call, not once for all; what is read harms nobody."""
    r = rig(DONE, rate={"concurrent": 1})
    asked = count()
    guarded = Guarded(r.connector, lambda: next(asked) < 4)

    async def run():
        outcomes = await guarded.write(WRITES)
        assert [outcome.kind for outcome in outcomes[:3]] == ["done"] * 3
        assert {outcome.kind for outcome in outcomes[3:]} == {"later"}
        assert len(r.requests) == 3
        assert {outcome.kind for outcome in await guarded.write(WRITES)} == {"later"}
        assert len(r.requests) == 3
        await guarded.fetch(KEY, ["1"])
        assert r.requests[-1].method == "GET"
        await r.connector.write(WRITES[:1])
        assert len(r.requests) == 5

    asyncio.run(run())


@pytest.mark.parametrize(("workers", "most"), [(1, 6), (2, 3), (4, 1), (9, 1)])
def test_w11_workers_divide_the_calls_under_way(rig, workers, most):
    r = rig(DONE, rate={"concurrent": 6})
    now = highest = 0
    send = r.wire.send

    async def counted(request):
        nonlocal now, highest
        now, highest = now + 1, max(highest, now + 1)
        await asyncio.sleep(0)
        now -= 1
        return await send(request)

    r.wire.send = counted
    r.connector.divide(workers)
    asyncio.run(r.connector.write(WRITES))
    assert highest == most
    assert r.connector.concurrent == 6


def test_w11_who_waits_is_let_in_when_a_worker_has_gone(rig):
    r = rig(DONE, rate={"concurrent": 2})
    r.connector.divide(2)
    hang, under_way = asyncio.Event(), []

    async def run():
        send = r.wire.send

        async def slow(request):
            under_way.append(request)
            await hang.wait()
            return await send(request)

        r.wire.send = slow
        one, other = (asyncio.ensure_future(r.connector.write([write])) for write in WRITES[:2])
        await asyncio.sleep(0.01)
        assert len(under_way) == 1
        r.connector.divide(1)
        await asyncio.sleep(0.01)
        assert len(under_way) == 2
        hang.set()
        await asyncio.gather(one, other)

    asyncio.run(run())
