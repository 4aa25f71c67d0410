"""Rows of state as blobs: what a store queries stands in columns of its own, everything else here.

Most properties of a row share one or two stamps. So a blob begins with the distinct stamps, and a column of stamps is
either one number (all are that stamp) or one number per property.

A shape lists the fields of a blob in order. A new field goes to its end with a default: then blobs without it can
still be read, and no migration has to touch every row.
"""

from typing import Any, Final, TypeAlias

from msgspec import DecodeError, Struct
from msgspec.structs import asdict

from accord.core.stamps import Stamp
from accord.core.state import (
    Claim,
    Element,
    Golden,
    Link,
    Open,
    Pin,
    Rejection,
    Seen,
    Sent,
    Suspect,
    Written,
)
from accord.store.values import column_data, decoder, pack

__all__ = ["golden_blob", "golden_row", "link_blob", "link_row", "seen_blob", "seen_row"]

_Column: TypeAlias = int | bytes | list[int]
_Text: TypeAlias = str | None
_Number: TypeAlias = int | None


class _Stamps(dict[Stamp | None, int]):
    """Distinct stamps of a row, numbered in order of appearance."""

    def __missing__(self, stamp: Stamp | None) -> int:
        number = self[stamp] = len(self)
        return number

    def column(self, stamps: list[Any], length: int) -> _Column:
        """Numbers of stamps; one alone when all `length` of them are the same."""
        if len(stamps) == length and length and stamps.count(stamps[0]) == length:
            return self[stamps[0]]
        numbers = [self[stamp] for stamp in stamps]
        return numbers if len(self) > 256 else bytes(numbers)


def _stamps_of(column: _Column, table: list[Any], length: int) -> list[Any]:
    """Stamps of a row with so many values. Raises DecodeError: they are not as many, or not in the table."""
    try:
        if isinstance(column, int):
            return [table[column]] * length
        if len(column) == length:
            return [table[number] for number in column]
    except IndexError:
        pass
    raise DecodeError("the columns of a row do not fit together")


# Seen


class _SeenShape(Struct, array_like=True):
    raw: list[Any]
    version: _Text
    order: _Number
    modified_us: _Number
    created_us: _Number
    first_us: int
    fetched: bool
    seq: int
    gone: Any
    missing_us: _Number
    excluded: str
    our_id: str
    old_versions: list[str]
    successor: str = ""
    unreadable: str = ""
    initial: bool = False
    made: bool = False
    resting: str = ""
    highest_order: _Number = None
    backsteps: int = 0
    born_us: _Number = None
    offset_us: int = 0


_seen_shape: Final = decoder(_SeenShape).decode


def seen_blob(row: Seen) -> bytes:
    """All of a seen record but mapping, id, golden, held and asked_us."""
    return pack(
        (
            column_data(row.raw),
            row.version,
            row.order,
            row.modified_us,
            row.created_us,
            row.first_us,
            row.fetched,
            row.seq,
            row.gone,
            row.missing_us,
            row.excluded,
            row.our_id,
            row.old_versions,
            row.successor,
            row.unreadable,
            row.initial,
            row.made,
            row.resting,
            row.highest_order,
            row.backsteps,
            row.born_us,
            row.offset_us,
        )
    )


def seen_row(mapping: str, id_: str, golden: str | None, held: str, asked_us: int, blob: bytes) -> Seen:
    """Seen record of a blob and its columns."""
    data: _SeenShape = _seen_shape(blob)
    return Seen(
        mapping=mapping,
        id=id_,
        raw=data.raw,
        version=data.version,
        order=data.order,
        modified_us=data.modified_us,
        created_us=data.created_us,
        asked_us=asked_us,
        first_us=data.first_us,
        fetched=data.fetched,
        seq=data.seq,
        golden=golden,
        gone=data.gone,
        missing_us=data.missing_us,
        held=held,
        excluded=data.excluded,
        our_id=data.our_id,
        old_versions=data.old_versions,
        successor=data.successor,
        unreadable=data.unreadable,
        initial=data.initial,
        made=data.made,
        resting=data.resting,
        highest_order=data.highest_order,
        backsteps=data.backsteps,
        born_us=data.born_us,
        offset_us=data.offset_us,
    )


