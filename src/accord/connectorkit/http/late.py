"""A transport that is made for its first request."""

from collections.abc import Callable

from accord.connectorkit.http.transport import Request, Response, Transport

__all__ = ["http_transport"]


class Late:
    """A transport that is made for its first request."""

    def __init__(self, make: Callable[[], Transport]) -> None:
        self._make = make
        self._made: Transport | None = None

    async def send(self, request: Request) -> Response:
        """See `Transport`."""
        if self._made is None:
            self._made = self._make()
        return await self._made.send(request)

    async def close(self) -> None:
        """See `Transport`."""
        if self._made is not None:
            await self._made.close()


def http_transport(concurrent: int = 1) -> Transport:
    """Carries requests over HTTP."""
    return Late(lambda: _http(concurrent))


def _http(concurrent: int) -> Transport:
    """Imported with the first call: aiohttp loads slowly, and `accord check` and `status` call nothing."""
    from accord.connectorkit.http.client import HttpTransport

    return HttpTransport(concurrent=concurrent)
