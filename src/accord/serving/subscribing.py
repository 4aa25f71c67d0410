"""Which systems of a project can be asked to tell of changes, and where they are to tell."""

from collections.abc import Mapping, Sequence

from accord.core.errors import ConfigError, Fault
from accord.ports.abilities import Subscribable
from accord.ports.connector import Connector
from accord.project import Project
from accord.project.systems import manifest_of
from accord.project.webhooks import hook_secret, tells
from accord.runtime.standing import Guarded
from accord.serving.subscriptions import Subscribing, address

__all__ = ["addresses", "read_types", "subscribing", "telling_systems"]


def telling_systems(project: Project) -> list[str]:
    """Systems that tell of changes by themselves, as the project has them."""
    return [name for name in project.config.systems if tells(project, name)]


def addresses(project: Project, public_url: str | None) -> dict[str, str]:
    """Where each of them is to tell; none without a public address."""
    return {name: address(public_url, name) for name in telling_systems(project)} if public_url else {}


def subscribing(project: Project, connectors: Mapping[str, Connector]) -> dict[str, Subscribing]:
    """Those that a program can ask to, and those that are to tell no more, of nothing.

    Raises ConfigError: secrets are not there, all of them listed.
    """
    found: dict[str, Subscribing] = {}
    faults: list[Fault] = []
    for name, connector in connectors.items():
        inner = connector.inner if isinstance(connector, Guarded) else connector
        hooks = inner.hooks if isinstance(inner, Subscribable) else None
        if hooks is None:
            continue
        wanted = tells(project, name)
        try:
            secret = hook_secret(project, name) if wanted else ""
        except ConfigError as error:
            faults += error.faults
            continue
        types = read_types(project, name) if wanted else ()
        manifest = manifest_of(project, name)
        found[name] = Subscribing(manifest=manifest, entity_types=types, secret=secret, subscriber=hooks)
    if faults:
        raise ConfigError(faults)
    return found


def read_types(project: Project, system: str) -> Sequence[str]:
    """Entity types of a system that the project reads."""
    named = {mapping.entity_type for mapping in project.model.mappings.values()}
    return sorted(kind for owner, _, kind in (it.partition(".") for it in named) if owner == system)
