"""Seeded bugs in what is one value, and in what is one record in several facets (M8, L9)."""

from tests.mutants.mutant import Mutant

__all__ = ["SHAPES"]

STALENESS = "core/intake/staleness.py"

SHAPES = (
    Mutant(
        "half-a-group-says-nothing",
        "M8, S3",
        "A group of which a record shows a part is never read, nor written there.",
        STALENESS,
        "    return [None if each is MISSING else each for each in filled]\n",
        "    return raw\n",
        "m8_",
    ),
)
