"""Subscriptions of a REST system: made, listed, renewed and removed as its manifest says (S9)."""

from collections.abc import Sequence
from typing import Any, Final

from accord.connectorkit.hook_calls import filled
from accord.connectorkit.http.addresses import joined, quoted
from accord.connectorkit.http.auth import Secrets
from accord.connectorkit.http.calls import Caller
from accord.connectorkit.http.payload import encoded
from accord.connectorkit.http.transport import NoAnswer, NotSent, Request, Response, TooLarge
from accord.connectorkit.manifest import EntityType
from accord.connectorkit.manifest_hooks import HookCall, Subscriptions, Webhooks
from accord.connectorkit.paths import get_at
from accord.connectorkit.times import time_reader, time_writer
from accord.connectors.rest.endpoint import endpoint
from accord.connectors.rest.listing import Listing
from accord.core.errors import RetryLater, StopEntityType
from accord.core.values import MISSING
from accord.ports.subscriber import Subscription

__all__ = ["Hooks"]

_TIMEOUT_S: Final = 30.0
_GONE: Final = (404, 410)
_MOST_PAGES: Final = 100


class Hooks:
    """See `Subscriber`."""

    def __init__(
        self, hooks: Webhooks, told: Subscriptions, caller: Caller, base_url: str, secrets: Secrets
    ) -> None:
        self._hooks, self._told, self._caller = hooks, told, caller
        self._base_url, self._secrets = base_url, secrets
        kind = EntityType(path=told.list.path, page=told.list.page, update="patch", properties={})
        at = endpoint("webhooks", kind, base_url)
        self._listing, self._list_url = Listing(at, caller), at.list_url
        self._read_time = time_reader(told.format, "UTC")
        self._write_time = time_writer(told.format, "", "ms" if told.format == "epoch_ms" else "s")

    async def subscriptions(self) -> list[Subscription]:
        """See `Subscriber`."""
        found: dict[str, Subscription] = {}
        token: str | None = None
        for _ in range(_MOST_PAGES):
            page = await self._listing.page(self._list_url, {}, token, self._told.list.page.items)
            found |= {it.id: it for item in page.items if (it := self._read(item)) is not None}
            token = page.following
            if token is None:
                break
        return list(found.values())

    async def subscribe(self, url: str, topics: Sequence[str]) -> None:
        """See `Subscriber`."""
        await self._send("make a subscription", self._told.create, self._holes(topics) | {"url": url})

    async def renew(self, it: Subscription, topics: Sequence[str]) -> bool:
        """See `Subscriber`."""
        if self._told.renew is None:
            return False
        holes = self._holes(topics) | {"url": it.url, "id": it.id}
        answer = await self._send("renew a subscription", self._told.renew, holes, _GONE)
        return answer.status not in _GONE

    async def unsubscribe(self, it: Subscription) -> None:
        """See `Subscriber`."""
        await self._send("remove a subscription", self._told.remove, {"url": it.url, "id": it.id}, _GONE)

    # inside

    def _read(self, item: dict[str, Any]) -> Subscription | None:
        said = self._told.list
        found, url = get_at(item, said.id), get_at(item, said.url)
        if not isinstance(found, str | int) or not isinstance(url, str):
            return None
        until = get_at(item, said.until) if said.until else MISSING
        until_us = self._read_time(until)
        if until_us is not None:
            until_us -= self._caller.offset.us
        return Subscription(id=str(found), url=url, until_us=until_us)

    def _holes(self, topics: Sequence[str]) -> dict[str, Any]:
        holes: dict[str, Any] = {"topics": tuple(topics), "topic": topics[0] if topics else ""}
        if self._hooks.secret is not None:
            holes["secret"] = self._secrets(self._hooks.secret)
        if self._told.lasts_s is not None:
            now_us = self._caller.clock.now_us() + self._caller.offset.us
            holes["until"] = self._write_time(now_us + round(self._told.lasts_s * 1e6))
        return holes

    async def _send(
        self, what: str, call: HookCall, holes: dict[str, Any], also: tuple[int, ...] = ()
    ) -> Response:
        path = filled(call.path, {"id": quoted(str(holes.get("id", "")))})
        request = Request(
            method=call.method, url=joined(self._base_url, path), timeout_s=_TIMEOUT_S, headers={}
        )
        if call.body:
            request.headers["Content-Type"] = "application/json"
            request.body = encoded(filled(call.body, holes))
        system = self._caller.system
        try:
            response, _ = await self._caller.once(request, call.path)
        except (NotSent, NoAnswer, TooLarge) as error:
            raise RetryLater(
                f"{system}: can not {what}: {error}", after_s=10, remedy="It is tried again"
            ) from None
        if 200 <= response.status < 300 or response.status in also:
            return response
        text = (
            f"{system}: can not {what}: {call.method} {call.path} is answered with status {response.status}"
        )
        if response.status == 429 or response.status >= 500:
            after_s = self._caller.told_to_wait(response) or 10
            raise RetryLater(text, after_s=after_s, remedy="It is tried again")
        raise StopEntityType(
            text,
            remedy="Give the account the right to it, or correct webhooks.subscriptions in the manifest; until then "
            "changes are found by listing",
        )
