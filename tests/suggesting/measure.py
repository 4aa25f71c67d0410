"""How good suggestions are on the invented pairs: precision and recall by evidence and threshold."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

import yaml

from accord.core.errors import ConfigError
from accord.core.model import NoReferences
from accord.core.values import MISSING
from accord.project import Project, project_from_text
from accord.suggesting.field import Sample
from accord.suggesting.pairs import End, Request, prepare, suggest
from accord.suggesting.scoring import Weights
from accord.suggesting.suggestion import PairSuggestions, Suggestion
from tests.suggesting.world import PAIRS, Side, Wear, World, worlds

__all__ = ["VARIANTS", "Figures", "Variant", "all_found", "figures", "found", "lenses", "pooled"]


@dataclass(frozen=True, kw_only=True)
class Variant:
    """Which evidence there is."""

    weights: Weights = field(default_factory=Weights)
    records: int = 1000
    apart: bool = False
    """No record is in both samples."""
    wear: Wear = field(default_factory=Wear)


VARIANTS: Final[Mapping[str, Variant]] = {
    "names": Variant(weights=Weights(types=False), records=0),
    "names, types": Variant(records=0),
    "names, types, values of different records": Variant(apart=True),
    "values alone": Variant(weights=Weights(names=False, types=False)),
    "all, 40 records of each": Variant(records=40),
    "all, a third of the values differs, a third is blank": Variant(wear=Wear(drift=0.33, blank=0.33)),
    "all": Variant(),
}


@dataclass(frozen=True, kw_only=True)
class Figures:
    """Of what is suggested from a threshold on: how many there are, how many of them are right, of how many."""

    suggested: int = 0
    right: int = 0
    truth: int = 0

    @property
    def precision(self) -> float:
        return self.right / self.suggested if self.suggested else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.truth if self.truth else 1.0

    def __add__(self, other: "Figures") -> "Figures":
        return Figures(
            suggested=self.suggested + other.suggested,
            right=self.right + other.right,
            truth=self.truth + other.truth,
        )


def _end(side: Side, variant: Variant, without: Iterable[int]) -> End:
    kept = [at for at, n in enumerate(side.numbers) if n not in set(without)][: variant.records]
    sample = Sample(
        ids=[side.rows[at]["id"] for at in kept], payloads=[side.rows[at] for at in kept], whole=True
    )
    return End(key=side.key, entity=next(iter(side.manifest.types.values())), sample=sample)


def found(world: World, variant: Variant) -> PairSuggestions:
    """What is suggested for a pair."""
    left = _end(world.left, variant, world.right.numbers if variant.apart else ())
    right = _end(world.right, variant, world.left.numbers if variant.apart else ())
    request = Request(pair=0, left=left, right=right, zones=("Europe/Oslo",))
    return suggest(prepare(request), {}, variant.weights)


def figures(world: World, of: PairSuggestions, threshold: float, *, what: str = "row") -> Figures:
    """Rows, or match alternatives, all of whose parts are rows that are right."""
    some = [each for each in (of.rows if what == "row" else of.match) if each.score >= threshold]
    right = sum(_is_right(world, each) for each in some)
    return Figures(suggested=len(some), right=right, truth=len(world.truth))


def _is_right(world: World, it: Suggestion) -> bool:
    if it.what == "row":
        return (it.left, it.right) in world.truth
    return all(((a,), (b,)) in world.truth for a, b in zip(it.left, it.right, strict=True))


def pooled(each: Iterable[Figures]) -> Figures:
    """The figures of several pairs together."""
    return sum(each, Figures())


def lenses(world: World, of: PairSuggestions) -> tuple[int, int]:
    """Of the right rows: how many have types and lenses by which both systems say the same of the same thing.

    The project is made of them and compiled; records that drifted apart are left out.
    """
    rows = [each for each in of.rows if each.score >= 0.5 and _is_right(world, each)]
    if not rows:
        return 0, 0
    both = sorted(set(world.left.numbers) & set(world.right.numbers))
    ours, theirs = (dict(zip(side.numbers, side.rows, strict=True)) for side in (world.left, world.right))
    right_ones = 0
    for row in rows:
        try:
            project = _project(world, [row])
        except ConfigError:
            continue  # it is left out of what is shown
        left, right = (project.model.mappings[side.key] for side in (world.left, world.right))
        pair = [
            next(p for p in mapping.properties if set(p.place.paths()) == set(paths))
            for mapping, paths in ((left, row.left), (right, row.right))
        ]
        told = [
            (_value(pair[0], ours[n]), _value(pair[1], theirs[n]))
            for n in both
            if (row.right[0], n) not in world.drifted
        ]
        said = [(a, b) for a, b in told if a is not None and b is not None]
        right_ones += sum(map(_same, said)) >= 0.95 * len(said)
    return right_ones, len(rows)


def _same(both: tuple[Any, Any]) -> bool:
    a, b = (each.casefold() if isinstance(each, str) else each for each in both)
    plain = (("".join(filter(str.isalnum, each)) if isinstance(each, str) else each) for each in (a, b))
    one, other = plain
    return bool(one == other)


def _value(row: Any, payload: Mapping[str, Any]) -> Any:
    try:
        value = row.lens.get(row.place.read(payload), NoReferences())
    except ValueError:
        return "refused"
    return None if value is MISSING else value


def _project(world: World, rows: Sequence[Suggestion]) -> Project:
    systems = {side.key.partition(".")[0]: {"connector": "crmoffice"} for side in (world.left, world.right)}
    pair = {"from": world.left.key, "to": world.right.key, "rows": [each.written for each in rows]}
    text = yaml.safe_dump(
        {"version": 1, "name": "pair", "systems": systems, "pairs": [pair]}, allow_unicode=True
    )
    manifests = {side.key.partition(".")[0]: side.manifest for side in (world.left, world.right)}
    return project_from_text(text, PAIRS, manifests=manifests)


@cache
def all_found(variant: str, held_out: bool) -> tuple[tuple[World, PairSuggestions], ...]:
    """What is suggested for all pairs of a half."""
    it = VARIANTS[variant]
    return tuple((world, found(world, it)) for world in worlds(held_out=held_out, wear=it.wear))
