"""Last part: the project's documents as a checklist, performed line by line."""

import msgspec

from accord.demo.stage import Stage
from accord.demo.summary import Summary
from accord.demo.telling import Teller

__all__ = ["perform_checklist"]


def perform_checklist(stage: Stage, tell: Teller, summary: Summary) -> None:
    """`accord qa` on the project: every line that can be checked has to be so."""
    for system in (stage.crm, stage.erp):
        system.calls(forget=True)
    file = stage.folder / "qa.json"
    done = stage.program.run("qa", "--json", str(file))
    tell.same(f"accord qa finds no line that is not so ({done.out[-900:]})", 0, done.code)
    tell.ran("qa", done)
    report = msgspec.json.decode(file.read_bytes())
    outcomes = [check["outcome"] for check in report["checks"]]
    told = {name: report[name] for name in ("passed", "failed", "not_checked")}
    tell.same("the totals are those of the lines", told, {name: outcomes.count(name) for name in told})
    tell.same("every line has one of the outcomes", report["rows"], sum(told.values()))
    tell.same("no line is red", 0, report["failed"])
    unexplained = [c["row"] for c in report["checks"] if c["outcome"] == "not_checked" and not c["why"]]
    tell.same("what was not checked says why", [], unexplained)
    calls = [sum(system.calls()) for system in (stage.crm, stage.erp)]
    tell.same("the two systems were not called for it", [0, 0], calls)
    summary.qa_rows, summary.qa_passed = report["rows"], report["passed"]
    summary.qa_not_checked, summary.qa_seconds = report["not_checked"], report["seconds"]
