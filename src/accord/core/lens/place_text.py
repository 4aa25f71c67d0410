"""Places from plain data: the texts and objects that configurations and dataflow documents have for them."""

import re
from collections.abc import Mapping as ReadOnly, Sequence
from typing import Any, Final

from accord.core.lens.places import Constant, Element, Path, Paths, split_path
from accord.core.model import Place

__all__ = ["build_place", "conditional_place", "parse_place"]

_SELECTOR: Final = re.compile(r"(?P<list>[^\[\]]+)\[(?P<where>[^\[\]]*)\](?:\.(?P<path>[^\[\]]+))?")
_CONDITIONAL: Final = re.compile(r"(?P<path>.*?)\s*\(\s*(?P<conditions>Dependant on having\b.*)", re.DOTALL)
_FORMS: Final = (
    "a path (delivery.city), a list's element (emails[type=work].value), several paths (a list of paths), "
    '{"list": ..., "where": {...}, "path": ...} or {"constant": ...}'
)


def build_place(spec: object) -> Place:
    """The place that plain data name: a text (`parse_place`), a list of paths, or an object.

    Raises: ValueError when it names none, listing the forms.
    """
    if isinstance(spec, str):
        return parse_place(spec)
    if isinstance(spec, ReadOnly):
        return _place_of_object(spec)
    if isinstance(spec, Sequence) and all(isinstance(path, str) for path in spec):
        return Path(spec[0]) if len(spec) == 1 else Paths(*spec)
    raise ValueError(f"no place; known forms: {_FORMS}")


def parse_place(text: str) -> Place:
    """The place that a text names.

    - `delivery.address.city`: a path;
    - `emails[type=work].value`: the element of the list `emails` whose `type` is `work`; `emails[].value`: the first;
    - `Emails.Value (Dependant on having work in Emails.Type)`, the documents' form: where the two paths begin with the
      same names, the element of the list that they lead to; else the record, if it meets the condition. Several
      conditions follow one another. An empty V wants P to be blank.

    Raises: ValueError when the text is none of these.
    """
    if "Dependant on having" in text:
        return _conditional(text)
    if "[" not in text and "]" not in text:
        return Path(text.strip())
    selector = _SELECTOR.fullmatch(text.strip())
    if selector is None:
        raise ValueError(f"place {text!r} is not of the form emails[type=work].value")
    pairs = (pair.partition("=") for pair in selector["where"].split(",") if pair.strip())
    where = {path.strip(): value.strip() or None for path, _, value in pairs}
    return Element(selector["list"], where=where, path=selector["path"] or "")


def _place_of_object(spec: ReadOnly[str, Any]) -> Place:
    if set(spec) == {"constant"}:
        return Constant(spec["constant"])
    if "list" in spec and set(spec) <= {"list", "where", "path"}:
        return Element(spec["list"], where=spec.get("where"), path=spec.get("path", ""))
    raise ValueError(f"no place with {', '.join(map(str, spec))}; known forms: {_FORMS}")


def _conditional(text: str) -> Place:
    match = _CONDITIONAL.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"place {text!r} is not of the form path (Dependant on having V in P)")
    conditions = [_condition(part, text) for part in match["conditions"].split("Dependant on having")[1:]]
    return conditional_place(match["path"], dict(conditions))


def conditional_place(path: str, conditions: ReadOnly[str, Any]) -> Place:
    """The place at a path that meets conditions, wanted values by path; None wants it to be blank.

    Where all paths begin with the same names, the element of the list that these lead to; else the record.
    Raises: ValueError when one of the paths is none.
    """
    if any(sign in each for each in (path, *conditions) for sign in "[]"):
        raise ValueError(f"place {path!r} selects an element and has a condition; write one of the two")
    names = split_path(path)
    wanted = [(split_path(each), value) for each, value in conditions.items()]
    shared = _shared(names, *(others for others, _ in wanted))
    where = {_joined(others[shared:]): value for others, value in wanted}
    return Element(_joined(names[:shared]), where=where, path=_joined(names[shared:]))


def _condition(part: str, text: str) -> tuple[str, str | None]:
    value, found, path = part.rstrip(" ()\t\r\n").rpartition(" in ")
    if not found or not path.strip():
        raise ValueError(f"a condition of place {text!r} does not say on which path; write V in P")
    return path.strip(), value.strip() or None


def _shared(first: tuple[str, ...], *others: tuple[str, ...]) -> int:
    """How many leading names all have in common, leaving at least one to each."""
    length = min(len(names) for names in (first, *others)) - 1
    return next((i for i in range(length) if any(names[i] != first[i] for names in others)), length)


def _joined(names: tuple[str, ...]) -> str:
    return ".".join(name.replace(".", "\\.") for name in names)
