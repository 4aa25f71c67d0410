"""Records that a hub created after the backup from which it was restored: what tells them from new ones (S11, W3).

A create bears our id, or the record equals all that would be sent: then the two are one thing, as after a create of
unknown outcome. Any other record that a create may have made is for a person, with all that it may have been made from.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping as ReadOnly, Sequence, Set as AbstractSet

from msgspec import Struct, field

from accord.core.model import Mapping, NoReferences
from accord.core.values import MISSING, Value

__all__ = ["Doubt", "Party", "doubts", "same_groups"]

_NO_REFERENCES = NoReferences()


class Party(Struct, frozen=True, kw_only=True):
    """An unlinked record, `made_in` the mapping where a create of ours may have made it; or a golden record.

    `values` by property, references as golden ids; MISSING where it can not be told yet. `stands` are the mappings in
    which it has a record, `lacks` those in which one would be created from it. Where we have an id it would bear
    `keys`; in `repeats` a create is answered with what it made the first time.
    """

    name: str
    values: ReadOnly[int, Value]
    stands: frozenset[str]
    lacks: frozenset[str]
    newcomer: bool = True
    made_in: str = ""
    our_id: str = ""
    keys: ReadOnly[str, Collection[str]] = field(default_factory=dict)
    repeats: frozenset[str] = frozenset()


class Doubt(Struct, frozen=True, kw_only=True):
    """Names of parties that nothing tells apart: those `held` get no records elsewhere for now; golden records that are
    only `concerned` go on, for what their creates are answered with tells."""

    held: frozenset[str]
    concerned: frozenset[str]


_Refused = ReadOnly[str, AbstractSet[str]]


def same_groups(
    parties: Sequence[Party], mappings: ReadOnly[str, Mapping], refused: _Refused
) -> list[list[Party]]:
    """Groups of parties of which each was made from another one; none that holds two records of one mapping, two golden
    records, or a pair that a person refused (L3, L6)."""
    leads: dict[str, str] = {}

    def lead(name: str) -> str:
        while (up := leads.get(name, name)) != name:
            leads[name] = name = leads.get(up, up)
        return name

    for one, other in _made_from(parties, mappings):
        leads[lead(one)] = lead(other)
    groups: dict[str, list[Party]] = {}
    for party in parties:
        groups.setdefault(lead(party.name), []).append(party)
    return [group for group in groups.values() if len(group) > 1 and _is_one(group, refused)]


def _is_one(group: Sequence[Party], refused: _Refused) -> bool:
    places = [place for party in group for place in party.stands]
    names = {party.name for party in group}
    goldens = sum(not party.newcomer for party in group)
    apart = any(not names.isdisjoint(refused.get(name, ())) for name in names)
    return goldens < 2 and len(places) == len(set(places)) and not apart


def _made_from(parties: Sequence[Party], mappings: ReadOnly[str, Mapping]) -> Iterator[tuple[str, str]]:
    """Pairs of names: what our id, or all values, tell to be made from another one. Linear in the parties."""
    for key, mapping in mappings.items():
        made = [party for party in parties if party.made_in == key]
        sources = [party for party in parties if key in party.lacks] if made else []
        by_id: dict[str, list[Party]] = {}
        by_values: dict[tuple[int, ...], dict[str, list[Party]]] = {}
        for party in made:
            by_id.setdefault(party.our_id, []).append(party)
        for source in sources:
            mine = [party for id_ in source.keys.get(key, ()) for party in by_id.get(id_, ()) if id_]
            columns = tuple(
                c for c, row in enumerate(mapping.properties) if row.reads and row.property in source.values
            )
            if not mine and (text := _text(source, mapping, columns, put=True)):
                if columns not in by_values:
                    index = by_values[columns] = {}
                    for party in made:
                        index.setdefault(_text(party, mapping, columns, put=False), []).append(party)
                mine = by_values[columns].get(text, [])
            yield from ((party.name, source.name) for party in mine)


def _text(party: Party, mapping: Mapping, columns: Iterable[int], *, put: bool) -> str:
    """What a record of the mapping tells, or would if it were created from the party; "" where it tells nothing."""
    values: list[Value] = []
    for column in columns:
        row = mapping.properties[column]
        value = party.values.get(row.property)
        if value is MISSING:
            return ""
        if value is not None and not row.references:
            try:
                raw = row.lens.put(value, MISSING, _NO_REFERENCES) if put else MISSING
                value = row.lens.get(raw, _NO_REFERENCES) if put else value
            except ValueError:
                return ""
            if row.normal is not None:
                value = row.normal(value)
        values.append(value)
    return repr(values) if any(value is not None for value in values) else ""


def doubts(parties: Sequence[Party], refused: _Refused) -> Doubt:
    """Newcomers that a create may have made, and those that it may have made them from."""
    sources: dict[str, list[Party]] = {}
    made: dict[str, list[Party]] = {}
    for party in parties:
        for place in party.lacks:
            sources.setdefault(place, []).append(party)
        if party.made_in:
            made.setdefault(party.made_in, []).append(party)
    held, concerned = set[str](), set[str]()

    def met(party: Party, others: Iterable[Party]) -> bool:
        no = refused.get(party.name, ())
        return any(other.name not in no for other in others)

    for party in parties:
        makes = [place for place in party.lacks if met(party, made.get(place, ()))]
        if party.newcomer:
            if makes or (party.made_in and met(party, sources.get(party.made_in, ()))):
                held.add(party.name)
        elif makes:
            (concerned if party.repeats.issuperset(makes) else held).add(party.name)
    return Doubt(held=frozenset(held), concerned=frozenset(concerned))
