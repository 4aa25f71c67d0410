"""How lines ended: by the scripts that were played of them, and by the lines that these rely on (blame is exact)."""

from collections.abc import Iterable, Sequence

from accord.qa.checklist import Appears, Checklist, Line, Script
from accord.qa.performing.playing import Play
from accord.qa.results import Check

__all__ = ["checks_of"]

NO_RECORD = "no record was created: see the creation line"
NOT_JOINED = "its two records were not joined: see the match lines"


def checks_of(checklist: Checklist, plays: Iterable[Play]) -> tuple[Check, ...]:
    """A check for every line, in the order of the checklist. `plays` are all that were played, to their end or not."""
    played: dict[int, list[Play]] = {}
    for play in plays:
        played.setdefault(id(play.line), []).append(play)
    made = _made(checklist.lines, played)
    joined = {(p.line.document, p.line.pair) for some in played.values() for p in some if _is_joined(p)}
    return tuple(_check(line, played.get(id(line), []), made, joined) for line in checklist.lines)


def _made(lines: Sequence[Line], played: dict[int, list[Play]]) -> set[tuple[str, str, str]]:
    """(document, pair, entity type) in which a line of creation saw a record appear, and passed."""
    return {
        (line.document, line.pair, at)
        for line in lines
        if line.kind == "creation"
        for play in played.get(id(line), ())
        if play.ending == "passed"
        for at in _appear_in(play.script)
    }


def _appear_in(script: Script) -> set[str]:
    return {e.at for step in script.steps for e in step.expects if isinstance(e, Appears)}


def _is_joined(play: Play) -> bool:
    return play.line.kind == "match" and play.ending == "passed"


def _check(
    line: Line, plays: Sequence[Play], made: set[tuple[str, str, str]], joined: set[tuple[str, str]]
) -> Check:
    if not line.scripts:
        return Check.of(line, "not_checked", line.why_not or "there is no script for it")
    last = plays[-1] if plays else None
    if last is None or last.ending is None:
        steps = tuple(last.done) if last is not None else ()
        return Check.of(line, "not_checked", "the run was interrupted before it was checked", steps)
    steps = tuple(last.done)
    if last.ending == "passed":
        return Check.of(line, "passed", steps=steps)
    if last.ending == "hindered":
        return Check.of(line, "not_checked", last.why, steps)
    if line.kind in ("creation", "match"):
        return Check.of(line, "failed", last.why, steps)
    if last.ending == "absent":
        appear = {(line.document, line.pair, at) for play in plays for at in _appear_in(play.script)}
        if made.isdisjoint(appear):
            return Check.of(line, "not_checked", NO_RECORD, steps)
    elif last.joined and (line.document, line.pair) not in joined:
        return Check.of(line, "not_checked", NOT_JOINED, steps)
    return Check.of(line, "failed", last.why, steps)
