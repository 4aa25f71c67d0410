"""How values stand in records: written by hand here, as in the tables."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from accord.connectorkit.manifest_parts import PropertySpec
from accord.qa.deriving.ranges import Unknown
from accord.qa.deriving.spelling import spelling_of, stored
from accord.qa.deriving.values import Domain, meet

SUMMER = datetime(2024, 7, 1, 10, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("type_name", "declared", "lens", "value", "raw"),
    [
        ("string", {}, (), "Fjord", "Fjord"),
        ("string", {"type": "integer"}, (), 42, 42),
        ("integer", {}, (), 42, "42"),
        ("integer", {"type": "integer"}, (), 42, 42),
        ("decimal(2)", {"type": "decimal"}, (), Decimal("2.00"), 2),
        ("decimal(2)", {"type": "decimal"}, (), Decimal("2.50"), 2.5),
        ("decimal(2)", {}, ({"name": "decimal", "raw": "text", "mark": ","},), Decimal("2.50"), "2,50"),
        ("boolean", {"type": "boolean"}, (), True, True),
        ("boolean", {}, (), False, "false"),
        ("boolean", {}, ({"name": "boolean", "raw": ["N", "Y"]},), True, "Y"),
        ("date", {"type": "date"}, (), date(2024, 2, 29), "2024-02-29"),
        ("date", {"type": "datetime"}, (), date(2024, 2, 29), "2024-02-29T00:00:00Z"),
        ("date", {}, ({"name": "date", "format": "%-d.%-m.%Y"},), date(2024, 3, 1), "1.3.2024"),
        ("datetime", {"type": "datetime"}, (), SUMMER, "2024-07-01T10:30:00Z"),
        ("datetime", {"type": "datetime", "zone": "Europe/Oslo"}, (), SUMMER, "2024-07-01T12:30:00"),
        ("datetime", {"type": "integer"}, ({"name": "datetime", "format": "epoch_s"},), SUMMER, 1719829800),
        ("string", {"type": "integer"}, ({"name": "map", "pairs": [[1, "active"]]},), "active", 1),
        ("set(string)", {}, ("split",), ["a", "b"], "a;b"),
        ("string", {}, ("truncate(3)",), "Fjord", "Fjo"),
        ("string", {}, ("phone(NO)",), "+4792000042", "+4792000042"),
    ],
)
def test_a_value_stands_as_its_type_and_its_lenses_say(
    type_name: str, declared: dict[str, Any], lens: tuple[Any, ...], value: Any, raw: Any
) -> None:
    assert spelling_of(type_name, PropertySpec(**declared), lens).raw(value) == raw


@pytest.mark.parametrize(
    ("lens", "value", "typed"),
    [
        ("phone(NO)", "+4792000042", "920 00 042"),
        ("phone(SE)", "+4792000042", None),
        ("trim", "Odd", "  Odd "),
        ("upper", "ODD", "odd"),
        ("truncate(40)", "Odd", None),
    ],
)
def test_what_people_type_is_forgiven(lens: str, value: str, typed: str | None) -> None:
    assert spelling_of("string", PropertySpec(), (lens,)).typed(value) == typed


def test_the_words_of_a_text_stand_at_several_places() -> None:
    assert spelling_of("string", PropertySpec(), ("join",), 2).raw("Kari Anne Berg") == ["Kari Anne", "Berg"]
    last = spelling_of("string", PropertySpec(), ({"name": "join", "rest": "last"},), 2)
    assert last.raw("Kari Anne Berg") == ["Kari", "Anne Berg"]
    assert last.raw(None) == [None, None]


@pytest.mark.parametrize("lens", ["constant(x)", "elements", {"name": "keyed", "key": "no"}])
def test_a_lens_without_a_table_is_told(lens: Any) -> None:
    with pytest.raises(Unknown):
        spelling_of("string", PropertySpec(), (lens,))


@pytest.mark.parametrize(
    ("normalises", "raw", "kept"),
    [
        (("trim", "lower"), " Ab ", "ab"),
        (("max_length(3)",), "Fjord", "Fjo"),
        (("digits",), "NO 12", "12"),
        (("blank_null",), "  ", None),
        (("scale(1)",), 1.25, 1.3),
        (("scale_even(1)",), 1.25, 1.2),
        (("title",), "per olsen", "Per Olsen"),
        (("trim",), 5, 5),
    ],
)
def test_a_system_keeps_what_its_manifest_says(normalises: tuple[str, ...], raw: Any, kept: Any) -> None:
    assert stored(PropertySpec(normalises=normalises), raw) == kept


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        (Domain(kind="text", longest=40), Domain(kind="text", longest=12), Domain(kind="text", longest=12)),
        (Domain(kind="text"), Domain(kind="integer"), Domain(kind="integer")),
        (Domain(kind="decimal", scale=2), Domain(kind="integer"), Domain(kind="integer", scale=2)),
        (Domain(kind="date"), Domain(kind="integer"), None),
        (
            Domain(kind="enum", members=("a", "b")),
            Domain(kind="enum", members=("b", "c")),
            Domain(kind="enum", members=("b",)),
        ),
        (Domain(kind="enum", members=("a",)), Domain(kind="enum", members=("c",)), None),
    ],
)
def test_both_ends_take_a_value(one: Domain, other: Domain, both: Domain | None) -> None:
    assert meet(one, other) == both
    assert meet(other, one) == both
