"""The project as agreed documents say it should be: their pairs, rules and rows, with the rest as the project has it.

Documents say nothing of lenses, filters, priorities and policies: these are taken from the project where it has the
same place, entity type or pair. So are pairs that none of them names, and the other direction of those that are named
in one alone: what creates or changes records there is known then, and nothing is demanded that nobody agreed on.
"""

from collections.abc import Iterator, Mapping as ReadOnly, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from accord.dataflow.cells import cell_text
from accord.dataflow.document import Alternative, Decision, Document, Row, Section, Unread
from accord.dataflow.export import documents_of
from accord.dataflow.importing import project_from_documents
from accord.dataflow.merge import DraftPair, merged
from accord.dataflow.names import display_name, entity_key, is_unnamed
from accord.dataflow.pair_data import side_of
from accord.project import Project, project_from_text
from accord.project.resolved import ResolvedMapping, ResolvedRow
from accord.project.schema import PairConfig
from accord.qa.checklist import Kind, Line

__all__ = ["agreed_pairs", "agreed_project", "known_documents", "left_out"]

_OF_ENDS = ("filter", "when", "constants", "primary", "priority", "share", "full_sync", "settle_s")
_OF_CONCEPTS = ("survivorship", "first_link", "delete", "duplicates")


def agreed_project(documents: Sequence[Document], project: Project) -> tuple[Project, tuple[Decision, ...]]:
    """The project that the documents state, and what had to be decided on the way. Raises ConfigError."""
    named = [_renamed(document, project) for document in (*documents, *_rest(documents, project))]
    keys = {key: key for document in named for key in (document.source, document.target)}
    draft = project_from_documents(named, name=project.name, known=project.manifests, keys=keys)
    data = yaml.safe_load(draft.files["accord.yaml"])
    completed = _Completed(project)
    systems = {
        key: dict(system.model_dump(exclude_unset=True)) for key, system in project.config.systems.items()
    }
    data["systems"] = {key: systems[key] for key in data["systems"]}
    drafts = {(each.source, each.target): each for each in merged(named, keys)[0]}
    data["pairs"] = [
        completed.pair(pair, drafts.get((pair["from"], pair["to"]))) for pair in data.get("pairs") or []
    ]
    text = yaml.safe_dump(data, sort_keys=False, allow_unicode=True)
    manifests = {key: project.manifests[key] for key in data["systems"]}
    return project_from_text(text, Path(project.folder), manifests=manifests), draft.report.decided


def agreed_pairs(documents: Sequence[Document], project: Project) -> frozenset[str]:
    """The pairs that documents name, seen from either end, as lines have them."""
    ways = {way for document in documents for way in _ways(document, _names(project))}
    return frozenset(f"{one} - {other}" for way in ways for one, other in (way, way[::-1]))


def _rest(documents: Sequence[Document], project: Project) -> Iterator[Document]:
    """What the project does in a direction of which the documents do not speak.

    Of a pair that they name in one direction they speak in the other one as well where they have a document of that.
    """
    names = _names(project)
    ways = {way for document in documents for way in _ways(document, names)}
    between = {_systems(document, names) for document in documents}
    for own in documents_of(project):
        is_there = _systems(own, names) in between
        sections = zip(_ways(own, names), own.sections, strict=True)
        rest = (each for way, each in sections if way not in ways and not (is_there and way[::-1] in ways))
        yield replace(own, sections=tuple(rest))


def _systems(document: Document, names: ReadOnly[str, str]) -> tuple[str, str]:
    return names[document.source.lower()], names[document.target.lower()]


def _ways(document: Document, names: ReadOnly[str, str]) -> list[tuple[str, str]]:
    """From which entity type to which its sections go."""
    return [_ends(document, section, names) for section in document.sections]


def known_documents(documents: Sequence[Document], project: Project) -> tuple[list[Document], list[Document]]:
    """Those whose systems the project has, and the others."""
    names = _names(project)
    known = [each for each in documents if {each.source.lower(), each.target.lower()} <= names.keys()]
    return known, [each for each in documents if each not in known]


def left_out(
    documents: Sequence[Document], project: Project, lines: ReadOnly[str, Line], decided: Sequence[Decision]
) -> Iterator[Line]:
    """What the documents say and the checklist has not, unread lines too, each with what the import said of it."""
    names = _names(project)
    pairs = {line.pair for line in lines.values()}
    whys = {
        _tie(document, section, row, names): why
        for document in documents
        for section in document.sections
        for row in section.rows
        if (why := _why(document, row, decided))
    }
    for document in documents:
        yield from map(partial(_unread, document), document.unread)
        for section in document.sections:
            keys = _ends(document, section, names)
            is_turned = " - ".join(keys) not in pairs and " - ".join(reversed(keys)) in pairs
            found = _of_section(
                document,
                section,
                keys[::-1] if is_turned else keys,
                decided,
                {row: whys.get(_tie(document, section, row, names), "") for row in section.rows},
                is_turned=is_turned,
            )
            yield from (line for line in found if line.id not in lines)


