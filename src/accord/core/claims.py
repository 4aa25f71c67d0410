"""Which of the claims for one golden property wins (M1-M3).

All here is a function of the SET of claims: merging pairwise, or in order of arrival, picks other winners for other
orders. The greatest stamp suffices where survivorship is `latest` and clocks are exact, and that is the fast path.
"""

from collections.abc import Sequence

from accord.core.model import Survivorship
from accord.core.stamps import BOTTOM, Stamp, decision_stamp, is_side_effect
from accord.core.state import Claim, Golden

__all__ = ["LATEST", "alive", "decide", "is_open", "merge"]

LATEST = Survivorship()


def alive(claims: Sequence[Claim]) -> list[Claim]:
    """The claims that no other one supersedes, without repeats, in order of stamp.

    A claim supersedes every claim decided at or before the golden revision that its record's shadow stood for (M2). A
    side effect loses to every claim that is not one, whatever the rule (S6).
    """
    standing = sorted(c for c in claims if not any(c.stamp <= other.base for other in claims))
    standing = [c for c in standing if not is_side_effect(c.stamp)] or standing
    return list({c.stamp: c for c in standing}.values())


def decide(claims: Sequence[Claim], rule: Survivorship) -> tuple[Claim, Stamp]:
    """Winner among claims that are alive, and the stamp of the decision.

    Of one claim the stamp is its own; of several it is later than all, whichever wins: whoever edits on top of the
    decision supersedes them all. Law: however many claims more are known, time and tick of the decision never go back.
    """
    newest = max(claims)
    winner = _winner(claims, newest, rule)
    if len(claims) == 1:
        return winner, winner.stamp
    return winner, decision_stamp(newest.stamp, winner.stamp)


def is_open(golden: Golden, column: int, rule: Survivorship) -> bool:
    """True where claims that differ compete and a person is to say which one wins; it ends when they agree (M2)."""
    claims = golden.rivals.get(column, []) if rule.rule == "ask" else []
    return any(claim.value != claims[0].value for claim in claims)


def _winner(claims: Sequence[Claim], newest: Claim, rule: Survivorship) -> Claim:
    if rule.rule == "priority":
        return max(claims, key=lambda c: (c.stamp.priority, c.stamp))
    if rule.function is not None:
        values = sorted({repr(c.value): c.value for c in claims}.items())
        chosen = values[rule.function([v for _, v in values])][0]
        return max(c for c in claims if repr(c.value) == chosen)
    floor = newest.stamp.time_us - newest.error_us
    tied = [c for c in claims if c.stamp.time_us + c.error_us >= floor]
    if all(c.error_us == 0 for c in tied):
        return newest
    return max(tied, key=lambda c: (c.stamp.priority, c.stamp.record, c.stamp.order, c.stamp))


def merge(
    golden: Golden, column: int, claim: Claim, rule: Survivorship = LATEST, *, exact: bool = True
) -> list[tuple[str, Claim]]:
    """Let a claim compete for a golden property; the golden record is changed in place.

    `exact`: no claim for it, of whatever system, has a clock error; then the greatest stamp wins and is all to keep.

    Returns what lost: ("loser" or "superseded", claim) for each value that is not golden (any more) (M4). An equal
    claim counts with the later time. Laws: any order of merges gives the same golden record; a repeat changes nothing.
    """
    now = Claim(golden.stamp[column], BOTTOM, golden.value[column])
    if exact and rule.rule == "latest" and column not in golden.rivals:
        return _merge_latest(golden, column, now, claim)
    before = golden.rivals.get(column) or ([now] if now.stamp != BOTTOM else [])
    standing = alive([*before, claim])
    winner, stamp = decide(standing, rule)
    golden.value[column], golden.stamp[column] = winner.value, stamp
    golden.rivals[column] = standing
    fates = []
    for other in {c.stamp: c for c in (*before, claim)}.values():
        if other.value != winner.value and (other.value == now.value or other.stamp == claim.stamp):
            fates.append(("loser" if other in standing else "superseded", other))
    return fates


def _merge_latest(golden: Golden, column: int, now: Claim, claim: Claim) -> list[tuple[str, Claim]]:
    if claim.stamp <= now.stamp:
        return [] if claim.value == now.value else [("loser", claim)]
    golden.value[column], golden.stamp[column] = claim.value, claim.stamp
    if now.stamp == BOTTOM or claim.value == now.value:
        return []
    return [("superseded" if now.stamp <= claim.base else "loser", now)]
