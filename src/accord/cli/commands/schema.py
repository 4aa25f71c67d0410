"""`accord schema`: JSON Schemas for editors."""

from pathlib import Path

import click

from accord.cli.context import Session, pass_session
from accord.connectorkit.manifest_kind import kinds_json_schema
from accord.project import project_json_schema

__all__ = ["schema"]

_KINDS = {"project": project_json_schema, "manifest": kinds_json_schema}


@click.command
@click.argument("kind", type=click.Choice(sorted(_KINDS)), default="project")
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Write it to a file."
)
@pass_session
def schema(session: Session, kind: str, out: Path | None) -> None:
    """Print the JSON Schema of accord.yaml (project, the default) or of a manifest, so that an editor completes and
    checks while you write.

    \b
        accord schema > accord.schema.json
    Then let the first line of accord.yaml be:
        # yaml-language-server: $schema=accord.schema.json
    """
    made = _KINDS[kind]()
    if out is None:
        session.data(made)
        return
    with out.open("w", encoding="utf-8") as file:
        file.write(session.text(made))
    session.say(f"Wrote {out}")
