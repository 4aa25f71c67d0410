"""Where a record stands in other places, why, and what would make it flow, as people read it."""

from typing import TYPE_CHECKING

from accord.cli.context import Session
from accord.runtime.books.towards import Toward, Why

if TYPE_CHECKING:
    from accord.project import Project

__all__ = ["show_toward"]


def show_toward(session: Session, toward: Toward, project: "Project | None") -> None:
    """A line for the place, then a reason and its remedy each."""
    there = f" as {', '.join(toward.there)}" if toward.there else ""
    session.say(f"{toward.record} in {toward.target}{there}: {toward.state}")
    for why in toward.why:
        of = f"{why.property}: " if why.property else ""
        session.say(f"    {why.state}: {of}{why.reason}{_place(why, project)}")
        if why.remedy:
            session.hint(f"        {why.remedy}")


def _place(why: Why, project: "Project | None") -> str:
    """Where in the configuration that is said, by file and line."""
    if why.setting is None or project is None:
        return ""
    key, name = why.setting
    mapping = next((each for each in project.specs.mappings if each.key == key), None)
    if mapping is None:
        return ""
    row = next((row for row in mapping.rows if row.property == name), None)
    spot = project.source.spot((row or mapping).where)
    return f" ({spot.file}:{spot.line})"
