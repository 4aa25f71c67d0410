"""What came of a checklist: a check for every line, and totals that add up."""

from dataclasses import asdict, dataclass, field
from typing import Any, Literal, TypeAlias

from accord.qa.checklist import Direction, Kind, Line

__all__ = ["Check", "Done", "Outcome", "Report"]

Outcome: TypeAlias = Literal["passed", "failed", "not_checked"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """A step as it went. `did`, `expected` and `seen` are sentences for people; `records` are "system.Type/id"."""

    what: str
    did: str
    expected: str
    seen: str
    passed: bool
    seconds: float
    records: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A line with its outcome; `why` says why it failed or could not be checked."""

    document: str
    pair: str
    row: str
    kind: Kind
    direction: Direction
    outcome: Outcome
    why: str = ""
    seconds: float = 0.0
    steps: tuple[Done, ...] = ()

    @classmethod
    def of(cls, line: Line, outcome: Outcome, why: str = "", steps: tuple[Done, ...] = ()) -> "Check":
        """The check of a line; its time is that of its steps."""
        return cls(
            document=line.document,
            pair=line.pair,
            row=line.row,
            kind=line.kind,
            direction=line.direction,
            outcome=outcome,
            why=why,
            seconds=sum(step.seconds for step in steps),
            steps=steps,
        )

    @property
    def id(self) -> str:
        """That of its line."""
        return f"{self.pair} | {self.row} | {self.direction}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All checks, in the order of the checklist. `against` is "sandbox" or "live"."""

    project: str
    against: Literal["sandbox", "live"]
    began: str
    """ISO 8601, UTC."""
    seconds: float
    checks: tuple[Check, ...]
    interrupted: bool = False
    left: tuple[str, ...] = field(default=())
    """Probes that could not be removed: "system.Type/id"."""

    def count(self, outcome: Outcome) -> int:
        """Lines that ended so."""
        return sum(check.outcome == outcome for check in self.checks)

    def data(self) -> dict[str, Any]:
        """JSON data; rows is the sum of passed, failed and not_checked."""
        told = asdict(self)
        checks = told.pop("checks")
        counts = {outcome: self.count(outcome) for outcome in ("passed", "failed", "not_checked")}
        return {"rows": len(self.checks), **counts, **told, "checks": checks}
