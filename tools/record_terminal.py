"""Runs the demonstration and puts what it printed, shortened, between the markers of README.md.

Nothing in between is typed by hand: of some steps only the title is kept, of long lists the beginning.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
MARKS = re.compile(r"(<!-- recorded-terminal:begin.*?-->\n).*?(<!-- recorded-terminal:end -->)", re.DOTALL)
STEP = re.compile(r"(\d+)\. ")
PAIR = re.compile(r" {7}rec-")
WHOLE = frozenset({1, 2, 3, 7, 9, 10, 11})
"""Steps that are kept whole; of the others the title is."""
PAIRS = 2
WIDTH = 128


def recorded(args: list[str]) -> list[str]:
    """What `accord demo` prints. Raises CalledProcessError when it fails."""
    command = [f"{os.path.relpath(Path(sys.executable).parent, ROOT)}/accord", "demo", *args]
    print("running", *command, "...")
    done = subprocess.run(command, cwd=ROOT, check=True, text=True, capture_output=True)  # noqa: S603  # our own program
    return done.stdout.strip("\n").splitlines()


def shortened(lines: list[str]) -> Iterator[str]:
    """The lines to show; … stands where some were left out."""
    whole, pairs = True, 0
    for line in lines:
        if step := STEP.match(line):
            whole = int(step[1]) in WHOLE
            yield line
            if not whole:
                yield "   …"
            continue
        if not line.startswith(" "):
            whole = whole or bool(line)
        pairs = pairs + 1 if PAIR.match(line) else 0
        if pairs > PAIRS + 1 or not (whole or not line):
            continue
        yield "       …" if pairs == PAIRS + 1 else _cut(line)


def _cut(line: str) -> str:
    return line if len(line) <= WIDTH else f"{line[: WIDTH - 2]} …"


def main() -> int:
    """Exit code: 0 when the README holds a new recording."""
    text = README.read_text(encoding="utf-8")
    shown = "\n".join(["$ make demo", *shortened(recorded(sys.argv[1:]))])
    fresh, count = MARKS.subn(lambda marks: f"{marks[1]}```text\n{shown}\n```\n{marks[2]}", text)
    if count != 1:
        print("README.md: the markers of the recorded terminal are missing")
        return 1
    README.write_text(fresh, encoding="utf-8")
    print(f"README.md holds a new recording of {len(shown.splitlines())} lines.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
