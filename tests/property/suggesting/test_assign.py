"""The assignment is the best of all."""

from itertools import combinations, permutations

from hypothesis import given, strategies as st

from accord.suggesting.assign import assign

WORTHS = st.sampled_from([-1.0, 0.0, 0.25, 0.5, 0.875, 1.5])
TABLES = st.integers(0, 5).flatmap(
    lambda columns: st.lists(st.lists(WORTHS, min_size=columns, max_size=columns), max_size=5)
)


def best_of_all(worth: list[list[float]]) -> float:
    rows, columns = range(len(worth)), range(len(worth[0]) if worth else 0)
    return max(
        (
            sum(max(worth[r][c], 0.0) for r, c in zip(some, order, strict=True))
            for count in range(min(len(rows), len(columns)) + 1)
            for some in combinations(rows, count)
            for order in permutations(columns, count)
        ),
        default=0.0,
    )


@given(TABLES)
def test_an_assignment_uses_each_side_once_and_is_worth_the_most(worth: list[list[float]]) -> None:
    found = assign(worth)
    assert len({r for r, _ in found}) == len({c for _, c in found}) == len(found)
    assert all(worth[r][c] > 0 for r, c in found)
    assert sum(worth[r][c] for r, c in found) == best_of_all(worth)
