"""Patterns of dates and times in a system's text, such as `%d.%m.%Y %H:%M`.

The directives are those of strptime that no language changes. `%-d` and `%-m` are written without a leading zero and
read with or without it.
"""

import re
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Final

from msgspec import Struct

from accord.core.lens.base import refusal

__all__ = ["EPOCH", "Pattern", "epoch_micros", "pattern"]

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

_DIRECTIVES: Final = {
    "Y": r"(?P<Y>[0-9]{4})",
    "m": r"(?P<m>[0-9]{2})",
    "-m": r"(?P<m>[0-9]{1,2})",
    "d": r"(?P<d>[0-9]{2})",
    "-d": r"(?P<d>[0-9]{1,2})",
    "H": r"(?P<H>[0-9]{2})",
    "M": r"(?P<M>[0-9]{2})",
    "S": r"(?P<S>[0-9]{2})",
    "f": r"(?P<f>[0-9]{1,6})",
    "z": r"(?P<z>Z|[+-][0-9]{2}:?[0-9]{2})",
    "%": "%",
}
_PIECE: Final = re.compile(r"%(-?.)|([^%]+)", re.DOTALL)


class Pattern(Struct, frozen=True, kw_only=True):
    """A compiled pattern; `directives` are those it has."""

    text: str
    regex: re.Pattern[str]
    directives: frozenset[str]

    def read(self, raw: object) -> datetime:
        """Date and time in raw, naive where the pattern has no `%z`; what it lacks is 1900-01-01 00:00.

        Raises: ValueError when raw is of another form, or no such day or time exists.
        """
        match = self.regex.fullmatch(raw.strip()) if isinstance(raw, str) else None
        if match is None:
            raise refusal(f"a text of the form {self.text}", raw)
        found = match.groupdict()
        year, *parts = (int(found.get(directive) or default) for directive, default in _PARTS)
        month, day, hour, minute, second = parts
        micros = int((found.get("f") or "0").ljust(6, "0"))
        try:
            naive = datetime(year, month, day, hour, minute, second, micros)  # noqa: DTZ001 - its zone comes next
        except ValueError:
            raise refusal(f"a day and time of the form {self.text}", raw) from None
        offset = found.get("z")
        return naive if offset is None else datetime.fromisoformat(f"{naive.isoformat()}{offset}")

    def write(self, moment: datetime) -> str:
        """Text of a date and time; a naive one has no `%z`."""

        def piece(match: re.Match[str]) -> str:
            directive, literal = match.groups()
            if literal is not None:
                return str(literal)
            if directive.startswith("-"):
                return str(moment.month if directive == "-m" else moment.day)
            return f"{moment.year:04}" if directive == "Y" else moment.strftime(f"%{directive}")

        return _PIECE.sub(piece, self.text)


_PARTS: Final = (("Y", 1900), ("m", 1), ("d", 1), ("H", 0), ("M", 0), ("S", 0))


@cache
def pattern(text: str) -> Pattern:
    """The pattern of a text. Raises ValueError for a directive that is not known, and for one that comes twice."""
    regex, directives = "", []
    for directive, literal in _PIECE.findall(text):
        if literal:
            regex += re.escape(literal)
        elif directive in _DIRECTIVES:
            regex += _DIRECTIVES[directive]
            directives.append(directive.removeprefix("-"))
        else:
            raise ValueError(f"format {text!r} has %{directive}; known: %{', %'.join(_DIRECTIVES)}")
    if len(set(directives)) < len(directives):
        raise ValueError(f"format {text!r} has a directive twice")
    return Pattern(text=text, regex=re.compile(regex), directives=frozenset(directives))


def epoch_micros(raw: object, unit: timedelta) -> int:
    """Microseconds since 1970 of a count of units, a number or its digits. Raises ValueError for anything else."""
    if isinstance(raw, str) and re.fullmatch(r"\s*-?[0-9]{1,18}\s*", raw):
        raw = int(raw)
    if type(raw) is int or (type(raw) is float and raw - raw == 0.0):
        return round(raw * (unit // timedelta(microseconds=1)))
    raise refusal("a count of time since 1970", raw)
