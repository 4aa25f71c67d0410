"""Groups change where properties stand, and nothing of what is said about them (M8)."""

from hypothesis import given, strategies as st

from accord.core.condition import Wish
from accord.core.folding import Folded, fold_group
from accord.core.model import Concept, Property
from tests.unit.core.building import row, system

NAMES = ("a", "b", "c", "d", "e")
VALUES = st.sampled_from([None, "x", "y"])
WISHES = st.builds(
    Wish,
    column=st.integers(0, len(NAMES) - 1),
    name=st.just("of it"),
    values=st.just(("x",)),
    negated=st.booleans(),
    present=st.sampled_from([None, True, False]),
)


@given(st.permutations(NAMES), st.integers(0, 2), st.lists(VALUES, min_size=5, max_size=5), st.lists(WISHES))
def test_m8_w6_a_wish_is_met_by_a_member_as_by_the_property_it_was(names, groups, values, wishes) -> None:
    concept = Concept(name="person", properties=tuple(Property(name=name, type="string") for name in NAMES))
    rows = (row(name, property=column) for column, name in enumerate(NAMES))
    folded = Folded(concept, [system("crm", *rows, properties=NAMES, wishes=tuple(wishes))])
    for group in (names[:2], names[2:])[:groups]:
        folded = fold_group(folded, group, " ".join)
    told = dict(zip(NAMES, values, strict=True))
    golden = [
        {member: told[member] for member in members} if len(members) > 1 else told[members[0]]
        for members in (prop.name.split("+") for prop in folded.concept.properties)
    ]
    (mapping,) = folded.mappings
    assert [wish.is_met(golden) for wish in mapping.wishes] == [wish.is_met(values) for wish in wishes]
