"""Normalisers and likeness against plain models, and what identifies nothing (L2, L7)."""

from typing import Any

import pytest
from hypothesis import given, strategies as st

from accord.core.matching import NORMALISERS, build_normaliser, keys_of, normaliser, vetoed, vetoes_of
from accord.core.matching.placeholders import (
    PLACEHOLDER_DATES,
    PLACEHOLDER_WORDS,
    SHARED_MAILBOXES,
    is_filler,
)
from accord.core.matching.registry import default_normaliser
from accord.core.matching.similar import are_near, jaro_winkler, likeness, score
from accord.core.model import Concept, MatchRule, Similar
from accord.core.state import Member
from accord.core.values import MISSING

# ruff: noqa: E501 - a row is a line
plain = st.text("aBc 12.-@", max_size=8)


@given(
    plain
    | st.integers(-20, 20)
    | st.booleans()
    | st.floats(-2, 2)
    | st.none()
    | st.just(MISSING)
    | st.lists(plain, max_size=1)
)
def test_l2_what_each_normaliser_makes_of_plain_data(value: Any) -> None:
    told = (
        value
        if isinstance(value, str)
        else {True: "true", False: "false"}[value]
        if isinstance(value, bool)
        else str(value)
    )
    said = isinstance(value, str | int | float) and bool(told.strip())
    low = " ".join(told.lower().split())
    made = {
        "exact": told,
        "text": "" if low in PLACEHOLDER_WORDS else low,
        "number": "".join(c for c in told.upper() if c.isalnum()),
        "digits": "".join(c for c in told if c.isdigit()),
        "initial": low[:1],
        "prefix(3)": low[:3].rstrip() if len(low) >= 3 else "",
        "sorted_tokens": " ".join(sorted("".join(c if c.isalnum() else " " for c in low).split())),
    }
    for name in ("initial", "prefix(3)", "sorted_tokens"):
        made[name] = "" if low in PLACEHOLDER_WORDS else made[name]
    made["digits"] = made["digits"] if len(made["digits"]) > 2 and not is_filler(made["digits"]) else ""
    made["number"] = made["number"] if made["number"] and not is_filler(made["number"]) else ""
    for name, wanted in made.items():
        assert normaliser(name)(value) == ((wanted or None) if said else None)


@given(
    st.sampled_from(["Ada", "o.n", "Info", "no-reply", "x", ""]),
    st.sampled_from(["Firma.NO", "x.org", ""]),
    st.sampled_from(["", " "]),
)
def test_l2_an_address_is_of_somebody_in_particular(mailbox: str, domain: str, around: str) -> None:
    address = f"{around}{mailbox}@{domain}{around}"
    nobody = not mailbox or not domain or mailbox.lower() in SHARED_MAILBOXES
    assert normaliser("email")(address) == (None if nobody else f"{mailbox}@{domain}".lower())
    for wrong in (f"{mailbox} {domain}", f"a b@{domain}", mailbox, 7, None, MISSING):
        assert normaliser("email")(wrong) is None
    assert normaliser("email")("\u00c5sa@Firma.NO") == "\u00e5sa@firma.no"


@given(st.integers(20_000_000, 99_999_999), st.sampled_from(["{}", " +47{}", "0047 {}", "{} ext. 5"]))
def test_l2_a_phone_number_is_one_of_its_region_without_its_extension(number: int, form: str) -> None:
    filler = is_filler(str(number))
    text = form.format(number)
    assert normaliser("phone(NO)")(text) == (None if filler else f"+47{number}")
    assert normaliser("phone")(str(number)) is None
    for nothing in (None, MISSING, "", "soon", 12):
        assert normaliser("phone(NO)")(nothing) is None


@given(st.dates().map(str), st.sampled_from(["", "T10:30:00Z", " 10:30"]))
def test_l2_a_date_is_its_day_and_the_ends_of_calendars_are_none(day: str, tail: str) -> None:
    assert normaliser("date")(day + tail) == (None if day in PLACEHOLDER_DATES else day)
    for nothing in (*PLACEHOLDER_DATES, day[:9], 20240101, None):
        assert normaliser("date")(nothing) is None


@given(st.sampled_from("0129a"), st.integers(1, 12), st.integers(0, 9), st.integers(1, 10))
def test_l2_fillers_are_zeros_nines_sixes_alike_and_eight_in_a_row(
    character: str, length: int, start: int, count: int
) -> None:
    assert is_filler(character * length) == (length >= {"0": 1, "9": 3}.get(character, 6))
    rising = "".join(str((start + at) % 10) for at in range(count))
    falling = "".join(str((start - at) % 10) for at in range(count))
    for run in (rising, falling):
        alike = count == 1 and run == "0"
        assert is_filler(run) == (alike or count >= 8)
        assert not is_filler(f"x{run}x")


SOUNDS = {
    "Robert": "R163",
    "Rupert": "R163",
    "Ashcraft": "A261",
    "Tymczak": "T522",
    "Pfister": "P236",
    "Honeyman": "H555",
    "Lee": "L000",
    "Azzo": "A200",
    "Zhdanov": "Z351",
}


@pytest.mark.parametrize(("word", "code"), SOUNDS.items())
@given(more=st.sampled_from(["", " Berg", "\u0301"]), upper=st.booleans())
def test_l7_the_published_codes_of_soundex(word: str, code: str, more: str, upper: bool) -> None:
    assert normaliser("sound")((word.upper() if upper else word) + more) == code
    for nothing in ("", "12", None, "\u4e2d", "n/a"):
        assert normaliser("sound")(nothing) is None


