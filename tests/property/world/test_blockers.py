"""What was refused because another record held the value goes out when that one lets go of it (W9)."""

from hypothesis import Phase, given, settings, strategies as st

from accord.runtime.books.dead_letters import dead_letters
from tests.unit.runtime.faceted import faceted
from tests.unit.runtime.office import PROJECT, Office

QUICK = settings(max_examples=30, deadline=None, phases=(Phase.explicit, Phase.generate))
BY_NAME = PROJECT.replace("[[email, email]]", "[[name, name]]")


def refused(it: Office) -> int:
    async def count() -> int:
        async with it.store.transaction(dry=True) as tx:
            return len(await dead_letters(it.hub, tx))

    return it.run(count())


@QUICK
@given(
    st.integers(1, 3),
    st.booleans(),
    st.sampled_from(["there", "by us", "deleted", "here and there", "not linked"]),
)
def test_w9_a_value_that_its_holder_lets_go_of_is_written(waiting: int, created: bool, how: str) -> None:
    """Persons of the CRM get an address that another person of the ERP has: changed, or new with it."""
    it = Office(BY_NAME, unique=("email",))
    linked = how != "not linked"
    for _ in range(1 if linked else 2):
        here = it.crm.add("Person", name="Holder", email="one@x" if linked else "")
    if not linked:
        it.erp.add("Person", name="Holder", email="one@x")
    it.sync()
    (holder,) = (row["id"] for row in it.erp.records("Person"))
    ids = [it.crm.add("Person", name=f"P{n}", email="one@x" if created else f"{n}@x") for n in range(waiting)]
    it.sync()
    for each in () if created else ids:
        it.crm.edit("Person", each, email="one@x")
    for _ in range(2):
        it.sync()
        assert refused(it) == waiting
    if how in ("there", "here and there", "not linked"):
        it.erp.edit("Person", str(holder), email="other@x")
    if how in ("by us", "here and there"):
        it.crm.edit("Person", here, email="third@x")
    if how == "deleted":
        it.erp.delete("Person", str(holder))
    it.sync()
    assert refused(it) == waiting - 1
    assert it.erp.values("Person", "email").count("one@x") == 1


@QUICK
@given(st.integers(2, 5))
def test_w9_addresses_that_move_up_by_one_are_all_written(count: int) -> None:
    """Whichever write of a batch is refused because a later one takes the value away: it is tried again."""
    it = Office(BY_NAME, unique=("email",))
    ids = [it.crm.add("Person", name=f"P{n}", email=f"{n}@x") for n in range(count)]
    it.sync()
    for n, each in enumerate(ids):
        it.crm.edit("Person", each, email=f"{n + 1}@x")
    it.sync()
    assert refused(it) == 0
    assert it.erp.values("Person", "email") == it.crm.values("Person", "email")


@settings(max_examples=8, deadline=None, phases=(Phase.explicit, Phase.generate))
@given(st.permutations(["city", "ours"]), st.booleans())
def test_w9_l9_our_write_through_one_facet_lifts_no_rejection_of_another(
    names: list[str], folded: bool
) -> None:
    """The CRM refuses one property; another one, of another facet of the same record, is written as often as wanted."""
    it = faceted()
    refused, taken = names
    it.calls.refuses = refused
    if folded:
        it.edits(**{refused: "no", taken: "B"})
    else:
        it.edits(**{refused: "no"})
    it.sync()
    for value in ("C", "D"):
        it.edits(**{taken: value})
        it.sync()
    assert [row[taken] for row in it.crm.records("Company")] == ["D"]
    assert sum(refused in (write.body or {}) for write in it.calls.writes) == 1
    it.crm.edit("Company", it.acme, name="Acme Inc")
    it.sync()
    assert sum(refused in (write.body or {}) for write in it.calls.writes) == 2
