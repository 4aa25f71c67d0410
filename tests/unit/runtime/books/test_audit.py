"""The drift audit: records read again by id, in turn, and what differs (G8)."""

import pytest

from accord.core.errors import RetryLater
from accord.runtime.books.audit import MOST_PER_RUN, audit
from accord.runtime.books.status import status
from tests.unit.runtime.office import PROJECT, Office


def in_sync(companies=3, text=PROJECT):
    office = Office(text)
    for number in range(companies):
        office.crm.add("Company", name=f"Acme {number}", city="Oslo")
    office.sync()
    return office


def audited(office, **options):
    return office.run(audit(office.hub, **options))


def fetches(office):
    """Ids that were fetched from the ERP."""
    asked = []
    fetch = office.erp.connector.fetch

    async def noted(mapping, ids):
        asked.extend(ids)
        return await fetch(mapping, ids)

    office.erp.connector.fetch = noted
    return asked


def test_g8_what_is_as_it_was_seen_is_equal():
    office = in_sync()
    told = audited(office, sample=None)
    assert (told.checked, told.equal, told.differing, told.errors) == (6, 6, [], {})
    assert (told.links, told.proven) == (6, 6)


def test_g8_an_edit_that_was_not_read_yet_is_news_and_no_drift():
    office = in_sync()
    office.clock.advance(60)
    office.erp.edit("Company", "2", city="Bergen")
    told = audited(office, sample=None)
    assert [(each.record, each.properties) for each in told.edited] == [("erp.Company/2", ["city"])]
    assert told.differing == []
    office.sync()
    assert office.crm.values("Company", "city") == ["Bergen", "Oslo", "Oslo"]


def test_g8_a_run_reads_what_people_edited_before_it_audits():
    office = in_sync()
    office.clock.advance(24 * 3600)
    office.erp.edit("Company", "2", city="Bergen")
    office.erp.delete("Company", "1")
    office.erp.drift("Company", "3", city="Rome")
    run = office.sync()
    assert [each.record for each in run.audited.differing] == ["erp.Company/3"]
    assert run.audited.edited == []
    assert run.summary()["sent"] == {"update crm.Company": 2}


def test_g8_a_version_that_went_back_is_drift():
    office = in_sync()
    office.clock.advance(60)
    before = office.erp.model.snapshot()
    office.erp.edit("Company", "2", city="Bergen")
    office.sync()
    office.clock.advance(60)
    office.erp.model.restore(before)
    told = audited(office, sample=None)
    assert ([each.record for each in told.differing], told.edited) == (["erp.Company/2"], [])


@pytest.mark.parametrize("modified", [None, {"property": "changed", "resolution": "us"}])
def test_g8_where_there_are_no_versions_the_modification_time_tells(modified):
    office = Office(version=None, conditional=None, changes=None, tombstones=None, modified=modified)
    office.crm.add("Company", name="Acme", city="Oslo")
    office.sync()
    office.clock.advance(60)
    office.erp.edit("Company", "1", city="Bergen")
    told = audited(office, sample=None)
    assert [len(told.edited), len(told.differing)] == ([0, 1] if modified is None else [1, 0])


def test_g8_what_differs_is_named_and_taken_in_like_any_other_observation():
    office = in_sync()
    office.clock.advance(60)
    office.erp.drift("Company", "2", city="Bergen")
    told = audited(office, sample=None)
    assert [(each.record, each.properties) for each in told.differing] == [("erp.Company/2", ["city"])]
    office.sync()
    assert office.crm.values("Company", "city") == ["Bergen", "Oslo", "Oslo"]
    assert audited(office, sample=None).differing == []


def test_g8_a_record_that_is_not_found_is_only_nominated():
    office = in_sync()
    office.clock.advance(60)
    office.erp.delete("Company", "2")
    told = audited(office, sample=None)
    assert [each.record for each in told.differing] == ["erp.Company/2"]
    assert office.run(status(office.hub)).books.adds_up


def test_g8_an_audit_proves_links_equal_that_nothing_else_read():
    office = in_sync()
    office.clock.advance(25 * 3600)
    assert office.run(status(office.hub)).books.proven == 0
    told = audited(office, sample=4)
    assert (told.checked, told.proven) == (4, 4)
    told = audited(office, sample=2)
    assert told.proven == 6  # the others had their turn


def test_g8_samples_go_on_where_the_last_one_ended():
    office = in_sync(5)
    asked = fetches(office)
    for _ in range(5):
        audited(office, sample=2)
    assert sorted(asked) == ["1", "2", "3", "4", "5"]


def test_g8_every_run_audits_what_is_due_of_the_day_and_no_more():
    office = in_sync(5, PROJECT.replace("systems:", "guards: {audit_per_day: 24}\nsystems:"))
    asked = fetches(office)
    assert office.sync().audited is None
    office.clock.advance(2 * 3600)
    run = office.sync()
    assert (run.audited.checked, len(asked)) == (2, 1)
    assert office.sync().audited is None
    office.clock.advance(3600 * 24 * 365)
    assert office.sync().audited.checked <= MOST_PER_RUN


def test_g8_no_audit_where_none_is_wanted():
    office = in_sync(1, PROJECT.replace("systems:", "guards: {audit_per_day: 0}\nsystems:"))
    office.clock.advance(2 * 3600)
    assert office.sync().audited is None


def test_g8_a_system_that_is_down_is_told_and_the_others_are_audited():
    office = in_sync()

    async def no(_mapping, _ids):
        raise RetryLater("nothing answers", after_s=1.0)

    office.erp.connector.fetch = no
    told = audited(office, sample=None)
    assert (told.checked, told.errors) == (3, {"erp.Company": "nothing answers"})


def test_c4_runs_count_all_records_once_a_day(monkeypatch):
    office = in_sync(5, PROJECT.replace("systems:", "guards: {audit_per_day: 2400}\nsystems:"))
    counted = []
    plain = type(office.hub.store).transaction

    def watched(store, **options):
        return _Watched(plain(store, **options), counted)

    monkeypatch.setattr(type(office.hub.store), "transaction", watched)
    for _ in range(20):
        office.clock.advance(3600)
        assert office.sync().audited.checked
    assert len(counted) == 1
    office.clock.advance(5 * 3600)
    office.sync()
    assert len(counted) == 2


class _Watched:
    """A transaction that notes when all records are counted."""

    def __init__(self, inner, counted):
        self.inner, self.counted = inner, counted

    async def __aenter__(self):
        tx = await self.inner.__aenter__()
        plain = tx.census

        async def census():
            self.counted.append(1)
            return await plain()

        tx.census = census
        return tx

    async def __aexit__(self, *told):
        return await self.inner.__aexit__(*told)
