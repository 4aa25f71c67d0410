"""Normalisers: what identifies, and what does not."""

import pickle
from typing import Any

import pytest

from accord.core.matching import NORMALISERS, build_normaliser, default_normaliser, normaliser
from accord.core.values import MISSING


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("exact", " A ", " A "),
        ("exact", 7, "7"),
        ("exact", True, "true"),
        ("exact", False, "false"),
        ("exact", 1.5, "1.5"),
        ("text", "  Anne\u00a0 MARIE ", "anne marie"),
        ("text", "Stra\u00dfe", "strasse"),
        ("text", "\ufb01rma \u2460", "firma 1"),
        ("text", "A\u030ase", "\u00e5se"),
        ("text", "o\u00adla", "ola"),
        ("text", 7, "7"),
        ("email", " Ola.N@Firma.NO ", "ola.n@firma.no"),
        ("email", "\u00c5se@Firma.NO", "\u00e5se@firma.no"),
        ("phone", "+47 912 34 567", "+4791234567"),
        ("phone(NO)", "912 34 567", "+4791234567"),
        ("phone(NO)", 91234567, "+4791234567"),
        ("phone(NO)", "912 34 567 x12", "+4791234567"),
        ("number", "no 974 760-673", "NO974760673"),
        ("number", "974.760.673", "974760673"),
        ("number", "111", "111"),
        ("number", 12345, "12345"),
        ("number", "sku_7", "SKU7"),
        ("digits", "NO 974 760 673 MVA", "974760673"),
        ("digits", "\uff11\uff12\uff13\uff15", "1235"),
        ("date", "1984-05-06", "1984-05-06"),
        ("date", "1984-05-06T10:00:00Z", "1984-05-06"),
        ("initial", "\u00c5se", "\u00e5"),
        ("prefix(4)", "Andersen", "ande"),
        ("prefix(3)", "A Be", "a b"),
        ("prefix(2)", "A Be", "a"),
        ("sorted_tokens", "Berg, Anne-Marie", "anne berg marie"),
        ("sound", "Meyer", "M600"),
        ("sound", "Meier Hansen", "M600"),
        ("sound", "Ashcraft", "A261"),
        ("sound", "Tymczak", "T522"),
        ("sound", "\u00c9tienne", "E350"),
        ("sound", "Lloyd", "L300"),
    ],
)
def test_l2_what_identifies(name: str, value: Any, text: str) -> None:
    assert normaliser(name)(value) == text


@pytest.mark.parametrize("name", [*NORMALISERS, "phone(NO)", "prefix(2)"])
@pytest.mark.parametrize("value", [None, MISSING, "", "  ", "\u200b", {}])
def test_l2_an_empty_part_identifies_nothing(name: str, value: Any) -> None:
    if (name, value) != ("exact", "\u200b"):
        assert normaliser(name)(value) is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("email", "info@firma.no"),
        ("email", "Post@Firma.no"),
        ("email", "no-reply@firma.no"),
        ("email", "no address"),
        ("email", "@firma.no"),
        ("email", "ola@"),
        ("email", "ola berg@firma.no"),
        ("email", 7),
        ("text", "N/A"),
        ("text", "Unknown"),
        ("text", "-"),
        ("phone(NO)", "00 00 00 00"),
        ("phone(NO)", "99 99 99 99"),
        ("phone(NO)", "12345678"),
        ("phone(NO)", "call me"),
        ("phone", "912 34 567"),
        ("number", "000"),
        ("number", "0"),
        ("number", "999999999"),
        ("number", "111111111"),
        ("number", "123456789"),
        ("number", "987654321"),
        ("number", "--"),
        ("digits", "00"),
        ("digits", "12"),
        ("digits", "no digits"),
        ("date", "1900-01-01"),
        ("date", "9999-12-31T00:00:00Z"),
        ("date", 7),
        ("prefix(4)", "Liu"),
        ("sorted_tokens", "., -"),
        ("sound", "123"),
        ("sound", "\u6797"),
    ],
)
def test_l2_what_is_on_the_non_identifying_list_gives_no_text(name: str, value: Any) -> None:
    assert normaliser(name)(value) is None


def test_l2_a_project_may_name_more() -> None:
    found = build_normaliser({"name": "email", "ignore": ["Front.Desk@firma.no", "info@x.no"]})
    assert found("front.desk@FIRMA.no") is None
    assert found("ola@firma.no") == "ola@firma.no"
    assert pickle.loads(pickle.dumps(found)) == found
    assert build_normaliser({"ignore": ["Test AS"]}, "string")("test  as") is None


@pytest.mark.parametrize(
    ("type_name", "value", "text"),
    [
        ("string", "A", "a"),
        ("integer", 7, "7"),
        ("decimal(2)", "7.00", "7.00"),
        ("date", "1900-01-01", None),
        ("datetime", "2024-01-31T10:00:00Z", "2024-01-31T10:00:00Z"),
        ("reference", "person/A", "person/A"),
        ("set(string)", "A", "a"),
    ],
)
def test_l2_each_type_has_a_normaliser(type_name: str, value: Any, text: str | None) -> None:
    assert default_normaliser(type_name)(value) == text
    assert build_normaliser(None, type_name)(value) == text


@pytest.mark.parametrize(
    "spec",
    [
        *("mail", "phone(XX)", "phone()", "prefix", "prefix(0)", "prefix(x)", 3, ["email"]),
        {"name": "email", "if": 1},
        {"name": "email", "ignore": "x"},
        {"name": "email", "ignore": 3},
        {"name": "mail"},
    ],
)
def test_what_is_no_normaliser_is_a_fault(spec: object) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - words differ
        build_normaliser(spec)


def test_the_fault_lists_what_is_known() -> None:
    with pytest.raises(
        ValueError, match=r"no normaliser 'mail'; known: exact, text, email, phone, number"
    ) as caught:
        normaliser("mail")
    assert "phone(region), prefix(n)" in str(caught.value)
