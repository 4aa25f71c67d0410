"""How lines ended: by the scripts that were played of them, and by the lines that these rely on (blame is exact)."""

from collections.abc import Iterable, Sequence

from accord.qa.checklist import Agree, Appears, Checklist, Gone, Line, Remove, Script, Shows
from accord.qa.performing.playing import Play
from accord.qa.performing.records import type_of
from accord.qa.results import Check

__all__ = ["checks_of"]

NO_RECORD = "no record was created: see the creation line"


def checks_of(checklist: Checklist, plays: Iterable[Play]) -> tuple[Check, ...]:
    """A check for every line, in the order of the checklist. `plays` are all that were played, to their end or not."""
    return _Verdicts(checklist, plays).all()


class _Verdicts:
    """Verdicts of lines, each worked out once; one that is waited for by itself excuses nobody meanwhile."""

    def __init__(self, checklist: Checklist, plays: Iterable[Play]) -> None:
        self._lines = {line.id: line for line in checklist.lines}
        self._checks: dict[str, Check] = {}
        self._played: dict[str, list[Play]] = {}
        for play in plays:
            self._played.setdefault(play.line.id, []).append(play)
        self._made = {
            (line.document, line.pair, at) for line in checklist.lines for at in self._appeared(line)
        }

    def all(self) -> tuple[Check, ...]:
        """In the order of the checklist."""
        return tuple(self._of(line) for line in self._lines.values())

    def _of(self, line: Line) -> Check:
        if line.id not in self._checks:
            self._checks[line.id] = Check.of(line, "passed")
            self._checks[line.id] = self._check(line, self._played.get(line.id, []))
        return self._checks[line.id]

    def _check(self, line: Line, plays: Sequence[Play]) -> Check:
        if not line.scripts:
            return Check.of(line, "not_checked", line.why_not or "there is no script for it")
        if not plays or plays[-1].ending is None:
            steps = tuple(plays[-1].done) if plays else ()
            return Check.of(line, "not_checked", "the run was interrupted before it was checked", steps)
        # that another way can not be tried is no excuse for the one that was
        last = next((play for play in reversed(plays) if play.ending != "hindered"), plays[-1])
        steps = tuple(last.done)
        if last.ending == "passed":
            why = "" if _is_moved(last.script) else self._leaning(last)
            return Check.of(line, "not_checked" if why else "passed", why, steps)
        why = last.why if last.ending == "hindered" else self._why_not(line, plays, last)
        return Check.of(line, "not_checked" if why else "failed", why or last.why, steps)

    def _leaning(self, play: Play) -> str:
        """Which of the lines that a script leans on did not pass, or ""."""
        leans = [self._lines[name] for name in play.script.leans_on if name in self._lines]
        wrong = [other.row for other in leans if self._of(other).outcome != "passed"]
        return f"see {wrong[0]}, which did not pass" if wrong else ""

    def _why_not(self, line: Line, plays: Sequence[Play], last: Play) -> str:
        """Why a failure is not the fault of the line, or ""."""
        why = self._leaning(last)
        if why or last.ending != "absent" or line.kind == "creation":
            return why
        wanted = {(line.document, line.pair, at) for play in plays for at in _appear_in(play.script)}
        return NO_RECORD if self._made.isdisjoint(wanted) else ""

    def _appeared(self, line: Line) -> set[str]:
        """Entity types in which a line of creation saw a record appear, if it is one that passed."""
        if line.kind != "creation":
            return set()
        passed = [play for play in self._played.get(line.id, ()) if play.ending == "passed"]
        return {at for play in passed for at in _appear_in(play.script)}


def _is_moved(script: Script) -> bool:
    """Whether the flow has to do something in it: two records that nothing ties stay as they are, too."""
    removed = {act.role for step in script.steps for act in step.acts if isinstance(act, Remove)}
    expects = [each for step in script.steps for each in step.expects]
    return any(
        isinstance(each, Appears | Shows | Agree) or (isinstance(each, Gone) and each.role not in removed)
        for each in expects
    )


def _appear_in(script: Script) -> set[str]:
    return {type_of(e.at) for step in script.steps for e in step.expects if isinstance(e, Appears)}
