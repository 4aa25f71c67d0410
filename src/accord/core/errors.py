"""The error tree, sorted by what the runner does about it.

Expected outcomes (a conflict, a rejected record) are values; what stands here is the rest. A message answers three
questions: what happened, where, what to do. It carries ids and property names, never values (P2).
"""

from collections.abc import Sequence
from typing import NamedTuple

from accord.core.wording import counted

__all__ = [
    "AccordError",
    "ConfigError",
    "Fault",
    "RetryLater",
    "StaleLease",
    "StopEntityType",
    "StopFlow",
    "Undone",
]


class AccordError(Exception):
    """Base of all errors that Accord raises on purpose; `code` has a page in the reference."""

    code = "accord"

    def __init__(self, message: str, *, remedy: str = "") -> None:
        super().__init__(message, remedy)
        self.message = message
        self.remedy = remedy

    def __reduce__(self) -> tuple[object, ...]:
        return _restore, (type(self), self.__dict__)

    def __str__(self) -> str:
        return f"{self.message}. {self.remedy}" if self.remedy else self.message


def _restore(cls: type[AccordError], state: dict[str, object]) -> AccordError:
    error = cls.__new__(cls)
    Exception.__init__(error, state.get("message", ""), state.get("remedy", ""))
    error.__dict__.update(state)
    return error


class Fault(NamedTuple):
    """One thing that is wrong in a configuration: place, what is wrong, what would be right.

    `line` is 0 where the place is no file.
    """

    file: str
    line: int
    what: str
    remedy: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.what}. {self.remedy}"


class ConfigError(AccordError):
    """The configuration, or what else a person wrote for a command (`what`), can not be used; all faults are listed."""

    code = "config"

    def __init__(self, faults: Sequence[Fault], *, what: str = "the configuration") -> None:
        lines = "\n".join(map(str, faults))
        super().__init__(f"{counted(len(faults), 'fault')} in {what}:\n{lines}")
        self.faults = tuple(faults)
        self.what = what


class RetryLater(AccordError):
    """The system asks for patience, or can not be reached: the same call may succeed after `after_s`."""

    code = "retry-later"

    def __init__(self, message: str, *, after_s: float, remedy: str = "") -> None:
        super().__init__(message, remedy=remedy)
        self.after_s = after_s


class StopEntityType(AccordError):
    """Nothing more can be done for one entity type in this run; the others go on."""

    code = "stop-entity-type"


class StopFlow(AccordError):
    """The run can not go on at all."""

    code = "stop-flow"


class Undone(AccordError):
    """Nothing was kept of a piece of work, because another one was in its way: it is begun anew from the state."""

    code = "undone"


class StaleLease(AccordError):
    """Another process has taken over what this one was doing, as it was not heard of; nothing more is kept of it."""

    code = "stale-lease"
