"""The seeded world of the demonstration: who is in which system, who is missing, who is there twice."""

from collections.abc import Iterable
from pathlib import Path
from random import Random
from typing import Any, Final

import msgspec
from msgspec import Struct, field

from accord.demo.business import Business, business, crm_contact, erp_contact
from accord.demo.persons import Person, read_persons, tuning_persons

__all__ = ["CRM", "ERP", "World", "make_world", "save_world"]

CRM: Final = "crmoffice.Contacts"
ERP: Final = "customerp.Contact"
LEFT_OUT_01: Final = 0.10
DOUBLED_01: Final = 0.02
_FIRST_ERP_ID: Final = 10_001


class World(Struct, kw_only=True):
    """What is loaded, and the truth about it.

    `person` tells whose record a record is, by entity type and id; `doubled` are persons who are there twice within a
    system; `judged` are the persons that figures are told of; `rows` are what each entity type is loaded with.
    """

    seed: int
    numbers: frozenset[int]
    doubled: frozenset[int]
    judged: frozenset[int]
    person: dict[str, dict[str, int]] = field(default_factory=dict)
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def records(self, key: str, number: int) -> list[str]:
        """Ids of a person's records in an entity type."""
        return [id_ for id_, whose in self.person[key].items() if whose == number]

    def shared(self) -> frozenset[int]:
        """Persons who are in both systems and doubled in neither: each of them is one pair to be found."""
        both = set(self.person[CRM].values()) & set(self.person[ERP].values())
        return frozenset(both - self.doubled)


def make_world(data: Path, *, seed: int, persons: int) -> World:
    """A world of so many persons. The same seed gives the same world.

    Of each side a tenth of the persons is left out, and two of a hundred are there twice: an exact copy,
    under another id.
    """
    left, right = read_persons(data / "dataset4a.csv"), read_persons(data / "dataset4b.csv")
    random = Random(seed)
    numbers = sorted(random.sample(sorted(left), min(persons, len(left))))
    crm, crm_twice = _side(random, numbers)
    erp, erp_twice = _side(random, numbers)
    around = business(random, max(40, len(numbers) // 20))
    world = World(
        seed=seed,
        numbers=frozenset(numbers),
        doubled=frozenset(crm_twice + erp_twice),
        judged=frozenset(numbers) - tuning_persons(left),
        rows=dict(around.rows),
    )
    world.rows[CRM] = _crm_rows(world, random, around, [left[n] for n in crm], crm_twice)
    world.rows[ERP] = _erp_rows(world, random, around, [right[n] for n in erp], erp_twice)
    return world


def _side(random: Random, numbers: list[int]) -> tuple[list[int], list[int]]:
    """Persons of one side, and those of them that are doubled."""
    there = sorted(random.sample(numbers, round(len(numbers) * (1 - LEFT_OUT_01))))
    return there, random.sample(there, max(1, round(len(there) * DOUBLED_01)))


def _crm_rows(
    world: World, random: Random, around: Business, persons: list[Person], twice: Iterable[int]
) -> list[dict[str, Any]]:
    doubled, rows = set(twice), []
    whose = world.person[CRM] = {}
    for person in persons:
        ids = [f"rec-{person.number}-org"]
        ids += [f"{ids[0]}-copy"] if person.number in doubled else []
        for id_ in ids:
            whose[id_] = person.number
            rows.append(crm_contact(id_, person, around.company_of(person.number)))
    random.shuffle(rows)
    return rows


def _erp_rows(
    world: World, random: Random, around: Business, persons: list[Person], twice: Iterable[int]
) -> list[dict[str, Any]]:
    """The ERP's ids are numbers; the truth stands in the customer number."""
    doubled, named = set(twice), []
    for person in persons:
        names = [f"rec-{person.number}-dup-0"]
        names += [f"{names[0]}-copy"] if person.number in doubled else []
        named += [(name, person) for name in names]
    random.shuffle(named)
    whose = world.person[ERP] = {}
    rows = []
    for id_, (name, person) in enumerate(named, _FIRST_ERP_ID):
        whose[str(id_)] = person.number
        rows.append(erp_contact(id_, name, person, around.product_of(person.number)))
    return rows


def save_world(world: World, folder: Path) -> dict[str, list[tuple[str, Path]]]:
    """Write what is to be loaded as files of JSON lines; (entity type, file) by system, in the order of loading."""
    folder.mkdir(parents=True, exist_ok=True)
    loads: dict[str, list[tuple[str, Path]]] = {}
    for key, rows in world.rows.items():
        system, _, name = key.partition(".")
        file = folder / f"{key}.jsonl"
        file.write_bytes(b"".join(msgspec.json.encode(row) + b"\n" for row in rows))
        loads.setdefault(system, []).append((name, file))
    return loads
