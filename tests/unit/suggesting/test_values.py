"""How values are read, joined and compared: each form with its lens, and what equality proves."""

from collections.abc import Sequence
from typing import Any

import pytest

from accord.connectorkit.manifest_parts import PropertySpec
from accord.suggesting.agreement import agreement, mapped_words
from accord.suggesting.compounds import find_compounds
from accord.suggesting.field import Field
from accord.suggesting.joining import Column, find_join
from accord.suggesting.names import read_name
from accord.suggesting.readings import readings_of
from accord.suggesting.scoring import Weights, compare_columns

COUNT = 30


def field(path: str, values: Sequence[Any], **declared: Any) -> Field:
    filled = tuple(at for at, value in enumerate(values) if value is not None)
    return Field(path, PropertySpec(**declared), read_name(path), values, filled)


def column(path: str, values: Sequence[Any], **declared: Any) -> Column:
    it = field(path, values, **declared)
    return Column(it, readings_of(it, ("NO",), ("Europe/Oslo",)))


@pytest.mark.parametrize(
    ("kind", "raws", "canonical", "lens"),
    [
        ("date", ["31.12.2024", "01.02.2023", "17.05.2020"], "2024-12-31", {"name": "date", "format": "%d.%m.%Y"}),
        ("date", ["12/31/2024", "02/01/2023", "05/17/2020"], "2024-12-31", {"name": "date", "format": "%m/%d/%Y"}),
        ("date", ["20241231", "20230201", "20200517"], "2024-12-31", {"name": "date", "format": "%Y%m%d"}),
        ("date", ["2024-12-31", "2023-02-01", "2020-05-17"], "2024-12-31", None),
        ("instant", ["2024-07-01T12:00:00Z"] * 3, "2024-07-01T12:00:00Z", "datetime"),
        ("instant", [1719835200000] * 3, "2024-07-01T12:00:00Z", {"name": "datetime", "format": "epoch_ms"}),
        ("instant", ["2024-07-01T14:00:00"] * 3, "2024-07-01T12:00:00Z", {"name": "datetime", "zone": "Europe/Oslo"}),
        ("time", ["10:30", "11:00", "08:15"], "10:30:00", None),
        ("boolean", ["J", "N", "J"], True, {"name": "boolean", "raw": ["N", "J"]}),
        ("boolean", [1, 0, 1], True, {"name": "boolean", "raw": [0, 1]}),
        ("phone", ["22 33 44 55", "+47 91234567", "22 33 44 66"], "+4722334455", "phone(NO)"),
        ("email", ["Ada@Shop.Example", "bo@shop.example", "c@shop.example"], "ada@shop.example",
         {"name": "email", "local": "lower"}),
        ("set", ["b;a", "a", "c;b"], frozenset({"a", "b"}), {"name": "split", "separator": ";"}),
    ],
)  # fmt: skip
def test_values_are_read_in_the_form_that_they_have(
    kind: str, raws: list[Any], canonical: Any, lens: Any
) -> None:
    (found,) = [r for r in readings_of(field("it", raws), ("NO",), ("Europe/Oslo",)) if r.kind == kind][:1]
    assert found.values[0] == canonical
    assert found.lens == lens


@pytest.mark.parametrize(
    ("raws", "number", "lens"),
    [
        (["1 234,50", "99,95", "12 000,00"], "1234.5", {"raw": "text", "mark": ",", "group": " "}),
        (["1.234,50", "99,95", "12.000,00"], "1234.5", {"raw": "text", "mark": ",", "group": "."}),
        (["1234.5", "99.95", "12"], "1234.5", {"raw": "text"}),
    ],
)
def test_numbers_in_text_are_read_by_their_marks(raws: list[str], number: str, lens: Any) -> None:
    (found,) = [r for r in readings_of(field("it", raws)) if r.kind == "number"]
    assert str(found.values[0]) == number
    assert found.lens == lens
    assert found.scale == 2


def test_digits_with_zeros_before_them_are_no_number() -> None:
    assert "number" not in {r.kind for r in readings_of(field("zip", ["0150", "0450", "5003"]))}


def test_equality_proves_nothing_where_all_are_equal() -> None:
    same = ["NO"] * COUNT
    joined = [(at, at) for at in range(COUNT)]
    assert agreement(same, same, joined).points == 0
    assert agreement(list(range(COUNT)), list(range(COUNT)), joined).points > 5
    assert agreement(list(range(COUNT)), list(range(COUNT))[::-1], joined).points < -4


def test_words_are_told_by_a_table() -> None:
    ours = ["open", "waiting", "done"] * 10
    theirs = [{"open": 1, "waiting": 2, "done": 3}[each] for each in ours]
    found = mapped_words(ours, theirs, [(at, at) for at in range(COUNT)])
    assert found is not None
    assert found.words == {"open": 1, "waiting": 2, "done": 3}
    assert mapped_words([str(n) for n in range(COUNT)], theirs, [(at, at) for at in range(COUNT)]) is None


def test_numbers_that_both_systems_count_join_nothing() -> None:
    """Both number their customers from 1, and no customer is in both."""
    counted = [str(1000 + n) for n in range(COUNT)]
    left = [column("number", counted), column("name", [f"Aba {n}" for n in range(COUNT)])]
    right = [column("customerNo", counted), column("name", [f"Bo {n * 7}" for n in range(COUNT)])]
    assert not find_join(left, right).pairs


def test_records_are_joined_by_what_other_properties_bear_out() -> None:
    order = [(n * 7) % COUNT for n in range(COUNT)]
    left = [
        column("number", [str(1000 + n) for n in range(COUNT)]),
        column("email", [f"p{n}@shop.example" for n in range(COUNT)]),
        column("name", [f"Person {n * 13}" for n in range(COUNT)]),
    ]
    right = [
        column("customerNo", [str(1000 + n) for n in range(COUNT)]),
        column("mail", [f"P{n}@shop.example" for n in order]),
        column("title", [f"Person {n * 13}" for n in order]),
    ]
    found = find_join(left, right)
    assert sorted(found.pairs) == sorted((n, at) for at, n in enumerate(order))
    assert found.by in ((("email", "mail"),), (("name", "title"),))


def test_a_homonym_whose_values_never_agree_is_refused() -> None:
    joined = [(at, at) for at in range(COUNT)]
    nick = column("name", [f"cat{n}" for n in range(COUNT)])
    real = column("name", [f"Ada Berg {n}" for n in range(COUNT)])
    full = column("contact", [f"Ada Berg {n}" for n in range(COUNT)])
    assert compare_columns(nick, real, joined, Weights()).points < 0
    assert compare_columns(full, real, joined, Weights()).points > 2


def test_two_parts_of_a_whole_are_found_in_their_order() -> None:
    given, family = ([f"{word}{n}" for n in range(COUNT)] for word in ("Ada", "Berg"))
    joined = [(at, at) for at in range(COUNT)]
    left = [field("a", given), field("b", family)]
    right = [field("whole", [f"{b}, {a}" for a, b in zip(given, family, strict=True)])]
    (found,) = find_compounds(left, right, joined, Weights())
    assert [part.path for part in found.parts] == ["b", "a"]
    assert found.separator == ", "
    (back,) = find_compounds(right, left, joined, Weights())
    assert back.side == 1


def test_p2_evidence_has_counts_and_no_values() -> None:
    joined = [(at, at) for at in range(COUNT)]
    one = column("x", [f"secret{n}" for n in range(COUNT)])
    words = " ".join(each.words for each in compare_columns(one, one, joined, Weights()).evidence)
    assert f"{COUNT} of {COUNT} records agree" in words
    assert "secret" not in words
