"""Lenses on several places: what `Paths` reads, an object of raws by path.

`parts` are the paths, in order; a place of several paths hands them in where they are not named.
"""

from typing import Any, ClassVar, Literal

from msgspec import Struct

from accord.core.lens.base import BuiltLens, is_blank, is_same, refusal, said_by, text_of
from accord.core.model import References
from accord.core.types import nfc
from accord.core.values import MISSING, Raw, Value

__all__ = ["FirstOf", "Join", "When"]


class Join(BuiltLens, Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Texts at several places as one, joined by a `separator`: "Given Family".

    Null parts are left out. `put` splits at the separators nearest to the end, so that the first part takes the words
    that are left over, and is null when there are too few; with `rest` "last" it is the last part. Where a part is
    absent nothing is said, for a part of the text is not the text (S3); unless `absent` is null, or "null".
    """

    name: ClassVar[str] = "join"
    parts: tuple[str, ...]
    separator: str = " "
    rest: Literal["first", "last"] = "first"
    absent: Literal["silent", "null"] | None = "silent"

    def __post_init__(self) -> None:
        if len(self.parts) < 2 or not self.separator:
            raise ValueError("join needs a place of several paths and a separator")

    def get(self, raw: Raw, refs: References) -> Value:
        """The parts joined, or null where all are."""
        if raw is MISSING or raw is None:
            return raw
        raws = [_part(raw, part) for part in self.parts]
        if self.absent == "silent" and MISSING in raws:
            return MISSING
        texts = [text_of(each) for each in raws if each is not MISSING and each is not None]
        return self.separator.join(text for text in map(nfc, texts) if not is_blank(text)) or None

    def put(self, value: Value, old: Raw, refs: References) -> Raw:
        """An object of all parts."""
        if value is MISSING or said_by(old, self, refs) == value:
            return old
        texts = [] if value is None else self._split(value)
        nulls = [None] * (len(self.parts) - len(texts))
        return dict(
            zip(self.parts, [*nulls, *texts] if self.rest == "first" else [*texts, *nulls], strict=True)
        )

    def _split(self, value: str) -> list[str]:
        """At most one text a part, none of them blank, that give value when they are joined."""
        texts: list[str] = []
        while len(texts) < len(self.parts) - 1:
            left, right = self._cut(value)
            if not right:
                break
            value, piece = (left, right) if self.rest == "first" else (right, left)
            texts.append(piece)
        texts.append(value)
        return texts[::-1] if self.rest == "first" else texts

    def _cut(self, value: str) -> tuple[str, str]:
        """Both sides of the separator that is nearest to the end that is not the rest, neither of them blank."""
        find = value.rfind if self.rest == "first" else value.find
        start, stop = 0, len(value)
        while (at := find(self.separator, start, stop)) >= 0:
            left, right = value[:at], value[at + len(self.separator) :]
            if left.strip() and right.strip():
                return left, right
            start, stop = (0, at + len(self.separator) - 1) if self.rest == "first" else (at + 1, stop)
        return value, ""


class FirstOf(BuiltLens, Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The first of several places that has a value; only the first place is written (M9).

    Where an absent place comes before it nothing is said, for that one might have a value (S3); unless `absent` is
    null, or "null". Lossy: a null that is written lets the next place show.
    """

    name: ClassVar[str] = "first_of"
    parts: tuple[str, ...]
    absent: Literal["silent", "null"] | None = "silent"

    def __post_init__(self) -> None:
        if len(self.parts) < 2:
            raise ValueError("first_of needs a place of several paths")

    @property
    def is_lossy(self) -> bool:
        """Always."""
        return True

    def get(self, raw: Raw, refs: References) -> Value:
        """The first raw that is not null, or MISSING."""
        if raw is MISSING or raw is None:
            return raw
        for each in (_part(raw, part) for part in self.parts):
            if each is MISSING and self.absent != "silent":
                continue
            if each is MISSING or not (each is None or is_blank(each)):
                return each
        return None

    def put(self, value: Value, old: Raw, refs: References) -> Raw:
        """Old with the first place changed."""
        if value is MISSING or said_by(old, self, refs) == value:
            return old
        return {**(old if isinstance(old, dict) else {}), self.parts[0]: value}


class When(BuiltLens, Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One lens or another, by what stands at another place: a phone by the country, a number by the kind of customer.

    Of the two `parts` the first is the value's place, the second that of the condition, which is met by one of
    `equals`, or by any value where that is empty. Then the lens is `then`, else `otherwise`; where that is not named
    the property says nothing, and can not be written. The condition's place is not changed.
    """

    name: ClassVar[str] = "when"
    then: BuiltLens
    otherwise: BuiltLens | None = None
    equals: tuple[Any, ...] = ()
    parts: tuple[str, ...]

    def __post_init__(self) -> None:
        if len(self.parts) != 2:
            raise ValueError("when needs a place of two paths: the value's and the condition's")

    @property
    def is_lossy(self) -> bool:
        """One of the lenses is."""
        return self.then.is_lossy or (self.otherwise is not None and self.otherwise.is_lossy)

    def get(self, raw: Raw, refs: References) -> Value:
        """What the chosen lens says of the first part."""
        if raw is MISSING or raw is None:
            return raw
        chosen = self._chosen(raw)
        return MISSING if chosen is None else chosen.get(_part(raw, self.parts[0]), refs)

    def put(self, value: Value, old: Raw, refs: References) -> Raw:
        """Old with the first part changed by the lens that the second part of old chooses."""
        if value is MISSING or said_by(old, self, refs) == value:
            return old
        there = old if isinstance(old, dict) else {}
        chosen = self._chosen(there)
        if chosen is None:
            return MISSING
        raw = chosen.put(value, there.get(self.parts[0], MISSING), refs)
        return MISSING if raw is MISSING else {**there, self.parts[0]: raw}

    def _chosen(self, raw: Raw) -> BuiltLens | None:
        condition = _part(raw, self.parts[1])
        if self.equals:
            is_met = any(is_same(each, condition) for each in self.equals)
        else:
            is_met = condition is not MISSING and condition is not None and not is_blank(condition)
        return self.then if is_met else self.otherwise


def _part(raw: Raw, part: str) -> Raw:
    if not isinstance(raw, dict):
        raise refusal("an object of raws by path", raw)
    return raw.get(part, MISSING)
