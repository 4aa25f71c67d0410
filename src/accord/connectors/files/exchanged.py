"""What is known of a table that is only seen in exports: rows, what came last, and imports that are under way."""

from pathlib import Path
from typing import Any, Generic, TypeVar
from uuid import uuid4

import msgspec
from msgspec import Struct, field

__all__ = ["Import", "Imports", "Kept", "Known", "Line"]

T = TypeVar("T")


class Line(Struct):
    """A record as exports last showed it; `at` is the number of the change that did. `payload` is None of one that is
    gone."""

    at: int
    version: str
    payload: dict[str, Any] | None


class Known(Struct, kw_only=True):
    """All records that exports have shown. `epoch` tells this knowledge from one that was lost; `complete`: a full
    export was among them. `read` are exports by name, with their stamps; `last` is the greatest in their order."""

    epoch: str = field(default_factory=lambda: uuid4().hex[:12])
    at: int = 0
    complete: bool = False
    lines: dict[str, Line] = {}
    twice: set[str] = set()
    columns: list[str] = []
    read: dict[str, str] = {}
    last: tuple[str, ...] = ()


class Import(Struct, kw_only=True):
    """A write that was dropped as a line of `file`. `before` are stamps of the exports that were there before it;
    once the file is gone `taken_us` says when that was seen, and `since` which exports were there then."""

    file: str
    kind: str
    id: str = ""
    key: str = ""
    sent: dict[str, Any] = {}
    before: list[str] = []
    taken_us: int = 0
    since: list[str] = []
    seen_after: bool = False


class Imports(Struct):
    """Writes that no export has shown yet, and the number of the last file."""

    last: int = 0
    open: list[Import] = []


class Kept(Generic[T]):
    """A value in a file, read again when another process has written it."""

    def __init__(self, path: Path, kind: type[T]) -> None:
        self._path, self._kind = path, kind
        self._held: tuple[tuple[int, int], T] | None = None

    def get(self) -> T:
        """The value; a new one where there is none that can be read."""
        stamp = self._stamp()
        if self._held is not None and self._held[0] == stamp:
            return self._held[1]
        try:
            found = msgspec.msgpack.decode(self._path.read_bytes(), type=self._kind)
        except (OSError, msgspec.DecodeError, msgspec.ValidationError):
            found = self._kind()
        self._held = stamp, found
        return found

    def put(self, value: T) -> None:
        """Keep it, whole or not at all."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        scratch = self._path.with_suffix(self._path.suffix + ".part")
        scratch.write_bytes(msgspec.msgpack.encode(value))
        scratch.replace(self._path)
        self._held = self._stamp(), value

    def forget(self) -> None:
        """What is held may have been changed and not kept."""
        self._held = None

    def _stamp(self) -> tuple[int, int]:
        try:
            found = self._path.stat()
        except OSError:
            return (0, 0)
        return found.st_mtime_ns, found.st_ino
