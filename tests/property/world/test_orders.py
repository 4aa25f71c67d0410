"""The same edits, seen in another order, end in the same golden values and the same records (S7)."""

import pytest

from accord.store import MemoryStore
from accord.testing.world.orders import compare_orders, end_of


@pytest.mark.parametrize("seed", [*range(10), 14, 21])
def test_s7_the_same_edits_seen_in_another_order_end_alike(seed: int) -> None:
    """Systems are read in another order in each cycle, and what a read shows comes in other pages."""
    assert not compare_orders(seed, MemoryStore)


@pytest.mark.parametrize("turn", [1, 2])
def test_w9_s7_a_create_refused_for_what_it_refers_to_is_retried_when_that_is_gone(turn: int) -> None:
    """Somebody deletes a company beside a person who refers to it: in one order that person can not be created."""
    assert not compare_orders(21, MemoryStore, turn=turn)


def test_s7_what_is_compared_is_worth_it() -> None:
    """Golden records and records in every system; and other edits end otherwise."""
    end = end_of(3, MemoryStore())
    goldens = [name for name in end if " " not in name]
    systems = {name.partition(".")[0] for name in end if " " in name}
    assert (len(goldens) >= 5, len(systems) >= 3) == (True, True)
    assert end != end_of(4, MemoryStore())
