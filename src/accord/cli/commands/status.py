"""`accord status`: what there is, what waits, what went wrong."""

import click

from accord.cli.context import Session, pass_session
from accord.cli.hub import run
from accord.cli.show_books import show_books
from accord.cli.show_connections import connection_text
from accord.cli.show_pauses import pause_text
from accord.cli.show_reviews import reviews_text
from accord.cli.tables import print_counts
from accord.cli.times import ago, clock
from accord.core.standing import STATES, State
from accord.core.wording import counted
from accord.runtime.books.status import Status, status as status_of

__all__ = ["status"]

_COLUMNS = ("entity type", "seen", "linked", "waiting", "held", "left out", "gone", "open", "failed", "read")


@click.command
@click.option(
    "--list",
    "named",
    multiple=True,
    type=click.Choice(STATES),
    metavar="STATE",
    help=f"List the records in a state, and why: {', '.join(STATES)}.",
)
@click.option(
    "--limit", type=click.IntRange(1), default=100, show_default=True, help="At most so many of them."
)
@pass_session
def status(session: Session, named: tuple[State, ...], limit: int) -> None:
    """Count the records of every entity type by where they stand, and list what failed. No system is called, and a
    sync may be running.

    \b
    Always: seen = linked + waiting + held + left out + gone; columns that are all 0 are left out.
      waiting   read, not linked yet        held   in review, or beside a create of unknown outcome
      left out  by a filter                 open   writes whose outcome is not known yet
      failed    records with a refused write: `accord deadletters` tells all about them

    The second table has every record towards every other entity type of its concept, in exactly one state, the first
    that applies: the states add up to the number of records, and the program says so.

    \b
        accord status
        accord status --list pending --list waiting
        accord status --json | jq '.books.flows[] | {mapping, target, states}'
    """
    told = run(session, lambda hub: status_of(hub, named=named, limit=limit), readonly=True)
    if session.json:
        session.data(told)
    elif not session.quiet:
        _show(session, told)


def _show(session: Session, told: Status) -> None:
    rows = []
    for it in told.types:
        counts = (it.seen, it.linked, it.waiting, it.held, it.excluded, it.gone, it.unknown_writes, it.failed)
        rows.append((it.mapping, *(f"{count:,}" for count in counts), ago(it.read_us)))
    print_counts(session.out, told.project, _COLUMNS, rows, always=3)
    for name, count in told.golden.items():
        session.say(f"{name}: {counted(count, 'golden record')}")
    if text := reviews_text(told.reviews):
        session.hint(f"{text} (accord review)")
    if told.conflicts:
        session.hint(f"{counted(told.conflicts, 'conflict')} for a person to decide (accord conflicts)")
    for golden in told.erasing:
        session.hint(
            f"being erased: {golden}, when its records are deleted everywhere: accord sync goes on with it"
        )
    for pause in told.pauses:
        session.hint(pause_text(pause))
    _show_systems(session, told)
    _show_refused(session, told)
    if told.books is not None:
        show_books(session, told.books)
    if told.uncounted:
        session.hint(f"Not counted: {told.uncounted}")
    _show_weaknesses(session, told)
    if not told.confirmed:
        session.hint("The configuration is new or has changed: accord plan shows what that would do.")
    for number, line in enumerate(told.runs):  # the newest first; it may be at work now
        summary, unended = line.get("summary") or {}, "did not end" if number else "under way, or cut off"
        ended = summary.get("ended", "done" if line.get("ended_us") else unended) + (
            ", but not all could be read" if summary.get("errors") else ""
        )
        session.say(f"run {line['run']}: {line['kind']}, {clock(line['began_us'])}, {ended}")


def _show_systems(session: Session, told: Status) -> None:
    for connection in told.connections:
        if text := connection_text(connection):
            session.hint(text)
    for name, spent in told.quota.items():
        session.say(
            f"{name}: {spent.used:,} of {spent.per_day:,} calls of today are made, {spent.left:,} are left"
        )


def _show_refused(session: Session, told: Status) -> None:
    for letter in told.dead_letters:
        where = f", property {letter.property}" if letter.property else ""
        swap = f"; {letter.swap[1]} holds what it wants, and waits too" if letter.swap else ""
        session.say(f"failed: {letter.record}{where}: {letter.message}{swap} ({letter.id})")
    for denied in told.denied:
        of = f", property {denied.property}" if denied.property else ""
        session.say(f"not permitted: {denied.mapping}{of}, in {counted(denied.records, 'record')}")
        session.hint(f"    {denied.remedy}")


def _show_weaknesses(session: Session, told: Status) -> None:
    for it in told.types:
        if not it.conditional:
            session.say(
                f"{it.mapping}: writes can not name a version; an edit in that very moment may be lost (W2)"
            )
        if it.at_most_once:
            session.say(f"{it.mapping}: a create whose answer is lost becomes a question (W3)")
