"""`accord serve`: the hub as a service."""

import asyncio
import os
import signal
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

import click

from accord.cli import exits
from accord.cli.context import Session, pass_session
from accord.cli.urls import public_url_of

if TYPE_CHECKING:
    from accord.serving.telling import LogForm, Tell

__all__ = ["serve"]


@click.command
@click.option(
    "--host", default="127.0.0.1", show_default=True, metavar="ADDRESS", help="Address to listen on."
)
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    default=8790,
    show_default=True,
    help="Port to listen on; 0 is any that is free.",
)
@click.option(
    "--every",
    "every_s",
    type=click.FloatRange(min=0.1, max=86_400),
    metavar="SECONDS",
    help="Time between two reads, where a system has no `schedule` of its own; default: the project's, else 60.",
)
@click.option(
    "--log",
    "log_form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How to log on stderr: lines for people, or a JSON object each.",
)
@click.option(
    "--stop-s",
    type=click.FloatRange(min=0),
    default=30.0,
    show_default=True,
    metavar="SECONDS",
    help="After SIGTERM or Ctrl-C calls under way are waited for, so long at most.",
)
@click.option(
    "--public-url",
    metavar="URL",
    default="",
    callback=public_url_of,
    help="Where systems reach the service, in the place of serve.url in accord.yaml.",
)
@pass_session
def serve(
    session: Session,
    host: str,
    port: int,
    every_s: float | None,
    log_form: "LogForm",
    stop_s: float,
    public_url: str,
) -> int:
    """Keep all systems in sync, always: read each by its schedule, and at once what a system's webhooks tell of.

    The schedule stands in accord.yaml. Commands that decide something have their turn between two runs, and are
    followed at once. A changed configuration is taken over when it is confirmed. What waits for a person does not stop
    the rest. It listens on this machine alone unless --host says otherwise: put a proxy with TLS before it.

    \b
        accord serve
        accord serve --every 10 --log json
        accord -C /srv/shop serve --port 9000         see how-to/run-as-a-service
    """
    from accord.serving import Options, Service
    from accord.serving.telling import begin_logs, end_logs

    def listens(url: str) -> None:
        if session.json:
            session.data({"url": url, "pid": os.getpid()}, line=True)
        else:
            session.say(f"Serving {service.project.name} at {url}/ (Ctrl-C ends it)")

    async def main() -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - asyncio.run made it
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, _stop, session, service.tell, task, number, stop_s)
        await service.run()

    handler = begin_logs(log_form, sys.stderr, verbose=session.verbose, quiet=session.quiet)
    try:
        options = Options(host=host, port=port, every_s=every_s, url=public_url)
        service = Service(session.project, options, listens)
        with suppress(asyncio.CancelledError):
            asyncio.run(main())
        service.tell("stopped", "stopped; what was done is kept, and the next start goes on")
    finally:
        end_logs(handler)
    return exits.TERMINATED if session.terminated else exits.INTERRUPTED


def _stop(session: Session, tell: "Tell", task: "asyncio.Task[object]", number: int, stop_s: float) -> None:
    """End between two steps; a second time, or after a while, without waiting for calls under way."""
    session.terminated = number == signal.SIGTERM
    if not task.cancelling():
        tell("stopping", "stopping; calls under way are waited for, a second signal does not wait")
        asyncio.get_running_loop().call_later(stop_s, task.cancel)
    task.cancel()
