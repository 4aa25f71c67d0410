"""What the author of a connector imports: `from accord.connectorkit import Kind, Page, Outcome`.

docs/reference/connectorkit.md tells of each name. What is imported is loaded when it is first asked for: commands that
read a manifest need little of it.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from accord.connectorkit.drafting import Asked as Asked, Draft as Draft, Drafter as Drafter
    from accord.connectorkit.kind import Kind as Kind, Place as Place
    from accord.connectorkit.manifest import EntityType as EntityType, Manifest as Manifest
    from accord.connectorkit.manifest_faults import Problem as Problem
    from accord.connectorkit.manifest_load import (
        load_manifest as load_manifest,
        manifest_from as manifest_from,
    )
    from accord.connectorkit.manifest_parts import Part as Part
    from accord.connectorkit.observe import (
        Observer as Observer,
        canonical_id as canonical_id,
        name_of as name_of,
    )
    from accord.connectorkit.paths import drop_at as drop_at, get_at as get_at, put_at as put_at
    from accord.connectorkit.times import time_reader as time_reader, time_writer as time_writer
    from accord.core.errors import (
        AccordError as AccordError,
        ConfigError as ConfigError,
        Fault as Fault,
        RetryLater as RetryLater,
        StopEntityType as StopEntityType,
        StopFlow as StopFlow,
    )
    from accord.core.observation import Observation as Observation, Outcome as Outcome
    from accord.core.values import MISSING as MISSING
    from accord.ports.abilities import (
        Divided as Divided,
        Hint as Hint,
        NeedsSecrets as NeedsSecrets,
        Telling as Telling,
    )
    from accord.ports.clock import Clock as Clock
    from accord.ports.connector import Connector as Connector, Page as Page, Write as Write
    from accord.ports.standing import LOST as LOST, may_write as may_write

_FROM: Final = {
    "accord.connectorkit.drafting": ("Asked", "Draft", "Drafter"),
    "accord.connectorkit.kind": ("Kind", "Place"),
    "accord.connectorkit.manifest": ("EntityType", "Manifest"),
    "accord.connectorkit.manifest_faults": ("Problem",),
    "accord.connectorkit.manifest_load": ("load_manifest", "manifest_from"),
    "accord.connectorkit.manifest_parts": ("Part",),
    "accord.connectorkit.observe": ("Observer", "canonical_id", "name_of"),
    "accord.connectorkit.paths": ("drop_at", "get_at", "put_at"),
    "accord.connectorkit.times": ("time_reader", "time_writer"),
    "accord.core.errors": ("AccordError", "ConfigError", "Fault", "RetryLater", "StopEntityType", "StopFlow"),
    "accord.core.observation": ("Observation", "Outcome"),
    "accord.core.values": ("MISSING",),
    "accord.ports.abilities": ("Divided", "Hint", "NeedsSecrets", "Telling"),
    "accord.ports.clock": ("Clock",),
    "accord.ports.connector": ("Connector", "Page", "Write"),
    "accord.ports.standing": ("LOST", "may_write"),
}
_MODULE: Final = {name: module for module, names in _FROM.items() for name in names}

__all__ = [*sorted(_MODULE)]  # noqa: PLE0604 - all of them are text


def __getattr__(name: str) -> Any:
    if name not in _MODULE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_MODULE[name]), name)
