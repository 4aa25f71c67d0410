"""Review: records that may be one thing, side by side; what a person answers, and what follows from it (L3, L6, W3).

The id of a review that is shown has two parts: which one it is, and what was shown. An answer names the id, and is
refused when a record has changed, came or went since.
"""

from collections.abc import Sequence
from typing import Any, Literal, get_args

from msgspec import Struct, field

from accord.core.errors import AccordError
from accord.core.model import NoReferences
from accord.core.settle import Settled
from accord.core.state import IN_FLIGHT, TO_BE_READ, Decision, Review, Seen, record_key, record_parts
from accord.core.values import MISSING
from accord.core.work import Due
from accord.ports.store import Transaction
from accord.runtime.digest import digest
from accord.runtime.hub import Hub
from accord.runtime.overlay import overlay
from accord.runtime.people.conflicts import StaleDecision
from accord.runtime.people.decide import Verdict, answer_create, decide, split_verdicts
from accord.runtime.steps.configure import check_layout
from accord.runtime.steps.cycle import settle_all
from accord.runtime.steps.foresee import foresee
from accord.runtime.team import Alone

__all__ = [
    "ANSWERS", "Answer", "Candidate", "Change", "Effect", "ReviewShown", "answer", "check_answer", "effect_of",
    "review", "reviews", "verdicts_of",
]  # fmt: skip

Answer = Literal["link", "refuse", "split", "made", "not-made"]
ANSWERS = get_args(Answer)
_ANSWERS = {"create": ("made", "not-made"), "merge": ("link", "refuse"), "propose": ("link", "refuse")}


class Candidate(Struct, kw_only=True):
    """One record of a review: where it stands, and its values by property of the concept."""

    record: str
    golden: str = ""
    gone: bool = False
    values: dict[str, Any] = field(default_factory=dict)


class ReviewShown(Struct, kw_only=True):
    """A review as a person sees it. `matching` are properties that the match rule found equal, or alike; `differing`
    those in which candidates show different values; `decided` what people said of two of them already; `answers` those
    that it takes."""

    id: str
    kind: str
    concept: str
    rule: str
    reason: str
    since_us: int
    candidates: list[Candidate] = field(default_factory=list)
    matching: list[str] = field(default_factory=list)
    differing: list[str] = field(default_factory=list)
    decided: list[Decision] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)


class Change(Struct, kw_only=True):
    """A write that would follow: `now` and `then` by property."""

    kind: str
    record: str
    now: dict[str, Any] = field(default_factory=dict)
    then: dict[str, Any] = field(default_factory=dict)


class Effect(Struct, kw_only=True):
    """What follows from decisions with the next sync: which records are one thing then, and what is written."""

    together: list[list[str]] = field(default_factory=list)
    writes: list[Change] = field(default_factory=list)
    held: list[str] = field(default_factory=list)
    """What stands in the way, in words."""


async def reviews(hub: Hub, *, limit: int = 1000) -> list[ReviewShown]:
    """Open reviews, the oldest first."""
    async with hub.store.transaction(dry=True) as tx:
        await check_layout(hub, tx)
        rows = sorted(await tx.reviews(), key=lambda r: (r.at_us, r.id))[:limit]
        return [await _shown(hub, tx, each) for each in rows if each.concept in hub.model.concepts]


async def review(hub: Hub, id_: str) -> ReviewShown:
    """One review. Raises AccordError: there is none of that id, or not any more."""
    async with hub.store.transaction(dry=True) as tx:
        await check_layout(hub, tx)
        return await _shown(hub, tx, await _known(tx, id_))


async def answer(
    hub: Hub,
    id_: str,
    what: Answer,
    records: Sequence[str] = (),
    *,
    restore: bool = False,
    by: str = "",
) -> None:
    """Answer a review: "link" all its records, or those named; "refuse" that any of them are one thing; "split" those
    named from the rest; "made" and "not-made" tell what became of a create.

    Raises AccordError: no such review or answer; StaleDecision: it is not what was shown; Contradiction.
    """
    shown = await review(hub, id_)
    check_answer(shown, id_, what, records)
    if what in ("made", "not-made"):
        made = records[0] if what == "made" else None
        await answer_create(hub, id_.partition("-")[0], made, by=by)
    else:
        await decide(hub, await verdicts_of(hub, shown, what, records, restore=restore), by=by)


