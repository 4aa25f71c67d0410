"""What a sync says that wrote nothing, and yet found something (G4)."""

import io

import pytest
from msgspec.structs import replace
from rich.console import Console

from accord.cli.context import Session
from accord.cli.show_sync import show_sync
from accord.runtime.found import Found
from accord.runtime.runs.sync import Synced
from tests.unit.cli.test_deciding_values import TEXT
from tests.unit.runtime.office import Office


def told(synced: Synced) -> str:
    """What a person reads of a run."""
    out = io.StringIO()
    show_sync(Session(commands=("review", "conflicts"), out=Console(file=out, width=200)), synced)
    return out.getvalue()


@pytest.fixture
def office() -> Office:
    """Acme stands in both systems, with the same city; it is for a person to say where it is."""
    office = Office(TEXT)
    for system in (office.crm, office.erp):
        system.add("Company", name="Acme", city="Oslo")
    office.sync()
    return office


def test_g4_a_sync_that_found_nothing_says_so(office: Office) -> None:
    assert told(office.sync()).endswith(": nothing to do.\n")


def test_g4_a_sync_that_only_found_a_conflict_names_it_once(office: Office) -> None:
    office.crm.edit("Company", "1", city="Rome")
    office.erp.edit("Company", "1", city="Bonn")
    said = told(office.sync())
    assert "2 changed records read, nothing to write.\n" in said
    assert "1 conflict for a person to decide (accord conflicts)\n" in said
    assert told(office.sync()).endswith(": nothing to do.\n")


def test_g4_a_conflict_that_is_open_is_not_told_anew_when_its_record_moves(office: Office) -> None:
    office.crm.edit("Company", "1", city="Rome")
    office.erp.edit("Company", "1", city="Bonn")
    assert office.sync().conflicts == 1
    office.hub = replace(office.hub, found=Found())  # another process goes on
    office.crm.edit("Company", "1", name="Acme Ltd")
    assert office.sync().conflicts == 0


def test_g4_a_delete_against_an_edit_is_named_once_by_the_run_that_found_it() -> None:
    office = Office(TEXT.replace("    match:", "    delete: propagate\n    match:"))
    here = office.crm.add("Company", name="Acme", city="Oslo")
    office.sync()
    office.crm.delete("Company", here)
    office.erp.edit("Company", "1", city="Bonn")
    assert "1 conflict for a person to decide (accord conflicts)\n" in told(office.sync())
    assert told(office.sync()).endswith(": nothing to do.\n")


def test_g4_a_sync_that_only_found_a_review_names_it_once(office: Office) -> None:
    for _ in range(2):
        office.crm.add("Company", name="Bit", city="Oslo")
    synced = office.sync()
    assert synced.reviews == {"cluster": 1}
    assert ": nothing to write.\n" in told(synced)
    assert "For a person to look at: 1 group with a doubled record (cluster) (accord review)\n" in told(
        synced
    )
    assert told(office.sync()).endswith(": nothing to do.\n")


def test_g4_a_sync_that_only_took_edits_in_says_so(office: Office) -> None:
    for system in (office.crm, office.erp):
        system.edit("Company", "1", city="Rome")
    assert told(office.sync()).endswith(": 2 changed records read, nothing to write.\n")


def test_g4_what_our_own_write_comes_back_as_is_no_changed_record(office: Office) -> None:
    office.crm.add("Company", name="Bit", city="Oslo")
    assert office.sync().changed == 0
    office.clock.advance(60)
    office.erp.model.quirks["Company"].forbids = "all"  # so that nothing of the next write comes back at once
    office.crm.edit("Company", "1", city="Rome")
    assert office.sync().changed == 1
    office.erp.model.quirks["Company"].forbids = "nothing"
    assert office.sync().changed == 0


def test_k1_a_sync_that_waits_for_a_person_does_not_say_that_there_is_nothing_to_do() -> None:
    office = Office(TEXT)
    office.crm.add("Company", name="Acme", city="Oslo")
    said = told(office.sync(confirmed=False))
    assert "nothing to do" not in said
    assert ": nothing was written.\nwaits: " in said


def test_w12_a_sync_says_until_when_edits_rest() -> None:
    office = Office(TEXT.replace("crm: {connector", "crm: {settle_s: 300, connector"))
    office.crm.add("Company", name="Acme", city="Oslo")
    first = office.sync()
    assert first.rests_until_us is None or first.rests_until_us > office.clock.now_us()
    office.clock.advance(301)
    office.sync()
    office.crm.edit("Company", "1", city="Rome")
    synced = office.sync()
    assert office.clock.now_us() < synced.rests_until_us <= office.clock.now_us() + 300_000_000
    assert "1 record with fresh edits rests until 20" in told(synced)
    again = office.sync()
    assert (again.resting, again.rests_until_us) == (1, synced.rests_until_us)
    office.clock.advance(301)
    done = office.sync()
    assert (done.resting, office.erp.values("Company", "city")) == (0, ["Rome"])
