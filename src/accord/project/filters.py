"""Filters of mappings: which records are left out, and the reason that is stored of them (S2)."""

from collections.abc import Mapping as ReadOnly
from dataclasses import dataclass
from typing import Any, Final, Literal

from accord.core.lens import parse_place
from accord.core.model import Place
from accord.core.values import MISSING

__all__ = ["Filter", "build_filter"]


@dataclass(frozen=True, slots=True)
class _Wish:
    """What a filter wants of one place."""

    text: str
    place: Place
    values: tuple[Any, ...]
    negated: bool = False
    present: bool | None = None

    def is_met(self, payload: ReadOnly[str, Any]) -> bool:
        raw = self.place.read(payload)
        if self.present is not None:
            return (raw is not MISSING and raw is not None) == self.present
        given = None if raw is MISSING else raw
        return any(_is_same(given, value) for value in self.values) != self.negated


@dataclass(frozen=True, slots=True)
class Filter:
    """Called with a payload: None to keep the record, else why it is left out; names paths, never values (P2)."""

    wishes: tuple[_Wish, ...]
    words: str = "filtered out by {}"

    def __call__(self, payload: ReadOnly[str, Any]) -> str | None:
        unmet = next((wish for wish in self.wishes if not wish.is_met(payload)), None)
        return self.words.format(unmet.text) if unmet else None

    def contradicts(self, payload: ReadOnly[str, Any]) -> str | None:
        """Why a record is left out whatever else it holds: only what the payload says is judged."""
        said = (wish for wish in self.wishes if wish.place.read(payload) is not MISSING)
        unmet = next((wish for wish in said if not wish.is_met(payload)), None)
        return self.words.format(unmet.text) if unmet else None


_WORDS: Final = {"filter": "filtered out by {}", "when": "its facet rests: `when` wants another {}"}


def build_filter(spec: ReadOnly[str, Any], setting: Literal["filter", "when"] = "filter") -> Filter | None:
    """The filter that `filter:` or `when:` states; None for none.

    Raises ValueError: no truth value, or a wrong path.
    """
    if not spec:
        return None
    return Filter(tuple(_wish(path, wanted) for path, wanted in spec.items()), _WORDS[setting])


def _wish(path: str, wanted: Any) -> _Wish:
    place = parse_place(path)
    if not isinstance(wanted, dict):
        return _Wish(path, place, tuple(wanted) if isinstance(wanted, list) else (wanted,))
    ((word, inner),) = wanted.items()  # the schema sees to that, and to the word
    if word == "present":
        if not isinstance(inner, bool):
            raise ValueError(f"filter of `{path}`: present is true or false; write `{{present: true}}`")
        return _Wish(path, place, (), present=inner)
    return _Wish(path, place, tuple(inner) if isinstance(inner, list) else (inner,), negated=True)


def _is_same(raw: Any, wanted: Any) -> bool:
    return bool(raw == wanted) and isinstance(raw, bool) == isinstance(wanted, bool)
