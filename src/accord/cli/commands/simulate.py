"""`accord simulate`: play the project in a simulated world."""

from typing import TYPE_CHECKING

import click

from accord.cli import exits
from accord.cli.context import Session, at_folder, pass_session

if TYPE_CHECKING:
    from accord.simulate.figures import Figures
    from accord.simulate.playing import StoreKind

__all__ = ["simulate"]


@click.command
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help="The first world.")
@click.option(
    "--worlds", type=click.IntRange(1, 1_000_000), default=20, show_default=True, help="How many to play."
)
@click.option(
    "--steps", type=click.IntRange(1, 2000), default=55, show_default=True, help="How long each of them is."
)
@click.option(
    "--store",
    type=click.Choice(["memory", "sqlite"]),
    default="memory",
    show_default=True,
    help="What the hub keeps its state in.",
)
@click.option("--shrink", is_flag=True, help="Make the first world that breaks a promise a short story.")
@click.option(
    "--matrix", is_flag=True, help="Show which faults met each other, and under which a rule was judged."
)
@pass_session
def simulate(
    session: Session, seed: int, worlds: int, steps: int, store: "StoreKind", shrink: bool, matrix: bool
) -> int:
    """Play this project in a simulated world: nothing is called, nothing is kept.

    Every system is played from its manifest, behind the real connectors, in virtual time. People create, edit, clear,
    delete, merge and restore records anywhere; answers are lost and come late, listings trail, tokens end, the process
    is killed. Then all is quiet, and every promise of the contract is judged. The same seed plays the same world.

    Ends with 1 when a promise broke, and tells the story of it.

    \b
        accord simulate --worlds 200             play 200 worlds
        accord simulate --seed 17 --shrink       play one that failed, as a short story
        accord simulate --worlds 500 --matrix    see which faults met
    """
    from accord.simulate.figures import play_worlds
    from accord.simulate.playing import shrink_seed
    from accord.simulate.telling import summary, tale_of

    project, seeds = session.project(), range(seed, seed + worlds)
    figures = play_worlds(project, seeds, steps=steps, store=store, tell=session.progress())
    session.end_progress()
    shrunk = (
        shrink_seed(project, figures.failed[0], steps=steps, store=store)
        if shrink and figures.failed
        else None
    )
    if session.json:
        session.data(
            {"project": project.name, **figures.data(shrunk), **(_matrix_data(figures) if matrix else {})}
        )
        return exits.FAILED if figures.failures else exits.DONE
    for line in summary(figures, seeds):
        session.say(line)
    if matrix:
        session.say()
        session.say(_matrix(figures))
    for number, played in enumerate(figures.failed):
        session.say()
        for line in tale_of(
            played, _replay(session, played.seed, steps, store), shrunk if not number else None
        ):
            session.say(line)
    return exits.FAILED if figures.failures else exits.DONE


def _replay(session: Session, seed: int, steps: int, store: str) -> str:
    options = (
        f"{f' --steps {steps}' if steps != 55 else ''}{f' --store {store}' if store != 'memory' else ''}"
    )
    return f"accord{at_folder(session.folder)} simulate --seed {seed} --worlds 1{options} --shrink"


def _matrix(figures: "Figures") -> str:
    from accord.simulate.reasons import all_faults, why_never
    from accord.testing.world.matrix import as_text

    return as_text(figures.matrix, all_faults(figures.kinds()), sorted(figures.checked), why_never)


def _matrix_data(figures: "Figures") -> dict[str, object]:
    matrix = figures.matrix
    return {
        "matrix": {
            "faults": {f"{a} x {b}": n for (a, b), n in sorted(matrix.pairs.items())},
            "rules": {f"{fault} x {rule}": n for (fault, rule), n in sorted(matrix.under.items())},
        }
    }
