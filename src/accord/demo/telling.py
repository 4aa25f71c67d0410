"""What the demonstration says, and how it fails: loudly, with what was expected and what was seen."""

from collections.abc import Callable
from typing import Any

from accord.core.errors import AccordError
from accord.demo.program import Done

__all__ = ["NotSo", "Teller"]


class NotSo(AccordError):
    """Something that the demonstration shows is not so."""

    code = "demo-not-so"


class Teller:
    """Tells the story, line by line, and checks it."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self.checks = 0
        self._step = 0

    def step(self, title: str) -> None:
        """Begin a step."""
        self._step += 1
        self._say("")
        self._say(f"{self._step}. {title}")

    def say(self, text: str) -> None:
        """A line, or several, of a step."""
        for line in text.splitlines():
            self._say(f"   {line}".rstrip())

    def ran(self, command: str, done: Done, note: str = "", *, out: str | None = None) -> None:
        """A call of the program, how long it took, and what it said, or that part of it."""
        self.say(f"$ accord {command:<24}{done.seconds:7.1f} s   {note}")
        self.say("\n".join(line for line in (done.out if out is None else out).splitlines() if line.strip()))

    def same(self, what: str, expected: Any, seen: Any) -> None:
        """Raises NotSo unless what was seen is what was expected."""
        self.true(what, expected == seen, expected=expected, seen=seen)

    def true(self, what: str, holds: bool, *, expected: Any = "so", seen: Any = "not so") -> None:
        """Raises NotSo unless it holds."""
        self.checks += 1
        if not holds:
            raise NotSo(f"not so: {what}; expected {expected!r}, seen {seen!r}")
