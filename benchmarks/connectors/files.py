"""Files: one entity type in each format, in a folder on the disk of this machine."""

import csv
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from openpyxl import Workbook, load_workbook

from accord.connectorkit.kind import Place, find_kind
from accord.connectorkit.manifest_load import manifest_from
from accord.runtime.clock import SystemClock
from benchmarks.connectors.measure import Case

COLUMNS: Final = ("id", "name", "email", "phone", "street", "city", "ours")


@asynccontextmanager
async def cases() -> AsyncIterator[list[Case]]:
    """CSV, JSON Lines and XLSX."""
    with TemporaryDirectory(prefix="accord-files-") as scratch:
        yield [_case(Path(scratch), suffix) for suffix in ("csv", "jsonl", "xlsx")]


def _case(folder: Path, suffix: str) -> Case:
    path = folder / f"people.{suffix}"
    _write(path, [])
    person = {
        "path": path.name,
        "properties": {name: {} for name in COLUMNS[1:]},
        "update": "patch",
        "version": {"etag": True, "order": "opaque", "exact": True, "recurs": True},
        "conditional": "version",
        "changes": {"format": "token"},
        "tombstones": {},
        "our_id": "ours",
    }
    manifest = manifest_from(
        {
            "name": "files",
            "kind": "files",
            "base_url": ".",
            "options": {"rest_s": 0},
            "types": {"Person": person},
        }
    )
    place = Place(
        system="files",
        manifest=manifest,
        clock=SystemClock(),
        secrets=lambda _: "",
        folder=folder,
        state=folder / f"state-{suffix}",
    )

    def edit(ids: Sequence[str]) -> None:
        wanted = set(ids)
        _write(path, [{**row, "phone": "222"} if row["id"] in wanted else row for row in _read(path)])

    return Case(
        name=f"files {suffix}",
        connect=lambda: find_kind("files").make(place),
        mapping="files.Person",
        body=lambda n: {
            "name": f"Person {n}",
            "email": f"p{n}@x",
            "phone": str(n),
            "street": f"Road {n}",
        },
        change={"phone": "333"},
        people_edit=edit,
    )


def _read(path: Path) -> list[dict[str, Any]]:
    if path.suffix == ".jsonl":
        return [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    if path.suffix == ".xlsx":
        head, *rows = load_workbook(path).worksheets[0].iter_rows(values_only=True)
        return [dict(zip(map(str, head), row, strict=True)) for row in rows]
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _write(path: Path, rows: list[dict[str, Any]]) -> None:
    if path.suffix == ".jsonl":
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    elif path.suffix == ".xlsx":
        book = Workbook()
        book.worksheets[0].append(COLUMNS)
        for row in rows:
            book.worksheets[0].append([row.get(name) for name in COLUMNS])
        book.save(path)
    else:
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS)
            writer.writeheader()
            writer.writerows(rows)
