"""Which writes are due: derived from golden record and shadows, never stored (W1, W5, W6, W9, W13, W14)."""

from accord.core.creating import count_wait, let, stands_still
from accord.core.due.creates import due_create
from accord.core.due.updates import due_of_link
from accord.core.work import Due, Work

__all__ = ["due_writes"]


def due_writes(work: Work) -> list[Due]:
    """Writes that the golden record's records still have to receive, in order of mapping and incarnation.

    What is held back, and why, is added to `work.holds` (G4).
    """
    dues: list[Due] = []
    for link in work.cluster.links:
        mapping = work.mapping(link)
        if mapping is None or link.life != "live":
            continue
        before = len(work.holds)
        due = due_of_link(work, link, mapping)
        if (why := stands_still(work, link, mapping)) and (due is not None or len(work.holds) > before):
            del work.holds[before:]
            work.hold(link.mapping, "excluded", why)
        elif due is not None:
            dues.append(due)
    if work.golden.life == "alive":
        mappings = work.context.model.mappings_of(work.golden.concept)
        dues += [due for mapping in mappings if (due := due_create(work, mapping)) is not None]
    count_wait(work, work.holds)
    return [due for due in let(work, dues) if not _is_paused(work, due)]


def _is_paused(work: Work, due: Due) -> bool:
    """True where nothing is written for now; what ends the pause marks the golden record anew (G2, K6, S11)."""
    why = work.context.paused.get(due.mapping)
    if why is not None:
        work.hold(due.mapping, "frozen", why)
    return why is not None
