"""What comes in from a system: observations of records, and the outcomes of writes."""

from collections.abc import Mapping as ReadOnly
from typing import Any, Literal

from msgspec import Struct

__all__ = ["Observation", "Outcome"]


class Observation(Struct, kw_only=True):
    """One record as one answer showed it.

    `asked_us` is when the request began, on the hub's clock; `modified_us`, `created_us` are the system's times
    less its clock offset at that moment (M3); `born_us` is the creation time as the system tells it, which no offset
    moves: another one is another record (S10). `payload` is None where there is none: `gone` tells why. "missing" is
    a 404 or 410, which alone proves nothing unless `proven` (the system's feed said so, or another linked record of
    the type was readable with the same credentials); "merged" names the `successor` (S10).
    """

    mapping: str
    id: str
    how: Literal["listing", "fetch", "feed", "reply", "search"]
    asked_us: int
    payload: ReadOnly[str, Any] | None = None
    gone: Literal["", "missing", "deleted", "merged", "unreadable"] = ""
    proven: bool = False
    successor: str = ""
    successor_type: str = ""
    """Its entity type in the same system, where the record changed its type (L11)."""
    version: str | None = None
    order: int | None = None
    modified_us: int | None = None
    created_us: int | None = None
    born_us: int | None = None
    our_id: str = ""
    offset_us: int = 0
    """How far the system's clock was taken to be ahead of the hub's when the times were worked out."""

    @property
    def told_us(self) -> int | None:
        """Modification time as the system told it, which no better knowledge of its clock changes."""
        return None if self.modified_us is None else self.modified_us + self.offset_us


class Outcome(Struct, kw_only=True):
    """How a write ended.

    "done": the system said yes, with the record (`observation`) or without one. "moved": refused, for the record moved
    on (412). "missing": there is no such record. "refused": the system does not accept it; `faults` name the
    properties by path, `message` is in the system's own words, and `denied` says that the account has not the right.
    "unknown": sent, and nobody knows. "later": not applied; the same may be sent after `after_s`.
    """

    kind: Literal["done", "moved", "missing", "refused", "unknown", "later"]
    observation: Observation | None = None
    message: str = ""
    faults: tuple[str, ...] = ()
    after_s: float = 0.0
    denied: bool = False
