"""What a person reads of simulated worlds: figures, and the story of a promise that broke."""

from collections.abc import Iterator, Sequence
from typing import Final

from accord.simulate.figures import Figures
from accord.simulate.playing import Played, Shrunk

__all__ = ["summary", "tale_of"]

_BROKEN: Final = 5
_END: Final = 20
"""Lines of a story that was not shrunk."""


def summary(figures: Figures, seeds: Sequence[int] = ()) -> Iterator[str]:
    """What was played and what came of it."""
    which = f" (seeds {seeds[0]} to {seeds[-1]})" if seeds else ""
    one = f"World {seeds[0]}" if len(seeds) == 1 else f"{figures.worlds:,} worlds{which}"
    yield (
        f"{one} in {figures.seconds:,.0f} s: {figures.acts:,} acts of people, {figures.writes:,} writes, "
        f"{figures.reached['call']:,} calls, {figures.kills:,} kills, {figures.strikes:,} faults of "
        f"{len(figures.kinds())} kinds."
    )
    judged = ", ".join(f"{rule} {n:,}" for rule, n in sorted(figures.checked.items()))
    yield f"Judged: {judged}."
    if figures.exempt:
        yield f"Allowed, and counted: {figures.exempt.total():,}; the most often:"
        for why, n in figures.exempt.most_common(3):
            yield f"  {n:>5,}  {why}"
    if figures.failures:
        yield f"{figures.failures:,} of {figures.worlds:,} worlds broke a promise."
    else:
        yield "Every promise was kept."


def tale_of(played: Played, replay: str, shrunk: Shrunk | None = None) -> Iterator[str]:
    """The story of a world that broke a promise; of one that was shrunk all of it."""
    told = played if shrunk is None else shrunk.played
    yield f"World {played.seed} breaks {', '.join(sorted(told.rules))}:"
    yield from (f"  {broken}" for broken in told.broken[:_BROKEN])
    if len(told.broken) > _BROKEN:
        yield f"  and {len(told.broken) - _BROKEN} more"
    if shrunk is not None:
        yield (
            f"Shrunk to {shrunk.steps} of {shrunk.of} steps and {shrunk.faults} of {shrunk.of_faults} faults, "
            f"after {shrunk.tries} tries."
        )
    yield from (f"  {line}" for line in told.weather)
    trace = told.trace if shrunk is not None else told.trace[-_END:]
    if len(trace) < len(told.trace):
        yield f"  … {len(told.trace) - len(trace)} lines before; --shrink makes the story short"
    yield from (f"  {line}" for line in _gathered(trace))
    yield f"Replay it: {replay}"


def _gathered(trace: Sequence[str]) -> Iterator[str]:
    """The lines, each once where several alike follow each other."""
    at = 0
    while at < len(trace):
        same = at
        while same < len(trace) and trace[same] == trace[at]:
            same += 1
        yield trace[at] if same == at + 1 else f"{trace[at]} ({same - at} times)"
        at = same
