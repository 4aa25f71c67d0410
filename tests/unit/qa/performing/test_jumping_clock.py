"""A clock on which waiting takes no time."""

import asyncio
import time

from accord.qa.performing.clocks import JumpingClock


def test_a_sleep_puts_the_clock_on():
    clock, real = JumpingClock(), time.monotonic()
    began = clock.now_us()
    asyncio.run(clock.sleep(3600))
    assert clock.now_us() - began >= 3600 * 10**6
    assert time.monotonic() - real < 60


def test_those_who_sleep_at_the_same_time_share_the_jump():
    passed = 0
    clock = JumpingClock(0, lambda: passed)

    async def both() -> None:
        await asyncio.gather(clock.sleep(10), clock.sleep(4), clock.sleep(10))

    asyncio.run(both())
    assert clock.now_us() == 10 * 10**6
    passed = 5 * 10**9
    assert clock.now_us() == 15 * 10**6
