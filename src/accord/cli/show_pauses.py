"""Pauses as people read them."""

from accord.cli.times import clock
from accord.runtime.pauses import Pause

__all__ = ["pause_text"]


def pause_text(pause: Pause) -> str:
    """What is paused, until when, why, and since when."""
    how = "read, not written" if pause.reads else "neither read nor written"
    until = f", until {clock(pause.until_us)}" if pause.until_us is not None else ""
    text = f"PAUSED {pause.scope} ({how}{until}), since {clock(pause.at_us)}: {pause.why}"
    if pause.kind != "identity":
        return text
    return (
        f"{text}. It ends by itself when that is over; if it is right: accord resume {pause.scope} --accept"
    )
