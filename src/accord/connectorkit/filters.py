"""Parameters of listings that take a value: a name alone, or a name with the text into which the value is put."""

from collections.abc import Mapping
from typing import Final

from msgspec import Struct

__all__ = ["Filter", "filter_of", "is_filter"]

_HOLE: Final = "{}"


class Filter(Struct, frozen=True):
    """One parameter. Between single quotes those of a value are doubled, as OData and SQL write them."""

    name: str
    head: str = ""
    tail: str = ""

    def query(self, value: str) -> dict[str, str]:
        """The parameter with a value."""
        if self.head.endswith("'") and self.tail.startswith("'"):
            value = value.replace("'", "''")
        return {self.name: f"{self.head}{value}{self.tail}"}

    def value(self, query: Mapping[str, str]) -> str:
        """The value in a query; "" where it has none, or the parameter asks for something else."""
        if not self.name:
            return ""
        text = query.get(self.name, "")
        if len(text) < len(self.head) + len(self.tail) or not (
            text.startswith(self.head) and text.endswith(self.tail)
        ):
            return ""
        value = text[len(self.head) : len(text) - len(self.tail)]
        return value.replace("''", "'") if self.head.endswith("'") and self.tail.startswith("'") else value


def filter_of(text: str) -> Filter:
    """The filter that a manifest writes: `changedSince`, or `$filter=changedAt ge {}`."""
    name, _, template = text.partition("=")
    head, _, tail = template.partition(_HOLE)
    return Filter(name, head, tail)


def is_filter(text: str) -> bool:
    """A template holds the one place of its value."""
    name, equals, template = text.partition("=")
    return bool(name) and (template.count(_HOLE) == 1 if equals else _HOLE not in name)
