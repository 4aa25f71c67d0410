"""Bugs in what a project's own world found first: clocks, tokens, pages, requests that come twice."""

from tests.mutants.mutant import Mutant

__all__ = ["SIMULATE"]

SIMULATE = (
    Mutant(
        "birth-moves-with-the-clock",
        "S10, M3",
        "A creation time is compared on the hub's clock, so that a clock measured anew makes new records of all.",
        "connectorkit/observe.py",
        "seen.created_us, seen.born_us = at - offset_us, at\n",
        "seen.created_us = seen.born_us = at - offset_us\n",
        laws="s10_a_clock",
    ),
    Mutant(
        "doubted-newcomer-merged",
        "G2, M4",
        "A record that is linked while what was read of it is not believed gets its base from that all the same, and "
        "is taken for new once more afterwards: what was typed meanwhile is lost.",
        "core/merging/first.py",
        "seen.resting or link.mapping in work.context.doubted:",
        "seen.resting:",
        laws="g2_m4",
    ),
)
