"""Counts as people read them."""

__all__ = ["counted"]


def counted(count: int, noun: str, plural: str = "") -> str:
    """ "1 write", "2,333 writes"; a plural that is not regular is given."""
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"
