"""The list of erasures beside a store, for when the store is lost (P1)."""

import os
from pathlib import Path
from typing import Final

import msgspec

from accord.runtime.steps.erased import Erasures, erasures
from accord.store import AnyStore

__all__ = ["keep_erasures", "kept_list"]

_ERASED: Final = "-erased"
"""End of the name of the file beside the store."""


async def keep_erasures(store: AnyStore, place: Path) -> None:
    """Keep the list of erasures beside the store too: it holds keyed hashes, and no values."""
    async with store.transaction(dry=True) as tx:
        kept = await erasures(tx)
    if kept.lists:
        _write_list(place, msgspec.json.encode(kept))


def kept_list(place: Path) -> list[Erasures]:
    """The list that is kept beside a store, if there is one."""
    path = place.with_name(place.name + _ERASED)
    return [msgspec.json.decode(path.read_bytes(), type=Erasures)] if path.is_file() else []


def _write_list(place: Path, content: bytes) -> None:
    path = place.with_name(place.name + _ERASED)
    if not path.is_file() or path.read_bytes() != content:
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(content)
