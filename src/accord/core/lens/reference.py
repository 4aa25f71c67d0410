"""References: ids of a system's records, as golden ids."""

from typing import ClassVar, Literal

from msgspec import Struct

from accord.core.lens.base import BuiltLens, is_blank, refusal, said_by, text_of
from accord.core.model import References
from accord.core.values import MISSING, Raw, Value

__all__ = ["Reference"]


class Reference(BuiltLens, Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Cast to `reference` (W5): the id of a record of `entity_type` as the golden record that it is linked to.

    An id that is not linked says nothing (MISSING, never null: S3); a golden record without a live record there can not
    be told yet (MISSING). `raw` says whether ids are a "number" or "text" there; else as what stands there.
    """

    name: ClassVar[str] = "reference"
    entity_type: str
    raw: Literal["", "text", "number"] = ""

    def get(self, raw: Raw, refs: References) -> Value:
        """Golden id, or MISSING."""
        if raw is None or raw is MISSING:
            return raw
        if is_blank(raw):
            return None
        golden = refs.golden(self.entity_type, text_of(raw).strip())
        return MISSING if golden is None else golden

    def put(self, value: Value, old: Raw, refs: References) -> Raw:
        """Remote id, or MISSING."""
        if value is MISSING or said_by(old, self, refs) == value:
            return old
        if value is None:
            return None
        remote_id = refs.remote(self.entity_type, value)
        return MISSING if remote_id is None else self.spelled(remote_id, old)

    def spelled(self, remote_id: str, old: Raw) -> Raw:
        """The remote id as text or number."""
        wants_number = self.raw == "number" or (not self.raw and type(old) is int)
        if wants_number and remote_id.isascii() and remote_id.isdigit() and str(int(remote_id)) == remote_id:
            return int(remote_id)
        if self.raw == "number":
            raise refusal("the id of a record, a whole number", remote_id)
        return remote_id
