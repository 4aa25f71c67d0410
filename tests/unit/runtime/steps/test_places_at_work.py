"""Rows of several paths and of list elements, synchronised between two systems in memory."""

import pytest

from tests.unit.runtime.office import PROJECT, Office

ELEMENTS = ["'emails[kind=work].value'", "{path: emails.value, when: {emails.kind: work}}"]


def with_row(row: str) -> Office:
    return Office(PROJECT.replace("[company, company]", row))


@pytest.mark.parametrize("element", ELEMENTS)
def test_w1_the_other_elements_of_a_list_survive_a_write(element: str) -> None:
    office = with_row(f"{{from: {element}, to: phone}}")
    home, work = {"kind": "home", "value": "h@x.no"}, {"kind": "work", "value": "w@x.no"}
    ada = office.crm.add("Person", name="Ada", email="a@x.no", emails=[home, work])
    assert office.sync().ended == "done"
    (there,) = office.erp.records("Person")
    assert there["phone"] == "w@x.no"
    office.erp.edit("Person", str(there["id"]), phone="new@x.no")
    assert office.sync().ended == "done"
    (here,) = office.crm.records("Person")
    assert str(here["id"]) == ada
    assert here["emails"] == [home, {"kind": "work", "value": "new@x.no"}]
    assert office.sync().summary()["sent"] == {}


def test_w1_a_list_that_a_plain_path_leads_through_stays_a_list() -> None:
    office = with_row("[emails.value, phone]")
    office.crm.add("Person", name="Ada", email="a@x.no", emails=[{"value": "1", "kind": "x"}, {"value": "2"}])
    office.sync()
    (there,) = office.erp.records("Person")
    assert there["phone"] == "1"
    office.erp.edit("Person", str(there["id"]), phone="3")
    office.sync()
    assert office.crm.records("Person")[0]["emails"] == [{"value": "3", "kind": "x"}, {"value": "2"}]


def test_w1_a_fallback_is_not_written() -> None:
    rows = "{from: mobile, to: phone}\n      - {from: phone, to: phone, first_of: true}"
    office = with_row(rows)
    ada = office.crm.add("Person", name="Ada", email="a@x.no", phone="22")
    office.sync()
    (there,) = office.erp.records("Person")
    assert there["phone"] == "22"
    sent = []
    send = office.crm.connector.write

    async def told(writes):
        sent.extend(write.body for write in writes)
        return await send(writes)

    office.crm.connector.write = told  # type: ignore[method-assign]
    office.erp.edit("Person", str(there["id"]), phone="33")
    office.sync()
    assert sent == [{"mobile": "33"}]
    (here,) = office.crm.records("Person")
    assert (str(here["id"]), here["mobile"], here["phone"]) == (ada, "33", "22")


def test_a_name_in_two_parts_goes_both_ways() -> None:
    office = with_row("{from: {paths: [mobile, phone], lens: join}, to: phone}")
    office.crm.add("Person", name="Ada", email="a@x.no", mobile="Kari Anne", phone="Berg")
    office.sync()
    (there,) = office.erp.records("Person")
    assert there["phone"] == "Kari Anne Berg"
    office.erp.edit("Person", str(there["id"]), phone="Kari Dahl")
    office.sync()
    (here,) = office.crm.records("Person")
    assert (here["mobile"], here["phone"]) == ("Kari", "Dahl")
    assert office.sync().summary()["sent"] == {}
