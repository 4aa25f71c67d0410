"""Which documents go into one file: one way, both ways between two systems, or all of a hub."""

from collections.abc import Mapping as ReadOnly, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import TypeAlias

from accord.dataflow.document import Document

__all__ = ["Results", "Sheaf", "sheaves_of"]

Results: TypeAlias = ReadOnly[tuple[str, str, str], tuple[str, str]]
"""What came of the lines of a checklist the last time: (pair, row, direction) to (outcome, address of the report)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sheaf:
    """Documents that go into one file; `stem` is its name without the suffix.

    `project` is named where they are all that there are of one. `results` are told by formats that can link to them;
    they name systems by the keys that `keys` has for the names in the documents.
    """

    documents: tuple[Document, ...]
    stem: str
    project: str = ""
    keys: ReadOnly[str, str] = field(default_factory=dict)
    results: Results = field(default_factory=dict)


def sheaves_of(documents: Sequence[Document], *, project: str, hub: bool, both_ways: bool) -> list[Sheaf]:
    """What goes into which file: all into one of a hub, else what is between two systems, or one way between them."""
    if hub:
        own = {PurePath(each.file).stem for each in documents}
        stem = _stem(project) if _stem(project) not in own else f"{_stem(project)}-hub"
        return [Sheaf(documents=tuple(documents), stem=stem, project=project)] if documents else []
    together: dict[tuple[str, str], list[Document]] = {}
    for document in documents:
        ends = (document.source, document.target)
        key = ends[::-1] if both_ways and ends[::-1] in together else ends
        together.setdefault(key, []).append(document)
    return [
        Sheaf(documents=tuple(each), stem=PurePath(each[0].file).stem or "unnamed")
        for each in together.values()
    ]


def _stem(name: str) -> str:
    return "".join(letter if letter.isalnum() else "-" for letter in name.lower()).strip("-") or "hub"
