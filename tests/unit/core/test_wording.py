"""Words for people."""

import pytest

from accord.core.wording import counted, known, remedy, sentence


@pytest.mark.parametrize(("count", "told"), [(0, "0 writes"), (1, "1 write"), (2_333, "2,333 writes")])
def test_a_count_has_its_plural(count: int, told: str) -> None:
    assert counted(count, "write") == told


def test_a_plural_may_be_given() -> None:
    assert [counted(n, "property", "properties") for n in (1, 2)] == ["1 property", "2 properties"]


def test_a_remedy_names_the_nearest_and_what_else_is_known() -> None:
    assert remedy("Contcts", ["Contacts", "Firms"]) == "Did you mean `Contacts`? Known: Contacts, Firms."
    assert remedy("Zebra", ["Contacts", "Firms"]) == "Known: Contacts, Firms."
    assert remedy("Zebra", []) == "None are known here."


def test_a_long_list_is_cut() -> None:
    assert known(f"n{number:02}" for number in range(14)).endswith("n10, n11 and 2 more")


def test_a_sentence_has_a_capital_and_an_end() -> None:
    assert [sentence(text) for text in ("correct it", "Correct it.")] == ["Correct it."] * 2
