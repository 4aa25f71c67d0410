"""The example of files: CRMOffice's sandbox and a CSV file that another program works with."""

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from accord.testing.connector_contract import Entered
from tests.systems.scenario import Scenario

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "files"


class Clerks:
    """A program with semicolons, which keeps what it does not know."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir()
        with (EXAMPLE / "erp" / path.name).open(encoding="utf-8", newline="") as file:
            self.columns = next(csv.reader(file, delimiter=";"))
        self._write([])

    def _read(self) -> list[dict[str, str]]:
        with self.path.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file, delimiter=";"))

    def _write(self, rows: list[dict[str, Any]]) -> None:
        scratch = self.path.with_suffix(".new")
        with scratch.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, self.columns, delimiter=";")
            writer.writeheader()
            writer.writerows(rows)
        scratch.replace(self.path)

    def person_create(self, name: str, body: Mapping[str, Any]) -> Entered:
        """See `People`."""
        rows = self._read()
        number = max([1000, *(int(row["Customer No"]) for row in rows)]) + 1
        self._write([*rows, {"Customer No": number, **body}])
        return Entered(str(number))

    def person_edit(self, name: str, record_id: str, changes: Mapping[str, Any]) -> None:
        """See `People`."""
        self._write([{**row, **changes} if row["Customer No"] == record_id else row for row in self._read()])

    def person_delete(self, name: str, record_id: str) -> None:
        """See `People`."""
        self._write([row for row in self._read() if row["Customer No"] != record_id])

    def tables(self) -> dict[str, dict[str, dict[str, Any]]]:
        """See `People`."""
        return {"Customers": {row["Customer No"]: row for row in self._read()}}


def test_the_example_lives_through_it(tmp_path: Path) -> None:
    people = Clerks(tmp_path / "erp" / "customers.csv")
    with Scenario(
        example=EXAMPLE,
        folder=tmp_path,
        system="erp",
        name="Customers",
        url=str(tmp_path / "erp"),
        people=people,
        body=lambda n: {"First name": f"Given {n}", "Last name": f"Text {n}", "Email": f"p{n}@example.com"},
        key="Email",
        text="Last name",
    ) as scenario:
        scenario.play()
