"""Copies of rows, deep enough that a change to one never shows in the other.

Values themselves are immutable by convention (`core.values`) and shared.
"""

from copy import copy

from accord.core.state import Golden, Link, Review, Seen

__all__ = ["copy_golden", "copy_link", "copy_review", "copy_seen"]


def copy_seen(row: Seen) -> Seen:
    """Copy of a seen record."""
    new = copy(row)
    new.raw = row.raw.copy()
    new.old_versions = row.old_versions.copy()
    return new


def copy_golden(row: Golden) -> Golden:
    """Copy of a golden record."""
    new = copy(row)
    new.value = row.value.copy()
    new.stamp = row.stamp.copy()
    new.rivals = {column: claims.copy() for column, claims in row.rivals.items()}
    new.questions = row.questions.copy()
    new.elements = {column: some.copy() for column, some in row.elements.items()}
    return new


def copy_link(row: Link) -> Link:
    """Copy of a link with its suspects, rejections and open write."""
    new = copy(row)
    new.raw = row.raw.copy()
    new.base = row.base.copy()
    new.same = row.same.copy()
    new.suspects = {column: copy(suspect) for column, suspect in row.suspects.items()}
    new.rejected = {column: copy(rejection) for column, rejection in row.rejected.items()}
    new.written = {column: written.copy() for column, written in row.written.items()}
    if row.open is not None:
        new.open = copy(row.open)
        new.open.sent = row.open.sent.copy()
        new.open.body = None if row.open.body is None else row.open.body.copy()
    new.pins = row.pins.copy()
    return new


def copy_review(row: Review) -> Review:
    """Copy of a review."""
    new = copy(row)
    new.members = row.members.copy()
    new.goldens = row.goldens.copy()
    return new
