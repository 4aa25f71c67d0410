"""Suggestions for the pairs of a project: which are asked for, what they rest on, and which of them would load."""

from collections.abc import Iterator, Mapping as ReadOnly, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import Any, Final

from accord.core.model import Mapping
from accord.core.wording import known
from accord.project import Project, examine
from accord.project.schema import EndConfig, PairConfig, SideConfig
from accord.project.source import Loc
from accord.project.specs import split_key
from accord.runtime.hub import Hub
from accord.suggesting.agreement import Joined
from accord.suggesting.field import Sample, undeclared
from accord.suggesting.pairs import End, Prepared, Request, prepare, suggest, with_samples
from accord.suggesting.reading import links_between, positions, read_sample, seen_sample
from accord.suggesting.scoring import Weights
from accord.suggesting.suggestion import PairSuggestions, Suggestion

__all__ = ["Wanted", "suggest_for"]

_ROUNDS: Final = 20
_SHOWN: Final = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """What is asked for: positions of pairs, from which score on, and what may be read."""

    pairs: Sequence[int]
    least: float = 0.5
    most_records: int = 1000
    read: bool = True
    """False: no system is called; values are those that the hub has seen."""
    samples: bool = False
    weights: Weights = field(default_factory=Weights)


async def suggest_for(project: Project, hub: Hub | None, wanted: Wanted) -> list[PairSuggestions]:
    """Suggestions for each pair that is asked for, all of which the project loads with. `hub` None: names and types
    alone."""
    samples: dict[str, Sample] = {}
    prepared: dict[int, Prepared] = {}
    for at in _needed(project, wanted.pairs):
        pair = project.config.pairs[at]
        for end in (pair.source, pair.target):
            if end.type not in samples:
                samples[end.type] = await _sample(project, hub, end.type, wanted, samples)
        linked = await _linked(project, hub, pair, samples)
        prepared[at] = prepare(_request(project, at, samples, linked))
    partners = _partners(project, prepared)
    found = [suggest(prepared[at], partners, wanted.weights) for at in wanted.pairs]
    found = [_from(each, wanted.least) for each in found]
    found = _loadable(project, found)
    if wanted.samples:
        found = [
            replace(each, rows=tuple(with_samples(row, prepared[each.pair], _SHOWN) for row in each.rows))
            for each in found
        ]
    return [_noted(each, prepared[each.pair]) for each in found]


def _needed(project: Project, asked: Sequence[int]) -> list[int]:
    """The pairs that are asked for, and those that tell which records their references point to."""
    pairs = project.config.pairs
    needed = list(asked)
    for at in asked:
        targets = set(_referred(project, pairs[at]))
        needed += [n for n, pair in enumerate(pairs) if _entities(pair) <= targets and n not in needed]
    return needed


def _entities(pair: PairConfig) -> set[str]:
    return {end.type.partition("#")[0] for end in (pair.source, pair.target)}


def _referred(project: Project, pair: PairConfig) -> list[str]:
    found = []
    for end in (pair.source, pair.target):
        system, name, _ = split_key(end.type)
        for spec in project.manifests[system].types[name].properties.values():
            if spec.reference:
                found.append(f"{system}.{spec.reference}")
    return found


async def _sample(
    project: Project, hub: Hub | None, key: str, wanted: Wanted, others: ReadOnly[str, Sample]
) -> Sample:
    if hub is None:
        return Sample()
    mapping = project.model.mappings.get(key)
    system = key.partition(".")[0]
    if not wanted.read:
        return await seen_sample(hub.store, mapping, wanted.most_records) if mapping is not None else Sample()
    if system not in hub.connectors:
        return Sample(unread=f"{system} is switched off, so {key} was not read")
    if any(sample.down for other, sample in others.items() if other.partition(".")[0] == system):
        return Sample(unread=f"{key} could not be read: {system} can not be reached", down=True)
    hub.tell(f"reading {key}", 0)
    return await read_sample(hub.connectors[system], key, wanted.most_records, mapping)


async def _linked(
    project: Project, hub: Hub | None, pair: PairConfig, samples: ReadOnly[str, Sample]
) -> Joined:
    left, right = _mapping(project, pair.source), _mapping(project, pair.target)
    if hub is None or left is None or right is None:
        return ()
    links = await links_between(hub.store, left, right)
    return positions(links, samples[pair.source.type], samples[pair.target.type])


def _mapping(project: Project, end: EndConfig) -> Mapping | None:
    return project.model.mappings.get(end.type)


def _request(project: Project, at: int, samples: ReadOnly[str, Sample], linked: Joined) -> Request:
    pair = project.config.pairs[at]
    left, right = (
        _end(project, end, samples[end.type], [getattr(row, side) for row in pair.rows])
        for end, side in ((pair.source, "source"), (pair.target, "target"))
    )
    zones = {
        spec.zone
        for manifest in project.manifests.values()
        for entity in manifest.types.values()
        for spec in entity.properties.values()
        if spec.zone
    }
    rows = [(row.source.path, row.target.path) for row in pair.rows if row.source.path and row.target.path]
    return Request(
        pair=at,
        left=left,
        right=right,
        rows=tuple(rows),
        has_match=bool(pair.match),
        linked=linked,
        zones=tuple(sorted(zones)),
    )


def _end(project: Project, end: EndConfig, sample: Sample, sides: Sequence[SideConfig]) -> End:
    system, name, _ = split_key(end.type)
    used = {path for side in sides for path in side.places} | set(end.constants)
    return End(
        key=end.type, entity=project.manifests[system].types[name], sample=sample, used=frozenset(used)
    )


