"""Listings over HTTP: filters and pages read from the query, pages written in the manifest's style of paging."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import urlencode

from accord.connectorkit.filters import filter_of
from accord.connectorkit.manifest import EntityType
from accord.connectorkit.manifest_page import CursorPages, LinkHeader, NextLink, NoPages
from accord.connectorkit.paths import put_at
from accord.connectorkit.times import time_reader
from accord.sandbox.answering import headers_of, loss_of, refused, success_of
from accord.sandbox.messages import Request, Response, respond
from accord.testing.system_model import ListAnswer, SystemModel
from accord.testing.system_model.errors import error_body

__all__ = ["Lists"]

_TOKEN: Final = "page_token"  # noqa: S105  # a parameter's name, for styles whose links are the system's own affair
_TOKENS: Final = re.compile(r"\d{1,18}|late:\d{0,18}:\d{0,18}")
_SIZES: Final = re.compile(r"0*[1-9]\d{0,8}")
_ALL: Final = 2**40
_MOST: Final = 1_000


class Lists:
    """The listings of one entity type. A page holds as many records as are asked for, at most 1,000 or the manifest's
    size."""

    def __init__(self, model: SystemModel, name: str) -> None:
        self._model, self._name = model, name
        self._it = it = model.manifest.types[name]
        self._page = page = it.page
        self._token = "" if isinstance(page, NoPages) else str(getattr(page, "parameter", _TOKEN))
        self._most = max(_MOST, getattr(page, "size", 1))
        self._since = filter_of(it.changes.parameter if it.changes else "")
        self._read_created = _created_reader(it)

    def list(self, request: Request, _: str) -> Response:
        """The listing: all, what changed, what bears our id, or what was created since."""
        query = request.parameters()
        search = self._it.search
        if search and search.our_id and (ours := filter_of(search.our_id).value(query)):
            return self._told(request, query, self._found(query, ours), self._page.items)
        ask: Callable[[str | None, int], ListAnswer]
        if search and search.created_since and (since := filter_of(search.created_since).value(query)):
            at = self._read_created(since)
            if at is None:
                return refused(
                    self._it,
                    400,
                    f"{search.created_since} can not be read as {search.format}",
                    search.created_since,
                )
            ask = lambda token, limit: self._model.created_since(self._name, at, token, limit)  # noqa: E731
        else:
            changed = self._since.value(query)
            ask = lambda token, limit: self._model.list(self._name, changed, token, limit)  # noqa: E731
        return self._paged(request, query, ask, self._page.items)

    def _found(self, query: Mapping[str, str], ours: str) -> ListAnswer:
        """What bears our id: one page, and nothing on the pages after it."""
        answer = self._model.find(self._name, ours)
        first = ("", "0", str(getattr(self._page, "first", 0)))
        if self._token and query.get(self._token, "") not in first:
            answer.items = []
        return answer

    def tombstones(self, request: Request, _: str) -> Response:
        """The endpoint that tells deletes."""
        query = request.parameters()
        since = self._since.value(query)
        items = self._it.tombstones.items if self._it.tombstones else ""
        return self._paged(
            request,
            query,
            lambda token, limit: self._model.tombstones(self._name, since, token, limit),
            items,
        )

    def _paged(
        self,
        request: Request,
        query: Mapping[str, str],
        ask: Callable[[str | None, int], ListAnswer],
        items: str,
    ) -> Response:
        token = query.get(self._token) if self._token else None
        if token and not _TOKENS.fullmatch(token):
            return refused(self._it, 400, f"{self._token} can not be read", self._token)
        limit = self._limit(query, items)
        if limit is None:
            wrong = getattr(self._page, "size_parameter", "")
            return refused(self._it, 400, f"{wrong} must be a number from 1", wrong)
        return self._told(request, query, ask(token or None, limit), items)

    def _limit(self, query: Mapping[str, str], items: str) -> int | None:
        """Records of a page; all of them where an answer has no place for the way to the next one. None: wrong."""
        if isinstance(self._page, NoPages) or (not items and isinstance(self._page, CursorPages | NextLink)):
            return _ALL
        asked = query.get(self._page.size_parameter) if self._page.size_parameter else None
        if not asked:
            return self._page.size
        return min(int(asked), self._most) if _SIZES.fullmatch(asked) else None

    def _told(self, request: Request, query: Mapping[str, str], answer: ListAnswer, items: str) -> Response:
        if answer.lost:
            return Response(status=0, headers={}, lost=loss_of(answer))
        headers = headers_of(answer)
        if answer.status >= 400:
            return respond(answer.status, error_body(self._it.errors, answer.complaints), headers)
        body: Any = answer.items
        if items:
            body = {}
            put_at(body, items, answer.items)
        page = self._page
        if isinstance(page, CursorPages | NextLink) and items:
            following = answer.next
            if following is not None and isinstance(page, NextLink):
                following = self._link(request, query, following)
            put_at(body, page.next, following)
        elif isinstance(page, LinkHeader) and answer.next is not None:
            headers["Link"] = f'<{self._link(request, query, answer.next)}>; rel="next"'
        status, body = success_of(self._it, 200, body)
        return respond(status, body, headers)

    def _link(self, request: Request, query: Mapping[str, str], token: str) -> str:
        return f"{request.origin}{request.path}?{urlencode({**query, self._token: token})}"


def _created_reader(it: EntityType) -> Callable[[str], int | None]:
    if it.search is None:
        return lambda _: None
    return time_reader(it.search.format, (it.created.zone if it.created else "") or "UTC")
