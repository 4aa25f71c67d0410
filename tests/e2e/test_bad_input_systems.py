"""Systems that are not there, do not know us, or answer rubbish: named with place and remedy; nothing is lost."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.e2e.shop import Result, Shop, manifest


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """A project in sync, with one edit in the CRM that still has to reach the ERP."""
    with Shop(tmp_path) as made:
        made.crm.add("Company", name="Acme", city="Oslo")
        made.crm.add("Person", name="Ada", email="ada@x.no")
        assert made.accord("sync", "--yes").code == 0
        made.crm.edit("Company", 1, city="Bergen")
        yield made


def told_and_kept(shop: Shop, result: Result, *words: str) -> None:
    """The run ended in part and says all of this; once the system is well again the edit arrives."""
    assert result.code == 5
    assert "Traceback" not in result.err
    for each in words:
        assert each in result.out
    assert shop.erp.values("Company", "name") == ["Acme"]
    assert shop.erp.values("Person", "name") == ["Ada"]
    shop.proxy.spoil = lambda _method, _path: None
    shop.configure()
    assert shop.accord("sync", "--yes").code == 0
    assert shop.erp.values("Company", "city") == ["Bergen"]
    assert shop.crm.values("Company", "city") == ["Bergen"]


def test_a_system_that_can_not_be_reached(shop: Shop) -> None:
    shop.configure(erp_url="http://127.0.0.1:9")
    result = shop.accord("sync", "--yes")
    both = "NOT READ erp.Company, erp.Person: erp: GET companies/{id}: the connection is refused"
    told_and_kept(shop, result, both, "systems.erp.url")


def test_a_plan_that_could_not_read_says_that_it_is_not_complete(shop: Shop) -> None:
    shop.configure(erp_url="http://127.0.0.1:9")
    result = shop.accord("plan")
    assert result.code == 5
    assert "NOT READ erp.Company, erp.Person: " in result.out
    assert "Nothing to write." not in result.out


def test_credentials_that_are_refused(shop: Shop) -> None:
    shop.proxy.spoil = lambda _method, _path: (401, b'{"error": "who are you"}')
    result = shop.accord("sync")
    assert "Run 2: 1 changed record read, nothing was written.\n" in result.out  # the edit in the CRM
    both = "NOT READ erp.Company, erp.Person: erp: the system refuses the credentials (401)"
    told_and_kept(shop, result, both, "Correct systems.erp.auth")


def test_w9_an_account_without_rights_is_told_and_its_writes_are_not_taken_for_refused(shop: Shop) -> None:
    """A refused write waits until its record changes: the edit would not come when the account has its rights back."""
    shop.proxy.spoil = lambda _method, _path: (403, b'{"errors": [{"message": "no"}]}')
    told_and_kept(
        shop, shop.accord("sync"), "NOT READ erp.Company: erp.Company: the account may not list them (403)"
    )


def test_secrets_that_are_not_there_are_all_told_before_anything_is_called(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = {"crm": ("NO_SUCH_USER", "NO_SUCH_PASSWORD"), "erp": ("NO_SUCH_KEY", "TWO_LINES")}
    monkeypatch.setenv("TWO_LINES", "one\ntwo")
    for name, (user, password) in keys.items():
        data = manifest(name)
        data["auth"] = {"kind": "basic", "user": f"env:{user}", "password": f"env:{password}"}
        (shop.folder / f"{name}.yaml").write_text(yaml.safe_dump(data))
    result = shop.accord("sync", "--yes")
    assert result.code == 3
    assert "4 faults" in result.err
    assert (
        "systems.crm.auth.user: env:NO_SUCH_USER: the environment variable is not set. Set it" in result.err
    )
    assert "systems.erp.auth.password: env:TWO_LINES: it holds a line end" in result.err
    assert "two" not in result.err
    assert len(shop.accord("--json", "status").data["runs"]) == 1
    checked = shop.accord("check")  # no system is called, so it is worth knowing and no fault
    assert checked.code == 0
    assert "note: systems.erp.auth.user: env:NO_SUCH_KEY" in checked.out


@pytest.mark.parametrize(
    ("body", "remedy"),
    [
        (
            b"<html>Down for maintenance</html>",
            "the answer is no JSON (it is HTML or XML). Check systems.erp.url",
        ),
        (b"\xff\xfe", "the answer is no JSON (it is no UTF-8 from byte 1 on). Check systems.erp.url"),
        (
            b'{"items": [{"id": 1, "name": "\xc5se"}]}',
            "the answer is no JSON (it is no UTF-8 from byte 31 on)",
        ),
        (b'{"items": [{"id": 1, "na', "the answer is no JSON (it breaks at character 22 of 24)"),
        (
            b'{"items": [{"id": 1, "size": NaN}]}',
            "the answer is no JSON (a number in it is none, or too long)",
        ),
        (
            b'{"items": ' + b"[" * 10_000 + b"]" * 10_000 + b"}",
            "the answer is no JSON (it is nested too deep)",
        ),
        (b'{"items": [], "next": {"page": 2}}', "'next' of the answer names no next page. Correct page.next"),
        (b'{"items": "none"}', "is no list of records. Correct page.items in the manifest"),
        (b"", "is no list of records. Correct page.items in the manifest"),
    ],
)
def test_an_answer_that_is_no_listing(shop: Shop, body: bytes, remedy: str) -> None:
    shop.proxy.spoil = lambda method, _: (200, body) if method == "GET" else None
    told_and_kept(shop, shop.accord("sync"), "NOT READ erp.Company: erp.Company:", remedy)


def test_an_answer_of_100_mb(shop: Shop) -> None:
    shop.proxy.spoil = lambda method, _: (
        (200, b'{"items": [' + b" " * 100_000_000 + b"]}") if method == "GET" else None
    )
    told_and_kept(shop, shop.accord("sync"), "the answer is larger than 50 MB", "lower page.size")


def test_an_answer_that_breaks_off(shop: Shop) -> None:
    shop.proxy.spoil = lambda method, _: (200, b'{"items": [{"id": 1, "na') if method == "GET" else None
    told_and_kept(shop, shop.accord("sync"), "the answer is no JSON")


def test_an_empty_listing_deletes_nothing(shop: Shop) -> None:
    shop.proxy.spoil = lambda method, _: (200, b'{"items": []}') if method == "GET" else None
    assert shop.accord("sync").code in (0, 5)
    assert shop.crm.values("Company", "name") == ["Acme"]
    shop.proxy.spoil = lambda _method, _path: None
    assert shop.accord("sync").code == 0
    assert shop.erp.values("Company", "city") == ["Bergen"]


def test_a_property_that_is_gone_from_the_manifest_is_a_fault(shop: Shop) -> None:
    data = manifest("erp")
    del data["types"]["Company"]["properties"]["city"]
    (shop.folder / "erp.yaml").write_text(yaml.safe_dump(data))
    result = shop.accord("sync", "--yes")
    assert result.code == 3
    assert "accord.yaml:14:" in result.err
    assert "city" in result.err
    assert shop.erp.values("Company", "city") == ["Oslo"]


def changed(shop: Shop, change: Callable[[dict[str, Any]], None]) -> None:
    """From now on the ERP shows its companies otherwise, each in a new version."""
    rows = shop.erp.records("Company")
    for row in rows:
        row["rev"] += 1
        row["changed"] = "2100-01-01T00:00:00Z"
        change(row)

    def spoil(method: str, path: str) -> tuple[int, bytes] | None:
        if method != "GET" or not path.startswith("/companies"):
            return None
        one = next((row for row in rows if path.startswith(f"/companies/{row['id']}")), None)
        return 200, json.dumps(one or {"items": rows}).encode()

    shop.proxy.spoil = spoil


def five_more(shop: Shop) -> None:
    shop.crm.add_many("Company", [{"name": f"C{n}", "city": f"Town {n}"} for n in range(5)])
    assert shop.accord("sync", "--yes").code == 0


def test_g2_a_property_that_is_gone_from_all_answers_blanks_nothing(shop: Shop) -> None:
    five_more(shop)
    towns = shop.crm.values("Company", "city")
    changed(shop, lambda row: row.pop("city"))
    result = shop.accord("sync")
    assert result.code == 4
    assert "GUARD crm.Company: 6 records would lose city (6 linked)" in result.out
    assert shop.crm.values("Company", "city") == towns


def test_g2_a_property_of_another_type_by_value_blanks_nothing_and_is_told(shop: Shop) -> None:
    five_more(shop)
    towns = shop.crm.values("Company", "city")
    changed(shop, lambda row: row.update(city={"name": row["city"]}))
    result = shop.accord("sync")
    assert result.code in (0, 4, 5)
    assert "Traceback" not in result.err
    assert shop.crm.values("Company", "city") == towns
    assert "which says nothing:" in shop.accord("explain", "erp.Company/1", "city").out