def reference_jaro_winkler(a: str, b: str) -> float:
    """The definition, written from the paper: matches within half the longer text, transpositions, the common prefix."""
    if a == b:
        return 1.0
    short, long = sorted((a, b))
    reach = max(max(len(a), len(b)) // 2 - 1, 0)
    taken: set[int] = set()
    pairs = []
    for at, character in enumerate(short):
        there = next(
            (j for j, c in enumerate(long) if abs(j - at) <= reach and j not in taken and c == character),
            None,
        )
        if there is not None:
            taken.add(there)
            pairs.append(character)
    if not pairs:
        return 0.0
    moved = sum(x != long[j] for x, j in zip(pairs, sorted(taken), strict=True)) // 2
    m = len(pairs)
    jaro = (m / len(a) + m / len(b) + (m - moved) / m) / 3
    common = next((n for n in range(4) if a[n : n + 1] != b[n : n + 1] or not a[n : n + 1]), 4)
    return jaro + common * 0.1 * (1 - jaro)


@given(st.text("abc", max_size=9), st.text("abc", max_size=9))
def test_l7_likeness_is_jaro_winkler(a: str, b: str) -> None:
    assert jaro_winkler(a, b) == pytest.approx(reference_jaro_winkler(a, b))
    both = f"{a}, {b}", f"{b} {a}"
    assert likeness(*both) == pytest.approx(1) or not (a and b)


names = st.sampled_from(["martha", "marhta", "bert", None])


@given(st.lists(st.tuples(names, names), min_size=1, max_size=3), st.sampled_from([None, 0.9, 0.97]))
def test_l7_the_mean_of_all_parts_counts_and_all_must_be_near(
    pairs: list[tuple[Any, Any]], link: float | None
) -> None:
    ours, theirs = [x for x, _ in pairs], [y for _, y in pairs]
    known = None not in ours and None not in theirs
    mean = sum(likeness(x, y) for x, y in pairs) / len(pairs) if known else 0
    assert score(ours, theirs) == pytest.approx(mean)
    rule = MatchRule(name="r", parts=(), similar=Similar(parts=(), propose=0.8, link=link))
    members = [
        Member("crm.P", str(at), None, "", (), tuple(some)) for at, some in enumerate((ours, theirs, ours))
    ]
    wanted = link is not None and min(mean, score(ours, ours)) >= link
    assert are_near(members, rule) == wanted


KNOWN = {
    "string": "text",
    "date": "date",
    "datetime": "exact",
    "integer": "exact",
    "list(string)": "text",
    "set(date)": "date",
    "enum(a|b)": "exact",
}


@pytest.mark.parametrize(("kind", "name"), KNOWN.items())
@given(value=plain | st.dates().map(str))
def test_l2_a_type_has_a_normaliser_and_ignored_texts_identify_nothing(
    kind: str, name: str, value: Any
) -> None:
    made = normaliser(name)(value)
    assert (
        default_normaliser(kind)(value)
        == build_normaliser(None, kind)(value)
        == build_normaliser(name)(value)
        == made
    )
    ignoring = build_normaliser({"ignore": [value]}, kind)
    assert ignoring(value) is None
    named = build_normaliser({"name": name, "ignore": ["zz", value]})
    assert named(value) is None
    other = f"{value}q"
    if normaliser(name)(other) != made:
        assert ignoring(other) == named(other) == normaliser(name)(other)
    assert build_normaliser({"name": name})(value) == made


@pytest.mark.parametrize(
    "spec",
    [
        "soundex",
        "phone(ZZ)",
        "prefix(0)",
        "prefix(x)",
        "prefix",
        "phone()",
        "exact(1)",
        7,
        [],
        {"nam": 1},
        {"name": "text", "ignore": "x"},
        {"name": "text", "ignore": 7},
        {"name": 7},
    ],
)
def test_l2_what_is_no_normaliser_is_refused(spec: object) -> None:
    with pytest.raises(ValueError, match=r"normaliser"):
        build_normaliser(spec, "string")
    assert set(NORMALISERS) >= {"exact", "text"}


cells = st.sampled_from(["a", "b", "", None, MISSING])


@given(st.lists(cells, min_size=2, max_size=2), st.lists(cells, min_size=2, max_size=2))
def test_l10_only_two_values_that_differ_are_a_veto(ours: list[Any], theirs: list[Any]) -> None:
    rule = MatchRule(
        name="r",
        parts=((0, normaliser("exact")),),
        vetoes=((0, normaliser("exact")), (1, normaliser("exact"))),
    )
    differ = any(x in ("a", "b") and y in ("a", "b") and x != y for x, y in zip(ours, theirs, strict=True))
    assert vetoed(vetoes_of(rule, ours), vetoes_of(rule, theirs)) is differ
    concept = Concept(name="c", properties=(), rules=(rule,))
    assert len(keys_of(concept, ours)) == (1 if ours[0] in ("a", "b") else 0)
    assert all(key[0] == "r" for key in keys_of(concept, ours))


@pytest.mark.parametrize(
    "some", [("STRASSE", "straße", "\u017ftrasse"), ("\ufb01n", "FIN"), ("a\u200db", "AB"), ("é", "E\u0301")]
)
def test_l2_texts_that_differ_in_case_or_form_alone_are_one_key(some: tuple[str, ...]) -> None:
    assert len({NORMALISERS["text"](each) for each in some}) == 1
