"""What does not happen proves something only where it could have happened."""

import asyncio

import pytest

from accord.qa.checklist import Appears, Edit, Make, Remove, Script, StaysAway, Step, Still
from accord.qa.performing import run_on_sandbox
from tests.unit.qa.performing.small import CRM, ERP, WHOLE, checklist, fields, line, manifests, project

ROWS = "[[name, title], [city, place]]"
MADE = (Make("a", CRM, fields(name="qa7-00001 x")),)


def said(it, script, **more):
    (check,) = asyncio.run(run_on_sandbox(it, checklist(line("x", script)), **more)).checks
    return check.outcome, check.why


@pytest.mark.parametrize("end", ["crm", "erp"])
def test_nothing_stays_away_from_a_system_that_the_flow_can_not_read(end):
    away = Script((Step("made", MADE, (StaysAway("a", ERP, ("qa7-00001",)),)),))
    it = project(ROWS, systems=manifests(**{end: {**WHOLE, "path": "elsewhere"}}))
    outcome, why = said(it, away, manifests=manifests())
    assert outcome == "not_checked"
    assert "could not be read" in why


def test_nothing_stays_away_from_a_type_that_is_not_there():
    nowhere = Script((Step("made", MADE, (StaysAway("a", "erp.Nowhere", ("qa7-00001",)),)),))
    assert said(project(ROWS), nowhere) == ("not_checked", "step made: there is no erp.Nowhere")


def test_what_is_gone_is_not_still_there():
    there = Appears("b", "a", ERP, ("qa7-00001",))
    steps = (
        Step("made", MADE, (there,)),
        Step("deleted", (Remove("b"),), ()),
        Step("idle", (), (Still("b"),)),
    )
    outcome, why = said(project(ROWS, "    delete: ignore\n"), Script(steps))
    assert (outcome, why) == ("failed", why)
    assert "seen it is not there" in why


def test_a_call_and_another_payload_are_seen():
    there = Appears("b", "a", ERP, ("qa7-00001",))
    edit = Edit("a", fields(name="qa7-00001 y"))
    for role, seen in (("a", "another payload"), ("b", "1 calls")):
        steps = (Step("made", MADE, (there,)), Step("edited", (edit,), (Still(role),)))
        outcome, why = said(project(ROWS), Script(steps))
        assert outcome == "failed"
        assert f"without a call; seen {seen}" in why
