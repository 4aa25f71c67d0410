"""Share: freeze a write, send it, confirm it (W1-W4, C1, C2). What is due is derived again right before it is sent."""

import asyncio
from collections import Counter
from collections.abc import Mapping as ReadOnly, Sequence
from hashlib import blake2b
from typing import Any, Final, NamedTuple

from msgspec import Struct, field
from msgspec.structs import replace

from accord.core.confirm import confirm, open_write
from accord.core.errors import AccordError
from accord.core.lens import Path
from accord.core.model import Mapping
from accord.core.observation import Observation, Outcome
from accord.core.settle import Settled, settle, settle_work
from accord.core.standing import is_even
from accord.core.state import Cluster, Link, Open, Seen
from accord.core.values import MISSING
from accord.core.work import Context, Due, Hold, Work, versions_around
from accord.ports.connector import Write
from accord.ports.store import Transaction
from accord.runtime.damage import check_clusters
from accord.runtime.facets import Calls, keep_rejections_beside, over, siblings, with_siblings
from accord.runtime.finishing import finished
from accord.runtime.guards import alarm_key
from accord.runtime.hub import Hub
from accord.runtime.settling import reviewed_records, save_settled, waits_for_time
from accord.runtime.steps.blocked import let_go, shown_before
from accord.runtime.steps.collect import take_in
from accord.runtime.steps.permit import Allowed
from accord.runtime.steps.restored_hub import as_repeated, restore_of
from accord.runtime.steps.strangers import find_strangers
from accord.runtime.steps.units import hold_wholes
from accord.runtime.steps.watch_schema import DriftError, pause_for
from accord.runtime.undone import begun_anew

__all__ = [
    "Batch",
    "Look",
    "Shared",
    "derive",
    "idempotency_key",
    "reads_first",
    "stands",
    "write_body",
    "write_of",
]


_Ending = tuple[Work, Link, Outcome]


class Shared(Struct, kw_only=True):
    """What was written: counts by (mapping, kind), and how the calls ended by kind of outcome."""

    sent: dict[tuple[str, str], int] = field(default_factory=dict)
    outcomes: dict[str, int] = field(default_factory=dict)
    ended: dict[tuple[str, str, str], int] = field(default_factory=dict)
    """Calls by (system, kind of write, kind of outcome)."""
    counted: Counter[str] = field(default_factory=Counter)
    """Deletes, blankings and creates, by keys of alarms (G1)."""
    later: dict[str, float] = field(default_factory=dict)
    """System -> seconds it asked us to leave it alone."""
    until_us: int | None = None
    """After this no further batch is begun; `cut` where one would have been."""
    cut: bool = False

    def add(self, other: "Shared") -> None:
        """Count what was written elsewhere."""
        for what, n in other.sent.items():
            self.sent[what] = self.sent.get(what, 0) + n
        for kind, n in other.outcomes.items():
            self.outcomes[kind] = self.outcomes.get(kind, 0) + n
        for call, n in other.ended.items():
            self.ended[call] = self.ended.get(call, 0) + n
        self.counted.update(other.counted)
        for system, after_s in other.later.items():
            self.later[system] = max(self.later.get(system, 0.0), after_s)


class Look(NamedTuple):
    """What a golden record waits for: the creation of others, which it may pull in, and perhaps a read or a moment."""

    waits_for: frozenset[str]
    timed: bool
    pulls: frozenset[tuple[str, str]] = frozenset()


NOTHING: Final = Look(frozenset(), timed=False)
"""One for all that wait for nothing: a run keeps a look of each golden record that it shares."""


def _look(holds: Sequence[Hold]) -> Look:
    if not holds:
        return NOTHING
    pulls = frozenset(h.waits_for for h in holds if h.waits_for and h.pulls)
    waits_for = frozenset(h.waits_for[0] for h in holds if h.waits_for)
    return Look(waits_for, any(map(waits_for_time, holds)), pulls)


