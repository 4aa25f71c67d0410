"""Turns what the schema finds wrong into words: what it is, and what would be right. Values are never repeated (P2)."""

import re
from copy import deepcopy
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from accord.core.wording import remedy, sentence
from accord.project.schema import ProjectConfig
from accord.project.source import Faults, Loc, written_steps

__all__ = ["tell", "without_wrong"]

_SUBJECT: Final = re.compile(r"^\w+ should")
_INTERNAL: Final = re.compile(r"be a valid dictionary or instance of \w+")


def tell(error: ValidationError, written: Any, faults: Faults) -> None:
    """Note every problem of the schema as a fault; of a value with several short forms only the first."""
    told: set[Loc] = set()
    for detail in error.errors(include_url=False, include_input=False):
        missing = detail["loc"][-1:] if detail["type"] == "missing" else ()
        loc = (*written_steps(written, detail["loc"]), *missing)
        if loc not in told or detail["type"] in ("missing", "extra_forbidden"):
            faults.add(loc, *_words(detail, loc))
        told.add(loc)


def without_wrong(error: ValidationError, written: Any) -> Any:
    """What was written without the settings that are wrong or unknown, so that more can be looked for. A copy."""
    rest = deepcopy(written)
    for detail in error.errors(include_url=False, include_input=False):
        *outer, last = written_steps(written, detail["loc"]) or ("",)
        node = rest
        for step in outer:
            node = node[step] if not isinstance(node, dict) or step in node else {}
        if isinstance(node, dict) and detail["type"] != "missing":
            node.pop(last, None)
    return rest


def _words(detail: ErrorDetails, loc: Loc) -> tuple[str, str]:
    kind = detail["type"]
    name = _named(loc)
    if kind == "missing":
        return f"{name} is missing", _meaning(detail["loc"])
    if kind == "extra_forbidden":
        model = _model(detail["loc"][:-1])
        return f"{name} is no setting here", remedy(str(loc[-1]), _keys(model) if model else ())
    if kind == "literal_error":
        return f"{name} has a value that is not known", f"Write {detail['ctx']['expected']}."
    if kind == "value_error":
        what, _, advice = str(detail["ctx"]["error"]).partition("; ")
        return f"{name} {what}", sentence(advice)
    message = _INTERNAL.sub("be a mapping of settings", _SUBJECT.sub("It should", detail["msg"]))
    return f"{name} is wrong", f"{message}.{_described(detail['loc'])}"


def _named(loc: Loc) -> str:
    """The part of the configuration at loc, as a message begins with it."""
    if not loc:
        return "The file"
    *outer, last = loc
    return f"Item {last + 1} of `{outer[-1]}`" if isinstance(last, int) and outer else f"`{last}`"


def _meaning(loc: Loc) -> str:
    return f"Add `{loc[-1]}: …`.{_described(loc)}"


def _described(loc: Loc) -> str:
    model = _model(loc[:-1])
    for name, field in model.model_fields.items() if model else ():
        if (field.alias or name) == loc[-1] and field.description:
            return f" {field.description}"
    return ""


def _keys(model: type[BaseModel]) -> list[str]:
    return [field.alias or name for name, field in model.model_fields.items()]


def _model(loc: Loc) -> type[BaseModel] | None:
    """The part of the schema that loc leads into."""
    here: Any = ProjectConfig
    for step in loc:
        if isinstance(here, type) and issubclass(here, BaseModel):
            fields = {field.alias or name: field.annotation for name, field in here.model_fields.items()}
            here = fields.get(str(step))
        elif get_origin(here) in (dict, list):
            here = get_args(here)[-1]
        here = _bare(here)
    return here if isinstance(here, type) and issubclass(here, BaseModel) else None


def _bare(annotation: Any) -> Any:
    """An annotation without Annotated and without None."""
    if get_origin(annotation) is Annotated:
        return _bare(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        return next(_bare(each) for each in get_args(annotation) if each is not NoneType)
    return annotation
