"""A feed whose cursor has expired tells no deletes of meanwhile: all is read, and then all ids are swept (S8, S10)."""

from collections.abc import AsyncIterator

from accord.ports.connector import Page
from tests.unit.runtime.office import Office


def test_s8_s10_after_an_expired_cursor_all_ids_are_swept() -> None:
    office = Office()
    office.crm.add("Company", name="Firm")
    office.sync()
    office.clock.advance(100)
    asked = expire_once(office)
    for _ in range(3):
        office.sync()
        office.clock.advance(100)
    assert asked == ["expired", "sweep", "feed"]


def expire_once(office: Office) -> list[str]:
    """The next read of the CRM's companies finds its cursor expired: all is listed that is there. How they are read
    from now on."""
    connector, asked = office.crm.connector, list[str]()
    read = connector.read

    async def expired(mapping: str, cursor: str, *, full: bool) -> AsyncIterator[Page]:
        if mapping == "crm.Company":
            asked.append("sweep" if full else "feed" if asked else "expired")
            cursor = "" if asked == ["expired"] else cursor
        async for page in read(mapping, cursor, full=full):
            yield page

    connector.read = expired  # type: ignore[method-assign]
    return asked
