"""A program that knows nothing of Accord: it keeps customers in SQLite, drops exports and takes imports.

python dropping_erp.py FOLDER [full|changes] [SECONDS]

It may be killed at any moment. It keeps a column that it does not understand, inserts whatever an import says is new,
also twice, and takes no name that holds "refused".
"""

import csv
import os
import sqlite3
import sys
import time
from pathlib import Path
from typing import Final

COLUMNS: Final = ("Customer No", "First name", "Last name", "Email", "Mobile", "Group", "accord_id")
FIELDS: Final = COLUMNS[1:]


def opened(folder: Path) -> sqlite3.Connection:
    """The program's own tables."""
    base = sqlite3.connect(folder / "erp.db", timeout=30, isolation_level=None)
    base.execute("pragma journal_mode=wal")
    columns = ", ".join(f'"{name}" text' for name in FIELDS)
    base.execute(f"create table if not exists customers (no integer primary key autoincrement, {columns})")
    base.execute(
        "create table if not exists log (at integer primary key autoincrement, no integer, gone integer)"
    )
    base.execute("create table if not exists taken (file text primary key)")
    base.execute("create table if not exists told (at integer)")
    return base


def create(base: sqlite3.Connection, row: dict[str, str | None]) -> int:
    """A new customer; the number that it got."""
    names = [name for name in FIELDS if name in row]
    marks = ", ".join("?" * len(names))
    quoted = ", ".join(f'"{name}"' for name in names)
    made = base.execute(f"insert into customers ({quoted}) values ({marks})", [row[name] for name in names])
    number = int(made.lastrowid or 0)
    base.execute("insert into log (no, gone) values (?, 0)", [number])
    return number


def edit(base: sqlite3.Connection, number: str, row: dict[str, str | None]) -> None:
    """Other values of a customer."""
    names = [name for name in FIELDS if name in row]
    quoted = ", ".join(f'"{name}" = ?' for name in names)
    base.execute(f"update customers set {quoted} where no = ?", [*(row[name] for name in names), number])
    base.execute("insert into log (no, gone) values (?, 0)", [number])


def delete(base: sqlite3.Connection, number: str) -> None:
    """A customer goes."""
    base.execute("delete from customers where no = ?", [number])
    base.execute("insert into log (no, gone) values (?, 1)", [number])


def take(base: sqlite3.Connection, inbox: Path) -> None:
    """Import what lies there, each file once."""
    for path in sorted(inbox.glob("customers-*.csv")):
        base.execute("begin immediate")
        known = base.execute("select 1 from taken where file = ?", [path.name]).fetchone()
        if not known:
            with path.open(encoding="utf-8", newline="") as file:
                for row in csv.DictReader(file):
                    cells = {name: cell or None for name, cell in row.items()}
                    if "refused" in (row["Last name"] or ""):
                        continue  # it has rules of its own, and tells nobody
                    if row["action"] == "create":
                        create(base, cells)
                    elif row["action"] == "update":
                        edit(base, row["Customer No"], cells)
                    else:
                        delete(base, row["Customer No"])
            base.execute("insert into taken values (?)", [path.name])
        base.execute("commit")
        path.unlink()


def drop(base: sqlite3.Connection, outbox: Path, content: str) -> None:
    """Export all, or what changed since the last export."""
    base.execute("begin")
    last = base.execute("select coalesce(max(at), 0) from told").fetchone()[0]
    now = base.execute("select coalesce(max(at), 0) from log").fetchone()[0]
    quoted = ", ".join(f'"{name}"' for name in FIELDS)
    rows = base.execute(f"select no, {quoted} from customers order by no").fetchall()
    changed = {no for (no,) in base.execute("select no from log where at > ? and at <= ?", [last, now])}
    base.execute("commit")
    full = content == "full" or not any(outbox.glob("customers-*.csv"))
    if not full:
        there = {row[0] for row in rows}
        gone = [(no, *[""] * len(FIELDS)) for no in sorted(changed - there)]
        rows = [(*row, "") for row in rows if row[0] in changed] + [(*row, "x") for row in gone]
        if not rows:
            return
    stem = f"{'customers' if full else 'changes'}-{time.time_ns()}.csv"
    scratch = outbox / f".{stem}.tmp"
    with scratch.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(COLUMNS if full else (*COLUMNS, "gone"))
        writer.writerows(rows)
    os.rename(scratch, outbox / stem)
    base.execute("insert into told values (?)", [now])
    if content == "full":
        for old in sorted(outbox.glob("customers-*.csv"))[:-5]:
            old.unlink(missing_ok=True)


def main() -> None:
    """Import and export, again and again."""
    folder, content, every_s = (
        Path(sys.argv[1]),
        (sys.argv[2:] or ["full"])[0],
        float((sys.argv[3:] or ["0.15"])[0]),
    )
    for name in ("exports", "imports"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    base = opened(folder)
    while True:
        take(base, folder / "imports")
        drop(base, folder / "exports", content)
        time.sleep(every_s)


if __name__ == "__main__":
    main()
