"""Sentences for people: what was done, what is expected, and what is seen."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from accord.core.values import MISSING
from accord.qa.checklist import Act, Edit, Field, IdOf, Make, Spot
from accord.qa.performing.records import Record, named
from accord.qa.performing.spots import value_at

__all__ = ["did", "shown", "values_of"]

_LONG: Final = 48


def _value(value: Any) -> str:
    """A value as it is told: texts in quotes, long ones cut."""
    if value is None or value is MISSING:
        return "nothing" if value is MISSING else "null"
    if isinstance(value, IdOf):
        return f"the id of {value.role}"
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        return str(value)
    plain = value.replace("\n", "\\n").replace("\t", "\\t")
    return f'"{plain}"' if len(plain) <= _LONG else f'"{plain[:_LONG]}…" ({len(value)} characters)'


def _spot(spot: Spot) -> str:
    """A path, and what selects it."""
    when = ", ".join(f"{path} = {_value(value)}" for path, value in spot.when)
    return f"{spot.path} (where {when})" if when else spot.path


def did(acts: Iterable[Act], roles: Mapping[str, Record]) -> str:
    """What a person did in a step."""
    told = []
    for act in acts:
        record = named(roles[act.role]) if act.role in roles else act.role
        if isinstance(act, Make):
            told.append(f"entered {record if act.role in roles else act.at}: {shown(act.fields)}")
        elif isinstance(act, Edit):
            told.append(f"edited {record}: {shown(act.fields)}")
        else:
            told.append(f"deleted {record}")
    return "; ".join(told) or "nothing"


def shown(fields: Iterable[Field]) -> str:
    """Fields with their values, as they are entered and expected."""
    return ", ".join(f"{_spot(f.spot)} = {_value(f.value)}" for f in fields)


def values_of(payload: Mapping[str, Any], fields: Iterable[Field]) -> str:
    """What a record shows at the spots of fields."""
    return ", ".join(f"{_spot(f.spot)} = {_value(value_at(payload, f.spot))}" for f in fields)
