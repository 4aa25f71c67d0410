"""Status: what there is, what waits, and what went wrong, per entity type; the sums add up (G4)."""

from collections.abc import Collection
from typing import Any

from msgspec import Struct, field

from accord.core.errors import AccordError
from accord.core.standing import State
from accord.ports.connection import Connection
from accord.ports.store import Transaction
from accord.runtime.books.conservation import Conservation, count_units
from accord.runtime.books.dead_letters import DeadLetter, Denied, dead_letters, denied_of
from accord.runtime.budget import Spent, spent_of
from accord.runtime.hub import Hub
from accord.runtime.pauses import Pause, stored
from accord.runtime.steps.configure import check_layout
from accord.runtime.steps.erased import erasing

__all__ = ["Status", "TypeStatus", "status"]


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


class Status(Struct, kw_only=True):
    """The hub at a glance. `books` is None where rows are laid out for another configuration: `uncounted` says so."""

    project: str
    confirmed: bool
    books: Conservation | None = None
    adds_up: bool | None = None
    uncounted: str = ""
    conflicts: int = 0
    """Properties that a person has to decide (M2)."""
    pauses: list[Pause] = field(default_factory=list)
    quota: dict[str, Spent] = field(default_factory=dict)
    """What is spent of the daily budgets of calls, by system (W11)."""
    types: list[TypeStatus] = field(default_factory=list)
    golden: dict[str, int] = field(default_factory=dict)
    reviews: dict[str, int] = field(default_factory=dict)
    erasing: list[str] = field(default_factory=list)
    """Golden records that are erased as soon as their records are deleted in all systems (P1)."""
    dead_letters: list[DeadLetter] = field(default_factory=list)
    """The first of them; what the account has no right to is told apart."""
    denied: list[Denied] = field(default_factory=list)
    runs: list[dict[str, Any]] = field(default_factory=list)
    connections: list[Connection] = field(default_factory=list)
    """Those that persons allowed, and may have to allow anew (C5)."""


async def status(
    hub: Hub, *, named: Collection[State] = (), limit: int = 100, letters: int = 20, runs: int = 3
) -> Status:
    """Counts of everything, dead letters, the newest runs; records in `named` states are listed, `limit` of them."""
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
        told.erasing = await erasing(tx)
        refused = await dead_letters(hub, tx)
        told.denied = denied_of(refused)
        told.dead_letters = [letter for letter in refused if not letter.denied][:letters]
        told.runs = await tx.runs(runs)
        for name, budget in sorted(hub.budgets.items()):
            told.quota[name] = await spent_of(tx, name, budget.per_day, hub.clock.now_us())
        told.pauses = [pause for pause in await stored(tx) if pause.stands(hub.clock.now_us())]
        await _keep_books(hub, tx, told, named, limit)
    told.connections = list(await hub.connections())
    return told


async def _keep_books(hub: Hub, tx: Transaction, told: Status, named: Collection[State], limit: int) -> None:
    try:
        await check_layout(hub, tx)
    except AccordError as error:
        told.uncounted = str(error)
        return
    told.books = await count_units(hub, tx, named=named, limit=limit)
    told.golden = {name: count - told.books.aliases.get(name, 0) for name, count in told.golden.items()}
    told.adds_up, told.conflicts = told.books.adds_up, told.books.conflicts
