"""Open reviews, their records side by side, decisions and what follows from them, as people read them."""

from collections.abc import Mapping, Sequence

from rich.box import SIMPLE_HEAD
from rich.table import Table

from accord.cli.context import Session
from accord.cli.tables import cell
from accord.cli.times import clock, shown
from accord.core.state import Decision
from accord.core.wording import counted
from accord.runtime.people.review import Effect, ReviewShown

__all__ = ["decision_text", "reviews_text", "show_effect", "show_review", "show_reviews"]

_WORDS = {
    "cluster": ("group with a doubled record", "groups with a doubled record"),
    "veto": ("match with a veto", "matches with a veto"),
    "merge": ("match of records that are linked apart", "matches of records that are linked apart"),
    "propose": ("near match", "near matches"),
    "restore": (
        "group of records of which a restored hub may have created some",
        "groups of records of which a restored hub may have created some",
    ),
    "create": ("create of unknown outcome", "creates of unknown outcome"),
}


def reviews_text(reviews: Mapping[str, int]) -> str:
    """Counts by kind in words, or "" where there are none."""
    parts = [f"{counted(n, *_WORDS[kind])} ({kind})" for kind, n in sorted(reviews.items())]
    return f"For a person to look at: {', '.join(parts)}" if parts else ""


def show_reviews(session: Session, found: Sequence[ReviewShown]) -> None:
    """All open reviews, each in a few lines."""
    for each in found:
        by = f", rule {each.rule}" if each.rule else ""
        session.say(f"{each.id}  {each.kind} of {each.concept}{by}, since {clock(each.since_us)}")
        for candidate in each.candidates:
            session.say(f"    {candidate.record}{_where(candidate.golden, gone=candidate.gone)}")
        session.say(f"    {each.reason}")
    session.hint(
        f"{counted(len(found), 'review')} open." + (" One of them: accord review ID" if found else "")
    )


def _where(golden: str, *, gone: bool) -> str:
    return (", gone" if gone else "") + (f", linked to {golden}" if golden else "")


def show_review(session: Session, of: ReviewShown) -> None:
    """One review: candidates side by side, property by property, and what may be answered."""
    session.say(f"review {of.id}: {of.kind} of {of.concept}, since {clock(of.since_us)}")
    session.say(f"{of.reason}." + (f" Match rule: {of.rule}" if of.rule else ""))
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("")
    for candidate in of.candidates:
        table.add_column(cell(candidate.record), overflow="fold")
    table.add_row(
        "", *(_where(c.golden, gone=c.gone).removeprefix(", ") or "not linked" for c in of.candidates)
    )
    names = list(
        dict.fromkeys(name for c in of.candidates for name, value in c.values.items() if value is not None)
    )
    for name in names:
        mark = "= " if name in of.matching else "! " if name in of.differing else "  "
        values = (shown(c.values[name]) if name in c.values else "" for c in of.candidates)
        table.add_row(*map(cell, (f"{mark}{name}", *values)))
    if not session.json and not session.quiet:
        session.out.print(table)
    session.say("= the rule compares it; ! it differs")
    for said in of.decided:
        session.say(f"decided: {decision_text(said)}")
    for what in of.answers:
        session.hint(f"    accord review {of.id} {what}{_LEFT_TO_SAY.get(what, '')}")


_LEFT_TO_SAY = {"made": " RECORD", "refuse": " [RECORD]...", "link": " [RECORD]...", "split": " RECORD..."}


def show_effect(session: Session, effect: Effect, *, kept: bool) -> None:
    """What follows from a decision."""
    for group in effect.together:
        session.say(f"one thing: {', '.join(group)}" if len(group) > 1 else f"on its own: {', '.join(group)}")
    for reason in effect.held:
        session.say(f"still in review: {reason}")
    for write in effect.writes:
        session.say(f"{write.kind} {write.record}")
        for name, value in write.then.items():
            now = f"{shown(write.now[name])} -> " if name in write.now else ""
            session.say(f"    {name}: {now}{shown(value)}")
    if not effect.writes:
        session.say("Nothing is written for it, as far as is known now.")
    session.hint("Kept. The next sync does it: accord sync" if kept else "Nothing was kept.")


def decision_text(of: Decision) -> str:
    """A decision on one line."""
    what = "is" if of.verdict == "same" else "is not"
    by = f", by {of.by}" if of.by else ""
    return f"{clock(of.at_us)}  {of.a} {what} {of.b}{by}{'' if not of.todo else '   (to be done)'}"
