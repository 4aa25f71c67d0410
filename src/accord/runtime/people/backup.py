"""What a backup is of, and what a restored hub has to do before it goes on (S11, P1)."""

from typing import Any, Final

from msgspec import Struct

from accord.core.errors import StopFlow
from accord.ports.store import Store
from accord.runtime.hub import Hub
from accord.runtime.people.erase import erase_again
from accord.runtime.steps.erased import Erasures, erasures, save_erasures
from accord.runtime.steps.restored_hub import hub_restored

__all__ = ["KEEP_IT", "Facts", "Restored", "check_project", "facts_of", "make_good", "why_newer"]


class Facts(Struct, kw_only=True):
    """What a store says of itself: its project, its last run and when that began, and how much is in it."""

    project: str = ""
    run: int = 0
    began_us: int = 0
    records: int = 0
    golden: int = 0
    writes: int = 0
    """Writes whose outcome was not known."""


class Restored(Struct, kw_only=True):
    """What a restore came to. `replaced` are the facts of the store that was there, if any."""

    facts: Facts
    replaced: Facts | None = None
    erased: int = 0
    """Records that were erased since the backup, and are again."""
    newer: str = ""
    """Why it is refused without `--over`, of a plan (S11)."""


async def facts_of(store: Store) -> Facts:
    """Facts of a store."""
    async with store.transaction(dry=True) as tx:
        runs, census = await tx.runs(1), await tx.census()
        newest: dict[str, Any] = runs[0] if runs else {}
        return Facts(
            project=await tx.meta("project") or "",
            run=newest.get("run", 0),
            began_us=newest.get("began_us", 0),
            records=sum(counts.get("seen", 0) for counts in census.values()),
            golden=sum(counts.get("golden", 0) for counts in census.values()),
            writes=sum(counts.get("open", 0) for counts in census.values()),
        )


KEEP_IT: Final = (
    "Keep the store by accord backup FILE; then give --over, if what it knows more may be forgotten."
)


def check_project(backup: Facts, project: str) -> None:
    """Raises StopFlow: the backup is of another project."""
    if backup.project not in ("", project):
        raise StopFlow(
            f"the backup is of the project {backup.project}, and this one is {project}",
            remedy="Name the backup of this project.",
        )


def why_newer(backup: Facts, there: Facts | None) -> str:
    """Why what is there may only be forgotten where somebody says so, or "" where the backup is no older."""
    if there is None or (there.run, there.began_us) <= (backup.run, backup.began_us):
        return ""
    return (
        f"the store is newer than the backup: it ends with run {there.run}, the backup with run {backup.run}"
    )


async def make_good(hub: Hub, lists: list[Erasures]) -> int:
    """Bring a store that was just restored to where it may go on: what was erased since is erased again, every write
    under way is of unknown outcome, everything is read anew, and the first cycle deletes nothing. How many records
    were erased again."""
    async with hub.store.transaction() as tx:
        kept = await erasures(tx)
        for each in lists:
            kept.join(each)
        await save_erasures(tx, kept)
    erased = await erase_again(hub)
    await hub_restored(hub)
    return erased
