"""The report of a checklist as a page, in a real browser: filters, search, and lines that a document links to."""

from pathlib import Path

from playwright.sync_api import Page, expect

from accord.qa.reports import anchor_of, html_report
from tests.e2e.browser import open_browser
from tests.unit.qa.reports import EVIL, check, report


def test_lines_are_filtered_searched_and_linked(tmp_path: Path) -> None:
    made = report(
        check("email - email"),
        check("phone - phone", "failed", why="seen '' in the place of '+4722123456'"),
        check("title - title", "not_checked", why="it is read-only", direction="backward"),
        check(EVIL, pair="a.A - b.B", document=EVIL),
    )
    file = tmp_path / "qa.html"
    file.write_text(html_report(made), encoding="utf-8")
    wrong: list[str] = []
    with open_browser() as browser:
        page = browser.new_page()
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
        page.goto(file.as_uri())
        assert _shown(page) == 4
        assert page.locator("details[open]").count() == 1  # what is red is open
        page.get_by_label("not checked").check()
        assert _shown(page) == 1
        expect(page.get_by_text("it is read-only")).to_be_visible()
        expect(page.get_by_role("heading", name="a.A - b.B")).to_be_hidden()
        page.get_by_label("all").check()
        page.get_by_label("Search").fill("PHONE 4722")
        assert _shown(page) == 1
        name = anchor_of("crm.Contacts - erp.Contact", "email - email", "forward")
        page.goto(f"{file.as_uri()}#{name}")
        expect(page.locator(f"#{name} td", has_text="erp.Contact shows email")).to_be_visible()
    assert wrong == []


def _shown(page: Page) -> int:
    return page.locator("details:visible").count()
