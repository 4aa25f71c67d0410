"""A script at play: how far it has come, which record bears which role, and how it ended."""

from dataclasses import dataclass, field
from typing import Literal

from accord.qa.checklist import Appears, Line, Make, Script, StaysAway, Step
from accord.qa.performing.records import Record, type_of
from accord.qa.results import Done

__all__ = ["Ending", "Play"]

Ending = Literal["passed", "failed", "absent", "hindered"]
"""absent: no counterpart appeared, which is another line's promise, or several of which none is known to be it;
hindered: it could not be played."""


@dataclass(slots=True, eq=False)
class Play:
    """The script `nth` of a line. `before` are the probes that were there when it began alone."""

    line: Line
    nth: int
    script: Script
    step: int = 0
    roles: dict[str, Record] = field(default_factory=dict)
    made: set[str] = field(default_factory=set)
    """Roles of the records that were made by hand."""
    before: frozenset[Record] = frozenset()
    done: list[Done] = field(default_factory=list)
    hindered: str | None = None
    ending: Ending | None = None
    why: str = ""

    @property
    def at(self) -> Step:
        """The step that is to be done."""
        return self.script.steps[self.step]

    def stop(self, why: str) -> None:
        """It can not be gone on with."""
        self.hindered = self.hindered or why

    def end(self, ending: Ending, why: str = "") -> None:
        """It has ended."""
        self.ending, self.why = ending, why

    def types(self) -> set[str]:
        """Entity types that it acts on or looks at."""
        parts = [part for step in self.script.steps for part in (*step.acts, *step.expects)]
        return {type_of(part.at) for part in parts if isinstance(part, Make | Appears | StaysAway)}
