"""Hears the answer of a login on this machine, as a page on its loopback address (RFC 8252, 7.3)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final
from urllib.parse import urlsplit

from aiohttp import web

from accord.connecting.logins import Logins
from accord.connecting.page import HEADERS, page
from accord.core.errors import AccordError

__all__ = ["LOOPBACK", "PATH", "is_here", "receiving"]

PATH: Final = "/oauth/callback"
LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")


def is_here(redirect: str) -> bool:
    """An address that a browser on this machine finds this machine at."""
    return urlsplit(redirect).hostname in LOOPBACK


@asynccontextmanager
async def receiving(logins: Logins, redirect: str = "") -> AsyncIterator[str]:
    """The address at which answers are heard inside: `redirect`, which is here, or one with any free port.

    Raises AccordError: its port is taken.
    """
    parts = urlsplit(redirect)
    host, path = parts.hostname or "127.0.0.1", parts.path or (PATH if not redirect else "/")
    port = parts.port or (80 if redirect else 0)

    async def heard(request: web.BaseRequest) -> web.StreamResponse:
        if request.path != path or request.method != "GET":
            text = page("There is nothing here", "Accord waits at another address for a login to end.")
            return web.Response(status=404, text=text, headers=HEADERS)
        said = await logins.answer(dict(request.query))
        return web.Response(status=said.status, text=said.html, headers=HEADERS)

    runner = web.ServerRunner(web.Server(heard, access_log=None), shutdown_timeout=2)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            raise AccordError(
                f"the answer can not be heard at {host} port {port} ({error.strerror})",
                remedy="If it is the service, it takes the answer: add --elsewhere. Else "
                "name another redirect_url, and register it with the system",
            ) from None
        bound = runner.addresses[0][1]
        shown = f"[{host}]" if ":" in host else host
        yield redirect or f"http://{shown}:{bound}{path}"
    finally:
        await runner.cleanup()
