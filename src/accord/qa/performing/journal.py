"""The journal of a live run: a file with every probe, which outlives the process, so that none is left behind."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

from accord.core.errors import StopFlow
from accord.project import Project
from accord.qa.performing.probes import Asked
from accord.qa.performing.records import Record

__all__ = ["Journal", "Kept", "forget_if_empty", "journal_of", "read_journal"]

_JOURNAL: Final = "qa/probes.jsonl"
"""Where it is, beside the store."""


class Kept(msgspec.Struct, kw_only=True):
    """What a journal tells: probes that may be there, and creates that nobody knows the outcome of."""

    mark: str = ""
    records: dict[Record, None] = msgspec.field(default_factory=dict)
    asked: dict[int, Asked] = msgspec.field(default_factory=dict)

    @property
    def empty(self) -> bool:
        """Nothing is left."""
        return not self.records and not self.asked


def journal_of(project: Project) -> Path:
    """Where the journal of a project is."""
    return project.store.parent / _JOURNAL


class Journal:
    """A `Diary` in a file: a line as soon as something is known, in the file before the next call is made.

    `kept` is what an earlier run left in it, which is taken up; else StopFlow is raised where one did.
    """

    def __init__(self, path: Path, mark: str, kept: Kept | None = None) -> None:
        if kept is None and not read_journal(path).empty:
            raise StopFlow(
                "an earlier checklist was cut off, and its probes may still be in the systems",
                remedy="Remove them: accord qa --clean",
            )
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path, self._last = path, max(kept.asked, default=0) if kept is not None else 0
        self._numbers = {id(create): n for n, create in kept.asked.items()} if kept is not None else {}
        anew = os.O_TRUNC if kept is None else 0
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | anew, 0o600)
        self._write([{"mark": mark}])

    def asked(self, creates: Sequence[Asked]) -> None:
        """See `Diary`."""
        lines = []
        for create in creates:
            self._last += 1
            self._numbers[id(create)] = self._last
            lines.append({"asked": self._last, "at": create.at, "key": create.key, "body": create.body})
        self._write(lines)

    def answered(self, creates: Sequence[Asked], made: Sequence[Record]) -> None:
        """See `Diary`."""
        numbers = [self._numbers.pop(id(create)) for create in creates if id(create) in self._numbers]
        self._write([{"made": [list(record) for record in made], "answered": numbers}])

    def removed(self, records: Sequence[Record]) -> None:
        """See `Diary`."""
        self._write([{"removed": [list(record) for record in records]}])

    def close(self) -> None:
        """Let the file go; where nothing is left it goes too."""
        os.close(self._file)
        forget_if_empty(self._path)

    def _write(self, lines: Sequence[dict[str, Any]]) -> None:
        os.write(self._file, b"".join(msgspec.json.encode(line, enc_hook=str) + b"\n" for line in lines))


def forget_if_empty(path: Path) -> None:
    """A journal that tells of nothing is no longer needed."""
    if read_journal(path).empty:
        path.unlink(missing_ok=True)


def read_journal(path: Path) -> Kept:
    """What a journal tells; nothing, where there is none."""
    kept = Kept()
    if not path.is_file():
        return kept
    for raw in path.read_bytes().splitlines():
        try:
            line = msgspec.json.decode(raw)
        except msgspec.DecodeError:
            continue  # it was cut off
        kept.mark = line.get("mark", kept.mark)
        if "asked" in line:
            kept.asked[line["asked"]] = Asked(line["at"], line["key"], line["body"])
        for number in line.get("answered", ()):
            kept.asked.pop(number, None)
        kept.records.update((Record(*each), None) for each in line.get("made", ()))
        for each in line.get("removed", ()):
            kept.records.pop(Record(*each), None)
    return kept
