"""`accord status`: what there is, what waits, what went wrong."""

import click

from accord.cli.context import Session, pass_session
from accord.cli.hub import run
from accord.cli.show_reviews import reviews_text
from accord.cli.tables import print_counts
from accord.cli.times import ago, clock
from accord.core.wording import counted
from accord.runtime.status import Status, status as status_of

__all__ = ["status"]

_COLUMNS = ("entity type", "seen", "linked", "waiting", "held", "left out", "gone", "open", "failed", "read")


@click.command
@pass_session
def status(session: Session) -> None:
    """Count the records of every entity type by where they stand, and list what failed. No system is called, and a
    sync may be running.

    \b
    Always: seen = linked + waiting + held + left out + gone; columns that are all 0 are left out.
      waiting   read, not linked yet        held   in review, or beside a create of unknown outcome
      left out  by a filter                 open   writes whose outcome is not known yet
      failed    records with a refused write: its system's own words are listed below

    \b
        accord status
        accord status --json | jq '.types[] | select(.failed > 0)'
    """
    told = run(session, status_of, readonly=True)
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
        session.say(text)
    for letter in told.dead_letters:
        where = f", property {letter.property}" if letter.property else ""
        session.say(f"failed: {letter.record}{where}: {letter.message}")
    _show_weaknesses(session, told)
    if not told.confirmed:
        session.say("The configuration is new or has changed: accord plan shows what that would do.")
    for line in told.runs:
        summary = line.get("summary") or {}
        ended = summary.get("ended", "did not end") + (
            ", but not all could be read" if summary.get("errors") else ""
        )
        session.say(f"run {line['run']}: {line['kind']}, {clock(line['began_us'])}, {ended}")


def _show_weaknesses(session: Session, told: Status) -> None:
    for it in told.types:
        if not it.conditional:
            session.say(
                f"{it.mapping}: writes can not name a version; an edit in that very moment may be lost (W2)"
            )
        if it.at_most_once:
            session.say(f"{it.mapping}: a create whose answer is lost becomes a question (W3)")
