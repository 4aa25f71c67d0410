"""What every command is given: where the project is, how to show things, and how to end."""

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click
import msgspec
from rich.console import Console

from accord.project import Project, load_project

__all__ = ["Session", "pass_session"]


@dataclass(kw_only=True)
class Session:
    """One call of the program. `data` prints JSON to stdout; everything for people goes through `out` and `err`."""

    folder: Path
    json: bool = False
    quiet: bool = False
    out: Console = field(default_factory=lambda: Console(highlight=False, soft_wrap=True))
    err: Console = field(default_factory=lambda: Console(stderr=True, highlight=False, soft_wrap=True))

    def project(self) -> Project:
        """The project of the call. Raises ConfigError with all its faults."""
        return load_project(self.folder)

    def data(self, value: Any) -> None:
        """Print a value as JSON for machines."""
        sys.stdout.write(msgspec.json.format(msgspec.json.encode(value), indent=2).decode() + "\n")

    def say(self, text: str = "") -> None:
        """Print a line for people, unless a machine reads."""
        if not self.json and not self.quiet:
            self.out.print(text, markup=False)

    def progress(self) -> Callable[[str, int], None]:
        """A progress line on stderr that is written over; nothing where nobody looks."""
        if self.quiet or self.json or not sys.stderr.isatty():
            return lambda _what, _count: None

        def tell(what: str, count: int) -> None:
            sys.stderr.write(f"\r\x1b[K{what}: {count:,}")
            sys.stderr.flush()

        return tell

    def end_progress(self) -> None:
        """Take the progress line away."""
        if not self.quiet and not self.json and sys.stderr.isatty():
            sys.stderr.write("\r\x1b[K")


pass_session = click.make_pass_decorator(Session)
