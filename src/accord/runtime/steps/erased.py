"""The list of erasures: keyed hashes of records that are not read in again, and nothing that names them (P1)."""

import hmac
import secrets
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import Any, Final, TypeVar

import msgspec
from msgspec import Struct, field

from accord.core.observation import Observation
from accord.ports.store import Transaction

__all__ = ["ERASING", "Erasures", "erasing", "erasures", "save_erasures", "without_erased"]

_META: Final = "erased"
ERASING: Final = "erasing"
"""Row with the golden ids whose records are being deleted in the systems; then they are erased."""
T = TypeVar("T", bound=Observation)


class _Keyed(Struct):
    """Hashes made with one key, by mapping."""

    key: str
    hashes: dict[str, list[str]] = field(default_factory=dict)


class Erasures(Struct):
    """Which records were erased. A store that lost its list, and was given another one, has several keys."""

    lists: list[_Keyed] = field(default_factory=list)

    def has(self, mapping: str, id_: str) -> bool:
        """True for a record that was erased."""
        return any(
            mapping in each.hashes and _hash(each.key, mapping, id_) in each.hashes[mapping]
            for each in self.lists
        )

    def add(self, records: Iterable[tuple[str, str]]) -> None:
        """Note records (mapping, id) as erased; the key is made with the first one."""
        for mapping, id_ in records:
            if not self.has(mapping, id_):
                if not self.lists:
                    self.lists.append(_Keyed(secrets.token_hex(32)))
                last = self.lists[-1]
                last.hashes.setdefault(mapping, []).append(_hash(last.key, mapping, id_))

    def digest(self, name: str) -> str:
        """What stands for a name in history."""
        return _hash(self.lists[-1].key, "", name)[:12]

    def join(self, other: "Erasures") -> None:
        """Take another list in."""
        mine = {each.key: each for each in self.lists}
        for theirs in other.lists:
            kept = mine.get(theirs.key)
            if kept is None:
                self.lists.append(theirs)
                continue
            for mapping, hashes in theirs.hashes.items():
                kept.hashes[mapping] = list(dict.fromkeys([*kept.hashes.get(mapping, ()), *hashes]))

    def counts(self) -> dict[str, int]:
        """How many records of each mapping were erased."""
        counts: dict[str, int] = {}
        for each in self.lists:
            for mapping, hashes in each.hashes.items():
                counts[mapping] = counts.get(mapping, 0) + len(hashes)
        return counts

    def forget(self, mapping: str) -> None:
        """Drop what was erased of a mapping (K4)."""
        for each in self.lists:
            each.hashes.pop(mapping, None)


def _hash(key: str, mapping: str, id_: str) -> str:
    return hmac.new(bytes.fromhex(key), f"{mapping}/{id_}".encode(), blake2b).hexdigest()[:32]


async def erasing(tx: Transaction) -> list[str]:
    """Golden records that are being deleted in their systems, and are erased then."""
    return [cluster.golden.id for cluster in await tx.clusters(await tx.meta(ERASING) or [])]


async def erasures(tx: Transaction) -> Erasures:
    """The list of a store."""
    return msgspec.convert(await tx.meta(_META) or {"lists": []}, Erasures)


async def save_erasures(tx: Transaction, kept: Erasures) -> None:
    """Keep a list."""
    data: Any = msgspec.to_builtins(kept)
    await tx.save_meta(_META, data)


async def without_erased(tx: Transaction, mapping: str, observations: Sequence[T]) -> Sequence[T]:
    """Observations but for those of records that were erased: they are not read in again."""
    if not await tx.meta(_META):
        return observations
    kept = await erasures(tx)
    return [each for each in observations if not kept.has(mapping, each.id)]
