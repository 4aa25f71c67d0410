"""Two processes work with one connection: one of them gets the next token, and the other one uses it (C5)."""

import asyncio
import json
import os
import sys
from collections import Counter
from pathlib import Path

import pytest

from accord.connectorkit.http import FileTokens
from accord.core.errors import RetryLater
from accord.filelock import try_lock
from accord.sandbox import Access, Request, Response, SandboxServer, Setup
from accord.sandbox.auth import TOKEN_PATH
from tests.unit.sandbox.playing import COMPANY, CONTACT, crm

AUTH = {
    "kind": "oauth2_refresh_token",
    "token_url": "https://crm.example/token",
    "client_id": "env:ID",
    "client_secret": "env:SECRET",
    "refresh_token": "env:REFRESH",
}
MANIFEST = {
    "name": "crm",
    "base_url": "https://crm.example/api/v2/",
    "auth": AUTH,
    "types": {"Company": COMPANY, "Contact": CONTACT},
}
READER = """
import asyncio, json, sys
from pathlib import Path
from accord.connectorkit.manifest_load import manifest_from
from accord.connectorkit.http import FileTokens
from accord.connectors.rest import RestConnector
from accord.runtime.clock import SystemClock

async def read(manifest, url, token_url, folder):
    connector = RestConnector(
        manifest_from(json.loads(manifest)), system="crm", clock=SystemClock(), base_url=url,
        auth={"token_url": token_url}, secrets=lambda reference: "sandbox", tokens=FileTokens(Path(folder)),
    )
    for _ in range(150):
        await connector.fetch("crm.Contact", ["c1"])
    await connector.close()

asyncio.run(read(*sys.argv[1:]))
"""
"""Reads a record many times; arguments: manifest, base URL, URL of the token endpoint, folder of the tokens."""


async def read(server: SandboxServer, folder: Path) -> None:
    """A process of its own reads a record many times."""
    process = await asyncio.create_subprocess_exec(
        *(
            sys.executable,
            "-c",
            READER,
            json.dumps(MANIFEST),
            server.url,
            server.root + TOKEN_PATH,
            str(folder),
        ),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    _, err = await process.communicate()
    assert process.returncode == 0, err.decode()


def test_c5_of_two_processes_one_refreshes_and_the_other_one_finds_its_token(tmp_path: Path) -> None:
    """Refresh tokens are good once, and access tokens for sixty reads: none is used twice, none is lost."""
    answers: Counter[int] = Counter()
    reads: Counter[int] = Counter()

    async def run() -> None:
        setup = Setup(access=Access(rotates=True))
        async with SandboxServer(crm(auth=AUTH), setup) as server:
            handle = server.sandbox.handle

            def watched(request: Request) -> Response:
                response = handle(request)
                if request.path == TOKEN_PATH:
                    answers[response.status] += 1
                elif response.status != 401:
                    reads[answers[200]] += 1
                    if reads[answers[200]] == 60:
                        server.sandbox.gate.expire()
                return response

            server.sandbox.handle = watched  # type: ignore[method-assign]
            await asyncio.gather(*(read(server, tmp_path / "tokens") for _ in range(2)))

    asyncio.run(run())
    assert reads == {1: 60, 2: 60, 3: 60, 4: 60, 5: 60}
    assert answers == {200: 5}
    assert {path.name for path in (tmp_path / "tokens").iterdir()} == {"crm.token", "crm.lock"}


def test_c5_a_process_that_does_not_come_to_an_end_is_waited_for_a_while(tmp_path: Path) -> None:
    async def run() -> None:
        tokens = FileTokens(tmp_path, wait_s=0.1)
        other = os.open(tmp_path / "crm.lock", os.O_RDWR | os.O_CREAT)
        assert try_lock(other)
        with pytest.raises(RetryLater, match="another process is getting a token"):
            async with tokens.alone("crm"):
                pass
        async with tokens.alone("erp"):  # each system has a lock of its own
            pass
        os.close(other)
        async with tokens.alone("crm"):
            again = os.open(tmp_path / "crm.lock", os.O_RDWR)
            assert not try_lock(again)
            os.close(again)

    asyncio.run(run())
