"""Several writes in one call: each is answered as it would be alone, in order (W12)."""

from collections.abc import Mapping
from typing import Any

from accord.connectorkit.manifest_parts import Batch
from accord.connectorkit.paths import get_at, put_at
from accord.core.values import MISSING
from accord.sandbox.answering import answered, headers_of, loss_of, refused
from accord.sandbox.messages import Request, Response, decode, respond
from accord.testing.system_model import Answer, SystemModel

__all__ = ["BatchCalls"]


class BatchCalls:
    """The batch endpoint of one entity type."""

    def __init__(self, model: SystemModel, name: str, batch: Batch) -> None:
        self._model, self._name, self._batch = model, name, batch
        self._it = model.manifest.types[name]

    def write(self, request: Request, _: str) -> Response:
        """A list of results; a reply that would be lost loses the whole answer. 400: no list came, 413: too many."""
        try:
            body = decode(request.body)
        except ValueError:
            return refused(self._it, 400, "the body is no JSON")
        items = get_at(body, self._batch.items) if self._batch.items else body
        if not isinstance(items, list) or not all(isinstance(item, Mapping) for item in items):
            return refused(self._it, 400, "a list of writes is wanted")
        if len(items) > self._batch.at_most:
            return refused(self._it, 413, f"at most {self._batch.at_most} writes are taken")
        answers = [self._one(item) for item in items]
        if lost := next((answer for answer in answers if answer.lost), None):
            return Response(status=lost.status, headers={}, lost=loss_of(lost))
        results = [self._result(answer) for answer in answers]
        if not self._batch.results:
            return respond(200, results, headers_of(answers[0]) if answers else {})
        outer: dict[str, Any] = {}
        put_at(outer, self._batch.results, results)
        return respond(200, outer, headers_of(answers[0]) if answers else {})

    def _one(self, item: Mapping[str, Any]) -> Answer:
        batch = self._batch
        kind, body = self._text(item, batch.operation), get_at(item, batch.body)
        record_id, version = self._text(item, batch.id), self._text(item, batch.version)
        body = {} if body is MISSING else body
        if kind == "create" and kind in batch.kinds:
            return self._model.create(self._name, body, self._text(item, batch.key))
        if kind == "update" and kind in batch.kinds:
            return self._model.update(self._name, record_id, body, version)
        if kind == "delete" and kind in batch.kinds:
            return self._model.delete(self._name, record_id, version)
        return Answer(status=400)

    def _text(self, item: Mapping[str, Any], path: str) -> str:
        found = get_at(item, path)
        return "" if found is MISSING or found is None else str(found)

    def _result(self, answer: Answer) -> dict[str, Any]:
        alone = answered(self._it, answer)
        result: dict[str, Any] = {}
        put_at(result, self._batch.status, alone.status)
        if alone.body:
            put_at(result, self._batch.body, decode(alone.body))
        if answer.etag:
            put_at(result, self._batch.etag, answer.etag)
        return result
