"""What a system refuses, and what a person does about it: rights, and values that were exchanged (W9)."""

import pytest
from hypothesis import given, settings, strategies as st

from accord.core.errors import AccordError
from accord.runtime.books.dead_letters import DeadLetter, dead_letters, retry
from accord.runtime.books.explain import explain
from accord.runtime.books.status import status
from tests.property.world.test_guarding import drift, many
from tests.unit.runtime.office import Office

SILENT = {"absent": None}


def letters(it: Office) -> list[DeadLetter]:
    async def ask() -> list[DeadLetter]:
        async with it.store.transaction(dry=True) as tx:
            return await dead_letters(it.hub, tx)

    return it.run(ask())


@settings(max_examples=8)
@given(st.lists(st.sampled_from("ABCD"), min_size=1, max_size=4, unique=True))
def test_w9_a_property_that_the_account_may_not_write_is_not_permitted(names: list[str]) -> None:
    """It is told once for the entity type, and by record; the rest of each record flows, and so does the property once
    the right is given."""
    it = Office(**SILENT)
    for name in names:
        it.crm.add("Company", name=name, city="Oslo")
    it.sync()
    it.erp.model.quirks["Company"].hides = ("city",)
    for number, name in enumerate(names, 1):
        it.crm.edit("Company", str(number), city="Bergen", name=name.lower())
    assert not it.sync().pauses
    told = it.run(status(it.hub))
    assert [(each.mapping, each.property, each.records) for each in told.denied] == [
        ("erp.Company", "city", len(names))
    ]
    assert "right of the account to write city of erp.Company" in told.denied[0].remedy
    assert not told.dead_letters
    assert all(each.denied and each.message.startswith("not permitted: ") for each in letters(it))
    assert it.erp.values("Company", "name") == sorted(map(str.lower, names))
    (toward,) = it.run(explain(it.hub, "crm.Company/1", place="erp")).towards
    assert (toward.state, toward.why[0].reason.partition(":")[0]) == ("failed", "not permitted")
    assert "right of the account" in toward.why[0].remedy
    it.erp.model.quirks["Company"].hides = ()
    it.run(retry(it.hub, ["erp.Company"]))
    it.sync()
    assert it.erp.values("Company", "city") == ["Bergen"] * len(names)
    assert not it.run(status(it.hub)).denied


@pytest.mark.parametrize("tried", [True, False])
def test_w9_a_right_that_is_lost_is_no_change_of_the_schema(tried: bool) -> None:
    """Where a write of the property was refused for want of a right, that is what a pause says, and what to ask for."""
    it = many()
    it.erp.model.quirks["Company"].hides = ("city",)
    if tried:
        it.crm.edit("Company", "1", city="Bergen")
        it.sync()
    (pause,) = drift(it).pauses
    assert ("(not permitted)" in pause.why) == tried
    assert ("right of the account to read and write city" in pause.why) == tried
    assert set(it.crm.values("Company", "city")) <= {"Oslo", "Bergen"}


def test_w9_what_the_account_may_not_do_at_all_is_not_permitted() -> None:
    it = Office(**SILENT)
    it.crm.add("Company", name="Acme", city="Oslo")
    it.sync()
    it.erp.model.quirks["Company"].forbids = "writes"
    it.crm.edit("Company", "1", city="Bergen")
    it.crm.add("Company", name="Zeta", city="Oslo")
    it.sync()
    (told,) = it.run(status(it.hub)).denied
    assert (told.property, told.records) == ("", 2)


def test_w9_what_is_refused_for_its_value_is_no_matter_of_rights() -> None:
    it = Office(**SILENT)
    it.crm.add("Company", name="Acme", city="Oslo")
    it.sync()
    it.erp.model.quirks["Company"].ignores = ("city",)
    it.crm.edit("Company", "1", city="Bergen")
    it.sync()
    (letter,) = letters(it)
    assert not letter.denied
    assert not it.run(status(it.hub)).denied
    assert "Correct city in crm.Company/1" in letter.remedy


@settings(max_examples=8)
@given(st.integers(2, 4))
def test_w9_records_that_wait_for_each_others_unique_value_are_reported_as_a_swap(count: int) -> None:
    """Addresses of persons are passed on in a ring; the ERP takes none of them first."""
    it = Office(unique=("email",))
    ids = [it.crm.add("Person", name=f"P{n}", email=f"{n}@x") for n in range(count)]
    it.sync()
    for n, record in enumerate(ids):
        it.crm.edit("Person", record, email=f"{(n + 1) % count}@x")
    it.sync()
    found = letters(it)
    assert [len(each.swap) for each in found] == [count] * count
    records = {each.record for each in found}
    assert all(set(each.swap) == records and each.swap[0] == each.record for each in found)
    assert all("wait for each other's email" in each.remedy for each in found)
    # what the remedy says
    it.crm.edit("Person", ids[0], email="free@x")
    it.sync()
    it.crm.edit("Person", ids[0], email="1@x")
    it.sync()
    assert not letters(it)
    assert it.erp.values("Person", "email") == it.crm.values("Person", "email")


def test_w9_a_value_that_another_record_keeps_is_no_swap() -> None:
    it = Office(unique=("email",))
    first, second = (it.crm.add("Person", name=f"P{n}", email=f"{n}@x") for n in range(2))
    it.sync()
    it.crm.edit("Person", first, email="1@x")
    it.sync()
    (letter,) = letters(it)
    assert not letter.swap
    assert second
    with pytest.raises(AccordError, match="there is no dead letter"):
        it.run(retry(it.hub, ["nothing"]))
