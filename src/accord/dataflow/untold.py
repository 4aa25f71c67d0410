"""What a project is and its documents do not tell: found by reading them back, so that nothing can be forgotten."""

from collections.abc import Iterator, Mapping as ReadOnly, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from accord.core.errors import ConfigError
from accord.dataflow.document import Document
from accord.dataflow.flows import end_of_key, flows_of
from accord.dataflow.formats.rst import render_document
from accord.dataflow.importing import project_from_documents
from accord.dataflow.names import system_keys
from accord.dataflow.read import read_document
from accord.project import Project, project_from_text
from accord.project.resolved import ResolvedConcept, ResolvedMapping, ResolvedRow
from accord.project.specs import FIRST_OF

__all__ = ["Gap", "untold"]


_SETTINGS: Final = (
    "create",
    "filter",
    "constants",
    "priority",
    "when",
    "primary",
    "share",
    "full_sync",
    "settle_s",
)


class Gap(NamedTuple):
    """Something that no document tells, and the systems that it is about, in order of their names."""

    text: str
    systems: tuple[str, ...]


def untold(project: Project, names: ReadOnly[str, str], documents: Sequence[Document]) -> list[Gap]:
    """What differs between the project and one made of its documents; `names` are those of the systems in them."""
    said = [read_document(render_document(each), each.file) for each in documents]
    keys = system_keys([name for each in said for name in (each.source, each.target)])
    known = {keys[name]: project.manifests[key] for key, name in names.items() if name in keys}
    back = {keys[name]: key for key, name in names.items() if name in keys}
    facts = dict(_facts(project, {}))
    if not documents:
        return list(facts)
    try:
        text = project_from_documents(said, name=project.name, known=known).files["accord.yaml"]
        again = dict(_facts(project_from_text(text, Path(), manifests=known), back))
    except ConfigError:
        return [Gap("the documents contradict each other when they are read back", ())]
    alone = {gap.text for gap in facts.keys() ^ again.keys()}
    return [
        gap
        for gap in {**facts, **again}
        if facts.get(gap) != again.get(gap) and gap.text.rpartition(": ")[0] not in alone
    ]


def _facts(project: Project, names: ReadOnly[str, str]) -> Iterator[tuple[Gap, Any]]:
    """All that matters of a project in statements that do not depend on what concepts and properties are called."""
    teller = _Teller(project, names)
    yield from teller.systems()
    for concept in project.resolved.concepts:
        mappings = project.resolved.mappings_of(concept.spec.name)
        yield from teller.concept(concept, mappings)
        for mapping in mappings:
            yield from teller.mapping(mapping, concept)
    for flow in flows_of(project):
        for source, target, creation in (
            (flow.source, flow.target, flow.forward),
            (flow.target, flow.source, flow.backward),
        ):
            yield (
                teller.about(
                    f"{teller.key(source)} to {teller.key(target)}: when a record is created", source
                ),
                creation,
            )


