"""The metadata of an OData v4 service (CSDL in XML), read as far as a manifest can say it."""

import codecs
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from xml.etree import ElementTree as ET

from msgspec import Struct, field

__all__ = ["EntitySet", "MetadataError", "Navigation", "Property", "Service", "read_metadata"]

_EDMX: Final = "{http://docs.oasis-open.org/odata/ns/edmx}"
_EDM: Final = "{http://docs.oasis-open.org/odata/ns/edm}"
_DEPTH: Final = 8

Terms = Mapping[str, Any]
"""Annotations by term without its namespace: "Core.Computed", "Capabilities.InsertRestrictions"."""


class MetadataError(Exception):
    """It can not be read; its text says why."""


class Property(Struct, frozen=True, kw_only=True):
    """A property by its dotted path; `type` without Collection(), `enum` the members of an enumeration type."""

    path: str
    type: str
    many: bool = False
    nullable: bool = True
    max_length: int | None = None
    precision: int | None = None
    scale: int | None = None
    default: str | None = None
    enum: tuple[str, ...] = ()
    terms: Terms = field(default_factory=dict)


class Navigation(Struct, frozen=True, kw_only=True):
    """Where a record leads: `joined` are (own property, property there); `target` is an entity set, "" if unknown."""

    name: str
    target: str
    many: bool
    joined: tuple[tuple[str, str], ...] = ()


class EntitySet(Struct, frozen=True, kw_only=True):
    """A collection of a service: names of its key's properties, its properties, where they lead, what it can."""

    name: str
    key: tuple[str, ...]
    properties: tuple[Property, ...]
    navigations: tuple[Navigation, ...]
    terms: Terms
    left_out: tuple[str, ...] = ()


class Service(Struct, frozen=True, kw_only=True):
    """What a service offers; `terms` are those of the whole."""

    sets: tuple[EntitySet, ...]
    terms: Terms


def read_metadata(text: bytes) -> Service:
    """The service that $metadata tells of. Raises MetadataError."""
    try:
        encoding = "utf-16" if text.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
        plain = text.decode(encoding)
    except UnicodeDecodeError:
        raise MetadataError("it is neither UTF-8 nor UTF-16") from None
    if "<!DOCTYPE" in plain or "<!ENTITY" in plain:  # else a few lines could fill the memory, or read files
        raise MetadataError("it has a document type of its own, which no metadata needs")
    start = plain.find("<", plain.find("?>") + 2 if plain.lstrip().startswith("<?xml") else 0)
    try:
        root = ET.fromstring(plain[max(start, 0) :])  # noqa: S314 - see above: no entities can be declared
    except ET.ParseError as error:
        raise MetadataError(f"it is no XML: line {error.position[0]}") from None
    if root.tag != f"{_EDMX}Edmx":
        old = "microsoft.com/ado" in root.tag
        why = "it is of OData 2 or 3, and only 4 is known" if old else "it is no metadata of OData 4"
        raise MetadataError(why)
    return _Reader(root).service()