def check_answer(shown: ReviewShown, id_: str, what: Answer, records: Sequence[str]) -> None:
    """Raises StaleDecision: it is not what was shown; AccordError: the review takes no such answer."""
    if shown.id != id_:
        moved = "a record of it has changed, came, went or was decided about"
        raise StaleDecision(
            f"review {id_} is not what was shown any more: {moved}"
            if "-" in id_
            else f"an answer names the whole id, {id_} is only a part of one",
            remedy=f"Look again: accord review {shown.id}",
        )
    if what not in shown.answers:
        raise AccordError(
            f"review {id_} can not be answered by {what}", remedy=f"It takes {', '.join(shown.answers)}."
        )
    members = [each.record for each in shown.candidates]
    if strange := [key for key in records if key not in members and what != "made"]:
        raise AccordError(f"{strange[0]} is not in review {id_}", remedy=f"There are {', '.join(members)}.")
    if what == "made" and len(records) != 1:
        raise AccordError("made names one record", remedy="Name the record that the create made.")
    if what == "not-made" and records:
        raise AccordError("not-made names no record", remedy="Leave it out.")
    if what == "link" and len(set(records)) == 1:
        raise AccordError("link names two records or more", remedy="Name none to link all of them.")
    if what == "split" and not records:
        raise AccordError("split names a record", remedy="Name those that leave the others.")


async def verdicts_of(
    hub: Hub, shown: ReviewShown, what: Answer, records: Sequence[str], *, restore: bool = False
) -> list[Verdict]:
    """Decisions by pair: to link, each with the first; to refuse, each of the named with all others of the review; to
    split, each of the named with all that stay. None where the answer is about a create."""
    if what in ("made", "not-made"):
        return []
    if what == "split":
        return await split_verdicts(hub, records, restore=restore)
    every = [each.record for each in shown.candidates]
    named = list(dict.fromkeys(records)) or every
    if what == "link":
        return [Verdict(named[0], key, "same") for key in named[1:]]
    golden = {each.record: each.golden or each.record for each in shown.candidates}
    pairs = {frozenset((a, b)) for a in named for b in every if golden[a] != golden[b]}
    if not records:  # what was said to be the same stays so, unless it is named
        pairs -= {frozenset((d.a, d.b)) for d in shown.decided if d.verdict == "same"}
    return [Verdict(min(pair), max(pair), "different") for pair in sorted(pairs, key=sorted)]


async def _known(tx: Transaction, id_: str) -> Review:
    wanted = id_.partition("-")[0]
    known = {each.id: each for each in await tx.reviews()}
    found = [each for key, each in known.items() if key.startswith(wanted)] if len(wanted) > 3 else []
    if wanted in known:
        return known[wanted]
    if len(found) == 1:
        return found[0]
    what = (
        f"several reviews begin with {wanted}" if found else f"there is no review {wanted}, or not any more"
    )
    raise AccordError(what, remedy="accord review lists those that are open; they close themselves.")


async def _shown(hub: Hub, tx: Transaction, of: Review) -> ReviewShown:
    members = of.members if of.kind != "create" else await _newcomers(hub, tx, of)
    rows = await _rows(tx, members)
    concept = hub.model.concepts[of.concept]
    candidates = [_candidate(hub, key, rows.get(key)) for key in members]
    rule = next((rule for rule in concept.rules if rule.name == of.rule), None)
    parts = rule.parts if rule is not None else ()
    alike = rule.similar.parts if rule is not None and rule.similar is not None else ()
    names = [prop.name for prop in concept.properties]
    values = {name: [c.values[name] for c in candidates if c.values.get(name) is not None] for name in names}
    linked = {candidate.golden for candidate in candidates if candidate.golden}
    answers = list(_ANSWERS.get(of.kind, ("link", "refuse")))
    if len([c for c in candidates if c.golden]) > len(linked):
        answers.append("split")
    said = [d for d in await tx.decisions_on(of.concept, members) if {d.a, d.b} <= {*members}]
    decided = [each for each in said if each.verdict != "withdrawn"]
    return ReviewShown(
        id=f"{of.id}-{_state(of, rows, decided)}",
        decided=decided,
        kind=of.kind,
        concept=of.concept,
        rule=of.rule,
        reason=of.reason,
        since_us=of.at_us,
        candidates=candidates,
        matching=[names[column] for column, _ in (*parts, *alike)],
        differing=[name for name, some in values.items() if any(value != some[0] for value in some)],
        answers=answers,
    )


