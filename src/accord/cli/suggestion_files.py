"""The suggestions that were last shown, kept beside the store so that their numbers can be accepted."""

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import msgspec
from msgspec import Struct

from accord.core.errors import AccordError
from accord.project import Project
from accord.suggesting.suggestion import Suggestion

__all__ = ["Kept", "Shown", "keep_shown", "read_shown"]

_FILE: Final = "suggestions.json"


class Kept(Struct, kw_only=True):
    """A suggestion as it was shown, without its evidence."""

    number: int
    pair: int
    what: str
    written: Any
    taken: bool = False


class Shown(Struct, kw_only=True):
    """All that were shown, and of which configuration."""

    format: int = 1
    of: str
    suggestions: list[Kept]

    def open(self, numbers: Sequence[int]) -> list[Kept]:
        """Those of these numbers. Raises AccordError: there is no such number, or it stands in the file already."""
        by_number = {each.number: each for each in self.suggestions}
        if unknown := [n for n in numbers if n not in by_number]:
            last = max(by_number, default=0)
            raise AccordError(
                f"there is no suggestion {unknown[0]}",
                remedy=f"The last ones shown are 1 to {last}. See them again: accord suggest",
            )
        if taken := [n for n in numbers if by_number[n].taken]:
            raise AccordError(f"suggestion {taken[0]} was accepted already", remedy="Leave it out.")
        return [by_number[n] for n in dict.fromkeys(numbers)]


def _place(project: Project) -> Path:
    """Where they are kept."""
    return project.store.parent / _FILE


def keep_shown(project: Project, numbered: Sequence[tuple[int, Suggestion]]) -> list[Kept]:
    """Keep what was shown; only its owner may read it: a table of words tells values."""
    kept = [Kept(number=n, pair=s.pair, what=s.what, written=s.written) for n, s in numbered]
    write_shown(project, Shown(of=_fingerprint(project), suggestions=kept))
    return kept


def write_shown(project: Project, shown: Shown) -> None:
    """Keep what was shown, under the configuration as it is on disk now."""
    place = _place(project)
    place.parent.mkdir(parents=True, exist_ok=True)
    text = msgspec.json.encode(msgspec.structs.replace(shown, of=_fingerprint(project)))
    with os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as opened:
        opened.write(text)


def read_shown(project: Project) -> Shown:
    """The suggestions that were last shown. Raises AccordError: none were, or the configuration changed since."""
    try:
        shown = msgspec.json.decode(_place(project).read_bytes(), type=Shown)
    except FileNotFoundError:
        raise AccordError("no suggestions were shown yet", remedy="See them first: accord suggest") from None
    except msgspec.DecodeError:
        shown = Shown(of="", suggestions=[])
    if shown.of != _fingerprint(project):
        raise AccordError(
            "the configuration changed since these suggestions were shown, so their numbers may mean others now",
            remedy="See them again: accord suggest",
        )
    return shown


def _fingerprint(project: Project) -> str:
    """Of the bytes of all files that pairs stand in."""
    files = {project.source.spot(("pairs", at)).file for at in range(len(project.config.pairs))}
    digest = hashlib.sha256()
    for file in sorted({project.source.file, *files}):
        digest.update(file.encode() + b"\0" + (project.folder / file).read_bytes() + b"\0")
    return digest.hexdigest()
