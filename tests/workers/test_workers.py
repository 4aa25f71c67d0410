"""Two workers on one store, real processes, and systems that answer after 50 ms (C1, C3, W10, W11)."""

import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.postgres import Server, server
from tests.waiting import until
from tests.workers.firm import Firm, Hired

__all__ = ["server"]

LEASE_S = 3.0


@pytest.fixture
def firm(tmp_path: Path) -> Iterator[Firm]:
    """Two systems and a project."""
    with Firm(tmp_path) as opened:
        yield opened


def _created(firm: Firm, system: str = "erp") -> int:
    return int(firm.calls(system)["calls"].get("create", 0))


def _two(firm: Firm, url: str) -> tuple[Hired, Hired]:
    """The conductor and a hand."""
    first = firm.hire(url, lease_s=LEASE_S)
    first.plays("conductor")
    second = firm.hire(url, lease_s=LEASE_S)
    second.plays("hand")
    first.until(lambda line: line.get("workers") == 2)
    return first, second


def _all_there(firm: Firm, count: int) -> None:
    """Everybody stands once in each system, and nobody else."""
    until(lambda: sum(firm.people("erp").values()) >= count and firm.in_sync())
    for system in ("crm", "erp"):
        people = firm.people(system)
        assert len(people) == count
        assert set(people.values()) == {1}
    refused = {
        status for status in firm.calls("erp")["statuses"] if status not in ("200", "201", "204", "412")
    }
    assert not refused, firm.calls("erp")


def _told(what: str, **said: object) -> None:
    sys.stdout.write(f"{what}: {', '.join(f'{name} {value}' for name, value in said.items())}\n")


def test_c3_w11_two_workers_share_the_work_and_what_systems_allow(firm: Firm, server: Server) -> None:
    """Both read, settle and write; no more calls are under way than the system allows, however many workers call."""
    first, second = _two(firm, server.url(server.new_schema()))
    firm.enter("crm", range(300))
    firm.enter("erp", range(200, 500))
    _all_there(firm, 500)
    firm.edit("crm", {f"p{n}@x": "new" for n in range(100)})
    firm.edit("erp", {f"p{n}@x": "other" for n in range(100, 200)})
    until(lambda: firm.in_sync() and {p[2] for p in firm.people("erp")} >= {"new", "other"})
    for worker in (first, second):
        worker.end()
    ends = [worker.until_end() for worker in (first, second)]  # on a busy machine they may change roles
    by_hand, conducting = (
        sum((Counter(end[role]) for end in ends), Counter()) for role in ("hand", "conductor")
    )
    _told("pieces", conductor=dict(conducting), hand=dict(by_hand))
    assert by_hand["share"] >= 1
    assert conducting["share"] >= 1
    at_once = {system: firm.calls(system)["at_once"] for system in ("crm", "erp")}
    assert max(at_once.values()) <= 8, at_once
    assert _created(firm) == 200


def test_c1_c3_who_is_killed_is_replaced_and_nothing_is_lost_or_doubled(firm: Firm, server: Server) -> None:
    """First the hand, while it writes; then the conductor."""
    url = server.url(server.new_schema())
    first, second = _two(firm, url)
    firm.enter("crm", range(200))
    until(lambda: second.calls() > 3)
    second.kill()
    third = firm.hire(url, lease_s=LEASE_S)
    third.plays("hand")
    _all_there(firm, 200)
    firm.enter("erp", range(200, 400))
    until(lambda: _created(firm, "crm") > 30)
    killed_s = first.kill()
    took_s = third.plays("conductor") - killed_s
    _told("taken over from who was killed", seconds=f"{took_s:.2f}")
    assert took_s < LEASE_S + 7
    _all_there(firm, 400)


def _roles(*workers: Hired) -> tuple[Hired, Hired]:
    """Who conducts now, and the other one."""
    one, other = sorted(workers, key=lambda worker: worker.conducts_since_s(), reverse=True)
    return one, other


def test_c3_who_was_stopped_writes_nothing_when_it_wakes_up_late(firm: Firm, server: Server) -> None:
    """First the hand, while it writes; then the conductor: calls that were under way come back, no other leaves."""
    url = server.url(server.new_schema())
    first, second = _two(firm, url)
    firm.enter("crm", range(200))
    until(lambda: second.calls() > 3)
    second.signal(signal.SIGSTOP)
    until(lambda: sum(firm.people("erp").values()) == 200)
    calls = second.calls()
    second.signal(signal.SIGCONT)
    _all_there(firm, 200)
    assert second.calls() - calls <= 8
    firm.enter("erp", range(200, 400))
    until(lambda: _created(firm, "crm") > 30)
    conductor, other = _roles(first, second)
    stopped_s = time.time()
    conductor.signal(signal.SIGSTOP)
    until(lambda: sum(firm.people("crm").values()) == 400)
    _told("taken over from who was stopped", seconds=f"{other.conducts_since_s() - stopped_s:.2f}")
    calls = conductor.calls()
    conductor.signal(signal.SIGCONT)
    conductor.until(lambda line: line.get("role") == "hand" and line["at_s"] > stopped_s)
    _all_there(firm, 400)
    assert conductor.calls() - calls <= 8
