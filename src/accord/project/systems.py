"""A system as a project has it: its manifest, with what the project says otherwise, and the secrets it names."""

import os
from collections.abc import Callable

from accord.connectorkit.manifest import Manifest
from accord.connectorkit.secrets import read_secret
from accord.project.load import Project

__all__ = ["manifest_of", "secrets_of"]


def manifest_of(project: Project, name: str) -> Manifest:
    """The manifest of a system with what the project says otherwise: its rate, the secret of its webhooks."""
    manifest, system = project.manifests[name], project.config.systems[name]
    changes: dict[str, object] = {}
    if rate := system.rate.model_dump(exclude_none=True):
        changes["rate"] = manifest.rate.model_copy(update=rate)
    hooks = manifest.webhooks
    if hooks is not None and system.webhooks.secret is not None:
        changes["webhooks"] = hooks.model_copy(update={"secret": system.webhooks.secret})
    return manifest.model_copy(update=changes) if changes else manifest


def secrets_of(project: Project) -> Callable[[str], str]:
    """Reads what a reference names; files are of the project's folder. It raises ConfigError: there is none."""
    return lambda reference: read_secret(reference, os.environ, project.folder)
