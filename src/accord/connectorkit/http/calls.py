"""Calls to one system: signed, paced, timed, logged without values; repeated only where nothing is written (W3, P2)."""

import logging
from collections.abc import Mapping
from time import perf_counter
from typing import Final

from msgspec.structs import replace

from accord.connectorkit.http.addresses import absolute, origin_of
from accord.connectorkit.http.auth import Authenticator
from accord.connectorkit.http.offset import Offset
from accord.connectorkit.http.pace import Pace
from accord.connectorkit.http.retry import retry_after_s
from accord.connectorkit.http.transport import NoAnswer, NotSent, Request, Response, TooLarge, Transport
from accord.core.errors import RetryLater, StopEntityType
from accord.ports.budget import Budget
from accord.ports.clock import Clock
from accord.ports.standing import LOST, may_write

__all__ = ["Caller"]

log = logging.getLogger("accord.requests")

_READS: Final = frozenset({"GET", "HEAD", "PROPFIND", "REPORT"})
_REDIRECTS: Final = 5
_LOCKED_US: Final = 60_000_000
_BACKOFF_S: Final = 0.25


class Caller:
    """Sends requests to one system. `patience_s` is how long a call waits by itself before it gives up (RetryLater);
    a read is repeated `retries` times."""

    def __init__(  # noqa: PLR0913 - what the connector was given
        self,
        *,
        system: str,
        base_url: str,
        transport: Transport,
        auth: Authenticator,
        pace: Pace,
        clock: Clock,
        headers: Mapping[str, str],
        retries: int = 2,
        patience_s: float = 5.0,
        budget: Budget | None = None,
    ) -> None:
        self._budget = budget
        self.system, self.pace, self.clock, self.offset = system, pace, clock, Offset()
        self.patience_s = patience_s
        self._origin = origin_of(base_url)
        self._transport, self._auth, self._retries = transport, auth, retries
        self._headers = {"Accept": "application/json", **headers}
        self._locked_us = 0

    async def once(self, request: Request, template: str, ids: str = "") -> tuple[Response, int]:
        """The answer, and when it was asked for. Sent again only where the system did not know us (401).

        Raises NotSent, NoAnswer, TooLarge; RetryLater and StopEntityType before anything is sent.
        """
        async with self.pace:
            now_us = self.clock.now_us
            for again in (True, False):
                if now_us() < self._locked_us:
                    raise self.unknown_to_them()
                if self._budget is not None and (wait_s := await self._budget.take()):
                    raise RetryLater(
                        f"{self.system}: its calls for today are spent",
                        after_s=wait_s,
                        remedy="It goes on tomorrow (UTC); rate.per_day says how many calls a day it gets",
                    )
                request.headers = {**self._headers, **request.headers}
                await self._auth.sign(request)
                asked_us = now_us()
                if request.method not in _READS and not may_write():
                    raise NotSent(LOST)  # by now another worker may be writing the same record (C3)
                response = await self._sent(request, template, ids)
                self.offset.saw(response.headers.get("Date", ""), asked_us, now_us())
                if response.status != 401:
                    return response, asked_us
                if not (again and await self._auth.refused(request)):
                    break
            self._locked_us = now_us() + _LOCKED_US  # accounts are locked for less than 10,000 wrong tokens
            raise self.unknown_to_them()

    async def get(self, url: str, template: str, *, timeout_s: float, ids: str = "") -> tuple[Response, int]:
        """The answer to a GET; see `ask`."""
        return await self.ask(Request(method="GET", url=url, timeout_s=timeout_s), template, ids)

    async def ask(self, asked: Request, template: str, ids: str = "") -> tuple[Response, int]:
        """The answer to a request that changes nothing, which is neither a redirect nor a passing failure.

        Raises RetryLater: it failed too often, or the system wants more patience than there is; StopEntityType: it
        leads to another host, is too large, or the credentials are refused.
        """
        hops = tries = 0
        url, what = asked.url, f"{self.system}: {asked.method} {template}"
        while True:
            if (paused_s := self.pace.paused_s()) > self.patience_s:
                raise RetryLater(
                    f"{self.system}: the system asked to be left alone for {paused_s:,.0f} s more",
                    after_s=paused_s,
                    remedy="Run it again then",
                )
            wait_s = _BACKOFF_S * 4**tries
            request = replace(asked, url=url, headers=dict(asked.headers))
            try:
                response, asked_us = await self.once(request, template, ids)
            except (NotSent, NoAnswer) as error:
                why = str(error)
                remedy = f"Look whether the system is up, and at systems.{self.system}.url; then run it again"
            except TooLarge as error:
                raise StopEntityType(
                    f"{what}: {error}",
                    remedy="Ask for smaller pages: lower page.size of the entity type in its manifest",
                ) from None
            else:
                if response.status in (301, 302, 303, 307, 308):
                    url, hops = self._led(what, url, response, hops), hops + 1
                    continue
                if response.status != 429 and response.status < 500:
                    return response, asked_us
                why, remedy = f"status {response.status}", "Run it again later"
                wait_s = self.told_to_wait(response) or wait_s
            tries += 1
            if tries > self._retries or wait_s > self.patience_s:
                raise RetryLater(f"{what}: {why}", after_s=max(wait_s, 1.0), remedy=remedy)
            await self.clock.sleep(wait_s)

    def told_to_wait(self, response: Response) -> float | None:
        """Seconds for which the system wants to be left alone: all calls to it wait (W9); None: it does not say."""
        after_s = retry_after_s(response, self.clock)
        if response.status == 429 and after_s is None:
            after_s = 1.0
        if after_s is not None and response.status in (429, 503):
            self.pace.pause(after_s)
        return after_s

    def is_own(self, url: str) -> bool:
        """The URL is of this system: credentials may be sent there."""
        return origin_of(url) == self._origin

    def unknown_to_them(self) -> StopEntityType:
        """The credentials are refused."""
        return StopEntityType(
            f"{self.system}: the system refuses the credentials (401)",
            remedy=f"Correct systems.{self.system}.auth, or the secrets it refers to",
        )

    async def _sent(self, request: Request, template: str, ids: str) -> Response:
        begun = perf_counter()
        status = "no answer"
        try:
            response = await self._transport.send(request)
            status = str(response.status)
            return response
        finally:
            if log.isEnabledFor(logging.DEBUG):
                ms = (perf_counter() - begun) * 1e3
                log.debug("%s %s %s %s %.0f ms %s", self.system, request.method, template, status, ms, ids)

    def _led(self, what: str, url: str, response: Response, hops: int) -> str:
        """Where a redirect leads. Raises StopEntityType: to nowhere, or to another host, which gets no credentials."""
        target = absolute(url, response.headers.get("Location") or "")
        led = f"{what} is redirected ({response.status})"
        if target == url or hops >= _REDIRECTS:
            remedy = f"Check systems.{self.system}.url, and path of the entity type in its manifest"
            raise StopEntityType(f"{led} in a circle", remedy=remedy)
        if not self.is_own(target):
            scheme, host, port = origin_of(target)
            raise StopEntityType(
                f"{led} to {f'{scheme}://{host}:{port}' if host else 'what is no URL'}",
                remedy=f"Set systems.{self.system}.url to the address where the system answers itself",
            )
        return target
