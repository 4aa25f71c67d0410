"""Hints that name no record: the first one at once, the rest as one, none lost (S9, W11)."""

from collections.abc import Callable
from itertools import pairwise

from hypothesis import given, strategies as st

from accord.serving.calm import Calm


class Time:
    """Time that passes when it is told to."""

    def __init__(self) -> None:
        self.now_s = 0.0
        self.planned: list[tuple[float, Callable[[], None]]] = []

    def later(self, wait_s: float, call: Callable[[], None]) -> None:
        self.planned.append((self.now_s + wait_s, call))

    def go_to(self, at_s: float) -> None:
        while self.planned and min(due_s for due_s, _ in self.planned) <= at_s:
            due = min(self.planned, key=lambda it: it[0])
            self.planned.remove(due)
            self.now_s = due[0]
            due[1]()
        self.now_s = at_s


@given(
    st.lists(st.tuples(st.floats(0, 30), st.sampled_from("ab")), max_size=40), st.sampled_from([1.0, 15.0])
)
def test_s9_none_is_lost_and_none_comes_too_soon(hints: list[tuple[float, str]], every_s: float) -> None:
    time = Time()
    taken: list[tuple[float, str]] = []
    calm = Calm(lambda name: taken.append((time.now_s, name)), lambda: time.now_s, time.later)
    for at_s, name in sorted(hints):
        time.go_to(at_s)
        calm.take(name, every_s)
    time.go_to(100)
    for name in "ab":
        came = sorted(at_s for at_s, each in hints if each == name)
        passed = [at_s for at_s, each in taken if each == name]
        assert passed[:1] == came[:1], "the first one at once"
        assert all(b - a >= every_s - 1e-9 for a, b in pairwise(passed))
        assert all(any(at_s <= done_s <= at_s + every_s + 1e-9 for done_s in passed) for at_s in came)
