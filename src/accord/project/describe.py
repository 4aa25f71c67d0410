"""What a project comes down to, for people and for machines: who is read, who is written, what links (M9)."""

from collections.abc import Iterator
from typing import Any, Final

from accord.core.model import Mapping
from accord.core.wording import counted
from accord.project.load import Project
from accord.project.resolved import ResolvedConcept, ResolvedMapping, ResolvedRow
from accord.project.specs import RuleSpec

__all__ = ["describe", "description_data"]

_SEVERAL: Final = {
    "first_of": "the first that holds a value is read, the first is written",
    "elements": "an element each",
    "join": "joined to one value",
    "when": "the second decides how the first is read and written",
}


def describe(project: Project) -> str:
    """The concepts, each with its rules, its entity types and the way of every property, as text."""
    lines = [f"Project {project.name}: {counted(len(project.model.concepts), 'concept')}."]
    for concept in project.resolved.concepts:
        if concept.spec.name in project.model.concepts:
            lines += ["", *_concept(project, concept)]
    return "\n".join(lines) + "\n"


def description_data(project: Project) -> dict[str, Any]:
    """The same as JSON data: {project, fingerprint, concepts: [{name, derived, match, mappings: [{rows: […]}]}]}."""
    return {
        "project": project.name,
        "fingerprint": project.model.fingerprint,
        "concepts": [
            {
                "name": concept.spec.name,
                "derived": concept.spec.derived,
                "match": [rule.name for rule in concept.spec.rules],
                "first_link": concept.spec.first_link,
                "delete": concept.spec.delete,
                "duplicates": concept.spec.duplicates,
                "properties": dict(zip(_names(concept), concept.types, strict=True)),
                "mappings": [
                    _mapping_data(project, each) for each in project.resolved.mappings_of(concept.spec.name)
                ],
            }
            for concept in project.resolved.concepts
            if concept.spec.name in project.model.concepts
        ],
    }


def _mapping_data(project: Project, mapping: ResolvedMapping) -> dict[str, Any]:
    return {
        "mapping": mapping.spec.key,
        "create": _create(project, mapping),
        "priority": mapping.priority,
        "rows": [
            {
                "property": row.spec.property,
                "paths": list(row.spec.paths),
                "reads": row.reads,
                "writes": row.writes,
                "role": _role(row),
                "why": row.why,
            }
            for row in mapping.rows
        ],
    }


def _rule(rule: RuleSpec) -> str:
    """A match rule in words."""
    equal = " + ".join(name for name, _ in rule.parts)
    if rule.similar is None:
        return f"equal {equal} {'proposes a link' if rule.propose else 'links'}"
    alike = " + ".join(name for name, _ in rule.similar.parts)
    links = "" if rule.similar.link is None else f", and links from {rule.similar.link:g} on"
    return f"equal {equal} and {alike} alike to {rule.similar.propose:g} proposes a link{links}"


def _concept(project: Project, concept: ResolvedConcept) -> Iterator[str]:
    origin = "derived from pairs" if concept.spec.derived else "as written"
    yield f"{concept.spec.name} ({origin}; delete: {concept.spec.delete}; first link: {concept.spec.first_link})"
    for number, rule in enumerate(concept.spec.rules, start=1):
        yield f"  rule {number}: {_rule(rule)}"
    if not concept.spec.rules:
        yield "  no match rule: only what is created by Accord is linked"
    for mapping in project.resolved.mappings_of(concept.spec.name):
        yield f"  {mapping.spec.key} ({_create(project, mapping)})"
        width = max((len(", ".join(row.spec.paths)) for row in mapping.rows), default=0)
        for row in mapping.rows:
            yield f"    {', '.join(row.spec.paths):<{width}}  {_role(row):<12}  {_what(concept, row)}".rstrip()


def _create(project: Project, mapping: ResolvedMapping) -> str:
    compiled = project.model.mappings.get(mapping.spec.key)
    if compiled is None:
        return "not run: switched off, or without a row"
    return "; ".join((_creation(mapping, compiled), *_switches(compiled)))


def _creation(mapping: ResolvedMapping, compiled: Mapping) -> str:
    if compiled.primary:
        return f"its records are created by {compiled.primary}"
    said = []
    if compiled.create == "always":
        names = ", ".join(f"`{wish.name}`" for wish in compiled.wishes)
        said.append(
            f"records that fit the condition on {names} are created" if names else "records are created"
        )
    if compiled.pulled_by and (compiled.wishes or not said):
        old = ", old ones too" if compiled.pull_old else ""
        said.append(f"what records of {', '.join(sorted(compiled.pulled_by))} refer to is created{old}")
    if mapping.spec.creation.prose and not said:
        said.append("records are only linked until the condition is written")
    return ", and ".join(said) or "records are only linked"


def _switches(compiled: Mapping) -> Iterator[str]:
    if not compiled.shares:
        yield "nothing is written (share is off)"
    if not compiled.full_sync:
        yield "what its first listing held is not created elsewhere (full_sync is off)"
    if compiled.settle_s:
        yield f"edits rest {compiled.settle_s:g} s"
    if compiled.when is not None:
        yield "it rests where `when` does not fit"


def _role(row: ResolvedRow) -> str:
    if row.reads:
        return "both ways" if row.writes else "only read"
    return "only written" if row.writes else "not used"


def _what(concept: ResolvedConcept, row: ResolvedRow) -> str:
    name = row.spec.property
    notes = [f"{name} ({concept.type_of(name)})"]
    if row.references:
        notes.append(f"ids of {row.references}")
    if several := row.spec.several():
        notes.append(_SEVERAL[several])
    notes += [row.why] if row.why else []
    return "; ".join(notes)


def _names(concept: ResolvedConcept) -> list[str]:
    return [prop.name for prop in concept.spec.properties]
