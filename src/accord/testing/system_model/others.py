"""What others make of records: an integration with a rule of its own, and what an account is shown of them."""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, Final

from accord.connectorkit.normalise import normaliser
from accord.connectorkit.paths import drop_at, get_at, put_at
from accord.core.values import MISSING
from accord.testing.system_model.quirks import Quirks

__all__ = ["meddled", "presented"]

TOUCH: Final = "touch"


def meddled(rules: Mapping[str, str], body: Mapping[str, Any]) -> tuple[dict[str, Any], bool]:
    """What another integration changes in a record, and whether it writes it even where nothing differs.

    It leaves alone what has the shape that it wants already, so that it never chases itself.
    """
    changes: dict[str, Any] = {}
    for path, rule in rules.items():
        value = get_at(body, path)
        wanted = value
        if rule.startswith("="):
            wanted = rule[1:]
        elif rule != TOUCH and isinstance(value, str):
            change = normaliser([rule])
            wanted = change(value) if change else value
        if wanted is not MISSING and wanted != value:
            put_at(changes, path, wanted)
    return changes, TOUCH in rules.values()


def presented(body: dict[str, Any], quirks: Quirks, struck: Counter[str]) -> dict[str, Any]:
    """A payload as the account is shown it; changed in place. What is stored stays as it is."""
    for path in quirks.hides:
        if get_at(body, path) is not MISSING:
            struck["hides"] += 1
            drop_at(body, path)
    for path in quirks.nulls:
        if get_at(body, path) not in (MISSING, None):
            struck["nulls"] += 1
            put_at(body, path, None)
    for path, kind in quirks.retypes.items():
        value = get_at(body, path)
        if value is not MISSING and value is not None:
            struck["retypes"] += 1
            put_at(body, path, _AS[kind](value))
    return body


def _number(value: Any) -> int:
    return sum(str(value).encode())


_AS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "text": str,
    "number": _number,
    "list": lambda value: [value],
    "object": lambda value: {"value": value},
}
