"""SIGKILL at each named moment and at random ones, with people at work (C1, C2); `python -m tests.crash` does more."""

import subprocess
from contextlib import closing
from pathlib import Path
from random import Random

import psycopg
import pytest

from accord.runtime.crash_points import POINTS
from tests.crash.killing import come_to_an_end, kill_often
from tests.crash.people import People
from tests.crash.systems import Business
from tests.postgres import Server, server  # noqa: F401 (a fixture)
from tests.waiting import until

KILLS = 20
ON_A_SERVER = 4


@pytest.mark.slow
def test_c1_c2_killed_at_any_moment_nothing_is_lost_doubled_or_invented(tmp_path: Path) -> None:
    report = kill_often(KILLS, 0, tmp_path)
    assert report.kills.total() >= KILLS
    assert len(set(POINTS) & report.kills.keys()) >= len(POINTS) - 2
    assert report.recovered > 0


@pytest.mark.slow
def test_c1_c2_likewise_where_the_state_is_in_postgresql(tmp_path: Path, server: Server) -> None:  # noqa: F811
    report = kill_often(ON_A_SERVER, 1, tmp_path, server.url(server.new_schema()))
    assert report.kills.total() >= ON_A_SERVER


@pytest.mark.slow
def test_c1_c2_postgresql_itself_crashes_and_nothing_is_lost_or_doubled(
    tmp_path: Path,
    server: Server,  # noqa: F811
) -> None:
    """In the midst of a run, which says so and ends; the next one goes on from what was committed. A lock holds the
    run where it writes a table for the first time, so that the crash comes neither before it nor after it."""
    schema = server.new_schema()
    with Business(tmp_path, server.url(schema)) as business:
        people = People(business=business, random=Random(1))
        come_to_an_end(people)
        for table in ("seen", "link", "golden", "event"):
            for _ in range(8):
                people.enter()
            with closing(psycopg.connect(server.url(user="postgres"))) as keeper:
                keeper.execute(f"LOCK TABLE {schema}.{table} IN EXCLUSIVE MODE".encode())
                with business.program("sync", "--yes", stdout=subprocess.DEVNULL) as program:
                    until(lambda: waiting(server))
                    server.crash()
                    _, told = program.communicate(timeout=60)
            server.start()
            assert "Traceback" not in told
            assert program.returncode != 0
            assert "store postgresql://" in told
            assert "the server" in told
            come_to_an_end(people)


def waiting(server: Server) -> bool:  # noqa: F811
    """Whether the program waits for a lock."""
    ((count,),) = server.run("SELECT count(*) FROM pg_locks WHERE NOT granted")
    return bool(count)
