"""One end of a row: an entity type, a place in it, and how values stand there."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from accord.connectorkit.manifest import EntityType
from accord.connectorkit.manifest_parts import PropertySpec
from accord.core.types import value_type
from accord.project.known import known_property
from accord.project.resolved import ResolvedMapping, ResolvedRow
from accord.project.specs import FIRST_OF
from accord.qa.checklist import IdOf, Spot
from accord.qa.deriving.conditions import Asked, asked_of
from accord.qa.deriving.spelling import Spelling, Unknown, spelling_of, stored
from accord.qa.deriving.values import Case, Example

__all__ = ["End", "Fields", "conditions_of", "ends_of", "meet_at"]

Fields = dict[Spot, Any]
"""Raw values of a record by their places."""


@dataclass(frozen=True, slots=True, eq=False)
class End:
    """One end of a row. `spots` are several where a lens makes one value of them; `empty` are the places that have
    to be empty so that this one is read; `is_fallback`: it is read only then."""

    mapping: ResolvedMapping
    row: ResolvedRow
    spots: tuple[Spot, ...]
    declared: PropertySpec | None
    spelling: Spelling | None
    why: str = ""
    empty: tuple[Spot, ...] = ()
    is_fallback: bool = False
    is_never_empty: bool = False
    """The id of the record is read where this is empty."""

    @property
    def key(self) -> str:
        """Key of the mapping."""
        return self.mapping.spec.key

    @property
    def place(self) -> str:
        """The place as messages have it."""
        return f"{self.mapping.spec.entity_type}.{self.spots[0].path}"

    @property
    def is_required(self) -> bool:
        """It can not be blanked."""
        return self.row.required or (self.declared is not None and self.declared.required)

    @property
    def only_created(self) -> bool:
        """It is written when the record is created, and never afterwards."""
        return self.row.create_only or self.mapping.entity.operation("update") is None

    @property
    def is_id(self) -> bool:
        """It is the id that the system gives."""
        return len(self.spots) == 1 and self.spots[0].path == self.mapping.entity.id.property

    @property
    def is_stamped(self) -> bool:
        """The system itself writes it, and nobody else."""
        return self.is_id or self.spots[0].path in _stamped(self.mapping.entity)

    @property
    def asked(self) -> list[Asked]:
        """What the mapping's conditions want of this very place."""
        first = self.spots[0]
        own = [Asked(first, (value,)) for path, value in first.when if path == first.path]
        return [*own, *(asked for asked in conditions_of(self.mapping) if asked.spot == first)]

    @property
    def places(self) -> tuple[Spot, ...]:
        """All that is written or read with it: the place, and what its conditions are on."""
        conditions = {path for spot in self.spots for path, _ in spot.when} - {
            spot.path for spot in self.spots
        }
        return (*self.spots, *(Spot(path, self.spots[0].when) for path in sorted(conditions)))

    def entered(self, case: Case) -> Fields:
        """What a person enters here."""
        raw = self._raw(case.value)
        if case.odd and self.spelling is not None:
            raw = self.spelling.typed(case.value)
        return {**dict.fromkeys(self.empty), **self._at(raw)}

    def shown(self, case: Case) -> Fields:
        """What stands here once the system has taken the value."""
        raws = self._at(self._raw(case.value))
        return {spot: stored(self.declared, raw) for spot, raw in raws.items()}

    def kept(self, case: Case) -> Fields:
        """What stands here once a person has entered it."""
        held = self.entered(case).items()
        return {spot: stored(self.declared, raw) for spot, raw in held if spot not in self.empty}

    def told(self, case: Case) -> Case:
        """The value that the flow reads here, where the system changes what a person enters."""
        value = case.value
        if case.odd or isinstance(value, Example | IdOf) or len(self.spots) > 1:
            return case
        raw = self._raw(value)
        there = stored(self.declared, raw)
        if there == raw:
            return case
        if isinstance(value, Decimal):
            return replace(case, value=Decimal(str(there)))
        return replace(case, value=there) if raw == value else case

    def takes(self, case: Case) -> bool:
        """Whether the value can stand here, and lets the record take part."""
        if self.spelling is None or isinstance(case.value, Example):
            return isinstance(case.value, Example)
        if case.odd and self.spelling.typed(case.value) is None:
            return False
        if case.value is not None and not self.spelling.takes(case.value):
            return False
        return all(asked.is_met(self.shown(case).get(asked.spot)) for asked in self.asked)

    def _raw(self, value: Any) -> Any:
        if isinstance(value, Example):
            return value.raws[self.key]
        if self.spelling is None:
            return None if len(self.spots) == 1 else [None] * len(self.spots)
        return self.spelling.raw(value)

    def _at(self, raw: Any) -> Fields:
        if len(self.spots) == 1:
            return {self.spots[0]: raw}
        return dict(zip(self.spots, raw, strict=True))


