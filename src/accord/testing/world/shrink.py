"""Makes a failing world small: a story of a few acts in which the same promise breaks.

Whatever a world can do without is taken away, piece by piece, as long as it still fails in the same way: steps first,
from the end and then in ever smaller parts, then *levers*: a fault, a system, a property, each by its name. How a world
is played with what is left is the caller's affair.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import TypeVar

from msgspec import Struct

__all__ = ["Budget", "Tale", "shrink"]

T = TypeVar("T")


class Tale(Struct, frozen=True, kw_only=True):
    """What is left of a world: how many steps it takes, which of them are skipped, which levers are off."""

    steps: int
    skip: frozenset[int] = frozenset()
    off: frozenset[str] = frozenset()

    @property
    def left(self) -> list[int]:
        """Numbers of the steps that are taken."""
        return [step for step in range(self.steps) if step not in self.skip]


class Budget:
    """How long to try: so many plays, or so many seconds by a clock that is handed in."""

    def __init__(self, tries: int, *, seconds: float = 0.0, clock: Callable[[], float] | None = None) -> None:
        self.tries = tries
        self._clock = clock
        self._end = clock() + seconds if clock is not None else 0.0

    def take(self) -> bool:
        """One more try is allowed, and taken."""
        if self.tries <= 0 or (self._clock is not None and self._clock() > self._end):
            return False
        self.tries -= 1
        return True


class _SpentError(Exception):
    """No more tries."""


def shrink(tale: Tale, levers: Sequence[str], breaks: Callable[[Tale], bool], budget: Budget) -> Tale:
    """The smallest tale that was found within the budget of which `breaks` is true; it is true of `tale`.

    Law: `breaks` of the result is true, and it has no step and no lever that `tale` has not.
    """
    best = [tale]

    def fails(some: Tale) -> bool:
        if not budget.take():
            raise _SpentError
        if breaks(some):
            best.append(some)
            return True
        return False

    with suppress(_SpentError):
        while True:
            before = best[-1]
            some = _shorter(before, fails)
            _fewer(some.left, lambda steps: fails(_with_steps(some, steps)))  # noqa: B023
            _levers_off(best[-1], levers, fails)
            if best[-1] == before:
                break
    return best[-1]


def _shorter(tale: Tale, fails: Callable[[Tale], bool]) -> Tale:
    """Steps cut off at the end: by halves of what is left, then one by one."""
    cut = tale.steps // 2
    while cut >= 1:
        less = _upto(tale, tale.steps - cut)
        if tale.steps > cut and fails(less):
            tale = less
            cut = min(cut, tale.steps // 2)
        else:
            cut //= 2
    return tale


def _upto(tale: Tale, steps: int) -> Tale:
    return Tale(steps=steps, skip=frozenset(s for s in tale.skip if s < steps), off=tale.off)


def _with_steps(tale: Tale, steps: Sequence[int]) -> Tale:
    kept = set(steps)
    return Tale(steps=tale.steps, skip=frozenset(set(range(tale.steps)) - kept), off=tale.off)


def _fewer(items: Sequence[T], fails: Callable[[Sequence[T]], bool]) -> None:
    """Tries parts of the items until no piece can be taken any more (delta debugging)."""
    pieces = 2
    while len(items) > 1:
        for rest in _without_each(items, pieces):
            if fails(rest):
                items, pieces = rest, max(pieces - 1, 2)
                break
        else:
            if pieces >= len(items):
                break
            pieces = min(len(items), pieces * 2)


def _without_each(items: Sequence[T], pieces: int) -> Iterator[Sequence[T]]:
    """The items without one of so many pieces, the last piece first."""
    bounds = [len(items) * piece // pieces for piece in range(pieces + 1)]
    for piece in reversed(range(pieces)):
        yield [*items[: bounds[piece]], *items[bounds[piece + 1] :]]


def _levers_off(tale: Tale, levers: Sequence[str], fails: Callable[[Tale], bool]) -> None:
    for lever in levers:
        if lever in tale.off:
            continue
        less = Tale(steps=tale.steps, skip=tale.skip, off=tale.off | {lever})
        if fails(less):
            tale = less
