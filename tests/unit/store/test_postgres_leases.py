"""Leases of the PostgreSQL store: one conductor, taken over when it is not heard of, refused when it wakes up late."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest

from accord.core.errors import StaleLease, StopFlow, Undone
from accord.ports.leases import CONDUCT
from accord.store.postgres import PostgresStore
from tests.postgres import Server, server  # noqa: F401 (a fixture)


@pytest.fixture
def url(server: Server) -> str:  # noqa: F811
    return server.url(server.new_schema())


async def note(store: Any, value: int) -> None:
    async with store.transaction() as tx:
        await tx.save_meta("n", value)


async def noted(store: Any) -> Any:
    async with store.transaction(dry=True) as tx:
        return await tx.meta("n")


def test_c3_what_is_taken_meanwhile_puts_no_renewal_off(url: str) -> None:
    async def busy() -> bool:
        store = PostgresStore(url, lease_s=1.0)
        try:
            last_s = time.monotonic() + 2.0
            while time.monotonic() < last_s:
                held = await store.hold("other", 1.0)
                assert held is not None
                await store.let_go(held)
                await asyncio.sleep(0.05)
            return store.stands()
        finally:
            await store.close()

    assert asyncio.run(busy())


CHILD = """
import asyncio, sys
from accord.core.errors import AccordError
from accord.store.postgres import PostgresStore

async def play():
    store = PostgresStore(sys.argv[1], lease_s=float(sys.argv[2]))
    print("open", flush=True)
    for line in sys.stdin:
        try:
            async with store.transaction() as tx:
                await tx.save_meta("n", 0)
                await tx.meta("n")
                print("within", flush=True)
                sys.stdin.readline()
                await tx.save_meta("n", int(line))
            print("done", store.stands(), flush=True)
        except AccordError as error:
            print(error.code, store.stands(), flush=True)

