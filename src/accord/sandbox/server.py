"""Serves a sandbox over HTTP."""

import asyncio
import socket
import struct
from collections.abc import Callable
from os import strerror
from types import TracebackType
from typing import Final, Self

from aiohttp import web

from accord.connectorkit.manifest import Manifest
from accord.core.errors import StopFlow
from accord.sandbox.door import DOOR
from accord.sandbox.messages import Request, Response, plain
from accord.sandbox.routes import base_path
from accord.sandbox.sandbox import Sandbox, now_us
from accord.sandbox.setup import Setup
from accord.sandbox.telling import Teller

__all__ = ["SandboxServer"]

_MOST_BYTES: Final = 64 * 1024 * 1024
_LOOPBACK: Final = ("127.0.0.1", "::1", "::ffff:127.0.0.1")
_NAMES: Final = ("localhost", "127.0.0.1", "[::1]", "::1")
_AT_ONCE: Final = struct.pack("ii", 1, 0)
"""SO_LINGER: on, for no time."""


class SandboxServer:
    """A sandbox on a port, from entering the context to leaving it.

    `url` is what stands for the manifest's base URL, `root` that of the server. Raises StopFlow: the port can not be
    had.
    """

    def __init__(
        self, manifest: Manifest, setup: Setup | None = None, *, clock: Callable[[], int] = now_us
    ) -> None:
        self.manifest, self.setup = manifest, setup or Setup()
        self.root = self.url = ""
        self.sandbox = Sandbox(manifest, self.setup, clock=clock)
        self.model = self.sandbox.model
        self._teller = Teller(manifest, self.sandbox.hooks, clock, self.setup.hook_retry_s)
        self._runner: web.ServerRunner | None = None

    async def __aenter__(self) -> Self:
        setup = self.setup
        server = web.Server(self._serve, access_log=None, handler_cancellation=True)
        self._runner = runner = web.ServerRunner(server, shutdown_timeout=1)
        await runner.setup()
        try:
            await web.TCPSite(runner, setup.host, setup.port).start()
        except OSError as error:
            await runner.cleanup()
            self.sandbox.close()
            message = f"the sandbox {self.manifest.name} can not listen on {setup.host} port {setup.port}"
            why = strerror(error.errno) if error.errno and error.errno > 0 else error.strerror
            raise StopFlow(f"{message} ({why})", remedy="Name another --port or --host.") from None
        host, port = runner.addresses[0][:2]
        self.root = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
        self.url = self.root + base_path(self.manifest.base_url)
        self._teller.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._teller.stop()
        if self._runner is not None:
            await self._runner.cleanup()
        self.sandbox.close()

    async def _serve(self, asked: web.BaseRequest) -> web.StreamResponse:
        body = b""
        if asked.body_exists:
            read = await _body(asked)
            if read is None:
                return _sent(plain(413, f"a body may have {_MOST_BYTES} bytes"))
            body = read
        path, _, query = asked.raw_path.partition("?")
        host = asked.headers.get("Host", "")
        request = Request(
            method=asked.method,
            path=path,
            query=query,
            headers=asked.headers,
            body=body,
            origin=f"http://{host}" if host else "",
            local=_is_local(asked, host),
        )
        response = await self._handled(request)
        if response.lost:
            await self._lose(asked, response)
        return _sent(response)

    async def _handled(self, request: Request) -> Response:
        """The response, after the way there and the way back; people at the door do not wait."""
        if request.path.startswith(DOOR):
            return self.sandbox.handle(request)
        with self.sandbox.door.call_under_way():
            await asyncio.sleep(self.setup.latency_s / 2)
            response = self.sandbox.handle(request)
            await asyncio.sleep(self.setup.latency_s / 2)
        return response

    async def _lose(self, asked: web.BaseRequest, response: Response) -> None:
        """Break the connection, at once or after a silence."""
        if response.lost == "silence":
            await asyncio.sleep(self.setup.hang_s)
        transport = asked.transport
        if isinstance(transport, asyncio.Transport):
            sock = transport.get_extra_info("socket")
            if sock is not None:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
            transport.abort()


def _is_local(asked: web.BaseRequest, host: str) -> bool:
    """The caller is on this machine, and no page of a browser that was sent here under another name."""
    name = host if host.endswith("]") else host.rpartition(":")[0] or host
    return asked.remote in _LOOPBACK and name in _NAMES


async def _body(asked: web.BaseRequest) -> bytes | None:
    """The body; None: it is too large."""
    if (asked.content_length or 0) > _MOST_BYTES:
        return None
    chunks: list[bytes] = []
    size = 0
    while chunk := await asked.content.readany():
        size += len(chunk)
        if size > _MOST_BYTES:
            return None
        chunks.append(chunk)
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)


def _sent(response: Response) -> web.Response:
    return web.Response(status=response.status or 500, headers=response.headers, body=response.body or None)
