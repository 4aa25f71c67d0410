"""What a person decides about identity: link, refuse, split, withdraw, and what became of a create (L6, W3).

An act stores decisions, touches match keys and marks golden records; the next cycle does the rest, from the state
alone. Whatever would contradict what was decided before is refused, with the records that contradict.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Literal, NamedTuple

from accord.core.confirm import adopt
from accord.core.decisions import contradiction, groups_of, part
from accord.core.errors import StopFlow
from accord.core.link import review_id
from accord.core.model import Mapping
from accord.core.settle import settle_work
from accord.core.state import (
    Cluster,
    Decision,
    Event,
    Fetch,
    Link,
    Seen,
    record_key,
    record_parts,
)
from accord.core.work import SECOND_US, Work
from accord.ports.store import Transaction
from accord.runtime.hub import Hub
from accord.runtime.scans import rows_by_key
from accord.runtime.settling import keep_reviews, reviewed_records, save_settled
from accord.runtime.steps.configure import check_layout
from accord.runtime.steps.follow_decisions import touch_records
from accord.runtime.targets import known_record

__all__ = [
    "Contradiction",
    "Verdict",
    "answer_create",
    "decide",
    "decisions_of",
    "part_records",
    "split_verdicts",
    "withdraw",
]


class Contradiction(StopFlow):
    """A decision that can not stand beside others; `chain` are the records by which it contradicts them."""

    code = "contradiction"

    def __init__(self, message: str, *, chain: Sequence[str] = (), remedy: str = "") -> None:
        super().__init__(message, remedy=remedy)
        self.chain = tuple(chain)


class Verdict(NamedTuple):
    """Two records, by their keys in any order, and what a person says of them. `restore`: see `Decision`."""

    a: str
    b: str
    verdict: Literal["same", "different", "withdrawn"]
    restore: bool = False


class _Reach(NamedTuple):
    """What a decision touches: all decisions along which its records are tied, and the golden records on the way."""

    decisions: list[Decision]
    clusters: dict[str, Cluster]
    rows: dict[str, Seen]


async def decide(
    hub: Hub, verdicts: Sequence[Verdict], *, by: str = "", unseen: bool = False, dry: bool = False
) -> list[Decision]:
    """Keep what a person says of pairs of records; the next cycle links, merges or splits.

    `unseen`: records may be named that were never read (an import into an empty store); `dry`: nothing is kept. All or
    nothing. Raises AccordError: a record is not known, or of another concept than its partner; Contradiction: two
    records that are different would become one thing, or two of one entity type where the concept does not say
    `duplicates: link`; the configuration has changed since the last sync.
    """
    made: list[Decision] = []
    async with hub.store.transaction(dry=dry) as tx:
        await check_layout(hub, tx)
        for verdict in verdicts:
            made.append(await _decision(hub, tx, verdict, by, unseen=unseen))
        await tx.save_decisions(made)
        for decision in made:
            if decision.verdict != "withdrawn":
                await _check(hub, tx, decision)
        await _announce(hub, tx, made)
    return made


async def withdraw(
    hub: Hub, pairs: Iterable[tuple[str, str]], *, by: str = "", dry: bool = False
) -> list[Decision]:
    """Take decisions back: links stay as they are, and match rules decide again about the rest.

    Raises AccordError: there is no decision about such a pair.
    """
    verdicts = [Verdict(min(pair), max(pair), "withdrawn") for pair in pairs]
    async with hub.store.transaction(dry=True) as tx:
        for a, b, *_ in verdicts:
            if not any(
                {d.a, d.b} == {a, b} and d.verdict != "withdrawn" for d in await decisions_of(hub, tx, [a])
            ):
                raise StopFlow(
                    f"nobody decided about {a} and {b}", remedy="accord links list shows all decisions."
                )
    return await decide(hub, verdicts, by=by, unseen=True, dry=dry)


async def part_records(
    hub: Hub, leaving: Sequence[str], *, restore: bool = False, by: str = ""
) -> list[Decision]:
    """Unlink records of one golden record, as `split_verdicts` says."""
    return await decide(hub, await split_verdicts(hub, leaving, restore=restore), by=by)


async def split_verdicts(hub: Hub, leaving: Sequence[str], *, restore: bool = False) -> list[Verdict]:
    """Unlink records of one golden record: they leave together, and are refused with all that stay, for ever.

    `restore`: all get back what they held before the others' values were written over it, where that still stands.
    Raises AccordError: a record is not known or not linked, or none would stay.
    """
    async with hub.store.transaction(dry=True) as tx:
        rows = [await known_record(hub, tx, key) for key in leaving]
        goldens = {row.golden for row in rows}
        if None in goldens or len(goldens) != 1:
            raise StopFlow(
                f"no golden record holds {' and '.join(leaving)}, so that there is nothing to split",
                remedy="accord explain tells what each of them is linked to.",
            )
        (cluster,) = await tx.clusters([goldens.pop() or ""])
        others = {record_key(k.mapping, k.id): k for k in cluster.links if k.id is not None}
    staying = [key for key, link in others.items() if key not in leaving and link.life != "tomb"]
    if not staying:
        raise StopFlow(
            "no other record would stay in the golden record, so that there is nothing to split",
            remedy="Name the records that are another thing than the rest.",
        )
    return [Verdict(key, other, "different", restore) for key in leaving for other in staying]


async def decisions_of(hub: Hub, tx: Transaction, records: Sequence[str]) -> list[Decision]:
    """Decisions that concern records, whichever concept they are of."""
    found: list[Decision] = []
    for concept in sorted({_mapping(hub, key).concept for key in records}):
        found += await tx.decisions_on(concept, records)
    return found


def _mapping(hub: Hub, key: str) -> Mapping:
    mapping, _ = record_parts(key)
    if mapping not in hub.model.mappings:
        known = ", ".join(sorted(hub.model.mappings))
        raise StopFlow(f"{key} names no entity type of this project", remedy=f"There are {known}.")
    return hub.model.mappings[mapping]


async def _decision(hub: Hub, tx: Transaction, verdict: Verdict, by: str, *, unseen: bool) -> Decision:
    a, b = sorted((verdict.a, verdict.b))
    concepts = {_mapping(hub, a).concept, _mapping(hub, b).concept}
    if a == b or len(concepts) > 1:
        what = "they are one record" if a == b else f"one is a {' and the other a '.join(sorted(concepts))}"
        raise StopFlow(
            f"nothing can be decided about {a} and {b}: {what}", remedy="Name two records of one concept."
        )
    for key in () if unseen else (a, b):
        await known_record(hub, tx, key)
    return Decision(concepts.pop(), a, b, verdict.verdict, hub.clock.now_us(), by, hub.run, verdict.restore)


async def _reach(tx: Transaction, decision: Decision) -> _Reach:
    """Everything that is tied to the two records, by decisions or by links."""
    reach = _Reach([], {}, {})
    new, known = {decision.a, decision.b}, set[str]()
    while new:
        known |= new
        reach.decisions.extend(
            d for d in await tx.decisions_on(decision.concept, new) if d not in reach.decisions
        )
        reach.rows.update(await rows_by_key(tx, new))
        goldens = {
            row.golden for row in reach.rows.values() if row.golden is not None
        } - reach.clusters.keys()
        reach.clusters.update((c.golden.id, c) for c in await tx.clusters(sorted(goldens)))
        tied = {key for d in reach.decisions if d.verdict == "same" for key in (d.a, d.b)}
        tied |= {record_key(*record) for c in reach.clusters.values() for record in c.seen}
        new = tied - known
    return reach


async def _check(hub: Hub, tx: Transaction, decision: Decision) -> None:
    """Raises Contradiction: it does not fit to what was decided before."""
    if decision.verdict == "different":
        reach = await _reach(tx, decision)
        chain = contradiction(decision, reach.decisions, ())
        if chain:
            raise Contradiction(
                f"{decision.a} and {decision.b} can not be different: people said that "
                + " and ".join(f"{a} is {b}" for a, b in pairwise(chain)),
                chain=chain,
                remedy=f"Withdraw one of these first: accord links withdraw {chain[0]} {chain[1]}",
            )
        return
    reach = await _reach(tx, decision)
    linked = [
        group
        for cluster in reach.clusters.values()
        for group in part(sorted(record_key(*record) for record in cluster.seen), reach.decisions)
    ]
    chain = contradiction(decision, reach.decisions, linked)
    if chain:
        raise Contradiction(
            f"{decision.a} and {decision.b} can not be one thing: a person said that {chain[0]} and {chain[-1]} are "
            f"different, and they would be tied together by {' - '.join(chain)}",
            chain=chain,
            remedy=f"Withdraw that first: accord links withdraw {chain[0]} {chain[-1]}",
        )
    tied = [(d.a, d.b) for d in reach.decisions if d.verdict == "same"]
    tied += [pair for group in linked for pair in pairwise(group)]
    one = next(group for group in groups_of(tied) if decision.a in group)
    if hub.model.concepts[decision.concept].duplicates != "link":
        _check_alike(decision, [key for key in one if key in reach.rows and not reach.rows[key].gone])


def _check_alike(decision: Decision, there: Sequence[str]) -> None:
    """Raises Contradiction: two live records of one entity type would stand in one golden record (L1, L3)."""
    mapping, most = Counter(record_parts(key)[0] for key in there).most_common(1)[0] if there else ("", 0)
    if most < 2:
        return
    double = sorted(key for key in there if record_parts(key)[0] == mapping)
    raise Contradiction(
        f"{decision.a} and {decision.b} can not be one thing: {' and '.join(double)} would stand for it in one system",
        chain=double,
        remedy="Merge these in their system, which Accord follows; or say `duplicates: link` in the concept "
        f"{decision.concept}: then they are kept alike.",
    )


async def _announce(hub: Hub, tx: Transaction, decisions: Sequence[Decision]) -> None:
    """History, and everything that looks at the records again."""
    events, rows = [], dict[str, Seen]()
    for decision in decisions:
        for key, other in ((decision.a, decision.b), (decision.b, decision.a)):
            mapping, id_ = record_parts(key)
            row = (await tx.seen(mapping, [id_])).get(id_)
            if row is not None:
                rows[key] = row
            events.append(
                Event(
                    kind=f"decided {decision.verdict}",
                    golden=row.golden or "" if row is not None else "",
                    record=key,
                    rule=f"{other}, {decision.by or 'by a person'}",
                    at_us=decision.at_us,
                    run=hub.run,
                )
            )
    await tx.record(events)
    await touch_records(hub, tx, rows.values())
    await tx.mark("settle", {row.golden for row in rows.values() if row.golden is not None})


# W3: what became of a create


async def answer_create(hub: Hub, review: str, record: str | None, *, by: str = "") -> None:
    """Answer the question of a create of unknown outcome: it made this record, or (None) nothing was made.

    A record is linked with what was sent as its shadow, as if we had found it; else the create is derived anew.
    Raises AccordError: there is no such question, the record can not be it, or the call may still land.
    """
    async with hub.store.transaction() as tx:
        asked = next((r for r in await tx.reviews() if r.id == review and r.kind == "create"), None)
        if asked is None:
            raise StopFlow(
                f"review {review} asks for no create, or not any more", remedy="accord review lists all."
            )
        (cluster,) = await tx.clusters(asked.goldens)
        link = next((k for k in cluster.links if _asks(asked.concept, k, review)), None)
        if link is None or link.open is None:
            await keep_reviews(tx, asked.concept, closed=[review])
            return
        mapping = hub.model.mappings.get(link.mapping)
        if mapping is None:
            raise StopFlow(
                f"{link.mapping} left the configuration, and the question with it",
                remedy="It is asked again when it is back; accord forget ends it.",
            )
        context = await hub.context(tx, [cluster], await hub.gates(tx), reviewed=await reviewed_records(tx))
        work = Work(cluster=cluster, concept=hub.model.concepts[mapping.concept], context=context)
        if record is None:
            _nothing_made(hub, mapping, link)
        else:
            await _made(hub, tx, work, link, record)
        work.note("decided create", link, rule=by or "by a person")
        await save_settled(hub, tx, [settle_work(work)])
        await tx.mark("settle", [work.golden.id])  # what the record refers to was not looked up here (W5)
        await keep_reviews(tx, asked.concept, closed=[review])


def _asks(concept: str, link: Link, review: str) -> bool:
    return link.open is not None and review_id(concept, "create", link.open.key) == review


def _nothing_made(hub: Hub, mapping: Mapping, link: Link) -> None:
    until_us = (link.open.sent_us if link.open is not None else 0) + int(
        mapping.declaration.max_request_s * SECOND_US
    )
    if hub.clock.now_us() < until_us:
        wait_s = (until_us - hub.clock.now_us()) // SECOND_US + 1
        raise StopFlow(
            f"the create in {mapping.key} may still land",
            remedy=f"Look there again in {wait_s} s, then answer.",
        )
    link.open = None


async def _made(hub: Hub, tx: Transaction, work: Work, link: Link, record: str) -> None:
    row = await known_record(hub, tx, record)
    if row.mapping != link.mapping or row.golden is not None or row.gone:
        what = (
            "is linked already"
            if row.golden
            else "is gone"
            if row.gone
            else f"is no record of {link.mapping}"
        )
        raise StopFlow(
            f"{record} {what}: it is not what the create made", remedy="Name the record that it made."
        )
    adopt(work, link, row)
    await tx.ask([Fetch(row.mapping, row.id, "a person said that our create made it")])
    await touch_records(hub, tx, [row])
