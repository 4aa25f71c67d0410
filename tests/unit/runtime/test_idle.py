"""What a cycle costs in which nothing happened (C4)."""

from collections import Counter
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from accord.runtime.books.audit import DAY_S
from accord.runtime.steps.cycle import run_cycle
from accord.store import MemoryStore, SqliteStore
from tests.unit.runtime.office import PROJECT, Office

FILTERED = PROJECT.replace(
    "  - from: crm.Company\n", "  - from: {type: crm.Company, filter: {city: {not: Oslo}}}\n"
)

SMALL = {"SCAN w", "SCAN t", "SCAN review", "SCAN run", "SCAN l USING INDEX link_flags"}
"""What is asked for, what waits for people, runs that are kept, and what is flagged."""


@pytest.mark.parametrize("text", [PROJECT, FILTERED])
def test_c4_an_idle_cycle_is_one_request_per_entity_type_and_moves_nothing_but_cursors(text: str) -> None:
    """With records linked, in review, left out, refused, and with references that are not carried."""
    store = MemoryStore()
    office = Office(text, store)
    companies = [office.crm.add("Company", name=name, city=name) for name in ("Acme", "Beta", "Oslo", "Beta")]
    office.erp.add("Company", name="Beta")
    office.erp.add("Company", name="Oslo")
    for at, company in enumerate(companies):
        office.crm.add("Person", name="Ada", email=f"{at}@x.no", company=int(company))
    office.sync()
    office.erp.delete(
        "Company", str(next(r["id"] for r in office.erp.records("Company") if r["name"] == "Acme"))
    )
    office.crm.add("Person", name="Bo", email="bo@x.no", company=int(companies[0]))
    office.sync()
    office.clock.advance(3600)
    office.run(run_cycle(office.hub))
    before, calls = _rows(store), {name: Counter(s.model.calls) for name, s in _systems(office).items()}
    cycle = office.run(run_cycle(office.hub))
    assert cycle.quiet
    assert _rows(store) == before
    for name, system in _systems(office).items():
        assert Counter(system.model.calls) - calls[name] == Counter({"list": 2})


def _systems(office: Office) -> dict[str, Any]:
    return {"crm": office.crm, "erp": office.erp}


def _rows(store: MemoryStore) -> dict[str, Any]:
    """All that the store holds, but cursors."""
    tables = {name: table for name, table in vars(store._tables).items() if name != "cursors"}
    return deepcopy({name: {k: v for k, v in table.items() if v != {}} for name, table in tables.items()})


def _scanned(store: SqliteStore, act: Callable[[], Any]) -> tuple[set[str], set[str]]:
    """Statements that are executed meanwhile, and whole tables and indexes that they read according to their plans."""
    db, statements = store._connection(), set[str]()
    db.set_trace_callback(statements.add)
    act()
    db.set_trace_callback(None)
    plans = (
        row[3]
        for statement in statements
        if statement.lstrip().startswith(("SELECT", "INSERT", "DELETE", "UPDATE", "WITH"))
        for row in db.execute(f"EXPLAIN QUERY PLAN {statement}")
    )
    return statements, {line for line in plans if line.startswith("SCAN")}


@pytest.mark.parametrize("changed", [False, True])
def test_c4_neither_an_idle_run_nor_one_edit_reads_a_whole_table(changed: bool) -> None:
    """After the first run of a day, which counts all records for the audit (G8)."""
    store = SqliteStore(":memory:", inline=True)
    office = Office(store=store)
    companies = [office.crm.add("Company", name=name) for name in ("Acme", "Beta")]
    office.sync()
    office.clock.advance(DAY_S)
    assert any(line.startswith("SCAN seen") for line in _scanned(store, office.sync)[1])
    office.clock.advance(60)
    if changed:
        office.crm.edit("Company", companies[0], name="Acme 2")
    statements, scans = _scanned(store, office.sync)
    assert ("Acme 2" in office.erp.values("Company", "name")) is changed
    assert any("COMMIT" in statement for statement in statements)
    assert scans <= SMALL
