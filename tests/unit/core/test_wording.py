"""Counts as people read them."""

import pytest

from accord.core.wording import counted


@pytest.mark.parametrize(("count", "told"), [(0, "0 writes"), (1, "1 write"), (2_333, "2,333 writes")])
def test_a_count_has_its_plural(count: int, told: str) -> None:
    assert counted(count, "write") == told


def test_a_plural_may_be_given() -> None:
    assert [counted(n, "property", "properties") for n in (1, 2)] == ["1 property", "2 properties"]
