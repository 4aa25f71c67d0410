"""How a suggestion is written into `accord.yaml`: the type and the lenses that a row needs."""

from typing import Any, Final

from accord.project.casts import declared_type
from accord.suggesting.agreement import Agreement
from accord.suggesting.field import Field

__all__ = ["joined_row", "row_of"]

_TYPES: Final = {"boolean": "boolean", "date": "date", "time": "time", "instant": "datetime"}
_OPPOSITES: Final = (("active", "inactive"), ("consent", "optout"))


def row_of(a: Field, b: Field, found: Agreement | None) -> Any:
    """The row as it is written: `[from, to]`, with a type where the declarations differ, with lenses where needed."""
    if found is not None and found.words is not None:
        return _mapped(a, b, found)
    if (found is None or not found.compared) and _inverted(a, b):
        lens = {"name": "map", "pairs": [[True, False], [False, True]]}
        return {"from": a.path, "to": _place(b.path, lens)}
    kind = found.kind if found is not None else ""
    lenses = _lenses(found) if found is not None else (None, None)
    type_name = _type(a, b, kind, found)
    lenses = tuple(_number_lens(lens, type_name) for lens in lenses)
    if lenses == (None, None):
        return [a.path, b.path, type_name] if type_name else [a.path, b.path]
    row: dict[str, Any] = {"from": _place(a.path, lenses[0]), "to": _place(b.path, lenses[1])}
    return {**row, "type": type_name} if type_name else row


def joined_row(left: list[str], right: list[str], separator: str) -> Any:
    """A row between one property and several that are one text together."""
    lens: Any = "join" if separator == " " else {"name": "join", "separator": separator}
    sides = [{"paths": side, "lens": lens} if len(side) > 1 else side[0] for side in (left, right)]
    return {"from": sides[0], "to": sides[1], "type": "string"}


def _inverted(a: Field, b: Field) -> bool:
    """One is true where the other one is false, by their names."""
    names = a.name.meanings, b.name.meanings
    opposite = any(
        x in names[0] and y in names[1] for x, y in (*_OPPOSITES, *((y, x) for x, y in _OPPOSITES))
    )
    return opposite and a.spec.type == b.spec.type == "boolean"


def _lenses(found: Agreement) -> tuple[Any, Any]:
    if found.left is None or found.right is None or found.kind in ("text", "folded", "letters"):
        return None, None
    if found.kind == "phone":
        return found.left.lens.replace("()", ""), found.right.lens.replace("()", "")
    return found.left.lens, found.right.lens


def _number_lens(lens: Any, type_name: str) -> Any:
    """A reading of numbers in text takes the name of the type."""
    if not isinstance(lens, dict) or "name" in lens:
        return lens
    kind = type_name.partition("(")[0]
    return None if lens == {"raw": "text"} else {"name": kind, **lens}


def _place(path: str, lens: Any) -> Any:
    return path if lens is None else {"path": path, "lens": lens}


def _type(a: Field, b: Field, kind: str, found: Agreement | None) -> str:
    """The value type where it has to be said: the declarations differ, or do not say it themselves; else ""."""
    types = {a.spec.type, b.spec.type}
    if a.spec.reference or b.spec.reference:
        return "" if a.spec.reference and b.spec.reference else "string"
    if kind == "set" or "list" in types:
        return "set(string)" if kind == "set" else "list(string)"
    wanted = _TYPES.get(kind, "")
    if kind == "number":
        wanted = _number_type(a, b, found)
    said = {_declared(each) for each in (a, b)}
    if not wanted and (len(types) > 1 or (types == {"decimal"} and (len(said) > 1 or "" in said))):
        wanted = _between(a, b)
    if not wanted:
        return "" if len(said) == 1 and "" not in said else "string" if types == {"string"} else ""
    return "" if said == {wanted} or (wanted == "datetime" and types == {"datetime"}) else wanted


def _declared(field: Field) -> str:
    try:
        return declared_type(field.spec)
    except ValueError:
        return ""


def _number_type(a: Field, b: Field, found: Agreement | None) -> str:
    scales = (
        [each.scale for each in (found.left, found.right) if each is not None] if found is not None else []
    )
    if declared := _scales(a, b):
        return f"decimal({max(declared)})"
    kinds = {a.spec.type, b.spec.type}
    if kinds in ({"float"}, {"float", "integer"}):
        return "float"
    scale = max(scales, default=0)
    return f"decimal({max(scale, 2)})" if scale or "decimal" in kinds else "integer"


def _scales(a: Field, b: Field) -> list[int]:
    return [f.spec.scale for f in (a, b) if f.spec.type == "decimal" and f.spec.scale is not None]


def _between(a: Field, b: Field) -> str:
    """The type that both can be read as, where no values are known."""
    types = {a.spec.type, b.spec.type}
    for name in ("date", "datetime", "boolean", "time"):
        if name in types and (name != "datetime" or "string" not in types):
            return name
    if "float" in types:
        return "float"
    return f"decimal({max(_scales(a, b), default=2)})" if "decimal" in types else "string"


def _mapped(a: Field, b: Field, found: Agreement) -> Any:
    pairs = [[theirs, ours] for ours, theirs in (found.words or {}).items()]
    type_name = a.spec.type if a.spec.type in ("boolean", "integer") else _declared(a) or "string"
    return {
        "from": a.path,
        "to": {"path": b.path, "lens": {"name": "map", "pairs": pairs}},
        **({"type": type_name} if type_name != _declared(b) or a.spec.type != b.spec.type else {}),
    }
