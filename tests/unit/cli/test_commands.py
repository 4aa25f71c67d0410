"""Commands that need no system, called in this process."""

import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from accord.cli.commands.status import _show
from accord.cli.context import Session
from accord.cli.times import ago, clock, shown
from accord.core.values import MISSING
from accord.project import load_project
from accord.runtime.books.status import Status
from tests.e2e.shop import run_here

SEED_PAIR = """\
Crmoffice to Customerp Dataflow
===============================

Crmoffice Contacts to Customerp Contact
---------------------------------------
Every Crmoffice Contacts will be synchronized with a Customerp Contact.

The following properties are synchronized between a Crmoffice Contacts and a Customerp Contact:

.. list-table::
   :header-rows: 1

   * - Crmoffice Contacts Property
     - Customerp Contact Property
     - Customerp Data Type
"""


def test_init_makes_a_project_that_check_accepts(tmp_path: Path) -> None:
    place = tmp_path / "new shop"
    assert run_here("init", str(place)).code == 0
    checked = run_here("check", "-C", str(place), "--json")
    assert checked.code == 0
    assert checked.data["project"] == "new-shop"
    again = run_here("init", str(place))
    assert again.code == 1
    assert "exists already" in again.err


def test_init_writes_rows_of_equal_names(tmp_path: Path) -> None:
    args = ("--system", "crm=crmoffice", "--system", "erp=customerp@http://127.0.0.1:8002/api/v1")
    made = run_here(
        "init", str(tmp_path), *args, "--pair", "crm.Contacts=erp.Contact", "--name", "shop", "--json"
    )
    assert made.data == {"created": [str(tmp_path / "accord.yaml")]}
    (pair,) = load_project(tmp_path).config.pairs
    assert [(row.source.path, row.target.path) for row in pair.rows] == [("email", "email")]
    assert "# not mapped yet, of erp.Contact: number, firstName" in (tmp_path / "accord.yaml").read_text(
        "utf-8"
    )


@pytest.mark.parametrize(
    ("args", "code", "says"),
    [
        (("--pair", "crm.Contact=erp.Contact"), 1, "Did you mean `crm.Contacts`?"),
        (("--pair", "crmm.Contacts=erp.Contact"), 1, "Did you mean `crm`?"),
        (("--pair", "Contacts"), 2, "write SYSTEM.TYPE=SYSTEM.TYPE"),
        (("--system", "crm"), 2, "write NAME=CONNECTOR"),
        (("--system", "crm=crmofice"), 1, "Did you mean `crmoffice`?"),
    ],
)
def test_init_says_what_is_wrong(tmp_path: Path, args: tuple[str, ...], code: int, says: str) -> None:
    result = run_here("init", str(tmp_path), *args)
    assert (result.code, says in result.err) == (code, True)
    assert not (tmp_path / "accord.yaml").exists()


def test_import_takes_folders_and_check_names_empty_tables_pair_by_pair(tmp_path: Path) -> None:
    folder = tmp_path / "flows"
    folder.mkdir()
    (folder / "one.rst").write_text(SEED_PAIR)
    (tmp_path / "two.rst").write_text(
        SEED_PAIR.replace("Contacts", "Companies")
        .replace("Contact\n", "Product\n")
        .replace(" Contact ", " Product ")
        .replace("Customerp Contact", "Customerp Product")
        .replace("-" * 39, "-" * 60)
    )
    place = tmp_path / "made"
    made = run_here("import", str(folder), str(tmp_path / "two.rst"), "--into", str(place), "--name", "both")
    assert made.code == 0, made.err
    assert "2 documents" in made.out
    notes = run_here("check", "-C", str(place)).out
    assert "The property table of crmoffice.Contacts - customerp.Contact is empty" in notes
    assert "The property table of crmoffice.Companies - customerp.Product is empty" in notes


@pytest.mark.parametrize(
    ("kind", "knows"), [((), "guards"), (("project",), "pairs"), (("manifest",), "base_url")]
)
def test_schema(tmp_path: Path, kind: tuple[str, ...], knows: str) -> None:
    printed = run_here("schema", *kind)
    assert printed.code == 0
    assert knows in printed.data["properties"]
    file = tmp_path / "schema.json"
    assert run_here("schema", *kind, "--out", str(file)).code == 0
    assert json.loads(file.read_text("utf-8")) == printed.data


def test_wrong_usage_ends_with_2() -> None:
    for args in (("plam",), ("sync", "--every", "0"), ("schema", "nothing"), ("explain",)):
        result = run_here(*args)
        assert result.code == 2
        assert "Traceback" not in result.err


