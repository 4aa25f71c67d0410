"""How long an edit takes to the other side: two sandboxes that send webhooks, and `accord serve` between them.

Each is a process of its own; an edit begins when a person's call is sent, and has arrived when the other system tells
of it by a webhook of its own, so that one webhook more is in every figure. argv: --records N, --edits N, --gap-s S,
--polling (no webhooks: read every second instead). Prints a line for people and one of JSON for each direction.
"""

import argparse
import asyncio
import json
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

SECRETS = {
    "CRMOFFICE_CLIENT_ID": "bench",
    "CRMOFFICE_CLIENT_SECRET": "sandbox",
    "CRMOFFICE_REFRESH_TOKEN": "sandbox",
    "CRMOFFICE_WEBHOOK_SECRET": "sandbox",
    "CUSTOMERP_API_KEY": "sandbox",
    "CUSTOMERP_WEBHOOK_SECRET": "sandbox",
}
PROJECT = """\
version: 1
name: latency
schedule: {schedule}
systems:
  crm: {{connector: crmoffice, priority: 2, url: "{crm}", auth: {{token_url: "{root}/_token"}}}}
  erp: {{connector: customerp, priority: 1, url: "{erp}"}}
pairs:
  - from: crm.Contacts
    to: erp.Contact
    create: {{forward: always, backward: always}}
    match: [[[email, email]]]
    rows:
      - [givenName, firstName]
      - [familyName, lastName]
      - [email, email]
"""
ENVIRONMENT = {**os.environ, **SECRETS}
NAMES = {"crm": ("Contacts", "givenName"), "erp": ("Contact", "firstName")}


class Arrivals:
    """Takes the webhooks that tell of an edit that has arrived."""

    def __init__(self) -> None:
        self.waited: tuple[str, str] | None = None
        self.came: asyncio.Future[float] = asyncio.get_running_loop().create_future()

    def wait(self, system: str, record: str) -> None:
        """From now on a webhook about this record counts."""
        self.waited, self.came = (system, record), asyncio.get_running_loop().create_future()

    async def take(self, asked: web.Request) -> web.Response:
        """Answer a webhook."""
        if challenge := asked.query.get("challenge"):
            return web.Response(text=challenge)
        body, at_s = await asked.json(), time.perf_counter()
        system = asked.match_info["system"]
        for event in body["events"] if system == "crm" else [body]:
            if self.waited == (system, str(event["id"])) and not self.came.done():
                self.came.set_result(at_s)
        return web.Response(status=202 if system == "crm" else 200)


@asynccontextmanager
async def started(*command: str, **options: Any) -> AsyncIterator[str]:
    """A program that prints its address, as a process."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", *command, stdout=asyncio.subprocess.PIPE, env=ENVIRONMENT, **options
    )
    assert process.stdout is not None
    try:
        yield (await process.stdout.readline()).decode()
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def ran(*command: str) -> None:
    """A program that ends."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", *command, env=ENVIRONMENT, stdout=asyncio.subprocess.DEVNULL
    )
    if await process.wait():
        raise SystemExit(f"{' '.join(command)} failed")


def person(n: int) -> dict[str, str]:
    """Somebody, as the CRM calls it."""
    return {"givenName": f"Given {n}", "familyName": f"Family {n}", "email": f"p{n}@example.org"}


async def subscribe(http: aiohttp.ClientSession, systems: dict[str, str], root: str, base: str) -> None:
    """Let both systems tell an address of changes."""
    form = {"grant_type": "refresh_token", "refresh_token": "sandbox", "client_id": "bench"}
    async with http.post(f"{root}/_token", data={**form, "client_secret": "sandbox"}) as answer:
        token = (await answer.json())["access_token"]
    until = "2099-01-01T00:00:00Z"
    crm = {"url": f"{base}/crm", "entities": ["Contacts"], "secret": "sandbox", "expiresAt": until}
    erp = {"target": f"{base}/erp?for=Contact", "of": ["contact"], "key": "sandbox"}
    headers = {"Authorization": f"Bearer {token}"}
    async with http.post(f"{systems['crm']}webhooks", json=crm, headers=headers) as answer:
        answer.raise_for_status()
    async with http.post(f"{systems['erp']}/hooks", json=erp, headers={"X-Api-Key": "sandbox"}) as answer:
        answer.raise_for_status()


