"""Exit codes: what a script may rely on. docs/reference/exit-codes.md tells what to do about each."""

from typing import Final

__all__ = ["CONFIG", "DONE", "FAILED", "INTERRUPTED", "PARTLY", "RED", "TERMINATED", "USAGE", "WAITS"]

DONE: Final = 0
FAILED: Final = 1
"""An error stopped the command; its message says where and what to do."""
USAGE: Final = 2
"""The command line is wrong."""
CONFIG: Final = 3
"""The configuration has faults; all of them are listed."""
WAITS: Final = 4
"""A person is asked first: a plan to confirm, or a guard that stopped writes."""
PARTLY: Final = 5
"""Done in part: a system could not be read or written, a write is refused, or something waits for its time."""
RED: Final = 6
"""A line of the checklist is not so; the report says which, and what was seen."""
INTERRUPTED: Final = 130
"""Ctrl-C; the state is consistent, the next run goes on."""
TERMINATED: Final = 143
"""SIGTERM; the state is consistent, the next run goes on."""
