"""The real program and the sandboxes, as processes of their own."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Timer
from typing import Final, NamedTuple

import accord
from accord.core.errors import AccordError
from accord.demo.systems import SECRETS

__all__ = ["Done", "Kill", "Program", "SandboxProcess", "from_here"]

_START_S: Final = 120
_RUN_S: Final = 900


class Done(NamedTuple):
    """How a call of the program ended. `code` -9: it was killed."""

    code: int
    out: str
    seconds: float


class Program:
    """`accord` on one project."""

    def __init__(self, project: Path) -> None:
        self.project = project
        self._base = [sys.executable, "-m", "accord", "-C", str(project)]
        self._environment = {**os.environ, **SECRETS, "COLUMNS": "110", "NO_COLOR": "1"}

    @property
    def shown(self) -> str:
        """How a person who stands here calls it on this project."""
        return f"{_called()} -C {from_here(self.project)}"

    def run(self, *args: str, kill: "Kill | None" = None) -> Done:
        """Call it, and wait for its end; with `kill`, kill -9 as soon as that says so.

        What it says on stderr follows what it says on stdout.
        """
        began = time.monotonic()
        process = subprocess.Popen(  # noqa: S603  # our own program
            [*self._base, *args],
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            if kill is not None:
                kill(process)
            out, _ = process.communicate(timeout=_RUN_S)
        except subprocess.TimeoutExpired:
            raise AccordError(f"accord {' '.join(args)} did not end within {_RUN_S} s") from None
        finally:
            process.kill()
            process.wait()
        return Done(process.returncode, out, time.monotonic() - began)


def _called() -> str:
    """The program as it was called, if by its own name."""
    called = Path(sys.argv[0])
    known = called.name != "accord" or shutil.which("accord") == str(called.absolute())
    return "accord" if known else from_here(called.absolute())


def from_here(path: Path) -> str:
    """A path as a person who stands here types it."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


class Kill:
    """Kills a process once the systems have counted so many writes; `seen` is how many there were then."""

    def __init__(self, count: Callable[[], int], at: int, poll_s: float = 0.01) -> None:
        self.count, self.at, self.poll_s, self.seen = count, at, poll_s, 0

    def __call__(self, process: "subprocess.Popen[str]") -> None:
        while process.poll() is None:
            self.seen = self.count()
            if self.seen >= self.at:
                process.send_signal(signal.SIGKILL)
                return
            time.sleep(self.poll_s)


class SandboxProcess:
    """A sandbox on a free port of this machine, from its start until `stop`; `url` stands for the system's base URL."""

    def __init__(self, system: str, folder: Path, loads: Sequence[tuple[str, Path]]) -> None:
        manifest = Path(accord.__file__).parent / "connectors" / system / "manifest.yaml"
        args = [sys.executable, "-m", "accord.sandbox", str(manifest), "--file", str(folder / f"{system}.db")]
        for name, file in loads:
            args += ["--load", f"{name}={file}"]
        self.log = folder / f"{system}.log"
        with self.log.open("w", encoding="utf-8") as log:
            self._process = subprocess.Popen(  # noqa: S603  # our own program
                args, stdout=subprocess.PIPE, stderr=log, text=True
            )
        self.url = self._url(system)

    def _url(self, system: str) -> str:
        """The URL at the end of the line that it prints once it answers."""
        late = Timer(_START_S, self._process.kill)
        late.start()
        line = self._process.stdout.readline() if self._process.stdout else ""
        late.cancel()
        if not line:
            self.stop()
            raise AccordError(
                f"the sandbox {system} did not start", remedy=f"It said: {self.log.read_text()}"
            )
        return line.split()[-1]

    def stop(self) -> None:
        """End it in order, or else at once."""
        self._process.terminate()
        try:
            self._process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()
