"""Listings over HTTP: the address of a page, its items, and what asks for the page after it."""

import re
from collections.abc import Mapping
from typing import Any, Final

from msgspec import Struct

from accord.connectorkit.http.addresses import absolute, with_query
from accord.connectorkit.http.calls import Caller
from accord.connectorkit.http.payload import NotJson, decoded
from accord.connectorkit.http.transport import Response
from accord.connectorkit.manifest_page import CursorPages, LinkHeader, NextLink, NumberedPages, OffsetPages
from accord.connectorkit.outcome import Reply, is_success
from accord.connectorkit.paths import get_at
from accord.connectors.rest.endpoint import Endpoint
from accord.core.errors import StopEntityType
from accord.core.values import MISSING

__all__ = ["ExpiredError", "Listing", "RawPage"]

_LINK: Final = re.compile(r"<([^>]*)>((?:\s*;\s*[^;,\"]+(?:\"[^\"]*\")?)*)")
_NEXT: Final = re.compile(r";\s*rel\s*=\s*\"?(?:[^\";,]*\s)?next(?:\s[^\";,]*)?\"?\s*(?:;|$)", re.IGNORECASE)


class ExpiredError(Exception):
    """The filter for changes reaches too far back."""


class RawPage(Struct, kw_only=True):
    """Items of a page, the token of the next one (None: the last), and when it was asked for."""

    items: list[dict[str, Any]]
    following: str | None
    asked_us: int


class Listing:
    """The listings of one entity type."""

    def __init__(self, at: Endpoint, caller: Caller) -> None:
        self._at, self._caller = at, caller
        self._is_full = False
        """A page as long as we ask for has come: a shorter one is the last, and no page that the system caps."""

    async def page(
        self, url: str, query: Mapping[str, str], token: str | None, items: str, *, since: bool = False
    ) -> RawPage:
        """One page. Raises ExpiredError (where `since`), RetryLater, StopEntityType."""
        it, path = self._at.it, self._at.list_path
        address = self._address(url, query, token)
        response, asked_us = await self._caller.get(address, path, timeout_s=it.max_request_s)
        if response.status == 410 and since:
            raise ExpiredError
        body = self._body(response)
        found = [] if response.status == 204 else get_at(body, items)
        if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
            place = f"{items!r} of the answer" if items else "the answer"
            raise self._stop(f"{place} is no list of records", "Correct page.items in the manifest")
        following = self._following(address, body, response, found, token)
        if following is not None and following == token:
            raise self._stop("the page after a page is that page again", "Correct page in the manifest")
        return RawPage(items=found, following=following, asked_us=asked_us)

    def _address(self, url: str, query: Mapping[str, str], token: str | None) -> str:
        page = self._at.it.page
        if token is not None and isinstance(page, LinkHeader | NextLink):
            return token
        asked = {**self._at.it.listing.query, **query}
        size = getattr(page, "size_parameter", "")
        if size:
            asked[size] = str(getattr(page, "size", ""))
        if isinstance(page, NumberedPages):
            asked[page.parameter] = token or str(page.first)
        elif isinstance(page, OffsetPages):
            asked[page.parameter] = token or "0"
        elif isinstance(page, CursorPages) and token is not None:
            asked[page.parameter] = token
        return with_query(url, asked)

    def _following(
        self, address: str, body: Any, response: Response, found: list[Any], token: str | None
    ) -> str | None:
        page = self._at.it.page
        if isinstance(page, NumberedPages | OffsetPages):
            return self._counted(page, len(found), token)
        if isinstance(page, LinkHeader):
            return self._link(address, _next_of(response.headers.get("Link") or ""))
        if isinstance(page, CursorPages | NextLink):
            said = get_at(body, page.next)
            if said is MISSING or said is None or said is False:
                return None
            if not isinstance(said, str | int) or said is True:
                raise self._stop(
                    f"{page.next!r} of the answer names no next page", "Correct page.next in the manifest"
                )
            text = str(said)
            return (self._link(address, text) if isinstance(page, NextLink) else text) or None
        return None

    def _counted(self, page: NumberedPages | OffsetPages, count: int, token: str | None) -> str | None:
        """Until it is known that the system gives as many as we ask for, only an empty page is the end."""
        self._is_full = self._is_full or count >= page.size
        overlap = 1 if isinstance(page, OffsetPages) and page.size > 1 else 0
        if count <= overlap or (self._is_full and count < page.size):
            return None
        if isinstance(page, NumberedPages):
            return str(int(token or page.first) + 1)
        return str(int(token or 0) + count)

    def _link(self, address: str, link: str) -> str | None:
        if not link:
            return None
        target = absolute(address, link)
        if not self._caller.is_own(target):
            raise self._stop(
                "the next page is at another host",
                f"Set systems.{self._caller.system}.url to the address that the system's links name",
            )
        return target

    def _body(self, response: Response) -> Any:
        status = response.status
        if status == 403:
            raise self._stop("the account may not list them (403)", "Give it the right to read them")
        try:
            body = decoded(response.body)
        except NotJson as error:
            body = None
            if 200 <= status < 300:
                raise self._stop(f"the answer is no JSON ({error})", self._remedy()) from None
        if not is_success(self._at.it, Reply(status=status, body=body)):
            raise self._stop(f"the listing is refused with status {status}", self._remedy())
        return body

    def _remedy(self) -> str:
        return f"Check systems.{self._caller.system}.url, and path of the entity type in its manifest"

    def _stop(self, what: str, remedy: str) -> StopEntityType:
        return StopEntityType(f"{self._caller.system}.{self._at.name}: {what}", remedy=remedy)


def _next_of(header: str) -> str:
    """Target of the link with rel="next" (RFC 8288), or ""."""
    for target, parameters in _LINK.findall(header):
        if _NEXT.search(parameters):
            return str(target)
    return ""
