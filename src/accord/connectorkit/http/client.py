"""Requests over aiohttp: one session, made when it is first needed, in the event loop that needs it."""

from typing import Final

import aiohttp
from yarl import URL

from accord.connectorkit.http.transport import NoAnswer, NotSent, Request, Response, TooLarge

__all__ = ["HttpTransport"]

_CONNECT_S: Final = 10.0
_KEEP_S: Final = 4.0
"""Servers close idle connections after 5 s and more. A write on one that is just being closed is of unknown outcome, so
we close first."""


class HttpTransport:
    """A pool of connections. `concurrent` bounds them; answers longer than `most_bytes` are not read."""

    def __init__(self, *, concurrent: int = 8, most_bytes: int = 50_000_000) -> None:
        self._concurrent = concurrent
        self._most_bytes = most_bytes
        self._session: aiohttp.ClientSession | None = None
        self._timeouts: dict[float, aiohttp.ClientTimeout] = {}

    async def send(self, request: Request) -> Response:
        """See `Transport`."""
        session = self._session or self._open()
        timeout = self._timeouts.get(request.timeout_s) or self._timeout(request.timeout_s)
        try:
            answer = await session.request(
                request.method,
                URL(request.url, encoded=True),
                data=request.body,
                headers=request.headers,
                timeout=timeout,
                allow_redirects=False,
            )
            return Response(status=answer.status, headers=answer.headers, body=await self._body(answer))
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise NotSent(_reason(error)) from None
        except aiohttp.InvalidURL:
            raise NotSent("the address is no URL") from None
        except TimeoutError:
            raise NoAnswer(f"no answer within {request.timeout_s:g} s") from None
        except (aiohttp.ClientError, OSError) as error:
            raise NoAnswer(_reason(error)) from None

    async def close(self) -> None:
        """See `Transport`."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    def _open(self) -> aiohttp.ClientSession:
        self._session = session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=self._concurrent + 1, keepalive_timeout=_KEEP_S),
            cookie_jar=aiohttp.DummyCookieJar(),
        )
        session._retry_connection = False  # else a PUT or DELETE goes twice where a connection breaks (W3)
        return session

    def _timeout(self, seconds: float) -> aiohttp.ClientTimeout:
        found = aiohttp.ClientTimeout(total=seconds, sock_connect=min(_CONNECT_S, seconds))
        self._timeouts[seconds] = found
        return found

    async def _body(self, answer: aiohttp.ClientResponse) -> bytes:
        """The whole body, counted while it comes where its length is not known before."""
        length = answer.content_length
        if length is not None and length <= self._most_bytes and "Content-Encoding" not in answer.headers:
            return await answer.read()
        parts: list[bytes] = []
        size = 0
        while length is None or length <= self._most_bytes:
            part = await answer.content.readany()
            if not part:
                answer.release()
                return b"".join(parts)
            size += len(part)
            if size > self._most_bytes:
                break
            parts.append(part)
        answer.close()
        raise TooLarge(f"the answer is larger than {self._most_bytes / 1e6:g} MB")


def _reason(error: BaseException) -> str:
    """What went wrong, without addresses."""
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return "its name can not be resolved"
    if isinstance(error, aiohttp.ClientConnectorCertificateError | aiohttp.ClientConnectorSSLError):
        return (
            "no secure connection can be made (no TLS there, its version, or a certificate that nobody knows)"
        )
    if isinstance(error, aiohttp.ConnectionTimeoutError):
        return "no connection in time"
    if isinstance(error, ConnectionRefusedError) or isinstance(
        getattr(error, "os_error", None), ConnectionRefusedError
    ):
        return "the connection is refused"
    if isinstance(error, aiohttp.ClientResponseError | aiohttp.ClientPayloadError):
        return "the answer is not HTTP as it should be, or breaks off"
    return "the connection broke" if not isinstance(error, aiohttp.ClientConnectorError) else "no connection"
