"""Exports that another program drops into a folder: which there are, in their order, and which of them are whole."""

import re
from pathlib import Path
from typing import Final

from msgspec import Struct

from accord.connectors.files.options import Exchange
from accord.connectors.files.place import Stamp, rests_in_s, stamp_of

__all__ = ["Export", "Exports"]

_TEXT: Final = (".csv", ".tsv", ".txt", ".jsonl", ".ndjson")


class Export(Struct, frozen=True):
    """A file, what makes it another one, and its place in the order; `full`: it holds all records."""

    path: Path
    stamp: Stamp
    order: tuple[str, ...]
    full: bool


class Exports:
    """Those of one entity type; `pattern` is what the manifest calls its path."""

    def __init__(self, folder: Path, pattern: str, told: Exchange, rest_s: float) -> None:
        self._folder, self._told, self._rest_s = folder, told, rest_s
        self._patterns = [(pattern, told.content == "full")]
        if told.full:
            self._patterns.append((told.full, True))

    def there(self, *, archived: bool = False) -> list[Export]:
        """All, oldest first; with `archived` also those that were read and put away."""
        found: dict[Path, Export] = {}
        for pattern, full in self._patterns:
            paths = list(self._folder.glob(pattern))
            if archived and self._told.archive:
                paths += (self._folder / self._told.archive).glob(Path(pattern).name)
            for path in paths:
                try:
                    stamp = stamp_of(path)
                except OSError:
                    continue  # it went while we looked
                if path.is_file() and not path.name.startswith("."):
                    found[path] = Export(path, stamp, self._order(pattern, path, stamp), full)
        return sorted(found.values(), key=lambda each: each.order)

    def is_whole(self, export: Export) -> bool:
        """Nobody writes it any more, as far as can be told."""
        if self._told.ready:
            return export.path.with_name(export.path.name + self._told.ready).exists()
        if rests_in_s(export.stamp, self._rest_s):
            return False
        if export.path.suffix.lower() not in _TEXT or export.stamp.size == 0:
            return export.stamp.size > 0
        return self._ends(export) or not rests_in_s(export.stamp, self._told.unended_s)

    def put_away(self, export: Export) -> None:
        """What was read goes where the manifest says; an older one of the same name is replaced."""
        if not self._told.archive:
            return
        archive = self._folder / self._told.archive
        if export.path.parent == archive:
            return
        archive.mkdir(parents=True, exist_ok=True)
        try:
            if stamp_of(export.path) == export.stamp:
                export.path.replace(archive / export.path.name)
        except FileNotFoundError:
            return
        if self._told.ready:
            export.path.with_name(export.path.name + self._told.ready).unlink(missing_ok=True)

    def _ends(self, export: Export) -> bool:
        try:
            with export.path.open("rb") as file:
                file.seek(max(0, export.stamp.size - 2))
                return any(each in b"\r\n" for each in file.read())
        except OSError:
            return False

    def _order(self, pattern: str, path: Path, stamp: Stamp) -> tuple[str, ...]:
        if self._told.order == "time":
            return (f"{stamp.changed_ns:020}", path.name)
        varies = re.fullmatch(re.escape(Path(pattern).name).replace(r"\*", "(.*)"), path.name)
        return varies.groups() if varies else (path.name,)
