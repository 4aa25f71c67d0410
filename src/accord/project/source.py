"""The files of a project merged into one tree of plain data that remembers where each part stands."""

from collections.abc import Mapping as ReadOnly
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeAlias

from accord.connectorkit.yaml_lines import Document, read_yaml
from accord.core.errors import Fault

__all__ = ["MAIN_FILE", "Faults", "Loc", "Source", "Spot", "read_file", "written_steps"]

MAIN_FILE: Final = "accord.yaml"

Loc: TypeAlias = tuple[str | int, ...]
"""Way to a part of the configuration: keys and list positions from the top."""


class Spot(NamedTuple):
    """Where something is written; lines count from 1."""

    file: str
    line: int


def written_steps(data: Any, loc: Loc) -> Loc:
    """Those steps of loc that lead somewhere in data; others (the name of a long form) are passed over."""
    known: list[str | int] = []
    for step in loc:
        inside = data if isinstance(data, dict) else dict(enumerate(data)) if isinstance(data, list) else {}
        if step in inside:
            data = inside[step]
            known.append(step)
    return tuple(known)


class Source:
    """The configuration as plain data, with the spot of every part.

    Several files are merged (`include`): mappings key by key, lists one after the other. `file` is the main one.
    `texts` by name stand in the place of files on disk.
    """

    def __init__(self, file: str = MAIN_FILE, texts: ReadOnly[str, bytes] | None = None) -> None:
        self.file = file
        self.texts = texts or {}
        self.data: dict[str, Any] = {}
        self._spots: dict[Loc, Spot] = {}

    def spot(self, loc: Loc) -> Spot:
        """Spot of the part at loc, or of the nearest part around it that is written down.

        Steps that were never written (a position in what is no list, the name of a long form) are passed over.
        """
        known = written_steps(self.data, loc)
        return next(
            (found for end in range(len(known), 0, -1) if (found := self._spots.get(known[:end]))), self._top
        )

    @property
    def _top(self) -> Spot:
        return Spot(self.file, 1)

    def read(self, text: bytes, file: str, faults: "Faults") -> dict[str, Any]:
        """Data of one file, which is merged into `data`; what is wrong with its YAML goes to faults."""
        document = read_yaml(text, file)
        if not document.faults and not isinstance(document.data, dict):
            faults.at(
                Spot(file, 1), "The file is no mapping of keys to values", "Begin it with `version: 1`."
            )
        for fault in document.faults:
            subject = "The file " if fault.what.startswith("is ") else ""
            faults.at(Spot(file, fault.line), f"{subject}{fault.what}", _yaml_remedy(fault))
        if not isinstance(document.data, dict):
            return {}
        for top, part in document.data.items():
            self._merge(top, part, document, faults)
        return document.data

    def _merge(self, top: str, part: Any, document: Document, faults: "Faults") -> None:
        mine = self.data.get(top)
        if isinstance(mine, list) and isinstance(part, list):
            self._adopt(document, top, offset=len(mine))
            self.data[top] = [*mine, *part]
        elif isinstance(mine, dict) and isinstance(part, dict):
            for key in sorted(part.keys() & mine.keys()):
                first = self._spots[top, key]
                what = f"`{key}` of `{top}` is written twice, first in {first.file}:{first.line}"
                faults.at(Spot(document.file, document.line((top, key))), what, "Keep one of the two.")
            self._adopt(document, top)
            self.data[top] = {**part, **mine}
        elif top in self.data:
            first = self._spots[(top,)]
            what = f"`{top}` is written in {first.file}:{first.line} already"
            faults.at(Spot(document.file, document.line((top,))), what, "Keep one of the two.")
        else:
            self._adopt(document, top)
            self.data[top] = part

    def _adopt(self, document: Document, top: str, *, offset: int = 0) -> None:
        for loc, line in document.lines.items():
            if loc[:1] == (top,):
                shifted = (top, int(loc[1]) + offset, *loc[2:]) if offset and len(loc) > 1 else loc
                self._spots.setdefault(shifted, Spot(document.file, line))


def _yaml_remedy(fault: Fault) -> str:
    if fault.what == "is empty":
        return "Begin it with `version: 1`."
    return "Indent with blanks, not tabs." if r"'\t'" in fault.what else f"{fault.remedy}."


class Faults:
    """Collects what is wrong, so that all of it is told at once."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._found: dict[Fault, Loc] = {}

    def add(self, loc: Loc, what: str, remedy: str) -> None:
        """Note a fault at a part of the configuration; the same one twice counts once."""
        spot = self._source.spot(loc)
        self._found.setdefault(Fault(spot.file, spot.line, what.rstrip("."), remedy), loc)

    def at(self, spot: Spot, what: str, remedy: str) -> None:
        """Note a fault at a spot; the same one twice counts once."""
        self.note(Fault(spot.file, spot.line, what.rstrip("."), remedy))

    def note(self, fault: Fault) -> None:
        """Note a fault that was found elsewhere, in a manifest say."""
        self._found.setdefault(fault, ())

    def located(self) -> list[tuple[Loc, str, str]]:
        """All faults as they were found: part of the configuration, what, remedy."""
        return [(loc, fault.what, fault.remedy) for fault, loc in self._found.items()]

    def __bool__(self) -> bool:
        return bool(self._found)

    def listed(self) -> list[Fault]:
        """All faults by file and line."""
        return sorted(self._found)


def read_file(path: Path, shown: str, source: Source, faults: Faults) -> dict[str, Any]:
    """Data of a file on disk, merged into source; `shown` is its name in messages."""
    try:
        text = source.texts[shown] if shown in source.texts else path.read_bytes()
    except OSError as error:
        remedy = "Run `accord init` to make a project here." if shown == MAIN_FILE else "Correct the path."
        faults.at(Spot(shown, 1), f"The file can not be read ({error.strerror})", remedy)
        return {}
    return source.read(text, shown, faults)
