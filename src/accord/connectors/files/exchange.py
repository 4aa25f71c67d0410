"""A table that another program keeps to itself: it drops exports and takes imports (S8, W2, W3, W4)."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, TypeVar

import msgspec

from accord.connectorkit.manifest import EntityType
from accord.connectorkit.observe import How, Observer
from accord.connectorkit.paths import get_at
from accord.connectors.files.exchanged import Import, Imports, Kept, Known, Line
from accord.connectors.files.exports import Export, Exports
from accord.connectors.files.file_type import FileType, Held, Record
from accord.connectors.files.options import Exchange, FileOptions
from accord.connectors.files.place import BusyError, locked
from accord.core.errors import RetryLater, StopEntityType
from accord.core.observation import Observation

__all__ = ["ExchangeType"]

_SECOND_US: Final = 1_000_000
_LATER_S: Final = 10.0
Told = TypeVar("Told")


class ExchangeType:
    """One entity type. A record with an import under way is not shown until an export can have it: one that shows what
    was sent, or one that came `lag_s` or more after the import was taken."""

    def __init__(
        self, system: str, name: str, it: EntityType, told: Exchange, folder: Path, state: Path, rest_s: float
    ) -> None:
        self.system, self.name, self.it, self.told = system, name, it, told
        self.folder, self.state = folder, state
        self.options = FileOptions.model_validate(it.options)
        self.exports = Exports(folder, it.path, told, rest_s)
        self.known = Kept(state / f"{name}.known", Known)
        self.imports = Kept(state / f"{name}.imports", Imports)
        self.lock = state / f"{name}.lock"
        self.reader = FileType(system, name, it, folder / it.path, state)
        self._observer = Observer(it)

    def looked(self, now_us: Callable[[], int], then: Callable[[int], Told]) -> Told:
        """Take in what was dropped, and tell something of it as of then; nobody else of Accord works with it meanwhile.

        Raises RetryLater, StopEntityType.
        """
        asked_us = now_us()
        try:
            with locked(self.lock):
                self.look(now_us)
                return then(asked_us)
        except BusyError as error:
            raise RetryLater(f"{self.system}.{self.name}: {error}", after_s=_LATER_S) from None
        except OSError as error:
            self._forget()
            raise RetryLater(
                f"{self.system}.{self.name}: {error.filename}: {error.strerror}",
                after_s=_LATER_S,
                remedy="Let Accord read and write there",
            ) from None
        except BaseException:
            self._forget()
            raise

    def _forget(self) -> None:
        self.known.forget()
        self.imports.forget()

    def look(self, now_us: Callable[[], int]) -> bool:
        """Take in what was dropped since. False: an export is there that is still being written.

        Raises StopEntityType: there was never one, or one that can not be read.
        """
        self._note_taken(now_us())
        known = self.known.get()
        there = self.exports.there(archived=not known.read)
        whole = True
        for export in self._unread(known, there):
            if not self.exports.is_whole(export):
                whole = False
                break
            self._take_in(known, export, now_us)
            self.exports.put_away(export)
        if not known.read:
            if not whole:
                raise RetryLater(
                    f"{self.system}.{self.name}: the first export is being written", after_s=_LATER_S
                )
            raise StopEntityType(
                f"{self.system}.{self.name}: no export is there that {self.it.path} names",
                remedy="Let the other program make one, or correct path in the manifest",
            )
        self._note_late(now_us(), known)
        return whole

    # what is shown

    def changes(
        self, mapping: str, cursor: str, asked_us: int, *, full: bool
    ) -> tuple[list[Observation], str]:
        """What changed since a cursor `EPOCH:NUMBER`, or everything; and the cursor after it."""
        known = self.known.get()
        hidden = self._hidden()
        epoch, _, number = cursor.partition(":")
        listing = full or epoch != known.epoch or not number.isdecimal()
        since = -1 if listing else int(number)
        how: How = "listing" if listing else "feed"
        seen: list[Observation] = []
        for record_id, line in known.lines.items():
            if line.at <= since or record_id in hidden:
                continue
            if line.payload is not None and record_id not in known.twice:
                seen.append(self._observed(mapping, line, how, asked_us))
            elif line.payload is not None:
                seen.append(_gone(mapping, record_id, how, asked_us, "unreadable"))
            elif not listing:
                seen.append(_gone(mapping, record_id, how, asked_us, "deleted"))
        return seen, f"{known.epoch}:{known.at}"

    def fetched(self, mapping: str, record_id: str, asked_us: int) -> Observation:
        """What exports say of a record. While an import of it is under way that is what was there before it."""
        known = self.known.get()
        line = known.lines.get(record_id)
        under_way = [each for each in self.imports.get().open if each.id == record_id]
        if record_id in known.twice or (line is None and not known.complete):
            return _gone(mapping, record_id, "fetch", asked_us, "unreadable")
        if line is None or line.payload is None:
            told = "unreadable" if under_way else "missing"
            return _gone(mapping, record_id, "fetch", asked_us, told)
        if under_way:
            return self._observed(mapping, line, "listing", 0)
        return self._observed(mapping, line, "fetch", asked_us)

    def searched(self, mapping: str, key: str, asked_us: int) -> list[Observation] | None:
        """Records with our id. Raises RetryLater: the import that creates one may still make it (W3)."""
        if self.it.our_id is None or not key:
            return None
        lines = [line for line in self.known.get().lines.values() if line.payload is not None]
        seen = [
            each
            for line in lines
            if (each := self._observed(mapping, line, "search", asked_us)).our_id == key
        ]
        if not seen and any(each.key == key for each in self.imports.get().open):
            raise RetryLater(
                f"{self.system}.{self.name}: no export shows yet what was imported",
                after_s=_LATER_S,
                remedy=f"Look whether the program takes files from {Path(self.told.imports).parent}",
            )
        return seen

    def held(self, record_id: str) -> bool:
        """An import of the record is under way (W4)."""
        return record_id in self._hidden()

    def _hidden(self) -> set[str]:
        return {each.id for each in self.imports.get().open if each.id}

    def _observed(self, mapping: str, line: Line, how: How, asked_us: int) -> Observation:
        return self._observer.observe(mapping, line.payload or {}, how, asked_us, etag=line.version)

    # exports

    def _unread(self, known: Known, there: Sequence[Export]) -> list[Export]:
        """Exports to be read, oldest first: of full ones the newest, and the changes that came after it."""
        fresh = [
            each
            for each in there
            if known.read.get(each.path.name) != str(each.stamp) and each.order >= known.last
        ]
        whole = [n for n, each in enumerate(fresh) if each.full and self.exports.is_whole(each)]
        return fresh[whole[-1] if whole else 0 :]

    def _take_in(self, known: Known, export: Export, now_us: Callable[[], int]) -> None:
        report = "" if export.full else f"{self.name}-{export.path.stem}-bad-rows.csv"
        read = FileType(self.system, self.name, self.it, export.path, self.state, report=report)
        held = read.held(now_us)
        self.reader = read
        known.at += 1
        deleted = self._merge(known, held, full=export.full)
        known.columns = list(held.columns or [])
        known.complete = known.complete or (export.full and not held.hidden)
        there = {each.path.name for each in self.exports.there()}
        known.read = {name: stamp for name, stamp in known.read.items() if name in there}
        known.read[export.path.name] = str(export.stamp)
        known.last = max(known.last, export.order)
        released = self._settle(held, export, deleted, known)
        self.known.put(known)
        if released:
            self.imports.put(self.imports.get())

    def _merge(self, known: Known, held: Held, *, full: bool) -> set[str]:
        """Put what an export holds into what is known; ids that it says, or proves, are gone."""
        gone = {record_id for record_id, record in held.records.items() if self._is_deleted(record)}
        for record_id, record in held.records.items():
            line = known.lines.get(record_id)
            if record_id in held.twice or record_id in gone:
                continue
            if (
                line is None
                or line.payload is None
                or line.version != record.version
                or record_id in known.twice
            ):
                known.lines[record_id] = Line(known.at, record.version, record.payload)
        for record_id in held.twice:
            old = known.lines.get(record_id)
            known.lines[record_id] = Line(known.at, "", (old.payload if old else None) or {})
        if full and not held.hidden:
            gone |= {record_id for record_id in known.lines if record_id not in held.records}
        for record_id in gone:
            line = known.lines.get(record_id)
            if line is not None and line.payload is not None:
                known.lines[record_id] = Line(known.at, "", None)
        known.twice = (set() if full else known.twice - set(held.records)) | held.twice
        return gone

    def _is_deleted(self, record: Record) -> bool:
        if not self.told.deleted:
            return False
        cell = record.payload.get(self.told.deleted)
        return cell is not None and str(cell).strip().casefold() in self.told.deleted_words

    # what was imported

    def _note_taken(self, now_us: int) -> None:
        """Which imports the program has taken since we looked."""
        imports = self.imports.get()
        folder = (self.folder / self.told.imports).parent
        gone = [each for each in imports.open if not each.taken_us and not (folder / each.file).exists()]
        if not gone:
            return
        since = [str(each.stamp) for each in self.exports.there()]
        for each in gone:
            each.taken_us, each.since = now_us, since
        self.imports.put(imports)

    def _settle(self, held: Held, export: Export, deleted: set[str], known: Known) -> bool:
        """Let go of imports that an export shows, and note which could have been shown by it."""
        imports, stamp = self.imports.get(), str(export.stamp)
        kept: list[Import] = []
        for each in imports.open:
            if stamp not in each.before and self._shows(each, held, deleted):
                _show_again(known, each.id)
                continue
            each.seen_after = each.seen_after or bool(each.taken_us and stamp not in each.since)
            kept.append(each)
        imports.open = kept
        return True

    def _note_late(self, now_us: int, known: Known) -> None:
        """Let go of imports that were taken, and of which a later export showed nothing."""
        imports = self.imports.get()
        lag_us = int(self.it.lag_s * _SECOND_US)
        late = [each for each in imports.open if each.seen_after and now_us - each.taken_us >= lag_us]
        if not late:
            return
        known.at += 1
        for each in late:
            _show_again(known, each.id)
        self.known.put(known)
        imports.open = [each for each in imports.open if each not in late]
        self.imports.put(imports)

    def _shows(self, each: Import, held: Held, deleted: set[str]) -> bool:
        if each.kind == "delete":
            return each.id in deleted
        if each.kind == "create":
            path = self.it.our_id.property if self.it.our_id else ""
            return bool(each.key) and any(
                get_at(record.payload, path) == each.key for record in held.records.values()
            )
        record = held.records.get(each.id)
        return record is not None and all(
            _same(get_at(record.payload, path), sent) for path, sent in each.sent.items()
        )


def _same(shown: object, sent: object) -> bool:
    return shown == sent or (shown is not None and sent is not None and str(shown) == str(sent))


def _show_again(known: Known, record_id: str) -> None:
    line = known.lines.get(record_id)
    if line is not None:
        line.at = known.at


def _gone(mapping: str, record_id: str, how: How, asked_us: int, gone: str) -> Observation:
    return msgspec.convert(
        {
            "mapping": mapping,
            "id": record_id,
            "how": how,
            "asked_us": asked_us,
            "gone": gone,
            "proven": gone == "deleted",
        },
        Observation,
    )
