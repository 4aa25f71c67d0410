"""Status: what there is, what waits, and what went wrong, per entity type; the sums add up (G4)."""

from typing import Any

from msgspec import Struct, field

from accord.core.state import record_key
from accord.ports.store import Transaction
from accord.runtime.hub import Hub

__all__ = ["DeadLetter", "Status", "TypeStatus", "dead_letters", "status"]


class TypeStatus(Struct, kw_only=True):
    """One entity type. `seen` = linked + waiting + held + excluded + gone."""

    mapping: str
    concept: str
    seen: int = 0
    linked: int = 0
    waiting: int = 0
    held: int = 0
    excluded: int = 0
    gone: int = 0
    creating: int = 0
    unknown_writes: int = 0
    failed: int = 0
    read_us: int | None = None
    complete: bool = False
    conditional: bool = True
    at_most_once: bool = False


class DeadLetter(Struct, kw_only=True):
    """A write that a system refused: held until its value, the record or the configuration changes (W9)."""

    record: str
    golden: str
    property: str
    message: str
    at_us: int


class Status(Struct, kw_only=True):
    """The hub at a glance."""

    project: str
    confirmed: bool
    types: list[TypeStatus] = field(default_factory=list)
    golden: dict[str, int] = field(default_factory=dict)
    reviews: dict[str, int] = field(default_factory=dict)
    dead_letters: list[DeadLetter] = field(default_factory=list)
    runs: list[dict[str, Any]] = field(default_factory=list)


async def status(hub: Hub, *, letters: int = 20, runs: int = 3) -> Status:
    """Counts of everything, the newest dead letters and runs."""
    async with hub.store.transaction(dry=True) as tx:
        census = await tx.census()
        told = Status(
            project=hub.model.project, confirmed=await tx.meta("fingerprint") == hub.model.fingerprint
        )
        for key, mapping in sorted(hub.model.mappings.items()):
            counts, cursor = census.get(key, {}), await tx.cursor(key)
            declaration = mapping.declaration
            told.types.append(
                TypeStatus(
                    mapping=key,
                    concept=mapping.concept,
                    **{
                        n: counts.get(n, 0) for n in ("seen", "linked", "waiting", "held", "excluded", "gone")
                    },
                    creating=counts.get("creating", 0),
                    unknown_writes=counts.get("open", 0),
                    failed=counts.get("rejected", 0),
                    read_us=cursor.began_us if cursor is not None else None,
                    complete=cursor is not None and cursor.complete,
                    conditional=declaration.conditional,
                    at_most_once=not declaration.finds_create,
                )
            )
        for name in sorted(hub.model.concepts):
            told.golden[name] = census.get(f"#{name}", {}).get("golden", 0)
        for review in await tx.reviews():
            told.reviews[review.kind] = told.reviews.get(review.kind, 0) + 1
        told.dead_letters = await dead_letters(hub, tx, letters)
        told.runs = await tx.runs(runs)
    return told


async def dead_letters(hub: Hub, tx: Transaction, records: int) -> list[DeadLetter]:
    """Writes that stand refused or ignored, of so many records; those of a mapping that rests do not count (K4)."""
    letters = []
    for link in await tx.rejected(records):
        rows = hub.model.mappings[link.mapping].properties if link.mapping in hub.model.mappings else ()
        for column, rejection in sorted(link.rejected.items()) if rows else ():
            letters.append(
                DeadLetter(
                    record=record_key(link.mapping, link.id) if link.id else link.mapping,
                    golden=link.golden,
                    property=rows[column].name if column >= 0 else "",
                    message=rejection.message,
                    at_us=rejection.at_us,
                )
            )
    return letters
