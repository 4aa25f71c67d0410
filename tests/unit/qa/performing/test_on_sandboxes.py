"""Checklists by hand, performed on sandboxes over real HTTP: what is green, what is red, and why."""

import asyncio
from dataclasses import replace

import pytest

from accord.qa.checklist import (
    Agree,
    Appears,
    Edit,
    Field,
    Gone,
    Line,
    Lives,
    Make,
    Remove,
    Script,
    Shows,
    Spot,
    StaysAway,
    Step,
    Still,
)
from accord.qa.performing import run_on_sandbox
from tests.unit.qa.performing.small import (
    BARE,
    CRM,
    ERP,
    WHOLE,
    checklist,
    creation,
    fields,
    line,
    manifests,
    project,
    row,
)

ROWS = "[[name, title], [city, place], [vip, good]]"


def outcomes(it, *lines, **more):
    report = asyncio.run(run_on_sandbox(it, checklist(*lines), **more))
    return {check.row: (check.outcome, check.why) for check in report.checks}, report


def said(it, *lines, **more):
    return {row: outcome for row, (outcome, _) in outcomes(it, *lines, **more)[0].items()}


@pytest.mark.parametrize("crm", [WHOLE, BARE, {**WHOLE, "lag_s": 2.0}], ids=["whole", "bare", "late"])
@pytest.mark.parametrize("erp", [WHOLE, BARE, {**WHOLE, "lag_s": 5.0}], ids=["whole", "bare", "late"])
def test_rows_creation_deletes_and_idle_cycles_pass_whatever_the_systems_can(crm, erp):
    systems = manifests(crm, erp)
    it = project(ROWS, "    delete: propagate\n", systems=systems)
    made = (Make("a", CRM, fields(name="qa7-00009 x", city="qa7-00009 y")),)
    there = Appears("b", "a", ERP, ("qa7-00009",))
    edits = (Edit("a", fields(name="qa7-00009 left")), Edit("b", fields(place="qa7-00009 right")))
    both = (Shows("a", fields(city="qa7-00009 right")), Shows("b", fields(title="qa7-00009 left")))
    same = (Edit("a", fields(name="qa7-00009 l")), Edit("b", fields(title="qa7-00009 r")))
    agreed = tuple(tuple(fields(name=f"qa7-00009 {v}") + fields(title=f"qa7-00009 {v}")) for v in "lr")
    whole = Script(
        (
            Step("made", made, (there, StaysAway("a", ERP, ("qa7-00009",)))),
            Step("idle", (), (Still("a"), Still("b"))),
            Step("both", edits, both),
            Step("same", same, (Agree(("a", "b"), agreed),)),
            Step("delete", (Remove("b"),), (Gone("a"), Gone("b"))),
        )
    )
    lines = [
        line("creation", creation("qa7-00001"), kind="creation"),
        line("name - title", row("qa7-00002", "name", "title", companion="city")),
        line("title - name", row("qa7-00003", "title", "name", companion="place", at=CRM, of=ERP)),
        line("city - place", row("qa7-00004", "city", "place", companion="name")),
        line("whole", whole, kind="delete"),
    ]
    found, report = outcomes(it, *lines)
    assert {row: verdict for row, verdict in found.items() if verdict[0] != "passed"} == {}
    told = report.data()
    assert (told["rows"], told["passed"], told["interrupted"]) == (5, 5, False)
    first = report.checks[1].steps[0]
    assert "entered crm.Contacts/" in first.did
    assert 'title = "qa7-00002 one"' in first.expected
    assert [record.partition("/")[0] for record in first.records] == [CRM, ERP]
    assert first.seconds > 0


def test_a_row_that_is_wrong_turns_red_and_no_other():
    it = project("[[name, title], [city, place]]")
    swapped = project("[[name, place], [city, title]]")
    lines = [
        line("creation", creation("qa7-00001"), kind="creation"),
        line("name - title", row("qa7-00002", "name", "title", companion="city")),
        line("alone", row("qa7-00003", "name", "title")),
    ]
    assert set(said(it, *lines).values()) == {"passed"}
    found, report = outcomes(swapped, *lines)
    assert [outcome for outcome, _ in found.values()] == ["passed", "failed", "failed"]
    assert 'title = "qa7-00003 one"' in found["alone"][1]
    assert "title = n" in found["alone"][1]
    assert report.count("failed") == 2


