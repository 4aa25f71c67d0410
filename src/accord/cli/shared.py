"""Options that may stand before a command or after it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from accord.cli.context import Session

__all__ = ["share_options", "shared_options"]


def share_options(command: click.Command) -> click.Command:
    """Let a command take the options that all share, but for those whose names it uses itself."""
    taken = {name for option in command.params for name in option.opts}
    command.params += [option for option in shared_options() if not taken & set(option.opts)]
    return command


def shared_options() -> list[click.Option]:
    """The options, made anew: where a project is, how to answer, what to log."""
    return [
        _option(
            "-C",
            "--project",
            keep="folder",
            type=click.Path(path_type=Path, file_okay=False),
            metavar="DIR",
            help="Folder of the project; default: this one.",
        ),
        _option("--json", keep="json", is_flag=True, help="Answer in JSON on stdout, for machines."),
        _option("-q", "--quiet", keep="quiet", is_flag=True, help="Say nothing but errors."),
        _option(
            "-v",
            "--verbose",
            keep="verbose",
            is_flag=True,
            help="Log every request on stderr, without values.",
        ),
        _option(
            "--log",
            keep="log",
            type=click.Path(path_type=Path, dir_okay=False),
            metavar="FILE",
            help="Add every request to a file, without values.",
        ),
    ]


def _option(*names: str, keep: str, **settings: Any) -> click.Option:
    return click.Option(
        [*names, f"shared_{keep}"],
        expose_value=False,
        callback=_keeper(keep),
        **{"default": None, **settings},
    )


def _keeper(name: str) -> Callable[[click.Context, click.Parameter, Any], Any]:
    """Keeps what was given in the session; an option that was not given leaves it as it is."""

    def keep(context: click.Context, _: click.Parameter, value: Any) -> Any:
        session = context.find_object(Session)
        if session is not None and value:
            setattr(session, name, value)
        return value

    return keep