async def edits(
    http: aiohttp.ClientSession,
    arrivals: Arrivals,
    doors: dict[str, str],
    there: str,
    count: int,
    gap_s: float,
) -> list[float]:
    """Milliseconds until edits on the other side have come to `there`, one after the other."""
    here = "erp" if there == "crm" else "crm"
    (type_name, name), (other, mail) = NAMES[here], (NAMES[there][0], "email")
    url = f"{doors[here]}/_sandbox/records/{type_name}"
    async with http.get(f"{url}?limit=10000") as answer:
        mine = {row["email"]: row["id"] for row in (await answer.json())["items"]}
    async with http.get(f"{doors[there]}/_sandbox/records/{other}?limit=10000") as answer:
        theirs = {row[mail]: row["id"] for row in (await answer.json())["items"]}
    took = []
    chosen = random.Random(1).sample(sorted(mine), count)
    for n, email in enumerate(chosen):
        await asyncio.sleep(gap_s * (0.5 + random.random()))
        arrivals.wait(there, str(theirs[email]))
        began_s = time.perf_counter()
        async with http.patch(f"{url}/{mine[email]}", json={name: f"To {there} {n}"}) as answer:
            answer.raise_for_status()
        took.append(1000 * (await asyncio.wait_for(arrivals.came, 60) - began_s))
    return took


async def measured(arguments: argparse.Namespace, folder: Path) -> None:
    """The whole of it."""
    async with (
        started("accord.sandbox", "src/accord/connectors/crmoffice/manifest.yaml") as first,
        started("accord.sandbox", "src/accord/connectors/customerp/manifest.yaml") as second,
        aiohttp.ClientSession() as http,
    ):
        systems = {"crm": first.split()[-1], "erp": second.split()[-1].rstrip("/")}
        doors = {name: "/".join(url.split("/")[:3]) for name, url in systems.items()}
        people = [person(n) for n in range(arguments.records)]
        async with http.post(f"{doors['crm']}/_sandbox/records/Contacts", json=people) as answer:
            answer.raise_for_status()
        schedule = "1s" if arguments.polling else "1h"
        text = PROJECT.format(crm=systems["crm"], erp=systems["erp"], root=doors["crm"], schedule=schedule)
        (folder / "accord.yaml").write_text(text, encoding="utf-8")
        await ran("accord", "-C", str(folder), "-q", "sync", "--yes")
        arrivals = Arrivals()
        app = web.Application()
        app.add_routes([web.route("*", "/{system}", arrivals.take)])
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        with (folder / "log").open("w") as log:
            async with started(
                "accord", "-C", str(folder), "--json", "serve", "--port", "0", stderr=log
            ) as told:
                hub = json.loads(told)["url"]
                if not arguments.polling:
                    await subscribe(http, systems, doors["crm"], f"{hub}/hooks")
                await subscribe(http, systems, doors["crm"], f"http://127.0.0.1:{runner.addresses[0][1]}")
                await asyncio.sleep(3)
                for there in ("erp", "crm"):
                    took = await edits(http, arrivals, doors, there, arguments.edits, arguments.gap_s)
                    show(there, took, arguments)
        await runner.cleanup()


def show(there: str, took: list[float], arguments: argparse.Namespace) -> None:
    """Print what one direction took."""
    cuts = statistics.quantiles(took, n=100, method="inclusive")
    p50, p90, p99 = cuts[49], cuts[89], cuts[98]
    how = "polling every second" if arguments.polling else "webhooks"
    print(f"to {there}, {how}: p50 {p50:.1f} ms, p90 {p90:.1f} ms, p99 {p99:.1f} ms, most {max(took):.1f} ms")
    figures = {"to": there, "edits": len(took), "records": arguments.records, "polling": arguments.polling}
    print(
        json.dumps(
            {**figures, "p50_ms": round(p50, 1), "p99_ms": round(p99, 1), "max_ms": round(max(took), 1)}
        )
    )


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=1000)
    parser.add_argument("--edits", type=int, default=200)
    parser.add_argument("--gap-s", type=float, default=0.2)
    parser.add_argument("--polling", action="store_true")
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measured(parser.parse_args(), Path(folder)))


if __name__ == "__main__":
    main()
