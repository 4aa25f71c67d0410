"""The rows of a file that can not be read, told to people: where, what is wrong, what would be right."""

import csv
import logging
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from accord.connectors.files.table import BadRow

__all__ = ["BadRows"]

log = logging.getLogger("accord.files")


class BadRows:
    """Keeps a report as CSV at `path`, of the rows as they are now; there is none while all rows are good."""

    def __init__(self, path: Path, entity_type: str, source: Path) -> None:
        self._path, self._type, self._source = path, entity_type, source
        self._told: list[BadRow] | None = None

    def tell(self, rows: Sequence[BadRow]) -> None:
        """Write the report anew where it is another one, and log its first line."""
        if self._told == list(rows):
            return
        self._told = list(rows)
        if not rows:
            with suppress(FileNotFoundError):
                self._path.unlink()
            return
        first = rows[0]
        more = f", and {len(rows) - 1:,} more" if len(rows) > 1 else ""
        place = f"{self._source.name}:{first.line}"
        log.warning("%s: %s %s%s; all of them: %s", self._type, place, first.what, more, self._path)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(("file", "line", "what", "remedy"))
            writer.writerows((self._source.name, row.line, row.what, row.remedy) for row in rows)
