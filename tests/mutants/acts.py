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
    Mutant(
        "asked-decides-itself",
        "M2",
        "Where people are to be asked, the latest edit wins.",
        "core/claims.py",
        'claims = golden.rivals.get(column, []) if rule.rule == "ask" else []',
        "claims: list[Claim] = []",
        laws="m2_m4_what_people_are_asked",
    ),
    Mutant(
        "only-creates-rest",
        "W12",
        "What is edited where edits rest is written at once to records that are there.",
        "core/creating.py",
        'if rests and due.kind != "delete" and not due.again:',
        'if rests and due.kind == "create" and not due.again:',
        laws="w12_what_is_edited_where",
    ),
    Mutant(
        "unshared-kept-alike",
        "W7",
        "Records of what is not shared are not created, and yet updated.",
        "core/creating.py",
        """    if not mapping.shares:
        return f"not shared: nothing is written to {mapping.key}"
    seen""",
        "    seen",
        laws="w7_nothing_is_written",
    ),
    Mutant(
        "old-for-ever",
        "W7",
        "What the first listing held stays at home, though somebody entered it anew elsewhere.",
        "core/creating.py",
        """        elif not seen.made:
            return ""
""",
        "",
        laws="w7_what_the_first_listing",
    ),
    Mutant(
        "connected-to-anybody",
        "W6",
        "What is only made where somebody refers to it is made for everybody.",
        "core/creating.py",
        "return None if pulled else _own_rule(cluster, mapping)",
        "return None if mapping.pulled_by else _own_rule(cluster, mapping)",
        laws="w6_what_a_create_rule_wants",
    ),
    Mutant(
        "condition-on-any-value",
        "W6",
        "A record is made though it does not fit the condition.",
        "core/creating.py",
        "if not wish.is_met(golden.value):",
        "if golden.rivals and not wish.is_met(golden.value):",
        laws="w6_what_a_create_rule_wants",
    ),
    Mutant(
        "backup-never-noticed",
        "S11",
        "A system that went back to a backup is not paused, however many records are below their highest versions.",
        "runtime/steps/restored_system.py",
        "if len(known) >= SEVERAL:",
        "if len(known) >= SEVERAL * 100:",
        laws="s11_a_system_goes_back",
    ),
)
