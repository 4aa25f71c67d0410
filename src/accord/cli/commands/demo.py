"""`accord demo`: see it work."""

from pathlib import Path

import click

from accord.cli.context import Session, pass_session

__all__ = ["demo"]


@click.command
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("build/demo"),
    show_default=True,
    help="Where to work; renewed at the start, and left to be looked at.",
)
@click.option(
    "--persons",
    type=click.IntRange(200, 5000),
    default=5000,
    show_default=True,
    help="How many of the persons to take.",
)
@click.option(
    "--seed", type=int, default=1, show_default=True, help="Another seed, another world and other moments."
)
@pass_session
def demo(session: Session, folder: Path, persons: int, seed: int) -> None:
    """Two systems on this machine, 5,000 persons in each, and this program between them.

    Links them, is killed three times while it does, then follows people's edits, a conflict and a delete. Everything
    that it shows is checked through the systems' own APIs; exit code 1 and a message when something is not so. Ends by
    itself after a minute or three; nothing outside its folder is touched.
    """
    from accord.demo import run_demo

    summary = run_demo(folder, seed=seed, persons=persons, say=session.say)
    if session.json:
        session.data(summary)
