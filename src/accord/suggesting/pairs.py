"""Suggestions for one pair: the rows that it lacks, assigned to each other as a whole, and match alternatives."""

from collections.abc import Hashable, Iterator, Mapping as ReadOnly, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from accord.connectorkit.manifest import EntityType
from accord.core.wording import counted
from accord.project.specs import split_key
from accord.suggesting.agreement import Joined
from accord.suggesting.assign import assign
from accord.suggesting.compounds import Compound, find_compounds
from accord.suggesting.field import Field, Sample, fields_of
from accord.suggesting.identifying import Row, suggest_match
from accord.suggesting.joining import Column, Join, find_join
from accord.suggesting.readings import Reading, readings_of
from accord.suggesting.regions import regions_of
from accord.suggesting.rows import joined_row, row_of
from accord.suggesting.scoring import Scored, Weights, compare_columns
from accord.suggesting.suggestion import Evidence, PairSuggestions, Suggestion, score_of

__all__ = ["End", "Prepared", "Request", "prepare", "suggest", "with_samples"]

_RIVAL: Final = 0.8
"""A property that is nearly as likely and has no other partner makes the choice unsure by so much."""
_NEVER: Final = -9.0
_OF_COMPOUND: Final = 1.5
"""A compound takes three properties, and is worth so much more than a row of two."""


@dataclass(frozen=True, kw_only=True, slots=True)
class End:
    """One end of a pair: its key ("crm.Contacts#human"), what the manifest says, and a sample of its records."""

    key: str
    entity: EntityType
    sample: Sample = field(default_factory=Sample)
    used: frozenset[str] = frozenset()
    """Paths that have a row already, or a constant."""

    @property
    def type_name(self) -> str:
        return split_key(self.key)[1]

    def refers_to(self, path: str) -> str:
        """Entity type that a property refers to, with its system; "" for none."""
        target = self.entity.properties[path].reference
        return f"{self.key.partition('.')[0]}.{target}" if target else ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """What is asked for one pair. `rows` are those that it has, as (path, path) of plain ones."""

    pair: int
    left: End
    right: End
    rows: tuple[tuple[str, str], ...] = ()
    has_match: bool = False
    linked: Joined = ()
    zones: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Prepared:
    """A pair whose records are joined, so that what refers to them can be compared."""

    request: Request
    left: Sequence[Column]
    right: Sequence[Column]
    join: Join

    def partners(self) -> dict[str, str]:
        """Id at the right by id at the left."""
        ours, theirs = self.request.left.sample.ids, self.request.right.sample.ids
        return {ours[a]: theirs[b] for a, b in self.join.pairs}


def prepare(request: Request) -> Prepared:
    """The properties of both ends with the ways to read them, and the records that are in both."""
    fields = [fields_of(end.type_name, end.entity, end.sample) for end in (request.left, request.right)]
    regions = regions_of([each for side in fields for each in side])
    left, right = (
        [Column(each, readings_of(each, regions, request.zones)) for each in side] for side in fields
    )
    return Prepared(request=request, left=left, right=right, join=find_join(left, right, request.linked))


def suggest(
    prepared: Prepared,
    partners: ReadOnly[tuple[str, str], ReadOnly[str, str]],
    weights: Weights | None = None,
) -> PairSuggestions:
    """Rows and match alternatives for a pair. `partners` has for each pair of entity types of the project, either way
    round, the ids that belong together."""
    it = _Suggesting(prepared, partners, weights or Weights())
    return it.suggestions()


