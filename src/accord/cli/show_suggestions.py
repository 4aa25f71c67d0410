"""Suggestions as people read them: numbered, with score and evidence; and as data for machines."""

from collections.abc import Iterator, Sequence
from typing import Any

from accord.cli.context import Session
from accord.core.wording import counted
from accord.project.yaml_text import flow
from accord.suggesting.suggestion import PairSuggestions, Suggestion

__all__ = ["numbered", "show_suggestions", "suggestions_data"]

_SHOWN = 12


def numbered(found: Sequence[PairSuggestions]) -> list[tuple[int, Suggestion]]:
    """All suggestions with their numbers, in the order in which they are shown."""
    return list(enumerate((s for pair in found for s in (*pair.rows, *pair.match)), 1))


def show_suggestions(session: Session, found: Sequence[PairSuggestions]) -> None:
    """All pairs, one after the other."""
    numbers = {id(s): n for n, s in numbered(found)}
    for pair in found:
        session.say(f"{pair.left} - {pair.right}")
        session.say(f"  {_rests_on(pair)}")
        for note in pair.notes:
            session.say(f"  {note}")
        for title, some in (("rows", pair.rows), ("match alternatives", pair.match)):
            if some:
                session.say(f"  {title}:")
            for each in some:
                _show(session, numbers[id(each)], each)
        if not pair.rows and not pair.match:
            session.say("  Nothing is suggested.")
        for key, paths in zip((pair.left, pair.right), pair.left_over, strict=True):
            if paths:
                session.say(f"  Nothing for {_listed(paths)} of {key}.")
        session.say()


def _rests_on(pair: PairSuggestions) -> str:
    if not any(pair.read):
        return "No records were looked at: names, types and lengths alone."
    read = f"{counted(pair.read[0], 'record')} and {pair.read[1]:,} were looked at"
    if not pair.joined:
        return f"{read}; none was found to be in both, so values say little."
    how = "linked" if pair.joined_by == "links" else f"in both by {pair.joined_by}"
    return f"{read}; {pair.joined:,} of them are {how}."


def _show(session: Session, number: int, it: Suggestion) -> None:
    if it.what == "row":
        ends = f"{' + '.join(it.left)} - {' + '.join(it.right)}"
    else:
        ends = " and ".join(f"{a} - {b}" for a, b in zip(it.left, it.right, strict=True))
    session.say(f"  {number:>4}  {it.score:.2f}  {ends}")
    if it.what == "row" and not _is_plain(it.written):
        session.say(f"              {flow(it.written)}")
    session.say(f"              {'; '.join(each.words for each in it.evidence)}")
    for note in it.notes:
        session.say(f"              Note: {note}")
    for ours, theirs in it.samples:
        session.say(f"              {ours} | {theirs}")


def _is_plain(written: Any) -> bool:
    return isinstance(written, list) and len(written) == 2


def _listed(paths: Sequence[str]) -> str:
    rest = len(paths) - _SHOWN
    return ", ".join(paths[:_SHOWN]) + (f" and {rest} more" if rest > 0 else "")


def suggestions_data(found: Sequence[PairSuggestions]) -> dict[str, Any]:
    """As plain data."""
    return {"pairs": [dict(pair.data()) for pair in found], "suggestions": list(_data(found))}


def _data(found: Sequence[PairSuggestions]) -> Iterator[dict[str, Any]]:
    ends = {pair.pair: (pair.left, pair.right) for pair in found}
    for number, it in numbered(found):
        yield {
            "number": number,
            "pair": it.pair,
            "from": ends[it.pair][0],
            "to": ends[it.pair][1],
            "what": it.what,
            "left": list(it.left),
            "right": list(it.right),
            "score": it.score,
            "written": it.written,
            "evidence": [
                {"kind": each.kind, "points": round(each.points, 2), "words": each.words}
                for each in it.evidence
            ],
            "notes": list(it.notes),
            **({"samples": [list(each) for each in it.samples]} if it.samples else {}),
        }
