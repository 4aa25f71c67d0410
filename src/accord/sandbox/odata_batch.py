"""A JSON batch of OData: each request is answered as it would be alone, in order (W12)."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from msgspec import json

from accord.sandbox.messages import Request, Response, decode, plain, respond

__all__ = ["ODATA_BATCH_MOST", "OdataBatchCalls"]

ODATA_BATCH_MOST: Final = 1_000


class OdataBatchCalls:
    """The batch endpoint of a service. `answer` answers one request; change sets are not played: 400."""

    def __init__(self, base: str, answer: Callable[[Request], Response]) -> None:
        self._base, self._answer = base, answer

    def write(self, request: Request, _: str) -> Response:
        """A list of responses; a reply that would be lost loses the whole answer."""
        try:
            items = decode(request.body)["requests"]
            parts = [self._part(request, item) for item in items]
        except (ValueError, KeyError, TypeError, AttributeError):
            return plain(400, "the body is no JSON batch")
        if len(parts) > ODATA_BATCH_MOST:
            return plain(413, f"at most {ODATA_BATCH_MOST} requests are taken")
        if any("atomicityGroup" in item for item in items):
            return plain(400, "change sets are not played here")
        answers = [self._answer(part) for part in parts]
        if lost := next((answer for answer in answers if answer.lost), None):
            return lost
        told = [_told(str(item["id"]), answer) for item, answer in zip(items, answers, strict=True)]
        date = next((a.headers["Date"] for a in answers if "Date" in a.headers), "")
        return respond(200, {"responses": told}, {"Date": date} if date else {})

    def _part(self, whole: Request, item: Mapping[str, Any]) -> Request:
        path, _, query = str(item["url"]).partition("?")
        said = item.get("headers", {})
        own = {str(name).lower(): str(value) for name, value in said.items()}
        return Request(
            method=str(item["method"]).upper(),
            path=path if path.startswith("/") else f"{self._base}/{path}",
            query=query,
            headers={**{n: v for n, v in whole.headers.items() if n == "authorization"}, **own},
            body=json.encode(item["body"]) if "body" in item else b"",
            origin=whole.origin,
            local=whole.local,
        )


def _told(number: str, answer: Response) -> dict[str, Any]:
    headers = {name.lower(): value for name, value in answer.headers.items()}
    told: dict[str, Any] = {"id": number, "status": answer.status, "headers": headers}
    return told | {"body": decode(answer.body)} if answer.body else told
