"""Folders of files as systems: the contract of connectors, and what is special about files."""

import asyncio
import csv
import json
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from accord.connectorkit.kind import Place, find_kind
from accord.connectorkit.manifest import Manifest
from accord.connectorkit.manifest_load import manifest_from
from accord.core.errors import ConfigError, StopEntityType
from accord.ports.connector import Write
from accord.testing.connector_contract import ConnectorContract, RealClock, Rig
from accord.testing.connector_contract.people import Entered

COLUMNS = ("id", "name", "note", "spare", "ours", "amount")


def manifest_for(path: str, **changes: Any) -> Manifest:
    person = {
        "path": path,
        "properties": {
            "name": {"max_length": 40},
            "note": {},
            "spare": {},
            "ours": {"unique": True},
            "amount": {"type": "integer"},
        },
        "update": "patch",
        "version": {"etag": True, "order": "opaque", "exact": True, "recurs": True},
        "conditional": "version",
        "changes": {"format": "token"},
        "tombstones": {},
        "our_id": {"property": "ours", "unique": True},
        "search": {"our_id": "ours"},
        "absent": dict.fromkeys(("listing", "feed", "fetch", "reply"), None),
        **changes,
    }
    return manifest_from(
        {
            "name": "folder",
            "kind": "files",
            "base_url": ".",
            "options": {"rest_s": 0},
            "types": {"Person": person},
        }
    )


def connected(folder: Path, manifest: Manifest) -> Any:
    place = Place(
        system="folder",
        manifest=manifest,
        clock=RealClock(),
        secrets=lambda _: "",
        folder=folder,
        state=folder / "state",
    )
    return find_kind("files").make(place)


class CsvPeople:
    """A program that knows nothing of Accord: it reads the whole file and writes it anew."""

    def __init__(self, path: Path) -> None:
        self.path, self.last = path, 0
        self._write([])

    def _read(self) -> list[dict[str, str]]:
        with self.path.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def _write(self, rows: list[dict[str, Any]]) -> None:
        with self.path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS)
            writer.writeheader()
            writer.writerows(rows)

    def person_create(self, name: str, body: Mapping[str, Any]) -> Entered:
        self.last += 1
        self._write([*self._read(), {"id": f"P{self.last}", **body}])
        return Entered(f"P{self.last}")

    def person_edit(self, name: str, record_id: str, changes: Mapping[str, Any]) -> None:
        self._write([{**row, **changes} if row["id"] == record_id else row for row in self._read()])

    def person_delete(self, name: str, record_id: str) -> None:
        self._write([row for row in self._read() if row["id"] != record_id])

    def tables(self) -> dict[str, dict[str, dict[str, Any]]]:
        rows = [{name: cell or None for name, cell in row.items()} for row in self._read()]
        return {"Person": {str(row["id"]): row for row in rows}}


class JsonPeople(CsvPeople):
    def _read(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.path.read_text("utf-8").splitlines()]

    def _write(self, rows: list[dict[str, Any]]) -> None:
        self.path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")


class SheetPeople(CsvPeople):
    def _read(self) -> list[dict[str, Any]]:
        head, *rows = load_workbook(self.path).active.iter_rows(values_only=True)
        return [dict(zip(head, row, strict=True)) for row in rows]

    def _write(self, rows: list[dict[str, Any]]) -> None:
        book = Workbook()
        book.active.append(COLUMNS)
        for row in rows:
            book.active.append([row.get(name) for name in COLUMNS])
        book.save(self.path)


def rigged(file: str, people: Callable[[Path], Any], tmp_path: Path) -> Any:
    @asynccontextmanager
    async def rig() -> AsyncIterator[Rig]:
        manifest = manifest_for(file)
        yield Rig(
            connector=connected(tmp_path, manifest),
            mapping="folder.Person",
            it=manifest.types["Person"],
            people=people(tmp_path / file),
            clock=RealClock(),
        )

    return rig()


class TestCsv(ConnectorContract):
    @pytest.fixture(autouse=True)
    def _folder(self, tmp_path: Path) -> None:
        self.folder = tmp_path

    def rig(self) -> Any:
        return rigged("people.csv", CsvPeople, self.folder)


