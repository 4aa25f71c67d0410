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
)
