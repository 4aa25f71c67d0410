"""Seeded bugs in what real crashes found: references that nobody can resolve yet, clocks better known (W5, M3)."""

from tests.mutants.mutant import Mutant

__all__ = ["PROOF"]

PROOF = (
    Mutant(
        "unknown-reference-looked-at-once",
        "W5, M1",
        "An edit to a record that is not linked yet is looked at once, and never again.",
        "core/settle.py",
        "(seen.seq == link.seq and not work.refers_elsewhere(link))",
        "seen.seq == link.seq",
        laws="w5_an_edit_to_what",
    ),
    Mutant(
        "unknown-reference-written-over",
        "W5, M4",
        "A reference that is not known yet is written over with the golden one.",
        "core/due/updates.py",
        "    if lacking or work.is_untold(row, now, raw):\n",
        "    if lacking:\n",
        laws="w5_nothing_is_written_over",
    ),
    Mutant(
        "unknown-reference-dies",
        "W5, W8",
        "A delete elsewhere takes a record with it that was just edited to refer to what is not linked yet.",
        "core/settle.py",
        " or work.untold(k) for k",
        " for k",
        laws="w5_a_delete",
    ),
    Mutant(
        "missing-is-a-value",
        "S3, S5",
        "What was kept aside and refers to what is gone becomes a golden value that is none.",
        "core/merging/news.py",
        "    if kept is MISSING:\n",
        "    if False:\n",
        laws="w5_what_was_kept",
    ),
    Mutant(
        "unknown-reference-settles-a-write",
        "W5, W4",
        "A reference that is not known yet, found under an unresolved write, is taken for what became of that write.",
        "core/merging/news.py",
        "    if value is MISSING or not row.reads:\n        if applied:\n",
        "    if raw is MISSING or not row.reads:\n        if applied:\n",
        laws="w5_an_edit_under",
    ),
    Mutant(
        "own-stamp-not-known-again",
        "M3",
        "The stamp of our own write is not known again once the system's clock is better known.",
        "core/merging/news.py",
        "    ours = seen.told_us == link.own_modified_us and",
        "    ours = seen.modified_us == link.own_modified_us and",
        laws="m3_our_write_s",
    ),
    Mutant(
        "clock-moves-records-on",
        "S3, C4",
        "Every record of a partial listing is fetched again when the system's clock is better known.",
        "core/intake/staleness.py",
        "seen.is_reset or (observation.version, observation.told_us) != (seen.version, seen.told_us)\n",
        "(observation.version, observation.modified_us) != (seen.version, seen.modified_us)\n",
        laws="s3_c4_a_partial",
    ),
)
