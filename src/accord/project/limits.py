"""What a manifest declares of values, put around a lens: what a system would refuse or change is known beforehand."""

from functools import cache
from typing import ClassVar

from msgspec import Struct

from accord.connectorkit.manifest_parts import PropertySpec
from accord.connectorkit.normalise import Normaliser, normaliser
from accord.core.lens import BuiltLens
from accord.core.model import NoReferences, References
from accord.core.values import MISSING, Raw, Value
from accord.project.resolved import ResolvedRow

__all__ = ["Limited", "Representation", "limited", "representation"]

_NOBODY = NoReferences()


class Limit(Struct, frozen=True, kw_only=True):
    """What a system accepts at a path; path "" is the place itself, any other one of several."""

    path: str
    max_length: int | None = None
    enum: tuple[str | int | bool, ...] = ()

    def check(self, raw: Raw, old: Raw) -> None:
        """Raises ValueError: raw is over the limit, and does not stand there; tells lengths, not values (P2)."""
        if raw == old or raw is None or raw is MISSING:
            return
        place = f"{self.path}: " if self.path else ""
        if self.max_length is not None and isinstance(raw, str) and len(raw) > self.max_length:
            raise ValueError(f"{place}{len(raw)} characters, at most {self.max_length} are accepted")
        if self.enum and raw not in self.enum:
            known = ", ".join(map(str, self.enum))
            raise ValueError(f"{place}not one of the values that are accepted: {known}")


class Limited(BuiltLens, Struct, frozen=True, kw_only=True):
    """A lens whose `put` refuses what is longer, or another word, than the manifest allows (W9)."""

    name: ClassVar[str] = "limited"
    lens: BuiltLens
    limits: tuple[Limit, ...]

    @property
    def is_lossy(self) -> bool:
        """The lens inside is; a limit refuses, and changes nothing."""
        return self.lens.is_lossy

    def get(self, raw: Raw, refs: References) -> Value:
        """What the lens reads: a system may hold what it would refuse today."""
        return self.lens.get(raw, refs)

    def put(self, value: Value, old: Raw, refs: References) -> Raw:
        """What the lens writes. Raises ValueError: it is over a limit."""
        raw = self.lens.put(value, old, refs)
        for limit in self.limits:
            limit.check(_at(raw, limit.path), _at(old, limit.path))
        return raw


class Representation(Struct, frozen=True, kw_only=True):
    """What a system is declared to make of a canonical value (S5): written, normalised as raw, read again.

    `steps` are the normalisations by path; path "" is the place itself.
    """

    lens: BuiltLens
    steps: tuple[tuple[str, tuple[str, ...]], ...]

    def __call__(self, value: Value) -> Value:
        """The value that comes back; the value itself where the lens can not tell it."""
        try:
            raw = self.lens.put(value, MISSING, _NOBODY)
            for path, steps in self.steps:
                changed = _normaliser(steps)(_at(raw, path))
                raw = {**raw, path: changed} if path and isinstance(raw, dict) else changed
            return value if raw is MISSING else self.lens.get(raw, _NOBODY)
        except ValueError:
            return value


@cache
def _normaliser(steps: tuple[str, ...]) -> Normaliser:
    return normaliser(steps) or (lambda raw: raw)


def limited(lens: BuiltLens, row: ResolvedRow) -> BuiltLens:
    """The lens with the limits that are declared of what it writes, or itself where there are none."""
    limits = tuple(filter(None, (_limit(path, declared) for path, declared in _written(row))))
    return Limited(lens=lens, limits=limits) if limits else lens


def representation(lens: BuiltLens, row: ResolvedRow) -> Representation | None:
    """What the declarations say that the system makes of what the lens writes, or None."""
    steps = tuple((path, declared.normalises) for path, declared in _written(row) if declared.normalises)
    return Representation(lens=lens, steps=steps) if steps else None


def _written(row: ResolvedRow) -> list[tuple[str, PropertySpec]]:
    several = len(row.spec.paths) > 1
    return [(path if several else "", each) for path, each in row.each_path() if path in row.spec.written()]


def _limit(path: str, declared: PropertySpec) -> Limit | None:
    """A length that the system is declared to cut to is no limit: what it makes of a value is a representation."""
    cuts = any(step.startswith("max_length") for step in declared.normalises)
    length = None if cuts or declared.type != "string" else declared.max_length
    return (
        None
        if length is None and not declared.enum
        else Limit(path=path, max_length=length, enum=declared.enum)
    )


def _at(raw: Raw, path: str) -> Raw:
    if not path:
        return raw
    return raw.get(path, MISSING) if isinstance(raw, dict) else raw
