"""Why a record is, or is not, in another entity type; and what would make it flow (G4)."""

from collections.abc import Callable, Mapping as ReadOnly, Sequence
from typing import Final

from msgspec import Struct, field

from accord.core.errors import AccordError
from accord.core.model import Mapping
from accord.core.standing import REPLACED, State, Told, reasons_of, stands_apart
from accord.core.state import Cluster, Review, Seen, record_key
from accord.core.wording import remedy
from accord.ports.store import Transaction
from accord.runtime.books.dead_letters import DeadLetter, dead_letters
from accord.runtime.hub import Hub
from accord.runtime.steps.sharing import derive

__all__ = ["Toward", "Why", "known_targets", "towards"]


class Why(Struct, kw_only=True):
    """One reason, and what would end it: a command, a record to look at, or a place in the configuration, which
    `setting` names as (mapping, property or "")."""

    state: State
    reason: str = ""
    property: str = ""
    remedy: str = ""
    setting: tuple[str, str] | None = None


class Toward(Struct, kw_only=True):
    """Where a record stands towards a target: the first of all reasons that apply is its state."""

    record: str
    target: str
    state: State
    there: list[str] = field(default_factory=list)
    """Its records there."""
    why: list[Why] = field(default_factory=list)


class _Case(Struct):
    """What remedies are found from."""

    seen: Seen
    mapping: Mapping
    target: Mapping
    cluster: Cluster | None
    reviews: Sequence[Review]
    letters: ReadOnly[tuple[str, str], DeadLetter]
    told: Told

    @property
    def record(self) -> str:
        return record_key(self.seen.mapping, self.seen.id)

    @property
    def golden(self) -> str:
        return self.cluster.golden.id if self.cluster is not None else self.record


def known_targets(hub: Hub, concept: str, name: str, *, but: str) -> list[Mapping]:
    """Mappings of a concept that a system, an entity type or a mapping names; all others for "".

    Raises AccordError: nothing of the concept goes by that name; with what there is.
    """
    others = [mapping for mapping in hub.model.mappings_of(concept) if mapping.key != but]
    named = [m for m in others if name in ("", m.key, m.entity_type, m.system)]
    if not named:
        known = sorted({*(m.key for m in others), *(m.system for m in others)})
        raise AccordError(
            f"{name} is no place where a {concept} of {but} could be", remedy=remedy(name, known)
        )
    return named


async def towards(hub: Hub, tx: Transaction, seen: Seen, targets: Sequence[Mapping]) -> list[Toward]:
    """Where a record stands towards each target, and why."""
    mapping = hub.model.mappings[seen.mapping]
    reviews = await tx.reviews(mapping.concept)
    letters = {
        (letter.golden, f"{letter.mapping} {letter.property}"): letter
        for letter in await dead_letters(hub, tx)
    }
    if seen.golden is None:
        ids = {review.id for review in reviews}
        complete = (await hub.gates(tx))[mapping.key].complete
        told = stands_apart(seen, ids, complete=complete)
        return [_toward(_Case(seen, mapping, t, None, reviews, letters, told), [told]) for t in targets]
    (settled,), context = await derive(hub, tx, await tx.clusters([seen.golden]))
    found = []
    for target in targets:
        every = reasons_of(seen, target, settled, context)
        found.append(
            _toward(_Case(seen, mapping, target, settled.cluster, reviews, letters, every[0]), every)
        )
    return found


def _toward(case: _Case, every: Sequence[Told]) -> Toward:
    links = case.cluster.links if case.cluster is not None else ()
    there = [
        record_key(k.mapping, k.id)
        for k in links
        if k.mapping == case.target.key and k.life == "live" and k.id
    ]
    toward = Toward(record=case.record, target=case.target.key, state=every[0].state, there=there)
    for told in every:
        case.told = told
        if told.state != "in sync":
            toward.why.append(_why(case))
    return toward