def idempotency_key(project: str, link: Link) -> str:
    """Key of a create: derived, never random, so that a crash repeats it (W3)."""
    parts = (project, link.golden, link.mapping, str(link.incarnation), str(link.generation))
    return blake2b("\0".join(parts).encode(), digest_size=16).hexdigest()


def write_body(mapping: Mapping, due: Due, payload: Any, key: str, kept: Any = None) -> dict[str, Any] | None:
    """Body of a write: only what must change, or the whole of what was just read with it put in (W1).

    `kept` is the payload of a deleted record that is made again: all of it that a create may set (W8).
    """
    if due.kind == "delete":
        return None
    whole = due.kind == "update" and mapping.declaration.update == "replace"
    body: dict[str, Any] = _copy(payload) if whole and payload is not None else {}
    if due.kind == "create" and kept:
        for path in mapping.declaration.settable:
            raw = Path(path).read(kept)
            Path(path).write(body, MISSING if raw is None else _copy(raw), None)
    for column, sent in sorted(due.sent.items()):
        mapping.properties[column].place.write(body, sent.raw, payload)
    if due.kind == "create":
        for place, raw in mapping.constants:
            place.write(body, raw, None)
        if mapping.declaration.our_id:
            body[mapping.declaration.our_id] = key
    return body


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _copy(v) for k, v in value.items()}
    return [_copy(v) for v in value] if isinstance(value, list) else value


async def derive(
    hub: Hub,
    tx: Transaction,
    clusters: Sequence[Cluster],
    *,
    alone: frozenset[str] = frozenset(),
    pulled: frozenset[tuple[str, str]] = frozenset(),
) -> tuple[list[Settled], Context]:
    """Settle clusters as of now, with all that creates need to know (W13).

    `pulled`: (golden, mapping) that creates wait for which are due but for that (W6).
    """
    gates = await hub.gates(tx)
    reviewed = await reviewed_records(tx)
    strangers = await find_strangers(hub, tx, clusters)
    context = await hub.context(
        tx, clusters, gates, reviewed=reviewed, strangers=strangers, alone=alone, pulled=pulled
    )
    settled = [settle(cluster, context) for cluster in clusters]
    await hold_wholes(hub, tx, settled, context)
    return settled, context


