"""A feed whose cursor has expired tells no deletes of meanwhile: all is read, and ids are swept (S8, S10)."""

from collections.abc import AsyncIterator

from accord.core.state import Seen
from accord.ports.connector import Page
from tests.unit.runtime.office import Office


def test_s8_s10_after_an_expired_cursor_ids_are_swept_and_a_delete_is_found() -> None:
    office = Office()
    ids = [office.crm.add("Company", name=f"Firm {number}") for number in range(3)]
    office.sync()
    office.clock.advance(100)
    expire_once(office)
    office.crm.delete("Company", ids[0])
    office.clock.advance(100)
    office.sync()  # the reading in which the cursor has expired
    office.clock.advance(100)
    office.sync()
    office.clock.advance(100)
    office.sync()
    (gone,) = [row for row in rows(office) if row.gone]
    assert gone.id == ids[0]


def expire_once(office: Office) -> None:
    """The next read of the CRM's companies finds its cursor expired: all is listed that is there."""
    connector, left = office.crm.connector, ["crm.Company"]
    read = connector.read

    async def expired(mapping: str, cursor: str, *, full: bool) -> AsyncIterator[Page]:
        if cursor and mapping in left:
            left.remove(mapping)
            cursor = ""
        async for page in read(mapping, cursor, full=full):
            if not cursor:
                page.observations = [each for each in page.observations if not each.gone]
            yield page

    connector.read = expired  # type: ignore[method-assign]


def rows(office: Office) -> list[Seen]:
    async def read() -> list[Seen]:
        async with office.store.transaction(dry=True) as tx:
            return await tx.scan_seen("crm.Company", "", 100)

    return office.run(read())
