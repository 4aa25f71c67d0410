"""What a service says: one line per event on stderr, in names, ids and counts, never values (P2)."""

import json
import logging
import time
from typing import Any, Final, Literal, TextIO

from accord.core.errors import AccordError, ConfigError
from accord.core.wording import counted, visible
from accord.runtime.runs.sync import Synced

__all__ = ["LogForm", "Tell", "begin_logs", "end_logs"]

LogForm = Literal["text", "json"]
_LOGGER: Final = logging.getLogger("accord")
_DONE: Final = {"create": "created", "update": "updated", "delete": "deleted"}


class _Line(logging.Formatter):
    """A record as a line: `text` for people, `json` for what collects logs."""

    def __init__(self, form: LogForm) -> None:
        super().__init__()
        self._form = form

    def format(self, record: logging.LogRecord) -> str:
        at = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created)) + f".{int(record.msecs):03}Z"
        text = record.getMessage()
        if self._form == "text":
            level = "" if record.levelno < logging.WARNING else f"{record.levelname} "
            return visible(f"{at} {level}{text}")
        told = {"at": at, "level": record.levelname.lower(), "event": getattr(record, "event", record.name)}
        return json.dumps({**told, "text": text, **getattr(record, "fields", {})}, default=str)


def begin_logs(form: LogForm, out: TextIO, *, verbose: bool, quiet: bool = False) -> logging.Handler:
    """Let events, and with `verbose` every request, go to a stream; with `quiet` only what somebody has to know."""
    handler = logging.StreamHandler(out)
    handler.setFormatter(_Line(form))
    _LOGGER.addHandler(handler)
    _LOGGER.setLevel(logging.DEBUG if verbose else logging.WARNING if quiet else logging.INFO)
    return handler


def end_logs(handler: logging.Handler) -> None:
    """Let go of what `begin_logs` began."""
    _LOGGER.removeHandler(handler)
    handler.close()


class Tell:
    """Says what happens."""

    def __init__(self) -> None:
        self._log = logging.getLogger("accord.serving")

    def __call__(self, event: str, text: str, *, level: int = logging.INFO, **fields: Any) -> None:
        """One event; `fields` are for machines."""
        self._log.log(level, "%s", text, extra={"event": event, "fields": fields})

    def fault(self, event: str, text: str, error: AccordError) -> None:
        """Something that keeps the service from its work, and what to do about it."""
        faults = [str(each) for each in error.faults] if isinstance(error, ConfigError) else []
        why = {"code": error.code, "why": error.message, "remedy": error.remedy, "faults": faults}
        self(event, f"{text}: {error}", level=logging.ERROR, **why)

    def run(self, synced: Synced, *, new: bool, seconds: float) -> None:
        """How a run ended; one that came to nothing new is told to those who look at everything."""
        summary = synced.summary()
        level = logging.DEBUG if not new else logging.WARNING if synced.ended == "waits" else logging.INFO
        self(
            "run",
            f"run {synced.run}: {_words(synced)}",
            level=level,
            run=synced.run,
            s=round(seconds, 4),
            **summary,
        )


def _words(synced: Synced) -> str:
    summary = synced.summary()
    parts = [f"linked {counted(summary['linked'], 'record')}"] if summary["linked"] else []
    for what, count in summary["sent"].items():
        kind, _, mapping = what.partition(" ")
        parts.append(f"{_DONE[kind]} {count:,} {mapping}")
    if not parts:
        parts.append("nothing was written" if synced.errors or synced.reason else "nothing to do")
    parts += [f"{counted(n, 'review')} ({kind}): accord review" for kind, n in synced.reviews.items()]
    if synced.conflicts:
        parts.append(f"{counted(synced.conflicts, 'conflict')}: accord conflicts")
    if synced.refused:
        parts.append(f"{counted(synced.refused, 'write')} refused: accord deadletters")
    parts += [f"NOT READ {name}: {why}" for name, why in synced.errors.items()]
    parts += [f"PAUSED {pause.scope}: {pause.why}" for pause in synced.pauses]
    for alarm in synced.alarms:
        approval = f"'{alarm.key}={alarm.count}'"
        parts.append(f"GUARD {alarm.key}: accord plan --full, then accord sync --approve {approval}")
    if synced.plan is not None and synced.ended == "waits":
        parts.append(f"{synced.reason}: accord plan --out plan.json && accord sync --plan plan.json")
    elif synced.ended != "done" and synced.reason:
        parts.append(f"{synced.ended}: {synced.reason}")
    return "; ".join(parts)
