"""A full disk, a database that may not be written, two processes, SIGTERM, a clock that is set back (C1, C3).

After each of them the program goes on by itself, and all is right in all systems.
"""

import os
import resource
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.crash.killing import come_to_an_end
from tests.crash.people import People

HERE = Path(__file__).parent
pytestmark = pytest.mark.slow


def work(people: People, acts: int = 6) -> None:
    """People are busy."""
    for _ in range(acts):
        people.act()


def told(people: People, *args: str, **options: Any) -> tuple[int, str]:
    """Exit code and stderr of one run of the program."""
    with people.business.program("sync", "--yes", *args, **options) as program:
        _, err = program.communicate(timeout=60)
    assert "Traceback" not in err, err
    return program.returncode, err


def at_most(size: int) -> Callable[[], None]:
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def test_c1_a_disk_that_is_full_stops_a_run_and_loses_nothing(people: People) -> None:
    """Played by a limit to the size of files, which needs no right to mount a small disk, and hits the database and its
    log just as a full disk does: a write that does not fit fails."""
    come_to_an_end(people)
    codes = []
    for more in (4_096, 20_000, 60_000, 150_000):
        work(people, 12)
        wal = people.business.store.with_name("state.db-wal")
        size = max(path.stat().st_size for path in (people.business.store, wal) if path.exists())
        code, err = told(people, preexec_fn=at_most(max(size, 32_768) + more))
        codes.append(code)
        assert code in (0, 5) or "Look at the disk" in err or "Make room" in err, (code, err)
    assert 1 in codes
    come_to_an_end(people)


def test_c1_a_database_that_may_not_be_written_stops_a_run_and_loses_nothing(people: People) -> None:
    come_to_an_end(people)
    work(people)
    people.business.store.chmod(0o400)
    with_rights = os.geteuid() == 0
    try:
        code, err = told(people, preexec_fn=as_anybody if with_rights else None)
    finally:
        people.business.store.chmod(0o600)
    assert code == 1
    assert "right to write" in err or "writable" in err
    come_to_an_end(people)


def as_anybody() -> None:
    """Even root is asked for the rights to a file: without CAP_DAC_OVERRIDE."""
    import ctypes

    ctypes.CDLL(None).prctl(24, 1, 0, 0, 0)


def test_c3_two_processes_on_one_project_never_work_at_once(people: People) -> None:
    """Started together, again and again: one works, the other one waits for it or says who does."""
    come_to_an_end(people)
    for _ in range(3):
        work(people)
        with people.business.program("sync", "--yes") as one, people.business.program("sync", "--yes") as two:
            ends = [
                (program.pid, program.communicate(timeout=60)[1], program.returncode)
                for program in (one, two)
            ]
        for pid, err, code in ends:
            other = next(p for p, _, _ in ends if p != pid)
            if code == 1:
                assert f"another process is working with it (process {other})" in err, err
            else:
                assert code in (0, 5), err
        assert any(code != 1 for _, _, code in ends)
    come_to_an_end(people)


def test_c1_sigterm_at_any_moment_leaves_nothing_unknown(people: People) -> None:
    come_to_an_end(people)
    ended = []
    for part in (0.6, 0.75, 0.9):
        work(people, 8)
        with people.business.program("sync", "--yes") as program:
            time.sleep(part)
            program.send_signal(signal.SIGTERM)
            _, err = program.communicate(timeout=30)
        ended.append(program.returncode)
        assert program.returncode in (143, 0, -signal.SIGTERM), err
        if program.returncode == 143:
            status = people.business.accord("status", "--json").data
            assert all(it["unknown_writes"] == 0 for it in status["types"])
    come_to_an_end(people)


@pytest.mark.parametrize("off_s", [-3600, -40_000_000, 3600])
def test_c1_m3_a_clock_that_is_set_back_loses_nothing(people: People, off_s: int) -> None:
    """The clock of the real process is off for one run, and right again in the next; the systems' clocks are right.

    It is set by a module that Python itself reads at its start: the program is the same, and nothing in it helps."""
    come_to_an_end(people)
    path = f"{HERE}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"
    for off in (off_s, 0, off_s):
        work(people, 10)
        env = {**os.environ, "PYTHONPATH": path, "CLOCK_OFF_S": str(off)}
        code, err = told(people, env=env)
        assert code in (0, 5), err
    come_to_an_end(people)
    moments = [
        event["at_us"] for event in people.business.accord("history", "--limit", "100000", "--json").data
    ]
    assert moments == sorted(moments)
