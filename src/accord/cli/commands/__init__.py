"""The commands, one module each; a new one is written beside them and named here, where it stands in the order of work.

Only the command that is asked for is imported: all of them together take most of a second.
"""

from importlib import import_module
from typing import Final, NamedTuple

import click

__all__ = ["COMMANDS", "Place", "load"]


class Place(NamedTuple):
    """Where a command is, and the line that `accord --help` has for it."""

    module: str
    function: str
    short_help: str


COMMANDS: Final = {
    "init": Place("init", "init", "Make a new project."),
    "import": Place("importing", "import_", "Make a project of documents, or hold them against one."),
    "suggest": Place("suggest", "suggest", "Suggest rows and match rules for pairs that lack them."),
    "check": Place("check", "check", "Say what is wrong, what is missing, and who writes what."),
    "connect": Place("connect", "connect", "Let a person allow Accord to act for them in a system."),
    "qa": Place("qa", "qa", "Perform the QA checklist, and say line by line what is so."),
    "plan": Place("plan", "plan", "Show what a sync would do, before anything does."),
    "sync": Place("sync", "sync", "Bring all systems in sync."),
    "serve": Place("serve", "serve", "Keep all systems in sync, as a service."),
    "hooks": Place("hooks", "hooks", "List which systems tell of changes, and end it."),
    "status": Place("status", "status", "Count what there is, what waits, and what failed."),
    "explain": Place("explain", "explain", "Tell why a value is here, or a record is not there."),
    "history": Place("history", "history", "List what happened to a record, or in a run."),
    "review": Place("review", "review", "Show records that may be one thing, and decide."),
    "links": Place("links", "links", "Link, refuse, split records; keep links in a file."),
    "conflicts": Place("conflicts", "conflicts", "Show values side by side, and decide."),
    "undo": Place("undo", "undo", "Put back what was written."),
    "deadletters": Place(
        "deadletters", "deadletters", "List the writes that a system refused, in its own words."
    ),
    "retry": Place("deadletters", "retry", "Let refused writes be sent again."),
    "audit": Place("audit", "audit", "Read linked records again, and say which differ."),
    "erase": Place("erase", "erase", "Remove all that is known of a person or thing, for good."),
    "forget": Place("forget", "forget", "End what rests since it left the configuration."),
    "pause": Place("pause", "pause", "Write nothing to a system or entity type for a while."),
    "resume": Place("pause", "resume", "Go on with what is paused."),
    "hint": Place("pause", "hint", "Say which records to read again."),
    "alerts": Place("alerts", "alerts", "Show who is told of what, and try whether it gets there."),
    "backup": Place("backup", "backup", "Copy the state into a file; a sync may be running."),
    "restore": Place("backup", "restore", "Put a backup in the place of the state."),
    "store": Place("store", "store", "Copy the state from one kind of store to another."),
    "document": Place("document", "document", "Write the dataflow documents of the project."),
    "schema": Place("schema", "schema", "Print JSON Schemas for editors."),
    "simulate": Place("simulate", "simulate", "Play the project in a simulated world, faults and all."),
    "sandbox": Place("sandbox", "sandbox", "Serve what a system would, from its manifest alone."),
    "demo": Place("demo", "demo", "Watch two systems, and Accord between them."),
}


def load(name: str) -> click.Command:
    """The command of a name in COMMANDS; its module is imported now."""
    place = COMMANDS[name]
    command: click.Command = getattr(import_module(f"{__name__}.{place.module}"), place.function)
    command.short_help = place.short_help
    return command
