"""Conflicts: what only a person can decide; values side by side, and the decision (M2, M6, G3, W8).

A conflict is no row of its own: it follows from golden record and links, and is there as long as its reason is. Its id
has two parts: where it is, and what was shown. A decision names the id, and is refused when the values have moved.
"""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from typing import Literal, get_args

from msgspec import Struct, field

from accord.core.claims import decide, is_open
from accord.core.creating import is_contested
from accord.core.errors import AccordError
from accord.core.model import Concept, Survivorship
from accord.core.settle import settle, settle_work
from accord.core.stamps import BOTTOM, Stamp
from accord.core.state import Claim, Cluster, Golden, Link, record_key
from accord.core.types import value_type
from accord.core.values import MISSING, Value
from accord.core.work import Work
from accord.ports.store import Transaction
from accord.runtime.digest import digest
from accord.runtime.hub import Hub
from accord.runtime.scans import golden_pages
from accord.runtime.settling import reviewed_records, save_settled
from accord.runtime.steps.configure import check_layout
from accord.runtime.targets import known_golden

__all__ = ["Conflict", "Ruling", "Side", "StaleDecision", "choose", "conflict", "conflicts", "pick", "typed"]

Ruling = Literal["recreate", "delete", "leave"]
"""What may be done where a record was deleted while it was edited elsewhere."""
RULINGS = get_args(Ruling)
Cause = Literal["", "ask", "first_link", "undo"]
RULES = {"latest": Survivorship(), "priority": Survivorship(rule="priority")}


_Decide = Callable[[Transaction, Work, "Conflict"], Awaitable[None]]


class StaleDecision(AccordError):
    """The values that a decision was about have moved, or are decided already."""

    code = "stale-decision"


class Side(Struct, kw_only=True):
    """What one record says: its value, when it came to it, and on top of whose value of when.

    `standing`: "golden" (it holds the golden value), "competes", "differs" (it has no base yet), "put back" (by undo),
    "deleted"."""

    record: str
    value: Value
    standing: str
    since_us: int | None = None
    base: str = ""
    base_us: int | None = None


class Conflict(Struct, kw_only=True):
    """One question. `kind`: "values" asks for a value of a property, "delete" what becomes of a record that was deleted
    there and edited elsewhere. `cause` of a question of values: the property's rule is `ask`, a first link, an undo.
    `wins`: record whose value each rule would take."""

    id: str
    kind: Literal["values", "delete"]
    golden: str
    concept: str
    property: str
    reason: str
    rule: str
    cause: Cause = ""
    value: Value = None
    sides: list[Side] = field(default_factory=list)
    wins: dict[str, str] = field(default_factory=dict)


async def conflicts(hub: Hub, *, limit: int = 1000) -> list[Conflict]:
    """What waits for a person, at most `limit` of them, in order of concept and golden record."""
    found: list[Conflict] = []
    async with hub.store.transaction(dry=True) as tx:
        await check_layout(hub, tx)
        for concept in hub.model.concepts.values():
            async for clusters in _clusters(hub, tx, concept):
                context = await hub.context(tx, clusters, await hub.gates(tx))
                for cluster in clusters:
                    found.extend(_of_cluster(Work(cluster=cluster, concept=concept, context=context)))
                if len(found) >= limit:
                    return found[:limit]
    return found


async def conflict(hub: Hub, id_: str) -> Conflict:
    """The conflict of an id. Raises StaleDecision: its values have moved, or it is decided."""
    return _named(id_, await conflicts(hub))


async def pick(
    hub: Hub, id_: str, *, record: str = "", value: Value = MISSING, by: str = "person"
) -> Conflict:
    """Decide a conflict of values for what a record (or the only one of a system) says, or for another value.

    The next run writes it wherever it does not stand. Raises StaleDecision, AccordError: nobody in it is called so,
    or the value is not of the property's type.
    """

    async def act(tx: Transaction, work: Work, found: Conflict) -> None:
        column = _column(work.concept, found.property)
        chosen = _side(found, record).value if record else _typed(work.concept, column, value)
        if work.concept.properties[column].reference and chosen is not None:
            chosen = await known_golden(hub, tx, chosen)
        work.pick(column, chosen, by)

    return await _decide(hub, id_, "values", act)


