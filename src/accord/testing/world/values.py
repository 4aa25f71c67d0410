"""What people type, for any model: values that the systems take and the lenses can tell, few enough to meet.

Nothing here knows a property by name. Of a concept's property, candidates of its value type are tried through the lens
and the manifest of each entity type that is mapped to it; the kind that most of them take, and give back as it was, is
what people type there.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping as ReadOnly, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final, TypeAlias

import msgspec
from msgspec import Struct

from accord.connectorkit.manifest import Manifest
from accord.connectorkit.manifest_parts import PropertySpec
from accord.connectorkit.observe import name_of
from accord.core.lens import BuiltLens
from accord.core.model import Concept, Mapping, Model, NoReferences, PropertyMapping
from accord.core.types import ValueType, value_type
from accord.core.values import MISSING, Raw, Value
from accord.testing.system_model.shape import Shape

__all__ = ["Alphabet", "Values", "plain_raw"]

Maker: TypeAlias = Callable[[int], Value]

_TRIED: Final = (0, 1, 2, 100, 999)
COMMON: Final = 4
"""So many values of a property are typed again and again."""
_FIRST: Final = 100
"""Values that are typed only once are numbered from here."""
_NONE: Final = NoReferences()


class Alphabet(Struct, frozen=True, kw_only=True):
    """What is typed into one property of a concept: some values again and again, others once each."""

    common: tuple[Value, ...] = ()
    maker: Maker | None = None
    """None: there are no others."""

    def once(self, number: int) -> Value:
        """A value that no other number gives; MISSING where there are too few values for that."""
        return self.maker(_FIRST + number) if self.maker is not None else MISSING


class Values:
    """Alphabets of all properties of a model. `manifests` by system."""

    def __init__(self, model: Model, manifests: ReadOnly[str, Manifest]) -> None:
        self._model = model
        self.shapes = {
            mapping.entity_type: Shape(manifests[mapping.system].types[name_of(mapping.entity_type)])
            for mapping in model.mappings.values()
        }
        self._alphabets = {
            (concept.name, column): self._alphabet(concept, column)
            for concept in model.concepts.values()
            for column in range(len(concept.properties))
        }

    def alphabet(self, concept: str, column: int) -> Alphabet:
        """What is typed into a property; empty for references, whose values are records."""
        return self._alphabets[concept, column]

    def untyped(self) -> list[str]:
        """Properties ("concept.property") for which nothing was found that people could type."""
        return [
            f"{concept.name}.{prop.name}"
            for concept in self._model.concepts.values()
            for column, prop in enumerate(concept.properties)
            if not prop.reference and not self._alphabets[concept.name, column].common
        ]

    def raw(self, mapping: Mapping, row: PropertyMapping, value: Value) -> Raw:
        """What stands in a system for a value; MISSING: it can not stand there."""
        found = _told(row, value)
        return found if self._takes(mapping, row, found) else MISSING

    def extras(self, entity_type: str) -> list[str]:
        """Paths of an entity type that people fill and no mapping writes (W1)."""
        shape = self.shapes[entity_type]
        mine = [m for m in self._model.mappings.values() if m.entity_type == entity_type]
        ours = {path for m in mine for row in m.properties for path in row.place.paths()}
        ours |= {path for m in mine for place, _ in m.constants for path in place.paths()}
        ours |= {shape.it.our_id.property} if shape.it.our_id else set()
        return [
            path
            for path, spec in shape.specs.items()
            if path not in shape.stamped
            and not (spec.read_only or spec.reference or path in shape.it.side_effects)
            and not any(path == o or o.startswith(f"{path}.") or path.startswith(f"{o}.") for o in ours)
        ]

    # inside

    def _alphabet(self, concept: Concept, column: int) -> Alphabet:
        if concept.properties[column].reference:
            return Alphabet()
        rows = [
            (m, r)
            for m in self._model.mappings_of(concept.name)
            for r in m.properties
            if r.property == column
        ]
        parts = [n for rule in concept.rules for c, n in (*rule.parts, *rule.vetoes) if c == column]
        stated = value_type(concept.properties[column].type)
        best, most = Alphabet(), 0
        for maker in _makers(stated, concept.properties[column].name):
            fit = sum(self._fits(m, r, parts, map(maker, _TRIED)) for m, r in rows)
            if fit > most:
                common = tuple(maker(number) for number in range(COMMON))
                best, most = Alphabet(common=common, maker=maker), fit
        listed = self._listed(stated, rows)
        fit = sum(self._fits(m, r, parts, listed) for m, r in rows) if listed else 0
        return (
            Alphabet(common=tuple(listed)) if fit > most or (fit and fit == most and stated.members) else best
        )

    def _fits(
        self,
        mapping: Mapping,
        row: PropertyMapping,
        parts: Sequence[Callable[[Value], str | None]],
        values: Iterable[Value],
    ) -> bool:
        """The system takes all these values, gives them back as they were, and they identify."""
        for value in values:
            raw = _told(row, value)
            if not self._takes(mapping, row, raw) or any(part(value) is None for part in parts):
                return False
            if row.reads and self._read(mapping, row, raw) != value:
                return False
        return True

    def _takes(self, mapping: Mapping, row: PropertyMapping, raw: Raw) -> bool:
        """The system has no complaint about what would be sent."""
        if raw is MISSING:
            return False
        shape, body = self.shapes[mapping.entity_type], dict[str, Any]()
        row.place.write(body, raw, None)
        return all(
            path not in shape.stamped and shape.complaint(path, shape.normalised(path, value)) is None
            for path, value in shape.changes(body)
        )

    def _read(self, mapping: Mapping, row: PropertyMapping, raw: Raw) -> Value:
        """The value that is read of a record after it was written there."""
        shape, body, kept = self.shapes[mapping.entity_type], dict[str, Any](), dict[str, Any]()
        row.place.write(body, raw, None)
        for path, value in shape.changes(body):
            _put(kept, path, shape.normalised(path, value))
        try:
            return row.lens.get(row.place.read(kept), _NONE)
        except ValueError:
            return MISSING

    def _listed(self, stated: ValueType, rows: Sequence[tuple[Mapping, PropertyMapping]]) -> list[Value]:
        """Values that members of an enum, tables of lenses and lists of a manifest name; those that all can tell."""
        found: list[Value] = [True, False] if stated.kind == "boolean" else list(stated.members)
        for mapping, row in rows:
            found += _literals(row.lens)
            shape = self.shapes[mapping.entity_type]
            for path in row.place.paths():
                spec = shape.specs.get(path)
                for raw in spec.enum if spec else ():
                    try:
                        found.append(row.lens.get(raw, _NONE))
                    except ValueError:
                        continue
        fitting: list[Value] = []
        for value in found:
            known = any(value == each and type(value) is type(each) for each in fitting)
            if value is None or value is MISSING or known or not _is_of(stated, value):
                continue
            if all(self._fits(mapping, row, (), [value]) for mapping, row in rows):
                fitting.append(value)
        return fitting


def _told(row: PropertyMapping, value: Value) -> Raw:
    try:
        return row.lens.put(value, MISSING, _NONE)
    except ValueError:
        return MISSING


def _put(body: dict[str, Any], path: str, value: Any) -> None:
    *parents, leaf = path.split(".")
    for name in parents:
        body = body.setdefault(name, {})
    body[leaf] = value


def _is_of(stated: ValueType, value: Value) -> bool:
    try:
        return bool(stated.canonical(value) == value)
    except ValueError:
        return False


def _literals(node: object) -> Iterator[Value]:
    """Texts and numbers that stand in the options of a lens."""
    if isinstance(node, BuiltLens):
        for name in getattr(node, "__struct_fields__", ()):
            yield from _literals(getattr(node, name))
    elif isinstance(node, dict):
        for key, value in node.items():
            yield from (*_literals(key), *_literals(value))
    elif isinstance(node, tuple | list):
        for each in node:
            yield from _literals(each)
    elif isinstance(node, str | int | float | bool):
        yield node


def _makers(stated: ValueType, name: str) -> Iterator[Maker]:
    """Series of values of a type, the plainest first; texts begin like the property."""
    if stated.element is not None:
        for of in _makers(stated.element, name):
            if stated.kind == "set":
                yield lambda n, of=of: stated.canonical([of(n), of(n + 1)])  # type: ignore[misc]
            else:
                yield lambda n, of=of: stated.canonical([of(n)])  # type: ignore[misc]
        return
    if stated.kind == "string":
        word = "".join(c for c in name.rpartition(".")[2].lower() if "a" <= c <= "z")[:2] or "v"
        yield lambda n: f"{word}{n}"
    for make in _SERIES.get(stated.kind, ()):
        yield lambda n, make=make: stated.canonical(make(n))  # type: ignore[misc]


_DAY: Final = date(1990, 1, 1)
_MOMENT: Final = datetime.fromisoformat("2024-01-08T08:00:00+00:00")

_SERIES: Final[ReadOnly[str, Sequence[Maker]]] = {
    "string": (
        lambda n: f"v{n}",
        lambda n: f"p{n}@x.io",
        lambda n: f"+4741{n:06}",
        lambda n: f"+47{41_000_000 + n}",
        lambda n: f"9{n:08}",
        lambda n: str(1000 + n),
        lambda n: f"V{n}",
        lambda n: f"given{n} family{n}",
        lambda n: (_DAY + timedelta(days=n)).isoformat(),
        lambda n: f"https://x.io/{n}",
    ),
    "integer": (lambda n: n + 1,),
    "decimal": (lambda n: f"{n + 1}.5", lambda n: str(n + 1)),
    "float": (lambda n: n + 0.5,),
    "date": (lambda n: (_DAY + timedelta(days=n)).isoformat(),),
    "datetime": (lambda n: (_MOMENT + timedelta(hours=n)).isoformat(),),
    "time": (lambda n: f"{n // 60 % 24:02}:{n % 60:02}:00",),
    "object": (lambda n: {"k": n},),
}


def plain_raw(spec: PropertySpec, number: int) -> Raw:
    """A raw that a system takes in a property, other for each number as far as its type has so many."""
    if spec.enum:
        return spec.enum[number % len(spec.enum)]
    if spec.type == "boolean":
        return number % 2 == 0
    made: Any = _SERIES["string" if spec.type == "list" else spec.type][0](number)
    if spec.type == "list":
        return [made]
    if spec.type == "decimal":
        return float(made)
    if isinstance(made, str) and spec.max_length is not None:
        made = made[-spec.max_length :]
    return msgspec.to_builtins(made)
