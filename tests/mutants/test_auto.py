"""The program that makes small changes: each is another program, and is in force where it was made."""

import ast
from types import FunctionType
from typing import Any

import pytest

from tests.mutants.auto.__main__ import CORE, every_change
from tests.mutants.auto.alike import ALIKE
from tests.mutants.auto.operators import Change, changes, with_change
from tests.mutants.auto.report import Report, interval
from tests.mutants.auto.server import UNTRIED, Fate, exchange
from tests.mutants.document import AUTOMATIC, with_part

SOURCE = '''
LIMIT = 3

def outer(values, most=LIMIT):
    """A text."""
    found = [v for v in values if v is not None and v < most]
    def inner(value):
        return value + 1
    if not found:
        raise ValueError("nothing is there")
    return sorted(map(inner, found))
'''


def test_changes_are_made_in_functions_alone_and_leave_texts_for_people() -> None:
    keys = {change.key for change in changes(SOURCE)}
    assert "outer: v < most -> v <= most" in keys
    assert "outer: v < most -> v >= most" in keys
    assert "outer: value + 1 -> value - 1" in keys
    assert "outer: not found -> found" in keys
    assert "outer: for v in values if v is not None and v < most -> for v in values" in keys
    assert not [key for key in keys if "nothing is there" in key or "LIMIT" in key or "A text" in key]


@pytest.mark.parametrize("file", ["claims.py", "merging/news.py", "lens/places.py"])
def test_every_change_is_another_program(file: str) -> None:
    source = (CORE / file).read_text(encoding="utf-8")
    plain = ast.unparse(ast.parse(source))
    found = changes(source)
    assert [change.number for change in found] == list(range(len(found)))
    for change in found[::7]:
        assert ast.unparse(with_change(source, change.number)) != plain
        compile(with_change(source, change.number), file, "exec")


def test_a_change_is_in_force_in_functions_that_are_alive(tmp_path: Any) -> None:
    path = tmp_path / "module.py"
    path.write_text(SOURCE, encoding="utf-8")
    names: dict[str, Any] = {}
    exec(compile(SOURCE, str(path), "exec"), names)
    outer = names["outer"]
    assert outer([1, None, 5]) == [2]
    (change,) = [each for each in changes(SOURCE) if each.key == "outer: value + 1 -> value - 1"]
    exchange(
        [each for each in names.values() if isinstance(each, FunctionType)], path, path.read_text(), change
    )
    assert outer([1, None, 5]) == [0]
    with pytest.raises(LookupError):
        exchange([], path, path.read_text(), change)


def test_a_share_has_the_interval_of_wilson() -> None:
    low, high = interval(90, 100)
    assert (round(low, 3), round(high, 3)) == (0.826, 0.945)
    assert interval(0, 0) == (0.0, 1.0)


def test_the_page_keeps_the_part_that_is_not_written() -> None:
    change = Change("f", 1, 0, "a | b", "b")
    fates = [
        Fate("x.py", change, killer, 1, 2, 0.1)
        for killer in ("world 1: W10", "a.py::test_m1_x", "", f"{UNTRIED}no")
    ]
    report = Report(fates=fates, total=9, seed=0, worlds=3)
    page = with_part("# Mutants\n", automatic=report.page())
    assert "Of 9 changes a sample of 4 (seed 0) was tried; 3 could be made. 2 were noticed: **66.7%**" in page
    assert "| `x.py` | `f: a \\| b -> b` | **nobody noticed** |" in page
    again = with_part(page, seeded="# Seeded anew\n")
    assert again.startswith("# Seeded anew\n\n" + AUTOMATIC)
    assert again.endswith(page.partition(AUTOMATIC)[2])
    assert report.rate() == 2 / 3


def test_changes_that_never_end_and_those_that_change_nothing_are_told_apart() -> None:
    change = Change("f", 1, 0, "a", "b")
    (file, key), why = next(iter(ALIKE.items()))
    function, _, text = key.partition(": ")
    old, _, new = text.partition(" -> ")
    fates = [Fate("x.py", change, killer, 1, 2, 0.1) for killer in ("hangs", "a.py::test_m1_x", "")]
    fates.append(Fate(file, Change(function, 1, 0, old, new), "", 1, 2, 0.1))
    report = Report(fates=fates, total=9, seed=0, worlds=3)
    assert "2 were noticed, 1 of them because nothing came to an end: **50.0%**" in report.sum_up()
    assert "1 of the others change nothing that matters, 1 stand open" in report.sum_up()
    assert why in report.page()


def test_every_reason_is_of_a_change_that_is_still_made() -> None:
    made = {(file, change.key) for file, change in every_change()}
    assert not [key for key in ALIKE if key not in made]