class Batch:
    """Some golden records whose writes are frozen in one transaction, sent, and confirmed in another."""

    def __init__(
        self,
        hub: Hub,
        shared: Shared,
        allowed: Allowed,
        *,
        alone: frozenset[str],
        pulled: frozenset[tuple[str, str]],
        creates: bool,
    ) -> None:
        self.hub, self.shared, self.allowed, self.alone, self.pulled = hub, shared, allowed, alone, pulled
        self.creates, self.beside_others = creates, False
        self.payloads: dict[tuple[str, str], Observation] = {}
        self.unread: dict[str, set[str]] = {}
        """Records to be deleted whose whole payload is to be kept first (W8)."""
        self.calls = Calls(hub.model, ())
        self.untold: frozenset[str] = frozenset()
        """Concepts of which a restored hub can not tell yet what it had made (S11)."""

    async def run(self, ids: Sequence[str], *, beside_others: bool = False) -> dict[str, Look]:
        """What was found of each. `beside_others`: other workers may settle the same golden records meanwhile."""
        self.beside_others = beside_others
        await self._read_first(ids)
        async with self.hub.store.transaction() as tx:
            clusters = await with_siblings(self.hub.model, tx, await self._clusters(tx, ids))
            self.calls = Calls(self.hub.model, clusters)
            settled, context = await derive(self.hub, tx, clusters, alone=self.alone, pulled=self.pulled)
            restore = await restore_of(self.hub, tx)
            self.untold = restore.untold if restore is not None else frozenset()
            writes, works = self._open(settled, context)
            await save_settled(self.hub, tx, settled)
        if writes:
            self.hub.at("frozen")
            await finished(self._send_and_confirm(writes, works))
        found = {s.cluster.golden.id: _look(s.holds) for s in settled}
        wanted, self.unread, before = self.unread, {}, len(self.payloads)
        await self._read(wanted)
        if len(self.payloads) > before:
            return await self.run(ids, beside_others=beside_others)
        return {golden: found.get(golden, NOTHING) for golden in ids}

    async def _clusters(self, tx: Transaction, ids: Sequence[str]) -> list[Cluster]:
        """Golden records that are looked at; where no creates are sent not those that have nothing else due (W11)."""
        clusters, model = await tx.clusters(ids), self.hub.model
        if self.creates:
            return clusters
        check_clusters(model, clusters)
        return [c for c in clusters if not is_even(c, model.mappings_of(c.golden.concept))]

    async def _read_first(self, ids: Sequence[str]) -> None:
        """Where a write replaces, or can not name a version, the record is read right before it (W1, W2)."""
        wanted: dict[str, set[str]] = {}
        model = self.hub.model
        if not any(reads_first(m) for m in model.mappings.values()):
            return
        async with self.hub.store.transaction(dry=True) as tx:
            settled, _ = await derive(self.hub, tx, await self._clusters(tx, ids))
        for due in (due for s in settled for due in s.dues):
            if _reads(due, model.mappings[due.mapping]) and due.id is not None and self._may(due):
                lead = model.facets_of(model.mappings[due.mapping])[0]
                wanted.setdefault(lead.key, set()).add(due.id)
        await self._read(wanted)

    async def _read(self, wanted: ReadOnly[str, set[str]]) -> None:
        """Read records by their ids, right before they are written."""
        for key, some in wanted.items():
            mapping = self.hub.model.mappings[key]
            try:
                answers = await self.hub.connector(mapping).fetch(key, sorted(some))
                async with self.hub.store.transaction() as tx:
                    await take_in(self.hub, tx, mapping, answers, watched=True)
            except DriftError as drift:
                await pause_for(self.hub, mapping, drift)
                continue
            except AccordError:
                continue
            for facet in self.hub.model.facets_of(mapping):
                self.payloads.update({(facet.key, o.id): replace(o, mapping=facet.key) for o in answers})

    def _may(self, due: Due) -> Due | None:
        system = self.hub.model.mappings[due.mapping].system
        return None if system in self.shared.later else self.allowed(due)

    def _open(
        self, settled: Sequence[Settled], context: Context
    ) -> tuple[dict[str, list[Write]], list[tuple[Work, Link]]]:
        writes: dict[str, list[Write]] = {}
        works: list[tuple[Work, Link]] = []
        for s in settled:
            for due in filter(None, map(self._may, s.dues)):
                self._open_one(s.cluster, due, context, writes, works)
        return writes, works

    def _open_one(
        self,
        cluster: Cluster,
        due: Due,
        context: Context,
        writes: dict[str, list[Write]],
        works: list[tuple[Work, Link]],
    ) -> None:
        mapping = self.hub.model.mappings[due.mapping]
        reads = _reads(due, mapping)
        payload = self._just_read(cluster, due) if reads else None
        if reads and payload is None:
            return
        link_now = next(
            (k for k in cluster.links if k.mapping == due.mapping and k.incarnation == due.incarnation), None
        )
        if not self.calls.takes(due, link_now):
            return  # one open write per record (W4)
        lead = self.calls.lead(due)
        payload = over(payload, lead.body) if payload is not None and lead is not None else payload
        work = Work(cluster=cluster, concept=context.model.concepts[cluster.golden.concept], context=context)
        link = open_write(work, due)
        if link.open is None:
            return
        if not due.again:
            self._freeze(link, link.open, due, payload, cluster)
        works.append((work, link))
        counted = [("blank", name) for name in due.blanks] if due.kind == "update" else [(due.kind, "")]
        if due.kind == "update" and not due.first:
            counted += [("change", mapping.properties[column].name) for column in due.sent]
        self.shared.counted.update(alarm_key(due.mapping, what, name) for what, name in counted)
        write = write_of(link, link.open)
        if not self.calls.add(write, due, link):
            return
        writes.setdefault(mapping.system, []).append(write)
        count = self.shared.sent
        count[due.mapping, due.kind] = count.get((due.mapping, due.kind), 0) + 1

    def _just_read(self, cluster: Cluster, due: Due) -> Any:
        """Payload that was read right before a write; None: there is none, or a body made of it would put back what
        stood there before (W1)."""
        answer = self.payloads.get((due.mapping, due.id or ""))
        if answer is None and due.kind == "delete" and due.id is not None:
            self.unread.setdefault(due.mapping, set()).add(due.id)
        return answer.payload if answer is not None and stands(cluster, answer) else None

    def _freeze(self, link: Link, opened: Open, due: Due, payload: Any, cluster: Cluster) -> None:
        """Compute key and body once: what is sent again stays as it was (W3)."""
        mapping = self.hub.model.mappings[due.mapping]
        opened.key = idempotency_key(self.hub.model.project, link) if due.kind == "create" else ""
        again = next((k.kept for k in cluster.links if k.mapping == due.mapping and k.kept), None)
        opened.body = write_body(mapping, due, payload, opened.key, again)
        opened.kept = dict(payload) if due.kind == "delete" and payload else None
        if mapping.concept in self.untold and due.kind == "create":
            as_repeated(opened, mapping)

    async def _send_and_confirm(
        self, writes: dict[str, list[Write]], works: Sequence[tuple[Work, Link]]
    ) -> None:
        outcomes = await self._send(writes)
        self.hub.at("sent")
        endings = [(w, link, self.calls.outcome(link, outcomes, _name(link))) for w, link in works]
        if self.beside_others:
            await begun_anew(lambda: self._confirm_beside_others(endings))
        else:
            async with self.hub.store.transaction() as tx:
                await confirm_all(self.hub, tx, endings)
        self.hub.at("confirmed")

    async def _confirm_beside_others(self, endings: Sequence[_Ending]) -> None:
        async with self.hub.store.transaction() as tx:
            await confirm_all(self.hub, tx, await as_of_now(tx, endings))

    async def _send(self, writes: dict[str, list[Write]]) -> dict[tuple[str, str], Outcome]:
        """Outcomes by (mapping, id or key)."""
        systems = sorted(writes)
        answers = await asyncio.gather(*(self.hub.connectors[s].write(writes[s]) for s in systems))
        outcomes = {}
        for system, some in zip(systems, answers, strict=True):
            for write, outcome in zip(writes[system], some, strict=True):
                outcomes[write.mapping, write.id or write.key] = outcome
                self.shared.outcomes[outcome.kind] = self.shared.outcomes.get(outcome.kind, 0) + 1
                call = system, write.kind, outcome.kind
                self.shared.ended[call] = self.shared.ended.get(call, 0) + 1
                if outcome.kind == "later":  # nothing was written: a run does not go on for that
                    self.shared.sent[write.mapping, write.kind] -= 1
                    self.shared.later[system] = max(self.shared.later.get(system, 0.0), outcome.after_s)
        self.shared.sent = {what: n for what, n in self.shared.sent.items() if n}
        return outcomes