# Golden


class _GoldenShape(Struct, array_like=True):
    stamps: list[Stamp | None]
    stamp: _Column
    value: list[Any]
    life: Any
    rivals: dict[int, list[Any]] | None
    questions: dict[int, str] | None
    merged_into: str = ""
    elements: dict[int, list[Any]] | None = None
    still_us: int = 0
    latest_us: int = 0
    waits_us: int = 0


_golden_shape: Final = decoder(_GoldenShape).decode


def golden_blob(row: Golden) -> bytes:
    """All of a golden record but id and concept."""
    stamps = _Stamps()
    column = stamps.column(row.stamp, len(row.value))
    rivals = (
        {place: _claims_data(claims, stamps) for place, claims in row.rivals.items()} if row.rivals else None
    )
    elements = (
        {place: _elements_data(some, stamps) for place, some in row.elements.items()}
        if row.elements
        else None
    )
    rest = (
        row.life,
        rivals,
        row.questions or None,
        row.merged_into,
        elements,
        row.still_us,
        row.latest_us,
        row.waits_us,
    )
    return pack((list(stamps), column, row.value, *rest))


def golden_row(id_: str, concept: str, blob: bytes) -> Golden:
    """Golden record of a blob and its columns."""
    data: _GoldenShape = _golden_shape(blob)
    rivals = data.rivals or {}
    return Golden(
        id=id_,
        concept=concept,
        value=data.value,
        stamp=_stamps_of(data.stamp, data.stamps, len(data.value)),
        life=data.life,
        rivals={place: _claims(claims, data.stamps) for place, claims in rivals.items()},
        questions=data.questions or {},
        merged_into=data.merged_into,
        elements={place: _elements(some, data.stamps) for place, some in (data.elements or {}).items()},
        still_us=data.still_us,
        latest_us=data.latest_us,
        waits_us=data.waits_us,
    )


def _elements_data(elements: list[Element], stamps: _Stamps) -> list[tuple[Any, ...]]:
    return [(each.key, each.value, each.there, stamps[each.stamp]) for each in elements]


def _elements(elements: list[Any], stamps: list[Any]) -> list[Element]:
    return [Element(key, value, there, stamps[stamp]) for key, value, there, stamp in elements]


def _claims_data(claims: list[Claim], stamps: _Stamps) -> list[tuple[Any, ...]]:
    return [(stamps[claim.stamp], stamps[claim.base], claim.value, claim.error_us) for claim in claims]


def _claims(claims: list[Any], stamps: list[Any]) -> list[Claim]:
    return [Claim(stamps[stamp], stamps[base], value, error_us) for stamp, base, value, error_us in claims]


# Link


class _LinkShape(Struct, array_like=True):
    stamps: list[Stamp | None]
    base: _Column
    same: _Column
    raw: list[Any]
    by: Any
    seq: int
    generation: int
    refusals: int
    own_version: _Text
    own_modified_us: _Number
    read_us: int
    sent_us: int
    confirmed_us: int
    suspects: dict[int, dict[str, Any]] | None
    rejected: dict[int, dict[str, Any]] | None
    open: dict[str, Any] | None
    decided: dict[str, Any] | None = None
    written: dict[int, list[Written]] | None = None
    restored: bool = False


_link_shape: Final = decoder(_LinkShape).decode


