"""Numbers of probes: each makes values that no other probe bears."""

from dataclasses import dataclass

__all__ = ["Number", "Numbering"]

_LEADING = "0123456789abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Number:
    """The number of a probe, and the mark that its texts bear."""

    mark: str
    value: int

    @property
    def code(self) -> str:
        """Five characters, so that none is the beginning of another; digits up to 99,999."""
        leading, rest = divmod(self.value, 10_000)
        return f"{_LEADING[leading % len(_LEADING)]}{rest:04d}"

    @property
    def token(self) -> str:
        """What makes a text the probe's own: the mark and the code."""
        return f"{self.mark}-{self.code}"


class Numbering:
    """Counts from 1; a checklist has one of it."""

    def __init__(self, mark: str) -> None:
        self.mark, self._last = mark, 0

    def next(self) -> Number:
        """A number that no probe has yet."""
        self._last += 1
        return Number(self.mark, self._last)
