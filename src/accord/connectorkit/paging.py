"""Walks through the pages of a listing that may shift while it is read, and misses no record (S8). No I/O."""

from collections import deque
from typing import Final, Protocol

from accord.connectorkit.manifest_page import NextLink, NumberedPages, OffsetPages, Page
from accord.core.observation import Observation

__all__ = ["Walk", "walk"]

_PASSES: Final = 5
_BACKWARDS: Final = 100


class Walk(Protocol):
    """One read of a listing: ask for `token` (None: the first page), tell what came, until `done`.

    `sure`: no record can have been missed, as far as records only ever leave their place or move to the end. Where a
    listing changes too fast to be sure the cursor must stay, so that the next read covers the same ground.
    """

    token: str | None
    done: bool
    sure: bool

    def took(self, page: list[Observation], following: str | None) -> list[Observation]:
        """What is news of a page, in order; `following` is the token of the next page, None: this is the last."""
        ...


def _key(seen: Observation) -> str:
    """Tells states of records apart."""
    if seen.version is None and seen.modified_us is None:
        return f"{seen.id} {seen.payload!r}"
    return f"{seen.id} {seen.version} {seen.modified_us} {seen.gone}"


def walk(page: Page) -> Walk:
    """A walk that fits a style of paging."""
    if isinstance(page, OffsetPages):
        return _OffsetWalk(page.size)
    if isinstance(page, NumberedPages):
        return _AgainWalk()
    if isinstance(page, NextLink) and page.counts:
        return _AgainWalk()
    return _TokenWalk()


class _TokenWalk:
    """The system keeps the place."""

    def __init__(self) -> None:
        self.token: str | None = None
        self.done = False
        self.sure = True

    def took(self, page: list[Observation], following: str | None) -> list[Observation]:
        self.token, self.done = following, following is None
        return page


class _OffsetWalk:
    """Each page but the first begins with the last item of the one before; where it does not, records slid back over
    the border, and the walk steps back until it meets what it has seen."""

    def __init__(self, size: int) -> None:
        self.token: str | None = None
        self.done = False
        self.sure = True
        self._size = size
        self._at = self._backwards = 0
        self._recent: deque[frozenset[str]] = deque(maxlen=3)

    def took(self, page: list[Observation], following: str | None) -> list[Observation]:
        keys = [_key(seen) for seen in page]
        met = self._at == 0 or (bool(keys) and any(keys[0] in last for last in self._recent))
        if not met and self._backwards < _BACKWARDS:
            self._backwards += 1
            self._at = max(0, self._at - max(self._size - 1, 1))
            self.token = str(self._at)
            return []
        self.sure = self.sure and met
        known = frozenset[str]().union(*self._recent)
        self._recent.append(frozenset(keys))
        self.done = following is None
        self._at += max(len(keys) - 1, 1)
        self.token = str(self._at)
        return [seen for seen, key in zip(page, keys, strict=True) if key not in known]


class _AgainWalk:
    """Pages that count records and can not overlap, so listings of several pages are read again until two passes show
    the same in the same order: a record that slid over a border did so because one before it, already read, left its
    place."""

    def __init__(self) -> None:
        self.token: str | None = None
        self.done = False
        self.sure = True
        self._is_first = True
        self._seen: set[int] = set()
        self._pass = self._last_pass = 0
        self._passes = 1

    def took(self, page: list[Observation], following: str | None) -> list[Observation]:
        keys = [hash(_key(seen)) for seen in page]
        fresh = [seen for seen, key in zip(page, keys, strict=True) if key not in self._seen]
        self._seen.update(keys)
        self._pass = hash((self._pass, *keys))
        self.token, only = following, self._is_first
        self._is_first = following is None
        if following is not None:
            return fresh
        if only or (self._passes > 1 and self._pass == self._last_pass):
            self.done = True
        elif self._passes == _PASSES:
            self.done, self.sure = True, False
        else:
            self._passes += 1
            self._last_pass, self._pass = self._pass, 0
        return fresh
