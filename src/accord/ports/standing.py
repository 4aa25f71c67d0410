"""Whether this process may still write into a system: asked right before every call that writes (C3)."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar

__all__ = ["LOST", "may_write", "standing"]

_STANDS: ContextVar[Callable[[], bool]] = ContextVar("stands", default=lambda: True)
LOST = "this worker was not heard of for too long: another one goes on in its place"


def may_write() -> bool:
    """Whether a call that writes may leave now."""
    return _STANDS.get()()


@contextmanager
def standing(stands: Callable[[], bool]) -> Generator[None]:
    """Calls that are made inside write only while `stands` says so."""
    token = _STANDS.set(stands)
    try:
        yield
    finally:
        _STANDS.reset(token)
