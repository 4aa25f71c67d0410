"""The floor's server for many records: what it shows is computed, so that a million records take no memory.

The same interface as `floor/server.py`, over real HTTP. A record that nobody edited is made when it is asked for; only
those that were edited or created are kept. `/_edit?n=&step=` edits n people, `step` apart.
"""

import sys
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, overload

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

sys.path.insert(0, str(Path(__file__).parent / "floor"))

import server
from common import contact  # type: ignore[import-not-found]

__all__ = ["app"]


class People(dict[str, dict[str, Any]]):
    """Records by id: those that were touched, and behind them `count` people of a side, who are made when asked for."""

    count = 0
    side = "crm"

    def __missing__(self, id_: str) -> dict[str, Any]:
        number = int(id_.partition("-")[2])
        return {**contact(number, 0, self.side), "version": number + 1}

    def __contains__(self, id_: object) -> bool:
        return super().__contains__(id_) or self._number(str(id_)) < self.count

    def get(self, id_: str, default: Any = None) -> Any:  # who asks for one by its id may change it
        if id_ not in self:
            return default
        return self.setdefault(id_, self[id_])

    def _number(self, id_: str) -> int:
        digits = id_.partition("-")[2]
        return int(digits) if digits.isdecimal() else self.count


class Log(Sequence[tuple[int, str]]):
    """(version, id) in order of change: first the people in order of their numbers, then what was done to them."""

    def __init__(self, people: People) -> None:
        self.people = people
        self.changes: list[tuple[int, str]] = []

    def __len__(self) -> int:
        return self.people.count + len(self.changes)

    @overload
    def __getitem__(self, at: int) -> tuple[int, str]: ...
    @overload
    def __getitem__(self, at: slice) -> list[tuple[int, str]]: ...
    def __getitem__(self, at: int | slice) -> Any:
        if isinstance(at, slice):
            return [self[place] for place in range(*at.indices(len(self)))]
        if at >= self.people.count:
            return self.changes[at - self.people.count]
        return at + 1, f"{self.people.side}-{at:07d}"

    def append(self, change: tuple[int, str]) -> None:
        """Note a change."""
        self.changes.append(change)


PEOPLE = People()
LOG = Log(PEOPLE)
server.R, server.LOG = PEOPLE, LOG


async def reset(request: Request) -> Response:
    """Begin with n people whom nobody touched."""
    PEOPLE.clear()
    LOG.changes.clear()
    server.KEYS.clear()
    server.CALLS.update(dict.fromkeys(server.CALLS, 0))
    PEOPLE.count, PEOPLE.side = int(request.query_params["n"]), request.query_params.get("side", "crm")
    server.S.update(side=PEOPLE.side, seq=PEOPLE.count)
    return server.J(PEOPLE.count)


async def edit(request: Request) -> Response:
    """Edit n people, `step` apart, beginning with `lo`."""
    asked = request.query_params
    lo, n, step = int(asked["lo"]), int(asked["n"]), int(asked.get("step", 1))
    for number in range(lo, lo + n * step, step):
        person = PEOPLE.get(f"{PEOPLE.side}-{number:07d}")
        person["job_title"] += " edited"
        server.touch(person)
    return server.J(n)


async def page(request: Request) -> Response:
    """A page of the listing, or of what changed since a version."""
    server.CALLS["GET"] += 1
    asked = request.query_params
    limit, after, since = (int(asked.get(*named)) for named in (("limit", 100), ("after", 0), ("since", 0)))
    begin = bisect_right(LOG, (max(after, since), "~"))
    part = LOG[begin : begin + limit]
    rows = [person for version, id_ in part if (person := PEOPLE[id_])["version"] == version]
    more = begin + limit < len(LOG)
    return server.J({"results": rows, "paging": {"next": {"after": part[-1][0]} if more else None}})


def _routes() -> Iterator[Route]:
    yield Route("/contacts", page)
    yield Route("/contacts", server.create, methods=["POST"])
    yield Route("/contacts/{id}", server.one, methods=["GET", "PATCH"])
    yield Route("/_calls", server.calls)
    yield Route("/_reset", reset, methods=["POST"])
    yield Route("/_edit", edit, methods=["POST"])


app = Starlette(routes=list(_routes()))
