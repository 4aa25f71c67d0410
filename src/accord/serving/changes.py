"""Tells when the files of a project have changed."""

from pathlib import Path
from typing import TypeAlias

from accord.project import Project

__all__ = ["Stamp", "stamp_of"]

Stamp: TypeAlias = tuple[tuple[str, int, int], ...]


def stamp_of(project: Project) -> Stamp:
    """Name, time and size of every file that a project is made of; all stand in its folder."""
    config = project.config
    files = {project.folder / "accord.yaml"}
    for pattern in config.include:
        files.update(project.folder.glob(pattern))
    files.update(
        project.folder / system.connector
        for system in config.systems.values()
        if system.connector.endswith((".yaml", ".yml"))
    )
    return tuple(_stamp(file) for file in sorted(files))


def _stamp(file: Path) -> tuple[str, int, int]:
    try:
        told = file.stat()
    except OSError:
        return str(file), 0, 0
    return str(file), told.st_mtime_ns, told.st_size
