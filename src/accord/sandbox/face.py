"""The face of a sandbox: a request in, a response out, on plain values. No sockets, no waiting."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from accord.connectorkit.paths import put_at
from accord.sandbox.auth import Gate
from accord.sandbox.batch import BatchCalls
from accord.sandbox.door import DOOR, Door
from accord.sandbox.hooks import Hooks
from accord.sandbox.lists import Lists
from accord.sandbox.messages import Request, Response, plain, respond
from accord.sandbox.odata_batch import OdataBatchCalls
from accord.sandbox.routes import Route, Routes, base_path, template
from accord.sandbox.single import Single
from accord.testing.system_model import SystemModel

__all__ = ["Face"]

_OPERATIONS: Final = ("read", "create", "update", "delete")


class Face:
    """All that a sandbox answers: the manifest's calls, the token endpoint, and the door for people.

    `statuses` counts responses by status, 0 for those that nobody heard. Raises ConfigError: paths clash.
    """

    def __init__(self, model: SystemModel, gate: Gate, door: Door, hooks: Hooks | None = None) -> None:
        self.statuses: Counter[int] = door.statuses
        self._gate, self._door, self._model = gate, door, model
        model.trouble.expire = gate.expire if gate.gives_tokens else None
        self._hooks = hooks
        self._base = base_path(model.manifest.base_url)
        self._routes = Routes(self._all(), f"manifest {model.manifest.name}")

    def _all(self) -> Iterator[Route]:
        identity = self._model.manifest.identity
        if identity:
            path = template(self._base, identity.path)
            yield Route(method="GET", path=path, handler=self._identity, about="the identity")
        if self._hooks is not None:
            yield from self._hooks.routes(self._base)
        batched: set[str] = set()
        for name, it in self._model.manifest.types.items():
            lists, single = Lists(self._model, name), Single(self._model, name)
            listed = template(self._base, it.listing.path or it.path)
            yield Route(method="GET", path=listed, handler=lists.list, about=f"the listing of {name}")
            if it.tombstones and it.tombstones.path:
                path = template(self._base, it.tombstones.path)
                yield Route(method="GET", path=path, handler=lists.tombstones, about=f"the deletes of {name}")
            if it.batch and it.batch.form == "odata":
                batched.add(template(self._base, it.batch.path))
            elif it.batch:
                path, calls = template(self._base, it.batch.path), BatchCalls(self._model, name, it.batch)
                yield Route(method="POST", path=path, handler=calls.write, about=f"the batch of {name}")
            for kind in _OPERATIONS:
                found = it.operation(kind)
                if found:
                    path = template(self._base, found.path)
                    handler = getattr(single, kind)
                    yield Route(method=found.method, path=path, handler=handler, about=f"{kind} of {name}")
        together = OdataBatchCalls(self._base, self._routed)
        for path in sorted(batched):
            yield Route(method="POST", path=path, handler=together.write, about="the batch")

    def handle(self, request: Request) -> Response:
        """The response to a request. Whatever was asked, it does not raise for it."""
        if request.path.startswith(DOOR):
            return self._door.handle(request)
        response = self._answer(request)
        self.statuses[0 if response.lost else response.status] += 1
        return response

    def _answer(self, request: Request) -> Response:
        if (issued := self._gate.issues(request)) is not None:
            return issued
        if (refusal := self._gate.refuses(request)) is not None:
            return refusal
        return self._routed(request)

    def _routed(self, request: Request) -> Response:
        found = self._routes.find(request.path)
        if found is None:
            return plain(404, f"there is nothing here; there are {', '.join(self._routes.paths())}")
        handler = found.handlers.get(request.method)
        if handler is None:
            allowed = ", ".join(sorted(found.handlers))
            return plain(405, f"{request.method} can not be done here, but {allowed}", {"Allow": allowed})
        return handler(request, found.record_id)

    def _identity(self, request: Request, _: str) -> Response:
        body: dict[str, object] = {}
        if self._model.manifest.identity:
            put_at(body, self._model.manifest.identity.property, self._model.account)
        return respond(200, body)
