"""How far an entity type was read: fixed before a read begins, and stepped back by what listings may lag (S8)."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from accord.connectorkit.manifest import EntityType
from accord.connectorkit.paths import getter
from accord.connectorkit.times import RESOLUTION_US, time_reader, time_writer

__all__ = ["Reading", "reading"]

_MARKS: Final = 64


class Reading:
    """One read of changes. `since` is the filter as the system wants it, "" for everything; `cursor()` the token from
    which the next read starts, good once this one is finished."""

    def __init__(self, since: str, kept: str, given: str = "") -> None:
        self.since = since
        self._kept = kept
        self._given = given
        self._stays = False

    def saw(self, payloads: Sequence[Mapping[str, Any]]) -> None:
        """A page has come. The first one counts apart where listings are in no known order."""

    def stay(self) -> None:
        """This read may have missed something: the next one starts where it did; after a full one at the very
        beginning of the feed, which unlike a listing shows deletes."""
        self._stays = True

    def cursor(self) -> str:
        """Token of the next read."""
        return self._given if self._stays else self._next()

    def _next(self) -> str:
        return self._kept


def reading(it: EntityType, cursor: str, begun_us: int, *, full: bool) -> Reading:
    """A read that begins at a time of the system's clock.

    A full one with a cursor leaves that cursor where it is: it shows no deletes. A cursor that can not be read is
    taken as none: the read is full, and a new cursor is begun.
    """
    if it.changes is None:
        return Reading("", "")
    by_number = _by_number(it)
    good = cursor.startswith("v:" if by_number else "t:")
    if full and good:
        return Reading("", cursor, cursor)
    start = "" if full or not good else cursor
    return _Numbers(it, start, begun_us) if by_number else _times(it, start, begun_us)


def _by_number(it: EntityType) -> bool:
    if it.changes is None or it.changes.format == "version":
        return True
    raw_of_another = it.changes.property and not (it.modified and it.modified.property == it.changes.property)
    return it.changes.format == "raw" and bool(raw_of_another)


def _times(it: EntityType, cursor: str, begun_us: int) -> Reading:
    spec = it.modified
    step = RESOLUTION_US[spec.resolution] if spec else 1_000_000
    back = round((it.lag_s + it.clock_error_s) * 1e6) + step
    since = since_text(it)(int(cursor[2:])) if cursor else ""
    return Reading(since, f"t:{begun_us - back}", cursor or "t:0")


def since_text(it: EntityType) -> Callable[[int], str]:
    """Writer of a time of the system's clock as the filter for changes wants it."""
    form = it.changes.format if it.changes else "iso"
    zone = it.modified.zone if it.modified and form == "raw" else ""
    if form in ("raw", "version"):
        form = it.modified.format if it.modified else "iso"
    write = time_writer(form, zone)  # type: ignore[arg-type]  # narrowed above
    return lambda us: str(write(us))


class _Numbers(Reading):
    """Changes counted by the system. The next read starts at the greatest number that no unseen change can be below:
    of those on the first page where the order of listings is not known, and changed longer than `lag_s` ago."""

    def __init__(self, it: EntityType, cursor: str, begun_us: int) -> None:
        head, *marks = cursor.removeprefix("v:").split(";")
        self._from = int(head or 0)
        self._marks = [(int(t), int(v)) for t, _, v in (mark.partition("=") for mark in marks)]
        super().__init__(head if cursor else "", "", cursor or "v:0")
        changes, version = it.changes, it.version
        path = (changes.property if changes else "") or (version.property if version else "")
        self._number = getter(path)
        self._ascending = bool(changes and changes.ascending)
        self._lags = it.lag_s > 0
        self._begun_us = begun_us
        self._until_us = begun_us - round((it.lag_s + it.clock_error_s) * 1e6)
        self._modified_at = it.modified and getter(it.modified.property)
        self._read_time = time_reader(it.modified.format, it.modified.zone) if it.modified else None
        self._high = self._safe = self._from
        self._pages = 0

    def saw(self, payloads: Sequence[Mapping[str, Any]]) -> None:
        """A page has come."""
        self._pages += 1
        if self._pages > 1 and not self._ascending:
            return
        for payload in payloads:
            number = self._number(payload)
            if isinstance(number, str) and number.isdecimal():
                number = int(number)
            if isinstance(number, int):
                self._high = max(self._high, number)
                if self._lags and self._settled(payload):
                    self._safe = max(self._safe, number)

    def _settled(self, payload: Mapping[str, Any]) -> bool:
        at = self._read_time(self._modified_at(payload)) if self._read_time and self._modified_at else None
        return at is not None and at <= self._until_us

    def _next(self) -> str:
        """While listings lag and show no times it remembers what was highest when."""
        if not self._lags:
            return f"v:{self._high}"
        if self._read_time:
            return f"v:{self._safe}"
        marks = [*self._marks, (self._begun_us, self._high)]
        old = [mark for mark in marks if mark[0] <= self._until_us]
        start = max([self._from, *(version for _, version in old)])
        kept = [mark for mark in marks if mark[0] > self._until_us][:_MARKS]
        return ";".join([f"v:{start}", *(f"{at}={version}" for at, version in kept)])
