"""Words for people."""

import pytest

from accord.core.wording import counted, known, remedy, sentence, visible


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


def test_what_a_terminal_would_obey_or_a_file_can_not_hold_is_shown() -> None:
    text = "a\x00\x1b\r\x7f\x85\u2028\ud800\ufeff\uffff æ\xa0\u200d\U0001f600\t\n"
    assert visible(text) == "a\\x00\\x1b\\r\\x7f\\x85\\u2028\\ud800\\ufeff\\uffff æ\xa0\u200d\U0001f600\t\n"
