"""When entity types are read: one timer per `schedule:`, so that what is read at one pace is read in one run."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from cronsim import CronSim

from accord.core.work import SECOND_US
from accord.project import Project
from accord.project.schema_schedule import ScheduleConfig

__all__ = ["EVERY_S", "Timer", "timers_of"]

EVERY_S: Final = 60.0
"""Time between two reads where a project does not say."""
_JITTER: Final = 0.1
_MOST_JITTER_S: Final = 60.0
_EPOCH: Final = datetime.fromtimestamp(0, ZoneInfo("UTC"))


class Timer:
    """Mappings that are read together, and when they are due next. `chance` gives numbers from 0 to 1."""

    def __init__(self, config: ScheduleConfig, mappings: frozenset[str], chance: Callable[[], float]) -> None:
        self.mappings, self.due_us = mappings, 0
        self._config, self._chance = config, chance

    def begin(self, read_us: int | None, now_us: int) -> None:
        """Where to begin: at once, but for a cron expression no moment of which has passed since the last read."""
        missed = read_us is None or self._config.cron is None or self._moment_us(read_us) <= now_us
        self.due_us = now_us if missed else self._later(self._moment_us(now_us), now_us)

    def go_on(self, now_us: int) -> None:
        """They are read now."""
        self.due_us = self._later(self._moment_us(now_us), now_us)

    def _moment_us(self, after_us: int) -> int:
        if self._config.every is not None:
            return after_us + round(self._config.every * SECOND_US)
        after = (_EPOCH + timedelta(microseconds=after_us)).astimezone(ZoneInfo(self._config.zone))
        moment = next(CronSim(self._config.cron or "", after))
        return round(moment.timestamp() * SECOND_US)

    def _later(self, moment_us: int, now_us: int) -> int:
        most_s = self._config.jitter
        if most_s is None:
            most_s = min(_MOST_JITTER_S, _JITTER * (moment_us - now_us) / SECOND_US)
        return moment_us + round(most_s * self._chance() * SECOND_US)


def timers_of(project: Project, chance: Callable[[], float], every_s: float | None = None) -> list[Timer]:
    """The timers of a project: an entity type goes by its own schedule, else its system's, else the project's.

    `every_s` stands in the place of the project's.
    """
    own: dict[str, set[str]] = {}
    configs: dict[str, ScheduleConfig] = {}
    for key, mapping in sorted(project.model.mappings.items()):
        name, config = next(_schedules(project, mapping.system, mapping.entity_type, every_s))
        own.setdefault(name, set()).add(key)
        configs[name] = config
    return [Timer(configs[name], frozenset(keys), chance) for name, keys in own.items()]


def _schedules(
    project: Project, system: str, entity_type: str, every_s: float | None
) -> Iterator[tuple[str, ScheduleConfig]]:
    config = project.config.systems[system]
    of_type = config.types.get(entity_type.partition(".")[2])
    if of_type is not None and of_type.schedule is not None:
        yield entity_type, of_type.schedule
    if config.schedule is not None:
        yield system, config.schedule
    if every_s is None and project.config.schedule is not None:
        yield "", project.config.schedule
    yield "", ScheduleConfig(every=EVERY_S if every_s is None else every_s)
