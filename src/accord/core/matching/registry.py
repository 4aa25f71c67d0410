"""Normalisers by name, and the one that each value type has by default."""

from collections.abc import Callable, Mapping as ReadOnly, Sequence
from functools import cache
from typing import Final

from msgspec import Struct

from accord.core.lens.phone import is_region
from accord.core.matching import normalisers
from accord.core.types import value_type
from accord.core.values import Value

__all__ = ["NORMALISERS", "Normaliser", "build_normaliser", "default_normaliser", "normaliser"]

NORMALISERS: Final[dict[str, Callable[[Value], str | None]]] = {
    "exact": normalisers.exact,
    "text": normalisers.text,
    "email": normalisers.email,
    "phone": normalisers.phone(),
    "number": normalisers.alphanumeric,
    "digits": normalisers.digits,
    "date": normalisers.date,
    "initial": normalisers.prefix(1),
    "sorted_tokens": normalisers.sorted_tokens,
    "sound": normalisers.sound,
}
_BY_KIND: Final = {"string": "text", "date": "date", "datetime": "exact"}
_KNOWN: Final = ", ".join([*NORMALISERS, "phone(region)", "prefix(n)"])


class Normaliser(Struct, frozen=True):
    """A normaliser by name, but for the texts in `ignore`, which identify nothing in this project (L2)."""

    name: str
    ignore: frozenset[str]

    def __call__(self, value: Value) -> str | None:
        """Comparable text of a canonical value, or None."""
        found = normaliser(self.name)(value)
        return None if found in self.ignore else found


@cache
def normaliser(name: str) -> Callable[[Value], str | None]:
    """The normaliser of a name: one of `NORMALISERS`, `phone(NO)`, `prefix(4)`.

    Raises: ValueError when there is none, listing those that there are.
    """
    text = name.strip()
    found = NORMALISERS.get(text)
    if found is not None:
        return found
    kind, _, rest = text.partition("(")
    argument = rest.removesuffix(")").strip()
    if kind == "phone" and is_region(argument):
        return normalisers.phone(argument)
    if kind == "prefix" and argument.isdecimal() and int(argument) > 0:
        return normalisers.prefix(int(argument))
    raise ValueError(f"no normaliser {name!r}; known: {_KNOWN}")


def build_normaliser(spec: object, value_type_name: str = "") -> Callable[[Value], str | None]:
    """The normaliser that plain data state: a name, null (the type's default), or an object of `name` and `ignore`.

    `ignore` lists values that identify nothing, as people write them. Raises: ValueError.
    """
    if isinstance(spec, ReadOnly):
        name, ignore = spec.get("name"), spec.get("ignore", ())
        if not set(spec) <= {"name", "ignore"} or isinstance(ignore, str) or not isinstance(ignore, Sequence):
            raise ValueError("a normaliser is a name, or an object of name and ignore, a list of values")
        known = build_normaliser(name, value_type_name)
        texts = frozenset(text for text in map(known, ignore) if text is not None)
        return Normaliser(name if isinstance(name, str) else _default_name(value_type_name), texts)
    if spec is None:
        return default_normaliser(value_type_name)
    if not isinstance(spec, str):
        raise ValueError(f"a normaliser is named by a text; known: {_KNOWN}")
    return normaliser(spec)


def default_normaliser(value_type_name: str) -> Callable[[Value], str | None]:
    """The normaliser of a value type: `text` for string, `date` for date, else `exact`; of a list, its elements'."""
    return normaliser(_default_name(value_type_name))


def _default_name(value_type_name: str) -> str:
    kind = value_type(value_type_name)
    return _BY_KIND.get((kind.element or kind).kind, "exact")
