"""Invented pairs of systems: what their properties show of invented things, and so which rows are right.

A file in `pairs/` names the properties of two entity types. `is: birth` shows an attribute of the thing (the same in
both systems), `is: [given, family]` two of them in one text, `own: birth` that attribute of some other thing, or
something that the system made itself: such a property has no partner, whatever it is called. `as` is how it is written.
All names and values are made of syllables and digits by a seed.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from accord.connectorkit.manifest import Manifest
from accord.connectorkit.manifest_load import manifest_from
from accord.connectorkit.paths import put_at

__all__ = ["PAIRS", "Side", "Wear", "World", "worlds"]

PAIRS = Path(__file__).parent / "pairs"
SEED = 20241124
OSLO = ZoneInfo("Europe/Oslo")
_SYLLABLES = "ba be bo da de do fa fi ga go ha ka ki la le lo ma mi na no pa ra ri ro sa so ta ti va vo"
SYLLABLES = _SYLLABLES.split()
CITIES = [(f"{n:04}", f"{a}{b}by".title(), f"{b}{a}land".title()) for n, a, b in
          zip(range(1100, 9100, 400), SYLLABLES, reversed(SYLLABLES), strict=False)]  # fmt: skip
Thing = dict[str, Any]


def word(random: Random, count: int = 3) -> str:
    return "".join(random.choice(SYLLABLES) for _ in range(count)).title()


def digits(random: Random, count: int) -> str:
    return str(random.randint(1, 9)) + "".join(str(random.randint(0, 9)) for _ in range(count - 1))


def thing(random: Random, n: int) -> Thing:  # noqa: PLR0915 - a list of attributes
    """All attributes of one thing; a pair shows some of them."""
    it: Thing = {"n": n, "given": word(random, 2), "family": word(random, 3), "middle": word(random, 1)}
    it["email"] = f"{it['given']}.{it['family']}{random.randint(1, 99)}@{word(random, 2)}.example".lower()
    it["user"] = f"{it['given'][0]}{it['family'][:4]}{digits(random, 2)}".lower()
    it["phone"], it["mobile"], it["fax"] = (f"{lead}{digits(random, 6)}" for lead in ("22", "91", "23"))
    it["zip"], it["city"], it["region"] = random.choice(CITIES)
    it["country"] = random.choices(["NO", "SE", "DK", "FI"], [6, 3, 2, 1])[0]
    it["road"], it["house"] = f"{word(random, 3)} Road", str(random.randint(1, 120))
    it["street"] = f"{it['road']} {it['house']}"
    it["street2"] = random.choice(["", "", f"Floor {random.randint(1, 9)}"])
    same = random.random() < 0.6
    postal = random.choice(CITIES)
    it["post_street"] = it["street"] if same else f"Box {digits(random, 3)}"
    it["post_zip"], it["post_city"] = (it["zip"], it["city"]) if same else postal[:2]
    it["birth"] = date(1950, 1, 1) + timedelta(days=random.randrange(20_000))
    it["gender"], it["language"] = (
        random.choice("FM"),
        random.choices(["nb", "en", "sv", "fi"], [5, 3, 2, 1])[0],
    )
    it["ssn"], it["orgno"] = digits(random, 11), digits(random, 9)
    it["company"] = f"{word(random, 2)} {random.choice(['Works', 'Trade', 'Labs', 'Marine', 'Partners'])}"
    it["url"] = f"https://www.{it['company'].replace(' ', '').lower()}.example"
    it["industry"] = random.choice(["building", "care", "food", "media", "shipping", "software"])
    it["employees"], it["turnover"] = random.randint(1, 900), random.randint(100, 90_000) * 1000
    it["job"] = f"{random.choice(['Head', 'Lead', 'Chief', 'Deputy'])} {word(random, 2)}"
    it["department"] = random.choice(["Sales", "Finance", "Service", "Stock", "People"])
    it["customer_no"], it["sku"] = (
        f"{random.randint(20_000, 89_999)}",
        f"{word(random, 1).upper()}-{digits(random, 5)}",
    )
    it["ean"] = f"70{digits(random, 11)}"
    it["product"] = f"{word(random, 2)} {random.choice(['lamp', 'chair', 'valve', 'rope', 'pump', 'shelf'])}"
    it["text"] = " ".join(word(random, 2).lower() for _ in range(random.randint(6, 14)))
    it["note"] = " ".join(word(random, 2).lower() for _ in range(random.randint(3, 8)))
    it["price"] = random.randint(50, 90_000) / 10
    it["cost"] = round(it["price"] * random.uniform(0.4, 0.8), 2)
    it["stock"], it["least"] = random.randint(0, 400), random.randint(1, 30)
    it["weight"], it["width"], it["height"] = (round(random.uniform(0.2, 60), 2) for _ in range(3))
    it["colour"] = random.choice(["red", "blue", "green", "black", "white", "grey"])
    it["unit"] = random.choices(["pcs", "kg", "m"], [6, 2, 1])[0]
    it["category"] = random.choice(["tools", "office", "garden", "kitchen", "light"])
    it["brand"] = random.choice(["Bakila", "Dorove", "Fimasa", "Kitano", "Ravodi", "Solati"])
    it["active"], it["consent"], it["paid"] = (random.random() < p for p in (0.7, 0.4, 0.6))
    it["status"] = random.choices(["open", "waiting", "done", "dropped"], [4, 3, 3, 1])[0]
    it["priority"] = random.choices(["low", "normal", "high", "urgent"], [2, 5, 2, 1])[0]
    it["kind"] = random.choice(["question", "fault", "wish"])
    it["subject"] = (
        f"{word(random, 2)} {random.choice(['fails', 'is slow', 'wanted', 'broken', 'review'])} {n}"
    )
    it["opened"] = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=random.randrange(400_000))
    it["start"] = it["opened"] + timedelta(hours=random.randint(20, 900))
    it["end"] = it["start"] + timedelta(minutes=15 * random.randint(1, 40))
    it["closed"] = it["opened"] + timedelta(minutes=random.randint(200, 30_000))
    it["due"] = (it["opened"] + timedelta(days=random.randint(5, 90))).date()
    it["ordered"] = (it["opened"] - timedelta(days=random.randint(1, 30))).date()
    it["assignee"] = f"agent{random.randint(1, 14)}@desk.example"
    it["manager"] = f"{word(Random(n % 9), 2)} {word(Random(n % 9 + 50), 2)}"
    it["order_no"], it["project_no"], it["member_no"] = (
        f"{lead}{digits(random, 6)}" for lead in ("SO", "P", "M")
    )
    it["total"], it["discount"] = random.randint(100, 900_000) / 100, random.choice([0, 0, 5, 10, 15])
    it["currency"] = random.choices(["NOK", "EUR", "SEK"], [5, 3, 2])[0]
    it["venue"] = random.choice(["Room A", "Room B", "Hall", "Online", "Workshop"])
    it["allday"] = random.random() < 0.2
    it["joined"] = date(2005, 1, 1) + timedelta(days=random.randrange(6500))
    it["left"] = it["joined"] + timedelta(days=random.randint(300, 900)) if random.random() < 0.3 else None
    it["fee"], it["hours"], it["budget"] = (
        random.choice([250, 400, 650]),
        random.randint(1, 300),
        random.randint(5, 900) * 1000,
    )
    it["salary"] = random.randint(400, 990) * 1000
    it["iban"] = f"NO{digits(random, 13)}"
    it["bic"] = random.choice(["DNBAXX", "SPRRXX", "NDEAXX", "HANDXX"])
    it["tags"] = sorted(random.sample(["vip", "new", "north", "trade", "event"], random.randint(1, 3)))
    it["shelf"] = f"{random.choice('ABCDEFGH')}-{random.randint(1, 40):02}"
    it["serial"] = f"{word(random, 1).upper()}{digits(random, 7)}"
    it["terms"] = random.choice([10, 14, 30])
    return it


def made_here(kind: str, random: Random, n: int) -> Any:
    """What a system makes by itself."""
    match kind:
        case "counter":
            return str(10_001 + n)
        case "stamp":
            return datetime(2023, 3, 1, tzinfo=UTC) + timedelta(minutes=random.randrange(600_000))
        case "day":
            return date(2023, 3, 1) + timedelta(days=random.randrange(500))
        case "flag":
            return random.random() < 0.5
        case "letters":
            return word(random, 2).upper() + digits(random, 2)
        case "count":
            return random.randint(0, 40)
        case _:
            return thing(random, n)[kind]


def _words(text: str) -> dict[str, str]:
    return dict(each.split("=") for each in text.split("/"))


SPELLINGS: dict[str, Callable[[Any, str], Any]] = {
    "date": lambda value, form: value.strftime(form),
    "local": lambda value, _: value.astimezone(OSLO).strftime("%Y-%m-%dT%H:%M:%S"),
    "epoch": lambda value, _: int(value.timestamp() * 1000),
    "e164": lambda value, _: f"+47{value}",
    "spaced": lambda value, _: " ".join(re.findall("..?", value)),
    "threes": lambda value, _: " ".join(re.findall("...?", value)),
    "upper": lambda value, _: str(value).upper(),
    "lower": lambda value, _: str(value).lower(),
    "comma": lambda value, _: f"{value:.2f}".replace(".", ","),
    "grouped": lambda value, _: f"{value:,.2f}".replace(",", " ").replace(".", ","),
    "pair": lambda value, words: words.split("/")[bool(value)],
    "not": lambda value, _: not value,
    "words": lambda value, words: _words(words)[str(value)],
    "figure": lambda value, words: int(_words(words)[str(value)]),
    "list": lambda value, separator: separator.join(value),
    "vat": lambda value, _: f"NO {value} MVA",
}
"""How values are written; what stands after the colon of `as` is the second argument."""


def spelled(value: Any, how: str) -> Any:
    """A value as a system writes it; None stays None."""
    if value is None or value == "":
        return None
    name, _, argument = how.partition(":")
    if name:
        return SPELLINGS[name](value, argument)
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    return value.isoformat() if isinstance(value, date) else value


@dataclass(frozen=True, kw_only=True)
class Side:
    """One entity type with its records; `numbers` are the things that they show."""

    key: str
    manifest: Manifest
    rows: list[dict[str, Any]]
    numbers: list[int]
    shows: dict[str, Any]
    """Attribute, or attributes, by path."""


@dataclass(frozen=True, kw_only=True)
class World:
    """A pair of systems. `truth`: (paths at the left, paths at the right); `drifted`: (path, thing) at the right that
    were changed there and not at the left."""

    name: str
    title: str
    held_out: bool
    left: Side
    right: Side
    drifted: set[tuple[str, int]]

    @property
    def truth(self) -> set[tuple[tuple[str, ...], tuple[str, ...]]]:
        """The rows that are right."""
        return set(_truth(self.left.shows, self.right.shows)) | {
            (a, b) for b, a in _truth(self.right.shows, self.left.shows, only_joined=True)
        }


def _truth(
    ours: Mapping[str, Any], theirs: Mapping[str, Any], *, only_joined: bool = False
) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Rows between equal attributes, and from two attributes to the property that joins them."""
    path_of = {shown: path for path, shown in ours.items() if isinstance(shown, str)}
    for path, shown in theirs.items():
        if isinstance(shown, tuple) and all(each in path_of for each in shown):
            yield tuple(path_of[each] for each in shown), (path,)
        elif not only_joined:
            yield from (((a,), (path,)) for a, attribute in ours.items() if attribute == shown)


