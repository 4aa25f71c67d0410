"""What leaves the configuration rests, and what comes back is looked at whole (K4)."""

import asyncio

from msgspec.structs import replace

from accord.core.state import Event, Member, Sent, Suspect
from accord.core.values import Raw
from accord.runtime.people.pause import pause, resume
from accord.store import MemoryStore
from accord.testing.world.play import World
from tests.unit.runtime.office import PROJECT, Office
from tests.unit.runtime.steps.test_configure import WITHOUT_CITY, WITHOUT_ERP

UPPER_NAME = PROJECT.replace(
    "      - [name, name]\n      - [city",
    "      - {from: {path: name, lens: upper}, to: name}\n      - [city",
)


def test_k4_what_left_the_configuration_is_matched_with_nothing() -> None:
    world = World(3, MemoryStore())
    world.quiet = True
    for name, model in world.people.models.items():
        for quirks in model.quirks.values():
            quirks.errors = quirks.throttles = 0.0
        world.wires[name].mend()
        model.person_create("Person", {"email": "a@x.io", "name": name})
    world.clock.advance(10)
    whole = world.model
    rest = {key: mapping for key, mapping in whole.mappings.items() if key != "shop.Person"}

    async def members() -> list[Member]:
        async with world.hub.store.transaction(dry=True) as tx:
            return [
                m for group in await tx.groups("person", [("email", "a@x.io")], 100) for m in group.members
            ]

    async def run() -> tuple[set[str], set[str]]:
        await world.configure(whole)
        await world.cycle()
        before = {member.mapping for member in await members()}
        await world.configure(replace(whole, mappings=rest, fingerprint="rest"))
        return before, {member.mapping for member in await members()}

    before, after = asyncio.run(run())
    assert before == {"crm.Person", "erp.Person", "shop.Person"}
    assert after == before - {"shop.Person"}


def test_k4_s10_what_was_deleted_while_its_entity_type_was_away_is_not_taken_to_be_there() -> None:
    """Its feed of deletes begins anew, after the delete: the first whole read shows who is missing."""
    office = Office()
    office.crm.add("Company", name="Acme", city="Oslo")
    office.crm.add("Company", name="Beta", city="Oslo")
    office.sync()
    office.configure(WITHOUT_ERP)
    office.sync()
    office.erp.delete("Company", "1")
    office.clock.advance(10)
    office.configure(PROJECT)
    for _ in range(2):
        office.sync()
        office.clock.advance(60)
    census = office.run(_census(office))["erp.Company"]
    assert (census["linked"], census["gone"]) == (1, 1)


def test_k4_m4_what_was_kept_aside_in_a_column_that_goes_is_in_the_history() -> None:
    """Nobody will tell any more whether it was an edit (S5)."""
    office = Office()
    office.crm.add("Company", name="Acme", city="Oslo")
    office.sync()
    office.run(_keep_aside(office, "Bergen"))
    office.configure(WITHOUT_CITY)
    office.sync()
    lines = office.run(_history(office))
    assert [(e.property, e.value, e.record) for e in lines if e.kind == "unknown"] == [
        ("city", "Bergen", "erp.Company/1")
    ]


def test_k2_l3_what_has_another_lens_is_read_before_it_is_linked_also_where_reading_is_paused() -> None:
    """Nothing is known of it until then: it would match nothing, and be created elsewhere without any value."""
    office = Office()
    for city in ("Oslo", "Bergen"):
        office.crm.add("Company", name="Acme", city=city)
    office.sync()
    assert office.run(_census(office))["crm.Company"]["held"] == 2, "two of one name"
    office.configure(UPPER_NAME)
    office.run(pause(office.hub, "crm", reads=False))
    office.erp.add("Company", name="Beta", city="Oslo")
    office.sync()
    assert office.erp.values("Company", "name") == ["Beta"]
    office.run(resume(office.hub, "crm"))
    office.sync()
    assert office.erp.values("Company", "name") == ["Beta"]
    assert office.run(_census(office))["crm.Company"]["held"] == 2


PARTIAL = {
    "listing": {"partial": True, "omits": ["city"]},
    "absent": {"listing": "silent", "feed": "silent", "fetch": "null", "reply": "null"},
}
FILTERED = PROJECT.replace("    to: erp.Company\n", "    to: {type: erp.Company, filter: {city: Oslo}}\n")


def test_k2_s3_what_a_listing_leaves_out_is_read_for_a_new_filter() -> None:
    """The listing goes on to show the record as it was, without what the filter looks at."""
    office = Office(**PARTIAL)
    office.crm.add("Company", name="Acme", city="Bergen")
    office.crm.add("Company", name="Beta", city="Oslo")
    office.sync()
    office.configure(FILTERED)
    office.sync()
    office.sync()
    assert office.run(_excluded(office)) == {"Acme"}


def test_k2_s3_what_a_listing_leaves_out_is_read_for_a_new_lens() -> None:
    """Before anything is written there: what stands there is merged as at a first link (M6)."""
    office = Office(WITHOUT_CITY, **PARTIAL)
    office.crm.add("Company", name="Acme")
    office.sync()
    office.erp.edit("Company", "1", city="Bergen")
    office.clock.advance(60)
    office.sync()
    office.crm.edit("Company", "1", city="Oslo")
    office.configure(PROJECT)
    office.sync()
    office.sync()
    assert office.erp.values("Company", "city") == ["Oslo"], "the CRM has the higher priority"
    befores = {e.before for e in office.run(_history(office)) if (e.kind, e.property) == ("updated", "city")}
    assert befores == {"Bergen"}


async def _excluded(office: Office) -> set[Raw]:
    """Names of the companies of the ERP that the filter leaves out."""
    async with office.store.transaction(dry=True) as tx:
        return {row.raw[0] for row in await tx.scan_seen("erp.Company", "", 100) if row.excluded}


async def _keep_aside(office: Office, city: str) -> None:
    """As when it can not be told whether a value is our own write."""
    async with office.store.transaction() as tx:
        clusters = await tx.clusters([golden.id for golden in await tx.scan_golden("company", "", 100)])
        for link in (link for cluster in clusters for link in cluster.links if link.mapping == "erp.Company"):
            names = [row.name for row in office.hub.model.mappings[link.mapping].properties]
            column = names.index("city")
            sent = Sent(link.raw[column], link.base[column])
            link.suspects[column] = Suspect(
                raw=city, time_us=0, base=link.base[column], sent=sent, on=link.raw[column]
            )
        await tx.save_clusters(clusters)


async def _history(office: Office) -> list[Event]:
    async with office.store.transaction(dry=True) as tx:
        return await tx.history(limit=1000)


async def _census(office: Office) -> dict[str, dict[str, int]]:
    async with office.store.transaction(dry=True) as tx:
        return await tx.census()
