"""What a call with several writes says and is answered, in the two forms that manifests know (W12)."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol

from accord.connectorkit.manifest_parts import Batch
from accord.connectorkit.outcome import Reply, is_success
from accord.connectorkit.paths import get_at, put_at
from accord.connectorkit.single import sent_body
from accord.connectors.rest.endpoint import Endpoint
from accord.core.values import MISSING
from accord.ports.connector import Write

__all__ = ["Form", "form_of"]

_JSON: Final = "application/json"
_CONTINUE: Final = "odata.continue-on-error"


class Form(Protocol):
    """A form of calls. `headers` are those of the call beside its Content-Type."""

    headers: Mapping[str, str]

    def sent(self, writes: Sequence[Write]) -> Any:
        """The body of the call."""
        ...

    def replies(self, body: Any, writes: Sequence[Write]) -> list[Reply | None] | None:
        """What each write was answered, in order; None: nothing is told of this one, or of any."""
        ...

    def is_undone(self, replies: Sequence[Reply | None]) -> bool:
        """Nothing of it was applied, for one was refused."""
        ...


def form_of(at: Endpoint, batch: Batch, base_url: str) -> Form:
    """The form that a manifest names."""
    return _OdataForm(at, batch, base_url) if batch.form == "odata" else _ListForm(at, batch)


class _ListForm:
    """A list of items, answered by a list of results in the same order."""

    def __init__(self, at: Endpoint, batch: Batch) -> None:
        self.headers: Mapping[str, str] = {}
        self._at, self._batch = at, batch

    def sent(self, writes: Sequence[Write]) -> Any:
        items = [self._item(write) for write in writes]
        if not self._batch.items:
            return items
        outer: dict[str, Any] = {}
        put_at(outer, self._batch.items, items)
        return outer

    def _item(self, write: Write) -> dict[str, Any]:
        it, batch = self._at.it, self._batch
        item: dict[str, Any] = {}
        put_at(item, batch.operation, write.kind)
        if write.kind == "create":
            if it.idempotency and write.key:
                put_at(item, batch.key, write.key)
        else:
            put_at(item, batch.id, write.id)
            if it.conditional and write.version is not None:
                put_at(item, batch.version, self._at.observer.condition(write.version))
        if write.kind != "delete":
            put_at(item, batch.body, sent_body(it, write.kind, write.body, write.key))
        return item

    def replies(self, body: Any, writes: Sequence[Write]) -> list[Reply | None] | None:
        results = get_at(body, self._batch.results) if self._batch.results else body
        if not isinstance(results, list) or len(results) != len(writes):
            return None
        return [self._reply(result) for result in results]

    def _reply(self, result: Any) -> Reply | None:
        batch = self._batch
        status = get_at(result, batch.status) if isinstance(result, Mapping) else MISSING
        if not isinstance(status, int):
            return None
        body, etag = get_at(result, batch.body), get_at(result, batch.etag)
        return Reply(
            status=status, body=None if body is MISSING else body, etag=etag if isinstance(etag, str) else ""
        )

    def is_undone(self, replies: Sequence[Reply | None]) -> bool:
        return False


class _OdataForm:
    """A JSON batch (OData 4.01, 19): requests with an id each, answered in any order."""

    def __init__(self, at: Endpoint, batch: Batch, base_url: str) -> None:
        self.headers: Mapping[str, str] = {"Prefer": _CONTINUE}
        self._at, self._together = at, batch.together
        self._base = f"{base_url.rstrip('/')}/"
        self._targets = {"create": at.create, "update": at.update, "delete": at.delete}

    def sent(self, writes: Sequence[Write]) -> Any:
        return {"requests": [self._request(number, write) for number, write in enumerate(writes)]}

    def _request(self, number: int, write: Write) -> dict[str, Any]:
        it, target = self._at.it, self._targets[write.kind]
        if target is None:  # pragma: no cover - `takes` lets none through
            raise ValueError(write.kind)
        request: dict[str, Any] = {"id": str(number)}
        if self._together:
            request["atomicityGroup"] = "all"
        headers = {
            name.lower(): value for name, value in self._at.headers(write).items()
        }  # some know no others
        request |= {"method": target.method, "url": target.url(write.id or "").removeprefix(self._base)}
        if write.kind != "delete":
            headers["content-type"] = _JSON
            request["body"] = sent_body(it, write.kind, write.body, write.key)
        return request | {"headers": headers}

    def replies(self, body: Any, writes: Sequence[Write]) -> list[Reply | None] | None:
        results = get_at(body, "responses") if isinstance(body, Mapping) else None
        if not isinstance(results, list):
            return None
        told = {str(r["id"]): r for r in results if isinstance(r, Mapping) and "id" in r}
        if self._together and len(told) == 1 < len(writes):
            told = {str(number): found for found in told.values() for number in range(len(writes))}
        return [_told(told.get(str(number))) for number in range(len(writes))]

    def is_undone(self, replies: Sequence[Reply | None]) -> bool:
        """A change set is all or nothing: some servers say 201 of what they rolled back, others tell of the one only
        that was refused."""
        return self._together and any(reply and not is_success(self._at.it, reply) for reply in replies)


def _told(result: Mapping[str, Any] | None) -> Reply | None:
    if result is None or not isinstance(result.get("status"), int):
        return None
    said = result.get("headers")
    headers = {str(n).lower(): str(v) for n, v in said.items()} if isinstance(said, Mapping) else {}
    return Reply(status=result["status"], body=result.get("body"), etag=headers.get("etag", ""))
