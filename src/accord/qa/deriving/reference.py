"""The table of docs/reference/checklist.md, made from the values so that the page can not fall behind them."""

import json
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any, Final

from accord.qa.deriving.numbering import Number
from accord.qa.deriving.values import KINDS, Domain, cases_of

__all__ = ["values_reference"]

_NAMES: Final = {
    "text": "`string`",
    "mail": "e-mail addresses (lens or normaliser `email`, or a text whose name holds `mail`)",
    "digits": "digits alone (normaliser `digits`)",
    "phone": "telephone numbers (lens or normaliser `phone`)",
    "texts": "`list(string)`",
    "set": "`set(string)`",
    "object": "`object`",
    "float": "`float`",
    "decimal": "`decimal(2)`",
    "integer": "`integer`",
    "datetime": "`datetime`",
    "date": "`date`",
    "time": "`time`",
    "boolean": "`boolean`",
    "enum": "`enum(a|b|c)`, a `map`, and properties with an `enum` in the manifest",
}
_LONG: Final = 60


def values_reference() -> str:
    """Markdown: what each kind of value is tried with, for the probe that bears number 42."""
    lines = ["| Values of a row | Tried with |", "| --- | --- |"]
    lines += [
        f"| {_NAMES[kind]} | {'; '.join(_told(kind))} |".replace("(a|b|c)", r"(a\|b\|c)")
        for kind in KINDS
        if kind in _NAMES
    ]
    return "\n".join(lines) + "\n"


def _told(kind: str) -> Iterator[str]:
    if kind == "enum":
        yield "every member that both ends take"
        return
    scale = 2 if kind == "decimal" else 15
    for case in cases_of(Domain(kind=kind, scale=scale), Number("qa", 42)):
        yield f"{case.what} `{_shown(case.value)}`"


def _shown(value: Any) -> str:
    if isinstance(value, datetime | date | time):
        return value.isoformat().replace("+00:00", "Z")
    plain = isinstance(value, list | dict | bool)
    text = json.dumps(value, ensure_ascii=False) if plain else str(value)
    shown = f"{text[:_LONG]}… ({len(text)} characters)" if len(text) > _LONG else text
    return shown.replace("|", r"\|")
