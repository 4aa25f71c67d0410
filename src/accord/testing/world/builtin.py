"""The built-in worlds: persons and the companies they belong to, in three or four systems, drawn from a seed."""

from collections.abc import Mapping as ReadOnly
from random import Random
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from accord.connectorkit.manifest import Manifest
from accord.core.lens import Path, build_lens
from accord.core.lens.normal import normalisation
from accord.core.matching import normaliser
from accord.core.model import (
    Concept,
    DeletePolicy,
    FirstLink,
    Mapping,
    MatchRule,
    Model,
    Property,
    PropertyMapping,
)
from accord.testing.world.systems import SCOPE, Bent, draw_bent, draw_quirks, manifest_of
from accord.testing.world.weather import Weather

__all__ = ["draw_weather"]

SYSTEMS = ("crm", "erp", "shop", "web")
PERSON = ("email", "phone", "name", "title", "note", "tags", "company")
COMPANY = ("vat", "name", "manager")
TYPES = {"tags": "set(string)", "company": "reference", "manager": "reference"}
REFERS = {"company": ("company", "Company"), "manager": ("person", "Person")}
FURTHER = {
    "doubles": 0.15,
    "dropped": 0.05,
    "repeats": 0.2,
    "shuffles": 0.2,
    "stale": 0.1,
    "throttles": 0.05,
    "unavailable": 0.05,
}
"""Faults of which some worlds have two more, with their chances."""
FAULTS = 3
"""Kinds of faults that every world has, at the least."""


class Choice(Struct, frozen=True, kw_only=True):
    """What a configuration says. `filters` are the entity types that leave records out, `lacks` rows that are not there
    ("system.property"), `trims` systems whose names are trimmed, `away` entity types that are not mapped at all."""

    cyclic: bool
    first_link: FirstLink
    prioritised: bool
    deletes: tuple[DeletePolicy, DeletePolicy]
    second: bool
    veto: bool
    filters: frozenset[str] = frozenset()
    lacks: frozenset[str] = frozenset()
    trims: frozenset[str] = frozenset()
    away: frozenset[str] = frozenset()


def draw_weather(random: Random) -> Weather:
    """Three systems or four; in most worlds one changes the case of names and one ignores what is written to a title.

    Some are cyclic: a company refers to a person, too. Some change their configuration as they go.
    """
    while True:
        weather = _drawn(random)
        if len(weather.faults()) >= FAULTS:
            _tend(weather, Random(f"{random.getstate()[1][:8]}, tending"))
            return weather


def _tend(weather: Weather, random: Random) -> None:
    """In some worlds people pause systems, systems tell of changes, records move while they are listed, and not all are
    listed each time."""
    if weather.strict:
        return
    weather.shifts = random.choice([0.0, 0.0, 0.0, 0.2])
    weather.hints = random.choice([0.0, 0.0, 0.0, 0.7])
    weather.pauses = random.choice([0.0, 0.0, 0.0, 0.08])
    if random.random() < 0.3:
        _beset(weather, random)
    weather.restricts = random.choice([0.0, 0.0, 0.5, 0.9])  # drawn last: it moves nothing else


def _beset(weather: Weather, random: Random) -> None:
    """Two more faults, wherever they apply."""
    for name in random.sample(sorted(FURTHER), 2):
        for system, manifest in weather.manifests.items():
            for type_, quirks in weather.quirks[system].items():
                it = manifest.types[type_]
                applies = {
                    "doubles": it.idempotency is not None,
                    "repeats": it.page.style == "cursor",
                    "stale": bool(it.conditional and it.version),
                }
                if applies.get(name, True):
                    setattr(quirks, name, FURTHER[name])


def _drawn(random: Random) -> Weather:
    aside = Random(repr(random.getstate()[1][:8]))  # what is drawn from it moves nothing else
    strict = random.random() < 0.1
    declared, cyclic = random.random() < 0.5, random.random() < 0.3
    names = SYSTEMS if random.random() < 0.25 else SYSTEMS[:3]
    bents = {name: draw_bent(name, random, declared=declared, strict=strict) for name in names}
    for bent in bents.values():
        bent.requires = bent.requires and not cyclic  # a required reference in a cycle is a fault (W5)
    manifests = {name: manifest_of(name, bent, cyclic=cyclic) for name, bent in bents.items()}
    choice = _choice(random, names, cyclic=cyclic, strict=strict)
    later = () if strict or random.random() < 0.5 else _changes(random, names, choice)
    first, *rest = (_model(manifests, bents, each) for each in (*later, choice))
    return Weather(
        model=first,
        manifests=manifests,
        quirks={name: draw_quirks(bent, random, strict=strict) for name, bent in bents.items()},
        later=tuple(rest),
        error_us={name: bent.error_us for name, bent in bents.items()},
        crash=0.0 if strict else random.choice([0.0, 0.005, 0.02]),
        interfere=random.choice([0.0, 0.1, 0.3]),
        blind=0.0 if strict else random.choice([0.0, 0.0, 0.03]),
        capped=0.0 if strict else random.choice([0.0, 0.0, 0.2]),
        strict="person.note" if strict else "",
        told=(_told(choice), *(_traits(name, bent) for name, bent in bents.items())),
        decides=0.0 if strict else aside.choice([0.0, 0.12, 0.25]),
    )


