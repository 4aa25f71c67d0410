"""The hub's clock never goes back, whatever becomes of the machine's (C1, M3)."""

from accord.runtime.clock import SystemClock


class Machine:
    """A machine whose clock can be set."""

    def __init__(self) -> None:
        self.wall_s, self.passed_s = 1000, 0
        self.clock = SystemClock(lambda: self.wall_s * 1_000_000_000, lambda: self.passed_s * 1_000_000_000)

    def passes(self, seconds: int) -> None:
        self.wall_s, self.passed_s = self.wall_s + seconds, self.passed_s + seconds


def told_s(clock: SystemClock) -> int:
    return clock.now_us() // 1_000_000


def test_c1_set_back_the_clock_goes_on_until_the_time_has_caught_up() -> None:
    machine = Machine()
    clock = machine.clock
    assert told_s(clock) == 1000
    machine.wall_s -= 500
    machine.passes(10)
    assert told_s(clock) == 1010
    machine.wall_s += 700
    machine.passes(1)
    assert told_s(clock) == machine.wall_s == 1211


def test_c1_it_is_never_before_what_another_process_told() -> None:
    machine = Machine()
    clock = machine.clock
    clock.go_on_after(2_000_000_000)
    machine.passes(5)
    assert told_s(clock) == 2005
    clock.go_on_after(3)
    assert told_s(clock) == 2005
