"""`accord check`: what is wrong, what is missing, and what the configuration amounts to."""

import click

from accord.cli.context import Session, pass_session
from accord.cli.findings import all_option, tell_findings
from accord.connecting.credentials import unconnected
from accord.core.wording import counted
from accord.project import Project, check_project, describe, description_data
from accord.project.webhooks import hook_notes
from accord.runtime.clock import SystemClock
from accord.wiring import connect, missing_secrets, missing_ways

__all__ = ["check"]


@click.command
@click.option("--assumed", is_flag=True, help="List what the manifests only assume of their systems.")
@all_option
@pass_session
def check(session: Session, assumed: bool, full: bool) -> None:
    """Read the whole configuration and say what is wrong or worth knowing, with file and line. No system is called.

    Faults end with exit code 3, all of them listed at once, each with what would be right. Without a fault it prints
    who is read and who is written, property by property, and notes: empty property tables pair by pair, one-way rows,
    lenses that lose something, what a system requires and nobody fills, secrets that are not in this environment,
    logins that a person has to do. Notes of one kind stand together, the first of them in full.

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
    tell_findings(
        session, notes, lambda it: f"note: {it}", lambda it: "" if full else f"{it.what} {it.remedy}"
    )
    told = [
        line
        for name in sorted(project.manifests)
        for line in _told_assumed(name, _assumed(project, name), each=assumed)
    ]
    tell_findings(session, told, str, lambda it: "" if full or assumed else it)
    session.say(
        f"{project.name}: no fault, {counted(len(notes), 'note')}." if notes else f"{project.name}: no fault."
    )


def _assumed(project: Project, system: str) -> dict[str, str]:
    return dict(project.manifests[system].assumptions())


def _told_assumed(system: str, found: dict[str, str], *, each: bool) -> list[str]:
    if each:
        return [
            f"assumed of {system}: {place}" + (f" ({why})" if why else "") for place, why in found.items()
        ]
    what = f"note: {len(found)} settings of {system}'s manifest are assumed; `accord check --assumed` lists them."
    return [what] if found else []
