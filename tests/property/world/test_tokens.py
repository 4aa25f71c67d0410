"""Tokens of one connection: many workers, as many processes as like, one refresh (C5)."""

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from hypothesis import given, settings, strategies as st

from accord.connectorkit.http import FileTokens, Request, Response
from accord.connectorkit.http.oauth import OAuth2
from accord.connectorkit.manifest_auth import RefreshToken
from accord.sandbox.auth import Access, Gate
from accord.sandbox.messages import Request as Asked
from accord.testing.connector_contract import PlayedClock

AUTH = RefreshToken(
    kind="oauth2_refresh_token",
    token_url="https://crm.example/token",
    client_id="env:ID",
    client_secret="env:SECRET",
    refresh_token="env:REFRESH",
)


@settings(max_examples=15, deadline=None)
@given(st.integers(2, 4), st.integers(1, 3), st.lists(st.booleans(), min_size=1, max_size=3))
def test_c5_of_many_processes_one_refreshes_and_the_others_find_its_token(
    processes: int, calls: int, ends: list[bool]
) -> None:
    """Whether a token ends by its time or is refused before: a refresh token that is good once is never used twice."""
    clock, statuses = PlayedClock(), []
    gate = Gate(AUTH, Access(token_s=600, rotates=True), clock.now_us, {})

    async def send(request: Request) -> Response:
        await asyncio.sleep(0)
        asked = Asked(
            method=request.method,
            path=urlsplit(request.url).path,
            query="",
            headers={name.lower(): value for name, value in request.headers.items()},
            body=request.body or b"",
            origin="",
        )
        answer = gate.issues(asked)
        assert answer is not None
        statuses.append(answer.status)
        await asyncio.sleep(0)
        return Response(status=answer.status, headers={}, body=answer.body)

    async def call(auth: OAuth2) -> None:
        """Like a call of a connector: signed, and once more where that was refused."""
        request = Request(method="GET", url="https://crm.example/x", headers={})
        await auth.sign(request)
        if gate._valid(request.headers["Authorization"].removeprefix("Bearer ")):
            return
        assert await auth.refused(request)
        await auth.sign(request)
        assert gate._valid(request.headers["Authorization"].removeprefix("Bearer "))

    async def run(folder: Path) -> None:
        workers = [
            OAuth2(
                AUTH,
                system="crm",
                secrets=lambda _: "sandbox",
                send=send,
                store=FileTokens(folder),
                clock=clock,
            )
            for _ in range(processes)
        ]
        for number, by_time in enumerate([True, *ends]):
            clock.pass_s(601 if by_time else 1)
            if not by_time:
                gate.expire()
            await asyncio.gather(*(call(worker) for worker in workers for _ in range(calls)))
            assert statuses == [200] * (number + 1)

    with TemporaryDirectory() as folder:
        asyncio.run(run(Path(folder)))
