"""Normalisations that a manifest declares (S5)."""

import pytest
from hypothesis import given, strategies as st

from accord.connectorkit.normalise import NORMALISERS, normaliser


@pytest.mark.parametrize(
    ("specs", "raw", "made"),
    [
        (["trim"], "  a b ", "a b"),
        (["collapse"], " a \n b ", "a b"),
        (["lower"], "Å", "å"),
        (["upper"], "ab", "AB"),
        (["title"], "ann lee", "Ann Lee"),
        (["digits"], "+47 12-3", "47123"),
        (["blank_null"], "  ", None),
        (["blank_null"], "x", "x"),
        (["trim", "max_length(3)"], "  abcd", "abc"),
        (["scale(2)"], 1.005, 1.01),
        (["scale(2)"], "1.5", "1.50"),
        (["scale(0)"], 2.5, 3),
        (["scale_even(0)"], 2.5, 2),
        (["scale(2)"], 7, 7),
        (["scale(2)"], "seven", "seven"),
        (["scale(2)"], True, True),
    ],
)
def test_s5_what_a_system_makes_of_a_value(specs, raw, made):
    assert normaliser(specs)(raw) == made


@given(st.sampled_from([n.replace("(n)", "(2)") for n in NORMALISERS]), st.text(max_size=8))
def test_s5_a_normalisation_of_its_own_result_changes_nothing(spec, raw):
    once = normaliser([spec])(raw)
    assert normaliser([spec])(once) == once


def test_values_of_other_types_come_back():
    assert normaliser(["trim", "lower", "max_length(1)"])([1]) == [1]


def test_none_for_none():
    assert normaliser([]) is None


@pytest.mark.parametrize("spec", ["squash", "max_length", "trim(2)", "scale(two)", ""])
def test_an_unknown_one_is_told_with_the_known_ones(spec):
    with pytest.raises(ValueError, match=r"max_length\(n\)"):
        normaliser([spec])
