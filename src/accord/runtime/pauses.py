"""Pauses: what is left alone for now, why, and until when. One list, whoever made the pause (G2, K6, S11, people)."""

from collections.abc import Collection
from typing import Any, Final, Literal

import msgspec
from msgspec import Struct

from accord.core.model import Mapping, Model
from accord.ports.store import Transaction
from accord.runtime.scans import golden_pages

__all__ = [
    "ACCEPTED",
    "ACCOUNTS",
    "ASKS",
    "DRIFT",
    "Kind",
    "Pause",
    "accept_account",
    "add",
    "covers",
    "look_again",
    "mark_concepts",
    "paused_mappings",
    "save",
    "stored",
]

Kind = Literal["person", "drift", "identity", "restored"]
ASKS: Final = ("drift", "identity", "restored")
"""Kinds of pauses that ask a person something before they end."""

_META: Final = "paused"
_PAGE: Final = 2000
ACCOUNTS: Final = "accounts"
"""Row of the store with the account of each system that tells it (K6)."""
DRIFT: Final = "drift"
"""Row of the store with what was seen of drift so far, and what was accepted, by mapping (G2)."""
ACCEPTED: Final = "accounts accepted"
"""Systems whose records are not compared the next time."""


class Pause(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Nothing is written in `scope`: a system, an entity type, or a mapping of one; there is one per scope and kind.

    `why` is told to people, without values (P2). `reads`: its records are read meanwhile. It ends at `until_us`, or
    when somebody resumes it. `by`: who made it, "" where the hub did.
    """

    scope: str
    kind: Kind
    why: str
    at_us: int
    until_us: int | None = None
    by: str = ""
    reads: bool = False
    properties: tuple[str, ...] = ()
    """What drifted (G2)."""
    account: str = ""
    """The account that was found (K6)."""

    def stands(self, now_us: int) -> bool:
        """It has not ended by itself."""
        return self.until_us is None or now_us < self.until_us


def covers(scope: str, mapping: Mapping) -> bool:
    """True where a scope stands for a mapping, its entity type or its system."""
    return scope in (mapping.key, mapping.entity_type, mapping.system)


async def stored(tx: Transaction) -> list[Pause]:
    """All pauses, also those whose time is over, in order of scope and kind."""
    kept = await tx.meta(_META)
    found: list[Pause] = msgspec.convert(kept, list[Pause]) if kept else []
    return found


async def save(tx: Transaction, pauses: Collection[Pause]) -> None:
    """Keep these pauses, and no other."""
    kept: list[Any] = sorted(map(msgspec.to_builtins, pauses), key=lambda p: (p["scope"], p["kind"]))
    await tx.save_meta(_META, kept)


async def add(tx: Transaction, pause: Pause) -> None:
    """Keep one more; it stands for an older one of its scope and kind."""
    others = [p for p in await stored(tx) if (p.scope, p.kind) != (pause.scope, pause.kind)]
    await save(tx, [*others, pause])


async def accept_account(tx: Transaction, pause: Pause) -> None:
    """A person says that the account, or the system, was changed on purpose (K6)."""
    if pause.account:
        await tx.save_meta(ACCOUNTS, {**(await tx.meta(ACCOUNTS) or {}), pause.scope: pause.account})
    else:
        await tx.save_meta(ACCEPTED, sorted({*(await tx.meta(ACCEPTED) or ()), pause.scope}))


async def look_again(tx: Transaction, pause: Pause, keys: Collection[str], *, accept: bool) -> None:
    """The mappings of the entity type are listed anew; with `accept` what drifted is taken as it is from now on."""
    if accept:
        kept: dict[str, Any] = await tx.meta(DRIFT) or {}
        accepted = {"tally": {}, "accepted": sorted(pause.properties)}
        await tx.save_meta(DRIFT, {**kept, **dict.fromkeys(keys, accepted)})
    for key in keys:
        if (cursor := await tx.cursor(key)) is not None:
            cursor.swept_us = 0
            await tx.save_cursor(cursor)


async def paused_mappings(tx: Transaction, model: Model, now_us: int) -> dict[str, Pause]:
    """The pause that each paused mapping is under; of several one that keeps it from being read."""
    found: dict[str, Pause] = {}
    for pause in sorted(await stored(tx), key=lambda p: p.reads):
        if pause.stands(now_us):
            for key, mapping in model.mappings.items():
                if covers(pause.scope, mapping):
                    found.setdefault(key, pause)
    return found


async def mark_concepts(tx: Transaction, model: Model, pauses: Collection[Pause]) -> None:
    """What a pause held, or will hold, is looked at anew by the next cycle."""
    for name in model.concepts:
        if any(covers(p.scope, m) for p in pauses for m in model.mappings_of(name)):
            async for goldens in golden_pages(tx, name, _PAGE):
                await tx.mark("settle", [golden.id for golden in goldens])
