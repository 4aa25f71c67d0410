"""The page of a project's documents, in a real browser: search, what did not pass, and the way to the last report."""

import re
from pathlib import Path
from shutil import copytree, ignore_patterns

from playwright.sync_api import Page, expect

from accord.project import load_project
from accord.qa.keeping import keep_report
from tests.e2e.browser import open_browser
from tests.e2e.shop import run_here
from tests.unit.qa.reports import check, report

EXAMPLE = Path(__file__).parents[2] / "examples/crmoffice-customerp"
PAIR = "crmoffice.Contacts - customerp.Contact"


def test_rows_are_searched_and_lead_to_their_last_result(tmp_path: Path) -> None:
    copytree(EXAMPLE, tmp_path / "p", ignore=ignore_patterns(".accord"))
    last = report(
        check("givenName - firstName", pair=PAIR),
        check("email - email", "failed", pair=PAIR, direction="backward", why="seen nothing"),
    )
    keep_report(load_project(tmp_path / "p").store, last)
    made = run_here(
        "document", "-C", str(tmp_path / "p"), "--format", "html", "--out", str(tmp_path / "docs")
    )
    assert made.code == 0, made.err
    wrong: list[str] = []
    with open_browser() as browser:
        page = browser.new_page()
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
        page.goto((tmp_path / "docs/crmoffice-customerp.html").as_uri())
        everything = _rows(page)
        assert everything == sum(1 for _ in page.locator("table.rows tbody tr").all())
        page.get_by_label("Search").fill("MAIL contact")
        assert 0 < _rows(page) < everything
        expect(page.locator("output")).to_contain_text("found")
        expect(page.get_by_role("heading", name="Crmoffice Activities → Customerp Project")).to_be_hidden()
        page.get_by_label("Search").fill("")
        assert _rows(page) == everything
        page.get_by_label("only rows that did not pass").check()
        assert _rows(page) == everything - 1
        page.locator("a.failed").first.click()
        expect(page).to_have_url(re.compile("/qa/last.html#email-email-backward-"))
        expect(page.locator("details:target .why")).to_have_text("seen nothing")
    assert wrong == []


def _rows(page: Page) -> int:
    return page.locator("table.rows tbody tr:visible").count()
