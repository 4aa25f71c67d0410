"""What stands in a cell of a file without types, as the manifest says that it is meant."""

import re
from collections.abc import Mapping
from typing import Any, Final

from accord.connectorkit.manifest_parts import PropertySpec

__all__ = ["Cells"]

_WHOLE: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,17})")
_NUMBER: Final = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,3})?")


class Cells:
    """Cells by column. A text that is not of its column's type stays as it is: the hub tells who wrote it (K2).

    `truth` are the words for true and for false.
    """

    def __init__(
        self, properties: Mapping[str, PropertySpec], id_column: str, id_type: str, truth: tuple[str, str]
    ):
        self._types = {name: spec.type for name, spec in properties.items()} | {id_column: id_type}
        self._truth = truth
        self._words = {word.casefold(): said for word, said in zip(truth, (True, False), strict=True)}

    def read(self, column: str, cell: str) -> Any:
        """The value of a cell; None of a blank one."""
        if not cell.strip():
            return None
        kind = self._types.get(column, "string")
        if kind == "integer" and _WHOLE.fullmatch(cell.strip()):
            return int(cell)
        if kind == "float" and _NUMBER.fullmatch(cell.strip()):
            return float(cell)
        if kind == "boolean":
            return self._words.get(cell.strip().casefold(), cell)
        return cell

    def written(self, column: str, value: Any) -> str:
        """A value as text; it reads the same again."""
        if value is None:
            return ""
        if isinstance(value, bool):
            return self._truth[not value]
        return str(value)