def test_an_error_for_machines(tmp_path: Path) -> None:
    run_here("init", str(tmp_path))
    told = run_here("status", "--json", "-C", str(tmp_path)).data["error"]
    assert told["code"] == "stop-flow"
    assert told["remedy"].startswith("Run `accord sync` first")


def test_wrong_usage_is_told_to_machines() -> None:
    for args in (
        ("--json", "explain"),
        ("--json", "plam"),
        ("undo", "--json"),
        ("sync", "--json", "--every", "0"),
    ):
        result = run_here(*args)
        assert result.code == 2
        assert result.data["error"]["code"] == "usage"
        assert result.data["error"]["message"]


def test_a_command_that_is_named_works_where_it_is_typed(tmp_path: Path) -> None:
    place = tmp_path / "my shop"
    run_here("init", str(place))
    told = run_here("status", "-C", str(place))
    assert f"Run `accord -C '{place}' sync` first" in told.err
    assert f"accord -C '{place}' check --assumed" in run_here("check", "-C", str(place)).out


def test_s11_what_is_no_backup_is_named_by_its_own_name(tmp_path: Path) -> None:
    run_here("init", str(tmp_path))
    (tmp_path / "people.csv").write_text("id,name\n" * 100, encoding="utf-8")
    told = run_here("restore", str(tmp_path / "people.csv"), "-C", str(tmp_path))
    assert (told.code, "people.csv: the file is no SQLite database" in told.err) == (1, True)
    assert "state.db-restoring" not in told.err


def test_times_and_values_as_people_read_them() -> None:
    assert clock(0) == clock(None) == ago(None) == "never"
    assert clock(1_750_000_000_000_000) == "2025-06-15 15:06:40"
    assert [ago(1, now_us=1 + s * 1_000_000) for s in (0, 5, 300, 7200, 200_000)] == [
        "now", "5 s ago", "5 min ago", "2 h ago", "2 d ago",
    ]  # fmt: skip
    assert [shown(None), shown(MISSING), shown("a"), shown(True)] == ["-", "(not known)", "a", "true"]
    assert shown([1, "æ", {"a": None}]) == '[1, "æ", {"a": null}]'
    assert shown("a\nb\x1b[2J") == r'"a\nb\u001b[2J"'  # on one line, and no orders to the terminal
    assert len(shown("x" * 100)) == 60


def test_import_makes_nothing_of_what_is_no_dataflow_document(tmp_path: Path) -> None:
    (tmp_path / "notes.rst").write_text("Notes\n=====\nBuy milk.\n", encoding="utf-8")
    made = run_here("import", str(tmp_path / "notes.rst"), "--into", str(tmp_path / "shop"))
    assert made.code == 1
    assert "no pair of entity types is described in" in made.err
    assert not (tmp_path / "shop").exists()


@pytest.mark.parametrize(
    ("args", "code", "says"),
    [
        (
            ("sandbox", "crmofice"),
            1,
            "no system crmofice, and no file of that name. Name a manifest file, or one of crm",
        ),
        (("sandbox", "crmoffice", "--token-s", "-1"), 2, "-1.0 is not in the range"),
        (("sandbox", "crmoffice", "--hang-s", "inf"), 2, "inf is no number of seconds"),
        (("sync", "--every", "nan"), 2, "give a number of seconds"),
    ],
)
def test_what_can_not_be_meant_is_told(args: tuple[str, ...], code: int, says: str) -> None:
    ended = run_here(*args)
    assert ended.code == code
    assert says in ended.err


def test_an_interruption_is_told_as_json_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert run_here("init", str(tmp_path / "shop")).code == 0

    def interrupted(*_args: object, **_more: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("accord.cli.context.Session.project", interrupted)
    ended = run_here("check", "-C", str(tmp_path / "shop"), "--json")
    assert (ended.code, ended.data["error"]["code"]) == (130, "interrupted")


def test_g4_only_the_newest_run_without_an_end_may_be_under_way() -> None:
    out = io.StringIO()
    runs = [{"run": n, "kind": "sync", "began_us": n, "ended_us": None} for n in (2, 1)]
    told = Status(project="shop", confirmed=True, runs=runs)
    _show(Session(commands=("status",), out=Console(file=out, width=200)), told)
    newest, older = out.getvalue().splitlines()[-2:]
    assert newest.startswith("run 2: ")
    assert newest.endswith(", under way, or cut off")
    assert older.endswith(", did not end")


def test_what_ends_a_stream_of_json_lines_is_a_line_too(capsys: pytest.CaptureFixture[str]) -> None:
    session = Session(commands=("sync",), json=True)
    session.data({"run": 1}, line=True)
    session.tell_machine("interrupted", "interrupted", "Run it again.")
    assert [sorted(json.loads(line)) for line in capsys.readouterr().out.splitlines()] == [["run"], ["error"]]
