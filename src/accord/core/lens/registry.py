"""Lenses by name, built from plain data: to add one, write its class and name it here."""

from collections.abc import Mapping as ReadOnly, Sequence
from typing import Any, Final

import msgspec

from accord.core.lens.base import BuiltLens
from accord.core.lens.chain import Chain
from accord.core.lens.choices import Boolean, Constant, Enum, Map, Nulls
from accord.core.lens.collections import Elements, Keyed, List, Object, Set, Split
from accord.core.lens.dates import Date, Time
from accord.core.lens.datetimes import Datetime
from accord.core.lens.numbers import Decimal, Float, Integer
from accord.core.lens.phone import Phone
from accord.core.lens.reference import Reference
from accord.core.lens.several import FirstOf, Join, When
from accord.core.lens.text import Collapse, Email, Lower, String, Trim, Truncate, Upper
from accord.core.types import ValueType, value_type

__all__ = ["LENSES", "build_lens", "lens"]

LENSES: Final[dict[str, type[BuiltLens]]] = {
    lens.name: lens
    for lens in (
        *(
            String,
            Integer,
            Decimal,
            Float,
            Boolean,
            Date,
            Datetime,
            Time,
            Enum,
            Reference,
            List,
            Keyed,
            Set,
            Object,
        ),
        *(Trim, Collapse, Lower, Upper, Truncate, Email, Phone),
        *(Map, Constant, Nulls, Split, Elements, Join, FirstOf, When),
    )
}


def lens(name: str, **options: Any) -> BuiltLens:
    """The lens of a name with its options. Raises ValueError as `build_lens` does."""
    return build_lens({"name": name, **options})


def build_lens(
    spec: object = None, value_type_name: str = "", *, paths: Sequence[str] = (), references: str = ""
) -> BuiltLens:
    """The lens that plain data state, ending in the cast to a value type where one is given.

    `spec` is null (the cast alone), a name (`trim`), a name and its first option (`truncate(40)`), a value type
    (`decimal(2)`), an object of `name` and options, or a list of these: a chain, from the raw to the value. Where the
    last of them is a cast to the type itself, it takes what it does not say from the type.

    `paths` are those of the place, for lenses on several; `references` is the entity type whose ids the property holds.
    Raises: ValueError that names what is wrong and what is known.
    """
    return _Builder(paths=tuple(paths), references=references).build(spec, value_type_name)


class _Builder(msgspec.Struct, frozen=True, kw_only=True):
    """Builds lenses at one place."""

    paths: tuple[str, ...]
    references: str

    def build(self, spec: object, type_name: str) -> BuiltLens:
        if isinstance(spec, BuiltLens):
            return spec
        specs = list(spec) if isinstance(spec, list | tuple) else [] if spec is None else [spec]
        lenses = [self.one(each, "") for each in specs[:-1]]
        lenses += [self.one(each, type_name) for each in specs[-1:]]
        if type_name and not (lenses and lenses[-1].name in (value_type(type_name).kind, When.name)):
            lenses.append(self.one({"name": value_type(type_name).kind}, type_name))
        if not lenses:
            raise ValueError("no lens: name one, or a value type")
        return lenses[0] if len(lenses) == 1 else Chain(lenses=tuple(lenses))

    def one(self, spec: object, type_name: str) -> BuiltLens:
        """The lens of one name; `type_name` is the value type that it yields, "" if it is not the last."""
        if isinstance(spec, BuiltLens):
            return spec
        name, options, type_name = self.parsed(spec, type_name)
        lens_class = LENSES.get(name)
        if lens_class is None:
            raise ValueError(f"no lens {name!r}; known: {', '.join(sorted(LENSES))}")
        element = value_type(type_name).element if type_name else None
        inner = element.name if element and name in ("list", "keyed", "set") else type_name

        def nested(_: type, value: Any) -> BuiltLens:
            return self.build(value, inner)

        fields: tuple[str, ...] = lens_class.__struct_fields__  # type: ignore[attr-defined]
        given = {**self.defaults(name, fields, type_name), **options}
        try:
            return msgspec.convert(given, lens_class, dec_hook=nested, strict=False)
        except msgspec.ValidationError as error:
            known = ", ".join(fields) or "none"
            raise ValueError(f"lens {name}: {error}; its options: {known}") from None

    def parsed(self, spec: object, type_name: str) -> tuple[str, dict[str, Any], str]:
        """Name, options and value type of a spec."""
        if isinstance(spec, ReadOnly) and isinstance(spec.get("name"), str):
            return spec["name"], {key: value for key, value in spec.items() if key != "name"}, type_name
        if not isinstance(spec, str):
            raise ValueError('a lens is a name, or an object such as {"name": "truncate", "length": 40}')
        name, bracket, argument = spec.strip().partition("(")
        if not bracket:
            return name, {}, type_name
        stated = _known_type(spec)
        if stated is not None:
            return name, {}, stated.name
        fields: tuple[str, ...] = getattr(LENSES.get(name), "__struct_fields__", ())
        if not argument.endswith(")") or not fields:
            raise ValueError(f"no lens {spec!r}; known: {', '.join(sorted(LENSES))}")
        return name, {fields[0]: argument[:-1].strip()}, type_name

    def defaults(self, name: str, fields: Sequence[str], type_name: str) -> dict[str, Any]:
        """Options that the place and the value type say."""
        defaults: dict[str, Any] = {"parts": self.paths, "entity_type": self.references}
        if type_name and value_type(type_name).kind == name:
            defaults |= _type_options(value_type(type_name))
        return {field: value for field, value in defaults.items() if field in fields and value}


def _known_type(name: str) -> ValueType | None:
    try:
        return value_type(name)
    except ValueError:
        return None


def _type_options(stated: ValueType) -> dict[str, Any]:
    return {
        "scale": str(stated.scale),
        "resolution": stated.resolution,
        "members": stated.members,
        "of": stated.element.name if stated.element else None,
        "key": stated.key,
    }
