"""The demonstration, small: it shows what it promises, and fails loudly when something of it is not so."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.e2e.shop import call

SMALL = ("--persons", "200", "--seed", "41")
"""A small world that has it all: doubled persons on both sides, a pair missed and created, one missed and proposed."""


def command(folder: Path, *shared: str) -> list[str]:
    return [sys.executable, "-m", "accord", *shared, "demo", *SMALL, "--folder", str(folder)]


def test_the_demo_keeps_what_it_promises(tmp_path: Path) -> None:
    ran = subprocess.run(command(tmp_path / "new", "--json"), capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
    told = json.loads(ran.stdout)
    _killed_it_makes_nothing_twice(told)
    _who_is_the_same_is_linked_and_who_is_doubled_is_in_review(told)
    _a_change_costs_a_write_and_idleness_none(told)
    _its_document_is_so(told)


def _killed_it_makes_nothing_twice(told: dict[str, Any]) -> None:
    assert len(told["kills"]) == 3
    assert told["repeated"] == []
    assert sum(told["created"].values()) > 40
    # One on each side of the pair that was missed and not proposed.
    assert told["created_although_there"] == 2


def _who_is_the_same_is_linked_and_who_is_doubled_is_in_review(told: dict[str, Any]) -> None:
    assert told["precision"] >= 0.999
    assert told["recall"] >= 0.99
    assert len(told["missed_created"]) == len(told["missed_proposed"]) == 1
    assert told["missed"] == 2
    assert told["pairs_equal"] > 180
    assert told["doubled"] == told["doubled_in_review"] == 8
    assert (told["doubled_linked"], told["doubled_created"]) == (0, [])


def _a_change_costs_a_write_and_idleness_none(told: dict[str, Any]) -> None:
    assert [(it["changes"], it["writes"]) for it in told["changes"]] == [(2, 2), (2, 2), (2, 1), (1, 1)]
    assert told["idle_writes"] == 0
    assert told["idle_reads"] <= 12


def _its_document_is_so(told: dict[str, Any]) -> None:
    assert told["qa_rows"] == told["qa_passed"] + told["qa_not_checked"]
    assert told["qa_passed"] > 60


def test_the_demo_fails_loudly_when_a_system_drops_what_is_written(tmp_path: Path) -> None:
    with subprocess.Popen(
        command(tmp_path / "demo"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as it:
        assert it.stdout is not None
        for line in it.stdout:
            if found := re.search(r"customerp at (http://[^/]+)/", line):
                url = found[1]
            if line.startswith("3. "):
                call("PATCH", f"{url}/_sandbox/quirks", {"add": ["contact.ignores=lastName"]})
        _, err = it.communicate()
    assert it.returncode == 1
    assert "not so: no write was refused" in err


def test_the_demo_takes_no_folder_that_holds_files_of_others(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("mine", encoding="utf-8")
    done = subprocess.run(command(tmp_path), capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "holds files of others" in done.stderr
    assert (tmp_path / "letter.txt").read_text(encoding="utf-8") == "mine"
