"""Copies of rows, deep enough that a change to one never shows in the other.

Values themselves are immutable by convention (`core.values`) and shared.
"""

from operator import methodcaller
from typing import Any, Final

from accord.core.state import Golden, Link, Review, Seen

__all__ = ["copied", "copy_golden", "copy_link", "copy_review", "copy_seen"]

copied: Final[Any] = methodcaller("__copy__")
"""`copy.copy` of a struct, without the search for how it is copied."""


def copy_seen(row: Seen) -> Seen:
    """Copy of a seen record."""
    new: Seen = copied(row)
    new.raw = row.raw.copy()
    new.old_versions = row.old_versions.copy()
    return new


def copy_golden(row: Golden) -> Golden:
    """Copy of a golden record."""
    new: Golden = copied(row)
    new.value = row.value.copy()
    new.stamp = row.stamp.copy()
    new.rivals = {column: claims.copy() for column, claims in row.rivals.items()} if row.rivals else {}
    new.questions = row.questions.copy()
    new.elements = {column: some.copy() for column, some in row.elements.items()} if row.elements else {}
    return new


def copy_link(row: Link) -> Link:
    """Copy of a link with its suspects, rejections and open write."""
    new: Link = copied(row)
    new.raw = row.raw.copy()
    new.base = row.base.copy()
    new.same = row.same.copy()
    new.suspects = {c: copied(suspect) for c, suspect in row.suspects.items()} if row.suspects else {}
    new.rejected = {c: copied(rejection) for c, rejection in row.rejected.items()} if row.rejected else {}
    new.written = {c: written.copy() for c, written in row.written.items()} if row.written else {}
    if row.open is not None:
        new.open = copied(row.open)
        new.open.sent = row.open.sent.copy()
        new.open.body = None if row.open.body is None else row.open.body.copy()
    new.pins = row.pins.copy()
    return new


def copy_review(row: Review) -> Review:
    """Copy of a review."""
    new: Review = copied(row)
    new.members = row.members.copy()
    new.goldens = row.goldens.copy()
    return new
