"""`accord init`: a new project."""

from collections.abc import Sequence
from pathlib import Path

import click

from accord.cli.commands.writing import new_files
from accord.cli.context import Session, at_folder, pass_session
from accord.connectorkit.manifest import Manifest
from accord.connectorkit.manifest_load import load_manifest
from accord.core.errors import AccordError
from accord.core.wording import remedy
from accord.project import CONNECTORS, builtin_connectors
from accord.project.draft import TEMPLATE_SYSTEMS, draft_text

__all__ = ["init"]


@click.command
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), required=False)
@click.option("--name", help="Name of the project; default: the folder's.")
@click.option(
    "--system",
    "systems",
    multiple=True,
    metavar="NAME=CONNECTOR[@URL]",
    help="A system, by a built-in connector or a manifest file of the project; may be repeated.",
)
@click.option(
    "--pair",
    "pairs",
    multiple=True,
    metavar="A.TYPE=B.TYPE",
    help="Two entity types to keep in sync; rows of equal names are written down. May be repeated.",
)
@pass_session
def init(
    session: Session, folder: Path | None, name: str | None, systems: Sequence[str], pairs: Sequence[str]
) -> None:
    """Make a new project in FOLDER (default: the project's folder): an accord.yaml with comments on what to fill in.
    Nothing that exists is overwritten.

    \b
        accord init shop
        accord init shop --system crm=crmoffice --system erp=customerp@http://erp.local/api \\
                         --pair crm.Contacts=erp.Contact
    """
    place = folder or session.folder
    named = dict(_system(text) for text in systems) or {n: (c, "") for n, c in TEMPLATE_SYSTEMS.items()}
    ties = [_tie(text) for text in pairs]
    manifests = {system: _manifest(place, connector) for system, (connector, _) in named.items()}
    try:
        text = draft_text(name or _name_of(place), named, ties, manifests, builtin_connectors())
    except ValueError as error:
        what, _, advice = str(error).partition(". ")
        raise AccordError(what, remedy=advice) from None
    created = new_files(place, {"accord.yaml": text}, "Choose another folder, or edit that file.")
    if session.json:
        session.data({"created": created})
    session.say(f"Made {created[0]}. Fill in pairs and rows, then: accord{at_folder(place)} check")


def _system(text: str) -> tuple[str, tuple[str, str]]:
    name, equals, rest = text.partition("=")
    connector, _, url = rest.partition("@")
    if not (name and equals and connector):
        raise click.BadParameter(
            f"{text}: write NAME=CONNECTOR, or NAME=CONNECTOR@URL", param_hint="--system"
        )
    return name, (connector, url)


def _tie(text: str) -> tuple[str, str]:
    one, equals, other = text.partition("=")
    if not (equals and "." in one and "." in other):
        raise click.BadParameter(f"{text}: write SYSTEM.TYPE=SYSTEM.TYPE", param_hint="--pair")
    return one, other


def _manifest(place: Path, connector: str) -> Manifest:
    if connector.endswith((".yaml", ".yml")):
        return load_manifest(place / connector)
    if connector not in builtin_connectors():
        raise AccordError(
            f"there is no connector {connector}",
            remedy=f"{remedy(connector, builtin_connectors())} Or name a manifest file: ./{connector}.yaml.",
        )
    return load_manifest(CONNECTORS / connector / "manifest.yaml")


def _name_of(place: Path) -> str:
    """The folder's name as a project's: letters, digits, dot, dash, underscore."""
    kept = "".join(
        sign if sign.isascii() and (sign.isalnum() or sign in "._-") else "-" for sign in place.resolve().name
    )
    return kept.lstrip("._-") or "project"
