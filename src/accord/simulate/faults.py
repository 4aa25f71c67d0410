"""What may go wrong with a system: each fault by its name, where it applies, and how it is drawn."""

from collections.abc import Callable
from random import Random
from typing import Any, Final, TypeAlias

from msgspec import Struct

from accord.connectorkit.manifest import EntityType, Manifest
from accord.connectorkit.manifest_auth import WithTokens
from accord.connectorkit.manifest_page import NoPages, NumberedPages, OffsetPages
from accord.core.model import Mapping

__all__ = ["FAULTS", "PASSING", "Fault", "Place"]


class Place(Struct, frozen=True, kw_only=True):
    """An entity type that a project maps, and the system that it is in."""

    manifest: Manifest
    it: EntityType
    mappings: tuple[Mapping, ...]

    def plain_texts(self) -> list[str]:
        """Paths of free texts that are read and written, identify nothing, and are not said to be changed."""
        paths = []
        for row in (
            row for mapping in self.mappings for row in mapping.properties if row.reads and row.writes
        ):
            for path in row.place.paths():
                spec = self.it.properties.get(path)
                free = spec is not None and spec.type == "string" and not (spec.enum or spec.normalises)
                if free and spec is not None and not (spec.unique or spec.required or spec.reference):
                    paths.append(path)
        return sorted(set(paths))


Draw: TypeAlias = Callable[[Random, Place], dict[str, Any] | None]
"""Settings of quirks; None: it does not apply there."""


class Fault(Struct, frozen=True, kw_only=True):
    """A fault: its name, which is that of the quirk that it sets, and how it is drawn."""

    name: str
    draw: Draw


def _chance(name: str, *chances: float) -> Fault:
    return Fault(name=name, draw=lambda random, _: {name: random.choice(chances)})


def _where(name: str, applies: Callable[[Place], bool], *chances: float) -> Fault:
    return Fault(
        name=name, draw=lambda random, place: {name: random.choice(chances)} if applies(place) else None
    )


def _pages_by_token(place: Place) -> bool:
    return not isinstance(place.it.page, NoPages | NumberedPages | OffsetPages)


def _has_tokens(place: Place) -> bool:
    return isinstance(place.manifest.auth, WithTokens)


def _tells_nulls(place: Place) -> bool:
    """What is not there is null; else nothing tells that a create lost a property (S3)."""
    return place.it.absent.reply == place.it.absent.fetch == "null" and place.it.replies.create == "record"


def _lag(random: Random, place: Place) -> dict[str, Any] | None:
    return {"lag_s": place.it.lag_s * random.choice([0.5, 1])} if place.it.lag_s else None


def _versions_may_lie(place: Place) -> bool:
    """Else an equal version is said to mean equal content, and what is shown otherwise for a while stays unseen."""
    return not (place.it.version and place.it.version.exact)


def _text(name: str, *values: Any, applies: Callable[[Place], bool] = lambda _: True) -> Fault:
    """A quirk of one text."""

    def draw(random: Random, place: Place) -> dict[str, Any] | None:
        paths = place.plain_texts() if applies(place) else []
        return {name: {random.choice(paths): random.choice(values)}} if paths else None

    return Fault(name=name, draw=draw)


def _one_of(name: str, applies: Callable[[Place], bool] = lambda _: True) -> Fault:
    def draw(random: Random, place: Place) -> dict[str, Any] | None:
        paths = place.plain_texts() if applies(place) else []
        return {name: (random.choice(paths),)} if paths else None

    return Fault(name=name, draw=draw)


def _another(random: Random, place: Place) -> dict[str, Any] | None:
    paths = place.plain_texts()
    rule = random.choice(["upper", "touch"])
    return {"another": {random.choice(paths): rule}, "another_s": random.choice([0.5, 20])} if paths else None


FAULTS: Final[tuple[Fault, ...]] = (
    _chance("lost_before", 0.05, 0.15),
    _chance("lost_after", 0.05, 0.2),
    _chance("late", 0.05, 0.15),
    _chance("dropped", 0.03, 0.1),
    _chance("errors", 0.03, 0.1),
    _chance("errors_after", 0.03, 0.1),
    _chance("throttles", 0.03, 0.1),
    _chance("unavailable", 0.03, 0.1),
    _where("stale", lambda p: bool(p.it.conditional and p.it.version), 0.05, 0.2),
    _where("swallows", _tells_nulls, 0.05),
    _chance("doubles", 0.05, 0.2),
    _where("expires", _has_tokens, 0.02, 0.1),
    _chance("duplicates", 0.2),
    _chance("shuffles", 0.2),
    _where("late_pages", _pages_by_token, 0.2),
    _where("repeats", _pages_by_token, 0.2),
    Fault(name="lag_s", draw=_lag),
    _text("recases", "upper"),
    _one_of("ignores", _tells_nulls),
    Fault(name="another", draw=_another),
)
"""All of them, in the order in which they are drawn. A new one has its line here, and its quirk in
`accord.testing.system_model`."""

PASSING: Final[tuple[Fault, ...]] = (
    Fault(name="forbids", draw=lambda random, _: {"forbids": random.choice(["writes", "all"])}),
    _one_of("hides", _versions_may_lie),
    _one_of("nulls", _versions_may_lie),
    _text("retypes", "text", "number", "list", "object", applies=_versions_may_lie),
)
"""Faults that come and go: an account loses rights, a schema drifts."""
