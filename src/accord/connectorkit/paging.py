"""Walks through the pages of a listing that may shift while it is read, and misses no record (S8). No I/O."""

from collections import deque
from typing import Final, Protocol

from accord.connectorkit.manifest_page import NumberedPages, OffsetPages, Page
from accord.core.errors import RetryLater
from accord.core.observation import Observation

__all__ = ["Walk", "walk"]

_PASSES: Final = 5
_BACKWARDS: Final = 1_000


class Walk(Protocol):
    """One read of a listing: ask for `token` (None: the first page), tell what came, until `done`."""

    token: str | None
    done: bool

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
        return _NumberWalk(page.first)
    return _TokenWalk()


class _TokenWalk:
    """The system keeps the place."""

    def __init__(self) -> None:
        self.token: str | None = None
        self.done = False

    def took(self, page: list[Observation], following: str | None) -> list[Observation]:
        self.token, self.done = following, following is None
        return page


class _OffsetWalk:
    """Each page but the first begins with the last item of the one before; where it does not, records slid back over
    the border, and the walk steps back until it meets what it has seen. Raises RetryLater: it steps back for ever."""

    def __init__(self, size: int) -> None:
        self.token: str | None = None
        self.done = False
        self._size = size
        self._at = self._backwards = 0
        self._recent: deque[frozenset[str]] = deque(maxlen=3)

    def took(self, page: list[Observation], following: str | None) -> list[Observation]:
        keys = [_key(seen) for seen in page]
        met = self._at == 0 or (bool(keys) and any(keys[0] in last for last in self._recent))
        if not met:
            self._backwards += 1
            if self._backwards > _BACKWARDS:
                raise RetryLater("the listing changes faster than it can be read by offset", after_s=60)
            self._at = max(0, self._at - max(self._size - 1, 1))
            self.token = str(self._at)
            return []
        known = frozenset[str]().union(*self._recent)
        self._recent.append(frozenset(keys))
        self.done = following is None
        self._at += max(len(keys) - 1, 1)
        self.token = str(self._at)
        return [seen for seen, key in zip(page, keys, strict=True) if key not in known]


class _NumberWalk:
    """A page number can not overlap: listings of several pages are read again until a pass shows nothing new."""

    def __init__(self, first: int) -> None:
        self.token: str | None = None
        self.done = False
        self._first = self._number = first
        self._seen: set[str] = set()
        self._news = 0
        self._passes = 1

    def took(self, page: list[Observation], following: str | None) -> list[Observation]:
        keys = [_key(seen) for seen in page]
        fresh = [seen for seen, key in zip(page, keys, strict=True) if key not in self._seen]
        self._seen.update(keys)
        self._news += len(fresh)
        if following is not None:
            self._number += 1
        elif self._number == self._first or (self._passes > 1 and not self._news) or self._passes >= _PASSES:
            self.done = True
        else:
            self._passes += 1
            self._number, self._news = self._first, 0
        self.token = str(self._number)
        return fresh
