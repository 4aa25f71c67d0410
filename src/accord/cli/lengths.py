"""Lengths of time as people type them."""

import re

import click

__all__ = ["Length"]

_UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0}
_LONGEST_S = 36_525 * 86_400.0


class Length(click.ParamType[float]):
    """A length of time: 90s, 30m, 2h, 1d."""

    name = "length"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        text = str(value)
        number, unit = text[:-1], text[-1:]
        if unit not in _UNITS or not re.fullmatch(r"[0-9]+(\.[0-9]+)?", number) or not float(number):
            self.fail(f"{text!r} is no length of time; write 90s, 30m, 2h or 1d.", param, ctx)
        length_s = float(number) * _UNITS[unit]
        if length_s > _LONGEST_S:
            self.fail(
                f"{text!r} is more than a hundred years; leave it out for a pause without end.", param, ctx
            )
        return length_s
