"""Derives the checklist of a project: a line for all that its documents promise, with literals from tables.

Pure: the same project gives the same checklist.
"""

from collections.abc import Callable, Sequence

from accord.dataflow.document import Document
from accord.project import Project
from accord.qa.checklist import Checklist, Line
from accord.qa.deriving.agreed import agreed_pairs, agreed_project, known_documents, left_out
from accord.qa.deriving.conflicts import conflict_lines
from accord.qa.deriving.creation import creation_lines
from accord.qa.deriving.lives import delete_lines, idle_lines
from accord.qa.deriving.maker import Maker
from accord.qa.deriving.matches import match_lines
from accord.qa.deriving.named import Named
from accord.qa.deriving.numbering import Numbering
from accord.qa.deriving.rows import row_lines
from accord.qa.deriving.switched_off import switched_off_lines
from accord.qa.deriving.ways import pairs_of

__all__ = ["derive", "derive_from"]


def derive(project: Project, *, mark: str = "qa", named: Sequence[str] = ()) -> Checklist:
    """The checklist of all that runs in a project. `mark` is part of every text that a probe bears.

    `named` are pairs as `Named` takes them: only their lines are made. Raises AccordError: one is of no pair.
    """
    pairs = Named(named)
    checklist = _checklist(project, mark, pairs.has)
    pairs.refuse_unknown()
    return checklist


def _checklist(project: Project, mark: str, wanted: Callable[[str], bool]) -> Checklist:
    """That of the pairs that are wanted, minding the others."""
    numbering = Numbering(mark.lower())
    pairs = list(pairs_of(project))
    maker = Maker(project, pairs, numbering)
    parts = (creation_lines, match_lines, row_lines, conflict_lines, delete_lines, idle_lines)
    asked = [pair for pair in pairs if wanted(pair.label)]
    lines = {line.id: line for pair in asked for part in parts for line in part(pair, maker)}
    for line in switched_off_lines(project):
        if wanted(line.pair):
            lines.setdefault(line.id, line)
    return Checklist(numbering.mark, tuple(lines.values()))


def derive_from(
    documents: Sequence[Document], project: Project, *, mark: str = "qa", named: Sequence[str] = ()
) -> Checklist:
    """The checklist of documents that were agreed on, to be performed on a project.

    What the project has of its own (lenses, filters, policies) is taken from it. A row of the documents that can not be
    carried out is a line that is not checked, with what the import says of it. What they do not speak of is done as the
    project has it: other pairs (without a line), the other direction of a pair. `named` as in `derive`. Raises
    ConfigError: the documents contradict the project's settings.
    """
    pairs = Named(named)
    known, strange = known_documents(documents, project)
    lines: dict[str, Line] = {}
    if known:
        agreed, decided = agreed_project(known, project)
        spoken_of = agreed_pairs(known, project)
        made = _checklist(agreed, mark, lambda pair: pair in spoken_of and pairs.has(pair))
        lines = {line.id: line for line in made.lines}
        lines |= {line.id: line for line in left_out(known, project, lines, decided) if pairs.has(line.pair)}
    for line in left_out(strange, project, lines, ()):
        if pairs.has(line.pair):
            lines[line.id] = line
    pairs.refuse_unknown()
    return Checklist(mark.lower(), tuple(lines.values()))
