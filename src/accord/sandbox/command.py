"""The command line of a sandbox, in one place: `accord sandbox` and `python -m accord.sandbox` are both this."""

from collections.abc import Callable
from math import isfinite
from pathlib import Path
from typing import Any

import click
import yaml

from accord.connectorkit.manifest import Manifest
from accord.connectorkit.manifest_load import load_manifest
from accord.connectorkit.played import as_played
from accord.core.errors import ConfigError, Fault
from accord.sandbox.auth import Access
from accord.sandbox.load import parse_load
from accord.sandbox.run import run_sandbox
from accord.sandbox.setup import Load, Setup
from accord.testing.system_model import Quirks, add_quirk, quirks_from

__all__ = ["sandbox_command"]

_HELP = """Serve, over real HTTP and from its manifest alone, what a system would: records, pages, versions, tokens,
refusals. Prints its URL and runs until Ctrl-C.

MANIFEST is a system that Accord knows by name, or a manifest file. Secrets are "sandbox" unless told. People's door,
for demonstrations and tests, is at /_sandbox. Example:

\b
    accord sandbox crmoffice --port 8081 --file crm.db --load Contacts=people.csv --quirk contacts.trims=givenName
"""


def _loads(_: click.Context, __: click.Parameter, told: tuple[str, ...]) -> tuple[Load, ...]:
    try:
        return tuple(map(parse_load, told))
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


class _Seconds(click.FloatRange):
    """Seconds; no end of time is none."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        seconds = float(super().convert(value, param, ctx))
        if not isfinite(seconds):
            self.fail(f"{value} is no number of seconds.", param, ctx)
        return seconds


_SECONDS = _Seconds(min=0)
_OPTIONS: list[Callable[[Any], Any]] = [
    click.argument("manifest"),
    click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on."),
    click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port; default: any free one."),
    click.option(
        "--file", type=click.Path(path_type=Path), help="Keep records in this file; default: in memory."
    ),
    click.option(
        "--load",
        "loads",
        callback=_loads,
        metavar="TYPE=FILE",
        multiple=True,
        help="Load a CSV or JSON file into an entity type that is empty; may be repeated, in order.",
    ),
    click.option(
        "--quirk", "quirk", multiple=True, metavar="TYPE.QUIRK=VALUE", help="Misbehave; may be repeated."
    ),
    click.option("--quirks", type=click.Path(path_type=Path), help="YAML file of quirks by entity type."),
    click.option(
        "--secret", default=Access().secret, show_default=True, help="Password, key, token or client secret."
    ),
    click.option("--user", default="", help="User or client id; default: any."),
    click.option(
        "--token-s", type=_SECONDS, default=3600, show_default=True, help="Life of access tokens in seconds."
    ),
    click.option(
        "--rotate-refresh", is_flag=True, help="A refresh token is good once; each use gives a new one."
    ),
    click.option(
        "--refresh-s",
        type=_SECONDS,
        default=0,
        help="Life of refresh tokens that a person's permission gave; default: without end.",
    ),
    click.option(
        "--redirect",
        "redirects",
        multiple=True,
        metavar="URL",
        help="Where the page for that leads back to, besides this machine; may be repeated.",
    ),
    click.option("--limits", is_flag=True, help="Enforce the manifest's calls per second with 429."),
    click.option(
        "--hang-s",
        type=_SECONDS,
        default=120,
        show_default=True,
        help="How long a call that times out hangs.",
    ),
    click.option(
        "--latency-s",
        type=_SECONDS,
        default=0,
        show_default=True,
        help="Each call takes so long at least: half on its way there, half on its way back.",
    ),
    click.option("--seed", type=int, default=0, show_default=True, help="Seed of chances."),
]


def sandbox_command(
    find: Callable[[str], Path] = Path, serve: Callable[[Manifest, Setup], None] = run_sandbox
) -> click.Command:
    """The command; `find` gives the manifest file that a name stands for, `serve` runs what was asked for."""

    def run(manifest: str, quirk: tuple[str, ...], quirks: Path | None, **settings: Any) -> None:
        read = load_manifest(find(manifest))
        if read.kind != "rest":
            read = as_played(read)
        access = Access(
            secret=settings.pop("secret"),
            user=settings.pop("user"),
            token_s=settings.pop("token_s"),
            rotates=settings.pop("rotate_refresh"),
            refresh_s=settings.pop("refresh_s"),
            redirects=settings.pop("redirects"),
        )
        played = _quirks(quirk, quirks, read.types)
        serve(read, Setup(access=access, quirks=played, **settings))

    for option in reversed(_OPTIONS):
        run = option(run)
    return click.command("sandbox", help=_HELP)(run)


def _quirks(told: tuple[str, ...], file: Path | None, types: Any) -> dict[str, Quirks]:
    """Quirks of the file, then of the command line. Raises ConfigError, UsageError."""
    found: dict[str, Quirks] = {}
    if file is not None:
        try:
            found = quirks_from(yaml.safe_load(file.read_bytes()) or {})
        except yaml.YAMLError as error:
            line = getattr(getattr(error, "problem_mark", None), "line", 0) + 1
            fault = Fault(str(file), line, "This is no YAML", "Write TYPE: {QUIRK: VALUE}")
            raise ConfigError([fault], what="the quirks") from None
        except (OSError, ValueError) as error:
            why = error.strerror if isinstance(error, OSError) else error
            what = f"can not be read: {why}"
            raise ConfigError(
                [Fault(str(file), 1, what, "Write TYPE: {QUIRK: VALUE}")], what="the quirks"
            ) from None
        if unknown := set(found) - set(types):
            what = f"{', '.join(sorted(unknown))} is no entity type"
            raise ConfigError(
                [Fault(str(file), 1, what, f"Write one of {', '.join(types)}")], what="the quirks"
            )
    for text in told:
        try:
            add_quirk(text, found, types)
        except ValueError as error:
            raise click.UsageError(f"--quirk {text}: {error}") from None
    return found
