"""What every command is given: where the project is, how to show things, and how to end."""

import logging
import re
import shlex
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click
import msgspec
from rich.console import Console

from accord.core.errors import AccordError, ConfigError
from accord.core.wording import visible

if TYPE_CHECKING:
    from accord.project import Project

__all__ = ["Session", "at_folder", "pass_session"]

_BESIDE_TERMINALS: Final = 110
"""Columns of what is not printed on a terminal."""
_EVERY_S: Final = 0.1


def _console() -> Console:
    width = None if sys.stdout.isatty() else _BESIDE_TERMINALS
    return Console(highlight=False, soft_wrap=True, width=width)


def at_folder(folder: Path) -> str:
    """What a command line says to work there: nothing for this folder."""
    return "" if folder == Path() else f" -C {shlex.quote(str(folder))}"


@dataclass(kw_only=True)
class Session:
    """One call of the program. `data` prints JSON to stdout; everything for people goes through `say` and `warn`."""

    folder: Path = field(default_factory=Path)
    commands: tuple[str, ...] = ()
    """Names of all commands."""
    json: bool = False
    quiet: bool = False
    verbose: bool = False
    log: Path | None = None
    terminated: bool = False
    out: Console = field(default_factory=_console)
    _handlers: list[logging.Handler] = field(default_factory=list)
    _told_s: float = 0.0
    _lines: bool = False

    def project(self) -> "Project":
        """The project of the call. Raises ConfigError with all its faults."""
        from accord.project import load_project  # slow, and `accord --help` needs none

        return load_project(self.folder)

    def data(self, value: Any, *, line: bool = False) -> None:
        """Print a value as JSON for machines; with `line` on one line."""
        self._lines = self._lines or line
        sys.stdout.write(self.text(value, line=self._lines))
        sys.stdout.flush()

    def text(self, value: Any, *, line: bool = False) -> str:
        """A value as JSON, which ends with a line end."""
        raw = msgspec.json.encode(value, enc_hook=str)
        return (raw if line else msgspec.json.format(raw, indent=2)).decode() + "\n"

    def say(self, text: str = "", style: str = "") -> None:
        """Print a line for people, unless a machine reads; a terminal shows it in a style."""
        if not self.json and not self.quiet:
            self.out.print(visible(text), markup=False, style=style or None)
            self.out.file.flush()

    def hint(self, text: str) -> None:
        """Print a line that names commands, so that they do what it says when they are typed here."""
        self.say(self.typed(text))

    def typed(self, text: str) -> str:
        """A text with the folder of this call in each command that it names; not for texts that hold values."""
        here = f"accord{at_folder(self.folder)} "
        return re.sub(rf"\baccord (?=(?:{'|'.join(self.commands)})\b)", lambda _: here, text)

    def warn(self, text: str) -> None:
        """Print a line of the program itself on stderr."""
        self.end_progress()
        sys.stderr.write(f"accord: {visible(text)}\n")

    def fail(self, error: AccordError) -> None:
        """Tell an error on stderr, and as JSON on stdout where a machine reads."""
        is_own = isinstance(error, ConfigError) and error.what == "the configuration"
        where = f"in {self.folder}: " if is_own and self.folder != Path() else ""
        self.warn(self.typed(f"{where}{error}"))
        more = {"faults": [each._asdict() for each in error.faults]} if isinstance(error, ConfigError) else {}
        self.tell_machine(error.code, error.message, error.remedy, **more)

    def tell_machine(self, code: str, message: str, remedy: str, **more: Any) -> None:
        """An error as JSON on stdout, where a machine reads."""
        if self.json:
            with suppress(OSError):  # stdout may be what failed
                self.data({"error": {"code": code, "message": message, "remedy": remedy, **more}})

    def progress(self) -> Callable[[str, int], None]:
        """A progress line on stderr that is written over; nothing where nobody looks."""
        if self.quiet or self.json or self.verbose or not sys.stderr.isatty():
            return lambda _what, _count: None

        def tell(what: str, count: int) -> None:
            now_s = time.monotonic()
            if now_s - self._told_s >= _EVERY_S:
                self._told_s = now_s
                sys.stderr.write(f"\r\x1b[K{what}: {count:,}")
                sys.stderr.flush()

        return tell

    def end_progress(self) -> None:
        """Take the progress line away."""
        if self._told_s and sys.stderr.isatty():
            self._told_s = 0.0
            sys.stderr.write("\r\x1b[K")

    def log_requests(self) -> None:
        """Begin to log requests as `--log` and `--verbose` say: system, method, template, status, time, ids (P2)."""
        if self.verbose:
            self._handlers.append(logging.StreamHandler())
        if self.log is not None:
            self._handlers.append(logging.FileHandler(self.log, encoding="utf-8"))
        form = logging.Formatter("%(asctime)s.%(msecs)03dZ %(message)s", "%Y-%m-%dT%H:%M:%S")
        form.converter = time.gmtime
        logger = logging.getLogger("accord")
        for handler in self._handlers:
            handler.setFormatter(form)
            logger.addHandler(handler)
            logger.setLevel(logging.DEBUG)

    def close(self) -> None:
        """Let go of logs."""
        for handler in self._handlers:
            logging.getLogger("accord").removeHandler(handler)
            handler.close()


pass_session = click.make_pass_decorator(Session)