async def choose(hub: Hub, id_: str, ruling: Ruling, *, by: str = "person") -> Conflict:
    """Decide about a record that was deleted while it was edited elsewhere: make it again there, delete it everywhere,
    or leave things as they are (W8). Raises StaleDecision as `pick` does."""

    async def act(_tx: Transaction, work: Work, found: Conflict) -> None:
        link = next(link for link in work.cluster.links if _contested_id(work, link) == found.id)
        link.ruled = True
        if ruling == "recreate":
            link.by = ""
        elif ruling == "delete":
            work.golden.life = "dying"
        work.note("ruled", link, rule=f"{ruling}: person:{by}")

    return await _decide(hub, id_, "delete", act)


def typed(hub: Hub, found: Conflict, text: str) -> Value:
    """The value that a person typed for a conflict: JSON where the property is no text; nothing typed is null.

    Raises AccordError: it is not of the property's type.
    """
    concept = hub.model.concepts[found.concept]
    if not found.property:
        raise AccordError(
            f"conflict {found.id} is about {_about(found)}", remedy=f"Give --choose {'|'.join(RULINGS)}."
        )
    column = _column(concept, found.property)
    kind = value_type(concept.properties[column].type).kind
    value: Value = text or None
    if text and kind in ("integer", "float", "boolean", "list", "keyed", "set", "object", "group"):
        try:
            value = json.loads(text)
        except ValueError:
            value = [text] if kind in ("set", "list") else text
    return _typed(concept, column, value)


async def _decide(hub: Hub, id_: str, kind: str, act: _Decide) -> Conflict:
    found = await conflict(hub, id_)
    if found.kind != kind:
        does = "Give --pick or --value" if found.kind == "values" else f"Give --choose {'|'.join(RULINGS)}"
        raise AccordError(f"conflict {id_} is about {_about(found)}", remedy=f"{does}.")
    async with hub.store.transaction() as tx:
        (cluster,) = await tx.clusters([found.golden])
        context = await hub.context(tx, [cluster], await hub.gates(tx), reviewed=await reviewed_records(tx))
        settled = settle(cluster, context)
        concept = hub.model.concepts[found.concept]
        work = Work(
            cluster=settled.cluster,
            concept=concept,
            context=context,
            events=settled.events,
            fetches=settled.fetches,
        )
        found = _named(id_, list(_of_cluster(work)))  # what was seen meanwhile counts
        await act(tx, work, found)
        await save_settled(hub, tx, [settle_work(work)])
        await tx.mark(
            "settle", [found.golden]
        )  # what was picked may refer to what was not looked up here (W5)
    return found


def _about(found: Conflict) -> str:
    return "values" if found.kind == "values" else "a record that was deleted"


def _typed(concept: Concept, column: int, value: Value) -> Value:
    """A value that a person typed, in its canonical spelling. Raises AccordError: it is not of the property's type."""
    if value is MISSING:
        raise AccordError(
            "nothing was picked", remedy="Name a record or a system of the conflict, or give a value."
        )
    prop = concept.properties[column]
    try:
        return value_type(prop.type).canonical(value)
    except ValueError as error:
        remedy = f"Give a value of the type {prop.type}."
        raise AccordError(f"{concept.name}.{prop.name}: {error}", remedy=remedy) from None


def _side(found: Conflict, record: str) -> Side:
    """The side of a record, or of the only record of a system. Raises AccordError: there is none."""
    sides = [
        s for s in found.sides if record in (s.record, s.record.partition(".")[0]) and s.standing != "deleted"
    ]
    if len(sides) == 1:
        return sides[0]
    known = ", ".join(side.record for side in found.sides)
    what = "more than one record" if sides else "no record"
    raise AccordError(f"{what} of this conflict is called {record}", remedy=f"Name one of {known}.")


def _named(id_: str, every: Sequence[Conflict]) -> Conflict:
    found = next((each for each in every if each.id == id_), None)
    if found is not None:
        return found
    where = id_.partition("-")[0]
    again = next((each for each in every if each.id.partition("-")[0] == where), None)
    if again is not None:
        moved = f"the values of conflict {id_} have moved since it was shown"
        raise StaleDecision(
            moved if "-" in id_ else f"a decision names the whole id, {id_} is only a part of one",
            remedy=f"Look again: accord conflicts {again.id}",
        )
    raise StaleDecision(
        f"there is no open conflict {id_}", remedy="It was decided, or closed itself. See: accord conflicts"
    )


