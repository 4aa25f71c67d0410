"""The door for people: what a demonstration or a test does to a system behind its API's back, below /_sandbox.

No authentication; it opens for callers on this machine only, and for no page of another site in a browser there. In
a browser it is a page (`page.py`). docs/reference/sandbox.md lists what stands here.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final, TypeAlias
from urllib.parse import unquote

from accord.sandbox.hooks import Hooks
from accord.sandbox.messages import Request, Response, decode, plain, respond
from accord.sandbox.page import Page, is_foreign, wants_page
from accord.testing.system_model import Answer, Records, SystemModel, quirks_from
from accord.testing.system_model.quirks import Quirks, add_quirk
from accord.testing.system_model.records import Scope

__all__ = ["DOOR", "Door"]

DOOR: Final = "/_sandbox"
_SCOPES: Final[dict[str, Scope]] = {"live": "live", "dead": "dead", "all": "all"}
_MOST: Final = 10_000
Step: TypeAlias = Callable[[Request, list[str]], Response]


class Door:
    """Answers requests below /_sandbox. `statuses` are the API's responses by status."""

    def __init__(
        self, model: SystemModel, records: Records, expire: Callable[[bool], int], hooks: Hooks | None = None
    ) -> None:
        self.statuses: Counter[int] = Counter()
        self._under_way = self._at_once = 0
        self._model, self._records, self._expire, self._told = model, records, expire, hooks
        self._page = Page(model.manifest, records)
        self._steps: dict[tuple[str, str], Step] = {
            ("GET", "health"): self._health,
            ("GET", "tables"): self._tables,
            ("GET", "types"): self._types,
            ("GET", "view"): self._view,
            ("GET", "records"): self._read,
            ("POST", "records"): self._enter,
            ("PATCH", "records"): self._edit,
            ("DELETE", "records"): self._delete,
            ("GET", "calls"): self._calls,
            ("DELETE", "calls"): self._forget_calls,
            ("GET", "quirks"): self._quirks,
            ("PATCH", "quirks"): self._set_quirks,
            ("DELETE", "quirks"): self._no_quirks,
            ("DELETE", "tokens"): self._expire_tokens,
            ("GET", "hooks"): self._hooks,
        }

    def handle(self, request: Request) -> Response:
        """The response to a person's request: 403 from another machine, 404, 405 or 400 with what would be right."""
        if not request.local:
            return plain(403, "people's door opens on this machine only: call it as 127.0.0.1 or localhost")
        if is_foreign(request):
            return plain(403, "people's door opens for no page of another site")
        first, *rest = [unquote(part) for part in request.path[len(DOOR) :].strip("/").split("/")]
        if request.method == "GET" and not rest:
            name = "index.html" if not first and wants_page(request) else first
            if (file := self._page.file(name)) is not None:
                return file
        step = self._steps.get((request.method, first or "health"))
        if step is None:
            doors = ", ".join(f"{method} {DOOR}/{name}" for method, name in self._steps)
            return plain(404, f"there is no such door; there are {doors}")
        if first in ("records", "view") and (not rest or rest[0] not in self._model.manifest.types):
            return plain(404, f"name an entity type: {', '.join(self._model.manifest.types)}")
        try:
            return step(request, rest)
        except ValueError as error:
            return plain(400, f"this can not be read: {error}")

    # records

    def _health(self, _: Request, __: list[str]) -> Response:
        counts = {name: self._records.count(name) for name in self._model.manifest.types}
        return respond(200, {"ok": True, "system": self._model.manifest.name, "records": counts})

    def _tables(self, _: Request, __: list[str]) -> Response:
        types = self._model.manifest.types
        return respond(
            200, {name: {"path": it.path, "records": self._records.count(name)} for name, it in types.items()}
        )

    def _types(self, _: Request, __: list[str]) -> Response:
        return respond(200, self._page.types())

    def _view(self, request: Request, rest: list[str]) -> Response:
        self._model.settle_down()
        if len(rest) == 1:
            return respond(200, self._page.records(rest[0], request.parameters()))
        found = self._page.record(rest[0], rest[1])
        return plain(404, f"{rest[0]} has no record of this id") if found is None else respond(200, found)

    def _read(self, request: Request, rest: list[str]) -> Response:
        self._model.settle_down()
        if len(rest) == 2:
            stored = self._records.get(rest[0], rest[1])
            if stored is None or stored.deleted:
                return plain(404, f"{rest[0]} has no record of this id")
            return respond(200, stored.body)
        query = request.parameters()
        scope = _SCOPES.get(query.get("scope", "live"))
        if scope is None:
            return plain(400, f"scope is one of {', '.join(_SCOPES)}")
        limit, after = min(int(query.get("limit", 100)), _MOST), int(query.get("after", 0))
        rows = self._records.page(rest[0], scope, after, 0, max(limit, 1) + 1)
        more = len(rows) > limit
        rows = rows[:limit]
        return respond(200, {"items": [row.body for row in rows], "next": rows[-1].seq if more else None})

    def _enter(self, request: Request, rest: list[str]) -> Response:
        if len(rest) == 3:
            return self._moved(request, *rest)
        body = decode(request.body)
        if isinstance(body, list):
            answers = [self._model.person_create(rest[0], _object(each)) for each in body]
            return _several(answers, 201)
        return _one(self._model.person_create(rest[0], _object(body)), 201)

    def _edit(self, request: Request, rest: list[str]) -> Response:
        body = _object(decode(request.body))
        if len(rest) == 2:
            return _one(self._model.person_edit(rest[0], rest[1], body))
        return _several([self._model.person_edit(rest[0], i, _object(each)) for i, each in body.items()])

    def _delete(self, _: Request, rest: list[str]) -> Response:
        if len(rest) != 2:
            return plain(404, "name the record to delete by its id")
        return _one(self._model.person_delete(rest[0], rest[1]))

    def _moved(self, request: Request, name: str, record_id: str, what: str) -> Response:
        """restore: out of the bin; merge: into another record, {"into": id}."""
        if what == "restore":
            return _one(self._model.person_restore(name, record_id))
        if what == "merge":
            into = _object(decode(request.body)).get("into", "")
            return _one(self._model.person_merge(name, record_id, str(into)))
        return plain(404, "a record can be restored or merged: …/{id}/restore, …/{id}/merge")

    # counters, quirks, tokens

    def _calls(self, _: Request, __: list[str]) -> Response:
        by_type: dict[str, dict[str, int]] = {}
        for (operation, name), count in self._model.calls_by_type.items():
            by_type.setdefault(name, {})[operation] = count
        statuses = {str(status): count for status, count in sorted(self.statuses.items())}
        total = sum(self.statuses.values())
        return respond(
            200,
            {
                "total": total,
                "calls": dict(self._model.calls),
                "by_type": by_type,
                "statuses": statuses,
                "at_once": self._at_once,
            },
        )

    @contextmanager
    def call_under_way(self) -> Iterator[None]:
        """A call of the API; the most that are under way at the same time are counted."""
        self._under_way += 1
        self._at_once = max(self._at_once, self._under_way)
        try:
            yield
        finally:
            self._under_way -= 1

    def _forget_calls(self, request: Request, rest: list[str]) -> Response:
        response = self._calls(request, rest)
        for counter in (self._model.calls, self._model.calls_by_type, self.statuses):
            counter.clear()
        self._at_once = 0
        return response

    def _quirks(self, _: Request, __: list[str]) -> Response:
        told = {n: q.model_dump(mode="json", exclude_defaults=True) for n, q in self._model.quirks.items()}
        return respond(200, told)

    def _set_quirks(self, request: Request, rest: list[str]) -> Response:
        """Either {"ENTITY TYPE": {"QUIRK": VALUE}}, which replaces these quirks, or {"add": ["TYPE.QUIRK=VALUE"]}."""
        body, types = _object(decode(request.body)), self._model.manifest.types
        fresh: dict[str, Quirks] = {n: q.model_copy() for n, q in self._model.quirks.items()}
        if set(body) == {"add"} and isinstance(body["add"], list):
            for text in body["add"]:
                add_quirk(str(text), fresh, types)
        else:
            if unknown := set(body) - set(types):
                raise ValueError(
                    f"{', '.join(sorted(unknown))} is no entity type; there are {', '.join(types)}"
                )
            changed = {n: {**fresh[n].model_dump(), **_object(settings)} for n, settings in body.items()}
            fresh |= quirks_from(changed)
        self._model.quirks.update(fresh)
        return self._quirks(request, rest)

    def _no_quirks(self, request: Request, rest: list[str]) -> Response:
        self._model.quirks.update({name: Quirks() for name in self._model.quirks})
        return self._quirks(request, rest)

    def _expire_tokens(self, request: Request, __: list[str]) -> Response:
        """With ?refresh=true a person takes back what they allowed, too."""
        return respond(200, {"expired": self._expire(request.parameters().get("refresh") == "true")})

    def _hooks(self, _: Request, __: list[str]) -> Response:
        if self._told is None:
            return respond(200, {"subscriptions": [], "told": {}})
        noted = [
            {"id": it.id, "url": it.url, "topics": it.topics, "until_us": it.until_us, "proved": it.proved}
            for it in self._told.standing()
        ]
        return respond(200, {"subscriptions": noted, "told": self._told.told})


def _object(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise ValueError("a JSON object is expected")
    return value


def _one(answer: Answer, status: int = 200) -> Response:
    """The record as it is now, or why not."""
    if answer.ok:
        return respond(status, answer.body)
    refused = [{"property": c.property, "message": c.message} for c in answer.complaints]
    return respond(answer.status, {"message": _why(answer), "refused": refused})


def _several(answers: list[Answer], status: int = 200) -> Response:
    """Ids in the order of what was sent, null where it was refused, and why."""
    why = {str(n): _why(answer) for n, answer in enumerate(answers) if not answer.ok}
    ids = [answer.id if answer.ok else None for answer in answers]
    return respond(422 if why else status, {"ids": ids, "refused": why})


def _why(answer: Answer) -> str:
    return "; ".join(f"{c.property} {c.message}".strip() for c in answer.complaints)
