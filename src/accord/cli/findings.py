"""What is listed with its place: findings, of which there may be thousands of one kind."""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from accord.cli.context import Session

if TYPE_CHECKING:
    from accord.dataflow.document import Decision, Unread

__all__ = ["all_option", "tell_findings", "tell_read"]

T = TypeVar("T")
_SHOWN: Final = 5
"""So many of a kind are shown; one more than that takes no more room than saying so."""
_NAMED: Final = re.compile(r"`[^`]*`|\"[^\"]*\"|\S*[A-Z0-9_./→…]\S*")
"""What differs between two findings of one kind: what is quoted, numbers, and words that are names by their letters."""


def all_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """The option of a command that lists findings."""
    return click.option("--all", "full", is_flag=True, help="List all findings, however many of one kind.")(
        command
    )


def tell_findings(
    session: Session, found: Iterable[T], text: Callable[[T], str], kind: Callable[[T], str]
) -> None:
    """The findings, those of one kind together: the first of them with their places, and how many more there are;
    "" is a kind of its own. Lines that name commands can be typed here."""
    kinds: dict[str, list[T]] = {}
    for at, each in enumerate(found):
        kinds.setdefault(_NAMED.sub("*", told) if (told := kind(each)) else f" {at}", []).append(each)
    for some in kinds.values():
        shown = some if len(some) <= _SHOWN + 1 else some[:_SHOWN]
        for each in shown:
            session.hint(text(each))
        if more := len(some) - len(shown):
            session.say(f"  … and {more:,} more of this kind; --all shows them")


def tell_read(
    session: Session, unread: "Sequence[Unread]", decided: "Sequence[Decision]", *, full: bool
) -> None:
    """What was not read of documents, and what had to be decided."""
    tell_findings(session, unread, lambda it: f"Not read: {it}", lambda it: "" if full else it.why)
    tell_findings(
        session, decided, lambda it: f"Decided: {it}", lambda it: "" if full else f"{it.what} {it.chosen}"
    )
