"""Performs a checklist: scripts of literals in lockstep rounds, as people would, through the systems' own APIs."""

from accord.qa.performing.ground import Ground
from accord.qa.performing.live import Cleaned, clean, fresh_mark, run_live
from accord.qa.performing.perform import perform
from accord.qa.performing.preview import Preview, ReachedType, preview
from accord.qa.performing.rounds import Progress, Tell
from accord.qa.performing.sandboxed import run_on_sandbox, sandboxes

__all__ = [
    "Cleaned",
    "Ground",
    "Preview",
    "Progress",
    "ReachedType",
    "Tell",
    "clean",
    "fresh_mark",
    "perform",
    "preview",
    "run_live",
    "run_on_sandbox",
    "sandboxes",
]