async def _clusters(hub: Hub, tx: Transaction, concept: Concept) -> AsyncIterator[list[Cluster]]:
    """Clusters that may hold a conflict, by the batch."""
    deletes = concept.delete in ("propagate", "archive")
    async for goldens in golden_pages(tx, concept.name, hub.limits.settle):
        wanted = [g.id for g in goldens if g.questions or (deletes and g.life == "alive")]
        if wanted:
            yield await tx.clusters(wanted)


def _of_cluster(work: Work) -> Iterator[Conflict]:
    cluster, concept, golden = work.cluster, work.concept, work.golden
    for column, reason in sorted(golden.questions.items()):
        if column < len(concept.properties):
            yield _of_values(work, column, reason)
    for link in cluster.links:
        if (id_ := _contested_id(work, link)) and work.mapping(link) is not None:
            yield Conflict(
                id=id_,
                kind="delete",
                golden=golden.id,
                concept=concept.name,
                property="",
                reason="it was deleted there and edited elsewhere",
                rule=f"delete: {concept.delete}",
                sides=[
                    Side(
                        record=_name(each), value=None, standing="deleted" if each.life == "tomb" else "lives"
                    )
                    for each in cluster.links
                    if each is link or each.life == "live"
                ],
            )


def _of_values(work: Work, column: int, reason: str) -> Conflict:
    golden, concept = work.golden, work.concept
    sides = sorted(_sides(work, column), key=lambda side: (side.record, side.standing))
    state = [golden.value[column], golden.stamp[column], [(s.record, s.value, s.standing) for s in sides]]
    return Conflict(
        id=_id((golden.id, concept.properties[column].name), state),
        kind="values",
        golden=golden.id,
        concept=concept.name,
        property=concept.properties[column].name,
        reason=reason,
        rule=work.rule(column).rule,
        cause=_cause(work, column, sides),
        value=golden.value[column],
        sides=sides,
        wins=_wins(golden, column),
    )


def _cause(work: Work, column: int, sides: Sequence[Side]) -> Cause:
    if any(side.standing == "put back" for side in sides):
        return "undo"
    return "ask" if is_open(work.golden, column, work.rule(column)) else "first_link"


def _sides(work: Work, column: int) -> Iterator[Side]:
    """What each linked record says of a golden property."""
    golden = work.golden
    rivals = {claim.stamp.record: claim for claim in golden.rivals.get(column, ())}
    for link in work.cluster.links:
        seen, mapping = work.seen(link), work.mapping(link)
        if mapping is None or seen is None or link.life != "live":
            continue
        for at, row in enumerate(mapping.properties):
            if row.property != column:
                continue
            record = _name(link)
            if (pin := link.pins.get(at)) is not None:
                yield Side(record=record, value=pin.value, standing="put back", since_us=_when(pin.stamp))
                continue
            shown = work.get(row, seen.raw[at] if link.raw[at] is MISSING else link.raw[at])
            if shown is not MISSING:
                yield _shown(golden, column, record, shown, rivals.get(record), link.base[at])


def _shown(golden: Golden, column: int, record: str, value: Value, claim: Claim | None, base: Stamp) -> Side:
    if claim is not None:
        base = claim.base
    standing = "golden" if value == golden.value[column] else "competes" if claim is not None else "differs"
    since = claim.stamp if claim is not None else golden.stamp[column] if standing == "golden" else BOTTOM
    return Side(
        record=record,
        value=value,
        standing=standing,
        since_us=_when(since),
        base=base.record,
        base_us=_when(base),
    )


def _wins(golden: Golden, column: int) -> dict[str, str]:
    claims = golden.rivals.get(column, [])
    return {name: decide(claims, rule)[0].stamp.record for name, rule in RULES.items()} if claims else {}


def _contested_id(work: Work, link: Link) -> str:
    """Id of the conflict of a deleted record, or "" where there is none."""
    if not is_contested(link, work.cluster, work.concept):
        return ""
    return _id((link.golden, link.mapping), [link.incarnation, work.golden.stamp])


def _id(where: Sequence[str], state: object) -> str:
    """Where a conflict is and what was shown; the second part is another one when that has moved."""
    return "-".join(digest(part, 3) for part in (where, state))


def _name(link: Link) -> str:
    return record_key(link.mapping, link.id) if link.id else link.mapping


def _when(stamp: Stamp) -> int | None:
    return stamp.time_us if stamp.time_us > 0 else None


def _column(concept: Concept, name: str) -> int:
    return next(column for column, prop in enumerate(concept.properties) if prop.name == name)
