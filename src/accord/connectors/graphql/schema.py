"""A GraphQL schema as introspection tells it: types by name, and what fields and arguments are of."""

from collections.abc import Mapping
from typing import Any, Final

from msgspec import Struct

__all__ = ["INTROSPECTION", "Of", "Schema"]

INTROSPECTION: Final = """query {
  __schema { queryType { name } mutationType { name } types {
    kind name enumValues { name } inputFields { name type { ...of } }
    fields { name description args { name type { ...of } } type { ...of } } } } }
fragment of on __Type {
    kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } }"""


class Of(Struct, frozen=True):
    """What something is of: the named type, if it is a list, if it has to be there; `text` as it is written."""

    name: str
    is_list: bool
    is_required: bool
    text: str


class Schema:
    """The schema in the answer to `INTROSPECTION`. Raises ValueError: it is none."""

    def __init__(self, said: Any) -> None:
        data = said.get("data", said) if isinstance(said, Mapping) else {}
        schema = data.get("__schema") if isinstance(data, Mapping) else None
        if not isinstance(schema, Mapping) or not isinstance(schema.get("types"), list):
            raise ValueError("it holds no __schema")
        self.types: dict[str, Mapping[str, Any]] = {str(each["name"]): each for each in schema["types"]}
        self.queries = self.fields((schema.get("queryType") or {}).get("name") or "")
        self.mutations = self.fields((schema.get("mutationType") or {}).get("name") or "")

    def fields(self, name: str) -> dict[str, Mapping[str, Any]]:
        """Fields of a type by name."""
        return {str(each["name"]): each for each in (self.types.get(name) or {}).get("fields") or []}

    def inputs(self, name: str) -> dict[str, Of]:
        """What the fields of an input type are of."""
        told = (self.types.get(name) or {}).get("inputFields") or []
        return {str(each["name"]): of(each["type"]) for each in told}

    def kind(self, name: str) -> str:
        """SCALAR, ENUM, OBJECT, INPUT_OBJECT …"""
        return str((self.types.get(name) or {}).get("kind") or "")

    def choices(self, name: str) -> list[str]:
        """Values of an enumeration."""
        return [str(each["name"]) for each in (self.types.get(name) or {}).get("enumValues") or []]


def of(told: Mapping[str, Any]) -> Of:
    """What a reference to a type says."""
    kind, inner = told.get("kind"), told.get("ofType")
    if kind == "NON_NULL" and inner:
        found = of(inner)
        return Of(found.name, found.is_list, is_required=True, text=f"{found.text}!")
    if kind == "LIST" and inner:
        found = of(inner)
        return Of(found.name, is_list=True, is_required=False, text=f"[{found.text}]")
    name = str(told.get("name"))
    return Of(name, is_list=False, is_required=False, text=name)
