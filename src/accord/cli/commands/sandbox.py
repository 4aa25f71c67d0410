"""`accord sandbox`: a real server for any manifest."""

from pathlib import Path

from accord.project import builtin_connectors
from accord.project.load import CONNECTORS
from accord.sandbox.command import sandbox_command

__all__ = ["sandbox"]


def _manifest(name: str) -> Path:
    """The manifest of a system that Accord comes with, else the file of that name."""
    return CONNECTORS / name / "manifest.yaml" if name in builtin_connectors() else Path(name)


sandbox = sandbox_command(_manifest)
