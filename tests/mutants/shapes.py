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
    Mutant(
        "create-undone-beside-a-facet",
        "L9, G3",
        "A create is undone though its record has another facet: it stays, and is never written to again.",
        "runtime/people/undo.py",
        "        if (link.mapping, link.id) in self.shared:\n",
        "        if not link.mapping:\n",
        "l9_g3",
    ),
)
