"""Second part: people at work. Each scene edits, syncs, and looks into the other system through its own API."""

from collections.abc import Callable
from datetime import UTC, datetime
from random import Random
from typing import Any

import msgspec

from accord.demo.stage import Stage
from accord.demo.state import HubState
from accord.demo.summary import Change, Summary
from accord.demo.telling import Teller
from accord.demo.world import CRM, ERP

__all__ = ["Scenes"]

Pair = tuple[str, str]


class Scenes:
    """Scenes on linked pairs of records, each a seeded choice and used once."""

    def __init__(self, stage: Stage, tell: Teller, summary: Summary, state: HubState) -> None:
        self._stage, self._tell, self._summary, self._state = stage, tell, summary, state
        self._random = Random(stage.world.seed)
        self._crm = stage.listing(CRM)
        self._contacts = self._pairs(CRM, ERP, lambda id_: _is_whole(self._crm[id_]))
        self._work = self._pairs("crmoffice.Activities", "customerp.Project", lambda _: True)

    def _pairs(self, left: str, right: str, fits: Callable[[str], bool]) -> list[Pair]:
        clusters = self._state.clusters(left, right).values()
        found = sorted(
            (ids[left][0], ids[right][0]) for ids in clusters if len(ids) == 2 and fits(ids[left][0])
        )
        self._random.shuffle(found)
        return found

    def edit_in_crm(self) -> None:
        """A contact moves, and a company is new."""
        tell, crm, erp = self._tell, self._stage.crm, self._stage.erp
        tell.step("Somebody edits in the CRM")
        a, b = self._contacts.pop()
        address = {"streetAddress": "7 Harbour Road", "postalArea": "Newcastle"}
        tell.say(
            f"CRM: {self._name(a)} ({a}) moves to 7 Harbour Road, Newcastle; a company Aurora Optics is new."
        )
        crm.edit("Contacts", a, {"visitAddress": address})
        company = crm.enter("Companies", {"name": "Aurora Optics", "organisationNumber": "899000111"})
        self._sync("edits in the CRM", changes=2, writes=2)
        now = self._read(ERP, b)["address"]
        tell.same("the ERP has the address", ["7 Harbour Road", "Newcastle"], [now["line1"], now["city"]])
        products = [p for p in erp.listing("Product").values() if p["name"] == "Aurora Optics"]
        tell.same("the ERP has the company once", 1, len(products))
        product = products[0]
        tell.say(
            f"ERP: contact {b} shows {now['line1']}, {now['city']}; product {product['id']} is {product['name']}."
        )
        tell.true("the CRM still has the company", crm.read("Companies", company) is not None)

    def edit_in_erp(self) -> None:
        """A contact changes her name, and a project ends later."""
        tell, erp = self._tell, self._stage.erp
        tell.step("Somebody edits in the ERP")
        a, b = self._contacts.pop()
        activity, project = self._work.pop()
        tell.say(
            f"ERP: contact {b} ({self._name(a)}) is called Marlowe from now on; project {project} ends at"
        )
        tell.say("2026-12-01 16:30 local time.")
        erp.edit("Contact", b, {"lastName": "Marlowe"})
        erp.edit("Project", project, {"endTime": "2026-12-01T16:30:00"})
        self._sync("edits in the ERP", changes=2, writes=2)
        contact, planned = self._read(CRM, a), self._read("crmoffice.Activities", activity)
        tell.same("the CRM has the name", "Marlowe", contact["familyName"])
        ends = datetime.fromisoformat(planned["endsAt"]).astimezone(UTC)
        tell.same("the CRM has the end, as an instant", datetime(2026, 12, 1, 15, 30, tzinfo=UTC), ends)
        tell.say(
            f"CRM: {a} is {contact['givenName']} {contact['familyName']}; {activity} ends at {planned['endsAt']}."
        )
        tell.say(
            f"The rest of {a} is as it was: born {contact['birthDate']}, {contact['visitAddress']['streetAddress']}."
        )

    def conflict(self) -> None:
        """Both systems change one property between two syncs."""
        tell = self._tell
        tell.step("A conflict: both change one property between two syncs")
        a, b = self._contacts.pop()
        tell.say(f"ERP: contact {b} ({self._name(a)}) gets the address line 9 Mill Lane.")
        tell.say(f"CRM: the same person ({a}) gets 11 Bridge Street, a moment later.")
        self._stage.erp.edit("Contact", b, {"address": {"line1": "9 Mill Lane"}})
        self._stage.crm.edit("Contacts", a, {"visitAddress": {"streetAddress": "11 Bridge Street"}})
        self._sync("a conflict", changes=2, writes=1)
        seen = [self._read(ERP, b)["address"]["line1"], self._read(CRM, a)["visitAddress"]["streetAddress"]]
        tell.same("both systems have the winner", ["11 Bridge Street"] * 2, seen)
        told = self._explain(f"{CRM}/{a}", "address.line1")
        lost = [event["value"] for event in told["history"] if event["kind"] == "loser"]
        tell.true(
            "the loser is kept in the history", "9 Mill Lane" in lost, expected="9 Mill Lane", seen=lost
        )
        tell.say("Both show 11 Bridge Street: the later edit, of the system with priority.")
        self._summary.look = f"{self._stage.program.shown} explain {CRM}/{a} address.line1"
        tell.say(f"9 Mill Lane is kept: {self._summary.look}")

    def delete(self) -> None:
        """A contact is deleted in the ERP; the project says that deletes are propagated."""
        tell = self._tell
        tell.step("A delete")
        a, b = self._contacts.pop()
        tell.say(f"ERP: contact {b} ({self._name(a)}) is deleted; the project says `delete: propagate`.")
        before = len(self._stage.crm.listing("Contacts"))
        self._stage.erp.delete("Contact", b)
        self._sync("a delete", changes=1, writes=1)
        tell.same("the CRM does not have the contact", None, self._stage.crm.read("Contacts", a))
        tell.same("the CRM has one contact less", before - 1, len(self._stage.crm.listing("Contacts")))
        tell.same("the ERP does not get it back", None, self._stage.erp.read("Contact", b))
        tell.say(f"CRM: {a} is gone, and nothing else; it does not come back.")

    def idle(self) -> None:
        """Nobody does anything."""
        self._tell.step("Nobody edits anything")
        calls = self._sync("", changes=0, writes=0)
        self._summary.idle_reads, self._summary.idle_writes = calls

    def _sync(self, scene: str, *, changes: int, writes: int) -> tuple[int, int]:
        """Sync, and compare the writes that the systems counted with those expected."""
        for system in (self._stage.crm, self._stage.erp):
            system.calls(forget=True)
        done = self._stage.program.run("sync")
        self._tell.same(f"accord sync ends well ({done.out[-400:]})", 0, done.code)
        crm, erp = self._stage.crm.calls(), self._stage.erp.calls()
        self._tell.ran("sync", done)
        self._tell.same(f"writes of {scene or 'an idle run'}", writes, crm.writes + erp.writes)
        if scene:
            self._summary.changes.append(Change(scene=scene, changes=changes, writes=crm.writes + erp.writes))
        return crm.reads + erp.reads, crm.writes + erp.writes

    def _read(self, key: str, id_: str) -> dict[str, Any]:
        system, kind = self._stage.system(key)
        body = system.read(kind, id_)
        self._tell.true(f"{key}/{id_} is there", body is not None)
        return body or {}

    def _explain(self, record: str, name: str) -> dict[str, Any]:
        done = self._stage.program.run("--json", "explain", record, name)
        self._tell.same(f"accord explain {record} ends well ({done.out[-300:]})", 0, done.code)
        told: dict[str, Any] = msgspec.json.decode(done.out)["values"][0]
        return told

    def _name(self, crm_id: str) -> str:
        body = self._crm[crm_id]
        return f"{body['givenName']} {body['familyName']}"


def _is_whole(body: dict[str, Any]) -> bool:
    """A contact of whom nothing is unknown, so that a scene is easy to follow."""
    place = body.get("visitAddress") or {}
    known = all(body.get(name) for name in ("givenName", "familyName", "birthDate"))
    return known and " " in (place.get("streetAddress") or "") and bool(place.get("postalArea"))
