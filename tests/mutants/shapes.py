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
    Mutant(
        "half-a-group-is-another-record",
        "M8, K6",
        "A record that leaves out what is null in a group is taken for another account's.",
        "runtime/steps/accounts.py",
        "    now = read_raw(mapping, answer.payload, row.raw)\n",
        "    now = [each.place.read(answer.payload) for each in mapping.properties]\n",
        laws="m8_k6_w3_",
    ),
    Mutant(
        "half-a-group-is-not-what-was-sent",
        "M8, W3",
        "A record that leaves out what is null in a group is not told to be what a create made.",
        "runtime/steps/unknown_creates.py",
        "    raws = read_raw(mapping, observation.payload)\n",
        "    raws = [each.place.read(observation.payload) for each in mapping.properties]\n",
        laws="m8_k6_w3_",
    ),
)
