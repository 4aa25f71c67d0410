"""`accord sandbox`: a real server for any manifest."""

from pathlib import Path

from accord.core.errors import AccordError
from accord.project import builtin_connectors
from accord.project.load import CONNECTORS
from accord.sandbox.command import sandbox_command

__all__ = ["sandbox"]


def _manifest(name: str) -> Path:
    """The manifest of a system that Accord comes with, else the file of that name.

    Raises AccordError: neither is there.
    """
    known = builtin_connectors()
    if name in known:
        return CONNECTORS / name / "manifest.yaml"
    if not Path(name).exists():
        raise AccordError(
            f"there is no system {name}, and no file of that name",
            remedy=f"Name a manifest file, or one of {', '.join(sorted(known))}.",
        )
    return Path(name)


sandbox = sandbox_command(_manifest)
