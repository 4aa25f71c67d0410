"""Puts a backup in the place of a project's store."""

from pathlib import Path
from typing import TYPE_CHECKING

from accord.core.errors import StopFlow
from accord.ports.clock import Clock
from accord.project import Project
from accord.project_store.erasing import keep_erasures, kept_list
from accord.project_store.opening import at_work, open_project_store
from accord.runtime.hub import Hub
from accord.runtime.people.backup import (
    KEEP_IT,
    Facts,
    Restored,
    check_project,
    facts_of,
    make_good,
    why_newer,
)
from accord.runtime.steps.erased import Erasures, erasures
from accord.store import open_store
from accord.store.copying import copy_state
from accord.store.sqlite.exchange import begin_copy, check_whole, discard, put_in_place
from accord.store.sqlite.filling import SqliteSource

if TYPE_CHECKING:
    from accord.store.postgres import PostgresStore

__all__ = ["restore_project_store"]


async def restore_project_store(
    project: Project,
    file: Path,
    clock: Clock,
    *,
    over: bool = False,
    plan: bool = False,
    wait_s: float = 0.0,
) -> Restored:
    """Put a backup in the place of the project's store, erase again what was erased since, and make it fit to go on.

    With `plan` nothing is changed. Raises StopFlow: the file is no backup of this project; the store there is newer,
    and `over` was not given; or another process works with it.
    """
    with at_work(project, wait_s=wait_s) as served:
        there, lists = await _there(project)
        partial = begin_copy(file, project.store)
        try:
            check_whole(partial)
            restored = await _restore(project, partial, clock, there, lists, over=over, plan=plan)
            if not plan:
                _put(partial, project, served)
        except StopFlow as error:
            if str(partial) not in error.message:
                raise
            what = error.message.replace(str(partial), str(file))  # nobody knows of the copy
            raise StopFlow(what, remedy="Name a file that accord backup made.") from error
        finally:
            discard(partial)
    return restored


def _put(partial: Path, project: Project, served: "PostgresStore | None") -> None:
    """Let a restored state take the place of the store's."""
    if served is None:
        put_in_place(partial, project.store)
    else:
        copy_state(SqliteSource(partial), served.target(), lambda _table, _rows: None)


async def _restore(
    project: Project,
    partial: Path,
    clock: Clock,
    there: Facts | None,
    lists: list[Erasures],
    *,
    over: bool,
    plan: bool,
) -> Restored:
    """Make a copy of a backup fit to go on, if it may take the place of what is there."""
    store = open_store(partial)
    try:
        restored = Restored(facts=await facts_of(store), replaced=there)
        check_project(restored.facts, project.model.project)
        if newer := "" if over else why_newer(restored.facts, there):
            if not plan:
                raise StopFlow(newer, remedy=KEEP_IT)
            restored.newer = newer
        if not plan:
            hub = Hub(model=project.model, store=store, connectors={}, clock=clock)
            restored.erased = await make_good(hub, lists)
            await keep_erasures(store, project.store)
        return restored
    finally:
        await store.close()


async def _there(project: Project) -> tuple[Facts | None, list[Erasures]]:
    """What the store that is there says of itself, if it can be read, and the lists of erasures that are known."""
    lists = kept_list(project.store)
    try:
        store = open_project_store(project, readonly=True)
    except StopFlow:
        return None, lists  # it is not there, or damaged, which is why it is restored
    try:
        async with store.transaction(dry=True) as tx:
            lists.append(await erasures(tx))
        facts = await facts_of(store)
        return (None if facts == Facts() else facts), lists
    except StopFlow:
        return None, lists
    finally:
        await store.close()
