"""Bugs about refused values that are free by now, and about facets that refuse apart (W9, L9)."""

from tests.mutants.mutant import Mutant

__all__ = ["BLOCKERS"]

SHARING = "runtime/steps/sharing.py"

BLOCKERS = (
    Mutant(
        "freed-values-not-tried-again",
        "W9",
        "What was refused because another record held the value stays refused when that one changed.",
        "runtime/steps/collect.py",
        "    await retry_blocked(tx, mapping, freed)\n",
        "",
        laws="w9_a_value_that_its_holder",
    ),
    Mutant(
        "values-that-we-free-not-tried-again",
        "W9",
        "What a write of the same batch let go of is not tried again.",
        SHARING,
        "    await let_go(tx, hub.model, works.values(), before)\n",
        "",
        laws="w9_addresses_that_move",
    ),
    Mutant(
        "write-lifts-rejections-of-facets",
        "W9, L9",
        "Our write through one facet of a record has what it refused through another sent again.",
        SHARING,
        "    await keep_rejections_beside(hub.model, tx, works.values(), ours)\n",
        "",
        laws="w9_l9_our_write",
    ),
)
