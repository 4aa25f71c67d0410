"""When the service reads: `schedule:` of the project, of a system, of an entity type."""

import re
from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar, Final, Self, TypeAlias
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError
from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from accord.project.schema_parts import Strict

__all__ = ["ScheduleConfig", "TypeConfig"]

_UNITS: Final = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0}
_LENGTH: Final = r"^[0-9]+(\.[0-9]+)?[smhd]$"
_LEAST_S: Final = 0.1


def _length_s(written: Any) -> Any:
    """Seconds of "90s", "5m", "2h", "1d"; a number is seconds already."""
    if isinstance(written, bool) or not isinstance(written, str | int | float):
        raise ValueError("is no length of time; Write 90s, 5m, 2h or 1d.")
    if isinstance(written, str):
        if not re.fullmatch(_LENGTH, written):
            raise ValueError("is no length of time; Write 90s, 5m, 2h or 1d.")
        return float(written[:-1]) * _UNITS[written[-1]]
    return float(written)


def _cron(written: str) -> str:
    try:
        next(CronSim(written, datetime(2026, 1, 1, tzinfo=UTC)))
    except (CronSimError, StopIteration):
        advice = "Write 5m for every five minutes, or minute, hour, day, month, day of the week: `*/5 8-18 * * 1-5`."
        raise ValueError(
            f"is neither a length of time nor a cron expression that ever comes; {advice}"
        ) from None
    return written


def _zone(written: str) -> str:
    try:
        ZoneInfo(written)
    except (OSError, ValueError, KeyError):
        raise ValueError("is no time zone; Write one such as Europe/Oslo, or UTC.") from None
    return written


Length: TypeAlias = Annotated[
    float, BeforeValidator(_length_s, json_schema_input_type=str | float), Field(ge=0, le=366 * 86_400)
]


class ScheduleConfig(Strict):
    """When entity types are read by the service. Short form: a length of time, or a cron expression."""

    short: ClassVar = {"anyOf": [{"type": "string", "minLength": 2}, {"type": "number"}]}

    every: Length | None = Field(
        None, description="Time from the begin of one read to the next: 90s, 5m, 2h, 1d."
    )
    cron: Annotated[str, AfterValidator(_cron)] | None = Field(
        None, description="Moments to read at: minute, hour, day, month, day of the week."
    )
    zone: Annotated[str, AfterValidator(_zone)] = Field("UTC", description="Time zone of `cron`.")
    jitter: Length | None = Field(
        None, description="So much later at most, by chance; default: a tenth of the time, up to a minute."
    )

    @classmethod
    def expand(cls, written: Any) -> Any:
        if isinstance(written, str) and len(written.split()) > 1:
            return {"cron": written}
        if isinstance(written, str | int | float) and not isinstance(written, bool):
            return {"every": written}
        return written

    @model_validator(mode="after")
    def one_way(self) -> Self:
        """One of `every` and `cron`."""
        if (self.every is None) == (self.cron is None):
            raise ValueError("has to have one of `every` and `cron`; Write 60s, or a cron expression.")
        if self.every is not None and self.every < _LEAST_S:
            raise ValueError("is too often; Write a length of time of at least 0.1s.")
        return self


class TypeConfig(Strict):
    """Settings of one entity type of a system."""

    schedule: ScheduleConfig | None = Field(
        None, description="When the service reads it; default: as its system."
    )
