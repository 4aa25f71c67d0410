"""Run after run (C4): what is told, and when it ends."""

import asyncio
from contextlib import suppress

from accord.runtime.runs.watch import watch
from tests.unit.runtime.office import Office


def test_only_news_is_told_and_edits_are_taken():
    office = Office()
    office.crm.add("Company", name="Acme", city="Oslo")
    told = []

    async def live():
        watching = asyncio.ensure_future(watch(office.hub, told.append, every_s=1, confirmed=True))
        for city in ("Bergen", "Narvik"):
            for _ in range(2000):
                await asyncio.sleep(0)
            office.crm.edit("Company", "1", city=city)
        for _ in range(2000):
            await asyncio.sleep(0)
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching

    original, office.clock.sleep = office.clock.sleep, yielding(office)
    asyncio.run(live())
    office.clock.sleep = original
    sent = [run.summary()["sent"] for run in told]
    assert sent == [{"create erp.Company": 1}, {"update erp.Company": 1}, {"update erp.Company": 1}]


def yielding(office):
    async def sleep(seconds):
        office.clock.advance(seconds)
        for _ in range(5):
            await asyncio.sleep(0)

    return sleep


def test_k1_a_configuration_that_waits_ends_it():
    office = Office()
    office.crm.add("Company", name="Acme")
    told = []
    assert office.run(watch(office.hub, told.append, every_s=1)).ended == "waits"
    assert told == []


def test_c4_runs_that_come_to_nothing_leave_one_line():
    office = Office()
    office.crm.add("Company", name="Acme")
    turns = []

    async def sleep(seconds):
        office.clock.advance(seconds)
        turns.append(seconds)
        if len(turns) == 6:
            office.crm.edit("Company", "1", city="Oslo")
        if len(turns) == 9:
            raise asyncio.CancelledError

    office.clock.sleep = sleep

    async def live():
        with suppress(asyncio.CancelledError):
            await watch(office.hub, lambda _: None, every_s=1, confirmed=True)
        async with office.store.transaction(dry=True) as tx:
            return [run["summary"]["sent"] for run in await tx.runs(100)]

    lines = office.run(live())
    assert [sent for sent in lines if sent] == [{"update erp.Company": 1}, {"create erp.Company": 1}]
    assert len(lines) <= 4