class TestJsonLines(TestCsv):
    def rig(self) -> Any:
        return rigged("people.jsonl", JsonPeople, self.folder)


class TestWorkbook(TestCsv):
    def rig(self) -> Any:
        return rigged("people.xlsx", SheetPeople, self.folder)


# what is special about files


def wrote(folder: Path, data: bytes, file: str = "people.csv", **changes: Any) -> Any:
    (folder / file).write_bytes(data)
    return connected(folder, manifest_for(file, **changes))


def read(connector: Any, cursor: str = "", *, full: bool = False) -> tuple[list[Any], str]:
    async def act() -> tuple[list[Any], str]:
        pages = [page async for page in connector.read("folder.Person", cursor, full=full)]
        return [seen for page in pages for seen in page.observations], pages[-1].cursor

    return asyncio.run(act())


def write(connector: Any, *writes: tuple[str, str | None, dict[str, Any] | None]) -> list[str]:
    sent = [
        Write(mapping="folder.Person", kind=kind, id=record_id, body=body, key=f"key {number}")  # type: ignore[arg-type]
        for number, (kind, record_id, body) in enumerate(writes)
    ]
    return [outcome.kind for outcome in asyncio.run(connector.write(sent))]


OTHERS = (
    b'\xef\xbb\xbfid;name;note;"old; column";ours;amount;spare\r\nP1;"Anna";a;"kept ""so""";;007;\r\n\r\n'
    b'P2;Bo;b;;;5;\r\nP3;Cy;"two\r\nlines";;;;'
)


def test_w1_rows_that_do_not_change_keep_every_byte(tmp_path: Path) -> None:
    connector = wrote(tmp_path, OTHERS)
    assert write(
        connector, ("update", "P2", {"name": "Bö; B"}), ("create", None, {"name": "Di", "amount": 8})
    ) == [
        "done",
        "done",
    ]
    after = (tmp_path / "people.csv").read_bytes()
    before, changed, behind = OTHERS.partition(b"P2;Bo;b;;;5;")
    assert after.startswith(before + 'P2;"Bö; B";b;;;5;'.encode() + behind + b"\r\n")
    assert after.endswith(b";Di;;;key 1;8;\r\n")
    assert changed


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_an_encoding_is_found_out_and_kept(tmp_path: Path, encoding: str) -> None:
    connector = wrote(tmp_path, "id,name,note\nP1,Åse,x\n".encode(encoding))
    ((seen,), _) = read(connector)
    assert seen.payload["name"] == "Åse"
    assert write(connector, ("update", "P1", {"note": "ø"})) == ["done"]
    assert (tmp_path / "people.csv").read_bytes().decode(encoding) == "id,name,note\nP1,Åse,ø\n"


def test_a_sign_that_the_encoding_lacks_is_refused_with_a_remedy(tmp_path: Path) -> None:
    connector = wrote(tmp_path, "id,name\nP1,Åse\n".encode("cp1252"))
    assert write(connector, ("update", "P1", {"name": "日"})) == ["refused"]
    assert (tmp_path / "people.csv").read_bytes() == "id,name\nP1,Åse\n".encode("cp1252")


def test_s10_bad_rows_are_reported_and_nothing_is_taken_for_deleted(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    connector = wrote(tmp_path, b"id,name\nP1,Anna\nP2,Bo\nP3,Cy\n")
    _, cursor = read(connector)
    (tmp_path / "people.csv").write_bytes(b"id,name\nP1,Anna\nP2,Bo,much\n,Cy\nP1,Eve\n")
    with caplog.at_level(logging.WARNING, "accord.files"):
        found, cursor = read(connector, cursor)
    assert [(seen.id, seen.gone) for seen in found] == [("P1", "unreadable")]
    report = (tmp_path / "state" / "Person-bad-rows.csv").read_text("utf-8").splitlines()
    assert [line.split(",")[1] for line in report] == ["line", "3", "4", "5"]
    assert "people.csv:3" in caplog.text
    assert "Anna" not in caplog.text + "".join(report)
    (tmp_path / "people.csv").write_bytes(b"id,name\nP1,Anna\nP3,Cy\n")
    found, _ = read(connector, cursor)
    assert [(seen.id, seen.gone, seen.proven) for seen in found] == [("P2", "deleted", True)]
    assert not (tmp_path / "state" / "Person-bad-rows.csv").exists()


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"", "no first line"),
        (b"id,name,name\n", "name twice"),
        (b"name,note\nA,b\n", "no column id"),
        (b'id,name\nP1,"open\n', "no CSV"),
        (b"\x00\x01\x02\x00", "no text"),
    ],
)
def test_a_file_that_is_no_table_stops_its_type_and_is_no_empty_one(
    tmp_path: Path, data: bytes, what: str
) -> None:
    with pytest.raises(StopEntityType, match=what) as raised:
        read(wrote(tmp_path, data))
    assert raised.value.remedy


