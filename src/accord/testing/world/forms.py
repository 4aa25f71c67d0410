"""What people know of the entity types of a project: which properties there are to fill in, and with what values.

Derived from the model and the manifests alone, so that any project can be played.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

from msgspec import Struct, structs

from accord.connectorkit.manifest import EntityType, Manifest
from accord.connectorkit.manifest_parts import PropertySpec
from accord.core.lens.group import Group, GroupNormal, Together
from accord.core.model import Concept, Mapping, Model, NoReferences, PropertyMapping
from accord.core.types import ValueType, value_type
from accord.core.values import MISSING, Raw, Value

__all__ = ["Field", "Form", "forms_of", "members_of", "pick", "raw_for"]

FIRST_DAY = date(2024, 1, 1)
IDENTIFYING = {
    "mail": ("a@x.io", "b@x.io", "c@x.io", "d@x.io", "e@x.io", "f@x.io"),
    "phone": ("+4722334451", "+4722334452", "+4722334453", "+4722334454", "+4722334455", "+4722334456"),
    "": ("K-11", "K-22", "K-33", "K-44", "K-55", "K-66"),
    "-": ("923609016", "974760673", "982463718", "a@x.io", "b@x.io"),
}
"""By a part of the name of a property; few, so that they meet. The first that its normaliser tells apart are taken."""


class Field(Struct, kw_only=True):
    """A property of an entity type that people fill in: `row` is how the hub reads it, `common` the values that many
    type, `target` the entity type ("system.Type") whose ids it holds, `group` the golden property that it is a part of
    (M8)."""

    name: str
    row: PropertyMapping
    type: ValueType
    identifying: bool
    required: bool
    common: tuple[Value, ...]
    target: str = ""
    group: str = ""

    def once(self, count: int) -> Value:
        """A value that nobody typed before, where the type has so many."""
        return _once(self.name, self.type, count)


class Form(Struct, kw_only=True):
    """An entity type as people see it. `extras` are properties that no mapping reads."""

    system: str
    name: str
    concept: str
    fields: tuple[Field, ...]
    extras: dict[str, PropertySpec]

    @property
    def type(self) -> str:
        """The entity type, "system.Type"."""
        return f"{self.system}.{self.name}"


def forms_of(models: Sequence[Model], manifests: dict[str, Manifest]) -> dict[str, Form]:
    """Forms by entity type: of all that is mapped in any configuration of a world."""
    forms: dict[str, Form] = {}
    for model in models:
        for _, mapping in sorted(model.mappings.items()):
            name = mapping.entity_type.partition(".")[2]
            it, known = manifests[mapping.system].types[name], forms.get(mapping.entity_type)
            fields = {field.name: field for field in known.fields} if known else {}
            for field in _fields(model, mapping, it):
                fields.setdefault(field.name, field)
            forms[mapping.entity_type] = Form(
                system=mapping.system,
                name=name,
                concept=known.concept if known else mapping.concept,
                fields=tuple(fields.values()),
                extras=_extras(it, fields.values()),
            )
    return forms


def members_of(row: PropertyMapping) -> dict[str, PropertyMapping]:
    """The parts of a group by name, each as a row of its own (M8); of any other row nothing."""
    if not isinstance(row.lens, Group) or not isinstance(row.place, Together):
        return {}
    parts = zip(row.lens.names, row.place.places, row.lens.lenses, strict=True)
    normals = dict(row.normal.normals) if isinstance(row.normal, GroupNormal) else {}
    return {
        name: structs.replace(row, name=name, place=place, lens=lens, normal=normals.get(name))
        for name, place, lens in parts
    }


def _fields(model: Model, mapping: Mapping, it: EntityType) -> Iterator[Field]:
    """What people fill in; of a group each part by itself (M8)."""
    for row in mapping.properties:
        field = _field(model, mapping, row, it)
        parts = members_of(row)
        if not parts:
            yield field
        kinds, identifying = dict(field.type.parts), _identifying_parts(model.concepts[mapping.concept], row)
        for name, part in parts.items():
            named = next(values for each, values in IDENTIFYING.items() if each in name)
            specs = [it.properties[path] for path in part.place.paths() if path in it.properties]
            yield structs.replace(
                field,
                name=name,
                row=part,
                type=kinds[name],
                identifying=name in identifying,
                required=any(spec.required for spec in specs),
                common=named if name in identifying else _values(name, kinds[name]),
                group=field.name,
            )


def _identifying_parts(concept: Concept, row: PropertyMapping) -> set[str]:
    """Parts of a group that match rules look at."""
    parts = [part for rule in concept.rules for part in (*rule.parts, *rule.vetoes)]
    return {getattr(normalise, "member", "") for column, normalise in parts if column == row.property}


def _field(model: Model, mapping: Mapping, row: PropertyMapping, it: EntityType) -> Field:
    concept = model.concepts[mapping.concept]
    prop = concept.properties[row.property]
    kind = value_type(prop.type)
    specs = [it.properties[path] for path in row.place.paths() if path in it.properties]
    target = model.mappings[row.references].entity_type if row.references in model.mappings else ""
    return Field(
        name=prop.name,
        row=row,
        type=kind,
        identifying=row.property in concept.identifying,
        required=row.required or any(spec.required for spec in specs),
        common=_common(concept, row.property, prop.name, kind),
        target=target or row.references.partition("#")[0],
    )


def _extras(it: EntityType, fields: Any) -> dict[str, PropertySpec]:
    read = {path for field in fields for path in field.row.place.paths()}
    ours = {it.our_id.property} if it.our_id else set()
    stamped = {it.id.property, it.creator, it.successor}
    stamped |= {spec.property for spec in (it.version, it.modified, it.created, it.tombstones) if spec}
    return {
        path: spec
        for path, spec in it.properties.items()
        if path not in read | ours | stamped and not spec.read_only and not spec.reference
    }


def _common(concept: Concept, column: int, name: str, kind: ValueType) -> tuple[Value, ...]:
    if column in concept.identifying and kind.kind == "string":
        parts = [part for rule in concept.rules for part in (*rule.parts, *rule.vetoes)]
        normalise = next(normalise for at, normalise in parts if at == column)
        named = [values for part, values in IDENTIFYING.items() if part in name]
        for values in (*named, *IDENTIFYING.values()):
            if len({normalise(value) for value in values} - {None}) == len(values):
                return values
    return _values(name, kind)


def _values(name: str, kind: ValueType) -> tuple[Value, ...]:
    plain: dict[str, tuple[Any, ...]] = {
        "string": (f"{name[0].upper()}nn", name[:2].upper(), name[:3], name[-3:]),
        "integer": (1, 2, 3),
        "decimal": ("1", "2.5", "3.25"),
        "float": (0.5, 1.5, 2.5),
        "boolean": (True, False),
        "enum": kind.members,
        "object": ({"a": 1}, {"a": 2}, {"b": 1}),
        "time": ("08:00:00", "09:30:00", "17:00:00"),
    }
    if kind.element is not None:
        few = _values(name, kind.element)[:4]
        return tuple(kind.canonical(list(some)) for some in (few[:1], few[:2], few[1:3], few[2:], few))
    if kind.kind in ("date", "datetime"):
        return tuple(_once(name, kind, count) for count in (1, 2, 3))
    return tuple(kind.canonical(value) for value in plain.get(kind.kind, ()))


def _once(name: str, kind: ValueType, count: int) -> Value:
    day = FIRST_DAY + timedelta(days=count)
    made: dict[str, Callable[[], Any]] = {
        "string": lambda: f"{name[0]}{count}",
        "integer": lambda: 100 + count,
        "decimal": lambda: str(100 + count),
        "float": lambda: 100.5 + count,
        "date": day.isoformat,
        "datetime": lambda: f"{day.isoformat()}T12:00:00+00:00",
        "object": lambda: {"n": count},
    }
    if kind.element is not None:
        return kind.canonical([_once(name, kind.element, count)])
    make = made.get(kind.kind)
    if make is not None:
        return kind.canonical(make())
    few = _values(name, kind)
    return few[count % len(few)] if few else None


class _Chosen(NoReferences):
    """References under which whatever is referred to is the record that somebody chose."""

    def __init__(self, remote_id: str) -> None:
        self._id = remote_id

    def remote(self, entity_type: str, golden_id: str) -> str | None:
        """The chosen one."""
        return self._id


def raw_for(field: Field, value: Value) -> Raw:
    """How a value is typed into an entity type; of a reference the id. MISSING: it can not be typed there."""
    try:
        refs = _Chosen(str(value)) if field.target else NoReferences()
        return field.row.lens.put(value, MISSING, refs)
    except ValueError:
        return MISSING


def pick(field: Field, random: Random, count: int) -> Value:
    """A value for a property that is no reference: half of the time one that many type."""
    if field.identifying or (field.common and random.random() < 0.5):
        return random.choice(field.common)
    return field.once(count)
