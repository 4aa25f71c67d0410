"""The program `accord`: options that all commands share, and what an error becomes."""

import sys
from pathlib import Path

import click
from click.exceptions import Abort, ClickException

import accord
from accord.cli import exits
from accord.cli.commands import COMMANDS
from accord.cli.context import Session
from accord.core.errors import AccordError, ConfigError

__all__ = ["main"]

HELP = """Keep the records of business systems in sync, wherever they are edited.

A project is a folder with an accord.yaml. The usual way: `accord import DOCUMENT` or `accord init` makes one,
`accord check` says what is missing, `accord plan` shows what would happen, `accord sync` does it, `accord status`
and `accord explain` tell what is so and why.

Exit codes: 0 done, 1 stopped by an error, 2 wrong usage, 3 faults in the configuration, 4 waits for a person,
5 done in part (run it again), 130 interrupted.
"""


@click.group(help=HELP, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.option(
    "-C",
    "--project",
    "folder",
    type=click.Path(path_type=Path),
    default=Path(),
    metavar="DIR",
    help="Folder of the project; default: this one.",
)
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON on stdout, for machines.")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors.")
@click.version_option(accord.__version__, prog_name="accord")
@click.pass_context
def program(context: click.Context, folder: Path, as_json: bool, quiet: bool) -> None:
    """See HELP."""
    context.obj = Session(folder=folder, json=as_json, quiet=quiet)


for command in COMMANDS:
    program.add_command(command)


def main(args: list[str] | None = None) -> None:
    """Run the program and exit with one of the codes of `exits`."""
    sys.exit(_run(args))


def _run(args: list[str] | None) -> int:
    try:
        code = program.main(args=args, prog_name="accord", standalone_mode=False)
    except ConfigError as error:
        click.echo(f"accord: {error}", err=True)
        return exits.CONFIG
    except AccordError as error:
        click.echo(f"accord: {error}", err=True)
        return exits.FAILED
    except (KeyboardInterrupt, Abort):
        click.echo("\naccord: interrupted; what was done is kept, run it again to go on.", err=True)
        return exits.INTERRUPTED
    except ClickException as error:
        error.show()
        return error.exit_code
    except BrokenPipeError:
        return exits.FAILED
    return code if isinstance(code, int) else exits.DONE
