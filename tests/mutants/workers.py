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
        "confirmed-over-others",
        "C3, L9",
        "An answer is taken into the golden record as it was when the call was made, whatever others did since.",
        "runtime/steps/sharing.py",
        "await as_of_now(tx, endings))",
        "endings)",
        laws="c3_l9_several",
    ),
)
