"""`accord connect new NAME`: what it writes is installed and passes its tests as it stands."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.shop import run_here

PIP = ("--no-deps", "--no-build-isolation", "--no-warn-script-location", "-q")


def test_what_it_writes_passes_its_tests_at_once(tmp_path: Path) -> None:
    told = run_here("-C", str(tmp_path), "connect", "new", "tool_shed")
    assert told.code == 0, told.err
    package = tmp_path / "tool_shed"
    assert f"Wrote {package / 'accord_tool_shed' / 'system.py'}." in told.out
    assert "Next: cd tool_shed && pip install -e '.[test]' && python -m pytest" in told.out

    def python(*words: str) -> str:
        site = os.pathsep.join([str(tmp_path / "site"), os.environ.get("PYTHONPATH", "")])
        done = subprocess.run(
            [sys.executable, *words],
            cwd=package,
            env={**os.environ, "PYTHONPATH": site},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    python("-m", "pip", "install", "--target", str(tmp_path / "site"), *PIP, ".")
    assert " passed" in python("-m", "pytest", "-q", "-p", "no:cacheprovider")
    (tmp_path / "accord.yaml").write_text(
        "version: 1\nname: tools\nsystems:\n  shed: {connector: ./tool_shed/tool_shed.yaml}\n"
        "  crm: {connector: crmoffice}\npairs:\n  - from: crm.Contacts\n    to: shed.Person\n"
        "    match: [[[email, email]]]\n    rows: [[email, email], [familyName, name]]\n",
        encoding="utf-8",
    )
    assert "tools: no fault" in python("-m", "accord", "-C", str(tmp_path), "check")


def test_it_writes_over_nothing(tmp_path: Path) -> None:
    assert run_here("-C", str(tmp_path), "connect", "new", "shed").code == 0
    told = run_here("-C", str(tmp_path), "connect", "new", "shed")
    assert told.code == 1
    assert "is there already, and is not written over" in told.err
    other = run_here("-C", str(tmp_path), "connect", "new", "shed", "--out", str(tmp_path / "elsewhere"))
    assert other.code == 0, other.err
    assert (tmp_path / "elsewhere" / "shed" / "pyproject.toml").exists()


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("Tool-Shed", "is no name for a kind of system. Take small letters"),
        ("rest", "is a kind that is installed"),
    ],
)
def test_a_name_that_does_not_do_is_refused(name: str, why: str, tmp_path: Path) -> None:
    told = run_here("-C", str(tmp_path), "connect", "new", name)
    assert told.code == 1
    assert why in told.err
