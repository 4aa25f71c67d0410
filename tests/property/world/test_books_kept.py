"""What goes for good, what comes back, and what is looked at again (P1, S11, K4, G8), whatever happened before."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import Phase, given, settings, strategies as st

from accord.core.errors import AccordError
from accord.project import Project
from accord.runtime.books.audit import audit
from accord.runtime.books.dead_letters import dead_letters, retry
from accord.runtime.books.explain import explain
from accord.runtime.books.status import status
from accord.runtime.people.erase import erase
from accord.runtime.people.forget import forget
from accord.runtime.people.pause import pause, resume
from accord.runtime.people.review import answer, reviews
from accord.runtime.steps.restored_hub import restore_of
from accord.store import SqliteStore
from accord.wiring import restore_store
from tests.unit.runtime.office import PROJECT, Office

MARK = "Zebedee-Quux"
QUICK = settings(deadline=None, phases=(Phase.explicit, Phase.generate))
"""An example plays a whole office: a failing one is told as it is, for making it smaller takes minutes."""
PROPAGATE = PROJECT.replace("    to: erp.Person\n", "    to: erp.Person\n    delete: propagate\n")
BY_OUR_ID = {"our_id": {"property": "ours", "unique": False}}
UNMATCHED = PROJECT.replace("    match: [[[email, email]]]\n", "")
PERSONS_ONLY = PROJECT[: PROJECT.index("  - from: crm.Company")] + PROJECT[
    PROJECT.index("  - from: crm.Person") :
].replace("      - [company, company]\n", "")
ACTS = st.lists(
    st.sampled_from(
        [
            "sync",
            "crm edits",
            "erp edits",
            "both edit",
            "erp refuses",
            "erp takes",
            "crm mails",
            "twin",
            "read",
        ]
    ),
    max_size=7,
)


class Filed(Office):
    """An office whose store is a file in a folder of its own."""

    def __init__(self, folder: str, text: str = PROJECT, **erp: Any) -> None:
        self.place, self.backup = Path(folder) / "store" / "state.db", Path(folder) / "backup.db"
        self.place.parent.mkdir()
        super().__init__(text, SqliteStore(self.place, inline=True, synchronous="normal"), **erp)
        self.count = 0

    def said(self) -> str:
        """A value that nothing else has."""
        self.count += 1
        return f"{MARK}-{self.count}"

    def act(self, what: str) -> None:
        """Something that becomes of the first person."""
        self.clock.advance(2)
        if what == "sync":
            self.sync()
        elif what.endswith(("edits", "edit")):
            for name in ("crm", "erp") if what == "both edit" else (what.partition(" ")[0],):
                system = getattr(self, name)
                if any(str(row["id"]) == "1" for row in system.records("Person")):
                    system.edit("Person", "1", name=self.said())
        elif what == "crm mails":
            self.crm.edit("Person", "1", email=f"{self.said()}@x.no")
        elif what == "erp refuses":
            self.erp.model.quirks["Person"].ignores = ("name",)
        elif what == "erp takes":
            self.erp.model.quirks["Person"].ignores = ()
        elif what == "twin":
            mail = next(row["email"] for row in self.crm.records("Person") if str(row["id"]) == "1")
            self.crm.add("Person", name="Twin", email=mail)
        elif what == "read":
            self.plan()

    def holds(self, text: str) -> bool:
        """Some file of the store holds a text, in whatever case."""
        files = self.place.parent.iterdir()
        return any(text.lower().encode() in path.read_bytes().lower() for path in files)

    def back_up(self) -> None:
        self.run(self.store.copy_to(str(self.backup)))

    def restore(self) -> None:
        """The backup takes the place of the store."""
        self.close()
        asyncio.run(restore_store(_project(self), self.backup, over=True))
        self.store = self.hub.store = SqliteStore(self.place, inline=True, synchronous="normal")

    def close(self) -> None:
        self.run(self.store.close())


def begun(folder: str, text: str = PROJECT) -> Filed:
    office = Filed(folder, text)
    acme = office.crm.add("Company", name="Acme")
    office.crm.add("Person", name=office.said(), email=f"{office.said()}@x.no", company=int(acme))
    office.sync()  # so that records of one person have one id everywhere
    office.crm.add("Person", name="Bo", email="bo@x.no", company=int(acme))
    office.sync()
    return office


@given(ACTS)
@settings(QUICK, max_examples=8)
def test_p1_an_erased_golden_record_leaves_no_value_anywhere_and_is_not_read_in_again(acts):
    """Edits, conflicts, refused writes, changed keys, reviews: no byte of it is left, also after it was read anew."""
    with TemporaryDirectory() as folder:
        office = begun(folder)
        for what in acts:
            office.act(what)
        for row in office.crm.records("Person"):
            if row["name"] == "Twin":
                office.crm.delete("Person", str(row["id"]))  # who shares a value holds it still
        office.sync()
        office.clock.advance(60)
        office.sync()
        twins = [r for r in ("crm.Person/3", "crm.Person/4", "crm.Person/5") if _is_seen(office, r)]
        for record in ["crm.Person/1", *twins]:
            assert office.run(erase(office.hub, record)).done
        assert not office.holds(MARK)
        office.act("crm edits")
        office.act("both edit")
        office.clock.advance(90_000)
        office.sync()
        assert not office.holds(MARK)
        assert office.run(status(office.hub)).adds_up
        assert not office.sync().alarms
        office.close()


def _is_seen(office, record):
    try:
        office.run(explain(office.hub, record))
    except AccordError:
        return False
    return True


@given(ACTS)
@settings(QUICK, max_examples=6)
def test_p1_erased_everywhere_is_deleted_first_and_then_leaves_no_value(acts):
    with TemporaryDirectory() as folder:
        office = begun(folder)
        for what in acts:
            if what != "twin":
                office.act(what)
        office.act("erp takes")
        office.sync()
        office.clock.advance(60)
        office.sync()
        told = office.run(erase(office.hub, "crm.Person/1", everywhere=True))
        _minutes(office, 3)
        names = [row["name"] for s in (office.crm, office.erp) for row in s.records("Person")]
        if told.done:
            assert names == ["Bo", "Bo"]
        assert "Bo" in names
        assert office.run(status(office.hub)).adds_up
        assert office.holds(MARK) is any(MARK in name for name in names)
        office.close()


def test_p1_erased_everywhere_waits_for_the_last_system_to_delete():
    """One system is down: what it holds is still to be deleted, so its link is not forgotten."""
    with TemporaryDirectory() as folder:
        office = begun(folder)
        office.erp.down = True
        assert not office.run(erase(office.hub, "crm.Person/1", everywhere=True)).done
        assert office.holds(MARK)
        office.erp.down = False
        office.sync()
        assert [row["name"] for s in (office.crm, office.erp) for row in s.records("Person")] == ["Bo", "Bo"]
        assert not office.holds(MARK)
        office.close()


@contextmanager
def backed_up(*names: str, text: str = UNMATCHED, **erp: Any) -> Iterator[Filed]:
    """An office that knows some persons, a minute after its backup; it is closed in the end."""
    with TemporaryDirectory() as folder:
        office = Filed(folder, text, **erp)
        for name in names:
            office.crm.add("Person", name=name, email=f"{name}@x.no")
        office.sync()
        office.back_up()
        office.clock.advance(60)
        yield office
        office.close()


def test_p1_a_restored_hub_erases_again_what_was_erased_since():
    with TemporaryDirectory() as folder:
        office = begun(folder)
        office.back_up()
        office.run(erase(office.hub, "crm.Person/1"))
        office.restore()
        assert not office.holds(MARK)
        office.sync()
        assert not office.holds(MARK)
        office.close()


def test_s11_no_delete_is_sent_in_the_first_cycle_after_a_restore():
    """A person deleted a record before the backup, and the other system was down; now all is as the feeds tell."""
    with TemporaryDirectory() as folder:
        office = begun(folder, PROPAGATE)
        office.crm.delete("Person", "2")
        office.erp.down = True
        office.sync()
        office.back_up()
        office.erp.down = False
        office.restore()
        first, *later = office.sync().cycles
        assert not any(kind == "delete" for _, kind in first.shared.sent)
        assert any(kind == "delete" for cycle in later for _, kind in cycle.shared.sent)
        office.close()


@pytest.mark.parametrize("edited", [False, True])
def test_s11_w3_what_a_create_made_after_the_backup_is_found_again_by_its_key(edited):
    """No match rule joins them, and if somebody edited it since, only the key of the create tells that it is ours."""
    with TemporaryDirectory() as folder:
        office = Filed(folder, UNMATCHED)
        office.crm.add("Person", name="Ada", email="a@x.no")
        office.sync()
        office.erp.down = True
        office.crm.add("Person", name="Bo", email="b@x.no")
        office.sync()
        office.back_up()
        office.erp.down = False
        office.clock.advance(60)
        office.sync()
        if edited:
            office.erp.edit("Person", "2", name="Bob", email="bob@x.no")
        office.restore()
        _ends_with(office, "Ada", "Bob" if edited else "Bo")


def _ends_with(office: Office, *names: str) -> None:
    """A few minutes later both systems hold these persons, once each, and nobody is asked."""
    _minutes(office, 3)
    assert office.crm.values("Person", "name") == office.erp.values("Person", "name") == [*names]
    assert not office.run(reviews(office.hub))
    office.close()


def _minutes(office: Office, count: int) -> None:
    for _ in range(count):
        office.clock.advance(60)
        office.sync()


@given(st.booleans(), st.booleans(), st.booleans())
@settings(QUICK, max_examples=8)
def test_s11_w13_records_that_a_restored_hub_may_have_made_itself_are_created_nowhere(edited, tells, alone):
    """Created elsewhere after the backup, and no match rule joins them: our id tells, all values do, or a person."""
    with backed_up("Ada", **(BY_OUR_ID if tells else {})) as office:
        office.crm.add("Person", name="Bo", email="b@x.no")
        if not alone:
            office.sync()
        if edited and not alone:
            office.erp.edit("Person", "2", name="Bob")
        office.restore()
        _minutes(office, 3)
        open_now = office.run(reviews(office.hub))
        assert [len(s.records("Person")) for s in (office.crm, office.erp)] == [2, 2]
        assert office.run(status(office.hub)).adds_up
        if alone or tells or not edited:
            assert not open_now
        else:
            (asked,) = open_now
            office.run(answer(office.hub, asked.id, "link"))
            _minutes(office, 3)
            assert not office.run(reviews(office.hub))
        office.crm.edit("Person", "2", name="Bodil")
        office.clock.advance(60)
        office.sync()
        assert office.erp.values("Person", "name") == ["Ada", "Bodil"]


def test_s11_w3_our_id_tells_once_the_other_system_is_read_as_well():
    """Until then what a restored hub had made is no thing of its own, or nothing would tell the two to be one."""
    with backed_up(**BY_OUR_ID) as office:
        office.crm.add("Person", name="Bo", email="b@x.no")
        office.sync()
        office.erp.edit("Person", "1", name="Bob")
        office.restore()
        office.crm.down = True
        _minutes(office, 2)
        office.crm.down = False
        _minutes(office, 3)
        assert [len(s.records("Person")) for s in (office.crm, office.erp)] == [1, 1]
        assert not office.run(reviews(office.hub))


def test_s11_w3_what_refers_to_what_was_lost_too_is_told_when_that_is():
    """Neither match rules nor an id of ours: companies are told by their values, and then who refers to them."""
    with backed_up(text=UNMATCHED.replace("    match: [[[name, name]]]\n", "")) as office:
        parent = office.crm.add("Company", name="Acme")
        office.crm.add("Person", name="Bo", email="b@x.no", company=int(parent))
        office.crm.add("Person", name="Cy", email="c@x.no")
        office.sync()
        office.restore()
        _minutes(office, 3)
        counts = [len(s.records(of)) for s in (office.crm, office.erp) for of in ("Company", "Person")]
        assert counts == [1, 2, 1, 2]
        assert not office.run(reviews(office.hub))


def test_s11_c4_when_all_is_told_a_restored_hub_is_as_any_other():
    """What was made since is looked for until then, and not once more."""
    with TemporaryDirectory() as folder:
        office = begun(folder)
        assert not office.run(_restore(office))
        office.back_up()
        office.restore()
        restore = office.run(_restore(office))
        assert restore.fresh == restore.untold == {"company", "person"}
        _minutes(office, 2)
        assert not office.run(_restore(office))
        office.close()


async def _restore(office):
    async with office.store.transaction(dry=True) as tx:
        return await restore_of(office.hub, tx)


def test_s11_w13_newcomers_of_a_restored_hub_that_a_person_refused_are_created():
    with backed_up("Ada") as office:
        office.crm.add("Person", name="Bo", email="b@x.no")
        office.erp.add("Person", name="Cy", email="c@x.no")
        office.restore()
        _minutes(office, 2)
        (asked,) = office.run(reviews(office.hub))
        office.run(answer(office.hub, asked.id, "refuse"))
        _minutes(office, 4)
        assert (
            office.crm.values("Person", "name") == office.erp.values("Person", "name") == ["Ada", "Bo", "Cy"]
        )
        assert not office.run(reviews(office.hub))


BETWEEN = st.lists(
    st.sampled_from(["sync", "add crm", "add erp", "edit crm", "edit erp", "delete crm", "refuse"]),
    min_size=1,
    max_size=6,
)


@given(BETWEEN, st.booleans())
@settings(QUICK, max_examples=12)
def test_s11_a_restored_hub_deletes_nothing_at_first_creates_nothing_twice_and_ends_as_if_never_restored(
    acts, running
):
    """What happened between backup and restore is seen again in the systems."""
    with TemporaryDirectory() as one, TemporaryDirectory() as other:
        never, restored = begun(one, PROPAGATE), begun(other, PROPAGATE)
        if running:
            for office in (never, restored):
                office.crm.edit("Person", "2", name="Bob")
        restored.back_up()
        for number, what in enumerate(acts):
            for office in (never, restored):
                _between(office, what, number)
        for office in (never, restored):
            office.sync()
        before = _persons(restored)
        restored.restore()
        first = restored.sync()
        sent = {kind for cycle in first.cycles[:1] for _, kind in cycle.shared.sent}
        assert "delete" not in sent
        for office in (never, restored):
            _minutes(office, 3)
        assert _persons(restored) == _persons(never)
        assert [len(each) for each in _persons(restored)] == [len(each) for each in before]
        never.close()
        restored.close()


def _between(office, what, number):
    office.clock.advance(2)
    act, _, name = what.partition(" ")
    if act == "sync":
        office.sync()
    elif act == "refuse":
        office.erp.model.quirks["Person"].errors = 0.0
    elif act == "add":
        getattr(office, name).add("Person", name=f"{name} {number}", email=f"{name}{number}@x.no")
    elif act == "edit" and any(str(row["id"]) == "2" for row in getattr(office, name).records("Person")):
        getattr(office, name).edit("Person", "2", name=f"{name} {number}")
    elif any(str(row["id"]) == "1" for row in office.crm.records("Person")):
        office.crm.delete("Person", "1")


def _persons(office):
    return [
        sorted((str(r["name"]), str(r["email"])) for r in s.records("Person"))
        for s in (office.crm, office.erp)
    ]


def _project(office):
    fields = {name: getattr(office.project, name) for name in Project.__dataclass_fields__}
    return Project(**{**fields, "store": office.place})


@given(ACTS)
@settings(QUICK, max_examples=8)
def test_k4_what_was_forgotten_leaves_nothing_behind_and_is_new_when_it_returns(acts):
    office = Office()
    office.crm.add("Company", name="Acme", city="Oslo")
    office.crm.add("Company", name="Zeta", city="Oslo")
    office.crm.add("Person", name="Ada", email="a@x.no")
    office.sync()
    if "erp refuses" in acts:
        office.erp.model.quirks["Company"].ignores = ("city",)
    if "crm edits" in acts:
        office.crm.edit("Company", "1", city="Molde")
    if "twin" in acts:
        office.erp.delete("Company", str(office.erp.records("Company")[0]["id"]))
    office.sync()
    office.configure(PERSONS_ONLY)
    office.sync()
    office.run(forget(office.hub, "company"))
    told = office.run(status(office.hub))
    assert (told.books.rests, told.dead_letters) == ({}, [])
    office.erp.model.quirks["Company"].ignores = ()
    office.clock.advance(7200)
    office.configure(PROJECT)
    office.sync()
    assert office.erp.values("Company", "name") == ["Acme", "Zeta"]
    assert office.erp.values("Company", "city") == office.crm.values("Company", "city")


@given(
    st.lists(
        st.tuples(st.sampled_from(["crm", "erp"]), st.integers(0, 2), st.sampled_from("abc")), max_size=5
    ),
    st.booleans(),
)
@settings(QUICK, max_examples=12)
def test_g8_an_audit_names_just_what_differs_and_the_next_run_carries_it_on(edits, silent):
    """Beside the listings, and each difference once: as an edit, or as drift where nothing tells that it changed."""
    office = Office()
    for name in ("Ada", "Bo", "Cy"):
        office.crm.add("Person", name=name, email=f"{name}@x.no")
    office.sync()
    office.clock.advance(60)
    shown = {("crm", row["id"]): row["name"] for row in office.crm.records("Person")}
    shown |= {("erp", row["id"]): row["name"] for row in office.erp.records("Person")}
    now = dict(shown)
    for name, which, value in edits:
        row = getattr(office, name).records("Person")[which]
        system = getattr(office, name)
        (system.drift if silent else system.edit)("Person", str(row["id"]), name=value)
        now[name, row["id"]] = value
        office.clock.advance(1)
    told = office.run(audit(office.hub, sample=None))
    changed = {f"{name}.Person/{id_}" for (name, id_), value in now.items() if value != shown[name, id_]}
    found, none = (told.differing, told.edited) if silent else (told.edited, told.differing)
    assert ({each.record for each in found}, none) == (changed, [])
    assert all(each.properties == ["name"] for each in found)
    assert (told.checked, told.equal) == (6, 6 - len(changed))
    again = office.run(audit(office.hub, sample=None))
    assert (again.differing, again.edited) == ([], [])
    office.sync()
    assert office.crm.values("Person", "name") == office.erp.values("Person", "name")


@given(st.integers(1, 7), st.integers(1, 4))
@settings(QUICK, max_examples=10)
def test_g8_every_link_has_its_turn_whatever_the_sample(records, sample):
    office = Office()
    for number in range(records):
        office.crm.add("Person", name=f"{number}", email=f"{number}@x.no")
    office.sync()
    office.clock.advance(25 * 3600)
    for _ in range(2 * records):
        told = office.run(audit(office.hub, sample=sample))
    assert (told.links, told.proven) == (2 * records, 2 * records)


@given(st.lists(st.sampled_from(["sync", "edit", "retry", "fix", "break"]), max_size=6))
@settings(QUICK, max_examples=12)
def test_w9_a_retried_write_is_sent_again_and_ends_as_the_system_decides(acts):
    """A refused write is held until something changes or a person says so, and never in silence."""
    office = Office()
    office.crm.add("Person", name="Ada", email="a@x.no")
    office.sync()
    quirks = office.erp.model.quirks["Person"]
    for number, what in enumerate(acts):
        office.clock.advance(1)
        if what == "sync":
            office.sync()
        elif what == "edit":
            office.crm.edit("Person", "1", name=f"Ada {number}")
        elif what == "retry":
            office.run(retry(office.hub))
        else:
            quirks.ignores = ("name",) if what == "break" else ()
    office.sync()

    async def letters():
        async with office.store.transaction(dry=True) as tx:
            return await dead_letters(office.hub, tx)

    here, there = office.crm.records("Person")[0]["name"], office.erp.records("Person")[0]["name"]
    assert bool(office.run(letters())) is (here != there)
    quirks.ignores = ()
    office.run(retry(office.hub))
    office.sync()
    assert office.crm.records("Person")[0]["name"] == office.erp.records("Person")[0]["name"]
    assert office.run(letters()) == []


def test_s11_what_was_paused_when_the_hub_was_restored_is_caught_up_with_when_it_is_read():
    """No match rule joins them: only the key of the create tells that they are one thing."""
    with TemporaryDirectory() as folder:
        office = Filed(folder, UNMATCHED)
        office.crm.add("Person", name="Ada", email="a@x.no")
        office.sync()
        office.crm.add("Person", name="Bo", email="b@x.no")
        office.run(pause(office.hub, "erp", reads=False))
        office.sync()
        office.back_up()
        office.run(resume(office.hub, "erp"))
        office.sync()
        office.restore()
        office.sync()
        office.run(resume(office.hub, "erp"))
        _ends_with(office, "Ada", "Bo")
