"""Writes the files of a new project, none over one that exists."""

from collections.abc import Mapping
from pathlib import Path

from accord.core.errors import AccordError

__all__ = ["new_files"]


def new_files(place: Path, files: Mapping[str, str], remedy: str) -> list[str]:
    """Paths of the files made, in order. Raises AccordError, before anything is written: one exists already."""
    existing = [path for path in sorted(files) if (place / path).exists()]
    if existing:
        raise AccordError(f"{place / existing[0]} exists already", remedy=remedy)
    for path, text in files.items():
        file = place / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return [str(place / path) for path in sorted(files)]