def test_a_record_that_is_not_created_is_told_by_the_line_of_creation_alone():
    made = (Make("b", ERP, fields(title="qa7-00004 x")),)
    seen = (Appears("a", "b", CRM, ("qa7-00004",)), Shows("a", fields(name="qa7-00004 x")))
    backward = Script((Step("made", made, seen),))
    lines = [
        line("forward", creation("qa7-00001"), kind="creation"),
        line("backward", creation("qa7-00005", "title", at=CRM, of=ERP), kind="creation"),
        line("name - title", row("qa7-00002", "name", "title")),
        line("by another way", row("qa7-00003", "name", "title"), backward),
    ]
    found, _ = outcomes(project(ROWS, create="{forward: linked, backward: always}"), *lines)
    assert [outcome for outcome, _ in found.values()] == ["failed", "passed", "not_checked", "passed"]
    assert found["name - title"][1] == "no record was created: see the creation line"
    assert "just one; seen none" in found["forward"][1]


def test_a_row_without_a_counterpart_is_red_where_others_have_one():
    nobody = row("qa7-00002", "name", "title")
    never = Script((Step("typical", nobody.steps[0].acts, (Appears("b", "a", ERP, ("qa7-00009",)),)),))
    lines = [line("creation", creation("qa7-00001"), kind="creation"), line("name - title", never)]
    assert list(said(project(ROWS), *lines).values()) == ["passed", "failed"]


def joined(mark):
    makes = (
        Make("a", CRM, fields(name=f"{mark} x", city=f"{mark} l")),
        Make("b", ERP, fields(title=f"{mark} x", place=f"{mark} r")),
    )
    edit = (Edit("a", fields(city=f"{mark} n")),)
    return Script(
        (
            Step("made", makes, (StaysAway("a", ERP, (mark,)),)),
            Step("edit", edit, (Shows("b", fields(place=f"{mark} n")),)),
        )
    )


def test_records_that_were_not_joined_are_told_by_the_lines_of_matching_alone():
    match_line = line("match 1", joined("qa7-00001"), kind="match")
    script = replace(joined("qa7-00002"), leans_on=(match_line.id,))
    lines = [match_line, line("city - place", script), line("also", replace(script, leans_on=()))]
    linked, match = "{forward: linked, backward: linked}", "    match: [[[name, title]]]\n"
    assert list(said(project(ROWS, match, create=linked), *lines[:2]).values()) == ["passed"] * 2
    assert list(said(project(ROWS, create=linked), *lines).values()) == ["failed", "not_checked", "failed"]


def test_what_a_system_refuses_of_people_is_not_checked_and_what_it_refuses_of_the_hub_is_red():
    errors = {"message": "errors[].why", "property": "errors[].what"}
    told, strict = (manifests(erp={**WHOLE, "errors": errors}) for _ in range(2))
    for at, kind, path, limit in (
        ("erp", "Customer", "title", {"max_length": 11}),
        ("crm", "Contacts", "city", {"enum": ("Oslo",)}),
    ):
        specs = strict[at].types[kind].properties
        specs[path] = specs[path].model_copy(update=limit)
    lines = [
        line("creation", creation("qa7", "name"), kind="creation"),
        line("name - title", row("qa7-00002", "name", "title")),
        line("city - place", row("qa7-00003", "city", "place")),
    ]
    found, _ = outcomes(project(ROWS, systems=told), *lines, manifests=strict)
    assert [outcome for outcome, _ in found.values()] == ["passed", "failed", "not_checked"]
    assert "erp.Customer refused it: title: " in found["name - title"][1]
    assert "crm.Contacts does not take what is entered" in found["city - place"][1]


