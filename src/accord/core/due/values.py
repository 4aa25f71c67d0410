"""What a record can be given of a golden value: its raw spelling, or why not yet (W5, W9, M5)."""

from typing import NamedTuple

from accord.core.creating import may_come
from accord.core.model import PropertyMapping
from accord.core.stamps import Stamp
from accord.core.state import WHOLE, Link
from accord.core.values import MISSING, Raw, Value
from accord.core.work import Work

__all__ = ["Wanted", "is_refused", "put"]


class Wanted(NamedTuple):
    """A value that a record is to hold, in canonical form, and the golden revision that it stands for."""

    value: Value
    stamp: Stamp


def is_refused(work: Work, link: Link, column: int, stamp: Stamp) -> bool:
    """True while nothing has changed that could make a refused write succeed: it is held as failed (W9)."""
    rejection = link.rejected.get(column)
    if rejection is None:
        return False
    seen = work.seen(link)
    same = rejection.stamp == stamp and rejection.version == (seen.version if seen is not None else None)
    if not (same and rejection.fingerprint == work.context.model.fingerprint):
        del link.rejected[column]
        return False
    name = "" if column == WHOLE else work.rows(link)[column].name
    work.hold(link.mapping, "failed", rejection.message, property=name)
    return True


def put(work: Work, mapping: str, column: int, raw: Raw, wanted: Wanted, link: Link | None) -> Raw:
    """Raw value on top of the one that stands there, or MISSING where it can not be written now; why is held.

    What the record can not hold is rejected as if its system had refused it, where there is a link to note that on.
    """
    row = work.context.model.mappings[mapping].properties[column]
    if row.references and wanted.value is not None:
        return _put_reference(work, mapping, row, raw, wanted.value)
    try:
        return row.lens.put(wanted.value, raw, work.context.refs)
    except ValueError as error:
        if link is not None:
            work.reject(link, column, wanted.stamp, str(error))
        work.hold(mapping, "failed", str(error), property=row.name)
        return MISSING


def _put_reference(work: Work, mapping: str, row: PropertyMapping, raw: Raw, value: Value) -> Raw:
    """The remote id of the golden record referred to; until the target has one the write waits (W5)."""
    written = row.lens.put(value, raw, work.context.refs)
    if written is not MISSING:
        return written
    if not may_come(work, str(value), row.references):
        reason = f"not carried: no record of {row.references} will stand for what it refers to"
        work.hold(mapping, "excluded", reason, property=row.name)
    else:
        waits = (value, row.references)
        work.hold(
            mapping,
            "pending",
            f"waits for a record of {row.references}",
            property=row.name,
            waits_for=waits,
            pulls=waits in work.context.unasked,
        )
    return MISSING
