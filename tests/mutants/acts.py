"""Bugs in what worlds play since they read in another order, restore backups, pause and resume."""

from tests.mutants.mutant import Mutant

__all__ = ["ACTS"]

ACTS = (
    Mutant(
        "edit-timed-by-reading",
        "M3, S7",
        "An edit counts from when it was read, so that the system that is read last wins.",
        "core/merging/news.py",
        "if ours else seen.modified_us",
        "if ours else seen.asked_us",
        laws="s7_the_same_edits or m1_records_interleaved",
    ),
    Mutant(
        "blocker-gone-is-no-news",
        "W9",
        "What was refused for a record that it refers to stays refused when that is gone.",
        "core/work.py",
        "(self.golden.life, self.golden.stamp, referred)",
        "(self.golden.life, self.golden.stamp, len(referred))",
        laws="w9_s7_a_create_refused",
    ),
    Mutant(
        "lost-rights-end-a-create",
        "W3",
        "A create of unknown outcome that is repeated while the account has no rights counts as never made.",
        "core/confirm.py",
        "(not keyed or outcome.denied)",
        "not keyed",
        laws="w3_lost_rights",
    ),
)
