"""Runs the commands of a page and compares what they print with what the page shows.

A `console` block holds commands ("$ …", with "> …" after a backslash, or a here-document up to END) and what they
print. Of each command the lines shown have to come in this order; others may come between them. "…" stands for
anything; times differ.
"""

import os
import re
import shlex
import socket
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

__all__ = ["Command", "commands", "play"]

_BLOCK = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)
_ELSEWHERE = ("make ",)
"""What a page may ask for that is done already where tests run."""
_PORTS = ("8801", "8802")
_TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")
_MARK = "@@@ "
_CURL = """\
import sys
from urllib.request import Request, urlopen

args = sys.argv[1:]
body = args.pop(args.index("-d") + 1).encode() if "-d" in args else None
method = args.pop(args.index("-X") + 1) if "-X" in args else ("POST" if body else "GET")
url = next(arg for arg in args if arg.startswith("http"))
with urlopen(Request(url, body, method=method), timeout=10) as answer:
    print(answer.read().decode())
"""


class Command(NamedTuple):
    """A command of a page, and the lines that it is shown to print."""

    text: str
    shown: list[str]


def commands(page: Path) -> list[Command]:
    """The commands of a page, in order, but for those that prepare the checkout."""
    found: list[Command] = []
    for block in _BLOCK.findall(page.read_text(encoding="utf-8")):
        inside = False
        for line in block.splitlines():
            if inside:
                found[-1] = Command(f"{found[-1].text}\n{line}", [])
                inside = line != "END"
            elif line.startswith("> ") and found[-1].text.endswith("\\"):
                found[-1] = Command(f"{found[-1].text}\n{line[2:]}", [])
            elif line.startswith("$ "):
                found.append(Command(line[2:], []))
                inside = line.endswith("<<'END'")
            else:
                found[-1].shown.append(line)
    return [it for it in found if not it.text.startswith(_ELSEWHERE)]


def play(page: Path, folder: Path) -> None:
    """Run all of a page's commands in one shell that stands in a folder; AssertionError where it is not as shown."""
    told = commands(page)
    ports = {port: str(_free_port()) for port in _PORTS}
    for file in folder.rglob("*.yaml"):
        file.write_text(_ported(file.read_text(encoding="utf-8"), ports), encoding="utf-8")
    script = "\n".join(f"echo; echo '{_MARK}{n}'\n{_ported(_runs(it), ports)}" for n, it in enumerate(told))
    done = subprocess.run(
        ["bash"],
        input=f"set -e; trap 'kill $(jobs -p) 2>/dev/null; wait' EXIT\n{script}\necho; echo '{_MARK}end'\n",
        cwd=folder,
        env={
            **os.environ,
            "PATH": f"{_programs(folder)}:{os.environ['PATH']}",
            "PYTHONPATH": os.pathsep.join([str(_installed(folder)), os.environ.get("PYTHONPATH", "")]),
            "NO_COLOR": "1",
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    parts = re.split(rf"^{_MARK}(?:\d+|end)$", done.stdout, flags=re.MULTILINE)[1:]
    assert len(parts) == len(told) + 1, f"$ {told[len(parts) - 1].text}\nfails:\n{parts[-1]}\n{done.stderr}"
    for it, out in zip(told, parts, strict=False):
        _compare(it, out.splitlines(), {new: old for old, new in ports.items()}, done.stderr)


def _runs(command: Command) -> str:
    """The command, and where it is a sandbox left running: wait until that answers."""
    text = command.text
    if "accord sandbox" not in text:
        return text
    port = shlex.split(text)[shlex.split(text).index("--port") + 1]
    text = text if text.endswith("&") else f"{text} &"
    return f"{text}\nuntil curl http://127.0.0.1:{port}/_sandbox/health >/dev/null 2>&1; do sleep 0.1; done; sleep 0.2"


def _compare(command: Command, out: list[str], ports: dict[str, str], err: str) -> None:
    rest = iter(_TIME.sub("TIME", _ported(line, ports)).rstrip() for line in out)
    for line in command.shown:
        wanted = ".*".join(re.escape(part) for part in _TIME.sub("TIME", line).rstrip().split("…"))
        assert any(re.fullmatch(wanted, seen) for seen in rest), (
            f"$ {command.text}\ndoes not print (here): {line}\nbut:\n" + "\n".join(out) + f"\n{err}"
        )


def _ported(text: str, ports: dict[str, str]) -> str:
    for old, new in ports.items():
        text = text.replace(old, new)
    return text


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _programs(folder: Path) -> Path:
    """A folder with `accord`, `python`, `pip` and `curl`, also where a page expects the first two: in `.venv/bin`. What
    is installed goes beside the page's files, and what it needs is there already."""
    programs = folder / ".venv" / "bin"
    programs.mkdir(parents=True)
    python = shlex.quote(sys.executable)
    (programs / "curl.py").write_text(_CURL, encoding="utf-8")
    for name, args, more in _shims(programs, folder):
        (programs / name).write_text(f'#!/bin/sh\nexec {python} {args} "$@" {more}\n', encoding="utf-8")
        (programs / name).chmod(0o755)
    return programs


def _shims(programs: Path, folder: Path) -> Iterable[tuple[str, str, str]]:
    here = f"--no-deps --no-build-isolation --no-warn-script-location --target {shlex.quote(str(_installed(folder)))}"
    return (
        ("accord", "-m accord", ""),
        ("python", "", ""),
        ("pip", "-m pip", here),
        ("curl", shlex.quote(str(programs / "curl.py")), ""),
    )


def _installed(folder: Path) -> Path:
    return folder / ".venv" / "site"