def _why(case: _Case) -> Why:
    told = case.told
    why = Why(state=told.state, reason=told.reason, property=told.property)
    why.remedy = _REMEDIES[told.state](case)
    if told.state in ("excluded", "out of scope", "failed", "unreadable"):
        own = told.state in ("out of scope", "unreadable") or (case.cluster is None)
        why.setting = (case.mapping.key if own else case.target.key, told.property)
    return why


def _unreadable(case: _Case) -> str:
    of = f" {case.told.property}" if case.told.property else ""
    return f"Correct{of} in {case.record}, or read it by another lens or place"


def _review(case: _Case) -> str:
    named = {case.record, case.golden}
    ids = [r.id for r in case.reviews if named & {*r.members, *r.goldens} or r.id == case.seen.held]
    if ids:
        return f"Decide: accord review {ids[0]}"
    return "Decide: accord review, which shows those side by side that bear the same key"


def _failed(case: _Case) -> str:
    told = case.told
    letter = case.letters.get((case.golden, f"{case.target.key} {told.property}"))
    if letter is not None:
        return letter.remedy
    if told.property:
        return f"Give {told.property} a value that {case.target.key} takes, in {case.record} or elsewhere"
    return f"The manifest of {case.target.system} says that it can not; do it there by hand"


def _conflict(case: _Case) -> str:
    of = f" of {case.told.property}" if case.told.property else ""
    return f"Decide: accord conflicts lists the values{of} side by side"


def _frozen(case: _Case) -> str:
    where = case.target.key
    if case.told.property:
        where = next(iter(_there(case)), where) + f":{case.told.property}"
    return f"accord resume {where}; accord pause tells what is paused"


def _there(case: _Case) -> list[str]:
    links = case.cluster.links if case.cluster is not None else ()
    return [
        record_key(k.mapping, k.id)
        for k in links
        if k.mapping == case.target.key and k.id and k.life == "live"
    ]


def _waiting(_: _Case) -> str:
    return "By itself, with the next accord sync; accord status tells what was never read completely"


def _pending(case: _Case) -> str:
    hold = case.told.hold
    if hold is not None and hold.waits_for is not None:
        golden, target = hold.waits_for
        return f"When that is there: accord explain {golden} --in {target}"
    return "By itself, with the next accord sync"


def _out_of_scope(case: _Case) -> str:
    return f"It stays linked and in sync; correct {case.record}, or the filter of {case.mapping.key}"


def _excluded(case: _Case) -> str:
    told = case.told
    if case.cluster is None:
        return f"Correct {case.record}, or the filter of {case.mapping.key}"
    if told.property:
        return f"Link what {case.record} refers to, or create it in {case.target.key.partition('.')[0]}"
    if _there(case):
        return f"Map a row of {case.target.key} in both directions, or for writing"
    if not case.target.declaration.can_create:
        return "Enter it there by hand: it will be linked if a match rule finds it"
    return f"Change how {case.target.key} creates and shares, or enter it there by hand, where a match rule finds it"


def _tombstoned(case: _Case) -> str:
    if case.seen.gone:
        return f"If {case.record} comes back under its id, its link lives again"
    if case.told.reason == REPLACED:
        return f"Delete one of the two there, or make it a thing of its own: accord links split {case.record}"
    gone = case.cluster.links if case.cluster is not None else ()
    ids = [
        record_key(k.mapping, k.id)
        for k in gone
        if k.mapping == case.target.key and k.life == "tomb" and k.id
    ]
    back = f"Bring {ids[-1]} back there, or enter it anew; " if ids else ""
    return f"{back}accord undo {case.golden} --plan tells what can be restored"


_REMEDIES: Final[dict[State, Callable[[_Case], str]]] = {
    "unreadable": _unreadable,
    "review": _review,
    "failed": _failed,
    "conflict": _conflict,
    "frozen": _frozen,
    "waiting": _waiting,
    "pending": _pending,
    "out of scope": _out_of_scope,
    "excluded": _excluded,
    "tombstoned": _tombstoned,
}
