"""Values that chase each other, as people read them (G5)."""

from accord.cli.times import clock, shown
from accord.runtime.books.chases import Chase

__all__ = ["chase_remedy", "chase_text"]


def chase_text(chase: Chase) -> str:
    """What is frozen, and which values chase each other."""
    values = " and ".join(shown(value) for value in chase.values)
    return f"frozen: {chase.name}: {values} chase each other"


def chase_remedy(chase: Chase) -> str:
    """What ends it, and how it goes on."""
    return (
        f"Find what undoes each write there. It goes on with a new value, on {clock(chase.until_us)}, "
        f"or with: accord resume {chase.name}"
    )
