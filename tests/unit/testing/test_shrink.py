"""A failing world becomes a short story, within a budget."""

from hypothesis import given, strategies as st

from accord.testing.world.shrink import Budget, Tale, shrink

LEVERS = ["a", "b", "c", "d"]


@given(
    steps=st.integers(1, 60),
    needed=st.sets(st.integers(0, 59), max_size=4),
    levers=st.sets(st.sampled_from(LEVERS)),
)
def test_only_what_it_needs_is_left(steps: int, needed: set[int], levers: set[str]) -> None:
    needed = {step for step in needed if step < steps} or {steps - 1}

    def breaks(tale: Tale) -> bool:
        return needed <= set(tale.left) and not (levers & tale.off)

    small = shrink(Tale(steps=steps), LEVERS, breaks, Budget(2000))
    assert set(small.left) == needed
    assert small.steps == max(needed) + 1
    assert small.off == set(LEVERS) - levers


def test_a_pair_that_only_fails_together_is_found() -> None:
    def breaks(tale: Tale) -> bool:
        return {3, 30} <= set(tale.left) or {4, 5, 6} <= set(tale.left)

    small = shrink(Tale(steps=40), [], breaks, Budget(500))
    assert small.left in ([3, 30], [4, 5, 6])


def test_it_ends_when_its_tries_are_spent() -> None:
    tried = []

    def breaks(tale: Tale) -> bool:
        tried.append(tale)
        return True

    shrink(Tale(steps=10_000), LEVERS, breaks, Budget(5))
    assert len(tried) == 5


def test_it_ends_when_its_time_is_over() -> None:
    now = iter(range(1000))
    tried = []

    def breaks(tale: Tale) -> bool:
        tried.append(tale)
        return False

    shrink(Tale(steps=10_000), LEVERS, breaks, Budget(1000, seconds=20, clock=lambda: float(next(now))))
    assert 5 < len(tried) <= 20
