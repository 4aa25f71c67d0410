"""The commands, one module each; a new one is written beside them and named here."""

import click

from accord.cli.commands.check import check
from accord.cli.commands.demo import demo
from accord.cli.commands.document import document
from accord.cli.commands.explain import explain
from accord.cli.commands.history import history
from accord.cli.commands.importing import import_
from accord.cli.commands.init import init
from accord.cli.commands.plan import plan
from accord.cli.commands.sandbox import sandbox
from accord.cli.commands.schema import schema
from accord.cli.commands.status import status
from accord.cli.commands.sync import sync

__all__ = ["COMMANDS"]

COMMANDS: tuple[click.Command, ...] = (
    init,
    import_,
    check,
    plan,
    sync,
    status,
    explain,
    history,
    document,
    schema,
    sandbox,
    demo,
)
