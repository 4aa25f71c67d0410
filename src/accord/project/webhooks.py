"""The systems of a project that tell of changes by themselves: which, with what secret, and what people should know."""

from urllib.parse import urlsplit

from accord.core.errors import ConfigError, Fault
from accord.project.load import Project
from accord.project.systems import manifest_of, secrets_of

__all__ = ["hook_notes", "hook_secret", "tells"]


def tells(project: Project, name: str) -> bool:
    """A system of the project tells of changes by itself, and may."""
    system = project.config.systems.get(name)
    able = system is not None and system.enabled and system.webhooks.enabled
    return able and project.manifests[name].webhooks is not None


def hook_secret(project: Project, name: str) -> str:
    """The secret that a system and the project know; "": none is named. Raises ConfigError: there is none."""
    hooks = manifest_of(project, name).webhooks
    if hooks is None or hooks.secret is None:
        return ""
    try:
        return secrets_of(project)(hooks.secret)
    except ConfigError as error:
        place = f"systems.{name}.webhooks.secret"
        faults = [Fault(place, 0, f"{fault.file}: {fault.what}", fault.remedy) for fault in error.faults]
        raise ConfigError(faults) from None


def hook_notes(project: Project, public_url: str) -> list[Fault]:
    """What people should know of the systems that are to tell of changes: secrets that are not there, what a person has
    to enter, whose webhooks nobody checks, and who could read them."""
    notes: list[Fault] = []
    parts = urlsplit(public_url)
    if parts.scheme != "https" and parts.hostname not in ("localhost", "127.0.0.1", "::1"):
        what = "webhooks come here in clear: whoever is on the way can read them and send them again"
        notes.append(
            Fault("serve.url", 0, what, "Put a proxy with TLS before the service, and write https://")
        )
    for name in project.config.systems:
        hooks = manifest_of(project, name).webhooks
        if hooks is None or not tells(project, name):
            continue
        place = f"systems.{name}.webhooks"
        try:
            hook_secret(project, name)
        except ConfigError as error:
            notes += error.faults
        if hooks.subscriptions is None:
            what = f"{name} tells of changes only where a person enters our address there"
            notes.append(Fault(place, 0, what, f"Enter {public_url.rstrip('/')}/hooks/{name}"))
        if hooks.verify.kind == "none":
            what = (
                f"NOBODY CHECKS who sends webhooks of {name}: whoever knows the address can let it be listed"
            )
            notes.append(
                Fault(place, 0, what, "Say webhooks: false, or put the service where nobody else comes")
            )
    return notes
