"""Exports that a program drops, and imports that it takes: what is special about them."""

import asyncio
import csv
from pathlib import Path
from typing import Any

import pytest

from accord.core.errors import ConfigError, RetryLater, StopEntityType
from accord.ports.connector import Write
from tests.systems.test_files import connected, manifest_for, read, write

HEAD = "id,name,note,ours,amount\n"


def manifest(*, lag_s: float = 0.05, **exchange: Any) -> Any:
    told = {"imports": "in/people-*.csv", **exchange}
    return manifest_for("out/people-*.csv", lag_s=lag_s, side_effects=["import"], options={"exchange": told})


def opened(folder: Path, **told: Any) -> Any:
    for name in ("in", "out"):
        (folder / name).mkdir(exist_ok=True)
    return connected(folder, manifest(**told))


def drop(folder: Path, name: str, *rows: str, head: str = HEAD) -> Path:
    path = folder / "out" / f"people-{name}.csv"
    path.write_text(head + "".join(row + "\n" for row in rows), "utf-8")
    return path


def shown(connector: Any, cursor: str = "") -> tuple[dict[str, Any], str]:
    found, after = read(connector, cursor)
    return {each.id: each.gone or (each.payload or {})["name"] for each in found}, after


def imported(folder: Path) -> list[dict[str, str]]:
    rows: list[dict[str, str]] = []
    for path in sorted((folder / "in").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            rows += csv.DictReader(file)
    return rows


def taken(folder: Path) -> None:
    for path in (folder / "in").iterdir():
        path.unlink()


def searched(connector: Any, key: str) -> Any:
    return asyncio.run(connector.search("folder.Person", key, 0))


def fetched(connector: Any, record_id: str) -> Any:
    return asyncio.run(connector.fetch("folder.Person", [record_id]))[0]


def test_s8_of_full_exports_the_newest_is_read_and_what_it_lacks_is_gone(tmp_path: Path) -> None:
    connector = opened(tmp_path)
    drop(tmp_path, "2026-11-23", "P1,Old,,,", "P2,Bo,,,")
    drop(tmp_path, "2026-11-24", "P1,Anna,,,", "P2,Bo,,,", "P3,Cy,,,")
    found, cursor = shown(connector)
    assert found == {"P1": "Anna", "P2": "Bo", "P3": "Cy"}
    assert shown(connector, cursor)[0] == {}
    drop(tmp_path, "2026-11-22", "P1,Late,,,")  # an old one that comes late is none
    assert shown(connector, cursor)[0] == {}
    drop(tmp_path, "2026-11-25", "P1,Anna,,,", "P3,Cyd,,,")
    assert shown(connected(tmp_path, manifest()), cursor)[0] == {"P2": "deleted", "P3": "Cyd"}


def test_s8_an_export_of_changes_proves_no_absence_but_by_its_flag(tmp_path: Path) -> None:
    told = {"content": "changes", "full": "out/all-*.csv", "deleted": "gone", "order": "time"}
    connector = opened(tmp_path, **told)
    (tmp_path / "out" / "all-1.csv").write_text(HEAD + "P1,Anna,,,\nP2,Bo,,,\nP3,Cy,,,\n")
    found, cursor = shown(connector)
    assert found == {"P1": "Anna", "P2": "Bo", "P3": "Cy"}
    head = HEAD.replace("\n", ",gone\n")
    drop(tmp_path, "1", "P2,Bob,,,,", head=head)
    drop(tmp_path, "2", "P3,,,,,D", "P4,Di,,,,", head=head)
    found, cursor = shown(connector, cursor)
    assert found == {"P2": "Bob", "P3": "deleted", "P4": "Di"}
    assert fetched(connector, "P3").gone == "missing"
    assert fetched(connector, "P1").payload["name"] == "Anna"


def test_s10_where_no_export_was_full_nothing_is_missing(tmp_path: Path) -> None:
    connector = opened(tmp_path, content="changes")
    drop(tmp_path, "1", "P1,Anna,,,")
    assert shown(connector)[0] == {"P1": "Anna"}
    assert fetched(connector, "P9").gone == "unreadable"


def test_s10_bad_rows_of_an_export_are_reported_and_hide_no_delete(tmp_path: Path) -> None:
    connector = opened(tmp_path)
    drop(tmp_path, "1", "P1,Anna,,,", "P2,Bo,,,", "P3,Cy,,,")
    _, cursor = shown(connector)
    drop(tmp_path, "2", "P1,Anna,,,", "P2,Bo,much", "P1,Twice,,,")
    assert shown(connector, cursor)[0] == {"P1": "unreadable"}
    assert len((tmp_path / "state" / "Person-bad-rows.csv").read_text().splitlines()) == 3


def test_an_export_that_is_still_written_is_left_until_it_is_whole(tmp_path: Path) -> None:
    connector = opened(tmp_path)
    drop(tmp_path, "1", "P1,Anna,,,")
    _, cursor = shown(connector)
    path = tmp_path / "out" / "people-2.csv"
    path.write_text(HEAD + "P1,Half,,")
    assert shown(connector, cursor)[0] == {}
    path.write_text(HEAD + "P1,Whole,,,\n")
    assert shown(connector, cursor)[0] == {"P1": "Whole"}


def test_an_export_with_a_second_file_waits_for_it_and_is_put_away(tmp_path: Path) -> None:
    connector = opened(tmp_path, ready=".done", archive="read")
    path = drop(tmp_path, "1", "P1,Anna,,,")
    with pytest.raises(RetryLater):
        read(connector)
    path.with_name("people-1.csv.done").touch()
    found, cursor = shown(connector)
    assert found == {"P1": "Anna"}
    assert [each.name for each in (tmp_path / "read").iterdir()] == ["people-1.csv"]
    assert list((tmp_path / "out").iterdir()) == []
    assert shown(connector, cursor)[0] == {}
    for each in (tmp_path / "state").iterdir():
        each.unlink()


def test_where_there_never_was_an_export_the_type_stops(tmp_path: Path) -> None:
    with pytest.raises(StopEntityType, match="no export is there"):
        read(opened(tmp_path))


def test_g7_without_what_was_kept_exports_are_read_again_and_tell_no_deletes(tmp_path: Path) -> None:
    connector = opened(tmp_path)
    drop(tmp_path, "1", "P1,Anna,,,", "P2,Bo,,,")
    _, cursor = shown(connector)
    (tmp_path / "state" / "Person.known").unlink()
    drop(tmp_path, "2", "P1,Anna,,,")
    found, _ = read(connected(tmp_path, manifest()), cursor)
    assert [(each.id, each.how, each.gone) for each in found] == [("P1", "listing", "")]


def test_w1_all_writes_of_a_call_are_one_new_file(tmp_path: Path) -> None:
    connector = opened(tmp_path, trigger=".done")
    drop(tmp_path, "1", "P1,Anna,keep,,007", "P2,Bo,,,")
    writes = [("update", "P1", {"name": "Ann"}), ("create", None, {"name": "=Di"}), ("delete", "P2", None)]
    assert write(connector, *writes) == ["done", "done", "done"]
    rows = imported(tmp_path)
    assert [
        (row["action"], row["id"], row["name"], row["note"], row["amount"], row["ours"]) for row in rows
    ] == [
        ("update", "P1", "Ann", "keep", "007", ""),
        ("create", "", "=Di", "", "", "key 1"),
        ("delete", "P2", "Bo", "", "", ""),
    ]
    file, done = sorted((tmp_path / "in").iterdir())
    assert done.name == f"{file.name}.done"


def test_s4_a_record_is_not_shown_until_an_export_can_have_the_import(tmp_path: Path) -> None:
    connector = opened(tmp_path, lag_s=3600)
    drop(tmp_path, "1", "P1,Anna,,,")
    _, cursor = shown(connector)
    assert write(connector, ("update", "P1", {"name": "Ann"})) == ["done"]
    drop(tmp_path, "2", "P1,Anna,old,,")
    assert shown(connector, cursor)[0] == {}
    assert fetched(connector, "P1").asked_us == 0
    assert write(connector, ("update", "P1", {"note": "n"})) == ["later"]  # one after the other (W4)
    taken(tmp_path)
    drop(tmp_path, "3", "P1,Ann,theirs,,")
    assert shown(connector, cursor)[0] == {"P1": "Ann"}
    assert fetched(connector, "P1").asked_us > 0


def test_w9_an_import_that_was_taken_and_does_not_show_is_told_as_it_is(tmp_path: Path) -> None:
    connector = opened(tmp_path, lag_s=0.01)
    drop(tmp_path, "1", "P1,Anna,,,")
    _, cursor = shown(connector)
    assert write(connector, ("update", "P1", {"name": "Ann"})) == ["done"]
    taken(tmp_path)
    assert shown(connector, cursor)[0] == {}
    drop(tmp_path, "2", "P1,Anna,,,")
    asyncio.run(asyncio.sleep(0.02))
    assert shown(connector, cursor)[0] == {"P1": "Anna"}


def test_w3_a_create_is_found_by_our_id_and_not_made_again_while_it_may_come(tmp_path: Path) -> None:
    connector = opened(tmp_path, lag_s=0.01)
    drop(tmp_path, "1", "P1,Anna,,,")
    assert write(connector, ("create", None, {"name": "Bo"})) == ["done"]
    asyncio.run(asyncio.sleep(0.02))
    with pytest.raises(RetryLater):
        searched(connector, "key 0")  # nobody took it
    assert write(connector, ("create", None, {"name": "Bo"})) == ["done"]
    assert len(imported(tmp_path)) == 1
    taken(tmp_path)
    with pytest.raises(RetryLater):
        searched(connector, "key 0")  # no export since
    drop(tmp_path, "2", "P1,Anna,,,", "P2,Bo,,key 0,")
    assert [each.id for each in searched(connected(tmp_path, manifest(lag_s=0.01)), "key 0")] == ["P2"]


def test_w3_a_create_that_was_taken_and_never_came_may_be_made_again(tmp_path: Path) -> None:
    connector = opened(tmp_path, lag_s=0.01)
    drop(tmp_path, "1", "P1,Anna,,,")
    assert write(connector, ("create", None, {"name": "Bo"})) == ["done"]
    taken(tmp_path)
    shown(connector)
    drop(tmp_path, "2", "P1,Anna,,,")
    asyncio.run(asyncio.sleep(0.02))
    assert searched(connector, "key 0") == []


def test_w2_a_write_on_what_an_export_has_changed_is_not_made(tmp_path: Path) -> None:
    connector = opened(tmp_path)
    drop(tmp_path, "1", "P1,Anna,,,")
    ((seen,), _) = read(connector)
    drop(tmp_path, "2", "P1,Theirs,,,")
    sent = Write(mapping="folder.Person", kind="update", id="P1", body={"name": "Ours"}, version=seen.version)
    (outcome,) = asyncio.run(connector.write([sent]))
    assert outcome.kind == "moved"
    assert imported(tmp_path) == []


def test_c1_an_import_that_could_not_be_written_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    connector = opened(tmp_path)
    drop(tmp_path, "1", "P1,Anna,,,")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", full)
        assert write(connector, ("create", None, {"name": "Bo"})) == ["later"]
    assert list((tmp_path / "in").iterdir()) == []
    assert write(connector, ("create", None, {"name": "Bo"})) == ["done"]
    assert len(imported(tmp_path)) == 1


def test_a_manifest_says_what_an_exchange_can_not_be() -> None:
    with pytest.raises(ConfigError) as raised:
        manifest(lag_s=0, imports="../out/people.xlsx")
    assert len(raised.value.faults) == 3
    with pytest.raises(ConfigError, match="an import can not be taken back"):
        manifest_for("out/people-*.csv", lag_s=1, options={"exchange": {"imports": "in/people-*.csv"}})
    with pytest.raises(ConfigError, match="read as exports"):
        manifest(imports="out/people-*.csv")


def test_an_archive_that_can_not_be_made_is_told_with_a_remedy(tmp_path: Path) -> None:
    connector = opened(tmp_path, archive="read")
    drop(tmp_path, "1", "P1,Anna,,,")
    (tmp_path / "read").write_text("no folder")
    with pytest.raises(RetryLater, match="read") as raised:
        read(connector)
    assert raised.value.remedy
    (tmp_path / "read").unlink()
    assert shown(connector)[0] == {"P1": "Anna"}
