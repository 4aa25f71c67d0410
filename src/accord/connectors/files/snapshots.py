"""What a file held when it was read last: by that its changes are known, and what was deleted (S8, S10)."""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

__all__ = ["Snapshot", "Snapshots"]

_KEPT: Final = 3


class Snapshot(Struct, kw_only=True):
    """Versions by id; `highest` is the greatest number that was ever an id."""

    versions: dict[str, str]
    highest: int = 0


class Snapshots:
    """Snapshots of one entity type by token; the last few are kept. They can be made anew: without one a read is a
    full one."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder, self._name = folder, name

    def get(self, token: str) -> Snapshot | None:
        """The snapshot of a token, if it is still there."""
        try:
            return msgspec.msgpack.decode(self._path(token).read_bytes(), type=Snapshot)
        except (OSError, msgspec.DecodeError, msgspec.ValidationError):
            return None

    def put(self, token: str, versions: Mapping[str, str], highest: int) -> None:
        """Keep one, whole or not at all; the oldest go."""
        self._folder.mkdir(parents=True, exist_ok=True)
        scratch = self._path(token).with_suffix(".part")
        scratch.write_bytes(msgspec.msgpack.encode(Snapshot(versions=dict(versions), highest=highest)))
        scratch.replace(self._path(token))
        old = sorted(self._folder.glob(f"{self._name}-*.seen"), key=lambda path: path.stat().st_mtime_ns)
        for path in old[:-_KEPT]:
            with suppress(OSError):
                path.unlink()

    def highest(self) -> int:
        """The greatest number that was ever an id."""
        tokens = (
            path.stem.removeprefix(f"{self._name}-") for path in self._folder.glob(f"{self._name}-*.seen")
        )
        return max((found.highest for token in tokens if (found := self.get(token)) is not None), default=0)

    def _path(self, token: str) -> Path:
        return self._folder / f"{self._name}-{token}.seen"
