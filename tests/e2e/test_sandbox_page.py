"""The page for people, in a real browser: somebody changes a phone number in the CRM, and it arrives in the ERP."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from tests.e2e.browser import open_browser
from tests.e2e.shop import Sandbox, Shop

EVIL = "<img src=x onerror='document.title=\"run\"'><script>document.title='run'</script>"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as opened:
        yield opened


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    with Shop(tmp_path) as made:
        yield made


@pytest.fixture
def page_of(browser: Browser) -> Iterator[object]:
    """Opens the page of a sandbox in a window of its own; an error in it fails the test."""
    wrong: list[str] = []
    context = browser.new_context()

    def heard(message: ConsoleMessage) -> None:
        if message.type == "error" and "status of 4" not in message.text:  # a refusal is no error of the page
            wrong.append(message.text)

    def opened(sandbox: Sandbox, place: str = "") -> Page:
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", heard)
        page.goto(f"{sandbox.url}/_sandbox/{place}")
        return page

    yield opened
    context.close()
    assert wrong == []


def synced(shop: Shop) -> None:
    """The hub runs in a process of its own: this one's event loop is the browser's."""
    command = [sys.executable, "-m", "accord", "-C", str(shop.folder), "sync", "--yes"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, env=os.environ, check=False)
    assert done.returncode == 0, done.stderr


def test_a_phone_number_changed_in_the_crm_arrives_in_the_erp(shop: Shop, page_of) -> None:
    ada = shop.crm.add("Person", name="Ada", email="ada@x.no", phone="22 12 34 56")
    shop.crm.add("Person", name="Bo", email="bo@x.no", phone="1")
    synced(shop)
    erp = page_of(shop.erp, "#/Person")
    row = erp.get_by_role("row").filter(has_text="ada@x.no")
    expect(row).to_contain_text("22 12 34 56")

    crm = page_of(shop.crm)
    crm.get_by_role("navigation").get_by_role("link", name="Person").click()
    crm.get_by_label("Search").fill("ada")
    expect(crm.get_by_role("row").filter(has_text="Bo")).to_have_count(0)
    crm.get_by_role("link", name=str(ada), exact=True).click()
    crm.get_by_label("phone").fill("99 88 77 66")
    crm.get_by_role("button", name="Save").click()
    expect(crm.get_by_text("Saved.")).to_be_visible()

    synced(shop)
    expect(row).to_contain_text("99 88 77 66")  # the page was not touched meanwhile
    expect(row.locator("td.fresh")).to_have_text("99 88 77 66")
    row.get_by_role("link").click()
    expect(erp.get_by_label("phone")).to_have_value("99 88 77 66")


def test_a_record_is_made_refused_edited_deleted_and_put_back(shop: Shop, page_of) -> None:
    page = page_of(shop.crm, "#/Company")
    expect(page.get_by_text("There is no record yet.")).to_be_visible()
    page.get_by_role("link", name="New record").click()
    page.get_by_label("name").fill("A name that is too long")
    page.get_by_label("size").fill("many")
    page.get_by_role("button", name="Create").click()
    refused = "crm refuses: name is longer than 12 characters; size must be of type integer"
    expect(page.get_by_role("alert")).to_have_text(refused)
    expect(page.get_by_label("name")).to_be_focused()
    expect(page.get_by_label("name")).to_have_accessible_description(
        "at most 12 characters name is longer than 12 characters"
    )
    page.get_by_label("name").fill("Acme")
    page.get_by_label("size").fill(str(2**60 + 1))
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_role("heading", name="Company 1")).to_be_focused()
    [made] = shop.crm.records("Company")
    assert (made["name"], made["size"]) == ("Acme", 2**60 + 1)
    expect(page.get_by_label("size")).to_have_value(str(2**60 + 1))

    page.get_by_label("size").fill("")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    assert shop.crm.records("Company")[0]["size"] is None

    page.get_by_role("button", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.get_by_text("This record is deleted.")).to_be_visible()
    assert shop.crm.records("Company") == []
    page.get_by_role("button", name="Put it back").click()
    expect(page.get_by_label("name")).to_have_value("Acme")
    assert len(shop.crm.records("Company")) == 1


def test_what_somebody_types_survives_what_others_change(shop: Shop, page_of) -> None:
    acme = shop.crm.add("Company", name="Acme", city="Oslo", note="old")
    page = page_of(shop.crm, f"#/Company/{acme}")
    page.get_by_label("city").fill("Bergen")
    shop.crm.edit("Company", acme, city="Bodø", note="new")
    expect(page.get_by_label("note")).to_have_value("new")
    expect(page.get_by_text("Changed meanwhile, to: Bodø")).to_be_visible()
    expect(page.get_by_label("city")).to_have_value("Bergen")
    page.get_by_role("button", name="Undo typing").click()
    expect(page.get_by_label("city")).to_have_value("Bodø")


def test_what_a_record_holds_is_never_run(shop: Shop, page_of) -> None:
    person = shop.crm.add("Person", name=EVIL, email="a@x.no")
    page = page_of(shop.crm, "#/Person")
    expect(page.get_by_role("cell", name=EVIL)).to_be_visible()
    page.get_by_role("link", name=str(person), exact=True).click()
    expect(page.get_by_label("name")).to_have_value(EVIL)
    page.goto(f"{shop.crm.url}/_sandbox/#/{EVIL}/{EVIL}")
    expect(page.get_by_role("heading", name="Company")).to_be_visible()
    assert page.title() == "Company - crm"
    assert page.locator("main img, main script").count() == 0


def test_a_page_of_another_site_can_not_write(shop: Shop, browser: Browser) -> None:
    """Two sandboxes are two origins to a browser: what one's page sends to the other one is refused there."""
    page = browser.new_page()
    page.goto(f"{shop.erp.url}/_sandbox/health")  # answered without a policy that would stop the call
    url = f"{shop.crm.url}/_sandbox/records/Person"
    with page.expect_response(url) as sent:
        page.evaluate(
            """(url) => fetch(url, {method: "POST", mode: "no-cors", body: '{"name": "Eve"}'}).then(() => 0)""",
            url,
        )
    page.close()
    assert sent.value.status == 403
    assert shop.crm.records("Person") == []
