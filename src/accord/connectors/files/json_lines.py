"""JSON Lines: one record a line; lines that do not change keep their bytes."""

import re
from collections.abc import Sequence
from typing import Any, Final

import msgspec

from accord.connectors.files.table import BadRow, Edit, Row, Table
from accord.connectors.files.texts import decoded

__all__ = ["JsonLines"]

_LINE: Final = re.compile(r"[^\n]*\n|[^\n]+")


class JsonLines:
    """Records may have any columns; `encoding` is that of the files, where it is not to be found out."""

    def __init__(self, *, encoding: str = "") -> None:
        self._encoding = encoding

    def parse(self, data: bytes) -> Table:
        """See `Format`."""
        table = Table(columns=None, rows=[])
        for number, line in enumerate(_LINE.findall(decoded(data, self._encoding).text), 1):
            if not line.strip():
                continue
            try:
                table.rows.append(Row(number, msgspec.json.decode(line, type=dict[str, Any])))
            except (msgspec.DecodeError, msgspec.ValidationError, UnicodeEncodeError):
                table.bad.append(BadRow(number, "is no JSON object", "Write one object on each line"))
        return table

    def edited(self, data: bytes, edits: Sequence[Edit]) -> bytes:
        """See `Format`."""
        text = decoded(data, self._encoding)
        by_line = {edit.line: edit.cells for edit in edits if edit.line}
        parts: list[str] = []
        for number, line in enumerate(_LINE.findall(text.text), 1):
            changed = by_line.get(number, {})
            if changed is None:
                continue
            if changed:
                parts.append(_line({**msgspec.json.decode(line), **changed}))
            else:
                parts.append(line)
        if parts and not parts[-1].endswith("\n"):
            parts[-1] += "\n"
        parts += [_line(edit.cells) for edit in edits if not edit.line and edit.cells]
        return text.encoded("".join(parts))


def _line(cells: dict[str, Any]) -> str:
    return msgspec.json.encode(cells).decode() + "\n"
