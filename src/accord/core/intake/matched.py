"""What match rules look at: values and match keys of a record as it was last seen (L2, S2)."""

from collections.abc import Sequence

from accord.core.matching import keys_of
from accord.core.model import Concept, Mapping, NoReferences
from accord.core.state import Key, Seen
from accord.core.values import MISSING, Raw, Value

__all__ = ["identifying_columns", "keys_of_raws", "keys_of_seen", "values_of"]

NO_REFERENCES = NoReferences()


def identifying_columns(mapping: Mapping, concept: Concept) -> frozenset[int]:
    """Columns of a mapping that match rules look at."""
    wanted = concept.identifying
    return frozenset(column for column, row in enumerate(mapping.properties) if row.property in wanted)


def values_of(raws: Sequence[Raw], mapping: Mapping, concept: Concept) -> list[Value]:
    """Canonical values of what identifies, in the concept's columns; None for the rest, and where nothing is said."""
    values: list[Value] = [None] * len(concept.properties)
    wanted = concept.identifying
    for column, row in enumerate(mapping.properties):
        raw = raws[column]
        if row.property in wanted and raw is not MISSING and row.reads and not row.references:
            try:
                value = row.lens.get(raw, NO_REFERENCES)
            except ValueError:
                continue
            values[row.property] = None if value is MISSING else value
    return values


def keys_of_seen(seen: Seen, mapping: Mapping, concept: Concept) -> list[Key]:
    """Match keys of a record as it was last seen, also of one that is left out (L2, S2)."""
    return [] if seen.gone else keys_of_raws(seen.raw, seen.id, mapping, concept)


def keys_of_raws(raws: Sequence[Raw], id_: str, mapping: Mapping, concept: Concept) -> list[Key]:
    """Match keys of a record with these raw values."""
    if not concept.rules:
        return []
    return [
        Key(rule, key, mapping.key, id_) for rule, key in keys_of(concept, values_of(raws, mapping, concept))
    ]
