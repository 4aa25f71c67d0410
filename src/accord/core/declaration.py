"""What the core and the runtime need to know of an entity type in a system: a frozen extract of its manifest."""

from typing import Literal

from msgspec import Struct

__all__ = ["Declaration", "FindCreate", "VersionOrder"]

VersionOrder = Literal["ordered", "opaque", "none"]
FindCreate = Literal["key", "our_id", "search", "never"]


class Declaration(Struct, frozen=True, kw_only=True):
    """How one entity type behaves.

    `entity_type` is "system.Type". Times are seconds. `finds_create` are the ways in which a create of unknown outcome
    may be found again, best first (W3); empty means at most once. `version` says whether version tokens can be
    ordered, only compared, or do not exist; `exact` that an equal version means equal content (an ETag, a counter; not
    a time); `recurs` that a version may come back, as the hash of a content does. `conditional`: a write can name the
    version it is based on and is refused when the record moved on (W2).
    """

    entity_type: str
    lag_s: float = 0.0
    version: VersionOrder = "opaque"
    exact: bool = False
    conditional: bool = True
    update: Literal["patch", "replace"] = "patch"
    can_create: bool = True
    can_update: bool = True
    can_delete: bool = True
    finds_create: tuple[FindCreate, ...] = ("key",)
    key_valid_s: float = 86_400.0
    our_id: str = ""
    """Path of the property that carries our id, empty where there is none."""
    tombstones: bool = False
    """The feed of changes reports deletes."""
    incremental: bool = True
    """Changes since a cursor can be asked for; else every read is a full one."""
    confirm_s: float = 0.0
    max_request_s: float = 30.0
    clock_error_s: float = 0.0
    listing_partial: bool = False
    """Listings carry fewer properties than a fetch."""
    absent: Literal["silent", "null"] = "silent"
    sweep_s: float = 86_400.0
    """How often all ids are read to find deletes, where the feed does not report them; 0 is in every run."""
    settable: tuple[str, ...] = ()
    """Paths that a create may set: with what was kept of a deleted record it is made again (W8)."""
    recurs: bool = False