asyncio.run(play())
"""


@contextmanager
def child(url: str, lease_s: float) -> "Iterator[subprocess.Popen[str]]":
    """Another conductor: it begins a transaction at each line, and ends it at the next."""
    command = [sys.executable, "-c", CHILD, url, str(lease_s)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert told(process) == "open"
            yield process
        finally:
            process.kill()


def told(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def tell(process: "subprocess.Popen[str]", line: str) -> None:
    assert process.stdin is not None
    process.stdin.write(line + "\n")
    process.stdin.flush()


def test_c3_one_conductor_at_a_time(url: str) -> None:
    async def play() -> None:
        first = PostgresStore(url)
        with pytest.raises(
            StopFlow, match=rf"another process is working with it \(process {os.getpid()} on "
        ):
            PostgresStore(url)
        reader = PostgresStore(url, readonly=True)
        await note(first, 1)
        assert await noted(reader) == 1
        with pytest.raises(StopFlow, match="can not be written"):
            await note(reader, 2)
        async with first.idle():
            second = PostgresStore(url, wait_s=5)
            await note(second, 3)
            with pytest.raises(StaleLease, match="another process has taken over"):
                await note(first, 4)
            await second.close()
        await note(first, 5)
        assert first.stands()
        (tenure,) = await first.tenures()
        assert (tenure.name, tenure.token, tenure.over) == (CONDUCT, 3, False)
        await first.close()
        await first.close()
        third = PostgresStore(url)
        assert await noted(third) == 5
        await third.close()
        await reader.close()

    asyncio.run(play())


def test_c3_a_lease_is_kept_alive_beside_long_work(url: str) -> None:
    async def play() -> None:
        store = PostgresStore(url, lease_s=0.4)
        time.sleep(1)  # noqa: ASYNC251 (the event loop is busy)
        await note(store, 1)
        assert store.stands()
        with pytest.raises(StopFlow, match="another process"):
            PostgresStore(url)
        await store.close()

    asyncio.run(play())


@pytest.mark.parametrize("within", [False, True])
def test_c3_a_process_that_wakes_up_late_is_refused(url: str, within: bool) -> None:
    """It was stopped between two transactions, or in the midst of one: nothing of it is kept, nobody waits for it."""

    async def play(process: "subprocess.Popen[str]") -> None:
        if within:
            tell(process, "1")
            assert told(process) == "within"
        process.send_signal(signal.SIGSTOP)
        began_s = time.monotonic()
        store = PostgresStore(url, wait_s=10)
        assert time.monotonic() - began_s < 5
        await note(store, 2)
        process.send_signal(signal.SIGCONT)
        tell(process, "1")
        if not within:
            assert told(process) in {"within", "stale-lease False"}
            tell(process, "1")
        assert told(process) in {"stale-lease False", "undone False"}
        tell(process, "1")
        tell(process, "1")
        assert told(process) == "stale-lease False"
        assert await noted(store) == 2
        await store.close()

    with child(url, 1.0) as process:
        asyncio.run(play(process))


def test_c3_the_lease_of_a_process_that_died_on_this_machine_is_free_at_once(url: str) -> None:
    with child(url, 60) as process:
        with pytest.raises(StopFlow, match=f"process {process.pid} on "):
            PostgresStore(url)
        tell(process, "1")
        assert told(process) == "within"
        process.kill()
        process.wait()
        with closing_store(PostgresStore(url, wait_s=2)) as store:
            assert asyncio.run(noted(store)) is None


def test_c3_hands_write_under_leases_of_their_own(url: str) -> None:
    async def play() -> None:
        conductor = PostgresStore(url)
        hand = PostgresStore(url, conduct=False, lease_s=0.3)
        with pytest.raises(RuntimeError, match="without the right to conduct"):
            await note(hand, 1)
        assert not await hand.conduct()
        held = await hand.hold("hand/1", 60)
        assert held is not None
        fenced = hand.fenced(held.lease)
        await note(fenced, 1)
        assert await conductor.take("hand/1", 60) is None
        await conductor.release(held.lease)  # or it ran out, or the process died
        async with fenced.transaction() as tx:  # what is under way is waited for
            await tx.save_meta("n", 2)
            await tx.meta("n")
            taking = asyncio.create_task(conductor.take("hand/1", 60))
            await asyncio.sleep(0.1)
            assert not taking.done()
        assert await taking is not None
        with pytest.raises(StaleLease):
            await note(fenced, 3)
        assert await noted(conductor) == 2
        assert await hand.renew([held.lease], 60) == frozenset()
        await hand.release(held.lease)
        assert await conductor.renew([taking.result() or held.lease], 60)
        assert [each.name for each in await hand.tenures("hand/")] == ["hand/1"]
        await conductor.close()
        assert await hand.conduct()
        await note(hand, 4)
        await fenced.close()
        await hand.close()

    asyncio.run(play())


def test_c3_of_those_who_want_a_lease_at_once_one_gets_it(url: str) -> None:
    async def play() -> None:
        stores = [PostgresStore(url, conduct=False) for _ in range(6)]
        for number in range(300):
            taken = await asyncio.gather(*(store.take(f"x{number % 200}", 0.0) for store in stores))
            got = [lease for lease in taken if lease is not None]
            assert len({lease.token for lease in got}) == len(got) >= 1, number
        for store in stores:
            await store.close()

    asyncio.run(play())


def test_what_was_read_and_changed_by_another_is_not_written_over(url: str) -> None:
    """Budgets and the like are read, and written back (W11)."""

    async def play() -> None:
        store = PostgresStore(url)
        other = PostgresStore(url, conduct=False)
        held = await other.hold("hand/1", 60)
        assert held is not None
        for there in (None, 1):
            with pytest.raises(Undone, match="changed by another piece of work"):  # noqa: PT012
                async with store.transaction() as tx:
                    assert await tx.meta("n") == there
                    await note(other.fenced(held.lease), 1 if there is None else 7)
                    await tx.save_meta("n", 9)
        async with store.transaction() as tx:
            assert await tx.meta("n") == 7
            await tx.save_meta("n", 8)
            await tx.save_meta("n", 9)
            assert await tx.meta("n") == 9
            await tx.save_meta("n", 10)
        assert await noted(other) == 10
        await store.close()
        await other.close()

    asyncio.run(play())


@contextmanager
def closing_store(store: PostgresStore) -> Iterator[PostgresStore]:
    try:
        yield store
    finally:
        asyncio.run(store.close())


def test_a_lost_connection_undoes_and_is_made_anew(url: str, server: Server) -> None:  # noqa: F811
    async def play() -> None:
        store = PostgresStore(url)
        with pytest.raises(Undone, match="connection to the server was lost"):  # noqa: PT012
            async with store.transaction() as tx:
                await tx.save_meta("n", 1)
                await tx.meta("n")
                server.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'accord'")
                await tx.save_meta("n", 2)
        await note(store, 3)
        assert await noted(store) == 3
        with closing(store.connect()) as db:
            assert db.execute("SELECT current_schema()").fetchone() == (store.place.schema,)
        assert await store.aside(lambda db: db.execute("SELECT 1").fetchone()) == (1,)
        await store.close()

    asyncio.run(play())
