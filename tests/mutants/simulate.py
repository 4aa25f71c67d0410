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
        "doubted-newcomer-created",
        "G2, M4",
        "A record that is linked while what was read of it is not believed is created elsewhere all the same, without "
        "what it holds.",
        "core/work.py",
        "        if link.mapping in self.context.doubted:\n",
        "        if False:\n",
        laws="g2_m4",
    ),
    Mutant(
        "every-worker-refreshes",
        "C5",
        "Each call that was answered 401 gets a token of its own, whatever another one got meanwhile.",
        "connectorkit/http/oauth.py",
        "known.access != refused and not self._is_over(known)",
        "False and not self._is_over(known)",
        laws="c5_a_token",
    ),
    Mutant(
        "own-id-clash-is-a-refusal",
        "W3",
        "A create that clashes with its own id is taken for refused, and made again under another.",
        "connectorkit/outcome.py",
        'if status == 409 and kind == "create" and _is_ours(it, faults):',
        "if False:",
        laws="w3_a_create_whose_request",
    ),
    Mutant(
        "plan-looks-once",
        "G6, W13",
        "A plan looks only once at what was entered since the last run, and does not list what is created of it.",
        "runtime/runs/plan.py",
        "    if newcomers or any(",
        "    if any(",
        laws="g6_a_plan_lists",
    ),
)
