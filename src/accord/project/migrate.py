"""Brings a project in an older version of the format up to date while it is loaded; files are not changed."""

from collections.abc import Callable
from typing import Any, Final

from accord.project.source import Faults, Source

__all__ = ["CURRENT", "STEPS", "migrate"]

CURRENT: Final = 1

STEPS: Final[dict[int, Callable[[dict[str, Any]], dict[str, Any]]]] = {}
"""For each older version, the function that makes the next one of its data."""


def migrate(source: Source, faults: Faults) -> None:
    """Make the data of source those of the current version; a version that is not known is a fault."""
    version = source.data.get("version")
    if version is None:
        faults.add((), "`version` is missing", f"Begin the file with `version: {CURRENT}`.")
        return
    if not isinstance(version, int) or isinstance(version, bool) or not 1 <= version <= CURRENT:
        newer = isinstance(version, int) and version > CURRENT
        advice = "Install a newer Accord." if newer else f"Write `version: {CURRENT}`."
        faults.add(("version",), f"This Accord knows the format up to version {CURRENT} only", advice)
        return
    while version < CURRENT:
        source.data = {**STEPS[version](source.data), "version": version + 1}
        version += 1
