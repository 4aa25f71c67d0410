"""Which values an end of a row takes: by the concept's type, the manifest, and the lenses on the way."""

from collections.abc import Callable, Mapping as ReadOnly
from dataclasses import replace
from typing import Any, Final

from accord.connectorkit.manifest_parts import PropertySpec
from accord.core.types import ValueType
from accord.qa.deriving.values import LONGEST, STYLES, Domain

__all__ = ["Unknown", "map_pairs", "narrowed", "range_of"]

_KINDS: Final[ReadOnly[str, str]] = {
    "string": "text",
    "integer": "integer",
    "decimal": "decimal",
    "float": "float",
    "boolean": "boolean",
    "date": "date",
    "datetime": "datetime",
    "time": "time",
    "enum": "enum",
    "object": "object",
    "reference": "reference",
}
_NARROWING: Final = ("integer", "boolean", "date", "datetime", "time", "decimal", "float")
"""Types of a manifest that a text of the concept can be read from."""

_Options = ReadOnly[str, Any]


class Unknown(Exception):
    """No table has literals for this; the message says why."""


def range_of(kind: ValueType, declared: PropertySpec | None, *, is_cast: bool) -> Domain:
    """The values of a type that a property takes. Raises Unknown."""
    domain = _of_type(kind)
    if declared is None:
        return domain
    if declared.max_length is not None:
        domain = replace(domain, longest=min(domain.longest, declared.max_length))
    if declared.scale is not None:
        domain = replace(domain, scale=min(domain.scale, declared.scale))
    if domain.kind == "text" and "digits" in declared.normalises:
        domain = replace(domain, kind="digits")
    if not is_cast:
        return domain
    if declared.reference and domain.kind == "text":
        return replace(domain, kind="reference")
    if declared.enum:
        members = tuple(each for each in declared.enum if not domain.members or each in domain.members)
        return replace(domain, kind="enum", members=members)
    if declared.type in _NARROWING and domain.kind == "text":
        return replace(domain, kind=declared.type)
    if declared.type == "integer" and domain.kind in ("decimal", "float"):
        return replace(domain, kind="integer")
    return domain


def _of_type(kind: ValueType) -> Domain:
    if kind.kind in ("list", "set"):
        inner = kind.element.kind if kind.element else ""
        if inner != "string":
            raise Unknown(f"the checklist has no literals for {kind.name}")
        return Domain(kind="texts" if kind.kind == "list" else "set")
    if kind.kind not in _KINDS:
        raise Unknown(f"the checklist has no literals for {kind.name}: give `examples` in the row")
    scale = kind.scale if kind.kind == "decimal" else 15
    return Domain(kind=_KINDS[kind.kind], members=kind.members, scale=scale)


def narrowed(domain: Domain, name: str, options: _Options) -> Domain:
    """The values of a domain that a lens leaves as they are. Raises Unknown."""
    if name in STYLES:
        return replace(domain, styles=(*domain.styles, name))
    if name in _KINDS:
        return replace(_of_cast(domain, name), members=_members(options) or domain.members)
    narrow = _NARROW.get(name)
    if narrow is None:
        raise Unknown(f"the checklist has no literal for the lens {name}: give `examples` in the row")
    return narrow(domain, options)


def _of_cast(domain: Domain, name: str) -> Domain:
    return replace(domain, kind=_KINDS[name]) if domain.kind == "text" else domain


def _members(options: _Options) -> tuple[Any, ...]:
    stated = options.get("members", ())
    return tuple(stated.split("|") if isinstance(stated, str) else stated)


def map_pairs(options: _Options) -> list[tuple[Any, Any]]:
    """(raw, value) of a map."""
    pairs = options.get("pairs", {})
    return [(raw, value) for raw, value in (pairs.items() if isinstance(pairs, dict) else pairs)]


def _mapped(domain: Domain, options: _Options) -> Domain:
    values = dict.fromkeys(value for _, value in map_pairs(options))
    known = tuple(value for value in values if not domain.members or value in domain.members)
    return replace(domain, kind="enum", members=known)


_NARROW: Final[ReadOnly[str, Callable[[Domain, _Options], Domain]]] = {
    "email": lambda domain, _: replace(domain, kind="mail", styles=(*domain.styles, "trim", "lower")),
    "first_of": lambda domain, _: domain,
    "join": lambda domain, _: replace(domain, styles=(*domain.styles, "collapse")),
    "list": lambda domain, _: domain,
    "map": _mapped,
    "nulls": lambda domain, _: domain,
    "phone": lambda domain, _: replace(domain, kind="phone"),
    "set": lambda domain, _: domain,
    "split": lambda domain, _: domain,
    "truncate": lambda domain, _: replace(domain, longest=LONGEST),
}
