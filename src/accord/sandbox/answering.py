"""Answers of the played system put into HTTP: statuses, headers and bodies as the manifest has them."""

from math import ceil
from typing import Any

from accord.connectorkit.manifest import EntityType
from accord.connectorkit.paths import put_at
from accord.sandbox.messages import Loss, Response, http_date, respond
from accord.testing.system_model import Answer, Complaint, ListAnswer
from accord.testing.system_model.errors import error_body

__all__ = ["answered", "headers_of", "refused", "success_of"]


def headers_of(answer: Answer | ListAnswer) -> dict[str, str]:
    """Date by the system's clock, and Retry-After in whole seconds where it asks for patience."""
    headers = {"Date": http_date(answer.date_us // 1_000_000)}
    if answer.retry_after_s is not None:
        headers["Retry-After"] = str(ceil(answer.retry_after_s))
    return headers


def loss_of(answer: Answer | ListAnswer) -> Loss:
    """What the caller hears instead."""
    if not answer.lost:
        return ""
    return "cut" if answer.cut else "silence"


def success_of(it: EntityType, status: int, body: Any) -> tuple[int, Any]:
    """Status and body of a success that pass the manifest's test of success."""
    if it.success.path:
        body = {} if body is None else body
        if isinstance(body, dict):
            put_at(body, it.success.path, it.success.equals)
    if body is not None and status == 204:
        status = 200
    if status not in it.success.status:
        status = it.success.status[0]
    return status, body


def answered(it: EntityType, answer: Answer) -> Response:
    """The response that tells an answer about one record."""
    if answer.lost:
        return Response(status=answer.status, headers={}, lost=loss_of(answer))
    headers = headers_of(answer)
    if answer.etag:
        headers["ETag"] = answer.etag
    status, body = answer.status, answer.body
    if 200 <= status < 300:
        status, body = success_of(it, status, body)
    return respond(status, body, headers)


def refused(it: EntityType, status: int, message: str, name: str = "") -> Response:
    """A refusal in the manifest's words, of what never reached the system's records."""
    return respond(status, error_body(it.errors, [Complaint(message, name)]))
