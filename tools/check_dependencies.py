"""Every direct dependency is locked with hashes and explained in ADR 0005; the lock names no host and no path.

Needs the standard library alone, so that `make lock` can run it before anything is installed.
"""

import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ADR = ROOT / "docs/adr/0005-dependencies.md"
NAME = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]*")
PIN = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^]]*\])?==\S+", re.MULTILINE)
PLACE = re.compile(
    r"://|^\s*-{1,2}(?:i|e|f|index-url|extra-index-url|find-links|trusted-host)\b|(?:^|\s|@)/\w"
)


def canonical(name: str) -> str:
    """A distribution's name in the one form that registries compare by (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def direct() -> set[str]:
    """Canonical names that pyproject.toml asks for: at run time, by extra, and by group."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    asked = [
        *project["project"]["dependencies"],
        *(line for extra in project["project"]["optional-dependencies"].values() for line in extra),
        *(line for group in project["dependency-groups"].values() for line in group if isinstance(line, str)),
    ]
    return {canonical(found.group()) for line in asked if (found := NAME.match(line))}


def lock_faults(lock: str, asked: set[str]) -> list[str]:
    """What is wrong with the text of requirements.lock, given the names that must be in it."""
    locked = {canonical(name) for name in PIN.findall(lock)}
    faults = [f"requirements.lock: {name} is missing. Run: make lock" for name in sorted(asked - locked)]
    for number, line in enumerate(lock.splitlines(), 1):
        if PLACE.search(line):
            faults.append(f"requirements.lock:{number}: names a registry, a host or a path. Run: make lock")
    for block in re.split(r"\n(?=\S)", lock):
        if (pin := PIN.match(block)) and "--hash=sha256:" not in block:
            faults.append(f"requirements.lock: {pin.group(1)} has no hash. Run: make lock")
    return faults


def adr_faults(adr: str, asked: set[str]) -> list[str]:
    """Dependencies without a row in the tables of ADR 0005, and rows without a dependency."""
    rows = {canonical(name) for name in re.findall(r"^\| `([A-Za-z0-9._-]+)` \|", adr, re.MULTILINE)}
    place = ADR.relative_to(ROOT)
    return [
        *(f"{place}: {name} has no row: licence, purpose, liveness" for name in sorted(asked - rows)),
        *(f"{place}: {name} has a row but is no direct dependency" for name in sorted(rows - asked)),
    ]


def main() -> int:
    """Exit code: 1 when lock, ADR and pyproject.toml disagree."""
    asked = direct()
    faults = lock_faults((ROOT / "requirements.lock").read_text(encoding="utf-8"), asked)
    faults += adr_faults(ADR.read_text(encoding="utf-8"), asked)
    print(
        "\n".join(faults) if faults else f"Dependencies: {len(asked)} direct ones, all locked and explained."
    )
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