class _Reader:
    def __init__(self, root: ET.Element) -> None:
        self._schemas = list(root.iter(f"{_EDM}Schema"))
        self._aliases = {s.get("Alias", ""): s.get("Namespace", "") for s in self._schemas if s.get("Alias")}
        for include in root.iter(f"{_EDMX}Include"):
            if alias := include.get("Alias"):
                self._aliases[alias] = include.get("Namespace", "")
        self._named: dict[str, ET.Element] = {}
        self._terms: dict[str, dict[str, Any]] = {}
        self._containers: list[tuple[str, ET.Element]] = []
        for schema in self._schemas:
            space = schema.get("Namespace", "")
            for child in schema:
                name = f"{space}.{child.get('Name', '')}"
                if child.tag == f"{_EDM}Annotations":
                    target = self._full(child.get("Target", ""))
                    self._terms.setdefault(target, {}).update(self._annotations(child))
                elif child.tag == f"{_EDM}EntityContainer":
                    self._containers.append((name, child))
                elif child.get("Name"):
                    self._named[name] = child

    def service(self) -> Service:
        sets: list[EntitySet] = []
        terms: dict[str, Any] = {}
        for name, container in self._containers:
            terms |= {**self._annotations(container), **self._terms.get(name, {})}
            found = container.findall(f"{_EDM}EntitySet")
            of_type: dict[str, list[str]] = {}
            for each in found:
                of_type.setdefault(self._full(each.get("EntityType", "")), []).append(each.get("Name", ""))
            sets += [self._set(name, each, of_type) for each in found]
        if not sets:
            raise MetadataError("it names no entity sets")
        return Service(sets=tuple(sets), terms=terms)

    def _set(self, container: str, element: ET.Element, of_type: Mapping[str, Sequence[str]]) -> EntitySet:
        name, type_name = element.get("Name", ""), self._full(element.get("EntityType", ""))
        line = list(self._lineage(type_name))
        bound = {
            b.get("Path", ""): b.get("Target", "").rpartition("/")[2]
            for b in element.findall(f"{_EDM}NavigationPropertyBinding")
        }
        properties: list[Property] = []
        navigations: list[Navigation] = []
        key: tuple[str, ...] = ()
        left_out: list[str] = []
        for full, each in line:
            if (found := each.find(f"{_EDM}Key")) is not None:
                key = tuple(r.get("Alias", r.get("Name", "")) for r in found.findall(f"{_EDM}PropertyRef"))
            properties += self._properties(full, each, "", 0)
            navigations += self._navigations(each, bound, of_type)
            if each.get("HasStream") == "true":
                left_out.append("its media stream")
        terms: dict[str, Any] = {}
        for full, each in line:
            terms |= {**self._annotations(each), **self._terms.get(full, {})}
        terms |= {**self._annotations(element), **self._terms.get(f"{container}/{name}", {})}
        return EntitySet(
            name=name,
            key=key,
            properties=tuple(properties),
            navigations=tuple(navigations),
            terms=terms,
            left_out=tuple(left_out),
        )

    def _lineage(self, name: str) -> Iterator[tuple[str, ET.Element]]:
        """A type and those it extends, the oldest first."""
        found: list[tuple[str, ET.Element]] = []
        while name in self._named and len(found) < _DEPTH:
            found.append((name, self._named[name]))
            name = self._full(self._named[name].get("BaseType", ""))
        return reversed(found)

    def _properties(self, owner: str, element: ET.Element, prefix: str, depth: int) -> Iterator[Property]:
        for each in element.findall(f"{_EDM}Property"):
            name = each.get("Name", "")
            terms = {**self._annotations(each), **self._terms.get(f"{owner}/{name}", {})}
            yield from self._property(each, f"{prefix}{name}", terms, depth)

    def _property(self, each: ET.Element, path: str, terms: Terms, depth: int) -> Iterator[Property]:
        stated = each.get("Type", "Edm.String")
        many = stated.startswith("Collection(")
        type_name = self._full(stated.removeprefix("Collection(").removesuffix(")"))
        facets = each
        enum: tuple[str, ...] = ()
        named = self._named.get(type_name)
        if named is not None and named.tag == f"{_EDM}TypeDefinition":
            facets, type_name = named, self._full(named.get("UnderlyingType", "Edm.String"))
        elif named is not None and named.tag == f"{_EDM}EnumType":
            flags = named.get("IsFlags") == "true"
            enum = () if flags else tuple(m.get("Name", "") for m in named.findall(f"{_EDM}Member"))
            type_name = "Edm.String"
        elif named is not None and named.tag == f"{_EDM}ComplexType" and not many and depth < _DEPTH:
            for full, part in self._lineage(type_name):
                yield from self._properties(full, part, f"{path}.", depth + 1)
            return
        elif named is not None:
            type_name = "complex"
        yield Property(
            path=path,
            type=type_name,
            many=many,
            nullable=each.get("Nullable", "true") != "false",
            max_length=_number(each.get("MaxLength") or facets.get("MaxLength")),
            precision=_number(each.get("Precision") or facets.get("Precision")),
            scale=_number(each.get("Scale") or facets.get("Scale")),
            default=each.get("DefaultValue"),
            enum=enum,
            terms=terms,
        )

    def _navigations(
        self, element: ET.Element, bound: Mapping[str, str], of_type: Mapping[str, Sequence[str]]
    ) -> Iterator[Navigation]:
        for each in element.findall(f"{_EDM}NavigationProperty"):
            name, stated = each.get("Name", ""), each.get("Type", "")
            many = stated.startswith("Collection(")
            there = of_type.get(self._full(stated.removeprefix("Collection(").removesuffix(")")), ())
            yield Navigation(
                name=name,
                target=bound.get(name, there[0] if len(there) == 1 else ""),
                many=many,
                joined=tuple(
                    (r.get("Property", ""), r.get("ReferencedProperty", ""))
                    for r in each.findall(f"{_EDM}ReferentialConstraint")
                ),
            )

    def _annotations(self, element: ET.Element) -> dict[str, Any]:
        return {
            self._term(a.get("Term", "")): _value(a)
            for a in element.findall(f"{_EDM}Annotation")
            if not a.get("Qualifier")
        }

    def _term(self, name: str) -> str:
        """Org.OData.Core.V1.Computed and its aliases are Core.Computed."""
        space, _, last = self._full(name).rpartition(".")
        words = [w for w in space.split(".") if not (w[:1] in "vV" and w[1:].isdigit())]
        return f"{words[-1]}.{last}" if words else last

    def _full(self, name: str) -> str:
        """A qualified name with the namespace for its alias."""
        head, slash, rest = name.partition("/")
        space, dot, last = head.rpartition(".")
        return f"{self._aliases.get(space, space)}{dot}{last}{slash}{rest}"


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and text.isdecimal() else None


def _value(element: ET.Element) -> Any:
    """What an annotation says: records as mappings, collections as lists, a tag alone is true."""
    if (said := element.get("Bool")) is not None:
        return said == "true"
    for kind in ("String", "EnumMember", "Path", "PropertyPath", "Int", "Decimal", "Date", "DateTimeOffset"):
        if (said := element.get(kind)) is not None:
            return said
    children = [c for c in element if c.tag != f"{_EDM}Annotation"]
    if not children:
        return True
    return _node(children[0])


def _node(node: ET.Element) -> Any:
    kind = node.tag.removeprefix(_EDM)
    if kind == "Record":
        return {p.get("Property", ""): _value(p) for p in node.findall(f"{_EDM}PropertyValue")}
    if kind == "Collection":
        return [_node(each) for each in node]
    text = (node.text or "").strip()
    return text == "true" if kind == "Bool" else text
