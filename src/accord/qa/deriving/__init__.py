"""Derives the checklist of a project: a line for all that its documents promise, with literals from tables.

Pure: the same project gives the same checklist.
"""

from accord.project import Project
from accord.qa.checklist import Checklist
from accord.qa.deriving.conflicts import conflict_lines
from accord.qa.deriving.creation import creation_lines
from accord.qa.deriving.lives import delete_lines, idle_lines
from accord.qa.deriving.maker import Maker
from accord.qa.deriving.matches import match_lines
from accord.qa.deriving.numbering import Numbering
from accord.qa.deriving.rows import row_lines
from accord.qa.deriving.switched_off import switched_off_lines
from accord.qa.deriving.ways import pairs_of

__all__ = ["derive"]


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
