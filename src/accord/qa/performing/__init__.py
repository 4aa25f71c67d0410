"""Performs a checklist: scripts of literals in lockstep rounds, as people would, through the systems' own APIs."""

from accord.qa.performing.ground import Ground
from accord.qa.performing.perform import perform
from accord.qa.performing.rounds import Progress, Tell
from accord.qa.performing.sandboxed import run_on_sandbox, sandboxes

__all__ = ["Ground", "Progress", "Tell", "perform", "run_on_sandbox", "sandboxes"]