def test_scripts_without_a_mark_have_the_systems_for_themselves():
    it = project(ROWS)
    alone = [
        Script(
            (
                Step(
                    "true",
                    (Make("a", CRM, fields(vip=True)),),
                    (Appears("b", "a", ERP, ()), Shows("b", fields(good=True))),
                ),
                Step("false", (Edit("a", fields(vip=False)),), (Shows("b", fields(good=False)),)),
            ),
            alone=True,
        )
        for _ in range(3)
    ]
    lines = [line(f"vip {n}", script) for n, script in enumerate(alone)]
    lines.append(line("name - title", row("qa7-00002", "name", "title")))
    assert set(said(it, *lines).values()) == {"passed"}


def test_a_line_without_a_script_says_why_it_is_not_checked():
    empty = Line(
        document="d", pair="p", row="r", kind="row", direction="forward", why_not="the target is read-only"
    )
    found, report = outcomes(project(ROWS), empty)
    assert found["r"] == ("not_checked", "the target is read-only")
    assert report.data()["rows"] == 1


def test_a_counterpart_must_be_the_only_one():
    it = project(ROWS)
    twice = Script(
        (
            Step(
                "made",
                (Make("a", CRM, fields(name="qa7-00001 x")), Make("c", CRM, fields(name="qa7-00001 y"))),
                (Appears("b", "a", ERP, ("qa7-00001",)),),
            ),
        )
    )
    away = Script(
        (Step("made", (Make("a", CRM, fields(name="qa7-00002 x")),), (StaysAway("a", ERP, ("qa7-00002",)),)),)
    )
    found, _ = outcomes(it, line("twice", twice), line("away", away, kind="creation"))
    assert found["twice"][0] == "failed"
    assert "just one; seen erp.Customer/" in found["twice"][1]
    assert found["away"][0] == "failed"


def test_several_that_nothing_tells_apart_are_told_by_the_next_script():
    """Two records come of two at once; which of them is the first one's is not known."""
    two = (Make("a", CRM, fields(name="qa7-00001 x")), Make("c", CRM, fields(name="qa7-00002 y")))
    unknown = Script((Step("made", two, (Appears("b", "a", ERP, ()),)),), alone=True)
    told = Script(
        (
            Step(
                "made",
                (Make("a", CRM, fields(name="qa7-00003 x")),),
                (Appears("b", "a", ERP, ("qa7-00003",)),),
            ),
        )
    )
    both, alone = line("both", unknown, told), line("alone", unknown, kind="creation")
    found, _ = outcomes(project(ROWS), both, alone)
    assert found["both"][0] == "passed"
    assert found["alone"][0] == "failed"


def test_a_record_that_is_gone_does_not_live():
    it = project(ROWS, "    delete: propagate\n")
    script = Script(
        (
            Step(
                "made",
                (Make("a", CRM, fields(name="qa7-00001 x")),),
                (Appears("b", "a", ERP, ("qa7-00001",)),),
            ),
            Step("delete", (Remove("a"),), (Lives("b"),)),
        )
    )
    found, _ = outcomes(it, line("delete", script, kind="delete"))
    assert found["delete"][0] == "failed"
    assert "is there; seen it is not there" in found["delete"][1]


def test_a_value_that_comes_back_is_seen():
    it = project("[{from: name, to: title, direction: forward}]")
    leak = Script(
        (
            Step(
                "typical",
                (Make("a", CRM, fields(name="qa7-00001 x")),),
                (Appears("b", "a", ERP, ("qa7-00001",)), Shows("b", fields(title="qa7-00001 x"))),
            ),
            Step(
                "leak", (Edit("b", fields(title="qa7-00001 y")),), (Shows("a", fields(name="qa7-00001 x")),)
            ),
        )
    )
    lines = [line("name - title", leak)]
    assert said(it, *lines) == {"name - title": "passed"}
    assert said(project("[[name, title]]"), *lines) == {"name - title": "failed"}


def test_a_field_of_a_condition_is_typed_along():
    spot = Field(Spot("name", (("city", "Oslo"),)), "qa7-00001 x")
    script = Script(
        (
            Step(
                "made",
                (Make("a", CRM, (spot,)),),
                (Appears("b", "a", ERP, ("qa7-00001",)), Shows("b", fields(place="Oslo"))),
            ),
        )
    )
    assert said(project(ROWS), line("x", script)) == {"x": "passed"}