def _ends(document: Document, section: Section, names: ReadOnly[str, str]) -> tuple[str, str]:
    """Keys of the entity types of a section."""
    source, target = (names.get(each.lower(), each) for each in (document.source, document.target))
    return (
        entity_key(source, section.source.type, section.source.facet),
        entity_key(target, section.target.type, section.target.facet),
    )


def _tie(document: Document, section: Section, row: Row, names: ReadOnly[str, str]) -> frozenset[object]:
    """What a row ties together, the same whichever of two documents says it."""
    return frozenset(zip(_ends(document, section, names), (row.source, row.target), strict=True))


def _of_section(
    document: Document,
    section: Section,
    keys: Sequence[str],
    decided: Sequence[Decision],
    whys: ReadOnly[Row, str],
    *,
    is_turned: bool,
) -> Iterator[Line]:
    def line(row: Sequence[str], kind: Kind, why_not: str) -> Line:
        return Line(
            document=f"{document.source} to {document.target}",
            pair=" - ".join(keys),
            row=("match " if kind == "match" else "") + " - ".join(reversed(row) if is_turned else row),
            kind=kind,
            direction="both" if kind == "match" else "backward" if is_turned else "forward",
            why_not=why_not,
        )

    for row in section.rows:
        why = _why(document, row, decided) or whys[row] or "the project has nothing of the kind"
        yield line((cell_text(row.source), cell_text(row.target)), "row", why)
    for each in section.alternatives:
        if why := _why(document, each, decided):
            sides = tuple(zip(*each.combinations, strict=True))
            yield line([" and ".join(side) for side in sides], "match", why)


def _unread(document: Document, part: Unread) -> Line:
    source, target = document.source or "?", document.target or "?"
    return Line(
        document=f"{source} to {target}",
        pair=f"{source} - {target}",
        row=f"{Path(part.file).name}:{part.line}: {part.text}",
        kind="row",
        direction="forward",
        why_not=f"not read: {part.why}",
    )


def _why(document: Document, part: Row | Alternative, decided: Sequence[Decision]) -> str:
    """Why a part of a document was left out; nothing: it was not, or nothing is known."""
    place, line = document.place_of(part), part.line
    told = [each for each in decided if each.line == line and each.file in (place, "") and line]
    return "; ".join(f"{each.what}: {each.chosen}" for each in told)


def _names(project: Project) -> dict[str, str]:
    """Keys of systems by what documents call them, which is nothing at times."""
    systems = project.config.systems
    found = {key.lower(): key for key in systems}
    found |= {display_name(key, each.title).lower(): key for key, each in systems.items()}
    nameless = next((key for key, each in systems.items() if is_unnamed(key, each.title)), None)
    return found if nameless is None else {**found, "": nameless}


def _renamed(document: Document, project: Project) -> Document:
    """The document with its systems called by their keys in the project."""
    source, target = _systems(document, _names(project))
    return replace(document, source=source, target=target)


