"""Backup and restore of a project's store (S11, P1)."""

import asyncio
from pathlib import Path

import pytest

from accord.core.errors import StopFlow
from accord.project import Project
from accord.runtime.people.erase import erase
from accord.store import SqliteStore
from accord.wiring import open_hub, restore_store
from tests.unit.runtime.office import Office

SECRET = "Zebedee-Quux"


class Filed(Office):
    """An office whose store is a file; `backup` and `restore` are as the commands do them."""

    def __init__(self, folder: Path) -> None:
        self.place = folder / "state.db"
        super().__init__(store=SqliteStore(self.place, inline=True))

    def backup(self, name: str = "backup.db") -> Path:
        file = self.place.with_name(name)
        self.run(self.store.copy_to(str(file)))
        return file

    def restore(self, file: Path, **options):
        self.run(self.store.close())
        try:
            return asyncio.run(restore_store(self._stored_project(), file, **options))
        finally:
            self.reopen()

    def reopen(self) -> None:
        self.store = SqliteStore(self.place, inline=True)
        self.hub.store = self.store

    def _stored_project(self) -> Project:
        fields = {name: getattr(self.project, name) for name in Project.__dataclass_fields__}
        return Project(**{**fields, "store": self.place})


def settled(folder) -> Filed:
    office = Filed(folder)
    office.crm.add("Company", name="Acme", city="Oslo")
    office.sync()
    return office


def state(office):
    return [sorted(map(str, s.records(t))) for s in (office.crm, office.erp) for t in ("Company", "Person")]


def test_s11_what_was_made_since_is_linked_again_and_nothing_is_made_twice_or_deleted(tmp_path):
    office = settled(tmp_path)
    file = office.backup()
    office.crm.add("Company", name="Zeta", city="Bergen")
    office.erp.add("Company", name="Delta", city="Narvik")
    office.crm.edit("Company", "1", city="Molde")
    office.sync()
    before = state(office)
    office.restore(file, over=True)
    office.clock.advance(60)
    office.sync()
    assert state(office) == before
    assert office.sync().idle


def test_s11_what_the_backup_remembers_deletes_nothing_in_the_first_cycle(tmp_path):
    """A golden record that was dying when the backup was made: its other record was wanted back meanwhile."""
    text_office = Filed(tmp_path)
    text_office.configure(
        "version: 1\nname: office\nsystems:\n  crm: {connector: crm.yaml, priority: 2}\n  erp: {connector: erp.yaml,"
        " priority: 1}\npairs:\n  - from: crm.Company\n    to: erp.Company\n    delete: propagate\n    create:"
        " {forward: always, backward: always}\n    match: [[[name, name]]]\n    rows:\n      - [name, name]\n"
        "      - [city, city]\n"
    )
    office = text_office
    office.crm.add("Company", name="Acme", city="Oslo")
    office.sync()
    file = office.backup()
    office.crm.delete("Company", "1")
    office.restore(file, over=True)
    first = office.sync().cycles[0]
    assert not first.shared.sent
    assert office.erp.values("Company", "name") == []  # a later cycle has read it and decides


def test_s11_restore_refuses_to_go_over_a_newer_store_unless_told(tmp_path):
    office = settled(tmp_path)
    file = office.backup()
    office.crm.edit("Company", "1", city="Molde")
    office.sync()
    with pytest.raises(StopFlow, match=r"newer than the backup.*run 2.*run 1"):
        office.restore(file)
    assert office.sync().idle
    assert office.restore(file, over=True).facts.run == 1


def test_s11_a_plan_of_a_restore_over_a_newer_store_tells_what_it_would_take(tmp_path):
    office = settled(tmp_path)
    file = office.backup()
    office.crm.edit("Company", "1", city="Molde")
    office.sync()
    told = office.restore(file, plan=True)
    assert (told.facts.run, told.replaced.run) == (1, 2)
    assert "newer than the backup" in told.newer
    assert office.restore(file, plan=True, over=True).newer == ""


def test_s11_a_plan_of_a_restore_changes_nothing(tmp_path):
    office = settled(tmp_path)
    told = office.restore(office.backup(), plan=True)
    assert (told.facts.records, told.replaced.records) == (2, 2)
    assert office.sync().idle
    assert sorted(path.name for path in tmp_path.glob("*restoring*")) == []


def test_p1_restore_erases_again_what_was_erased_since(tmp_path):
    office = settled(tmp_path)
    office.crm.add("Person", name=SECRET, email="z@q.no")
    office.sync()
    file = office.backup()
    office.run(erase(office.hub, "crm.Person/1"))
    assert SECRET.encode() in file.read_bytes()
    assert office.restore(file, over=True).erased == 2
    assert SECRET.encode() not in b"".join(p.read_bytes() for p in tmp_path.glob("state.db*"))
    office.sync()
    assert SECRET.encode() not in b"".join(p.read_bytes() for p in tmp_path.glob("state.db*"))


def test_p1_the_list_of_erasures_survives_the_loss_of_the_store(tmp_path):
    office = settled(tmp_path)
    office.crm.add("Person", name=SECRET, email="z@q.no")
    office.sync()
    file = office.backup()
    office.run(erase(office.hub, "crm.Person/1"))

    async def touch():  # a command that opens the store for writing keeps the list beside it
        async with open_hub(office._stored_project(), offline=True):
            pass

    office.run(office.store.close())
    asyncio.run(touch())
    office.place.write_bytes(b"damaged" * 1000)
    office.store = SqliteStore(":memory:", inline=True)
    assert office.restore(file).erased == 2


def test_s11_a_file_that_is_no_backup_or_of_another_project_is_refused(tmp_path):
    office = settled(tmp_path)
    for content, says in ((None, "it can not be copied"), (b"x" * 5000, "no SQLite database")):
        file = tmp_path / "other.db"
        if content is not None:
            file.write_bytes(content)
        with pytest.raises(StopFlow, match=says):
            office.restore(file)
    assert office.sync().idle
    assert list(tmp_path.glob("*restoring*")) == []

    async def rename():
        async with office.store.transaction() as tx:
            await tx.save_meta("project", "bakery")

    office.run(rename())
    file = office.backup()
    with pytest.raises(StopFlow, match="of the project bakery, and this one is office"):
        office.restore(file)


def test_s11_a_backup_is_not_written_over_a_file(tmp_path):
    office = settled(tmp_path)
    office.backup()
    with pytest.raises(StopFlow, match="there is a file already"):
        office.backup()


@pytest.mark.parametrize("content", [b"", None], ids=["empty", "damaged in the middle"])
def test_s11_a_backup_that_is_not_whole_never_replaces_the_store(tmp_path, content):
    office = settled(tmp_path)
    file = office.backup()
    whole = file.read_bytes()
    file.write_bytes(whole[:40_000] + b"\xff" * 8_000 + whole[48_000:] if content is None else content)
    for over in (False, True):
        with pytest.raises(StopFlow, match="the file is damaged") as refused:
            office.restore(file, over=over)
        assert str(file) in refused.value.message
        assert refused.value.remedy == "Name a file that accord backup made."
    office.sync()
    assert not list(tmp_path.glob("*-restoring*"))
