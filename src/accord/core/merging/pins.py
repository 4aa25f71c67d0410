"""Pins: what a person has put back into one record, and the question that it leaves (G3)."""

from accord.core.state import Link, record_key
from accord.core.work import Work

__all__ = ["hold_pins"]


def hold_pins(work: Work, link: Link) -> None:
    """A pinned value that differs from the golden one is a question, everywhere; one that does not is no pin more."""
    if work.mapping(link) is None:
        return
    golden = work.golden
    for column, pin in sorted(link.pins.items()):
        property_ = work.rows(link)[column].property
        if pin.value == golden.value[property_]:
            del link.pins[column]
        else:
            record = record_key(link.mapping, link.id or "")
            golden.questions[property_] = (
                f"it was undone in {record}, and a person is to say which value stays"
            )