class _Completed:
    """Pairs of documents with what the project says besides."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._mappings = {mapping.spec.key: mapping for mapping in project.resolved.mappings}

    def pair(self, data: dict[str, Any], draft: DraftPair | None) -> dict[str, Any]:
        """A pair as plain data, completed."""
        keys = (data["from"], data["to"])
        ends = [self._mappings.get(key) for key in keys]
        found = dict(data)
        for word, key, mapping in zip(("from", "to"), keys, ends, strict=True):
            found[word] = key if mapping is None else self._end(key, mapping)
        concept = next((mapping.spec.concept for mapping in ends if mapping is not None), None)
        if concept is not None:
            spec = self._project.resolved.concept(concept).spec
            found |= {word: getattr(spec, word) for word in _OF_CONCEPTS}
        config, is_turned = self._config(keys)
        if config is not None and config.groups and not is_turned:
            found["groups"] = config.groups
        found["create"] = self._create(data.get("create"), config, ends, is_turned=is_turned)
        found["match"] = [self._match(each, config, is_turned=is_turned) for each in data.get("match") or []]
        rows = data.get("rows") or []
        rows = [*rows, *(self._further(rows, draft, ends) if draft is not None else ())]
        found["rows"] = [self._row(row, ends) for row in rows]
        return found

    def _further(
        self, rows: Sequence[Any], draft: DraftPair, ends: Sequence[ResolvedMapping | None]
    ) -> Iterator[dict[str, Any]]:
        """Rows that the import left out for want of a lens, which the project has."""
        there = [(_place(row[0]), _place(row[1])) for row in map(_sides, rows)]
        for each in draft.rows:
            sides = [side_of(cell) for cell in (each.row.source, each.row.target)]
            if None in ends or (_place(sides[0]), _place(sides[1])) in there:
                continue
            ours = [_same_place(mapping, side) for mapping, side in zip(ends, sides, strict=True) if mapping]
            names = {row.spec.property for row in ours if row is not None}
            if None not in ours and len(names) == 1:
                ways = {(True, False): "forward", (False, True): "backward"}
                way = ways.get((each.forward, each.backward), "both")
                yield {"from": sides[0], "to": sides[1], "direction": way}

    def _config(self, keys: tuple[str, str]) -> tuple[PairConfig | None, bool]:
        for pair in self._project.config.pairs:
            ends = (pair.source.type, pair.target.type)
            if ends in (keys, keys[::-1]):
                return pair, ends != keys
        return None, False

    def _end(self, key: str, mapping: ResolvedMapping) -> Any:
        said = {word: getattr(mapping.spec, word) for word in _OF_ENDS}
        said = {word: value for word, value in said.items() if value not in (None, {})}
        return {"type": key, **said} if said else key

    def _create(
        self,
        data: Any,
        config: PairConfig | None,
        ends: Sequence[ResolvedMapping | None],
        *,
        is_turned: bool,
    ) -> Any:
        """The rules of the documents; a condition in prose is what the project wrote for it."""
        found = {}
        for word, rule in (data or {}).items():
            here, there = ends if word == "forward" else ends[::-1]
            when: dict[str, Any] = {}
            if config is not None:
                ours = config.create.backward if (word == "forward") == is_turned else config.create.forward
                when = dict(ours.when)
            elif here is not None and there is not None:
                paths = {row.spec.property: row.spec.paths[0] for row in reversed(here.rows)}
                when = {paths[name]: wanted for name, wanted in there.spec.creation.wishes if name in paths}
            is_prose = isinstance(rule, dict) and rule.get("condition")
            found[word] = {**rule, "when": when} if is_prose and when else rule
        return found

    def _match(self, data: Any, config: PairConfig | None, *, is_turned: bool) -> Any:
        combinations = data["all"] if isinstance(data, dict) else data
        for ours in config.match if config is not None else ():
            said = [list(each[::-1] if is_turned else each) for each in ours.all]
            if said == combinations:
                more = ours.model_dump(
                    exclude_unset=True, exclude={"propose"}
                )  # a document's alternatives link
                more["veto"] = [list(each[::-1] if is_turned else each) for each in ours.veto]
                return {**more, "all": combinations}
        return data

    def _row(self, data: Any, ends: Sequence[ResolvedMapping | None]) -> Any:
        """A row with the lenses that the project has for its places, and its type."""
        row = dict(zip(("from", "to"), _sides(data), strict=True)) | (data if isinstance(data, dict) else {})
        if isinstance(data, list) and len(data) > 2:
            row["type"] = data[2]
        types = []
        for word, mapping in zip(("from", "to"), ends, strict=True):
            ours = None if mapping is None else _same_place(mapping, row[word])
            if mapping is not None and ours is not None:
                row[word] = _side(row[word], ours)
                if ours.spec.enforce and row.get("direction", "both") == (
                    "forward" if word == "to" else "backward"
                ):
                    row["enforce"] = True
                types.append(self._project.resolved.concept(mapping.spec.concept).type_of(ours.spec.property))
        if types and (len(types) == 1 or types[0] == types[1]) and types[0] != "reference":
            row["type"] = types[0]
        return row


def _sides(row: Any) -> tuple[Any, Any]:
    return (row[0], row[1]) if isinstance(row, list) else (row["from"], row["to"])


def _place(side: Any) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Path and conditions, comparable."""
    if isinstance(side, str):
        return side, ()
    return side["path"], tuple(sorted((path, str(value)) for path, value in side.get("when", {}).items()))


def _same_place(mapping: ResolvedMapping, side: Any) -> ResolvedRow | None:
    for row in mapping.rows:
        when = tuple(sorted((path, str(value)) for path, value in row.spec.when))
        if (row.spec.paths[0], when) == _place(side):
            return row
    return None


def _side(side: Any, ours: ResolvedRow) -> Any:
    spec = ours.spec
    lens = list(spec.lens) if not spec.several() else list(spec.lens[1:])
    flags = {word: True for word in ("required", "create_only", "update_only") if getattr(spec, word)}
    if not lens and not flags:
        return side
    return {
        **({"path": side} if isinstance(side, str) else side),
        **({"lens": lens} if lens else {}),
        **flags,
    }