class _Teller:
    """Tells the facts of one project, with its systems called by other names where `names` has them."""

    def __init__(self, project: Project, names: ReadOnly[str, str]) -> None:
        self._project, self._names = project, names

    def key(self, key: str) -> str:
        """A mapping's key."""
        system, dot, rest = key.partition(".")
        return self._names.get(system, system) + dot + rest

    def about(self, text: str, *keys: str) -> Gap:
        """A gap about mappings."""
        return Gap(text, tuple(sorted({end_of_key(self.key(key))[0] for key in keys})))

    def systems(self) -> Iterator[tuple[Gap, Any]]:
        """What is set per system, and the pairs that are switched off."""
        for key, system in self._project.config.systems.items():
            name = self._names.get(key, key)
            if system.priority is not None:
                yield Gap(f"the priority of {name}", (name,)), system.priority
            for setting in ("share", "full_sync", "settle_s"):
                if setting in system.model_fields_set:
                    yield Gap(f"{setting} of {name}", (name,)), getattr(system, setting)
            if not system.enabled:
                yield Gap(f"that {name} is switched off", (name,)), True
        for pair in self._project.config.pairs:
            if not pair.enabled:
                ends = (pair.source.type, pair.target.type)
                yield (
                    self.about(f"the pair {' - '.join(map(self.key, ends))}, which is switched off", *ends),
                    True,
                )

    def concept(
        self, concept: ResolvedConcept, mappings: Sequence[ResolvedMapping]
    ) -> Iterator[tuple[Gap, Any]]:
        """What holds of all records that stand for one thing."""
        spec, keys = concept.spec, [mapping.spec.key for mapping in mappings]
        label = ", ".join(sorted(map(self.key, keys)))
        named = any(pair.concept == spec.name for pair in self._project.config.pairs)
        if named or not spec.derived:
            yield self.about(f"the name of the concept `{spec.name}`", *keys), True
        yield self.about(label, *keys), True
        for setting in ("first_link", "delete", "duplicates"):
            yield self.about(f"{label}: {setting}", *keys), getattr(spec, setting)
        for names in spec.groups:
            yield self.about(f"{label}: the group {' + '.join(names)}", *keys), True
        rules = []
        for rule in spec.rules:
            parts = [(self._bearers(name, mappings), normaliser) for name, normaliser in rule.parts]
            vetoes = [(self._bearers(name, mappings), normaliser) for name, normaliser in rule.vetoes]
            rules.append((sorted(parts, key=repr), vetoes, rule.max_share, rule.propose))
            said = " + ".join(bearers[0] for bearers, _ in parts if bearers)
            yield self.about(f"match rule {said}", *keys), True
            for setting, value in (
                ("veto", vetoes),
                ("normalise", [each for _, each in parts]),
                ("max_share", rule.max_share),
                ("propose", rule.propose),
                ("similar", rule.similar),
            ):
                yield self.about(f"match rule {said}: {setting}", *keys), value
        yield (
            self.about(f"{label}: which match rules there are, in their order", *keys),
            [[bearers for bearers, _ in parts] for parts, _, _, propose in rules if not propose],
        )
        for prop in spec.properties:
            bearers = self._bearers(prop.name, mappings)
            for bearer in bearers:
                yield self.about(f"{bearer}: survivorship", *keys), prop.survivorship or spec.survivorship
                yield self.about(f"{bearer}: whole", *keys), prop.whole
                yield self.about(f"{bearer}: with which properties it is kept in sync", *keys), bearers

    def mapping(self, mapping: ResolvedMapping, concept: ResolvedConcept) -> Iterator[tuple[Gap, Any]]:
        """What holds of one entity type, and of its rows."""
        spec = mapping.spec
        yield self.about(self.key(spec.key), spec.key), True
        for setting in _SETTINGS:
            yield self.about(f"{self.key(spec.key)}: {setting}", spec.key), getattr(spec, setting)
        creation = spec.creation
        pulled_by = tuple(self.key(each) if "." in each else each for each in creation.pulled_by or ())
        label = self.key(spec.key)
        yield self.about(f"{label}: the condition on creating", spec.key), creation.wishes
        yield self.about(f"{label}: what pulls it in", spec.key), (creation.pulled_by is None, pulled_by)
        yield self.about(f"{label}: pull", spec.key), creation.pull_old
        for row in mapping.rows:
            if not row.reads and not row.writes:
                continue
            place, steps = self._place(mapping, row), row.spec.lens
            if steps[:1] == (FIRST_OF,):
                steps = steps[1:]
            yield self.about(place, spec.key), True
            for name, value in (
                ("lens", steps),
                ("type", concept.type_of(row.spec.property)),
                ("enforce", row.spec.enforce),
                ("required", row.spec.required),
                ("create_only", row.spec.create_only),
                ("update_only", row.spec.update_only),
                ("whether it is read and written", (row.reads, row.writes)),
                (
                    "what is read where it is empty",
                    row.spec.paths[1:] if row.spec.several() == FIRST_OF else (),
                ),
            ):
                yield self.about(f"{place}: {name}", spec.key), value

    def _bearers(self, name: str, mappings: Sequence[ResolvedMapping]) -> list[str]:
        """Places of a property that are read or written."""
        return sorted(
            self._place(mapping, row)
            for mapping in mappings
            for row in mapping.rows
            if row.spec.property == name and (row.reads or row.writes)
        )

    def _place(self, mapping: ResolvedMapping, row: ResolvedRow) -> str:
        paths = row.spec.paths[:1] if row.spec.several() in ("", FIRST_OF) else row.spec.paths
        when = "".join(f" where {path} is {value}" for path, value in row.spec.when)
        return f"{self.key(mapping.spec.key)} {', '.join(paths)}{when}"