def test_a_file_that_is_not_there_stops_its_type(tmp_path: Path) -> None:
    connector = wrote(tmp_path, b"id,name\nP1,Anna\n")
    _, cursor = read(connector)
    (tmp_path / "people.csv").unlink()
    with pytest.raises(StopEntityType, match="can not be read"):
        read(connector, cursor)


def test_w2_a_file_that_others_change_while_it_is_written_is_not_overwritten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    connector = wrote(tmp_path, b"id,name\nP1,Anna\n")
    import os

    plain = os.fsync

    def change(handle: int) -> None:
        (tmp_path / "people.csv").write_bytes(b"id,name\nP1,Theirs\n")
        plain(handle)

    monkeypatch.setattr(os, "fsync", change)
    assert write(connector, ("update", "P1", {"name": "Ours"})) == ["later"]
    monkeypatch.undo()
    assert (tmp_path / "people.csv").read_bytes() == b"id,name\nP1,Theirs\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["people.csv", "state"]


def test_ids_of_deleted_rows_are_not_given_again(tmp_path: Path) -> None:
    changes = {"id": {"property": "id", "type": "integer"}, "options": {"new_ids": "next"}}
    connector = wrote(tmp_path, b"id,name,ours\n7,Anna,\n9,Bo,\n", **changes)
    _, cursor = read(connector)
    assert write(connector, ("delete", "9", None)) == ["done"]
    connector = connected(tmp_path, manifest_for("people.csv", **changes))
    read(connector, cursor)
    assert write(connector, ("create", None, {"name": "Cy"})) == ["done"]
    assert (tmp_path / "people.csv").read_bytes() == b"id,name,ours\n7,Anna,\n10,Cy,key 0\n"


def test_s8_without_its_snapshot_a_read_is_a_full_one_and_tells_no_deletes(tmp_path: Path) -> None:
    connector = wrote(tmp_path, b"id,name\nP1,Anna\nP2,Bo\n")
    _, cursor = read(connector)
    for path in (tmp_path / "state").glob("*.seen"):
        path.unlink()
    (tmp_path / "people.csv").write_bytes(b"id,name\nP1,Anna\n")
    found, _ = read(connector, cursor)
    assert [(seen.id, seen.how, seen.gone) for seen in found] == [("P1", "listing", "")]


def test_a_workbook_keeps_what_stands_beside_the_table(tmp_path: Path) -> None:
    book = Workbook()
    book.active.append(COLUMNS)
    book.active.append(["P1", "Anna", None, None, None, 4])
    book.active["H1"] = "=SUM(F2:F9)"
    book.create_sheet("Notes")["A1"] = "theirs"
    book.save(tmp_path / "people.xlsx")
    connector = connected(tmp_path, manifest_for("people.xlsx"))
    assert write(connector, ("update", "P1", {"amount": 6}), ("create", None, {"name": "Bo"})) == [
        "done",
        "done",
    ]
    after = load_workbook(tmp_path / "people.xlsx")
    assert after.active["F2"].value == 6
    assert after.active["B3"].value == "Bo"
    assert after.active["H1"].value == "=SUM(F2:F9)"
    assert after["Notes"]["A1"].value == "theirs"


