"""Derives the checklist of a project: a line for all that its documents promise, with literals from tables.

Pure: the same project gives the same checklist.
"""

from collections.abc import Sequence

from accord.dataflow.document import Document
from accord.project import Project
from accord.qa.checklist import Checklist, Line
from accord.qa.deriving.agreed import agreed_project, known_documents, left_out
from accord.qa.deriving.conflicts import conflict_lines
from accord.qa.deriving.creation import creation_lines
from accord.qa.deriving.lives import delete_lines, idle_lines
from accord.qa.deriving.maker import Maker
from accord.qa.deriving.matches import match_lines
from accord.qa.deriving.numbering import Numbering
from accord.qa.deriving.rows import row_lines
from accord.qa.deriving.switched_off import switched_off_lines
from accord.qa.deriving.ways import pairs_of

__all__ = ["derive", "derive_from"]


def derive(project: Project, *, mark: str = "qa") -> Checklist:
    """The checklist of all that runs in a project. `mark` is part of every text that a probe bears."""
    numbering = Numbering(mark.lower())
    pairs = list(pairs_of(project))
    maker = Maker(project, pairs, numbering)
    parts = (creation_lines, match_lines, row_lines, conflict_lines, delete_lines, idle_lines)
    lines = {line.id: line for pair in pairs for part in parts for line in part(pair, maker)}
    for line in switched_off_lines(project):
        lines.setdefault(line.id, line)
    return Checklist(numbering.mark, tuple(lines.values()))


def derive_from(documents: Sequence[Document], project: Project, *, mark: str = "qa") -> Checklist:
    """The checklist of documents that were agreed on, to be performed on a project.

    What the project has of its own (lenses, filters, policies) is taken from it. A row of the documents that can not be
    carried out is a line that is not checked, with what the import says of it. Raises ConfigError: the documents
    contradict the project's settings.
    """
    known, strange = known_documents(documents, project)
    lines: dict[str, Line] = {}
    if known:
        agreed, decided = agreed_project(known, project)
        lines = {line.id: line for line in derive(agreed, mark=mark).lines}
        lines |= {line.id: line for line in left_out(known, project, lines, decided)}
    for line in left_out(strange, project, lines, ()):
        lines[line.id] = line
    return Checklist(mark.lower(), tuple(lines.values()))
