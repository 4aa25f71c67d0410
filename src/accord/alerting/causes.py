"""What people are told of, read from the state as it is: names, counts and what to type, no values (P2)."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from typing import Final

from msgspec import Struct

from accord.core.errors import AccordError
from accord.core.wording import counted
from accord.ports.connection import STANDS, Connection
from accord.ports.store import Transaction
from accord.project.schema_alerts import AlertKind
from accord.runtime.asking import asking
from accord.runtime.guards import Alarm
from accord.runtime.hub import Hub
from accord.runtime.pauses import ASKS, stored
from accord.runtime.runs.sync import Synced

__all__ = ["Cause", "of_connections", "of_down", "of_error", "of_run", "of_store", "of_subscriptions"]

_MOST: Final = 1000
"""So many dead letters, and records with conflicts, are counted."""
_STOPPED_S: Final = 60.0
_UNTOLD_S: Final = 120.0
_WHY: Final = {
    "drift": "the shape of its records has changed",
    "identity": "it is another account than its records were linked with",
    "restored": "it was restored from a backup",
}
_WOULD: Final = {
    "delete": "would be deleted",
    "blank": "would lose",
    "change": "would change",
    "create": "would be created",
}


class Cause(Struct, frozen=True, kw_only=True):
    """Something to be told once. `subject` is what it is about; told again only when `grade` has risen. `after_s` is
    how long it has to last before it is worth telling."""

    kind: AlertKind
    subject: str
    text: str
    over: str
    grade: int = 0
    after_s: float = 0.0

    @property
    def key(self) -> str:
        """By what it is known."""
        return f"{self.kind} {self.subject}"


def _many(kind: AlertKind, subject: str, count: int, text: str, over: str) -> Cause:
    """One about a number: told again when that has become ten times as large."""
    return Cause(kind=kind, subject=subject, text=text, over=over, grade=len(str(count)))


def of_run(synced: Synced) -> Iterator[Cause]:
    """What a run itself ended with."""
    if synced.plan is not None and synced.ended == "waits":
        yield Cause(
            kind="configuration",
            subject="",
            text="The configuration is new or has changed, and waits to be confirmed: "
            "accord plan --out plan.json && accord sync --plan plan.json",
            over="The configuration is confirmed.",
        )
    for alarm in synced.alarms:
        yield _guard(alarm)


def _guard(alarm: Alarm) -> Cause:
    what = f"{counted(alarm.count, 'record')} of {alarm.mapping} {_WOULD[alarm.what]}"
    return Cause(
        kind="guard",
        subject=alarm.key,
        text=f"A guard stopped writes: {what}{f' {alarm.name}' if alarm.name else ''} ({alarm.of:,} linked). "
        f"Look: accord plan --full. Then: accord sync --approve '{alarm.key}={alarm.count}'",
        over=f"No guard stops writes of {alarm.mapping} any more ({alarm.key}).",
        grade=len(str(alarm.count)),
    )


async def of_store(hub: Hub, tx: Transaction) -> list[Cause]:
    """What waits for a person in the store, whoever found it."""
    found = []
    for pause in await stored(tx):
        if pause.kind in ASKS and pause.stands(hub.clock.now_us()):
            found.append(
                Cause(
                    kind="pause",
                    subject=f"{pause.scope} {pause.kind}",
                    text=f"{pause.scope} is paused: {_WHY[pause.kind]}. Look: accord pause. "
                    f"Then: accord resume {pause.scope}",
                    over=f"{pause.scope} is not paused any more.",
                )
            )
    reviews = Counter(review.concept for review in await tx.reviews())
    for concept, n in sorted(reviews.items()):
        text = (
            f"{counted(n, 'review')} of {concept} wait{'s' if n == 1 else ''} for a decision: accord review"
        )
        found.append(_many("review", concept, n, text, f"No review of {concept} waits any more."))
    for concept, it in (await asking(hub, tx, _MOST)).items():
        if not (n := it.goldens):
            continue
        text = (
            f"{counted(n, 'record')}{' or more' if n == _MOST else ''} of {concept} "
            f"{'has' if n == 1 else 'have'} a conflict that only a person can decide: accord conflicts"
        )
        found.append(_many("conflict", concept, n, text, f"No conflict of {concept} waits any more."))
    letters = Counter(link.mapping for link in await tx.rejected(_MOST) if link.mapping in hub.model.mappings)
    for mapping, n in sorted(letters.items()):
        more = " or more" if n == _MOST else ""
        text = f"Writes to {counted(n, 'record')}{more} of {mapping} are refused, and why: accord deadletters"
        found.append(_many("refused", mapping, n, text, f"No write to {mapping} stands refused any more."))
    return found


def of_subscriptions(hub: Hub, untold: Mapping[str, str]) -> Iterator[Cause]:
    """Systems that can not be asked to tell of changes, and why; of those that are down it is told already."""
    down = {hub.model.mappings[key].system for key in hub.down if key in hub.model.mappings}
    for system, why in sorted(untold.items()):
        if system not in down:
            yield Cause(
                kind="webhooks",
                subject=system,
                text=f"{system} can not be asked to tell of changes, which are found by reading until then: {why} "
                "Look: accord hooks",
                over=f"{system} tells of changes by itself.",
                after_s=_UNTOLD_S,
            )


def of_connections(connections: Collection[Connection]) -> Iterator[Cause]:
    """Logins that a person has to do, or soon has to."""
    for it in connections:
        if it.state != "connected":
            yield Cause(
                kind="login",
                subject=it.system,
                text=f"{it.system}: {STANDS[it.state]}: {it.command}",
                over=f"{it.system} is connected.",
                grade=0 if it.state == "ends soon" else 1,
            )


def of_down(hub: Hub, known: Collection[str], after_s: float) -> Iterator[Cause]:
    """Systems that could not be read; not those in `known`, of which it is told already why."""
    why: dict[str, dict[str, str]] = {}
    for key, rest in hub.down.items():
        if key in hub.model.mappings:
            why.setdefault(hub.model.mappings[key].system, {})[key] = rest.why
    for system, reasons in sorted(why.items()):
        if system not in known:
            names = ", ".join(sorted(reasons))
            yield Cause(
                kind="down",
                subject=system,
                text=f"{system} could not be read for a while ({names}): {reasons[min(reasons)]}",
                over=f"{system} can be read again.",
                after_s=after_s,
            )


def of_error(error: AccordError) -> Cause:
    """Runs do not come to their end."""
    return Cause(
        kind="stopped",
        subject="",
        text=f"Runs are stopped by an error, and tried again and again: {error}",
        over="Runs come to their end again.",
        after_s=_STOPPED_S,
    )
