"""A configuration that is wrong, as a new user writes it: place, what, remedy, exit code 3; nothing is called."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.e2e.shop import PAIRS, Result, manifest, run_here

HEAD = "version: 1\nname: shop\nsystems:\n  crm: {connector: ./crm.yaml}\n  erp: {connector: ./erp.yaml}\n"


class Folder:
    """A project's folder without any server."""

    def __init__(self, path: Path) -> None:
        self.path = path
        for name in ("crm", "erp"):
            self.manifest(name, manifest(name))

    def manifest(self, name: str, data: dict[str, Any]) -> None:
        (self.path / f"{name}.yaml").write_text(yaml.safe_dump(data), encoding="utf-8")

    def check(self, text: str | bytes) -> Result:
        raw = text if isinstance(text, bytes) else text.encode()
        (self.path / "accord.yaml").write_bytes(raw)
        return run_here("-C", str(self.path), "check")


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Folder]:
    yield Folder(tmp_path)
    assert not (tmp_path / ".accord").exists()  # nothing was begun


def wrong(result: Result, *words: str) -> None:
    """The call ended with faults, and says all of this."""
    assert result.code == 3
    assert result.out == ""
    assert "Traceback" not in result.err
    for each in words:
        assert each in result.err


def test_a_project_without_a_fault(folder: Folder) -> None:
    assert folder.check(HEAD + PAIRS).code == 0


def test_wrong_yaml(folder: Folder) -> None:
    wrong(
        folder.check(HEAD + "pairs:\n  - from: crm.Company\n   to: erp.Company\n"),
        "accord.yaml:8:",
        "is no YAML",
    )


def test_a_tab_in_yaml(folder: Folder) -> None:
    wrong(
        folder.check(HEAD + "pairs:\n\t- from: crm.Company\n"),
        "accord.yaml:7:",
        "Indent with blanks, not tabs.",
    )


def test_an_empty_file(folder: Folder) -> None:
    wrong(folder.check(""), "accord.yaml:1:", "Begin it with `version: 1`.")


def test_no_project_at_all(tmp_path: Path) -> None:
    result = run_here("-C", str(tmp_path / "nowhere"), "sync")
    assert result.code == 3
    assert f"in {tmp_path / 'nowhere'}:" in result.err
    assert "Run `accord -C" in result.err


def test_an_unknown_setting(folder: Folder) -> None:
    result = folder.check(HEAD + PAIRS.replace("    delete: propagate", "    deletes: propagate"))
    wrong(result, "accord.yaml:9:", "`deletes` is no setting here", "Did you mean `delete`?")


def test_an_unknown_property(folder: Folder) -> None:
    result = folder.check(HEAD + PAIRS.replace("[city, city]", "[city, citty]"))
    wrong(result, "accord.yaml:14:", "citty", "Did you mean `city`?")


def test_an_unknown_entity_type(folder: Folder) -> None:
    wrong(
        folder.check(HEAD + PAIRS.replace("erp.Person", "erp.Persons")),
        "no entity type `Persons`",
        "Did you mean `erp.Person`?",
    )


def test_a_type_that_clashes(folder: Folder) -> None:
    result = folder.check(HEAD + PAIRS.replace("[city, city]", "[city, size, date]"))
    wrong(
        result,
        "accord.yaml:14:",
        "is of type integer, which is no date",
        "Add a lens that converts, or change the type.",
    )


def test_m9_two_properties_written_to_one(folder: Folder) -> None:
    result = folder.check(
        HEAD + PAIRS.replace("      - [city, city]\n", "      - [city, city]\n      - [note, city]\n")
    )
    wrong(result, "accord.yaml:15:", "first_of: true", "(M9)")


def test_a_manifest_that_is_not_there(folder: Folder) -> None:
    result = folder.check(HEAD.replace("./erp.yaml", "./epr.yaml") + PAIRS)
    wrong(result, "accord.yaml:5:", "There is no manifest ./epr.yaml", "relative to this folder")


def test_a_connector_that_is_not_there(folder: Folder) -> None:
    wrong(
        folder.check(HEAD.replace("./crm.yaml", "crmofice") + PAIRS),
        "accord.yaml:4:",
        "Did you mean `crmoffice`?",
    )


