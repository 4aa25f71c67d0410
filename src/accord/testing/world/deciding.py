"""What people decide in Accord: about identity, about conflicts, and what they take back (L6, M2, M6, G3, W8)."""

from collections.abc import Awaitable, Callable, Mapping as ReadOnly, Sequence
from itertools import product
from random import Random
from typing import Any

from msgspec import Struct, field

from accord.core.errors import AccordError
from accord.core.intake import read_raw
from accord.core.model import Mapping
from accord.core.state import Event, Link, Open, Seen, record_key, record_parts
from accord.core.values import Raw
from accord.runtime.hub import Hub
from accord.runtime.people.conflicts import Conflict, choose, conflicts, pick
from accord.runtime.people.decide import Verdict, decide, part_records, split_verdicts, withdraw
from accord.runtime.people.review import ReviewShown, answer, reviews, verdicts_of
from accord.runtime.people.undo import ACTS, UndoPlan, plan_undo, undo
from accord.testing.system_model import Quirks
from accord.testing.world.said import Promise, Said, plain
from accord.testing.world.watch import Change, WatchedRecords

__all__ = ["Deciding", "may_show"]

NEWEST = 40
"""People look at so many lines of the history."""


class Deciding(Struct, kw_only=True):
    """Somebody sits at Accord. A refusal is an answer: people look, and while they think things move."""

    changes: Sequence[Change]
    records: ReadOnly[str, WatchedRecords]
    quirk: Callable[[str], Quirks]
    tell: Callable[[str], None]
    said: Said = field(default_factory=Said)
    done: dict[str, int] = field(default_factory=dict)

    async def act(self, hub: Hub, random: Random) -> None:
        """One decision of one person."""
        acts: list[tuple[Callable[[Hub, Random], Awaitable[str]], int]] = [
            (self._answer, 4),
            (self._pair, 3),
            (self._part, 1),
            (self._decide, 4),
            (self._undo, 4),
        ]
        act = random.choices([act for act, _ in acts], [weight for _, weight in acts])[0]
        try:
            told = await act(hub, random)
        except AccordError as error:
            told = f"refused: {error.code}"
        if told:
            self._count(told.partition(" of ")[0])
            self.tell(f"a person in Accord: {told}")

    def _count(self, what: str) -> None:
        self.done[f"decides {what}"] = self.done.get(f"decides {what}", 0) + 1

    # who is who

    async def _answer(self, hub: Hub, random: Random) -> str:
        """A review, whatever it asks."""
        found = await reviews(hub)
        return await self._answer_one(hub, random, random.choice(found)) if found else ""

    async def _answer_one(self, hub: Hub, random: Random, shown: ReviewShown) -> str:
        what = random.choice(shown.answers)
        members = [each.record for each in shown.candidates]
        records: list[str] = []
        if shown.kind == "create":
            asked = await self._asked(hub, shown)
            made = self._made(hub, shown, asked)
            what, records = ("made", made[:1]) if made else ("not-made", [])
            self.said.answered |= {record_parts(key)[0] for key in members}
            self.said.answered |= {link.mapping for link in asked}
        elif what == "split":
            records = [random.choice(members)]
        elif len(members) > 2 and random.random() < 0.5:
            records = random.sample(members, 2)
        verdicts = await verdicts_of(hub, shown, what, records)  # type: ignore[arg-type]
        await self._tie(hub, [*members, *(key for verdict in verdicts for key in verdict[:2])])
        await self._while(verdicts, answer(hub, shown.id, what, records, by="ann"))  # type: ignore[arg-type]
        return f"{what} of {shown.kind} {' '.join(records or members)}"

    def _made(self, hub: Hub, shown: ReviewShown, asked: Sequence[Link]) -> list[str]:
        """Who looks there finds the record that the very call made that is asked about, if it is there: our account
        made it since, and nothing in it was anything else than what was sent."""
        free = {each.record for each in shown.candidates if not each.golden and not each.gone}
        ours = [c for c in self.changes if c.before is None and c.actor == "hub"]
        return [
            key
            for link, made in product(asked, ours)
            if (key := record_key(link.mapping, made.after.id)) in free
            and link.open is not None
            and (mapping := hub.model.mappings.get(link.mapping)) is not None
            and mapping.entity_type == made.type
            and link.open.first_us <= made.at_us
            and may_show(mapping, link.open, made.after.body, self.quirk(mapping.key))
        ]

    async def _asked(self, hub: Hub, shown: ReviewShown) -> list[Link]:
        """The link whose create a review asks about, if that is still open."""
        async with hub.store.transaction(dry=True) as tx:
            asked = [r for r in await tx.reviews(shown.concept) if shown.id.startswith(r.id)]
            clusters = await tx.clusters([golden for each in asked for golden in each.goldens])
        keys = {each.key for each in asked}
        return [k for c in clusters for k in c.links if k.open is not None and k.open.key in keys]

    async def _pair(self, hub: Hub, random: Random) -> str:
        """Two records that may have nothing to do with each other; or a decision is taken back."""
        if self.said.pairs and random.random() < 0.25:
            pair = random.choice(sorted(self.said.pairs))
            await self._while([Verdict(*pair, "withdrawn")], withdraw(hub, [pair], by="ann"))
            return f"withdrawn of {' '.join(pair)}"
        rows = await self._rows(hub, random)
        if len(rows) < 2:
            return ""
        one, other = random.sample(rows, 2)
        joined = [row for row in rows if row.golden and row.golden == one.golden and row is not one]
        kind = "same"
        if joined and random.random() < 0.6:
            other, kind = random.choice(joined), "different"
        elif random.random() < 0.3:
            kind = "different"
        keys = sorted([_key(one), _key(other)])
        verdict = Verdict(keys[0], keys[1], kind, restore=random.random() < 0.5)  # type: ignore[arg-type]
        await self._tie(hub, keys)
        await self._while([verdict], decide(hub, [verdict], by="ann"))
        return f"{kind} of {' '.join(keys)}"

    async def _part(self, hub: Hub, random: Random) -> str:
        """Somebody takes a record out of its golden record."""
        rows = [row for row in await self._rows(hub, random) if row.golden]
        if not rows:
            return ""
        key = _key(random.choice(rows))
        verdicts = await split_verdicts(hub, [key])
        await self._tie(hub, [key, *(other for verdict in verdicts for other in verdict[:2])])
        await self._while(verdicts, part_records(hub, [key], restore=random.random() < 0.5, by="ann"))
        return f"part of {key}"

    async def _rows(self, hub: Hub, random: Random) -> list[Seen]:
        """All records of some concept that were ever seen, gone or not."""
        concept = random.choice(sorted(hub.model.concepts))
        async with hub.store.transaction(dry=True) as tx:
            return [
                row
                for mapping in hub.model.mappings_of(concept)
                for row in await tx.scan_seen(mapping.key, "", 1000)
                if not row.gone or random.random() < 0.1
            ]

    async def _while(self, verdicts: Sequence[Verdict], act: Awaitable[object]) -> None:
        """What is said of pairs holds once it was taken; when the process is killed meanwhile nobody knows."""
        before = dict(self.said.pairs)
        pairs = [(min(v.a, v.b), max(v.a, v.b)) for v in verdicts]
        self.said.pairs.update(dict.fromkeys(pairs, ""))
        try:
            await act
        except AccordError:
            self.said.pairs = before
            raise
        self.said.pairs.update({pair: v.verdict for pair, v in zip(pairs, verdicts, strict=True)})

    async def _tie(self, hub: Hub, keys: Sequence[str]) -> None:
        """Records of a decision, and the golden records that they stand for now."""
        ties = [(keys[0], key) for key in keys]
        async with hub.store.transaction(dry=True) as tx:
            for mapping, id_ in map(record_parts, keys):
                row = (await tx.seen(mapping, [id_])).get(id_)
                if row is not None and row.golden:
                    ties.append((record_key(mapping, id_), row.golden))
        self.said.ties += ties

    # questions

    async def _decide(self, hub: Hub, random: Random) -> str:
        """A conflict; now and then it is decided too late."""
        found = await conflicts(hub)
        if not found:
            return ""
        one = random.choice(found)
        return await (self._rule if one.kind == "delete" else self._pick)(hub, random, one)

    async def _rule(self, hub: Hub, random: Random, one: Conflict) -> str:
        ruling = random.choice(["recreate", "delete", "leave"])
        if ruling != "leave":
            (self.said.begun if ruling == "recreate" else self.said.ended).add(one.golden)
        self.said.settled[one.golden, ""] = hub.clock.now_us() + 1
        await choose(hub, one.id, ruling, by="ann")  # type: ignore[arg-type]
        return f"{ruling} of {one.golden}"

    async def _pick(self, hub: Hub, random: Random, one: Conflict) -> str:
        sides = [side for side in one.sides if side.standing != "deleted"]
        if not sides:
            return ""
        side = random.choice(sides)
        chosen = plain(side.value)
        self.said.values[one.golden][one.property].add(chosen)
        self.said.picks.pop((one.golden, one.property), None)
        self.said.settled[one.golden, one.property] = hub.clock.now_us() + 1
        await pick(hub, one.id, record=side.record, by="ann")
        if await self._is_read(hub, one.golden):
            self.said.picks[one.golden, one.property] = chosen, hub.clock.now_us()
        return f"pick of {one.golden} {one.property}: {chosen!r} ({one.cause or one.rule})"

    # taking back

    async def _undo(self, hub: Hub, random: Random) -> str:
        """A run, a record, a golden record, or a property of one is undone; sometimes twice, which changes nothing."""
        async with hub.store.transaction(dry=True) as tx:
            events = [event for event in await tx.history(limit=1_000_000) if _is_act(event)]
        if not events:
            return ""
        event, kind = random.choice(events[-NEWEST:]), random.choice(["run", "record", "golden", "property"])
        named: str | int = event.run if kind == "run" else event.golden if kind == "golden" else event.record
        if not named:
            return ""
        property_ = event.property if kind == "property" else ""
        everywhere = random.random() < 0.3
        planned = await plan_undo(hub, named, property_, everywhere=everywhere)
        self._expect(planned, hub.clock.now_us())
        undone = await undo(hub, named, property_, everywhere=everywhere, by="ann")
        if _told(undone) != _told(planned):
            raise AssertionError(f"an undo did something else than it had planned: {planned} {undone}")
        await self._promised(hub, undone)
        if undone.restores and random.random() < 0.2:
            again = await undo(hub, named, property_, everywhere=everywhere, by="ann")
            await self._promised(hub, again)
        self._count(f"undo a {kind}")
        return f"undo of {kind} {named} {property_}{' everywhere' if everywhere else ''}: {_told(undone)}"

    def _expect(self, plan: UndoPlan, now_us: int) -> None:
        """What may become of an undo, also where the process is killed meanwhile."""
        for each in plan.restores:
            named = each.property if each.what == "value" else ""
            self.said.settled[each.golden, named] = now_us
            self.said.picks.pop((each.golden, each.property), None)
            if each.what == "value":
                self.said.values[each.golden][each.property].add(plain(each.back))
            else:
                (self.said.ended if each.what == "delete" else self.said.begun).add(each.golden)

    async def _promised(self, hub: Hub, plan: UndoPlan) -> None:
        read = {
            golden: await self._is_read(hub, golden) for golden in {each.golden for each in plan.restores}
        }
        for each in plan.restores:
            self._count(f"undo puts back a {each.what}")
            if not read[each.golden]:
                continue  # what the hub does not know of yet was edited there
            self.said.promises.append(
                Promise(
                    at_us=hub.clock.now_us(),
                    what=each.what,
                    golden=each.golden,
                    record=each.record,
                    property=each.property,
                    back=plain(each.back),
                    everywhere=plan.everywhere,
                )
            )

    async def _is_read(self, hub: Hub, golden: str) -> bool:
        """The hub has seen what stands in the records of a golden record, and every call of it has an answer."""
        async with hub.store.transaction(dry=True) as tx:
            (cluster,) = await tx.clusters([golden])
        for (name, id_), row in cluster.seen.items():
            mapping = hub.model.mappings.get(name)
            if mapping is None:
                return False
            stored = self.records[mapping.system].get(mapping.entity_type.partition(".")[2], id_)
            if (
                stored is None
                or stored.deleted != bool(row.gone)
                or read_raw(mapping, stored.body, row.raw) != row.raw
            ):
                return False
        return not any(link.open is not None or link.suspects for link in cluster.links)


def may_show(mapping: Mapping, write: Open, body: ReadOnly[str, Any], quirks: Quirks) -> bool:
    """A body is what a system may have made of what was sent to it."""
    apart = {*quirks.ignores, *quirks.computes, *quirks.rounds}
    rows = [(mapping.properties[column], sent.raw) for column, sent in write.sent.items()]
    told = [(row.place.read(body), raw) for row, raw in rows if not apart & {*row.place.paths()}]
    return all(_fold(raw).startswith(_fold(shown)) for shown, raw in told)


def _fold(raw: Raw) -> str:
    """A value however its system spells it."""
    return str(raw).strip().casefold()


def _key(row: Seen) -> str:
    return record_key(row.mapping, row.id)


def _is_act(event: Event) -> bool:
    return event.kind in ACTS and "/" in event.record


def _told(plan: UndoPlan) -> list[tuple[str, str, str]]:
    return [(each.what, each.record, each.property) for each in plan.restores]
