"""Calls about one record over HTTP."""

from accord.sandbox.answering import answered, refused
from accord.sandbox.messages import Request, Response, decode
from accord.testing.system_model import SystemModel

__all__ = ["Single"]


class Single:
    """Read, create, update and delete records of one entity type."""

    def __init__(self, model: SystemModel, name: str) -> None:
        self._model, self._name = model, name
        self._it = it = model.manifest.types[name]
        self._key = it.idempotency.header.lower() if it.idempotency else ""
        self._condition = it.conditional.lower()

    def read(self, request: Request, record_id: str) -> Response:
        """One record."""
        return answered(self._it, self._model.get(self._name, record_id))

    def create(self, request: Request, _: str) -> Response:
        """A new record, or the one that the same idempotency key made before."""
        try:
            body = decode(request.body)
        except ValueError:
            return self._unreadable()
        key = request.headers.get(self._key, "") if self._key else ""
        return answered(self._it, self._model.create(self._name, body, key))

    def update(self, request: Request, record_id: str) -> Response:
        """A record changed; 412 where the conditional header names another version."""
        try:
            body = decode(request.body)
        except ValueError:
            return self._unreadable()
        return answered(
            self._it, self._model.update(self._name, record_id, body, self._named_version(request))
        )

    def delete(self, request: Request, record_id: str) -> Response:
        """A record deleted."""
        return answered(self._it, self._model.delete(self._name, record_id, self._named_version(request)))

    def _named_version(self, request: Request) -> str:
        return request.headers.get(self._condition, "") if self._condition else ""

    def _unreadable(self) -> Response:
        return refused(self._it, 400, "the body is no JSON")
