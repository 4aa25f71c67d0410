"""What real connections do: refuse, break, hang, answer too much; each request is sent once."""

import asyncio
import gzip
import socket
from collections.abc import Callable
from typing import Any

import pytest

from accord.connectorkit.http import NoAnswer, NotSent, Request, TooLarge
from accord.connectorkit.http.client import HttpTransport

Script = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Any]
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


class Server:
    """A server that answers each request by a script; `seen` are the request lines, `peers` the connections."""

    def __init__(self, *answers: bytes | None) -> None:
        self.answers = list(answers)
        self.seen: list[str] = []
        self.peers = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.peers += 1
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                self.seen.append(head.partition(b"\r\n")[0].decode())
                length = [
                    int(h[15:]) for h in head.lower().split(b"\r\n") if h.startswith(b"content-length:")
                ]
                await reader.readexactly(length[0] if length else 0)
                answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
                if answer is None:
                    await asyncio.sleep(5)
                elif not answer.startswith(b"HTTP"):
                    break
                else:
                    writer.write(answer)
                    await writer.drain()
                    if b"connection: close" in answer.lower():
                        break
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


def sent(
    server: Server, *requests: tuple[str, bytes | None], timeout_s: float = 2.0, **settings: Any
) -> list[Any]:
    """What became of requests, one after the other: responses, or what was raised."""

    async def run() -> list[Any]:
        listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
        port = listening.sockets[0].getsockname()[1]
        transport = HttpTransport(**settings)
        endings: list[Any] = []
        for method, body in requests:
            request = Request(
                method=method, url=f"http://127.0.0.1:{port}/x%2Fy?a=%20", body=body, timeout_s=timeout_s
            )
            try:
                endings.append(await transport.send(request))
            except Exception as error:
                endings.append(error)
        await transport.close()
        listening.close()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
        await asyncio.sleep(0)
        return endings

    return asyncio.run(run())


def test_requests_share_a_connection_and_addresses_stay_as_they_are() -> None:
    server = Server(OK)
    first, second = sent(server, ("GET", None), ("POST", b"{}"))
    assert (first.status, first.body, second.body) == (200, b"{}", b"{}")
    assert server.peers == 1
    assert server.seen == ["GET /x%2Fy?a=%20 HTTP/1.1", "POST /x%2Fy?a=%20 HTTP/1.1"]


def test_w3_nothing_was_sent_where_no_connection_can_be_made() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/"

        async def run() -> None:
            transport = HttpTransport()
            try:
                with pytest.raises(NotSent, match="the connection is refused"):
                    await transport.send(Request(method="POST", url=url, body=b"{}"))
            finally:
                await transport.close()

        asyncio.run(run())


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "POST", "PATCH"])
def test_w3_a_connection_that_breaks_leaves_the_outcome_open_and_nothing_is_sent_twice(method: str) -> None:
    """The second request meets a kept connection, which libraries like to try once more on a fresh one."""
    server = Server(OK, b"hang up", OK)
    first, second = sent(server, ("GET", None), (method, b"{}"))
    assert first.status == 200
    assert isinstance(second, NoAnswer)
    assert len(server.seen) == 2


def test_a_silent_system_is_given_up_in_time() -> None:
    (ending,) = sent(Server(None), ("POST", b"{}"), timeout_s=0.1)
    assert isinstance(ending, NoAnswer)
    assert str(ending) == "no answer within 0.1 s"


def test_an_answer_that_breaks_off_is_none() -> None:
    cut = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\nConnection: close\r\n\r\n{"
    (ending,) = sent(Server(cut), ("POST", b"{}"))
    assert isinstance(ending, NoAnswer)


def test_what_is_no_http_is_no_answer() -> None:
    (ending,) = sent(Server(b"HTTP nonsense\r\n\r\n"), ("GET", None))
    assert isinstance(ending, NoAnswer)


def test_a_redirect_is_an_answer() -> None:
    (ending,) = sent(
        Server(b"HTTP/1.1 302 Found\r\nLocation: /z\r\nContent-Length: 0\r\n\r\n"), ("GET", None)
    )
    assert (ending.status, ending.headers.get("Location")) == (302, "/z")


def test_a_payload_that_says_it_is_large_is_not_read() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n"
    (ending,) = sent(Server(head), ("GET", None))
    assert isinstance(ending, TooLarge)
    assert str(ending) == "the answer is larger than 50 MB"


def test_a_payload_of_unknown_size_is_counted_while_it_comes() -> None:
    chunk = b"2710\r\n" + b"x" * 10_000 + b"\r\n"
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    small, large = sent(
        Server(head + chunk * 9 + b"0\r\n\r\n", head + chunk * 11 + b"0\r\n\r\n"),
        ("GET", None), ("GET", None), most_bytes=100_000,
    )  # fmt: skip
    assert small.body == b"x" * 90_000
    assert isinstance(large, TooLarge)


def test_a_packed_payload_is_counted_as_it_unfolds() -> None:
    def packed(size: int) -> bytes:
        body = gzip.compress(b"x" * size)
        head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n"
        return head % len(body) + body

    small, large = sent(Server(packed(1000), packed(10**7)), ("GET", None), ("GET", None), most_bytes=100_000)
    assert small.body == b"x" * 1000
    assert isinstance(large, TooLarge)


def test_closing_twice_and_sending_afterwards_is_allowed() -> None:
    async def run() -> None:
        transport = HttpTransport()
        await transport.close()
        await transport.close()

    asyncio.run(run())
