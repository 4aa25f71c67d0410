"""Records that wait for each other's unique value (W9)."""

from hypothesis import given, strategies as st

from accord.core.swaps import Want, swaps

IDS = st.lists(st.sampled_from("abcdefgh"), min_size=2, max_size=7, unique=True)


@given(IDS.flatmap(lambda ids: st.tuples(st.just(ids), st.permutations(ids))), st.data())
def test_w9_records_that_wait_for_each_others_unique_value_are_found(
    exchanged: tuple[list[str], list[str]], data: st.DataObject
) -> None:
    """Each holds its own letter and wants another's: the rings are those of the permutation, whatever the order."""
    ids, wanted = exchanged
    target = dict(zip(ids, wanted, strict=True))
    left_out = data.draw(st.sets(st.sampled_from(ids)))
    wants = [
        Want("erp.Person", one, "email", target[one], one)
        for one in data.draw(st.permutations(ids))
        if target[one] != one and one not in left_out
    ]
    found = {frozenset(want.id for want in ring) for ring in swaps(wants)}
    rings = set()
    for one in ids:
        ring, at = {one}, target[one]
        while at != one:
            ring.add(at)
            at = target[at]
        if len(ring) > 1 and not ring & left_out:
            rings.add(frozenset(ring))
    assert found == rings
    for told in swaps(wants):
        assert told[0].id == min(want.id for want in told)
        assert [want.wanted for want in told] == [want.held for want in (*told[1:], told[0])]


@given(st.sampled_from(["property", "mapping"]))
def test_w9_other_properties_and_other_entity_types_are_no_swap(other: str) -> None:
    a = Want("erp.Person", "1", "email", "x", "y")
    b = Want("erp.Person", "2", "email", "y", "x")
    assert swaps([a, b]) == [(a, b)]
    assert swaps([a, b._replace(**{other: "another"})]) == []


def test_w9_a_queue_that_ends_is_no_swap_and_neither_is_who_waits_for_one() -> None:
    """Of those who wait the last may be written, once what it wants is free."""
    a = Want("erp.Person", "1", "email", "x", "y")
    b = Want("erp.Person", "2", "email", "y", "x")
    c = Want("erp.Person", "3", "email", "x", "z")
    assert swaps([c, a]) == []
    assert swaps([c, b, a]) == [(a, b)]
