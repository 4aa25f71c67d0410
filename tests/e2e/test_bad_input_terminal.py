"""Terminals that are narrow, gone, full or of another encoding: no traceback, and nothing is lost of what is shown."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
import yaml

from tests.e2e.shop import PAIRS, manifest, run_here

COMMANDS = [("status",), ("--json", "status"), ("check",), ("schema",), ("document",), ("--help",)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose systems never answered."""
    made: Path = tmp_path_factory.mktemp("shop")
    for name in ("crm", "erp"):
        (made / f"{name}.yaml").write_text(yaml.safe_dump(manifest(name)), encoding="utf-8")
    head = (
        "version: 1\nname: shop\nsystems:\n  crm: {connector: ./crm.yaml}\n  erp: {connector: ./erp.yaml}\n"
    )
    (made / "accord.yaml").write_text(head + PAIRS, encoding="utf-8")
    assert run_here("-C", str(made), "sync").code == 5
    return made


def shell(
    folder: Path, line: str, args: Sequence[str], **environment: str
) -> subprocess.CompletedProcess[str]:
    """How a line of the shell ended, in which $ACCORD is the program with these arguments."""
    told = {**os.environ, **environment, "ACCORD": f"{sys.executable} -m accord {' '.join(args)}"}
    return subprocess.run(
        ["bash", "-c", f"set -o pipefail; {line}"],
        cwd=folder,
        env=told,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("args", COMMANDS, ids=" ".join)
def test_a_reader_that_stops_reading(folder: Path, args: Sequence[str]) -> None:
    ended = shell(folder, "$ACCORD | head -c 1", args)
    assert ended.stderr == ""
    assert len(ended.stdout) == 1


@pytest.mark.parametrize("args", COMMANDS, ids=" ".join)
def test_an_output_that_is_full(folder: Path, args: Sequence[str]) -> None:
    ended = shell(folder, "$ACCORD > /dev/full", args)
    assert ended.returncode == 1
    assert ended.stderr == "accord: No space left on device. Name another place, or make room.\n"


def test_outputs_that_are_closed(folder: Path) -> None:
    ended = shell(folder, "$ACCORD >&-", ["check"])
    assert (ended.returncode, ended.stderr) == (0, "")
    assert shell(folder, "$ACCORD >&- 2>&-", ["check"]).returncode == 0
    assert shell(folder / "..", "$ACCORD >&- 2>&-", ["check"]).returncode == 3


def test_an_encoding_that_knows_no_lines(folder: Path) -> None:
    plain = {"LC_ALL": "C", "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    ended = shell(folder, "$ACCORD", ["status"], **plain)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "crm.Company" in ended.stdout


def test_a_narrow_terminal_squeezes_no_column(folder: Path) -> None:
    spawn = "import pty, sys; pty.spawn(sys.argv[1:])"
    ended = shell(folder, f"{sys.executable} -c '{spawn}' env COLUMNS=30 $ACCORD < /dev/null", ["status"])
    assert "crm.Company" in ended.stdout
    assert "linked" in ended.stdout


def test_columns_that_are_0_are_left_out(folder: Path) -> None:
    shown = run_here("-C", str(folder), "status").out
    assert "linked" in shown
    assert "held" not in shown
