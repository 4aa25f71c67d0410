"""Suggestions are as good as the page says, and never worse than a floor."""

import pytest

from tests.suggesting.__main__ import HALVES, PAGE, line, of
from tests.suggesting.measure import all_found, lenses
from tests.suggesting.world import worlds

FLOORS = {
    # precision and recall from a score of 0.5 on, and from 0.9 on
    "names, types": ((0.75, 0.5), (0.9, 0.2)),
    "all": ((0.97, 0.95), (0.98, 0.85)),
}


def test_there_are_pairs_enough_and_half_of_them_are_held_out() -> None:
    assert len(worlds()) >= 10
    assert len(worlds(held_out=True)) * 2 == len(worlds())


@pytest.mark.parametrize("half", HALVES)
@pytest.mark.parametrize("variant", FLOORS)
def test_precision_and_recall_stay_above_their_floors_and_are_told(variant: str, half: str) -> None:
    for threshold, (precision, recall) in zip((0.5, 0.9), FLOORS[variant], strict=True):
        found = of(variant, threshold, held_out=HALVES[half])
        assert found.precision >= precision
        assert found.recall >= recall
    assert line(variant, half) in PAGE.read_text(encoding="utf-8"), (
        "write the page: python -m tests.suggesting"
    )


@pytest.mark.parametrize("half", HALVES)
def test_nearly_every_row_has_the_lenses_by_which_both_say_the_same(half: str) -> None:
    right, total = map(sum, zip(*(lenses(*each) for each in all_found("all", HALVES[half])), strict=True))
    assert right >= 0.95 * total


@pytest.mark.parametrize("half", HALVES)
def test_nearly_every_match_alternative_is_of_right_rows(half: str) -> None:
    found = of("all", 0.5, held_out=HALVES[half], what="match")
    assert found.suggested >= len(all_found("all", HALVES[half]))
    assert found.precision >= 0.9