@dataclass(frozen=True, kw_only=True)
class Wear:
    """How far two systems have come apart: shares of the values that differ, and that are blank."""

    drift: float = 0.1
    blank: float = 0.1


def worlds(*, held_out: bool | None = None, wear: Wear | None = None) -> list[World]:
    """All pairs in order of their files, or one of the halves."""
    said = {file.stem: yaml.safe_load(file.read_text("utf-8")) for file in sorted(PAIRS.glob("*.yaml"))}
    wanted = {name: it for name, it in said.items() if held_out in (None, it["held_out"])}
    return [_world(name, it, wear or Wear()) for name, it in wanted.items()]


def _world(name: str, said: Mapping[str, Any], wear: Wear) -> World:
    random = Random(f"{SEED} {name}")
    count = said.get("things", 200)
    things = [thing(random, n) for n in range(count)]
    drifted: set[tuple[str, int]] = set()
    left, right = (
        _side(
            said[side],
            things,
            Random(f"{SEED} {name} {side}"),
            wear,
            drifted if side == "right" else None,
        )
        for side in ("left", "right")
    )
    return World(
        name=name,
        title=said["title"],
        held_out=said["held_out"],
        left=left,
        right=right,
        drifted=drifted,
    )


def _side(
    said: Mapping[str, Any],
    things: list[Thing],
    random: Random,
    wear: Wear,
    drifted: set[tuple[str, int]] | None,
) -> Side:
    numbers = random.sample(range(len(things)), int(len(things) * said.get("share", 0.75)))
    properties = said["properties"]
    rows = []
    for place, n in enumerate(numbers):
        row: dict[str, Any] = {"id": f"{said['type'].lower()}-{place}"}
        for path, how in properties.items():
            value = _value(how, things[n], random, place)
            if drifted is not None and "is" in how and random.random() < wear.drift:
                other = _value(how, thing(random, len(things) + n), random, place)
                if other != value:
                    drifted.add((path, n))
                value = other
            if value is not None and random.random() >= max(wear.blank, how.get("blank", 0.0)):
                put_at(row, path, value)
        rows.append(row)
    shows = {
        path: tuple(how["is"]) if isinstance(how["is"], list) else how["is"]
        for path, how in properties.items()
        if "is" in how
    }
    key = f"{said['system']}.{said['type']}"
    return Side(key=key, manifest=_manifest(said), rows=rows, numbers=numbers, shows=shows)


def _value(how: Mapping[str, Any], it: Thing, random: Random, place: int) -> Any:
    if "own" in how:
        return spelled(made_here(how["own"], random, place), how.get("as", ""))
    if isinstance(how["is"], list):
        return how.get("as", " ").join(str(it[each]) for each in how["is"] if it[each])
    return spelled(it[how["is"]], how.get("as", ""))


def _manifest(said: Mapping[str, Any]) -> Manifest:
    declared = {path: dict(how.get("declared", {})) for path, how in said["properties"].items()}
    entity = {"path": "records", "update": "patch", "properties": declared}
    data = {"name": said["system"], "base_url": "https://example.invalid/", "types": {said["type"]: entity}}
    return manifest_from(data, f"{said['system']}.yaml")
