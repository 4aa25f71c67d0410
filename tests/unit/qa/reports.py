"""A report with all that may be in one."""

from accord.qa.results import Check, Done, Report

__all__ = ["EVIL", "check", "done", "report"]

EVIL = "<script>alert('x')</script> & \"quoted\" \x00\x1b ]]> æ \U0001f600"


def done(what: str = "typical", *, passed: bool = True, seen: str = "email 'qa-0001'") -> Done:
    """A step."""
    return Done(
        what=what,
        did="entered crm.Contacts with email 'qa-0001'",
        expected="erp.Contact shows email 'qa-0001'",
        seen=seen,
        passed=passed,
        seconds=0.25,
        records=("crm.Contacts/c1", "erp.Contact/7"),
    )


def check(row: str, outcome: str = "passed", *, pair: str = "crm.Contacts - erp.Contact", **more) -> Check:
    """A check with one step, if it was performed."""
    steps = () if outcome == "not_checked" else (done(passed=outcome == "passed"),)
    told = {"document": "CRM to ERP", "kind": "row", "direction": "forward", "steps": steps, "seconds": 0.25}
    return Check(pair=pair, row=row, outcome=outcome, **{**told, **more})


def report(*checks: Check, **more) -> Report:
    """A report of some checks; of one of each outcome where none is named."""
    some = checks or (
        check("email - email"),
        check("phone - phone", "failed", why="seen '' in the place of '+4722123456'"),
        check("title - title", "not_checked", why="crm.Contacts.title is read-only", direction="backward"),
        check("name - name", pair="crm.Companies - erp.Product"),
    )
    told = {"project": "shop", "against": "sandbox", "began": "2026-03-01T10:00:00+00:00", "seconds": 3.5}
    return Report(checks=some, **{**told, **more})
