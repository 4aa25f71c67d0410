"""The loop: documents are written, read, imported, and performed on sandboxes of the manifests that were drafted."""

import asyncio
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from accord.connectorkit.manifest import Manifest
from accord.dataflow import read_document
from accord.dataflow.document import Document
from accord.dataflow.importing import ProjectDraft, project_from_documents
from accord.project import load_project
from accord.qa.deriving import derive_from
from accord.qa.performing import run_on_sandbox
from accord.qa.results import Check, Report
from accord.testing.documents import Seeded, ToldDocument, invented_document, invented_family, written

__all__ = ["Looped", "imported", "looped", "of_seed", "outcomes", "performed", "red"]


class Looped(NamedTuple):
    """What came of documents: the project that was imported, and the report of its checklist."""

    draft: ProjectDraft
    report: Report


def of_seed(seed: int) -> list[ToldDocument]:
    """The documents of a seed: one, or a family of them."""
    choose = Seeded(seed)
    return [invented_document(choose)] if seed % 2 else invented_family(choose)


def looped(told: Sequence[ToldDocument]) -> Looped:
    """All of the loop, without a step that a person would have to do."""
    documents = [read_document(written(each).text, f"{n}.rst") for n, each in enumerate(told)]
    draft = imported(documents)
    return Looped(draft, performed(documents, draft))


def imported(documents: Sequence[Document], *, known: Mapping[str, Manifest] | None = None) -> ProjectDraft:
    """The project of documents; `known` are the manifests that need no draft."""
    return project_from_documents(documents, name="loop", known=known)


def performed(documents: Sequence[Document], draft: ProjectDraft) -> Report:
    """What comes of the checklist of documents, with the project that was imported of them."""
    with TemporaryDirectory() as folder:
        for name, text in draft.files.items():
            file = Path(folder) / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        project = load_project(Path(folder))
        return asyncio.run(run_on_sandbox(project, derive_from(documents, project)))


def red(report: Report) -> list[str]:
    """Lines that are not so, and why."""
    return [f"{check.id}: {check.why}" for check in report.checks if check.outcome == "failed"]


def outcomes(reports: Sequence[Report]) -> Iterator[tuple[str, int]]:
    """How many lines ended how; those that were not checked by why."""

    def told(check: Check) -> str:
        if check.outcome != "not_checked":
            return check.outcome
        return "not checked: " + " ".join(w for w in check.why.split() if "." not in w[:-1] and "`" not in w)

    yield from Counter(told(check) for report in reports for check in report.checks).most_common()
