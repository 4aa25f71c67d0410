"""The program `accord`: options that all commands share, and what an error becomes."""

import errno
import os
import sys

import click
from click.exceptions import Abort, ClickException

import accord
from accord.cli import exits
from accord.cli.commands import COMMANDS, load
from accord.cli.context import Session
from accord.cli.shared import share_options, shared_options
from accord.core.errors import AccordError, ConfigError

__all__ = ["main"]

HELP = """Keep the records of business systems in sync, wherever they are edited.

A project is a folder with an accord.yaml. The usual way:

\b
    accord init shop                 or: accord import dataflow.rst --into shop
    cd shop; accord check            what is wrong, what is missing
    accord plan --out plan.json      what would happen, before anything does
    accord sync --plan plan.json     do just that
    accord status                    what there is, what waits, what failed
    accord explain crm.Contacts/42   why a value is here, or a record is not there

\b
Exit codes: 0 done, 1 stopped by an error, 2 wrong usage, 3 faults in the configuration, 4 waits for a person,
5 done in part (run it again), 6 `accord qa` found what is not so, 130 Ctrl-C, 143 SIGTERM. After each of them the
state is consistent.
"""

_REMEDIES = {
    errno.ENOENT: "Name a file, or a folder, that is there.",
    errno.EACCES: "Name another place, or let this user use it.",
}
"""What to do about errors of the machine, by their number."""


class _Commands(click.Group):
    """Lists commands in the order of work, not of the alphabet, and imports the one that is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in COMMANDS and cmd_name not in self.commands:
            self.add_command(share_options(load(cmd_name)))
        return self.commands.get(cmd_name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, place.short_help) for name, place in COMMANDS.items()])


@click.group(
    cls=_Commands,
    help=HELP,
    params=list[click.Parameter](shared_options()),
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)
@click.version_option(accord.__version__, prog_name="accord")
def program() -> None:
    """See HELP."""


def main(args: list[str] | None = None) -> None:
    """Run the program and exit with one of the codes of `exits`."""
    for name in ("stdout", "stderr"):  # a caller may have closed them: `>&-`
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 - as long as the program
    session = Session(commands=tuple(COMMANDS))
    code = _run(args, session)
    session.close()
    sys.exit(code)


def _run(args: list[str] | None, session: Session) -> int:
    try:
        code = program.main(args=args, prog_name="accord", standalone_mode=False, obj=session)
    except AccordError as error:
        session.fail(error)
        return exits.CONFIG if isinstance(error, ConfigError) else exits.FAILED
    except (KeyboardInterrupt, Abort):
        session.warn("interrupted; what was done is kept, run it again to go on.")
        session.tell_machine("interrupted", "interrupted; what was done is kept", "Run it again to go on.")
        return exits.TERMINATED if session.terminated else exits.INTERRUPTED
    except ClickException as error:
        error.show()
        session.tell_machine("usage", error.format_message(), "See --help.")
        return error.exit_code
    except BrokenPipeError:
        return exits.FAILED
    except UnicodeEncodeError:
        given = " ".join(sys.argv[1:] if args is None else args)
        if given == given.encode(errors="ignore").decode():
            raise
        session.fail(AccordError("an argument is no UTF-8 text", remedy="Type it in a terminal with UTF-8."))
        return exits.FAILED
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        remedy = _REMEDIES.get(error.errno or 0, "Name another place, or make room.")
        session.fail(AccordError(f"{where}{error.strerror or error}", remedy=remedy))
        return exits.FAILED
    return code if isinstance(code, int) else exits.DONE
