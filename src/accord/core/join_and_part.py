"""Merge and split golden records: rows in, rows out (L6, L8, W5).

Links that move have no base where they come to: their values are merged as at a first link (M6). What they leave is a
stub, so that no incarnation, and no idempotency key of a create, is ever used twice (W3).
"""

from collections.abc import Iterable, Iterator, Mapping as ReadOnly, Sequence, Set as AbstractSet

from accord.core.claims import LATEST, decide, merge
from accord.core.model import Concept, Mapping, Model, PropertyMapping
from accord.core.sets import merge_elements
from accord.core.stamps import BOTTOM, edit_stamp
from accord.core.state import Claim, Cluster, Event, Golden, Link, Sent, record_key
from accord.core.values import MISSING, Value, value_order

__all__ = ["aim_elsewhere", "merge_clusters", "move_values", "restorable", "restore", "split_cluster"]

Column = tuple[str, int]
"""A record key and a column of the concept."""


def merge_clusters(winner: Cluster, losers: Sequence[Cluster], model: Model) -> list[Event]:
    """Move all links of golden records to another one; they become aliases of it (W5). Gives what is to be remembered.

    No link may have an open write. Values that differ are in the history, whoever bears them (M4).
    """
    events = []
    for loser in losers:
        for value, stamp, name, ours in zip(
            loser.golden.value,
            loser.golden.stamp,
            model.concepts[loser.golden.concept].properties,
            winner.golden.value,
            strict=True,
        ):
            if value is not None and value != ours:
                events.append(
                    Event(
                        kind="loser",
                        golden=winner.golden.id,
                        property=name.name,
                        record=stamp.record,
                        value=value,
                        has_value=True,
                        stamp=stamp,
                        rule="merged",
                    )
                )
        _move(loser, winner, loser.links, model)
        if loser.golden.life == "alive":
            winner.golden.life = "alive"
        for column in range(len(loser.golden.value)):
            _forget(loser.golden, column)
        loser.golden.life, loser.golden.merged_into = "merged", winner.golden.id
        events.append(Event(kind="merged", golden=winner.golden.id, record=loser.golden.id))
        events.append(Event(kind="merged", golden=loser.golden.id, record=winner.golden.id))
    return events


def split_cluster(cluster: Cluster, leaving: Iterable[str], into: Cluster, model: Model) -> list[Event]:
    """Move the links of records, by their keys, to another golden record.

    What is left keeps the values that a record of it holds; another one is no value of it (it came from those who
    leave), and is decided anew from what its records show.
    """
    keys = set(leaving)
    links = [link for link in cluster.links if link.id and record_key(link.mapping, link.id) in keys]
    golden, dying = cluster.golden, cluster.golden.life == "dying"
    _move(cluster, into, links, model)
    into.golden.life, into.golden.merged_into = "alive", ""
    if dying:  # it was decided for a record that goes its own way now (W8)
        for side in (cluster, into):
            side.golden.life = "dying" if any(map(_is_deleted, side.links)) else "alive"
    decided = _decide_anew(golden, keys, model.concepts[golden.concept])
    _forget_unheld(cluster, model, decided)
    _look_again(cluster)
    _look_again(into)
    events = []
    for key in sorted(keys):
        events.append(Event(kind="unlinked", golden=golden.id, record=key))
        events.append(Event(kind="linked", golden=into.golden.id, record=key, rule="split"))
    return events


def _look_again(cluster: Cluster) -> None:
    """A record that had come back while another one stood in its place may live now (W8)."""
    for link in cluster.links:
        row = cluster.seen.get((link.mapping, link.id or ""))
        if link.life == "tomb" and row is not None and not row.gone:
            link.seq = 0


def _decide_anew(golden: Golden, leaving: AbstractSet[str], concept: Concept) -> set[int]:
    """Let the claims of those who stay compete among themselves (M2); columns in which another one wins now."""
    decided = set()
    for column, claims in list(golden.rivals.items()):
        staying = [claim for claim in claims if claim.stamp.record not in leaving]
        golden.rivals[column] = staying
        if staying and golden.stamp[column].record in leaving:
            rule = concept.survivorship[column] if concept.survivorship else LATEST
            winner, golden.stamp[column] = decide(staying, rule)
            golden.value[column] = winner.value
            decided.add(column)
        if len(staying) < 2:
            del golden.rivals[column]
    return decided


def _is_deleted(link: Link) -> bool:
    """A person deleted its record."""
    return link.life == "tomb" and link.by == "person" and link.id is not None


