"""Stopped in the middle, by Ctrl-C, SIGTERM or kill -9: the next run goes on, nothing is lost or made twice (C1)."""

import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.shop import Shop

COUNT = 60


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    with Shop(tmp_path) as made:
        made.crm.add_many("Company", [{"name": f"C{n:03}", "city": "Oslo"} for n in range(COUNT)])
        yield made


def converged(shop: Shop) -> None:
    """The program goes on by itself: all records are there once, equal, and the run after that writes nothing."""
    shop.proxy.delay_s = 0.0
    assert shop.accord("sync", "--yes").code == 0
    assert shop.erp.values("Company", "name") == shop.crm.values("Company", "name")
    assert len(shop.erp.records("Company")) == COUNT
    again = shop.accord("sync", "--json")
    assert (again.code, again.data["sent"]) == (0, {})


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_c1_told_to_stop_it_ends_its_calls_and_the_next_run_goes_on(
    shop: Shop, number: signal.Signals, code: int
) -> None:
    shop.proxy.delay_s = 0.15
    with shop.process("sync", "--yes") as program:
        shop.wait_for_writes(5)
        program.send_signal(number)
        _, err = program.communicate(timeout=20)
    assert program.returncode == code
    assert "run it again to go on" in err
    assert "Traceback" not in err
    status = shop.accord("status", "--json").data
    assert all(it["unknown_writes"] == 0 for it in status["types"])  # the calls under way were waited for
    converged(shop)


def test_c1_told_twice_it_does_not_wait(shop: Shop) -> None:
    shop.proxy.delay_s = 9.0
    with shop.process("sync", "--yes") as program:
        shop.wait_for_writes(1)
        program.send_signal(signal.SIGINT)
        with pytest.raises(subprocess.TimeoutExpired):
            program.wait(0.5)
        program.send_signal(signal.SIGINT)
        program.communicate(timeout=8)
    assert program.returncode == 130
    converged(shop)


def test_c1_killed_at_three_moments_it_converges(shop: Shop) -> None:
    shop.proxy.delay_s = 0.03
    for moment in (1, 15, 40):
        before = shop.proxy.writes
        with shop.process("sync", "--yes") as program:
            shop.wait_for_writes(before + moment)
            program.kill()
            program.communicate()
        assert program.returncode == -signal.SIGKILL
    converged(shop)


def test_watch_takes_edits_until_it_is_stopped(shop: Shop) -> None:
    assert shop.accord("sync", "--yes").code == 0
    with shop.process("sync", "--watch", "--every", "0.2") as program:
        assert program.stdout is not None
        shop.crm.edit("Company", 1, city="Bergen")
        assert "updated 1 erp.Company" in program.stdout.readline()
        shop.erp.edit("Company", 2, city="Tromsø")
        assert "updated 1 crm.Company" in program.stdout.readline()
        program.send_signal(signal.SIGINT)
        program.communicate(timeout=20)
    assert program.returncode == 130
    assert shop.crm.values("Company", "city") == shop.erp.values("Company", "city")


def test_two_processes_on_one_project_the_second_waits_then_says_so(shop: Shop) -> None:
    shop.proxy.delay_s = 8.0  # longer than a run waits for another process
    with shop.process("sync", "--yes") as program:
        shop.wait_for_writes(1)
        second = shop.accord("sync")
        assert second.code == 1
        assert f"another process is working with it (process {program.pid})" in second.err
        assert shop.accord("status").code == 0  # reading goes on meanwhile
        shop.proxy.delay_s = 0.0
        program.communicate(timeout=20)
    assert program.returncode == 0
    converged(shop)
