"""Commands of a person beside `accord sync --watch`: both are real processes on one project (C3)."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.shop import Shop
from tests.waiting import until


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    with Shop(tmp_path) as it:
        yield it


def test_c3_a_person_pauses_and_resumes_while_another_process_watches(shop: Shop) -> None:
    shop.crm.add("Company", name="Acme", city="Oslo")
    assert shop.accord("sync", "--yes").code == 0
    with shop.process("sync", "--watch", "--every", "0.3") as program:
        shop.crm.edit("Company", 1, city="Bergen")
        until(lambda: shop.erp.values("Company", "city") == ["Bergen"])
        assert shop.accord("pause", "erp").code == 0
        shop.crm.edit("Company", 1, city="Rome")
        until(lambda: "not written, frozen" in shop.accord("explain", "crm.Company/1", "city").out)
        calls = shop.crm.calls()
        until(
            lambda: shop.crm.calls() >= calls + 6
        )  # three more cycles, each of one call for each entity type
        assert shop.erp.values("Company", "city") == ["Bergen"]
        assert shop.accord("resume", "erp").code == 0
        until(lambda: shop.erp.values("Company", "city") == ["Rome"])
        program.send_signal(signal.SIGINT)
        program.communicate(timeout=20)
    assert program.returncode == 130
