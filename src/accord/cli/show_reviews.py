"""Open reviews, counted, as people read them."""

from collections.abc import Mapping

from accord.core.wording import counted

__all__ = ["reviews_text"]

_WORDS = {
    "cluster": ("group with a doubled record", "groups with a doubled record"),
    "veto": ("match with a veto", "matches with a veto"),
    "merge": ("match of records that are linked apart", "matches of records that are linked apart"),
    "propose": ("near match", "near matches"),
    "create": ("create of unknown outcome", "creates of unknown outcome"),
}


def reviews_text(reviews: Mapping[str, int]) -> str:
    """Counts by kind in words, or "" where there are none."""
    parts = [f"{counted(n, *_WORDS[kind])} ({kind})" for kind, n in sorted(reviews.items())]
    return f"For a person to look at: {', '.join(parts)}" if parts else ""
