"""What a restored hub had created and forgot, against a plain telling by pairs (S11, W3, W13, L3, L6)."""

from collections.abc import Iterable, Mapping as ReadOnly, Sequence
from itertools import combinations, permutations
from typing import Any, Final

from hypothesis import given, strategies as st

from accord.core.lost_creates import Party, doubts, same_groups
from accord.core.values import MISSING, Value
from tests.unit.core.building import row, system


class Upper:
    """A lens to capitals; it can not tell "z"."""

    def get(self, raw: Any, _refs: Any) -> Any:
        return raw

    def put(self, value: Any, _old: Any, _refs: Any) -> Any:
        if value == "z":
            raise ValueError
        return value.upper()


MAPPINGS: Final = {
    m.key: m
    for m in (
        system("a", row("email", references="a.Company")),
        system("b", row("email", references="b.Company"), row("name", lens=Upper()), row("phone", reads=False)),
        system("c", row("name", normal=lambda value: value.lower()), properties=("name", "phone")),
    )
}  # fmt: skip
KEYS: Final = sorted(MAPPINGS)
said = st.sampled_from([None, "x", "X", "z"])
values = st.fixed_dictionaries(
    {}, optional={0: st.sampled_from([None, "g", "h", MISSING]), 1: said, 2: st.sampled_from([None, "1"])}
)
refused_pairs = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=2)


def _some_of(keys: Iterable[str]) -> st.SearchStrategy[frozenset[str]]:
    every = sorted(keys)
    return st.just(frozenset(every)) | st.frozensets(st.sampled_from(every))


@st.composite
def newcomers(draw: Any) -> Party:
    key = draw(st.sampled_from(KEYS))
    return Party(
        name="",
        values=draw(values),
        stands=frozenset([key]),
        lacks=draw(_some_of(k for k in KEYS if k != key)),
        made_in=draw(st.sampled_from(["", key, key])),
        our_id=draw(st.sampled_from(["", "", "i", "j"])),
        keys=draw(st.dictionaries(st.sampled_from(KEYS), st.lists(st.sampled_from("ij"), max_size=1))),
    )


@st.composite
def goldens(draw: Any) -> Party:
    stands = draw(st.frozensets(st.sampled_from(KEYS), min_size=1, max_size=2))
    lacks = draw(_some_of({*KEYS} - stands))
    return Party(
        name="",
        values=draw(values),
        stands=stands,
        lacks=lacks,
        newcomer=False,
        keys=draw(st.dictionaries(st.sampled_from(KEYS), st.lists(st.sampled_from("ij"), max_size=1))),
        repeats=draw(st.sampled_from([frozenset(), lacks, lacks])),
    )


@st.composite
def crowds(draw: Any) -> tuple[list[Party], dict[str, set[str]]]:
    some = draw(st.lists(newcomers(), min_size=1, max_size=3)) + draw(st.lists(goldens(), max_size=2))
    fields = Party.__struct_fields__
    parties = [Party(**{**{f: getattr(p, f) for f in fields}, "name": str(n)}) for n, p in enumerate(some)]
    refused: dict[str, set[str]] = {}
    for one, other in draw(refused_pairs):
        refused.setdefault(str(one), set()).add(str(other))
        refused.setdefault(str(other), set()).add(str(one))
    return parties, refused


def _shown(party: Party, key: str, *, created: bool) -> dict[int, Value] | None:
    """By property, what a record there shows of what a party tells; None: it can not be told."""
    shown: dict[int, Value] = {}
    for each in MAPPINGS[key].properties:
        value = party.values.get(each.property)
        if each.reads and value is not None and value is not MISSING and not each.references:
            if created:
                try:
                    value = each.lens.put(value, MISSING, None)  # type: ignore[arg-type]
                except ValueError:
                    return None
            value = each.normal(value) if each.normal is not None else value
        if each.reads:
            shown[each.property] = value
    return shown


def is_made_from(party: Party, source: Party, parties: Sequence[Party]) -> bool:
    """A create of the source made the party, as far as anything tells."""
    key = party.made_in
    if not key or key not in source.lacks:
        return False
    ids = source.keys.get(key, ())
    if any(other.our_id in ids for other in parties if other.made_in == key):
        return party.our_id in ids
    there, wanted = _shown(party, key, created=False), _shown(source, key, created=True)
    if there is None or wanted is None:
        return False
    pairs = [(there[p], wanted[p]) for p in wanted if p in source.values]
    said = any(value is not None for _, value in pairs)
    return said and all(one is not MISSING and one == other for one, other in pairs)