def _partners(project: Project, prepared: ReadOnly[int, Prepared]) -> dict[tuple[str, str], dict[str, str]]:
    """Ids that belong together, for each pair of the project, either way round; empty where nothing is known."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    for at, pair in enumerate(project.config.pairs):
        left, right = (end.type.partition("#")[0] for end in (pair.source, pair.target))
        ids = prepared[at].partners() if at in prepared else {}
        found.setdefault((left, right), {}).update(ids)
        found.setdefault((right, left), {}).update({b: a for a, b in ids.items()})
    return found


def _from(found: PairSuggestions, least: float) -> PairSuggestions:
    rows = tuple(row for row in found.rows if row.score >= least)
    ours, theirs = ({path for row in rows for path in getattr(row, side)} for side in ("left", "right"))
    gone = {row.left: row.right for row in found.rows if row.score < least}
    left = [*found.left_over[0], *(p for paths in gone for p in paths if p not in ours)]
    right = [*found.left_over[1], *(p for paths in gone.values() for p in paths if p not in theirs)]
    return replace(
        found, rows=rows, match=tuple(m for m in found.match if m.score >= least), left_over=(left, right)
    )


def _loadable(project: Project, found: Sequence[PairSuggestions]) -> list[PairSuggestions]:
    """Without the suggestions that the project would not load with, which are named in notes instead."""
    before = {(what, remedy) for _, what, remedy in examine(project.source.data, project.manifests)}
    kept = list(found)
    for _ in range(_ROUNDS):
        data, place = _with_all(project, kept)
        wrong: dict[tuple[Any, ...], str] = {}
        for loc, what, remedy in examine(data, project.manifests):
            if (what, remedy) not in before:
                wrong.update(dict.fromkeys(_at_fault(loc, what, place, kept), what))
        if not wrong:
            break
        kept = [_without(each, wrong) for each in kept]
    return kept


def _at_fault(
    loc: Loc, what: str, place: ReadOnly[Loc, tuple[Any, ...]], found: Sequence[PairSuggestions]
) -> Iterator[tuple[Any, ...]]:
    """The suggestions that a fault comes from: the one that stands there; where an older row does, the least sure one
    of those whose properties it names; else all of the pairs that share an entity type with that pair."""
    here = [each for where, each in place.items() if loc[: len(where)] == where]
    if here:
        yield from here
        return
    named = [it for pair in found for it in (*pair.rows, *pair.match) if _is_named(it, pair, what)]
    if named:
        yield _name(min(named, key=lambda it: it.score))
        return
    ends = {end for pair in found if loc[:2] == ("pairs", pair.pair) for end in (pair.left, pair.right)}
    for pair in found:
        if not ends or ends & {pair.left, pair.right}:
            yield from (_name(it) for it in (*pair.rows, *pair.match))


def _is_named(it: Suggestion, pair: PairSuggestions, what: str) -> bool:
    names = [f"{pair.left}.{path}" for path in it.left] + [f"{pair.right}.{path}" for path in it.right]
    words = {word.strip("`,.:") for word in what.split()}
    return any(name in words for name in names)


def _without(found: PairSuggestions, wrong: ReadOnly[tuple[Any, ...], str]) -> PairSuggestions:
    """A pair's suggestions but for those that are named, with the reasons as notes."""
    out = [it for it in (*found.rows, *found.match) if _name(it) in wrong]
    told = [
        f"Not suggested: {' + '.join(it.left)} - {' + '.join(it.right)} ({it.score:.2f}): {wrong[_name(it)]}"
        for it in out
    ]
    gone = [it for it in out if it.what == "row"]
    return replace(
        found,
        rows=tuple(it for it in found.rows if it not in out),
        match=tuple(it for it in found.match if it not in out),
        left_over=(
            [*found.left_over[0], *(path for it in gone for path in it.left)],
            [*found.left_over[1], *(path for it in gone for path in it.right)],
        ),
        notes=(*found.notes, *told),
    )


def _with_all(
    project: Project, found: Sequence[PairSuggestions]
) -> tuple[dict[str, Any], dict[Loc, tuple[Any, ...]]]:
    """The configuration with all suggestions in it, and where each of them stands."""
    data = deepcopy(project.source.data)
    place: dict[Loc, tuple[Any, ...]] = {}
    for each in found:
        pair = data["pairs"][each.pair]
        for key, more in (("rows", each.rows), ("match", each.match)):
            entries = list(pair.get(key) or [])
            for suggestion in more:
                place["pairs", each.pair, key, len(entries)] = _name(suggestion)
                entries.append(suggestion.written)
            if entries:
                pair[key] = entries
    return data, place


def _name(it: Suggestion) -> tuple[Any, ...]:
    return (it.pair, it.what, it.left, it.right)


def _noted(found: PairSuggestions, prepared: Prepared) -> PairSuggestions:
    ends = (prepared.request.left, prepared.request.right)
    notes = [end.sample.unread for end in ends if end.sample.unread]
    for end in ends:
        if not end.entity.properties:
            notes.append(f"{end.key} has no properties in its manifest, so nothing can be suggested for it")
        if more := undeclared(end.entity, end.sample):
            what = f"Records of {end.key} have more than its manifest names"
            notes.append(f"{what}; add what should be kept in sync: {known(more)}")
    return replace(found, notes=(*found.notes, *notes))
