"""`accord qa --against live` as a person runs it, on systems that hold records of others."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.e2e.shop import Shop, manifest, run_here


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """Ada is in both systems, differently: a sync of the project would write to her."""
    with Shop(tmp_path) as made:
        made.crm.add("Person", name="Ada", email="ada@x.no", phone="1")
        made.erp.add("Person", name="ADA", email="ada@x.no", phone="2")
        yield made


def held(shop: Shop) -> list[list[dict[str, Any]]]:
    """All that is in the systems."""
    return [system.records(name) for system in (shop.crm, shop.erp) for name in ("Company", "Person")]


def test_it_shows_what_it_would_create_then_does_it_and_leaves_nothing(shop: Shop) -> None:
    before = held(shop)
    shown = shop.accord("qa", "--against", "live")
    assert shown.code == 4, shown.out + shown.err
    assert f"crm at {shop.crm.url}" in shown.out
    assert f"erp at {shop.proxy.url}" in shown.out
    assert "crm.Person" in shown.out
    assert shown.out.splitlines()[-1].endswith(f"accord -C {shop.folder} qa --against live --yes")
    told = shop.accord("qa", "--against", "live", "--json").data
    assert told["records"] == sum(it["entered"] + it["flowing"] for it in told["types"]) > 20
    assert held(shop) == before
    assert shop.proxy.writes == 0

    done = shop.accord("qa", "--against", "live", "--yes", "--pair", "crm.Person-erp.Person")
    assert done.code == 0, done.out + done.err
    assert "0 failed" in done.out
    assert shop.proxy.writes > 20
    assert held(shop) == before
    assert not (shop.folder / ".accord" / "state.db").exists()  # the project's own hub took no part
    assert "Nothing of an earlier run is left." in shop.accord("qa", "--clean").out


def test_what_a_killed_run_left_is_removed_by_clean(shop: Shop) -> None:
    before = held(shop)
    with shop.process("qa", "--against", "live", "--yes") as it:
        shop.wait_for_writes(40)
        it.kill()
        it.wait(10)
    assert held(shop) != before
    again = shop.accord("qa", "--against", "live", "--yes")
    assert again.code == 1
    assert f"accord -C {shop.folder} qa --clean" in again.err
    cleaned = shop.accord("qa", "--clean", "--json")
    assert (cleaned.code, cleaned.data["left"]) == (0, [])
    assert cleaned.data["removed"] > 10
    assert held(shop) == before


def test_what_would_be_set_off_elsewhere_is_refused_unless_somebody_says_so(shop: Shop) -> None:
    mailing = manifest("erp")
    mailing["types"]["Person"]["side_effects"] = ["mail"]
    (shop.folder / "erp.yaml").write_text(yaml.safe_dump(mailing), encoding="utf-8")
    refused = shop.accord("qa", "--against", "live", "--yes")
    assert refused.code == 1
    assert "erp.Person (mail)" in refused.err
    assert refused.err.count("--side-effects") == 1
    assert "erp.Person sets off: mail" in refused.out
    assert shop.proxy.writes == 0
    allowed = shop.accord("qa", "--against", "live", "--side-effects")
    assert allowed.code == 4
    assert "qa --against live --side-effects --yes" in allowed.out
    others = shop.accord("qa", "--against", "live", "--pair", "crm.Company-erp.Company")
    assert others.code == 4, others.err


@pytest.mark.parametrize(
    ("args", "why"),
    [
        (["--yes"], "--yes is for --against live"),
        (["--side-effects"], "--side-effects is for --against live"),
        (["--leave", "--against", "sandbox"], "--leave is for --against live"),
        (["--clean", "--list"], "--clean: give it alone"),
        (["--against", "production"], "production"),
    ],
)
def test_flags_that_do_not_fit_are_refused(args: list[str], why: str, tmp_path: Path) -> None:
    refused = run_here("-C", str(tmp_path), "qa", *args)
    assert refused.code == 2
    assert why in refused.err


def test_a_system_that_does_not_answer_is_told_before_anything_is_created(shop: Shop) -> None:
    shop.proxy.spoil = lambda _method, _path: (503, b"{}")
    began_s = time.monotonic()
    done = shop.accord("qa", "--against", "live", "--yes")
    assert done.code == 1, done.out + done.err
    assert "can not be read, so nothing was created" in done.err
    assert done.err.count("accord: ") == 1
    assert len(shop.crm.records("Person")) == 1
    assert time.monotonic() - began_s < 60
    assert shop.accord("qa", "--clean").code == 0
