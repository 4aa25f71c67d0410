"""Persons of the FEBRL 4 benchmark as two systems would have them, with the truth of who is who."""

import csv
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from random import Random
from typing import Final

from msgspec import Struct

__all__ = ["TUNING", "Person", "example_folder", "read_persons", "tuning_persons"]

TUNING: Final = 1_000
"""So many of the persons were looked at to choose the match rules; they take no part in the figures."""

_TUNING_SEED: Final = 20240910


class Person(Struct, frozen=True, kw_only=True):
    """One row. `number` is the truth: the same in both files. `born` is a date in ISO form; "" is unknown."""

    number: int
    given: str
    family: str
    street: str
    street2: str
    zip: str
    city: str
    state: str
    born: str
    ssn: str


def example_folder() -> Path:
    """The folder of the example project: inside the installed package, or in the checkout."""
    here = Path(__file__).resolve()
    inside = here.parent / "example"
    return inside if inside.is_dir() else here.parents[3] / "examples" / "crmoffice-customerp"


def read_persons(file: Path) -> dict[int, Person]:
    """Persons of a FEBRL 4 file by number; "rec-1070-org" and "rec-1070-dup-0" are both 1070."""
    with file.open(encoding="utf-8", newline="") as lines:
        rows = [
            {name.strip(): (cell or "").strip() for name, cell in row.items()}
            for row in csv.DictReader(lines, skipinitialspace=True)
        ]
    return {person.number: person for person in map(_person, rows)}


def tuning_persons(numbers: Iterable[int]) -> frozenset[int]:
    """The seeded choice of persons on which match rules are chosen."""
    return frozenset(Random(_TUNING_SEED).sample(sorted(numbers), TUNING))


def _person(row: dict[str, str]) -> Person:
    street = f"{row['street_number']} {row['address_1']}".strip()
    return Person(
        number=int(row["rec_id"].split("-")[1]),
        given=row["given_name"].title(),
        family=row["surname"].title(),
        street=street.title(),
        street2=row["address_2"].title(),
        zip=row["postcode"],
        city=row["suburb"].title(),
        state=row["state"].upper(),
        born=_iso(row["date_of_birth"]),
        ssn=row["soc_sec_id"],
    )


def _iso(text: str) -> str:
    """A date of eight digits in ISO form; "" for what is no date: no system would have taken it."""
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:])).isoformat()
    except ValueError:
        return ""