def test_a_manifest_that_is_wrong(folder: Folder) -> None:
    data = manifest("erp")
    data["types"]["Company"]["properties"]["city"] = {"typ": "string"}
    del data["types"]["Person"]["update"]
    folder.manifest("erp", data)
    wrong(folder.check(HEAD + PAIRS), "erp.yaml:", "typ", "update", "2 faults")


def test_a_secret_in_clear(folder: Folder) -> None:
    data = manifest("erp")
    data["auth"] = {"kind": "api_key", "place": "header", "name": "X-Key", "key": "env:ERP_KEY"}
    folder.manifest("erp", data)
    written = HEAD.replace(
        "erp: {connector: ./erp.yaml}", "erp: {connector: ./erp.yaml, auth: {key: hunter2}}"
    )
    result = folder.check(written + PAIRS)
    wrong(result, "accord.yaml:5:", "The secret `key` is written in clear", "env:NAME")
    assert "hunter2" not in result.err


@pytest.mark.parametrize(
    "url", ["erp.local", "ftp://erp/", "http://erp:99999", "http://[::1", "http://erp/?v=1"]
)
def test_a_url_that_is_none(folder: Folder, url: str) -> None:
    wrong(
        folder.check(
            HEAD.replace("{connector: ./erp.yaml}", f"{{connector: ./erp.yaml, url: '{url}'}}") + PAIRS
        ),
        "systems.erp.url: ",
    )


def test_p2_a_password_in_a_url_is_refused_and_not_repeated(folder: Folder) -> None:
    written = HEAD.replace(
        "{connector: ./erp.yaml}", "{connector: ./erp.yaml, url: 'http://ann:hunter2@erp/'}"
    )
    result = folder.check(written + PAIRS)
    wrong(result, "systems.erp.url: holds a name or password. Write `auth` instead")
    assert "hunter2" not in result.err


@pytest.mark.parametrize(
    ("store", "says"),
    [
        ("mysql://ann:hunter2@db/accord", "is a URL"),
        ("sqlite:///state.db", "is a URL"),
        (":memory:", "a kind of store that is not known"),
        ("/", "is a folder"),
        ("", "is a folder"),
        ("hunter2\0", "is no path of a file"),
        ("hunter2\ud800", "is no path of a file"),
        ("hunter2" * 100, "is no path of a file"),
    ],
)
def test_a_store_that_is_no_file(folder: Folder, store: str, says: str) -> None:
    result = folder.check(HEAD + f"store: {json.dumps(store)}\n" + PAIRS)
    wrong(result, "accord.yaml:6: `store` ", says, "Write the path of a file")
    assert "hunter2" not in result.err


@pytest.mark.parametrize(
    ("store", "says"),
    [
        ("postgres://ann:hunter2@db/accord", "holds a password. Write store: {url: "),
        ("postgresql://ann@db/accord?password=hunter2", "holds a password"),
        ("postgresql://ann@[db/hunter2", "is no address of a server"),
        ("postgresql://ann@db:hunter2/accord", "is no address of a server"),
        ({"url": "https://db/hunter2", "password": "env:DB"}, "is no address of a PostgreSQL server"),
    ],
)
def test_p2_a_store_on_a_server_that_is_no_address(folder: Folder, store: Any, says: str) -> None:
    result = folder.check(HEAD + f"store: {json.dumps(store)}\n" + PAIRS)
    wrong(result, "accord.yaml:6: `store` ", says)
    assert "hunter2" not in result.err


def test_p2_a_password_of_a_store_is_a_reference(folder: Folder) -> None:
    written = json.dumps({"url": "postgresql://ann@db/accord", "password": "hunter2"})
    result = folder.check(HEAD + f"store: {written}\n" + PAIRS)
    wrong(result, "password` is no reference to a secret")
    assert "hunter2" not in result.err


@pytest.mark.parametrize("pattern", ["", "**x"])
def test_an_include_that_names_no_files(folder: Folder, pattern: str) -> None:
    written = HEAD + f"include: ['{pattern}']\n" + PAIRS
    wrong(folder.check(written), "accord.yaml:6: What is written names no files", "Write a path")


def test_a_configuration_that_is_no_utf8(folder: Folder) -> None:
    wrong(folder.check((HEAD + "# Tromsø\n" + PAIRS).encode("latin-1")), "accord.yaml:6:", "UTF-8")


def test_guards_that_make_no_sense(folder: Folder) -> None:
    wrong(folder.check(HEAD + "guards: {share: 12}\n" + PAIRS), "accord.yaml:6:", "share")


