"""A checklist of the pairs that somebody names: their lines alone are made, and they are those of the whole one."""

import re
from collections.abc import Sequence

import pytest

from accord.core.errors import AccordError
from accord.project import Project
from accord.qa.checklist import Line
from accord.qa.deriving import derive
from accord.qa.deriving.named import Named
from tests.unit.qa.wide import loaded, manifest

TEXT = """
version: 1
name: three
systems: {a: {connector: a}, b: {connector: b}, c: {connector: c}}
pairs:
  - {from: a.One, to: b.Two, match: [[[mail, mail]]], rows: [[name, name], [mail, mail]]}
  - {from: b.Two, to: c.Three, rows: [[name, name]]}
  - {from: a.Odd, to: c.Odd, enabled: false, rows: [[name, name]]}
"""


@pytest.fixture(scope="module")
def project() -> Project:
    kinds = {"a": ("One", "Odd"), "b": ("Two",), "c": ("Three", "Odd")}
    return loaded(
        TEXT,
        {key: manifest(key, {kind: {"name": {}, "mail": {}} for kind in of}) for key, of in kinds.items()},
    )


@pytest.mark.parametrize(
    ("name", "label"),
    [("a-b", "a.One - b.Two"), ("b.two - a.one", "a.One - b.Two"), ("c.Odd-a.Odd", "a.Odd - c.Odd")],
)
def test_the_lines_are_those_of_the_whole_checklist(project: Project, name: str, label: str) -> None:
    whole = [line.id for line in derive(project).lines if line.pair == label]

    found = derive(project, named=[name]).lines

    assert whole
    assert [line.id for line in found] == whole


def test_no_line_of_another_pair_is_made(project: Project) -> None:
    whole = [line for line in derive(project).lines if line.pair == "b.Two - c.Three"]

    alone = derive(project, named=["b-c"]).lines

    assert _first(alone) < _first(whole)


def _first(lines: Sequence[Line]) -> int:
    """The lowest number of a probe: they are counted as lines are made."""
    return min(int(number) for number in re.findall(r"qa-(\d{5})", str(lines)))


def test_a_name_of_no_pair_is_an_error_that_lists_those_there_are(project: Project) -> None:
    with pytest.raises(AccordError, match="no pair is called a-x") as raised:
        derive(project, named=["a-b", "a-x"])

    assert "a.Odd - c.Odd" in str(raised.value)


def test_a_name_may_hold_the_sign_between_two_ends() -> None:
    assert Named(["a.Order-b.Two"]).has("a.Order - b.Two")
    assert Named(["a.Order - line-b.Two"]).has("a.Order - line - b.Two")
    assert not Named(["a.Order-b.Two"]).has("a.Order - line - b.Two")
