"""GraphQL under the connector of REST: its calls become queries and mutations, and what those answer becomes answers of
REST. So pages, changes, versions, refusals and unknown outcomes are those of every other system."""

import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit

from accord.connectorkit.http.payload import NotJson, decoded, encoded
from accord.connectorkit.http.transport import Request, Response, Transport
from accord.connectorkit.manifest import EntityType
from accord.connectorkit.paths import get_at, values_at
from accord.connectors.graphql.fields import selection
from accord.connectors.graphql.options import Call, GraphqlOptions
from accord.core.values import MISSING

__all__ = ["GraphqlTransport"]

_KINDS: Final = {"POST": "create", "PATCH": "update", "DELETE": "delete"}
_NUMBERS: Final = frozenset({"first"})
_BAD: Final = 502
"""What a success amounts to that is no answer of GraphQL: nobody knows what became of it."""
_TELLING: Final = frozenset({401, 403, 408, 429})
_STATUS: Final = {
    "UNAUTHENTICATED": 401,
    "FORBIDDEN": 403,
    "ACCESS_DENIED": 403,
    "NOT_FOUND": 404,
    "THROTTLED": 429,
    "RATE_LIMITED": 429,
    "TOO_MANY_REQUESTS": 429,
    "INTERNAL_SERVER_ERROR": 500,
    "TIMEOUT": 500,
}


class GraphqlTransport:
    """Carries requests for `url`/TYPE and `url`/TYPE/ID as GraphQL to `url`; all others as they are."""

    def __init__(self, inner: Transport, url: str, types: Mapping[str, EntityType]) -> None:
        self._inner, self._url = inner, url.rstrip("/")
        self._types = {name: _Type(it) for name, it in types.items()}

    async def send(self, request: Request) -> Response:
        """See `Transport`."""
        parts = urlsplit(request.url)
        below = request.url[len(self._url) :].partition("?")[0].strip("/").split("/")
        of = self._types.get(unquote(below[0])) if request.url.startswith(f"{self._url}/") else None
        if of is None:
            return await self._inner.send(request)
        record_id = unquote(below[1]) if len(below) > 1 else ""
        call, variables = of.call(request, record_id, dict(parse_qsl(parts.query)))
        asked = Request(
            method="POST", url=self._url, headers=dict(request.headers), timeout_s=request.timeout_s
        )
        asked.headers["Content-Type"] = "application/json"
        asked.body = encoded({"query": of.document(call), "variables": variables})
        answer = await self._inner.send(asked)
        try:
            said = decoded(answer.body)
        except NotJson:
            said = None
        if not isinstance(said, dict) or not ("data" in said or "errors" in said):
            return answer if answer.status >= 300 else Response(status=_BAD, headers=answer.headers)
        status, body = of.told(request.method, record_id, call, said)
        if answer.status >= 500 or answer.status in _TELLING:
            status = answer.status
        content = b"" if body is None else encoded(body)
        return Response(status=status, headers=answer.headers, body=content)

    async def close(self) -> None:
        """See `Transport`."""
        await self._inner.close()


class _Type:
    """The calls of one entity type."""

    def __init__(self, it: EntityType) -> None:
        self._it, self._options = it, GraphqlOptions.model_validate(it.options)
        self._fields = selection(it)
        self._missing = re.compile(self._options.missing) if self._options.missing else None

    def document(self, call: Call) -> str:
        """The document of a call, with its fields."""
        return call.query.replace("{fields}", self._fields)

    def call(self, request: Request, record_id: str, query: Mapping[str, str]) -> tuple[Call, dict[str, Any]]:
        """The call that a request is, and its variables."""
        if request.method == "GET" and not record_id:
            return self._options.list, self._asked(query)
        variables: dict[str, Any] = {"id": self._id(record_id)} if record_id else {}
        if request.body is not None:
            variables["input"] = decoded(request.body)
        if request.method == "GET":
            return self._options.one, variables
        call = getattr(self._options, _KINDS[request.method])
        return call, variables

    def told(self, method: str, record_id: str, call: Call, said: Mapping[str, Any]) -> tuple[int, Any]:
        """(status, body) of REST that an answer amounts to."""
        data, errors = said.get("data") or {}, said.get("errors") or []
        refusals = [each for each in self._refusals(call, data) if isinstance(each, Mapping)]
        if refusals:
            return self._refused([_named(each) for each in refusals], 422)
        found = values_at(data, call.at)
        if method == "GET" and not record_id:
            if errors:
                return self._failed(errors)
            return 200, {"items": _flat(found), "next": self._next(data)}
        record = found[0] if found else None
        if method == "DELETE":
            return self._failed(errors) if errors else (204, None)
        if isinstance(record, Mapping):  # that something beside it could not be shown changes nothing of it
            return (201 if method == "POST" else 200), record
        return self._failed(errors) if errors else (404, {"errors": [{"message": "there is no such record"}]})

    def _asked(self, query: Mapping[str, str]) -> dict[str, Any]:
        """Variables of a listing."""
        told: dict[str, Any] = {}
        for name, value in query.items():
            if name in self._options.filter:
                told["filter"] = _filled(self._options.filter[name], value)
            else:
                told[name] = int(value) if name in _NUMBERS else value
        return told

    def _id(self, record_id: str) -> str | int:
        number = self._it.id.type == "integer" and re.fullmatch(r"-?\d+", record_id)
        return int(record_id) if number else record_id

    def _next(self, data: Mapping[str, Any]) -> Any:
        info = get_at(data, self._options.info) if self._options.info else MISSING
        return info.get("endCursor") if isinstance(info, Mapping) and info.get("hasNextPage") else None

    def _refusals(self, call: Call, data: Mapping[str, Any]) -> list[Any]:
        root = call.at.partition(".")[0].removesuffix("[]")
        for name in filter(None, (self._options.refused, "userErrors", "errors")):
            told = get_at(data, f"{root}.{name}")
            if isinstance(told, list) and told:
                return told
        return []

    def _failed(self, errors: list[Any]) -> tuple[int, Any]:
        told = [each for each in errors if isinstance(each, Mapping)] or [{"message": "it failed"}]
        codes = [str((each.get("extensions") or {}).get("code") or "").upper() for each in told]
        status = next((_STATUS[code] for code in codes if code in _STATUS), 422)
        if self._missing and any(self._missing.search(str(each.get("message"))) for each in told):
            status = 404
        return self._refused([_named(each) for each in told], status)

    def _refused(self, told: list[dict[str, Any]], status: int) -> tuple[int, Any]:
        if self._missing and any(self._missing.search(str(each["message"])) for each in told):
            status = 404
        return status, {"errors": told}


def _filled(node: Any, value: str) -> Any:
    """A filter with the value in its place."""
    if isinstance(node, dict):
        return {name: _filled(each, value) for name, each in node.items()}
    if isinstance(node, list):
        return [_filled(each, value) for each in node]
    return value if node == "{}" else node


def _named(error: Mapping[str, Any]) -> dict[str, Any]:
    """Message and property of an error; a path may be told in steps: [input, email]."""
    field = error.get("field")
    steps = [str(each) for each in field] if isinstance(field, list) else [str(field)] if field else []
    while steps and steps[0] in ("input", "data", "attributes"):
        steps.pop(0)
    made: dict[str, Any] = {"message": str(error.get("message") or "it failed")}
    return {**made, "field": ".".join(steps)} if steps else made


def _flat(found: list[Any]) -> list[Any]:
    """The records, whether the path led to a list or through one."""
    return [each for one in found for each in (one if isinstance(one, list) else [one])]
