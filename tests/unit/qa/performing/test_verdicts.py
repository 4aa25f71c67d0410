"""How lines end by the scripts that were played: no failure is lost, and none is told of the wrong line."""

from accord.qa.checklist import Gone, Line, Lives, Make, Remove, Script, Step, Still
from accord.qa.performing.playing import Ending, Play
from accord.qa.performing.verdicts import checks_of
from tests.unit.qa.performing.small import CRM, ERP, checklist, creation, fields, line, row


def play(of: Line, *endings: Ending) -> list[Play]:
    plays = [Play(of, nth, of.scripts[nth]) for nth in range(len(endings))]
    for each, ending in zip(plays, endings, strict=True):
        each.end(ending, f"{ending}: {each.nth}")
    return plays


def outcomes(*played: tuple[Line, tuple[Ending, ...]]) -> dict[str, tuple[str, str]]:
    lines = [each for each, _ in played]
    plays = [each for of, endings in played for each in play(of, *endings)]
    return {check.row: (check.outcome, check.why) for check in checks_of(checklist(*lines), plays)}


def test_lines_that_lean_on_each_other_are_not_both_excused() -> None:
    steps = row("qa7-00001", "name", "title").steps
    match, name = line("match 1", kind="match"), line("name - title")
    match = line("match 1", Script(steps, leans_on=(name.id,)), kind="match")
    name = line("name - title", Script(steps, leans_on=(match.id,)))
    for lines in ((match, name), (name, match)):
        found = outcomes(*((each, ("failed",)) for each in lines))
        assert sorted(outcome for outcome, _ in found.values()) == ["failed", "not_checked"]


def test_a_counterpart_that_did_not_appear_is_not_excused_by_another_way_that_could_not_be_tried() -> None:
    made = line("creation", creation("qa7-00001"), kind="creation")
    two = line("name - title", row("qa7-00002", "name", "title"), row("qa7-00003", "name", "title"))
    found = outcomes((made, ("passed",)), (two, ("absent", "hindered")))
    assert found["name - title"] == ("failed", "absent: 0")
    found = outcomes((made, ("failed",)), (two, ("absent", "hindered")))
    assert found["name - title"] == ("not_checked", "no record was created: see the creation line")
    assert outcomes((two, ("hindered", "hindered")))["name - title"] == ("not_checked", "hindered: 1")
    assert outcomes((two, ("hindered", "passed")))["name - title"][0] == "passed"


def test_records_that_were_never_linked_prove_nothing_by_staying_as_they_are() -> None:
    match = line("match 1", row("qa7-00001", "name", "title"), kind="match")
    both = Step("made", (Make("a", CRM, fields(name="x")), Make("b", ERP, fields(title="x"))), ())
    gone = Step("deleted", (Remove("a"),), (Lives("b"), Gone("a")))
    idle = Step("idle", (), (Still("a"), Still("b")))
    passed_on = Step("deleted", (Remove("a"),), (Gone("b"), Gone("a")))
    for last, unproven in ((gone, "not_checked"), (idle, "not_checked"), (passed_on, "passed")):
        other = line("other", Script((both, last), leans_on=(match.id,)))
        assert outcomes((match, ("failed",)), (other, ("passed",)))["other"][0] == unproven
        assert outcomes((match, ("passed",)), (other, ("passed",)))["other"][0] == "passed"