def _choice(random: Random, names: tuple[str, ...], *, cyclic: bool, strict: bool) -> Choice:
    filters = set()
    if random.random() < 0.4:
        filters.add(f"{random.choice(names)}.Person")
    if random.random() < 0.15:
        filters.add(f"{random.choice(names)}.Company")
    policies: tuple[DeletePolicy, ...] = ("ignore", "propagate", "propagate")
    return Choice(
        cyclic=cyclic,
        first_link=random.choice(("keep", "latest")),
        prioritised=random.random() < 0.85 or strict,
        deletes=(random.choice(policies), random.choice(policies)),
        second=random.random() < 0.5,
        veto=random.random() < 0.5,
        filters=frozenset(filters),
    )


def _changes(random: Random, names: tuple[str, ...], last: Choice) -> tuple[Choice, ...]:
    """Configurations that come before the last one, which is the whole."""
    kinds = random.sample(["row", "lens", "rules", "filter", "away"], 2 if random.random() < 0.4 else 1)
    choices, system = [last], random.choice(names)
    for kind in kinds:
        now = choices[0]
        if kind == "row":
            lacks = now.lacks | {f"{system}.{random.choice(['title', 'tags', 'company'])}"}
            choices.insert(0, replace(now, lacks=lacks))
        elif kind == "lens":
            choices.insert(0, replace(now, trims=now.trims | {system}))
        elif kind == "rules":
            choices.insert(0, replace(now, second=not now.second))
        elif kind == "filter":
            choices.insert(0, replace(now, filters=now.filters ^ {f"{system}.Person"}))
        else:  # away and back again
            away = now.away | {f"{system}.{random.choice(['Person', 'Company'])}"}
            choices[:0] = [now, replace(now, away=away)]
    return tuple(choices[:-1])


def _model(manifests: ReadOnly[str, Manifest], bents: ReadOnly[str, Bent], choice: Choice) -> Model:
    mappings: dict[str, Mapping] = {}
    company = COMPANY if choice.cyclic else COMPANY[:2]
    for rank, system in enumerate(bents):
        for name, columns in (("Person", PERSON), ("Company", company)):
            key = f"{system}.{name}"
            if key in choice.away:
                continue
            rows = (_row(system, name, column, p, bents[system], choice) for column, p in enumerate(columns))
            filtered = key in choice.filters
            mappings[key] = Mapping(
                entity_type=key,
                concept=name.lower(),
                properties=tuple(row for row in rows if row is not None),
                declaration=manifests[system].declaration(name, system),
                priority=len(bents) - rank,
                constants=((Path(SCOPE), "in"),) if filtered else (),
                keep=_keep if filtered else None,
                filter=SCOPE if filtered else "",
            )
    concepts = {
        "person": _concept("person", PERSON, choice, choice.deletes[0], _person_rules(choice)),
        "company": _concept("company", company, choice, choice.deletes[1], (_rule("vat", 0, "number"),)),
    }
    fingerprint = repr(
        {n: v if not isinstance(v, frozenset) else sorted(v) for n, v in _plain(choice).items()}
    )
    return Model(project="world", concepts=concepts, mappings=mappings, fingerprint=fingerprint)


def _plain(choice: Choice) -> dict[str, Any]:
    return {name: getattr(choice, name) for name in Choice.__struct_fields__}


def _keep(payload: ReadOnly[str, Any]) -> str | None:
    return "it is out of scope" if payload.get(SCOPE) == "out" else None


def _row(system: str, name: str, column: int, p: str, bent: Bent, choice: Choice) -> PropertyMapping | None:
    if f"{system}.{p}" in choice.lacks:
        return None
    kind = TYPES.get(p, "string")
    references = f"{system}.{REFERS[p][1]}" if p in REFERS else ""
    spec = "trim" if system in choice.trims and p == "name" else None
    if references in choice.away:
        return None
    return PropertyMapping(
        property=column,
        name=p,
        place=Path(p),
        lens=build_lens(spec, kind, references=references),
        fingerprint=f"{p}:{kind}:{spec}",
        required=bent.requires and p == "company",
        references=references,
        normal=normalisation("upper") if bent.declared and (name, p) == ("Person", "name") else None,
    )


def _concept(
    name: str, columns: tuple[str, ...], choice: Choice, delete: DeletePolicy, rules: tuple[MatchRule, ...]
) -> Concept:
    return Concept(
        name=name,
        properties=tuple(
            Property(name=p, type=TYPES.get(p, "string"), reference=REFERS[p][0] if p in REFERS else "")
            for p in columns
        ),
        rules=rules,
        rules_fingerprint=repr([(rule.name, bool(rule.vetoes)) for rule in rules]),
        first_link=choice.first_link,
        prioritised=choice.prioritised,
        delete=delete,
    )


def _person_rules(choice: Choice) -> tuple[MatchRule, ...]:
    """By e-mail; in some worlds by telephone, too, unless e-mails differ."""
    email, vetoes = _rule("email", 0, "email"), ((0, normaliser("email")),) if choice.veto else ()
    return (email, replace(_rule("phone", 1, "exact"), vetoes=vetoes)) if choice.second else (email,)


def _rule(name: str, column: int, how: str) -> MatchRule:
    return MatchRule(name=name, parts=((column, normaliser(how)),))


def _told(choice: Choice) -> str:
    plain = {n: sorted(v) if isinstance(v, frozenset) else v for n, v in _plain(choice).items()}
    return f"configured: {', '.join(f'{name} {value}' for name, value in plain.items() if value)}"


def _traits(name: str, bent: Bent) -> str:
    drawn = {f: getattr(bent, f) for f in Bent.__struct_fields__}
    traits = [
        f"{f} {v}" if not isinstance(v, bool) else f for f, v in drawn.items() if v not in (False, 0, "")
    ]
    return f"{name}: {', '.join(traits)}"