class _Suggesting:
    def __init__(
        self,
        prepared: Prepared,
        partners: ReadOnly[tuple[str, str], ReadOnly[str, str]],
        weights: Weights,
    ) -> None:
        self._it, self._partners, self._weights = prepared, partners, weights
        request = prepared.request
        self._left = [c for c in prepared.left if c.field.path not in request.left.used]
        self._right = [c for c in prepared.right if c.field.path not in request.right.used]
        self._scored = [[self._compare(a, b) for b in self._right] for a in self._left]

    def suggestions(self) -> PairSuggestions:
        request, join = self._it.request, self._it.join
        chosen, compounds = self._choose()
        rows = [self._row(a, b) for a, b in chosen] + [self._compound(each) for each in compounds]
        rows.sort(key=lambda each: -each.score)
        taken = [{path for row in rows for path in getattr(row, side)} for side in ("left", "right")]
        match = [] if request.has_match else suggest_match(request.pair, self._rows(rows), join)
        by = (
            "links"
            if request.linked and join.pairs == request.linked
            else ", ".join(f"{a} - {b}" for a, b in join.by)
        )
        return PairSuggestions(
            pair=request.pair,
            left=request.left.key,
            right=request.right.key,
            rows=tuple(rows),
            match=tuple(match),
            read=(len(request.left.sample), len(request.right.sample)),
            joined=len(join.pairs),
            joined_by=by,
            left_over=(
                [c.field.path for c in self._left if c.field.path not in taken[0]],
                [c.field.path for c in self._right if c.field.path not in taken[1]],
            ),
        )

    def _compare(self, a: Column, b: Column) -> Scored:
        ours = self._it.request.left.refers_to(a.field.path)
        theirs = self._it.request.right.refers_to(b.field.path)
        if a.field.spec.read_only and b.field.spec.read_only:
            return Scored(_NEVER, ())
        if not ours and not theirs:
            return compare_columns(a, b, self._it.join.pairs, self._weights)
        known = self._partners.get((ours, theirs))
        told = None
        if known:
            told = (
                Reading("reference", [known.get(str(v)) if v is not None else None for v in a.field.values]),
                Reading("reference", [None if v is None else str(v) for v in b.field.values]),
            )
        return compare_columns(
            a, b, self._it.join.pairs, self._weights, referred=known is not None, references=told
        )

    def _choose(self) -> tuple[list[tuple[int, int]], list[Compound]]:
        """The assignment, with the compounds that make it worth more."""
        worth = [[scored.points for scored in line] for line in self._scored]
        kept: list[Compound] = []
        found = find_compounds(
            [c.field for c in self._left], [c.field for c in self._right], self._it.join.pairs, self._weights
        )
        total, chosen = _total(worth)
        won = 0.0
        taken: set[Field] = set()
        for compound in found:
            more = won + _OF_COMPOUND * compound.points
            if taken & {*compound.parts, compound.whole}:
                continue
            tried = self._without(worth, compound)
            rest, others = _total(tried)
            if rest + more > total + won:
                worth, chosen, total, won = tried, others, rest, more
                kept.append(compound)
                taken |= {*compound.parts, compound.whole}
        return chosen, kept

    def _without(self, worth: list[list[float]], compound: Compound) -> list[list[float]]:
        """The table without the properties of a compound."""
        out = {*compound.parts, compound.whole}
        return [
            [_NEVER if a.field in out or b.field in out else worth[x][y] for y, b in enumerate(self._right)]
            for x, a in enumerate(self._left)
        ]

    def _row(self, x: int, y: int) -> Suggestion:
        a, b, scored = self._left[x].field, self._right[y].field, self._scored[x][y]
        evidence = scored.evidence
        points = scored.points
        if rival := self._rival(x, y):
            points -= _RIVAL
            evidence = (*evidence, Evidence("name", -_RIVAL, f"{rival} is nearly as likely"))
        return Suggestion(
            pair=self._it.request.pair,
            what="row",
            left=(a.path,),
            right=(b.path,),
            score=score_of(points),
            written=row_of(a, b, scored.agreement if points > 0 else None),
            evidence=evidence,
            notes=tuple(_notes(a, b, scored)),
        )

    def _rival(self, x: int, y: int) -> str:
        """Another property that is nearly as likely, and is taken by none that is likelier; "" for none."""
        least = self._scored[x][y].points - _RIVAL
        points = [[each.points for each in line] for line in self._scored]
        turned = [list(line) for line in zip(*points, strict=True)]
        for table, mine, chosen, columns in ((points, x, y, self._right), (turned, y, x, self._left)):
            for other, there in enumerate(table[mine]):
                rest = [line[other] for at, line in enumerate(table) if at != mine]
                if other != chosen and there > max(least, 0.0) and max(rest, default=_NEVER) <= least:
                    return columns[other].field.path
        return ""

    def _compound(self, it: Compound) -> Suggestion:
        parts, whole = tuple(each.path for each in it.parts), (it.whole.path,)
        left, right = (parts, whole) if it.side == 0 else (whole, parts)
        return Suggestion(
            pair=self._it.request.pair,
            what="row",
            left=left,
            right=right,
            score=score_of(it.points),
            written=joined_row(list(left), list(right), it.separator),
            evidence=it.evidence,
        )

    def _rows(self, suggested: Sequence[Suggestion]) -> list[Row]:
        """Rows that a match alternative may be made of: those that the pair has, and those that are suggested."""
        left = {c.field.path: c for c in self._it.left}
        right = {c.field.path: c for c in self._it.right}
        rows = [Row(left[a], right[b], 0.95) for a, b in self._it.request.rows if a in left and b in right]
        for each in suggested:
            if each.what == "row" and len(each.left) == len(each.right) == 1 and each.score >= 0.6:
                rows.append(Row(left[each.left[0]], right[each.right[0]], each.score))
        return rows


