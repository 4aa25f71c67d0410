"""Requests per second of a sandbox over HTTP, by kind of call: `python -m benchmarks.sandbox_requests --n 10000`.

A client on plain sockets keeps `--connections` requests in flight; the sandbox is a process of its own. Its CPU per
request is the figure that other load on the machine disturbs least.
"""

import argparse
import asyncio
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter
from urllib.parse import urlsplit

import msgspec

from benchmarks.meters import cpu_s

MANIFEST = """
name: bench
base_url: http://bench.example/
types:
  Contact:
    path: contacts
    properties:
      {givenName: {max_length: 60}, familyName: {required: true}, email: {unique: true}, phone: {}, street: {},
       city: {}, postCode: {}, country: {}, title: {}, birthDate: {type: date}, employees: {type: integer}}
    version: {property: version, etag: true, order: ordered, exact: true}
    conditional: If-Match
    modified: modifiedAt
    created: createdAt
    update: patch
    page: {style: cursor, size: 100, next: next, items: items}
    changes: {parameter: since, format: version}
    idempotency: {}
"""


def contact(i: int) -> bytes:
    """A body of about 250 bytes."""
    return msgspec.json.encode(
        {
            "givenName": f"Anna {i}", "familyName": "Hansen-Olsen", "email": f"anna.{i}@example.no",
            "phone": "+4722334455", "street": "Karl Johans gate 1", "city": "Oslo", "postCode": "0154",
            "country": "NO", "title": "Head of department", "birthDate": "1980-01-02", "employees": i,
        }
    )  # fmt: skip


def request(method: str, path: str, body: bytes = b"", *headers: str) -> bytes:
    """A request as it goes over the wire."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", *headers]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body


def cases(n: int) -> Iterator[tuple[str, list[bytes]]]:
    """Requests by kind, in an order in which each meets what it needs."""
    yield "create", [request("POST", "/contacts", contact(i), f"Idempotency-Key: k{i}") for i in range(n)]
    yield "read", [request("GET", f"/contacts/c{i + 1}") for i in range(n)]
    yield (
        "update",
        [request("PATCH", f"/contacts/c{i + 1}", b'{"city":"Bergen"}', "If-Match: *") for i in range(n)],
    )
    yield "page of 100", [request("GET", f"/contacts?limit=100&cursor={n + i * 10}") for i in range(n // 10)]
    yield "nothing changed", [request("GET", f"/contacts?since={2 * n}") for _ in range(n // 2)]


async def worker(host: str, port: int, queue: Iterator[bytes]) -> int:
    """Send what the queue gives, one after the other; how many were answered 2xx."""
    reader, writer = await asyncio.open_connection(host, port, limit=2**20)
    good = 0
    for message in queue:
        writer.write(message)
        head = await reader.readuntil(b"\r\n\r\n")
        good += head[9:10] == b"2"
        at = head.lower().find(b"content-length:")
        if at >= 0:
            await reader.readexactly(int(head[at + 15 : head.index(b"\r\n", at)]))
    writer.close()
    return good


async def measure(title: str, url: str, pid: int, n: int, connections: int) -> None:
    """Print a line per kind of call."""
    at = urlsplit(url)
    for name, messages in cases(n):
        queue, begun, cpu = iter(messages), perf_counter(), cpu_s(pid)
        done = await asyncio.gather(
            *(worker(at.hostname or "", at.port or 80, queue) for _ in range(connections))
        )
        took, used = perf_counter() - begun, cpu_s(pid) - cpu
        if sum(done) != len(messages):
            raise SystemExit(f"{name}: {len(messages) - sum(done)} of {len(messages)} requests failed")
        rate, each = len(messages) / took, used / len(messages) * 1e6
        print(f"{title:10} {name:16} {rate:8,.0f} requests/s {each:6.0f} us CPU each")


def main() -> None:
    """Measure a sandbox in memory, then one with a file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=10_000, help="records; default: %(default)s")
    parser.add_argument("--connections", type=int, default=16, help="in flight; default: %(default)s")
    told = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        manifest = Path(folder) / "bench.yaml"
        manifest.write_text(MANIFEST)
        for title, more in (("in memory", []), ("durable", ["--file", f"{folder}/bench.db"])):
            command = [sys.executable, "-m", "accord.sandbox", str(manifest), *more]
            with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
                url = process.stdout.readline().split()[-1] if process.stdout else ""
                try:
                    asyncio.run(measure(title, url, process.pid, told.n, told.connections))
                finally:
                    process.terminate()


if __name__ == "__main__":
    main()
