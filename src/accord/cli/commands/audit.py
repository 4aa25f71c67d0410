"""`accord audit`: is everything as we think it is?"""

import click

from accord.cli import exits
from accord.cli.context import Session, pass_session
from accord.cli.hub import run
from accord.cli.show_audit import show_audit
from accord.runtime.books.audit import DEFAULT_SAMPLE, audit as audit_it

__all__ = ["audit"]

_WAIT_S = 30.0


@click.command
@click.option(
    "--sample",
    type=click.IntRange(1),
    metavar="N",
    help=f"So many records, in turn; default: {DEFAULT_SAMPLE}.",
)
@click.option("--all", "all_", is_flag=True, help="Every linked record.")
@pass_session
def audit(session: Session, sample: int | None, *, all_: bool) -> int:
    """Read linked records again, one by one by their ids, and say which differ from what was last seen although nothing
    says that they changed since: listings and feeds may have left something out. What differs is named by record and
    property, and taken in as if a listing had shown it: the next sync carries it on. So are edits that were made since,
    which are counted apart. Nothing is written to any system.

    Every sync audits a few records by itself (`audit_per_day` in accord.yaml). Code 5 when something differs or could
    not be read.

    \b
        accord audit
        accord audit --all --json | jq '.differing'
    """
    if sample is not None and all_:
        raise click.UsageError("--sample and --all: give one of them.")
    wanted = None if all_ else sample or DEFAULT_SAMPLE
    told = run(session, lambda hub: audit_it(hub, sample=wanted), wait_s=_WAIT_S)
    if session.json:
        session.data(told)
    else:
        show_audit(session, told)
        if told.differing or told.edited:
            session.hint("The next sync carries it on: accord sync")
    return exits.PARTLY if told.differing or told.errors else exits.DONE
