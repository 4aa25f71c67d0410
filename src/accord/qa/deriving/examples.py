"""Values that a row itself gives: `examples` of a pair's row, or of the rows of two mappings."""

from collections.abc import Iterator, Sequence
from typing import Any

from accord.project import Project
from accord.project.resolved import ResolvedMapping, ResolvedRow
from accord.project.schema import PairConfig
from accord.qa.deriving.values import Domain, Example

__all__ = ["Examples"]

_Row = tuple[ResolvedMapping, ResolvedRow]


class Examples:
    """The examples of a project."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._pairs = [pair for pair in project.config.pairs if any(row.examples for row in pair.rows)]

    def of(self, ours: _Row, theirs: _Row) -> Domain | None:
        """The values that are given for two rows of one property, or None."""
        found = tuple(_of_pairs(self._pairs, ours, theirs)) or tuple(
            _of_mappings(self._project, ours, theirs)
        )
        return Domain(kind="example", members=found) if found else None


def _of_pairs(pairs: Sequence[PairConfig], ours: _Row, theirs: _Row) -> Iterator[Example]:
    """As the row of a pair gives them: [from, to]."""
    keys = (ours[0].spec.key, theirs[0].spec.key)
    for pair in pairs:
        ends = (pair.source.type, pair.target.type)
        if ends not in (keys, keys[::-1]):
            continue
        start, goal = (ours, theirs) if ends == keys else (theirs, ours)
        for row in pair.rows:
            if row.source.places[0] in start[1].spec.paths and row.target.places[0] in goal[1].spec.paths:
                for first, second in row.examples:
                    yield Example({ends[0]: first, ends[1]: second})


def _of_mappings(project: Project, ours: _Row, theirs: _Row) -> Iterator[Example]:
    """As the rows of two mappings give them: [raw, canonical]; those that have a canonical value in common."""
    others = _given(project, theirs)
    for raw, canonical in _given(project, ours):
        for there, same in others:
            if same == canonical:
                yield Example({ours[0].spec.key: raw, theirs[0].spec.key: there})


def _given(project: Project, row: _Row) -> Sequence[tuple[Any, Any]]:
    mapping, resolved = row
    config = project.config.mappings.get(mapping.spec.key)
    for each in config.properties.get(resolved.spec.property, []) if config is not None else []:
        if each.places == resolved.spec.paths:
            return [(raw, canonical) for raw, canonical in each.examples]
    return []