def _total(worth: list[list[float]]) -> tuple[float, list[tuple[int, int]]]:
    chosen = assign(worth)
    return sum(worth[x][y] for x, y in chosen), chosen


def _notes(a: Field, b: Field, scored: Scored) -> list[str]:
    """What a person should know before the row is taken."""
    found = []
    if a.spec.type != b.spec.type and scored.agreement is None:
        found.append("no values were seen: look whether a lens is needed to convert them")
    if scored.agreement is not None and scored.agreement.kind in ("folded", "letters"):
        found.append("spelled differently: the first sync makes one spelling of it")
    if scored.agreement is not None and scored.agreement.words is not None:
        found += [_told_words(f, words) for f, words in _outside(a, b, scored.agreement.words) if words]
    if empty := [one.path for one in (a, b) if one.values and not one.filled]:
        found.append(f"no record that was looked at has a value for {' or '.join(empty)}")
    for one, other in ((a, b), (b, a)):
        if one.spec.read_only:
            found.append(f"{one.path} is read-only: it flows one way")
        longest = other.spec.max_length
        if longest:
            over = sum(
                isinstance(one.values[at], str) and len(str(one.values[at])) > longest for at in one.filled
            )
            if over:
                found.append(
                    f"{over} values of {one.path} are longer than the {longest} characters of {other.path}"
                )
    return found


def _outside(a: Field, b: Field, words: ReadOnly[Hashable, Hashable]) -> Iterator[tuple[Field, int]]:
    """How many words of either side the table does not have."""
    for one, known in ((a, set(words)), (b, set(words.values()))):
        yield one, len({one.values[at] for at in one.filled} - known)


def _told_words(field: Field, count: int) -> str:
    return f"{counted(count, 'word')} of {field.path} had too few records to be in the table: complete it"


def with_samples(row: Suggestion, prepared: Prepared, count: int) -> Suggestion:
    """With the values of a few joined records side by side."""
    left = {c.field.path: c.field.values for c in prepared.left}
    right = {c.field.path: c.field.values for c in prepared.right}

    def told(columns: ReadOnly[str, Sequence[Any]], paths: Sequence[str], at: int) -> str:
        return " + ".join("" if columns[p][at] is None else str(columns[p][at]) for p in paths)

    shown: list[tuple[str, str]] = []
    seen: set[Hashable] = set()
    for a, b in prepared.join.pairs:
        both = (told(left, row.left, a), told(right, row.right, b))
        if both not in seen and any(both):
            seen.add(both)
            shown.append(both)
        if len(shown) == count:
            break
    return replace(row, samples=tuple(shown))