async def _newcomers(hub: Hub, tx: Transaction, of: Review) -> list[str]:
    """Records that may be what a create made: those that were found, and those that are held for it (W13)."""
    mappings = {
        link.mapping
        for cluster in await tx.clusters(of.goldens)
        for link in cluster.links
        if link.open is not None and link.open.key == of.key
    }
    held = [
        row for key in mappings for row in await tx.held(key, "", hub.limits.page) if row.held == IN_FLIGHT
    ]
    return sorted({*of.members, *(record_key(row.mapping, row.id) for row in held)})


def _candidate(hub: Hub, key: str, row: Seen | None) -> Candidate:
    if row is None or row.mapping not in hub.model.mappings:
        return Candidate(record=key, gone=True)
    mapping = hub.model.mappings[row.mapping]
    names = [prop.name for prop in hub.model.concepts[mapping.concept].properties]
    values = {}
    for each, raw in zip(mapping.properties, row.raw, strict=True):
        try:
            value = (
                raw
                if each.references
                else each.lens.get(raw, NoReferences())
                if raw is not MISSING
                else MISSING
            )
        except ValueError:
            value = raw
        if value is not MISSING and (each.reads or names[each.property] not in values):
            values[names[each.property]] = value
    return Candidate(record=key, golden=row.golden or "", gone=bool(row.gone), values=values)


def _state(of: Review, rows: dict[str, Seen], decided: Sequence[Decision]) -> str:
    """A digest of what is shown: members, what they hold and where they stand, and what was said of them."""
    state = [(key, repr(row.raw), row.golden, row.gone) for key, row in sorted(rows.items())]
    return digest((of.kind, sorted(of.members), state, [d[1:5] for d in decided]), 3)


async def _rows(tx: Transaction, keys: Sequence[str]) -> dict[str, Seen]:
    rows = {}
    for mapping, id_ in map(record_parts, keys):
        if found := await tx.seen(mapping, [id_]):
            rows[record_key(mapping, id_)] = found[id_]
    return rows


# what would follow


async def effect_of(hub: Hub, verdicts: Sequence[Verdict], *, by: str = "") -> Effect:
    """What follows from decisions, or from those that are kept already; nothing is kept, and no system is called."""
    async with overlay(hub.store) as store:
        trial = Hub(
            **{name: getattr(hub, name) for name in Hub.__struct_fields__} | {"store": store, "team": Alone()}
        )
        if verdicts:
            await decide(trial, verdicts, by=by)
        records = sorted({key for verdict in verdicts for key in verdict[:2]})
        await settle_all(trial)
        if await _as_if_read(trial, records):
            await settle_all(trial)
        return await _effect(trial, records)


async def _as_if_read(hub: Hub, records: Sequence[str]) -> bool:
    """Records that a review held are read again before they are linked; here they are taken as they were."""
    async with hub.store.transaction() as tx:
        rows = [row for row in (await _rows(tx, records)).values() if row.held == TO_BE_READ]
        for row in rows:
            row.held = ""
        await tx.save_seen(rows)
    return bool(rows)


async def _effect(hub: Hub, records: Sequence[str]) -> Effect:
    effect = Effect()
    async with hub.store.transaction(dry=True) as tx:
        rows = await _rows(tx, records)
        goldens = {row.golden for row in rows.values() if row.golden}
        clusters = {c.golden.id: c for c in await tx.clusters(sorted(goldens))}
        open_now = [r for r in await tx.reviews() if set(r.members) & set(records)]
    effect.together = [
        sorted(record_key(k.mapping, k.id) for k in c.links if k.life == "live" and k.id)
        for c in clusters.values()
    ]
    effect.held = sorted({each.reason for each in open_now})

    def visit(due: Due, of: Settled) -> None:
        if due.golden not in goldens:
            return
        place = due.mapping, due.incarnation
        link = next((k for k in of.cluster.links if (k.mapping, k.incarnation) == place), None)
        rows = hub.model.mappings[due.mapping].properties
        effect.writes.append(
            Change(
                kind=due.kind,
                record=record_key(due.mapping, due.id) if due.id else due.mapping,
                now={} if link is None else {rows[c].name: _plain(link.raw[c]) for c in due.sent},
                then={rows[c].name: _plain(sent.raw) for c, sent in due.sent.items()},
            )
        )

    await foresee(hub, visit)
    return effect


def _plain(raw: Any) -> Any:
    return None if raw is MISSING else raw
