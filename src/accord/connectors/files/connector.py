"""The connector of a folder of files, each of which is the table of an entity type."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Final

from accord.connectorkit.kind import Place
from accord.connectorkit.observe import name_of
from accord.connectors.files.exchange import ExchangeType
from accord.connectors.files.file_type import FileType, Held
from accord.connectors.files.importing import Importer
from accord.connectors.files.options import FileOptions, FilesOptions
from accord.connectors.files.place import rests_in_s, stamp_of
from accord.connectors.files.writing import Writer
from accord.core.errors import RetryLater
from accord.core.observation import Observation, Outcome
from accord.ports.connector import Page, Write

__all__ = ["FilesConnector"]

_PAGE: Final = 500
_RESTS: Final = 20
"""So often a file is looked at again that is still being written."""


class FilesConnector:
    """A folder as a system. The cursor of a type is the token of what its file held and the stamp by which a file that
    did not change is known: `TOKEN@STAMP`."""

    def __init__(self, place: Place) -> None:
        self._clock, options = place.clock, FilesOptions.model_validate(place.manifest.options)
        self._rest_s = options.rest_s
        folder = place.folder / (place.url or place.manifest.base_url)
        self._types: dict[str, FileType] = {}
        self._exchanged: dict[str, ExchangeType] = {}
        for name, it in place.manifest.types.items():
            if told := FileOptions.model_validate(it.options).exchange:
                self._exchanged[name] = ExchangeType(
                    place.system, name, it, told, folder, place.state, options.rest_s
                )
            else:
                self._types[name] = FileType(place.system, name, it, folder / it.path, place.state)
        self._writers: dict[str, Writer | Importer] = {
            name: Writer(at, place.clock) for name, at in self._types.items()
        }
        self._writers |= {name: Importer(at, place.clock) for name, at in self._exchanged.items()}

    async def identity(self) -> str:
        """See `Connector`. A folder has no accounts."""
        return ""

    async def read(self, mapping: str, cursor: str, *, full: bool) -> AsyncIterator[Page]:
        """See `Connector`. Where the file is as it was, that is told by one look at its stamp."""
        if exchanged := self._exchanged.get(name_of(mapping)):
            found, given = await asyncio.to_thread(self._exchange, exchanged, mapping, cursor, full=full)
        else:
            found, given = await self._found(mapping, cursor, full=full)
        for start in range(0, len(found), _PAGE):
            part = found[start : start + _PAGE]
            yield Page(observations=part, cursor=given if start + _PAGE >= len(found) else cursor)
        if not found:
            yield Page(observations=[], cursor=given)

    async def _found(self, mapping: str, cursor: str, *, full: bool) -> tuple[list[Observation], str]:
        at = self._types[name_of(mapping)]
        token, _, stamp = cursor.partition("@")
        if cursor and not full and stamp == await asyncio.to_thread(_stamp, at.place):
            return [], cursor
        held = await self._rested(at)
        found, fresh = await asyncio.to_thread(self._changes, at, held, mapping, token, full=full)
        return found, cursor if full and cursor else fresh

    def _exchange(
        self, at: ExchangeType, mapping: str, cursor: str, *, full: bool
    ) -> tuple[list[Observation], str]:
        found, fresh = at.looked(
            self._clock.now_us, lambda asked_us: at.changes(mapping, cursor, asked_us, full=full)
        )
        return found, cursor if full and cursor else fresh

    async def fetch(self, mapping: str, ids: Sequence[str]) -> list[Observation]:
        """See `Connector`."""
        if not ids:
            return []
        if exchanged := self._exchanged.get(name_of(mapping)):
            return await asyncio.to_thread(
                exchanged.looked,
                self._clock.now_us,
                lambda asked_us: [exchanged.fetched(mapping, record_id, asked_us) for record_id in ids],
            )
        at = self._types[name_of(mapping)]
        held = await self._rested(at)
        return [_fetched(at, held, mapping, record_id) for record_id in ids]

    async def search(self, mapping: str, key: str, since_us: int) -> list[Observation] | None:
        """See `Connector`. By our id alone: files do not tell when a row was added."""
        if exchanged := self._exchanged.get(name_of(mapping)):
            return await asyncio.to_thread(
                exchanged.looked,
                self._clock.now_us,
                lambda asked_us: exchanged.searched(mapping, key, asked_us),
            )
        at = self._types[name_of(mapping)]
        if at.it.our_id is None or not key:
            return None
        held = await self._rested(at)
        seen = (at.observed(mapping, record, "search", held.asked_us) for record in held.records.values())
        return [each for each in seen if each.our_id == key]

    async def write(self, writes: Sequence[Write]) -> list[Outcome]:
        """See `Connector`. All writes to one file are one replacement of it."""
        by_type: dict[str, list[int]] = {}
        for number, write in enumerate(writes):
            by_type.setdefault(name_of(write.mapping), []).append(number)
        outcomes: dict[int, Outcome] = {}
        for name, numbers in by_type.items():
            told = await asyncio.to_thread(self._writers[name].write, [writes[number] for number in numbers])
            outcomes.update(zip(numbers, told, strict=True))
        return [outcomes[number] for number in range(len(writes))]

    async def close(self) -> None:
        """See `Connector`. Nothing is held."""

    # inside

    async def _rested(self, at: FileType) -> Held:
        """What a file holds that nobody writes at the moment. Raises RetryLater, StopEntityType."""
        for _ in range(_RESTS):
            held = await asyncio.to_thread(at.held, self._clock.now_us)
            wait_s = 0.0 if at.is_own(held) else rests_in_s(held.stamp, self._rest_s)
            if not wait_s:
                return held
            await asyncio.sleep(wait_s)
        raise RetryLater(
            f"{at.system}.{at.name}: {at.place.name} is being written all the time",
            after_s=10.0,
            remedy="Let the other program put whole files there, by renaming them",
        )

    def _changes(
        self, at: FileType, held: Held, mapping: str, token: str, *, full: bool
    ) -> tuple[list[Observation], str]:
        """What is shown since a token, or everything; and the cursor after it."""
        before = at.snapshots.get(token) if token and not full else None
        known = before.versions if before is not None else {}
        how = "listing" if before is None else "feed"
        seen = [
            at.observed(mapping, record, how, held.asked_us)  # type: ignore[arg-type]  # one of two literals
            for record_id, record in held.records.items()
            if record_id not in held.twice and known.get(record_id) != record.version
        ]
        seen += [_unreadable(mapping, record_id, held) for record_id in sorted(held.twice)]
        versions = {record_id: record.version for record_id, record in held.records.items()}
        gone = sorted(set(known) - set(versions))
        if held.hidden:
            versions |= {
                record_id: known[record_id] for record_id in gone
            }  # one of them may be a row without an id
        else:
            seen += [_deleted(mapping, record_id, held) for record_id in gone]
        at.remember(held, versions)
        return seen, f"{held.token}@{held.stamp}"


def _stamp(path: Path) -> str:
    try:
        return str(stamp_of(path))
    except OSError:
        return ""


def _fetched(at: FileType, held: Held, mapping: str, record_id: str) -> Observation:
    record = held.records.get(record_id)
    if record_id in held.twice:
        return _unreadable(mapping, record_id, held)
    if record is None:
        gone = "unreadable" if held.hidden else "missing"
        return Observation(mapping=mapping, id=record_id, how="fetch", asked_us=held.asked_us, gone=gone)  # type: ignore[arg-type]
    return at.observed(mapping, record, "fetch", held.asked_us)


def _unreadable(mapping: str, record_id: str, held: Held) -> Observation:
    return Observation(
        mapping=mapping, id=record_id, how="listing", asked_us=held.asked_us, gone="unreadable"
    )


def _deleted(mapping: str, record_id: str, held: Held) -> Observation:
    return Observation(
        mapping=mapping, id=record_id, how="feed", asked_us=held.asked_us, gone="deleted", proven=True
    )