def stands(cluster: Cluster, answer: Observation) -> bool:
    """True where what was read right before a write was taken in, and not dropped for being older (S7)."""
    row = cluster.seen.get((answer.mapping, answer.id))
    return row is not None and row.version == answer.version and row.asked_us >= answer.asked_us


def _reads(due: Due, mapping: Mapping) -> bool:
    """The record is read right before this write; before a delete for its whole payload, which is kept (W8)."""
    return due.kind == "delete" or (due.kind == "update" and reads_first(mapping))


def reads_first(mapping: Mapping) -> bool:
    declaration = mapping.declaration
    whole = any(row.place.whole for row in mapping.properties if row.writes)
    return declaration.update == "replace" or not declaration.conditional or whole


def write_of(link: Link, write: Open) -> Write:
    """The call that a link's open write is."""
    return Write(
        mapping=link.mapping,
        kind=write.kind,
        id=link.id,
        body=write.body,
        version=write.version,
        key=write.key,
    )


def _name(link: Link) -> tuple[str, str]:
    return link.mapping, link.id or (link.open.key if link.open is not None else "")


def _tells(reply: Observation) -> bool:
    """True when a reply shows the record, or that it was deleted meanwhile."""
    if reply.gone == "deleted":
        reply.proven = True
    return reply.payload is not None or reply.gone == "deleted"


