"""Turns what the schema finds wrong into words: what it is, and what would be right. Values are never repeated (P2)."""

from difflib import get_close_matches
from types import NoneType, UnionType
from typing import Annotated, Any, NamedTuple, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from accord.connectorkit.manifest import Manifest

__all__ = ["Place", "Problem", "problem_of"]

Place = tuple[str | int, ...]


class Problem(NamedTuple):
    """Something wrong: at which place (names and indices from the top), what, and what would be right."""

    place: Place
    what: str
    remedy: str


def problem_of(error: ErrorDetails, top: type[BaseModel] = Manifest) -> Problem:
    """The problem that an error of the schema stands for; places are below `top`."""
    place, model = _follow(error["loc"], top)
    name = ".".join(map(str, place)) or "the manifest"
    kind, context = error["type"], error.get("ctx", {})
    if kind == "missing":
        return Problem(place, f"{name} is missing", _meaning(place, model))
    if kind == "extra_forbidden":
        return Problem(place, f"{name} is not known", _alternatives(place, model))
    if kind in ("union_tag_invalid", "union_tag_not_found"):
        tag = str(context.get("discriminator", "")).strip("'")
        known = str(context.get("expected_tags", "")) or "the known ones, see the reference of the manifest"
        what = "is missing" if kind == "union_tag_not_found" else "is not known"
        return Problem((*place, tag), f"{name}.{tag} {what}", f"Write one of {known}")
    if kind == "value_error":
        return Problem(place, f"{name}: {context.get('error', 'is wrong')}", "Correct it")
    return Problem(place, f"{name} is wrong", error["msg"].replace("Input should", "It should"))


def _follow(loc: Place, top: type[BaseModel]) -> tuple[Place, type[BaseModel] | None]:
    """Where in the file a location of the schema is (it also names members of unions), and the part it is in."""
    place: list[str | int] = []
    current: Any = top
    part: type[BaseModel] | None = top
    for step in loc:
        current = _bare(current)
        if get_origin(current) in (Union, UnionType):
            current = next((m for m in get_args(current) if _is_member(m, step)), None)
            continue
        place.append(step)
        part = None
        if isinstance(current, type) and issubclass(current, BaseModel):
            part = current
            current = part.model_fields[str(step)].annotation if step in part.model_fields else None
        else:
            current = (get_args(current) or (None,))[-1 if get_origin(current) is dict else 0]
    return tuple(place), part


def _bare(annotation: Any) -> Any:
    """An annotation without Annotated and without None."""
    if get_origin(annotation) is Annotated:
        return _bare(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        members = [m for m in get_args(annotation) if m is not NoneType]
        return _bare(members[0]) if len(members) == 1 else annotation
    return annotation


def _is_member(member: Any, step: str | int) -> bool:
    if not (isinstance(member, type) and issubclass(member, BaseModel)):
        return False
    tags = (member.model_fields[n].annotation for n in ("kind", "style") if n in member.model_fields)
    return member.__name__ == step or any(step in get_args(tag) for tag in tags)


def _alternatives(place: Place, part: type[BaseModel] | None) -> str:
    if part is None:
        return "Remove it"
    known = sorted(part.model_fields)
    close = get_close_matches(str(place[-1]), known, 1)
    if close:
        return f"Write {close[0]}, or remove it"
    return f"Remove it, or use one of {', '.join(known)}"


def _meaning(place: Place, part: type[BaseModel] | None) -> str:
    field = part.model_fields.get(str(place[-1])) if part and place else None
    return f"Add it: {field.description}" if field and field.description else "Add it"