def _move(source: Cluster, target: Cluster, links: Sequence[Link], model: Model) -> None:
    for link in links:
        if link.id is None:
            _stub(link)
            continue
        target.links.append(_moved(link, model.mappings.get(link.mapping), target))
        row = source.seen.pop((link.mapping, link.id), None)
        if row is not None:
            if row.golden == source.golden.id:
                row.golden = target.golden.id
            target.seen[row.mapping, row.id] = row
        _stub(link)


def _moved(link: Link, mapping: Mapping | None, target: Cluster) -> Link:
    """The link under its new golden record: without a base, with what is known of our writes to the record (S7)."""
    columns = len(link.raw) if mapping is None else len(mapping.properties)
    moved = Link(
        golden=target.golden.id,
        mapping=link.mapping,
        incarnation=1 + max((k.incarnation for k in target.links if k.mapping == link.mapping), default=-1),
        id=link.id,
        life=link.life,
        by=link.by,
        seq=link.seq if link.life == "tomb" else 0,
        raw=[MISSING] * columns,
        base=[BOTTOM] * columns,
        same=[None] * columns,
    )
    moved.doomed, moved.kept, moved.ruled = link.doomed, link.kept, link.ruled
    moved.pins = dict(link.pins)  # what a person put back stays a question (G3)
    moved.own_version, moved.own_modified_us = link.own_version, link.own_modified_us
    moved.sent_us, moved.confirmed_us = link.sent_us, link.confirmed_us
    return moved


def _stub(link: Link) -> None:
    """What a link leaves behind: the number of its incarnation, and nothing of its record."""
    columns = len(link.raw)
    link.id, link.life, link.by, link.open = None, "tomb", "hub", None
    link.raw, link.base, link.same = [MISSING] * columns, [BOTTOM] * columns, [None] * columns
    link.suspects, link.rejected, link.pins, link.doomed, link.kept = {}, {}, {}, False, None


def _forget(golden: Golden, column: int) -> None:
    golden.value[column], golden.stamp[column] = None, BOTTOM
    for kept in (golden.rivals, golden.questions, golden.elements):
        kept.pop(column, None)


def _forget_unheld(cluster: Cluster, model: Model, decided: AbstractSet[int]) -> None:
    """A value that none of the records holds, or claims, is decided anew, from what they show (M6)."""
    golden = cluster.golden
    live = [
        (k, model.mappings[k.mapping])
        for k in cluster.links
        if k.life == "live" and k.mapping in model.mappings
    ]
    held = {
        row.property
        for link, mapping in live
        for at, row in enumerate(mapping.properties)
        if row.reads and golden.stamp[row.property] in (link.base[at], link.same[at])
    }
    for column, value in enumerate(golden.value):
        if value is None or column in held or column in decided:
            continue
        _forget(golden, column)
        for link, mapping in live:
            for at, row in enumerate(mapping.properties):
                if row.property == column:
                    link.raw[at], link.base[at], link.same[at] = MISSING, BOTTOM, None


def restorable(
    cluster: Cluster, sides: Sequence[Sequence[str]], history: Iterable[Event], concept: Concept
) -> dict[Column, Value]:
    """What records held before others, of another side, wrote over it, where that still stands (L8).

    By record key and column of the concept. `history`: of the golden record, oldest first.
    """
    side = {record: number for number, records in enumerate(sides) for record in records}
    columns = {prop.name: column for column, prop in enumerate(concept.properties)}
    own: dict[Column, Value] = {}
    for event in history:
        at = event.record, columns.get(event.property, -1)
        if event.record not in side or at[1] < 0:
            continue
        origin = event.stamp.record if event.stamp is not None else ""
        if event.kind == "updated" and side.get(origin, side[event.record]) != side[event.record]:
            own.setdefault(at, event.before)
        elif event.kind in ("updated", "edit"):
            own.pop(at, None)
    golden = cluster.golden
    return {
        (record, column): value
        for (record, column), value in own.items()
        if value != golden.value[column]
        and side.get(golden.stamp[column].record, side[record]) != side[record]
    }