async def as_of_now(tx: Transaction, endings: Sequence[_Ending]) -> list[_Ending]:
    """Outcomes of writes, with their golden records as another worker may have left them; not of a write that is not
    open any more, for somebody found out what became of it."""
    works = {w.golden.id: w for w, _, _ in reversed(endings)}
    clusters = await tx.clusters(sorted(works))
    links = {(k.golden, k.mapping, k.incarnation): k for cluster in clusters for k in cluster.links}
    for cluster in clusters:
        works[cluster.golden.id] = replace(works[cluster.golden.id], cluster=cluster)
    found = []
    for work, link, outcome in endings:
        now = links.get((link.golden, link.mapping, link.incarnation))
        if now is not None and _write_of_now(now) == _write_of_now(link):
            found.append((works[work.golden.id], now, outcome))
    return found


def _write_of_now(link: Link) -> tuple[str, int] | None:
    return None if link.open is None else (link.open.kind, link.open.sent_us)


async def confirm_all(hub: Hub, tx: Transaction, endings: Sequence[_Ending]) -> list[Settled]:
    """Take the outcomes of writes into their clusters, settle these, and save it all."""
    before = shown_before((work, link) for work, link, _ in endings)
    replies: dict[str, list[Observation]] = {}
    shown_already: set[tuple[str, str]] = set()
    for _, link, outcome in endings:
        record = hub.model.mappings[link.mapping].entity_type, link.id or ""
        if outcome.observation is not None and _tells(outcome.observation) and record not in shown_already:
            replies.setdefault(link.mapping, []).append(outcome.observation)
            shown_already.update([record] if link.id else [])
    rows = {}
    for key, observations in replies.items():
        taken = await take_in(hub, tx, hub.model.mappings[key], observations)
        rows.update({(key, row.id): row for row in (*taken.rows, *taken.reread)})
    works: dict[str, Work] = {}
    shown: list[tuple[Work, Link, Outcome, Seen | None]] = []
    for work, link, outcome in endings:
        reply = outcome.observation
        row = rows.get((link.mapping, reply.id)) if reply is not None else None
        if row is None and reply is not None and reply.id:
            row = (await tx.seen(link.mapping, [reply.id])).get(reply.id)
        if row is not None:
            work.cluster.seen[link.mapping, row.id] = row
        shown.append((works.setdefault(work.golden.id, work), link, outcome, row))
    context = await hub.context(
        tx, [w.cluster for w in works.values()], await hub.gates(tx), reviewed=await reviewed_records(tx)
    )
    for work in works.values():
        work.context = context
    ours = [
        (link, *versions_around(link.open, row))
        for _, link, outcome, row in shown
        if link.open is not None and outcome.kind == "done" and row is not None and siblings(hub.model, link)
    ]
    for work, link, outcome, row in shown:
        confirm(work, link, outcome, row)
    await keep_rejections_beside(hub.model, tx, works.values(), ours)
    settled = [settle_work(work) for work in works.values()]
    await save_settled(hub, tx, settled)
    await let_go(tx, hub.model, works.values(), before)
    return settled