def _stamped(entity: EntityType) -> set[str]:
    """Times, versions and the like, whatever else the manifest says of them."""
    times = [each.property for each in (entity.modified, entity.created) if each is not None]
    version = entity.version.property if entity.version is not None else ""
    gone = entity.tombstones.property if entity.tombstones is not None else ""
    return {*times, version, gone, entity.creator, entity.successor} - {""}


def meet_at(one: Spot, other: Spot) -> bool:
    """Whether the one is written with the other: the same place, or one inside the other, unless they are in different
    elements of a list."""
    ours, theirs = f"{one.path}.", f"{other.path}."
    within = ours.startswith(theirs) or theirs.startswith(ours)
    chosen = (_element(one), _element(other))
    return within and (chosen[0] == chosen[1] or not all(chosen))


def _element(spot: Spot) -> tuple[tuple[str, Any], ...]:
    """The conditions that select an element of a list; none where they are on the record, which has one such place."""
    firsts = {path.partition(".")[0] for path in (spot.path, *(path for path, _ in spot.when))}
    return spot.when if len(firsts) == 1 and "." in spot.path else ()


def conditions_of(mapping: ResolvedMapping) -> Iterator[Asked]:
    """What `filter` and `when` of a mapping ask of its records."""
    for path, wanted in mapping.spec.filter.items():
        yield asked_of(path, wanted)
    for path, wanted in mapping.spec.when.items():
        yield asked_of(path, wanted, of_facet=True)


def ends_of(mapping: ResolvedMapping, row: ResolvedRow, type_name: str) -> list[End]:
    """The place of a row, and those that are read when it is empty."""
    several = row.spec.several()
    if several not in ("", FIRST_OF):
        spots = tuple(Spot(path) for path in row.spec.paths)
        spelling, why = _spelling(type_name, row.declared, row, len(spots))
        return [End(mapping, row, spots, row.declared, spelling, why)]
    places = [_spot(mapping, path, row, value_type(type_name).kind) for path in row.spec.paths]
    ends: list[End] = []
    for spot, declared in zip(places, row.paths, strict=True):
        spelling, why = _spelling(type_name, declared, row, 1)
        own_id = Spot(mapping.entity.id.property)
        others = tuple(each for each in places if each not in (spot, own_id))
        hidden = own_id in places[: places.index(spot)]
        if hidden:
            why = f"{mapping.spec.entity_type}.{spot.path} is read only where {own_id.path} is empty, which it never is"
        ends.append(
            End(
                mapping,
                row,
                (spot,),
                declared,
                None if hidden else spelling,
                why,
                others,
                is_fallback=bool(ends),
                is_never_empty=own_id in places and spot != own_id,
            )
        )
    return ends


def _spelling(
    type_name: str, declared: PropertySpec | None, row: ResolvedRow, places: int
) -> tuple[Spelling | None, str]:
    try:
        return spelling_of(type_name, declared, row.spec.lens, places), ""
    except Unknown as unknown:
        return None, str(unknown)


def _spot(mapping: ResolvedMapping, path: str, row: ResolvedRow, kind: str) -> Spot:
    """`emails[type=work].value` is a path with a condition; one on the path itself is on a value of the row's kind."""
    when = tuple(
        (where, _wanted(mapping, where, value, kind if where == path else ""))
        for where, value in row.spec.when
    )
    if "[" not in path:
        return Spot(path, when)
    outer, _, rest = path.partition("[")
    where, _, inner = rest.partition("]")
    parts = (each.partition("=") for each in where.split(",") if each.strip())
    chosen = tuple((f"{outer}.{name.strip()}", value.strip() or None) for name, _, value in parts)
    return Spot(f"{outer}{inner}", (*when, *chosen))


def _wanted(mapping: ResolvedMapping, path: str, value: Any, kind: str) -> Any:
    """A condition's value as the payload has it: documents have text for numbers and truth values. `kind` is what
    stands there where the manifest does not say it."""
    declared = known_property(mapping.entity, path)
    there = kind if declared is None or declared.type == "object" else declared.type
    if isinstance(value, str):
        if there == "boolean" and value.lower() in ("true", "false"):
            return value.lower() == "true"
        if there == "integer" and value.removeprefix("-").isdecimal():
            return int(value)
    return None if value == "" else value