def test_a_manifest_says_what_can_not_be(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as raised:
        manifest_for("../people.pdf", page={"style": "none"})
    told = [fault.what for fault in raised.value.faults]
    assert told == [
        "Person: ../people.pdf is of no format that can be read",
        "Person: page is about HTTP, and means nothing to Files",
        "Person: the file lies outside the folder",
    ]


# what files in the wild hold


@pytest.mark.parametrize("value", ["x\ry", "x\ny", "x\r\ny", "=cmd|' /C calc'!A0", 'q"q', " lead", "a,b;c"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_w10_what_is_written_into_a_cell_is_read_from_it(tmp_path: Path, value: str, end: str) -> None:
    connector = wrote(tmp_path, f"id,name,note{end}P1,a,{end}P2,b,{end}".encode())
    assert write(connector, ("update", "P1", {"name": value})) == ["done"]
    assert {seen.id: seen.payload["name"] for seen in read(connector)[0]} == {"P1": value, "P2": "b"}


def test_w12_a_value_that_the_file_can_not_hold_fails_alone(tmp_path: Path) -> None:
    connector = wrote(tmp_path, "id,name\nP1,Åse\nP2,b\n".encode("cp1252"))
    assert write(connector, ("update", "P1", {"name": "a\0b"}), ("update", "P2", {"name": "c"})) == [
        "refused",
        "done",
    ]
    assert (tmp_path / "people.csv").read_bytes().decode("cp1252") == "id,name\nP1,Åse\nP2,c\n"


def test_a_delimiter_inside_the_name_of_a_column_is_none(tmp_path: Path) -> None:
    ((seen,), _) = read(wrote(tmp_path, b'id;"name, first, last, more";name\nP1;a;b\n'))
    assert (seen.id, seen.payload["name"]) == ("P1", "b")


def test_ids_that_look_like_numbers_stay_text(tmp_path: Path) -> None:
    found, _ = read(wrote(tmp_path, b"id,name\n00123,a\n1E5,b\n+7,c\n"))
    assert [seen.id for seen in found] == ["00123", "1E5", "+7"]


@pytest.mark.parametrize("file", ["people.csv", "people.jsonl"])
def test_ids_of_very_many_digits_can_be_read(tmp_path: Path, file: str) -> None:
    number = "1" * 25
    data = f'{{"id":{number}}}\n' if file.endswith("l") else f"id,name\n{number},a\n"
    assert [seen.id for seen in read(wrote(tmp_path, data.encode(), file))[0]] == [number]


def test_a_link_to_a_file_stays_one(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    real = tmp_path / "elsewhere" / "real.csv"
    real.write_bytes(b"id,name\nP1,a\n")
    (tmp_path / "people.csv").symlink_to(real)
    assert write(connected(tmp_path, manifest_for("people.csv")), ("update", "P1", {"name": "b"})) == ["done"]
    assert (tmp_path / "people.csv").is_symlink()
    assert real.read_bytes() == b"id,name\nP1,b\n"


def booked(folder: Path, *rows: list[Any], merge: str = "") -> Any:
    book = Workbook()
    for row in (["id", "name", "note"], *rows):
        book.active.append(row)
    if merge:
        book.active.merge_cells(merge)
    book.save(folder / "people.xlsx")
    return connected(folder, manifest_for("people.xlsx"))


def test_w10_a_text_in_a_workbook_is_no_formula(tmp_path: Path) -> None:
    connector = booked(tmp_path, ["P1", "a", None])
    assert write(connector, ("update", "P1", {"name": "=1+1"})) == ["done"]
    assert [seen.payload["name"] for seen in read(connector)[0]] == ["=1+1"]


def test_w12_a_merged_cell_and_a_sign_that_no_workbook_holds_fail_alone(tmp_path: Path) -> None:
    connector = booked(tmp_path, ["P1", "a", None], ["P2", None, None], ["P3", "c", None], merge="B2:B3")
    writes = [
        ("update", "P2", {"name": "x"}),
        ("update", "P1", {"note": "a\x07"}),
        ("update", "P3", {"name": "y"}),
    ]
    assert write(connector, *writes) == ["refused", "refused", "done"]


def test_s10_a_formula_that_was_never_worked_out_is_no_blank(tmp_path: Path) -> None:
    connector = booked(tmp_path, ["P1", '=B3&"x"', None], ["P2", "b", None])
    assert [seen.id for seen in read(connector)[0]] == ["P2"]
    assert write(connector, ("update", "P2", {"name": "c"})) == ["refused"]
