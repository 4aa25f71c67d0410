"""A checklist on the real systems of a project: only what was announced is created, and all of it is removed again."""

import secrets
from collections.abc import AsyncGenerator, AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from accord.core.errors import AccordError, ConfigError, StopFlow
from accord.project import Project
from accord.project_store import at_work
from accord.qa.checklist import Checklist
from accord.qa.performing.ground import Ground
from accord.qa.performing.journal import Journal, forget_if_empty, journal_of, read_journal
from accord.qa.performing.perform import perform
from accord.qa.performing.preview import preview
from accord.qa.performing.probes import Probes
from accord.qa.performing.removal import remove
from accord.qa.performing.rounds import Tell
from accord.qa.results import Report
from accord.runtime.clock import SystemClock
from accord.wiring import connect, missing_secrets

__all__ = ["Cleaned", "clean", "fresh_mark", "run_live"]

_LETTERS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"
_SHORT: Final = 5


def fresh_mark() -> str:
    """A mark for one live run: short, to fit into short texts, and drawn by lot, so that no record bears it."""
    return "q" + "".join(secrets.choice(_LETTERS) for _ in range(_SHORT - 1))


async def run_live(
    project: Project,
    checklist: Checklist,
    *,
    side_effects: bool = False,
    leave: bool = False,
    tell: Tell | None = None,
    wait_s: float = 5.0,
) -> Report:
    """What comes of a checklist on the systems of a project. Its probes are removed afterwards, also when the task is
    cancelled: then the report says that it was interrupted. A second cancellation does not wait for that.

    Raises StopFlow: something would be set off or left behind that nobody allowed (`Preview.refuse`), probes of an
    earlier run are not removed yet, another process works with the project, or a system does not answer; ConfigError:
    secrets are missing.
    """
    if len(checklist.mark) < _SHORT:
        raise ValueError("the mark of a live checklist is one of `fresh_mark`")
    announced = preview(checklist, project)
    announced.refuse(side_effects=side_effects, leave=leave)
    with at_work(project, wait_s=wait_s):
        journal = Journal(journal_of(project), checklist.mark)
        try:
            async with _systems(project, journal) as ground:
                await _answer(ground, [it.name for it in announced.types])
                return await perform(checklist, project, ground, tell=tell)
        finally:
            journal.close()


async def _answer(ground: Ground, types: Iterable[str]) -> None:
    """Read a page of each entity type. Raises StopFlow: what would be entered elsewhere could not flow there."""
    for at in types:
        try:
            pages = ground.people_at(at).read(at, "", full=True)
            await anext(pages, None)
            if isinstance(pages, AsyncGenerator):
                await pages.aclose()
        except AccordError as error:
            told = f"{at} can not be read, so nothing was created: {error.message}"
            raise StopFlow(told, remedy=error.remedy or "Try again when it can be.") from None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleaned:
    """What was removed of a run that was cut off, and what could not be: "system.Type/id"."""

    removed: int
    left: tuple[str, ...] = ()


async def clean(project: Project, *, wait_s: float = 5.0) -> Cleaned:
    """Remove what a live run left in the systems when it was killed, as its journal tells.

    Raises StopFlow: another process works with the project, perhaps that very run; ConfigError: secrets are missing.
    """
    path = journal_of(project)
    with at_work(project, wait_s=wait_s):
        kept = read_journal(path)
        if kept.empty:
            forget_if_empty(path)
            return Cleaned(removed=0)
        journal = Journal(path, kept.mark, kept)
        try:
            async with _systems(project, journal) as ground:
                probes = Probes(kept.mark, journal)
                probes.made.update(dict.fromkeys(kept.records, "hub"))
                probes.take_up(list(kept.asked.values()))
                left = await remove(ground, probes)
                return Cleaned(removed=len(probes.gone), left=tuple(left))
        finally:
            journal.close()


@asynccontextmanager
async def _systems(project: Project, journal: Journal) -> AsyncIterator[Ground]:
    """The systems as the project calls them, on the real clock."""
    clock = SystemClock()
    connectors = connect(project, clock)
    try:
        if faults := missing_secrets(connectors):
            raise ConfigError(faults)
        with TemporaryDirectory(prefix="accord-qa-") as folder:
            yield Ground(
                against="live",
                manifests=project.manifests,
                connectors=connectors,
                people=connectors,
                clock=clock,
                store=Path(folder),
                diary=journal,
            )
    finally:
        for connector in connectors.values():
            await connector.close()
