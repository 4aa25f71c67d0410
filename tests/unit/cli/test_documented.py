"""Every command, exit code and error code has its place in the reference; every help text has an example."""

import re
from pathlib import Path

import pytest

from accord.cli import exits
from accord.cli.commands import COMMANDS, load
from accord.core.errors import AccordError
from accord.core.standing import STATES

REFERENCE = Path(__file__).parents[3] / "docs" / "reference"
OTHERS = {"sandbox", "demo"}
"""These have pages of their own."""


@pytest.mark.parametrize("command", list(map(load, COMMANDS)), ids=lambda command: command.name)
def test_a_command_has_its_section_with_its_options(command) -> None:
    text = (REFERENCE / "cli.md").read_text("utf-8")
    assert f"\n## accord {command.name}" in text
    if command.name in OTHERS:
        return
    section = text.partition(f"\n## accord {command.name}")[2].partition("\n## ")[0]
    for option in command.params:
        long = next((name for name in option.opts if name.startswith("--")), "")
        if long and not (option.name or "").startswith("shared_"):
            assert long in section, f"{long} of {command.name} is not told"


@pytest.mark.parametrize("command", list(map(load, COMMANDS)), ids=lambda command: command.name)
def test_help_is_worth_reading(command) -> None:
    assert command.help
    if command.name not in OTHERS:
        assert f"    accord {command.name}" in command.help


def test_a_hint_names_the_folder_of_the_call() -> None:
    """A command that is printed by `say` would lack `-C DIR`; `hint` prints it so that it works when it is typed."""
    named = re.compile(rf"\.say\([^)]*?\baccord ({'|'.join(COMMANDS)})\b")
    for file in Path(exits.__file__).parent.rglob("*.py"):
        assert not named.findall(file.read_text("utf-8")), file


def test_every_state_is_told() -> None:
    text = (REFERENCE / "states.md").read_text("utf-8")
    assert re.findall(r"^\| (\w[a-z ]*) \|", text.partition("## Other")[0], re.MULTILINE)[1:] == list(STATES)


def test_every_exit_code_is_told() -> None:
    text = (REFERENCE / "exit-codes.md").read_text("utf-8")
    told = {int(code) for code in re.findall(r"^\| (\d+) \|", text, re.MULTILINE)}
    assert told == {getattr(exits, name) for name in exits.__all__}


def test_every_error_code_is_told() -> None:
    text = (REFERENCE / "errors.md").read_text("utf-8")
    for error in (AccordError, *_below(AccordError)):
        assert f"`{error.code}`" in text


def _below(error: type[AccordError]) -> list[type[AccordError]]:
    return [each for child in error.__subclasses__() for each in (child, *_below(child))]
