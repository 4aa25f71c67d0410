"""Warnings: what is no fault, yet a person should know before the first run."""

from collections.abc import Iterator

from accord.core.errors import Fault
from accord.core.model import Mapping
from accord.project.compile import row_lens
from accord.project.creating import are_apart, known_pullers, pulling_concepts
from accord.project.load import Project
from accord.project.resolved import ResolvedConcept, ResolvedMapping
from accord.project.source import Loc

__all__ = ["check_project"]


def check_project(project: Project) -> list[Fault]:
    """All warnings by file and line: place, what, what could be done about it."""
    return sorted({*_Checker(project).warnings()})


class _Checker:
    def __init__(self, project: Project) -> None:
        self._project = project

    def warnings(self) -> Iterator[Fault]:
        yield from self._pairs()
        if not self._project.config.pairs and not self._project.config.mappings:
            advice = "Write `pairs` of entity types, or `concepts` and `mappings`."
            yield self._at((), "Nothing is mapped, so nothing is kept in sync", advice)
        yield from self._restored()
        for concept in self._project.resolved.concepts:
            mappings = self._project.resolved.mappings_of(concept.spec.name)
            yield from self._first_links(concept, mappings)
            yield from self._compared_only(concept)
            for mapping in mappings:
                compiled = self._project.model.mappings.get(mapping.spec.key)
                if compiled is not None:
                    yield from self._pulled(mapping)
                    yield from self._facets(mapping)
                    yield from self._rows(mapping, concept)
                    yield from self._system(mapping, compiled)

    def _restored(self) -> Iterator[Fault]:
        """Systems of which nobody would notice that they were restored from a backup (S11)."""
        model = self._project.model
        for system in sorted({mapping.system for mapping in model.mappings.values()}):
            found = [m for m in model.mappings.values() if m.system == system]
            ordered = [m for m in found if m.declaration.version == "ordered"]
            if not ordered:
                what = f"That {system} was restored from a backup is not noticed: it has no versions in order"
                advice = (
                    f"Before that is done: accord pause {system} --unread; after it look at a plan (S11)."
                )
                yield self._at(("systems", system), what, advice)
            elif not self._project.config.guards.audit_per_day and any(
                m.declaration.incremental for m in ordered
            ):
                what = (
                    f"That {system} was restored from a backup may not be noticed: a feed shows nothing of it"
                )
                advice = "Let a few records be read again each day: `audit_per_day` above 0 (S11, G8)."
                yield self._at(("guards", "audit_per_day"), what, advice)

    def _at(self, loc: Loc, what: str, advice: str) -> Fault:
        spot = self._project.source.spot(loc)
        return Fault(spot.file, spot.line, what, advice)

    def _pairs(self) -> Iterator[Fault]:
        for index, pair in enumerate(self._project.config.pairs):
            ends = f"{pair.source.type} - {pair.target.type}"
            where: Loc = ("pairs", index)
            if not pair.enabled:
                yield self._at(where, f"The pair {ends} is switched off", "Set `enabled: true` to run it.")
                continue
            if not pair.rows:
                what = f"The property table of {ends} is empty, so nothing of it is kept in sync"
                advice = "Fill in `rows`: one [path, path] for each property; accord suggest finds some."
                yield self._at((*where, "rows"), what, advice)
            for way, rule in (("forward", pair.create.forward), ("backward", pair.create.backward)):
                if rule.condition and not rule.when:
                    what = f"The condition on creating of {ends} is not written yet: {rule.condition}"
                    advice = "Nothing is created of itself until `when` says what fits; or write `always`."
                    yield self._at((*where, "create", way), what, advice)

    def _first_links(self, concept: ResolvedConcept, mappings: list[ResolvedMapping]) -> Iterator[Fault]:
        """Values that differ when two records meet, and nothing says who wins (M6)."""
        compiled = self._project.model.concepts.get(concept.spec.name)
        if compiled is None or compiled.prioritised or compiled.first_link != "keep" or not compiled.rules:
            return
        writing = [mapping for mapping in mappings if mapping.writes]
        if not writing or len(mappings) < 2:
            return
        what = f"When records of `{concept.spec.name}` are linked that differ, nothing says which value stays"
        advice = "The plan will ask. Give every system a different `priority`, or write `first_link: latest`."
        yield self._at(concept.spec.where, what, advice)

    def _compared_only(self, concept: ResolvedConcept) -> Iterator[Fault]:
        mappings = self._project.resolved.mappings_of(concept.spec.name)
        asked = {name for mapping in mappings for name, _ in mapping.spec.creation.wishes}
        for prop in concept.spec.properties:
            if prop.match_only and prop.name not in asked:
                what = f"`{prop.name}` is compared by a match rule, but kept in sync by no row"
                yield self._at(prop.where, what, "Add a row for it, if it should flow too.")

    def _facets(self, mapping: ResolvedMapping) -> Iterator[Fault]:
        """Facets of one record that write one place would overwrite each other (L9)."""
        key = mapping.spec.key
        for other in self._project.resolved.mappings:
            same = other.spec.entity_type == mapping.spec.entity_type and other.spec.key < key
            if not same or are_apart(mapping.spec, other.spec):
                continue
            ours, theirs = (
                {p for row in m.rows if row.writes for p in row.spec.written()} for m in (mapping, other)
            )
            for path in sorted(ours & theirs):
                what = f"{key} and {other.spec.key} both write `{path}`, and may be facets of one record"
                advice = "Give them `when` conditions that exclude each other, or one of the rows `direction: read`."
                yield self._at(mapping.spec.where, what, advice)

    def _pulled(self, mapping: ResolvedMapping) -> Iterator[Fault]:
        """What is named as pulling records in, and never will (W6)."""
        spec, resolved = mapping.spec, self._project.resolved
        pulling = pulling_concepts(spec.concept, resolved)
        named = spec.creation.pulled_by
        if named is not None and not pulling:
            what = f"{spec.key} is created when something refers to it, and no property refers to `{spec.concept}`"
            yield self._at(spec.creation.where, what, "Map a reference to it, or write another create rule.")
            return
        for name in named or ():
            known = known_pullers(name, resolved)
            if not known:
                what = f"`{name}` is to pull in {spec.key}, and is not mapped"
                yield self._at(spec.creation.where, what, "Map it, or take it out of `connected`.")
            elif not known & pulling:
                what = f"`{name}` is to pull in {spec.key}, and no property of it refers to `{spec.concept}`"
                yield self._at(spec.creation.where, what, "Map the reference, or take it out of `connected`.")

    def _rows(self, mapping: ResolvedMapping, concept: ResolvedConcept) -> Iterator[Fault]:
        key = mapping.spec.key
        matched = {prop.name for prop in concept.spec.properties if prop.match_only}
        rows = [row for row in mapping.rows if row.spec.property not in matched]
        for wanted, words in (((True, False), "read, never written"), ((False, True), "written, never read")):
            paths = [row.spec.paths[0] for row in rows if (row.reads, row.writes) == wanted]
            if paths:
                what = f"One way: of {key} these are {words}: {', '.join(paths)}"
                yield self._at(mapping.spec.where, what, "Nothing to do if that is meant.")
        for row in rows:
            place = f"{key} {row.spec.paths[0]}"
            if not row.reads and not row.writes:
                what = f"{place} is neither read nor written ({row.why})"
                yield self._at(row.spec.where, what, "Remove the row.")
            elif row_lens(row, concept.type_of(row.spec.property)).is_lossy:
                advice = "Make it one way, or accept that such a value comes back changed."
                yield self._at(row.spec.where, f"The lens of {place} loses something on the way", advice)

    def _system(self, mapping: ResolvedMapping, compiled: Mapping) -> Iterator[Fault]:
        key, where, declared = mapping.spec.key, mapping.spec.where, compiled.declaration
        if mapping.writes and declared.can_update and not declared.conditional:
            what = f"Writes to {key} can not name the version they are based on"
            advice = "An edit made there in the same moment may be overwritten (W2)."
            yield self._at(where, what, advice)
        if mapping.spec.create == "always" and not mapping.writes:
            what = f"{key} is to be created, but nothing is written there"
            yield self._at(where, what, "Its records are only linked until a row writes something.")
        if (compiled.create != "always" and not compiled.pulled_by) or not declared.can_create:
            return
        if not declared.finds_create:
            what = f"A create in {key} whose answer is lost can not be found again"
            yield self._at(where, what, "It is sent at most once, and a person is asked (W3).")
        yield from self._unfilled(mapping)

    def _unfilled(self, mapping: ResolvedMapping) -> Iterator[Fault]:
        """Properties that the system requires of a create, and nobody fills."""
        written = {path for row in mapping.rows if row.writes for path in row.spec.written()}
        filled = written | set(mapping.spec.constants)
        for path, declared in mapping.entity.properties.items():
            if (
                declared.required
                and not declared.read_only
                and declared.default is None
                and path not in filled
            ):
                what = f"{mapping.spec.key} requires `{path}` of a new record, and no row writes it"
                advice = f"Add a row for it, or `constants: {{{path}: …}}`, or `create: linked`."
                yield self._at(mapping.spec.where, what, advice)
