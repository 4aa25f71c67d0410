"""What every built-in lens is: a frozen value whose fields are its options.

A lens that is made of two functions, `decode` and `encode`, is a `Conversion`, and obeys GetPut by construction: what
already says the value is left as it stands.
"""

from abc import abstractmethod
from typing import Any, ClassVar

import msgspec
from msgspec import Struct

from accord.core.model import Lens, References
from accord.core.values import MISSING, Raw, Value

__all__ = ["BuiltLens", "Conversion", "is_blank", "is_same", "refusal", "said_by", "text_of"]


class BuiltLens:
    """A lens made from plain data: a name and options (`registry.build_lens`).

    Laws, for every raw that `get` takes and every value in the lens's range:
    PutGet `get(put(v, r)) == v` and GetPut `put(get(r), r) == r`. A lens that can not obey them is `is_lossy`, and says
    so in its documentation. MISSING says nothing in both directions: its `get` is MISSING and its `put` leaves r.
    """

    __slots__ = ()
    name: ClassVar[str]

    @property
    def is_lossy(self) -> bool:
        """It breaks a lens law for some values, and is declared to."""
        return False

    @property
    def fingerprint(self) -> str:
        """Name and options as one text, the same on every machine: another text is another lens (K1, K2)."""
        return msgspec.json.encode(_plain(self), order="sorted").decode()

    @abstractmethod
    def get(self, raw: Raw, refs: References) -> Value:
        """Value that raw stands for; raises ValueError when raw is not of the lens's type."""

    @abstractmethod
    def put(self, value: Value, old: Raw, refs: References) -> Raw:
        """Raw that says value, as like old as can be; raises ValueError when it can not be told."""


class Conversion(BuiltLens, Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A lens of `decode` and `encode`, which see neither null nor MISSING nor a blank raw (S3)."""

    def get(self, raw: Raw, refs: References) -> Value:
        """MISSING for MISSING, null for null, a blank text and an empty list (S3), else what `decode` says."""
        if raw is None or raw is MISSING:
            return raw
        return None if is_blank(raw) else self.decode(raw)

    def put(self, value: Value, old: Raw, refs: References) -> Raw:
        """Old where it says value already (GetPut), null for null, else what `encode` says."""
        if value is MISSING or (old is not MISSING and said_by(old, self, refs) == value):
            return old
        return None if value is None else self.encode(value, old)

    @abstractmethod
    def decode(self, raw: Raw) -> Value:
        """Value of a raw that is neither null nor blank."""

    @abstractmethod
    def encode(self, value: Value, old: Raw) -> Raw:
        """Raw of a value that is not null and that old does not say."""


def said_by(old: Raw, lens: Lens, refs: References) -> Value:
    """Value that old stands for, or MISSING where the lens can not read it."""
    try:
        return lens.get(old, refs)
    except ValueError:
        return MISSING


def is_blank(raw: Raw) -> bool:
    """A text of white space alone, or an empty list: null at `get` (S3). 0 and false are values."""
    return (isinstance(raw, str) and not raw.strip()) or (isinstance(raw, list) and not raw)


def is_same(known: Any, raw: Raw) -> bool:
    """Equal JSON data, where a truth value is no number."""
    return bool(known == raw) and isinstance(known, bool) == isinstance(raw, bool)


def text_of(raw: Raw) -> str:
    """The text of a text or of a whole number. Raises ValueError for anything else."""
    if isinstance(raw, str):
        return raw
    if type(raw) is int:
        return str(raw)
    raise refusal("a text", raw)


def refusal(expected: str, raw: Any) -> ValueError:
    """The error for a raw or a value that is not what was expected; tells its type and length alone (P2)."""
    length = f" of {len(raw)} characters" if isinstance(raw, str) else ""
    return ValueError(f"expected {expected}, found {type(raw).__name__}{length}")


def _plain(part: object) -> object:
    """Options as plain data, a lens as an object of its name."""
    if isinstance(part, BuiltLens):
        fields: tuple[str, ...] = getattr(part, "__struct_fields__", ())
        return {part.name: {field: _plain(getattr(part, field)) for field in fields}}
    return [_plain(each) for each in part] if isinstance(part, tuple) else part