def restore(
    cluster: Cluster, values: ReadOnly[Column, Value], now_us: int, by: str, model: Model
) -> list[Event]:
    """Let what records held before win again in their golden record, as if somebody had typed it there now (L8)."""
    events = []
    golden, concept = cluster.golden, model.concepts[cluster.golden.concept]
    for (record, column), value in sorted(values.items(), key=lambda item: item[0]):
        _take_shown(cluster, column, model)
        base = golden.stamp[column]
        stamp = edit_stamp(now_us, base, 0, f"person:{by}", value_order(value))
        claim, of = Claim(stamp, base, value), concept.by_element.get(column)
        if of is None:
            merge(golden, column, claim)
        else:
            merge_elements(golden, column, claim, golden.value[column], of)
        events.append(
            Event(
                kind="restored",
                golden=golden.id,
                property=concept.properties[column].name,
                record=record,
                value=value,
                has_value=True,
                stamp=stamp,
            )
        )
    return events


def _take_shown(cluster: Cluster, column: int, model: Model) -> None:
    """What the records show now is their shadow: the value to be restored beats it, also where that is null."""
    for link in cluster.links:
        mapping, row = model.mappings.get(link.mapping), cluster.seen.get((link.mapping, link.id or ""))
        if mapping is None or row is None:
            continue
        for at, each in enumerate(mapping.properties):
            if each.property == column and link.raw[at] is MISSING:
                link.raw[at] = row.raw[at]


def move_values(cluster: Cluster, concept: Concept, old: str, new: str) -> None:
    """References to a golden record that was merged name the one that stays; their stamps stay too (W5)."""
    golden = cluster.golden
    for link in cluster.links:
        link.pins = {at: pin._replace(value=_renamed(pin.value, old, new)) for at, pin in link.pins.items()}
    for column, prop in enumerate(concept.properties):
        if not prop.reference:
            continue
        golden.value[column] = _renamed(golden.value[column], old, new)
        if column in golden.rivals:
            golden.rivals[column] = [
                claim._replace(value=_renamed(claim.value, old, new)) for claim in golden.rivals[column]
            ]
        if column in golden.elements:
            of = concept.by_element[column]
            renamed = [
                each._replace(value=_renamed(each.value, old, new)) for each in golden.elements[column]
            ]
            known = {of.key_of(e.value): e for e in sorted(renamed, key=lambda e: e.stamp)}
            golden.elements[column] = [known[key]._replace(key=key) for key in sorted(known)]


def _renamed(value: Value, old: str, new: str) -> Value:
    if isinstance(value, list):
        return list(dict.fromkeys(new if each == old else each for each in value))
    return new if value == old else value


def aim_elsewhere(cluster: Cluster, old: str, moved: ReadOnly[tuple[str, str], str], model: Model) -> bool:
    """References of a cluster to a golden record that was split: each follows the record that was meant (W5).

    `moved`: golden ids by (mapping, remote id) of the records that left. The value follows the record that it came
    from; what was written elsewhere for it is due again, where the record is gone once it is back (W8). True where
    something changed.
    """
    golden, changed = cluster.golden, False
    rows = [
        (link, column, row)
        for link in cluster.links
        if link.mapping in model.mappings
        for column, row in enumerate(model.mappings[link.mapping].properties)
        if row.references and isinstance(link.raw[column], str | int)
    ]
    for link, column, row in rows:
        new = moved.get((row.references, str(link.raw[column])))
        stamp = golden.stamp[row.property]
        if (
            new
            and link.life == "live"
            and golden.value[row.property] == old
            and stamp.record == record_key(link.mapping, link.id or "")
        ):
            again = edit_stamp(stamp.time_us, stamp, stamp.priority, stamp.record, value_order(new))
            golden.value[row.property], golden.stamp[row.property] = new, again
            golden.rivals.pop(row.property, None)
            link.base[column], link.same[column] = again, None
            changed = True
    for link, column, row in rows:
        if (row.references, str(link.raw[column])) in moved and golden.value[row.property] == old:
            link.base[column], link.same[column] = BOTTOM, None
            changed = True
    for link, column, row, sent in list(_under_way(cluster, model)):
        if (row.references, str(sent.raw)) in moved and golden.value[row.property] == old and link.open:
            link.open.sent[column] = sent._replace(stamp=BOTTOM)  # it stands for what is meant no more
            changed = True
    return changed


def _under_way(cluster: Cluster, model: Model) -> Iterator[tuple[Link, int, PropertyMapping, Sent]]:
    """References in writes whose outcome is not known yet."""
    for link in cluster.links:
        if link.open is not None and link.mapping in model.mappings:
            rows = model.mappings[link.mapping].properties
            for column, sent in link.open.sent.items():
                if rows[column].references:
                    yield link, column, rows[column], sent
