"""Something says that a record is not there: proven, twice told, or only a nomination (S10)."""

from accord.core.intake.staleness import Verdict
from accord.core.model import Mapping
from accord.core.observation import Observation
from accord.core.state import Seen
from accord.core.values import MISSING, Raw
from accord.core.work import SECOND_US

__all__ = ["NOT_SHOWN", "absorb_absence"]

NOT_SHOWN = "its system does not show it by its id"
"""Why a record can not be read that is listed perhaps (S10, G4)."""


def absorb_absence(
    seen: Seen | None, observation: Observation, mapping: Mapping, now_us: int
) -> tuple[Seen | None, Verdict]:
    """Take an observation without a payload into the row of its record."""
    if observation.gone == "unreadable":
        return _absorb_refusal(seen)
    proven = observation.proven and observation.gone in ("deleted", "merged")
    if seen is None:
        if not proven and not (observation.proven and observation.how == "fetch"):  # what is referred to (W5)
            return None, "old"
        nothing: list[Raw] = [MISSING] * len(mapping.properties)
        seen = Seen(mapping=mapping.key, id=observation.id, raw=nothing, first_us=now_us)
        seen.gone, seen.asked_us = "deleted", observation.asked_us
        return seen, "new"
    if seen.gone:
        unsure = observation.gone == "missing" and not observation.proven
        return seen, "hint" if unsure else "old"  # something showed it, and nothing could be read just now
    if observation.how != "fetch" and not proven:
        return seen, "hint"
    wait_us = int(mapping.declaration.confirm_s * SECOND_US)
    if not proven and seen.missing_us is None:
        seen.missing_us = observation.asked_us
        return seen, "changed"
    if not proven and not (observation.proven and observation.asked_us >= (seen.missing_us or 0) + wait_us):
        return seen, "hint"
    seen.gone, seen.missing_us = "merged" if observation.gone == "merged" else "deleted", None
    seen.asked_us = max(seen.asked_us, observation.asked_us)
    seen.seq += 1
    return seen, "changed"


def _absorb_refusal(seen: Seen | None) -> tuple[Seen | None, Verdict]:
    """The system does not show a record by its id just now: that is told, and nothing follows from it (S10, G4)."""
    if seen is None or seen.gone or seen.unreadable:
        return seen, "old"
    seen.unreadable = NOT_SHOWN
    return seen, "changed"
