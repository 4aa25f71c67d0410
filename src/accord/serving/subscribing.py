"""Which systems of a project can be asked to tell of changes, where they are to tell, and what is to be said of it."""

from collections.abc import Mapping, Sequence

from accord.connectorkit.manifest_hooks import NoVerify
from accord.connectors.rest import RestConnector
from accord.core.errors import ConfigError, Fault
from accord.ports.connector import Connector
from accord.project import Project
from accord.serving.subscriptions import Subscribing, address
from accord.wiring import hook_secret, manifest_of

__all__ = ["addresses", "notes", "subscribing", "telling_systems"]


def telling_systems(project: Project) -> list[str]:
    """Systems that tell of changes by themselves, as the project has them."""
    return [
        name
        for name, system in project.config.systems.items()
        if system.enabled and manifest_of(project, name).webhooks is not None
    ]


def addresses(project: Project, public_url: str | None) -> dict[str, str]:
    """Where each of them is to tell; none without a public address."""
    return {name: address(public_url, name) for name in telling_systems(project)} if public_url else {}


def subscribing(project: Project, connectors: Mapping[str, Connector]) -> dict[str, Subscribing]:
    """Those that a program can ask to. Raises ConfigError: secrets are not there, all of them listed."""
    found: dict[str, Subscribing] = {}
    faults: list[Fault] = []
    for name in telling_systems(project):
        connector = connectors.get(name)
        hooks = connector.hooks if isinstance(connector, RestConnector) else None
        try:
            secret = hook_secret(project, name)
        except ConfigError as error:
            faults += error.faults
            continue
        if hooks is not None:
            manifest = manifest_of(project, name)
            found[name] = Subscribing(
                manifest=manifest, entity_types=_read(project, name), secret=secret, subscriber=hooks
            )
    if faults:
        raise ConfigError(faults)
    return found


def notes(project: Project, public_url: str | None) -> list[str]:
    """What people should know: what they have to enter in a system, and what nobody checks."""
    told = telling_systems(project)
    if told and not public_url:
        how = "set `serve: {url: https://…}` in accord.yaml, or --public-url"
        return [f"{', '.join(told)}: changes could be told by webhooks, and are found by listing; {how}"]
    said: list[str] = []
    for name, url in addresses(project, public_url).items():
        hooks = manifest_of(project, name).webhooks
        if hooks is None:
            continue
        if hooks.subscriptions is None:
            said.append(f"{name}: enter {url} in the system, to be told of changes there")
        if isinstance(hooks.verify, NoVerify):
            said.append(
                f"{name}: NOBODY CHECKS who sends its webhooks: anybody who knows the address can let it be listed"
            )
    return said


def _read(project: Project, system: str) -> Sequence[str]:
    """Entity types of a system that the project reads."""
    named = {mapping.entity_type for mapping in project.model.mappings.values()}
    return sorted(kind for owner, _, kind in (it.partition(".") for it in named) if owner == system)
