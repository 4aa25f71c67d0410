"""A command imports what it needs, not what other commands need: all of them together take most of a second."""

import subprocess
import sys
from pathlib import Path

import pytest

from accord.cli.commands import COMMANDS, load
from tests.e2e.shop import run_here

EXAMPLE = Path(__file__).parents[3] / "examples" / "crmoffice-customerp"
SLOW = ("aiohttp", "accord.sandbox", "accord.dataflow", "apprise", "cryptography", "keyring")
MODULES = """
import sys
from accord.cli import main
try:
    main(sys.argv[1:])
except SystemExit as ended:
    assert not ended.code, ended
print("MODULES", *sys.modules)
"""


def imported(*args: str) -> set[str]:
    """Modules that the program with these arguments has imported at its end."""
    ended = subprocess.run(
        [sys.executable, "-c", MODULES, *args], capture_output=True, text=True, timeout=60, check=True
    )
    return set(ended.stdout.rpartition("MODULES")[2].split())


@pytest.mark.parametrize("args", [("--version",), ("--help",)], ids=" ".join)
def test_what_asks_for_no_command_imports_none(args: tuple[str, ...]) -> None:
    modules = imported(*args)
    assert not modules & {*SLOW, "accord.project", "accord.wiring", "asyncio"}
    assert not {name for name in modules if name.startswith("accord.cli.commands.")}


def test_check_imports_neither_http_nor_other_commands() -> None:
    modules = imported("-C", str(EXAMPLE), "check")
    assert "accord.project" in modules
    assert not modules & set(SLOW)


def test_help_lists_every_command() -> None:
    listed = run_here("--help").out.partition("Commands:")[2]
    for name, place in COMMANDS.items():
        assert f"\n  {name} " in listed
        assert f" {place.short_help}\n" in listed
        assert (load(name).name, load(name).short_help) == (name, place.short_help)
    modules = {
        path.stem for path in (Path(__file__).parents[3] / "src/accord/cli/commands").glob("[a-z]*.py")
    }
    assert modules - {place.module for place in COMMANDS.values()} == {"writing"}
