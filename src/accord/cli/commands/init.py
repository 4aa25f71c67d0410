"""`accord init`: a new project from a template with comments."""

from pathlib import Path

import click

from accord.cli.context import Session, pass_session
from accord.core.errors import AccordError

__all__ = ["init"]

TEMPLATE = """\
# An Accord project. Reference: docs/reference/configuration.md; check it with: accord check
version: 1
name: {name}

# The connected applications. `connector` is a built-in one, or the path of a manifest file.
# Secrets never stand here: write env:NAME or file:PATH.
systems:
  crmoffice:
    connector: crmoffice
    priority: 2          # wins where linked records differ at first
    # url: https://api.crmoffice.no/
    # auth: {{client_id: env:CRM_ID, client_secret: env:CRM_SECRET}}
  customerp:
    connector: customerp
    priority: 1
    # url: http://127.0.0.1:8002

# What is kept in sync: pairs of entity types, and their properties row by row.
pairs:
  - from: crmoffice.Contacts
    to: customerp.Contact
    rows: []             # for instance: - [givenName, firstName]
"""


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), required=False)
@click.option("--name", help="Name of the project; default: the folder's.")
@pass_session
def init(session: Session, folder: Path | None, name: str | None) -> None:
    """Make a new project in FOLDER (default: the project's folder), with comments on what to fill in.

    Nothing that exists is overwritten.
    """
    place = folder or session.folder
    file = place / "accord.yaml"
    if file.exists():
        raise AccordError(f"{file} exists already", remedy="Choose another folder, or edit that file.")
    place.mkdir(parents=True, exist_ok=True)
    file.write_text(TEMPLATE.format(name=name or place.resolve().name), encoding="utf-8")
    if session.json:
        session.data({"created": [str(file)]})
    session.say(f"Made {file}. Fill in systems and rows, then: accord -C {place} check")
