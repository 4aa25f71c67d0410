"""`accord check`: what is wrong, what is missing, and what the configuration amounts to."""

import click

from accord.cli.context import Session, pass_session
from accord.core.wording import counted
from accord.project import Project, check_project, describe, description_data
from accord.wiring import SystemClock, connect, hook_notes, missing_secrets, missing_ways, unconnected

__all__ = ["check"]


@click.command
@click.option("--assumed", is_flag=True, help="List what the manifests only assume of their systems.")
@pass_session
def check(session: Session, assumed: bool) -> None:
    """Read the whole configuration and say what is wrong or worth knowing, with file and line. No system is called.

    Faults end with exit code 3, all of them listed at once, each with what would be right. Without a fault it prints
    who is read and who is written, property by property, and notes: empty property tables pair by pair, one-way rows,
    lenses that lose something, what a system requires and nobody fills, secrets that are not in this environment,
    logins that a person has to do.

    \b
        accord check
        accord check --json | jq '.notes[] | .file + ":" + (.line|tostring)'
    """
    project = session.project()
    notes = [
        *check_project(project),
        *missing_secrets(connect(project, SystemClock())),
        *unconnected(project),
        *(hook_notes(project, project.config.serve.url) if project.config.serve.url else ()),
        *missing_ways(project),
    ]
    if session.json:
        found = {name: _assumed(project, name) for name in sorted(project.manifests)}
        session.data(
            {"notes": [note._asdict() for note in notes], "assumed": found, **description_data(project)}
        )
        return
    session.say(describe(project).rstrip())
    session.say()
    for note in notes:
        session.hint(f"note: {note}")
    for name in sorted(project.manifests):
        _tell_assumed(session, name, _assumed(project, name), full=assumed)
    session.say(
        f"{project.name}: no fault, {counted(len(notes), 'note')}." if notes else f"{project.name}: no fault."
    )


def _assumed(project: Project, system: str) -> dict[str, str]:
    return dict(project.manifests[system].assumptions())


def _tell_assumed(session: Session, system: str, found: dict[str, str], *, full: bool) -> None:
    if full:
        for place, why in found.items():
            session.say(f"assumed of {system}: {place}" + (f" ({why})" if why else ""))
    elif found:
        session.hint(
            f"note: {len(found)} settings of {system}'s manifest are assumed; `accord check --assumed` lists them."
        )
