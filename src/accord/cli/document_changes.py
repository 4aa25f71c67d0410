"""Documents against those of the project: what differs, in sentences, and what of it is taken over."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from accord.cli.context import Session
from accord.cli.document_files import read_documents
from accord.cli.exits import DONE, PARTLY
from accord.cli.findings import tell_read
from accord.core.errors import AccordError
from accord.core.wording import counted
from accord.dataflow.changes import Change
from accord.dataflow.document import Document
from accord.dataflow.formats import FORMATS
from accord.dataflow.merge import joined
from accord.dataflow.names import display_name
from accord.dataflow.taking import Taken, compare, take_over
from accord.project import Project
from accord.project.write_rows import save_changes

__all__ = ["about_the_project", "both_ways_in", "show_edited", "tell_changes", "tell_unread"]


def both_ways_in(sources: Sequence[Path]) -> bool:
    """Whether all that is said between two systems is in there: folders, and files that hold both ways."""
    suffixes = {suffix for each in FORMATS.values() if each.both_ways for suffix in each.suffixes}
    return any(source.is_dir() or source.suffix.lower() in suffixes for source in sources)


def about_the_project(project: Project, sources: Sequence[Path]) -> list[Document]:
    """The documents of files, with systems spelled as the project does.

    Raises AccordError: one is about systems that the project has not.
    """
    documents = read_documents(sources)
    own = [display_name(key, system.title) for key, system in project.config.systems.items()]
    names = {name.lower(): name for name in own}
    for each in documents:
        if not each.source and not each.target and "" not in names:
            raise AccordError(
                f"{each.file} does not say what systems it is about",
                remedy="Give a document that accord document wrote, or an edited one.",
            )
        for name in (each.source, each.target):
            if name.lower() not in names:
                remedy = f"Its systems are {', '.join(own)}. To make a project of its own: accord import --into DIR."
                raise AccordError(
                    f"{each.file} is about `{name}`, which is no system of this project", remedy=remedy
                )
    return joined(
        [
            replace(each, source=names[each.source.lower()], target=names[each.target.lower()])
            for each in documents
        ]
    )


def show_edited(session: Session, sources: Sequence[Path], *, apply: bool, full: bool) -> int:
    """Say what edited documents say otherwise than the project's own, and take over what can be; the exit code."""
    project = session.project()
    documents, both_ways = about_the_project(project, sources), both_ways_in(sources)
    found = compare(project, documents, both_ways=both_ways)
    taken = take_over(project, documents, found, both_ways=both_ways)
    if apply:
        save_changes(taken.files)
    code = PARTLY if apply and taken.by_hand else DONE
    if session.json:
        session.data(
            {
                "changes": [each.data() for each in found],
                "applicable": [each.sentence for each in taken.changes],
                "by_hand": [
                    {"change": each.change.sentence, "place": each.place, "why": each.why}
                    for each in taken.by_hand
                ],
                "unread": [
                    {"file": each.file, "line": each.line, "text": each.text, "why": each.why}
                    for document in documents
                    for each in document.unread
                ],
                "written": [each.shown for each in taken.files] if apply else [],
            }
        )
        return code
    tell_unread(session, documents, full=full)
    tell_changes(session, found, "The documents say what the project's own say: nothing was changed.")
    if found:
        _tell_taken(session, taken, apply=apply)
    return code


def tell_unread(session: Session, documents: Sequence[Document], *, full: bool) -> None:
    """List what was not read, and what was decided."""
    unread = [each for document in documents for each in document.unread]
    tell_read(session, unread, [each for document in documents for each in document.decided], full=full)


def tell_changes(session: Session, found: Sequence[Change], nothing: str) -> None:
    """The changes, a sentence each, below their pairs."""
    if not found:
        session.say(nothing)
    where = ""
    for each in found:
        if each.where != where:
            where = each.where
            session.say(where, style="bold")
        session.say(f"  {each.text}")


def _tell_taken(session: Session, taken: Taken, *, apply: bool) -> None:
    session.say()
    if taken.by_hand:
        session.say("Work by hand:")
        for each in taken.by_hand:
            session.say(f"  {each.place}: {each.change.sentence} ({each.why})")
    if apply:
        for file in taken.files:
            session.say(file.diff)
        if taken.changes:
            session.hint(f"{counted(len(taken.changes), 'change')} written. Next: accord check, accord plan")
        else:
            session.hint("Nothing is written: all of it is work by hand, in accord.yaml; then accord check")
    elif taken.changes:
        session.hint(f"{counted(len(taken.changes), 'change')} can be written by the program: add --apply")
