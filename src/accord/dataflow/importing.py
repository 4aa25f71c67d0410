"""Makes a project of dataflow documents: `accord.yaml` in pair form, and manifests for systems that are not known."""

from collections.abc import Callable, Mapping as ReadOnly, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from accord.connectorkit.manifest import Manifest
from accord.connectorkit.manifest_load import manifest_from
from accord.dataflow.document import Decision, Document, Unread
from accord.dataflow.merge import DraftPair, merged
from accord.dataflow.names import display_name, system_keys
from accord.dataflow.pair_data import PairData, pair_data
from accord.dataflow.project_text import project_text
from accord.dataflow.row_types import told_types
from accord.dataflow.stub import stub_data, stub_text
from accord.project import known_manifests

__all__ = ["ImportReport", "ProjectDraft", "project_from_documents"]


@dataclass(frozen=True, kw_only=True, slots=True)
class ImportReport:
    """What was found, in the numbers of the documents, and what was not read or had to be decided."""

    files: int
    systems: int
    pairs: int
    properties: int
    match_alternatives: int
    conditions: int
    unread: tuple[Unread, ...]
    decided: tuple[Decision, ...]

    def data(self) -> dict[str, Any]:
        """The report as JSON data."""
        return asdict(self)


@dataclass(frozen=True, kw_only=True, slots=True)
class ProjectDraft:
    """Files of a new project by their path in its folder, and the report."""

    files: ReadOnly[str, str]
    report: ImportReport


def project_from_documents(
    documents: Sequence[Document],
    *,
    name: str = "",
    known: ReadOnly[str, Manifest] | None = None,
    keys: ReadOnly[str, str] | None = None,
    tell: Callable[[str, int], None] = lambda _what, _count: None,
) -> ProjectDraft:
    """A project of all documents together, which loads without a fault.

    `known` are manifests by connector name (default: the built-in ones); a system whose key is among them uses that
    connector, for any other a manifest is drafted. `keys` are those of the systems by name, where they are given. A row
    that can not be carried out stands in the file as a comment.
    `tell` hears how far long work has come.
    """
    connectors = known_manifests() if known is None else known
    spelled = [name for document in documents for name in (document.source, document.target)]
    keys = system_keys(spelled) if keys is None else keys
    pairs, decided = merged(documents, keys)
    drafted = _drafted([key for key in dict.fromkeys(keys.values()) if key not in connectors], pairs)
    used = {key: connectors[key] for key in keys.values() if key in connectors}
    manifests = {
        **used,
        **{key: manifest_from(data, f"manifests/{key}.yaml") for key, data in drafted.items()},
    }
    written = pair_data(pairs, manifests, decided, tell)
    titles: dict[str, str] = {}
    for each in spelled:
        titles.setdefault(keys[each], each)
    systems = {key: _system(key, titles[key], key in drafted) for key in titles if key in manifests}
    files = {"accord.yaml": project_text(_named(name, list(systems)), systems, written, documents)}
    for key, data in drafted.items():
        files[f"manifests/{key}.yaml"] = stub_text(
            data, titles[key] or key, [each.file for each in documents]
        )
    return ProjectDraft(files=files, report=_report(documents, keys, written, decided))


def _drafted(systems: Sequence[str], pairs: Sequence[DraftPair]) -> dict[str, dict[str, Any]]:
    """Manifests as plain data of the systems of which any entity type is told."""
    told = told_types(pairs)
    of: dict[str, list[DraftPair]] = {}
    for pair in pairs:
        for system in {key.partition(".")[0] for key in (pair.source, pair.target)}:
            of.setdefault(system, []).append(pair)
    return {system: stub_data(system, of[system], told) for system in systems if system in of}


def _system(key: str, title: str, drafted: bool) -> dict[str, Any]:
    settings: dict[str, Any] = {"connector": f"./manifests/{key}.yaml" if drafted else key}
    return settings if display_name(key) == title or not title else {**settings, "title": title}


def _named(name: str, systems: Sequence[str]) -> str:
    if name:
        return name
    return "-".join(systems) if 0 < len(systems) <= 3 else "imported"


def _report(
    documents: Sequence[Document],
    keys: ReadOnly[str, str],
    written: Sequence[PairData],
    decided: Sequence[Decision],
) -> ImportReport:
    sections = [section for document in documents for section in document.sections]
    rows = [row for section in sections for row in section.rows]
    own = [each for document in documents for each in document.decided]
    described = [each for each in documents if each.source or each.target or each.sections]
    return ImportReport(
        files=len({each.file or str(number) for number, each in enumerate(documents)}),
        systems=len({keys[name] for each in described for name in (each.source, each.target)}),
        pairs=len(sections),
        properties=len(rows),
        match_alternatives=sum(len(section.alternatives) for section in sections),
        conditions=sum(len(row.source.conditions) + len(row.target.conditions) for row in rows),
        unread=tuple(each for document in documents for each in document.unread),
        decided=(*own, *decided, *(each for pair in written for each in pair.decided)),
    )
