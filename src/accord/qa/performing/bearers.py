"""Which records a literal is recognised in: texts that contain it, and values that equal it."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from accord.qa.performing.records import Record

__all__ = ["Bearers", "bears", "codes_in"]

_CODE = "-[0-9a-z][0-9]{4}"
"""What follows the mark in a text of a probe: its number, as wide in all of them."""


def _leaves(payload: Any) -> Iterator[Any]:
    nodes = [payload]
    while nodes:
        node = nodes.pop()
        if isinstance(node, Mapping):
            nodes += node.values()
        elif isinstance(node, list):
            nodes += node
        elif node is not None:
            yield node


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold()


def _text_of(payload: Any) -> str:
    """All texts of a payload, without regard to case."""
    return "\0".join(_folded(node) for node in _leaves(payload) if isinstance(node, str))


def _values_of(payload: Any) -> set[tuple[type, str]]:
    """All other values; a text that is a number counts as one."""
    return {_value(node) for node in _leaves(payload)}


def _value(node: Any) -> tuple[type, str]:
    if isinstance(node, bool):
        return bool, str(node)
    if isinstance(node, float) and node.is_integer():
        node = int(node)
    return str, str(node)


def bears(payload: Any, literal: Any) -> bool:
    """A text stands in one of the payload's texts, whatever its case; another value equals one, or its text."""
    if isinstance(literal, str):
        return _folded(literal) in _text_of(payload)
    return _value(literal) in _values_of(payload)


def codes_in(payload: Any, mark: str) -> frozenset[str]:
    """The mark with the numbers that stand behind it in the texts of a payload."""
    return frozenset(_pattern(mark).findall(_text_of(payload)))


def _pattern(mark: str) -> re.Pattern[str]:
    return re.compile(re.escape(_folded(mark)) + _CODE)


class Bearers:
    """Looks literals up in many payloads. Texts with the mark of a checklist are found without looking at each."""

    def __init__(self, mark: str) -> None:
        self._token = _pattern(mark)
        self._texts: dict[str, dict[Record, str]] = {}
        self._values: dict[Record, set[tuple[type, str]]] = {}
        self._index: dict[tuple[str, object], dict[Record, None]] = {}

    def put(self, record: Record, payload: Mapping[str, Any]) -> None:
        """What a record shows now. What it showed before stays in the index, and is found not to be so any more."""
        text, values = _text_of(payload), _values_of(payload)
        self._texts.setdefault(record.at, {})[record] = text
        self._values[record] = values
        for key in (*self._token.findall(text), *values):
            self._index.setdefault((record.at, key), {})[record] = None

    def drop(self, record: Record) -> None:
        """It is not there any more."""
        self._texts[record.at].pop(record)
        self._values.pop(record)

    def of(self, at: str, literal: Any) -> list[Record]:
        """Records of an entity type that bear a literal."""
        texts = self._texts.get(at, {})
        if not isinstance(literal, str):
            key = _value(literal)
            return [r for r in self._index.get((at, key), ()) if key in self._values.get(r, ())]
        wanted = _folded(literal)
        among = self._index.get((at, wanted), {}) if self._token.fullmatch(wanted) else texts
        return [record for record in among if wanted in texts.get(record, "")]
