"""A manifest from the metadata of a service. What metadata do not tell is assumed, and says so."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from accord.connectors.odata.metadata import EntitySet, Property, Service

__all__ = ["drafted"]

_TYPES: Final = {
    "Edm.String": "string",
    "Edm.Guid": "string",
    "Edm.Duration": "string",
    "Edm.Boolean": "boolean",
    "Edm.Date": "date",
    "Edm.DateTimeOffset": "datetime",
    "Edm.TimeOfDay": "time",
    "Edm.Decimal": "decimal",
    "Edm.Double": "float",
    "Edm.Single": "float",
    "Edm.Byte": "integer",
    "Edm.SByte": "integer",
    "Edm.Int16": "integer",
    "Edm.Int32": "integer",
    "Edm.Int64": "integer",
}
_MODIFIED: Final = re.compile(
    r"(system|last)?_?(modified|changed?|updated)_?(at|on|date|time|datetime|timestamp|date_?time)+",
    re.IGNORECASE,
)
_CREATED: Final = re.compile(
    r"(system)?_?(created|creation)_?(at|on|date|time|datetime|date_?time)+", re.IGNORECASE
)
_PAGE: Final = {"style": "next_link", "items": "value", "next": "@odata.nextLink", "size_parameter": ""}
_ERRORS: Final = {
    "message": "error.details[].message | error.message",
    "property": "error.details[].target | error.target",
    "code": "error.code",
}
_LAG_S: Final = 5


def drafted(
    service: Service,
    name: str,
    base_url: str,
    auth: Mapping[str, Any] | None,
    with_etags: frozenset[str] = frozenset(),
) -> tuple[dict[str, Any], list[str]]:
    """(manifest as plain data, what could not be known). `with_etags` are sets whose records were seen to bear them."""
    unknown: list[str] = []
    usable = {s.name: s for s in service.sets if _is_usable(s, unknown)}
    manifest: dict[str, Any] = {"format": 1, "name": name, "base_url": base_url}
    if auth is not None:
        manifest["auth"] = dict(auth)
    manifest["headers"] = {"OData-MaxVersion": "4.01"}
    manifest["defaults"] = {
        "update": "patch",
        "page": {
            **_PAGE,
            "counts": True,
            "assumed": {
                "counts": "no service tells whether its links count records; false reads long lists once"
            },
        },
        "errors": dict(_ERRORS),
    }
    if service.terms.get("Capabilities.BatchSupported") is not False:
        manifest["defaults"]["batch"] = {
            "path": "$batch",
            "form": "odata",
            "assumed": "JSON batches are of OData 4.01; a service that refuses them gets each write alone",
        }
    else:
        unknown.append("why the service takes no batches: each write is a call of its own")
    manifest["types"] = {
        each: _type(s, usable, unknown, bears=each in with_etags) for each, s in usable.items()
    }
    return manifest, unknown


def _is_usable(it: EntitySet, unknown: list[str]) -> bool:
    if _restricted(it, "Read", "Readable"):
        unknown.append(f"{it.name}: it can not be read, and is left out")
        return False
    keys = [p for p in it.properties if p.path in it.key]
    if not keys or len(keys) != len(it.key):
        unknown.append(f"{it.name}: its key is not among its properties, so it is left out")
        return False
    for key in keys:
        if _TYPES.get(key.type) not in ("string", "integer"):
            unknown.append(f"{it.name}: its key {key.path} is a {key.type}; it is left out")
            return False
    return True


def _restricted(it: EntitySet, kind: str, word: str) -> bool:
    said = it.terms.get(f"Capabilities.{kind}Restrictions")
    return isinstance(said, Mapping) and said.get(word) is False


def _listed(it: EntitySet, kind: str, word: str) -> frozenset[str]:
    said = it.terms.get(f"Capabilities.{kind}Restrictions")
    found = said.get(word, ()) if isinstance(said, Mapping) else ()
    return frozenset(str(f).replace("/", ".") for f in found) if isinstance(found, list) else frozenset()


def _type(
    it: EntitySet, usable: Mapping[str, EntitySet], unknown: list[str], *, bears: bool
) -> dict[str, Any]:
    keys = [next(p for p in it.properties if p.path == path) for path in it.key]
    key, in_quotes = keys[0], len(keys) == 1 and keys[0].type == "Edm.String"
    said: dict[str, Any] = {"path": it.name, "id": {"property": key.path}}
    if len(keys) > 1:
        said["id"] = {"parts": {p.path: "text" if p.type == "Edm.String" else "bare" for p in keys}}
    elif _TYPES[key.type] == "integer":
        said["id"]["type"] = "integer"
    if isinstance(words := it.terms.get("Core.Description"), str):
        said = {"description": words, **said}
    assumed: dict[str, str] = {}
    said["operations"] = _operations(it, in_quotes=in_quotes)
    modified = _stamp(it, _MODIFIED)
    if bears or "Core.OptimisticConcurrency" in it.terms:
        said["version"] = {"property": "@odata.etag", "order": "opaque"}
        said["conditional"] = "If-Match"
        if bears:
            assumed["conditional"] = "its records bear ETags; that writes heed them is promised nowhere"
    elif modified:
        said["version"] = {"property": modified, "order": "ordered"}
        unknown.append(f"{it.name}: no ETag is promised; a write compares {modified} just before it")
    else:
        unknown.append(
            f"{it.name}: it has no version, so an edit between our reading and our write is not seen"
        )
    if modified:
        said["modified"] = {"property": modified, "resolution": _resolution(it, modified)}
        assumed["modified"] = "by its name"
    if created := _stamp(it, _CREATED):
        said["created"] = {"property": created, "resolution": _resolution(it, created)}
        assumed["created"] = "by its name"
    said |= _changes(it, modified, created, unknown)
    if "changes" in said:
        assumed["lag_s"] = "no service tells how long after its stamp a change can be seen"
    if assumed:
        said["assumed"] = assumed
    said["properties"] = dict(_properties(it, keys, usable, unknown))
    unknown += [f"{it.name}: {each} is left out" for each in it.left_out]
    return said


def _operations(it: EntitySet, *, in_quotes: bool) -> dict[str, Any]:
    said: dict[str, Any] = {"one": f"{it.name}('{{id}}')" if in_quotes else f"{it.name}({{id}})"}
    said["sending"] = {"Prefer": "return=representation"}
    said["unconditional"] = {"If-Match": "*"}  # an update of a record that is gone must not make it anew
    for kind, word in (("Insert", "Insertable"), ("Update", "Updatable"), ("Delete", "Deletable")):
        if _restricted(it, kind, word):
            said[{"Insert": "create"}.get(kind, kind.lower())] = False
    return said


def _stamp(it: EntitySet, pattern: re.Pattern[str]) -> str:
    """The property that tells the time, by its name: that which the service sets, if there are several."""
    found = [p for p in it.properties if p.type == "Edm.DateTimeOffset" and not p.many]
    found = [p for p in found if pattern.fullmatch(p.path)]
    return next((p.path for p in (*filter(_is_computed, found), *found)), "")


def _resolution(it: EntitySet, path: str) -> str:
    precision = next(p.precision for p in it.properties if p.path == path)
    return "s" if not precision else "ms"


def _changes(it: EntitySet, modified: str, created: str, unknown: list[str]) -> dict[str, Any]:
    barred = _listed(it, "Filter", "NonFilterableProperties")
    can_filter = not _restricted(it, "Filter", "Filterable")
    said: dict[str, Any] = {}
    if modified and can_filter and modified not in barred:
        said["changes"] = {"parameter": f"$filter={modified} ge {{}}", "format": "iso"}
        said["lag_s"] = _LAG_S
    else:
        why = "it may not be filtered" if modified else "no property tells when a record changed"
        unknown.append(f"{it.name}: {why}, so each read is a whole one")
    if created and can_filter and created not in barred:
        said["search"] = {"created_since": f"$filter={created} ge {{}}"}
    else:
        unknown.append(f"{it.name}: a create whose answer is lost can not be found again (W3)")
    return said


def _properties(
    it: EntitySet, keys: Sequence[Property], usable: Mapping[str, EntitySet], unknown: list[str]
) -> Iterable[tuple[str, dict[str, Any]]]:
    leads = {
        n.joined[0][0]: n.target
        for n in it.navigations
        if not n.many
        and len(n.joined) == 1
        and n.target in usable
        and usable[n.target].key == (n.joined[0][1],)
    }
    for each in it.navigations:
        if not each.many and not each.joined:
            unknown.append(f"{it.name}.{each.name}: no property holds the id it leads to; it is left out")
    fixed = _listed(it, "Update", "NonUpdatableProperties")
    for p in it.properties:
        if len(keys) == 1 and p in keys and (p.type == "Edm.Guid" or _is_computed(p)):
            continue  # the service makes it
        if p.type not in _TYPES and not p.many and p.type != "complex":
            unknown.append(f"{it.name}.{p.path}: a {p.type} is left out")
            continue
        said = _property(p, leads.get(p.path, ""))
        if p in keys and "read_only" not in said:
            said |= {"required": True} if len(keys) > 1 else {"required": True, "unique": True}
        if (p in keys or p.path in fixed) and "read_only" not in said:
            said["create_only"] = True
        yield p.path, said


def _is_computed(p: Property) -> bool:
    read = str(p.terms.get("Core.Permissions", "")).endswith("Permission/Read")
    only = str(p.terms.get("Common.FieldControl", "")).endswith("/ReadOnly")
    default = p.terms.get("Core.ComputedDefaultValue") is True and p.type == "Edm.Guid"
    return p.terms.get("Core.Computed") is True or read or only or default


def _property(p: Property, reference: str) -> dict[str, Any]:
    said: dict[str, Any] = {}
    kind = "list" if p.many else _TYPES.get(p.type, "object")
    if kind != "string":
        said["type"] = kind
    mandatory = str(p.terms.get("Common.FieldControl", "")).endswith("/Mandatory")
    if _is_computed(p):
        said["read_only"] = True
    else:
        if mandatory or not (p.nullable or p.many or p.default is not None):
            said["required"] = True
        if p.terms.get("Core.Immutable") is True:
            said["create_only"] = True
    if kind == "string" and p.max_length and p.type == "Edm.String":
        said["max_length"] = p.max_length
    if kind == "decimal" and p.scale is not None:
        said["scale"] = p.scale
    if enum := p.enum or _allowed(p):
        said["enum"] = list(enum)
    if p.default is not None and (value := _default(kind, p.default)) is not None:
        said["default"] = value
    if reference:
        said["reference"] = reference
    words = p.terms.get("Core.Description") or p.terms.get("Common.Label")
    if isinstance(words, str) and words != p.path:
        said["description"] = words
    return said


def _allowed(p: Property) -> tuple[str, ...]:
    """Values that a service checks by annotation alone are told all the same: it is what they may be."""
    said = p.terms.get("Validation.AllowedValues")
    if p.type != "Edm.String" or not isinstance(said, list):
        return ()
    return tuple(str(v["Value"]) for v in said if isinstance(v, Mapping) and "Value" in v)


def _default(kind: str, text: str) -> Any:
    if kind == "boolean":
        return text == "true"
    if kind == "integer":
        return int(text) if text.lstrip("-").isdecimal() else None
    return text if kind == "string" else None