def test_all_faults_are_told_at_once(folder: Folder) -> None:
    written = PAIRS.replace("[city, city]", "[city, citty]").replace("[phone, phone]", "[phone, fone]")
    result = folder.check(HEAD + written)
    wrong(result, "2 faults", "citty", "fone")
    assert len(result.err.splitlines()) == 3


def test_faults_for_machines(folder: Folder) -> None:
    folder.check(HEAD + PAIRS.replace("[city, city]", "[city, citty]"))
    result = run_here("-C", str(folder.path), "check", "--json")
    (fault,) = result.data["error"]["faults"]
    assert result.code == 3
    assert (fault["file"], fault["line"]) == ("accord.yaml", 14)


def test_a_document_that_is_no_utf8(tmp_path: Path) -> None:
    file = tmp_path / "flow.rst"
    file.write_bytes("Crm to Erp\n==========\n\nTromsø\n".encode("latin-1"))
    result = run_here("import", str(file), "--into", str(tmp_path / "made"))
    assert result.code == 3
    assert "1 fault in the documents:" in result.err
    assert f"{file}:4: The file is no UTF-8 text. Save it as UTF-8." in result.err
    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize(
    ("name", "begins", "says"),
    [
        ("flow.pdf", b"%PDF-1.7 \xe2\xe3", "The file is a PDF, which is for people: it is not read"),
        ("flow.rst", b"%PDF-1.7 \xe2\xe3", "The file is a PDF, which is for people: it is not read"),
        (
            "flow.docx",
            b"PK\x03\x04",
            "The file is an archive, as those of Word and OpenDocument are: it is not read",
        ),
        ("flow.xlsx", b"\xd0\xcf\x11\xe0\xa1", "of an older Office program, or protected by a password"),
        ("flow.html", b"<!doctype html>", "A .html file is for people: it is not read"),
    ],
)
def test_a_file_that_is_no_document_is_told_what_it_is(
    tmp_path: Path, name: str, begins: bytes, says: str
) -> None:
    (tmp_path / name).write_bytes(begins)
    result = run_here("import", str(tmp_path / name), "--into", str(tmp_path / "made"))
    assert result.code == 3
    assert says in result.err
    assert "Take one of these: .rst, .md, " in result.err


def test_what_stands_beside_documents_in_a_folder_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "flows"
    (folder / ".hidden").mkdir(parents=True)
    (folder / ".hidden" / "x.pdf").write_bytes(b"")
    (folder / "more.docx").write_bytes(b"PK")
    (folder / "notes.md").write_text("# Notes\n\nNothing of the kind.\n", encoding="utf-8")
    (folder / "flow.rst").write_text(
        "Crm to Erp Dataflow\n===================\n\nCrm Person to Erp Person\n------------------------\n"
        "Every Crm Person will be synchronized with a Erp Person.\n",
        encoding="utf-8",
    )
    result = run_here("import", str(folder), "--into", str(tmp_path / "made"), "--json")
    assert (result.code, result.data["files"], result.data["systems"]) == (0, 2, 2)
    unread = {(Path(each["file"]).name, each["line"]) for each in result.data["unread"]}
    assert unread == {("more.docx", 0), ("notes.md", 1), ("notes.md", 3)}
    told = run_here("import", str(folder), "--into", str(tmp_path / "again")).out
    assert (
        f"Not read: {folder / 'more.docx'} (documents in a folder are those that end in .rst, .md, " in told
    )


def test_a_folder_without_documents(tmp_path: Path) -> None:
    result = run_here("import", str(tmp_path))
    assert result.code == 1
    assert "holds no document" in result.err


def test_a_file_that_is_no_plan(folder: Folder, tmp_path: Path) -> None:
    folder.check(HEAD + PAIRS)
    file = tmp_path / "plan.json"
    file.write_text("{}")
    result = run_here("-C", str(tmp_path), "sync", "--plan", str(file))
    assert result.code == 1
    assert "is no plan" in result.err
    assert "Make it anew: accord -C" in result.err


def test_a_plan_that_can_not_be_kept_is_told_before_anything_is_read(folder: Folder) -> None:
    folder.check(HEAD + PAIRS)
    result = run_here("-C", str(folder.path), "plan", "--out", str(folder.path / "no" / "plan.json"))
    assert result.code == 1
    assert "there is no folder" in result.err
