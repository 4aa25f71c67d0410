"""`accord status`: what there is, what waits, what went wrong."""

import click
from rich.table import Table

from accord.cli.context import Session, pass_session
from accord.cli.hub import run
from accord.cli.times import clock
from accord.runtime.status import Status, status as status_of

__all__ = ["status"]


@click.command()
@pass_session
def status(session: Session) -> None:
    """Count the records of every entity type by where they stand, and list what failed. No system is called.

    seen = linked + waiting + in review or held + left out + gone, always.
    """
    told = run(session, status_of, readonly=True)
    if session.json:
        session.data(told)
    elif not session.quiet:
        _show(session, told)


def _show(session: Session, told: Status) -> None:
    table = Table(title=told.project, title_justify="left")
    for name in (
        "entity type",
        "seen",
        "linked",
        "waiting",
        "held",
        "left out",
        "gone",
        "pending",
        "failed",
        "last read",
    ):
        table.add_column(name, justify="left" if name in ("entity type", "last read") else "right")
    for it in told.types:
        counts = (it.seen, it.linked, it.waiting, it.held, it.excluded, it.gone, it.unknown_writes, it.failed)
        table.add_row(it.mapping, *(f"{count:,}" for count in counts), clock(it.read_us))
    session.out.print(table)
    for concept, count in told.golden.items():
        session.say(f"{concept}: {count:,} golden records")
    for kind, count in sorted(told.reviews.items()):
        session.say(f"For a person to look at: {count:,} ({kind})")
    for letter in told.dead_letters:
        where = f", property {letter.property}" if letter.property else ""
        session.say(f"failed: {letter.record}{where}: {letter.message}")
    for it in told.types:
        if not it.conditional:
            session.say(
                f"{it.mapping}: writes can not name a version; an edit in the moment of a write may be lost (W2)"
            )
        if it.at_most_once:
            session.say(f"{it.mapping}: a create whose answer is lost becomes a question (W3)")
    if not told.confirmed:
        session.say("The configuration is new or has changed: accord plan shows what that would do.")
    for run_line in told.runs:
        ended = (run_line.get("summary") or {}).get("ended", "did not end")
        session.say(f"run {run_line['run']}: {run_line['kind']}, {clock(run_line['began_us'])}, {ended}")