def link_blob(row: Link) -> bytes:
    """All of a link but golden, mapping, incarnation, id and life."""
    stamps = _Stamps()
    length = len(row.raw)
    base = stamps.column(row.base, length)
    same = stamps.column(row.same, length)
    suspects = (
        {place: _suspect_data(item, stamps) for place, item in row.suspects.items()} if row.suspects else None
    )
    rejected = (
        {place: _rejection_data(item, stamps) for place, item in row.rejected.items()}
        if row.rejected
        else None
    )
    opened = None if row.open is None else _open_data(row.open, stamps)
    decided = _decided_data(row, stamps)
    return pack(
        (
            list(stamps),
            base,
            same,
            column_data(row.raw),
            row.by,
            row.seq,
            row.generation,
            row.refusals,
            row.own_version,
            row.own_modified_us,
            row.read_us,
            row.sent_us,
            row.confirmed_us,
            suspects,
            rejected,
            opened,
            decided,
            row.written or None,
            row.restored,
        )
    )


def link_row(golden: str, mapping: str, incarnation: int, id_: str | None, life: Any, blob: bytes) -> Link:
    """Link of a blob and its columns."""
    data: _LinkShape = _link_shape(blob)
    stamps = data.stamps
    suspects, rejected, decided = data.suspects or {}, data.rejected or {}, data.decided or {}
    return Link(
        golden=golden,
        mapping=mapping,
        incarnation=incarnation,
        id=id_,
        life=life,
        by=data.by,
        seq=data.seq,
        raw=data.raw,
        base=_stamps_of(data.base, stamps, len(data.raw)),
        same=_stamps_of(data.same, stamps, len(data.raw)),
        suspects={place: _suspect(item, stamps) for place, item in suspects.items()},
        rejected={place: _rejection(item, stamps) for place, item in rejected.items()},
        open=None if data.open is None else _open(data.open, stamps),
        generation=data.generation,
        refusals=data.refusals,
        own_version=data.own_version,
        own_modified_us=data.own_modified_us,
        read_us=data.read_us,
        sent_us=data.sent_us,
        confirmed_us=data.confirmed_us,
        pins={place: Pin(pin[0], stamps[pin[1]]) for place, pin in decided.get("pins", {}).items()},
        doomed=decided.get("doomed", False),
        kept=decided.get("kept"),
        ruled=decided.get("ruled", False),
        written=data.written or {},
        restored=data.restored,
    )


# The rarer parts of a link are kept by name, their stamps by number.


def _decided_data(row: Link, stamps: _Stamps) -> dict[str, Any] | None:
    """What a person decided about a record alone; hardly any has something."""
    if not (row.pins or row.doomed or row.kept is not None or row.ruled):
        return None
    pins = {place: (pin.value, stamps[pin.stamp]) for place, pin in row.pins.items()}
    return {"pins": pins, "doomed": row.doomed, "kept": row.kept, "ruled": row.ruled}


def _sent_data(sent: Sent, stamps: _Stamps) -> tuple[Any, int]:
    return sent.raw, stamps[sent.stamp]


def _sent(data: list[Any], stamps: list[Any]) -> Sent:
    return Sent(data[0], stamps[data[1]])


def _suspect_data(row: Suspect, stamps: _Stamps) -> dict[str, Any]:
    return asdict(row) | {"base": stamps[row.base], "sent": _sent_data(row.sent, stamps)}


def _suspect(data: dict[str, Any], stamps: list[Any]) -> Suspect:
    return Suspect(**data | {"base": stamps[data["base"]], "sent": _sent(data["sent"], stamps)})


def _rejection_data(row: Rejection, stamps: _Stamps) -> dict[str, Any]:
    return asdict(row) | {"stamp": stamps[row.stamp]}


def _rejection(data: dict[str, Any], stamps: list[Any]) -> Rejection:
    return Rejection(**data | {"stamp": stamps[data["stamp"]]})


def _open_data(row: Open, stamps: _Stamps) -> dict[str, Any]:
    return asdict(row) | {"sent": {place: _sent_data(item, stamps) for place, item in row.sent.items()}}


def _open(data: dict[str, Any], stamps: list[Any]) -> Open:
    return Open(**data | {"sent": {place: _sent(item, stamps) for place, item in data["sent"].items()}})
