"""Seeded bugs of several workers: what is done elsewhere, and begun anew (C1, C3)."""

from tests.mutants.mutant import Mutant

__all__ = ["WORKERS"]

WORKERS = (
    Mutant(
        "dead-worker-not-asked-about",
        "C1, W3",
        "What a worker had sent that died is taken for not sent.",
        "runtime/pieces.py",
        "        await recover(hub, piece.goldens)\n",
        "        pass\n",
        laws="c1_c3_several",
    ),
    Mutant(
        "hands-send-what-is-counted",
        "G1, C3",
        "A hand sends deletes and blankings itself, which nobody counts then.",
        "runtime/steps/rounds.py",
        "(piece.permit.is_counted(part) or due.mapping in strange)",
        "(due.mapping in strange)",
        laws="g1_c3",
    ),
    Mutant(
        "confirmed-over-others",
        "C3, L9",
        "An answer is taken into the golden record as it was when the call was made, whatever others did since.",
        "runtime/steps/sharing.py",
        "await as_of_now(tx, endings))",
        "endings)",
        laws="c3_l9_several",
    ),
)
