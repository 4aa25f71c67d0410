"""Pins: what a person has put back into one record, and the question that it leaves (G3)."""

from accord.core.state import Link, Pin, record_key
from accord.core.work import Work

__all__ = ["hold_pins"]


def hold_pins(work: Work, link: Link) -> None:
    """A pinned value that differs from the golden one is a question, everywhere; one that does not, and that stands in
    its record, is no pin more."""
    if work.mapping(link) is None:
        return
    golden = work.golden
    for column, pin in sorted(link.pins.items()):
        property_ = work.rows(link)[column].property
        if pin.value == golden.value[property_]:
            if _stands(work, link, column, pin):
                del link.pins[column]
        else:
            record = record_key(link.mapping, link.id or "")
            golden.questions[property_] = (
                f"it was undone in {record}, and a person is to say which value stays"
            )


def _stands(work: Work, link: Link, column: int, pin: Pin) -> bool:
    """The record holds what was put back, or what its system makes of it (S5)."""
    row, agreed = work.rows(link)[column], (link.base[column], link.same[column])
    revisions = (work.golden.stamp[row.property], pin.stamp)
    return any(each in revisions for each in agreed) or work.get(row, link.raw[column]) == pin.value
