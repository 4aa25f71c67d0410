"""The worked examples of "How Accord decides": each plays a story, and gives the tables that the page shows."""

from collections.abc import Callable

from accord.testing.system_model import Quirks
from tests.explanation.desk import PROJECT, Desk

__all__ = ["STORIES"]

ADA = {"email": "ada@x.no", "name": "Ada", "phone": "111"}


def in_step(**unlike: dict[str, object]) -> Desk:
    """One person whom all three systems know, alike."""
    desk = Desk(**unlike)
    for system in desk.systems.values():
        system.add("Person", **ADA)
    desk.syncs()
    return desk


def three_systems() -> list[str]:
    desk = in_step()
    desk.types("shop", at=60, phone="333")
    desk.types("crm", at=60, phone="444")
    desk.types("erp", at=60, phone="222")
    desk.reads()
    read = desk.table("phone")
    desk.settles()
    settled = desk.table("phone")
    assert desk.golden("phone") == "222"
    assert [event.value for event in desk.history("loser")] == ["444", "333"]
    desk.writes()
    assert {system.records("Person")[0]["phone"] for system in desk.systems.values()} == {"222"}
    written = desk.table("phone")
    desk.syncs()
    assert desk.table("phone") == written
    return [read, settled, written]


def response_trap() -> list[str]:
    """The ERP takes writes that name no version."""
    desk = in_step(erp={"conditional": None})
    desk.types("crm", at=60, name="Ada King")
    desk.reads()
    desk.settles()
    before = desk.table("phone")
    acting = False

    def meanwhile(op: str, _type: str, record: str | None) -> None:
        nonlocal acting
        if op == "update" and not acting:
            acting = True
            desk.erp.edit("Person", record or "", phone="999")

    desk.erp.model.before_call = meanwhile
    desk.writes()
    desk.erp.model.before_call = lambda *_: None
    replied = desk.table("phone")
    assert desk.golden("phone") == "999"
    desk.syncs()
    assert {system.records("Person")[0]["phone"] for system in desk.systems.values()} == {"999"}
    assert {system.records("Person")[0]["name"] for system in desk.systems.values()} == {"Ada King"}
    return [before, replied, desk.table("phone")]


def lost_reply() -> list[str]:
    desk = Desk()
    desk.applies()
    desk.crm.add("Person", **ADA)
    desk.shop.add("Person", **ADA)
    for _ in range(2):  # nothing is created where nobody has looked since
        desk.reads()
        desk.settles()
    desk.erp.model.quirks["Person"] = Quirks(lost_after=1.0)
    desk.writes()
    lost = desk.table("phone")
    desk.erp.model.quirks["Person"] = Quirks()
    (made,) = desk.erp.records("Person")
    desk.types("erp", at=60, record=str(made["id"]), phone="222")
    desk.syncs()
    found = desk.table("phone")
    assert [row["phone"] for row in desk.erp.records("Person")] == ["222"]
    assert desk.golden("phone") == "222"
    return [lost, found]


def normalising() -> list[str]:
    desk = in_step()
    desk.erp.model.quirks["Person"] = Quirks(recases={"name": "upper"})
    desk.types("crm", at=60, name="Ada King")
    desk.reads()
    desk.settles()
    settled = desk.table("name")
    desk.writes()
    written = desk.table("name")
    assert desk.golden("name") == "Ada King"
    desk.syncs()
    assert desk.table("name") == written
    desk.types("erp", at=60, name="Ada Byron")
    desk.reads()
    desk.settles()
    assert desk.golden("name") == "ADA BYRON"
    return [settled, written, desk.table("name")]


def changed_mapping() -> list[str]:
    desk = in_step()
    desk.erp.edit("Person", "1", mobile="999")
    desk.syncs()
    before = desk.table("phone")
    text = PROJECT.replace(
        "  erp.Person: {concept: person, properties: {email: email, name: name, phone: phone}}",
        "  erp.Person: {concept: person, properties: {email: email, name: name, phone: mobile}}",
    )
    desk.configure(text)
    plan = desk.plans()
    assert {str(write.mapping): write.properties for write in plan.writes} == {"erp.Person": ["phone"]}
    desk.applies()
    laid_out = desk.table("phone")
    desk.reads()
    desk.settles()
    settled = desk.table("phone")
    assert desk.golden("phone") == "111"
    assert [event.value for event in desk.history("loser")] == ["999"]
    desk.syncs()
    row = desk.erp.records("Person")[0]
    assert (row["mobile"], row["phone"]) == ("111", "111")
    return [before, laid_out, settled, desk.table("phone")]


STORIES: dict[str, Callable[[], list[str]]] = {
    "three systems": three_systems,
    "response trap": response_trap,
    "lost reply": lost_reply,
    "normalising": normalising,
    "changed mapping": changed_mapping,
}