def _plain_groups(parties: Sequence[Party], refused: ReadOnly[str, set[str]]) -> set[frozenset[str]]:
    groups = {frozenset([party.name]) for party in parties}
    for one, other in permutations(parties, 2):
        if is_made_from(one, other, parties):
            joined = [g for g in groups if one.name in g or other.name in g]
            groups = groups - {*joined} | {frozenset().union(*joined)}
    by_name = {party.name: party for party in parties}
    found = set()
    for group in (g for g in groups if len(g) > 1):
        pairs = list(combinations([by_name[name] for name in group], 2))
        if (
            all(a.stands.isdisjoint(b.stands) for a, b in pairs)
            and not any(not (a.newcomer or b.newcomer) for a, b in pairs)
            and not any(b.name in refused.get(a.name, ()) for a, b in pairs)
        ):
            found.add(group)
    return found


@given(crowds())
def test_s11_w3_one_thing_is_what_our_id_or_all_values_tell(crowd: Any) -> None:
    """Never two golden records, two records of one mapping, or what a person refused (L3, L6)."""
    parties, refused = crowd
    groups = same_groups(parties, MAPPINGS, refused)
    assert {frozenset(p.name for p in group) for group in groups} == _plain_groups(parties, refused)
    turned = same_groups(parties[::-1], MAPPINGS, refused)
    assert {frozenset(p.name for p in group) for group in turned} == _plain_groups(parties, refused)


@given(crowds())
def test_s11_w13_what_may_have_been_made_is_held_with_all_that_it_may_be_made_from(crowd: Any) -> None:
    parties, refused = crowd

    def may_be(one: Party, other: Party) -> bool:
        return (
            bool(one.made_in) and one.made_in in other.lacks and other.name not in refused.get(one.name, ())
        )

    held, concerned = set(), set()
    for one, other in permutations(parties, 2):
        if may_be(one, other):
            held.add(one.name)
            if other.newcomer or one.made_in not in other.repeats:
                held.add(other.name)
            else:
                concerned.add(other.name)
    doubt = doubts(parties, refused)
    assert (doubt.held, doubt.concerned) == (held, concerned - held)


def test_s11_w3_a_day_of_newcomers_is_told_apart_at_once() -> None:
    """Time in proportion to the newcomers: by pairs, these would take minutes."""
    many = range(20_000)
    shared = {"lacks": frozenset(KEYS), "newcomer": True}
    parties = [
        Party(name=f"{key}/{n}", values={1: f"name {n}"}, stands=frozenset([key]), made_in=key, **shared)
        for key in ("a.Person", "c.Person")
        for n in many
    ]
    parties = [_without_own(party) for party in parties]
    assert len(same_groups(parties, MAPPINGS, {})) == len(many)
    assert len(doubts(parties, {}).held) == 2 * len(many)


def _without_own(party: Party) -> Party:
    fields = {f: getattr(party, f) for f in Party.__struct_fields__}
    return Party(**{**fields, "lacks": party.lacks - party.stands})


def test_s11_s3_what_can_not_be_told_yet_equals_nothing() -> None:
    """A reference to what is not linked yet, on either side, and a value that its system could not be sent."""
    in_a, in_b = frozenset({"a.Person"}), frozenset({"b.Person"})
    told = {0: "g", 1: "X"}
    for mine, theirs, joined in (
        (told, told, 1),
        ({**told, 0: MISSING}, told, 0),
        (told, {**told, 0: MISSING}, 0),
        ({**told, 0: MISSING}, {**told, 0: MISSING}, 0),
        ({**told, 1: "z"}, {**told, 1: "z"}, 0),
        ({0: None, 1: None}, {0: None, 1: None}, 0),
    ):
        source = Party(name="a", values=mine, stands=in_a, lacks=in_b)
        made = Party(name="b", values=theirs, stands=in_b, lacks=in_a, made_in="b.Person")
        assert len(same_groups([source, made], MAPPINGS, {})) == joined
