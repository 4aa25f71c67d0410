"""What conditions want of a record: filters, facets, and the conditions on creating."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from accord.project.schema_parts import Condition
from accord.qa.checklist import Spot

__all__ = ["Asked", "NoProbe", "asked_of"]


class NoProbe(Exception):
    """No probe can be made; the message says why."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of a place: one of `values` (none of them where `negated`), or only whether it is `present`."""

    spot: Spot
    values: tuple[Any, ...] = ()
    negated: bool = False
    present: bool | None = None
    of_facet: bool = False

    def is_met(self, raw: Any) -> bool:
        """Whether a record with this value fits."""
        if self.present is not None:
            return (raw is not None) == self.present
        return any(_same(raw, value) for value in self.values) != self.negated

    def met(self, candidates: Iterable[Any]) -> Any:
        """A value that fits. Raises NoProbe."""
        if self.values and not self.negated:
            return next((each for each in candidates if self.is_met(each)), self.values[0])
        return self._first(candidates, wanted=True)

    def unmet(self, candidates: Iterable[Any]) -> Any:
        """A value that does not fit. Raises NoProbe."""
        if self.negated:
            return self.values[0]
        return self._first(candidates, wanted=False)

    def _first(self, candidates: Iterable[Any], *, wanted: bool) -> Any:
        for each in (*candidates, None):
            if self.is_met(each) == wanted:
                return each
        raise NoProbe(
            f"no value of {self.spot.path} is known that {'fits' if wanted else 'does not fit'} the condition"
        )


def asked_of(path: str, wanted: Condition, *, of_facet: bool = False) -> Asked:
    """What `filter:` or `when:` asks of a path."""
    spot = Spot(path)
    if not isinstance(wanted, dict):
        return Asked(spot, tuple(wanted) if isinstance(wanted, list) else (wanted,), of_facet=of_facet)
    ((word, inner),) = wanted.items()
    if word == "present":
        return Asked(spot, present=bool(inner), of_facet=of_facet)
    return Asked(spot, tuple(inner) if isinstance(inner, list) else (inner,), negated=True, of_facet=of_facet)


def _same(raw: Any, wanted: Any) -> bool:
    return bool(raw == wanted) and isinstance(raw, bool) == isinstance(wanted, bool)
