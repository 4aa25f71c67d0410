"""The page for people: what its files are, and what it asks people's door beside what that tells anybody."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from msgspec import json

from accord.connectorkit.manifest import EntityType, Manifest
from accord.connectorkit.paths import get_at
from accord.connectorkit.times import time_writer
from accord.core.values import MISSING
from accord.sandbox.messages import Request, Response
from accord.testing.system_model.records import Records, Stored
from accord.testing.system_model.shape import Shape

__all__ = ["Page", "is_foreign", "wants_page"]

_FOLDER: Final = Path(__file__).parent / "static"
_KINDS: Final = {".html": "text/html", ".css": "text/css", ".js": "text/javascript"}
_NUMBERS: Final = ("integer", "decimal", "float")
_MOST: Final = 500
_ALL: Final = 2**40
_GUARDED: Final = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-cache",
}
"""Nothing from elsewhere is loaded, nothing is framed, and what a record holds is never run."""


def is_foreign(request: Request) -> bool:
    """A page from elsewhere sent it, by a browser on this machine: browsers name the origin of every write, and where a
    call comes from. Following a link to here is no call."""
    origin = request.headers.get("origin")
    if origin is not None and origin != request.origin:
        return True
    follows = request.method == "GET" and request.headers.get("sec-fetch-mode") == "navigate"
    return request.headers.get("sec-fetch-site", "none") not in ("none", "same-origin") and not follows


def wants_page(request: Request) -> bool:
    """A browser asks, not a program."""
    return "text/html" in request.headers.get("accept", "")


class Page:
    """Files of the page, the entity types as forms need them, and records as they are shown."""

    def __init__(self, manifest: Manifest, records: Records) -> None:
        self._manifest, self._records = manifest, records
        self._shapes = {name: Shape(it) for name, it in manifest.types.items()}
        self._paths = {name: tuple(_paths(shape)) for name, shape in self._shapes.items()}
        self._texts: dict[tuple[str, str], tuple[int, str]] = {}
        self._time = time_writer("iso", "UTC", "ms")

    def file(self, name: str) -> Response | None:
        """A file of the page; None: there is no such file."""
        files = _files()
        if name not in files:
            return None
        headers = {"Content-Type": f"{_KINDS[Path(name).suffix]}; charset=utf-8", **_GUARDED}
        return Response(status=200, headers=headers, body=files[name])

    def types(self) -> dict[str, Any]:
        """The system and its entity types, property by property."""
        manifest = self._manifest
        return {
            "system": manifest.name,
            "title": manifest.title,
            "description": manifest.description,
            "types": [self._type(name, it) for name, it in manifest.types.items()],
        }

    def records(self, name: str, query: Mapping[str, str]) -> dict[str, Any]:
        """A page of live records, last changed first: those that hold all words of `find`, less the first `skip`.

        Raises ValueError: `skip` or `limit` is no number.
        """
        words = query.get("find", "").casefold().split()
        skip, limit = max(0, int(query.get("skip", 0))), min(max(1, int(query.get("limit", 25))), _MOST)
        if words:
            rows = self._records.page(name, "live", 0, 0, _ALL)
            found = [row for row in reversed(rows) if self._holds(name, row, words)]
            total, shown = len(found), found[skip : skip + limit]
        else:
            total = self._records.count(name)
            last = max(0, total - skip)
            first = max(0, last - limit)
            shown = self._records.page(name, "live", 0, first, last - first)[::-1] if last else []
        return {"total": total, "items": [self._item(name, row) for row in shown]}

    def record(self, name: str, record_id: str) -> dict[str, Any] | None:
        """One record, a deleted one too; None: there never was one."""
        stored = self._records.get(name, record_id)
        return None if stored is None else {**self._item(name, stored), "deleted": stored.deleted}

    def _type(self, name: str, it: EntityType) -> dict[str, Any]:
        shape = self._shapes[name]
        return {
            "name": name,
            "path": it.path,
            "description": it.description,
            "id": it.id.property,
            "made_id": f"{it.record}.{it.id.property}".lstrip("."),
            "records": self._records.count(name),
            "properties": [self._property(shape, path) for path in self._paths[name]],
        }

    def _property(self, shape: Shape, path: str) -> dict[str, Any]:
        spec = shape.specs.get(path)
        told = spec.model_dump(mode="json", exclude={"assumed", "normalises"}) if spec else {}
        return {"path": path, "stamped": path in shape.stamped, **told}

    def _item(self, name: str, row: Stored) -> dict[str, Any]:
        values = {path: get_at(row.body, path) for path in self._paths[name]}
        specs = self._shapes[name].specs
        return {
            "id": row.id,
            "changed": self._time(row.changed_us),
            "values": {path: _shown(value) for path, value in values.items() if value is not MISSING},
            "quoted": [
                path
                for path, value in values.items()
                if isinstance(value, str) and path in specs and specs[path].type in _NUMBERS
            ],
        }

    def _holds(self, name: str, row: Stored, words: list[str]) -> bool:
        text = self._text(name, row)
        return all(word in text for word in words)

    def _text(self, name: str, row: Stored) -> str:
        """All of a record as words are looked for in it; kept until it changes, for the page asks again and again."""
        seq, text = self._texts.get((name, row.id), (-1, ""))
        if seq != row.seq:
            values = (get_at(row.body, path) for path in self._paths[name])
            shown = (str(_shown(value)) for value in values if value is not MISSING)
            text = "\n".join([row.id, *shown]).casefold()
            self._texts[name, row.id] = (row.seq, text)
        return text


def _paths(shape: Shape) -> Iterator[str]:
    yield from shape.specs
    yield from sorted(shape.stamped - set(shape.specs))


def _shown(value: Any) -> str | bool | None:
    """A value as the page takes it: numbers as text, since a browser's numbers are not exact; objects as JSON."""
    if value is None or isinstance(value, str | bool):
        return value
    return json.encode(value).decode() if isinstance(value, dict | list) else str(value)


@cache
def _files() -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in _FOLDER.iterdir() if file.suffix in _KINDS}
