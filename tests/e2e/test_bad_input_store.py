"""A store that is damaged, full, read-only or of somebody else: named with place and remedy; nothing is lost."""

import ctypes
import resource
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.e2e.shop import Result, Shop

PR_CAPBSET_DROP, CAP_DAC_OVERRIDE = 24, 1


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """A project in sync, with one edit in the CRM that still has to reach the ERP."""
    with Shop(tmp_path) as made:
        made.crm.add("Company", name="Acme", city="Oslo")
        assert made.accord("sync", "--yes").code == 0
        made.crm.edit("Company", 1, city="Bergen")
        yield made


def store_of(shop: Shop) -> Path:
    return shop.folder / ".accord" / "state.db"


def stopped(result: Result, *words: str) -> None:
    assert result.code == 1
    assert "Traceback" not in result.err
    for each in (".accord/state.db", *words):
        assert each in result.err


def goes_on(shop: Shop) -> None:
    assert shop.accord("sync").code == 0
    assert shop.erp.values("Company", "city") == ["Bergen"]
    assert shop.accord("sync", "--json").data["sent"] == {}


def test_a_store_that_is_no_database(shop: Shop) -> None:
    kept = store_of(shop).read_bytes()
    store_of(shop).write_bytes(b"no database at all" * 1000)
    stopped(shop.accord("sync"), "the file is no SQLite database")
    store_of(shop).write_bytes(kept)
    goes_on(shop)


def test_a_store_of_another_program(shop: Shop) -> None:
    shutil.move(store_of(shop), shop.folder / "kept.db")
    with sqlite3.connect(store_of(shop)) as other:
        other.execute("CREATE TABLE theirs (x)")
    other.close()
    stopped(shop.accord("sync"), "belongs to another program", "Name another file")


def test_a_damaged_store(shop: Shop) -> None:
    raw = bytearray(store_of(shop).read_bytes())
    raw[4096:] = b"\xa5" * (len(raw) - 4096)
    store_of(shop).write_bytes(bytes(raw))
    stopped(shop.accord("sync"), "the file is damaged", "Restore it from a backup")
    stopped(shop.accord("status"), "the file is damaged")
    store_of(shop).unlink()
    assert shop.accord("sync", "--yes").code == 0  # without state it matches again and deletes nothing (G7)
    assert shop.crm.values("Company", "name") == shop.erp.values("Company", "name") == ["Acme"]


def test_a_store_without_one_of_its_columns(shop: Shop) -> None:
    kept = store_of(shop).read_bytes()
    with closing(sqlite3.connect(store_of(shop))) as db:
        db.execute("ALTER TABLE link RENAME COLUMN flags TO marks")
    for command in ("status", "history", "sync"):
        stopped(shop.accord(command), "it has no column link.flags", "Restore it from a backup")
    store_of(shop).write_bytes(kept)
    goes_on(shop)


def test_a_store_that_can_not_grow(shop: Shop) -> None:
    """A full disk, played by a limit to the size of files."""
    shop.crm.add_many("Company", [{"name": f"C{n:03}", "city": "x" * 400} for n in range(300)])
    most = store_of(shop).stat().st_size + 64_000
    program = called(shop, lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (most, most)), "sync", "--yes")
    assert program.returncode == 1
    assert "Traceback" not in program.stderr
    assert ".accord/state.db" in program.stderr
    assert "start again" in program.stderr
    assert shop.accord("sync", "--yes").code == 0
    assert shop.erp.values("Company", "name") == shop.crm.values("Company", "name")


def test_a_store_that_may_not_be_written(shop: Shop) -> None:
    paths = [*store_of(shop).parent.iterdir(), store_of(shop).parent]
    modes = {path: path.stat().st_mode for path in paths}
    for path in paths:
        path.chmod(modes[path] & 0o555)
    program = called(shop, as_anybody, "sync")
    for path in reversed(paths):
        path.chmod(modes[path])
    assert program.returncode == 1
    assert "Traceback" not in program.stderr
    assert ".accord/state.db" in program.stderr
    assert "writable" in program.stderr or "right to write" in program.stderr
    goes_on(shop)


def as_anybody() -> None:
    """Even root is asked for the rights to a file: without CAP_DAC_OVERRIDE."""
    ctypes.CDLL(None).prctl(PR_CAPBSET_DROP, CAP_DAC_OVERRIDE, 0, 0, 0)


def called(shop: Shop, prepared: Callable[[], None], *args: str) -> "subprocess.CompletedProcess[str]":
    """How a process of the program ended; `prepared` is called in it first."""
    return subprocess.run(
        [sys.executable, "-m", "accord", "-C", str(shop.folder), *args],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        preexec_fn=prepared,
    )


def test_status_before_the_first_sync(shop: Shop) -> None:
    shutil.rmtree(shop.folder / ".accord")
    result = shop.accord("status")
    assert result.code == 1
    assert "sync` first" in result.err
