"""What names mean, in several languages and spellings; what excludes what."""

import pytest

from accord.suggesting.names import compare_names, entity_meanings, read_name

PERSON = entity_meanings("Contacts")


def likeness(a: str, b: str) -> float:
    one, other = read_name(a, PERSON), read_name(b, PERSON)
    assert compare_names(one, other).score == pytest.approx(compare_names(other, one).score)
    return compare_names(one, other).score


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("givenName", "FIRST_NAME"),
        ("fornavn", "Vorname"),
        ("tlf", "telephoneNumber"),
        ("mobilePhone", "handynummer"),
        ("visitAddress.postCode", "address.zip"),
        ("postnr", "plz"),
        ("DateOfBirth", "fødselsdato"),
        ("custNo", "kundenr"),
        ("emailAddress", "e_post"),
        ("HomePage", "website"),
        ("emails", "email"),
    ],
)
def test_names_that_mean_the_same(a: str, b: str) -> None:
    assert likeness(a, b) >= 0.85


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("createdAt", "birthDate"),
        ("startDate", "endDate"),
        ("firstName", "lastName"),
        ("visitAddress.zip", "postalAddress.zip"),
        ("price", "costPrice"),
        ("mobile", "fax"),
        ("width", "height"),
    ],
)
def test_names_that_exclude_each_other(a: str, b: str) -> None:
    assert likeness(a, b) < 0.2


def test_a_general_word_proves_less_than_a_special_one() -> None:
    assert likeness("name", "name") < likeness("email", "email")
    assert likeness("number", "customerNumber") < 0.75


def test_the_address_without_a_word_is_the_visiting_one() -> None:
    assert likeness("visitAddress.city", "address.town") > likeness("postAddress.city", "address.town")


def test_a_description_tells_what_a_name_does_not() -> None:
    plain = read_name("field17", PERSON)
    told = read_name("field17", PERSON, "Social security number.")
    other = read_name("nationalId", PERSON)
    assert compare_names(told, other).score > compare_names(plain, other).score
