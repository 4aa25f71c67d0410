"""A transaction over dicts: reads copy rows out, writes copy rows in and are noted in the journal."""

from collections.abc import Iterable, Sequence

from accord.core.state import LEFT_OUT, Cluster, Golden, Group, Key, Link, Member, Seen
from accord.ports.store import Mark
from accord.store.memory.copies import copy_golden, copy_link, copy_seen
from accord.store.memory.removing import RemovingPart
from accord.store.standing import Standing, standing

__all__ = ["MemoryTransaction"]


class MemoryTransaction(RemovingPart):
    """A `Transaction` on `Tables`; every method says what the port says."""

    # seen

    async def seen(self, mapping: str, ids: Sequence[str]) -> dict[str, Seen]:
        """Rows of these ids that exist."""
        table = self._tables.seen[mapping]
        return {id_: copy_seen(table[id_]) for id_ in ids if id_ in table}

    async def save_seen(self, rows: Iterable[Seen]) -> None:
        """Insert or replace rows by (mapping, id)."""
        for row in rows:
            self._journal.put_seen(copy_seen(row))

    async def scan_seen(self, mapping: str, after: str, limit: int) -> list[Seen]:
        """All rows of a mapping, in order of id."""
        table = self._tables.seen[mapping]
        return [copy_seen(table[id_]) for id_ in _page(table, after, limit)]

    async def waiting(self, mapping: str, after: str, limit: int) -> list[Seen]:
        """Rows neither linked, gone, held nor excluded, in order of id."""
        return self._standing(Standing.WAITING, mapping, after, limit)

    async def held(self, mapping: str, after: str, limit: int) -> list[Seen]:
        """Unlinked rows that are held and not gone, in order of id."""
        return self._standing(Standing.HELD, mapping, after, limit)

    def _standing(self, place: Standing, mapping: str, after: str, limit: int) -> list[Seen]:
        table = self._tables.seen[mapping]
        return [copy_seen(table[id_]) for id_ in _page(self._tables.buckets[place, mapping], after, limit)]

    async def unswept(self, mapping: str, before_us: int, after: str, limit: int) -> list[str]:
        """Ids of rows not gone whose last observation was asked for before a time, in order of id."""
        rows = self._tables.seen[mapping].values()
        return _page((row.id for row in rows if not row.gone and row.asked_us < before_us), after, limit)

    # match keys

    async def change_keys(self, concept: str, removed: Iterable[Key], added: Iterable[Key]) -> None:
        """Remove, then add keys of records, and mark every one of them touched."""
        tables, journal = self._tables, self._journal
        removed, added = list(removed), list(added)
        for key in removed:
            journal.drop(tables.keys[concept, key.rule, key.key], (key.mapping, key.id))
        for key in added:
            journal.put_all(tables.keys[concept, key.rule, key.key], [(key.mapping, key.id)])
        await self.touch_keys(concept, [(key.rule, key.key) for key in (*removed, *added)])

    async def drop_keys(self, concept: str) -> None:
        """Remove all keys and touched marks of a concept."""
        for tables in (self._tables.keys, self._tables.touched):
            for names, table in tables.items():
                if names[0] == concept:
                    self._journal.drop_all(table, list(table))

    async def touch_keys(self, concept: str, keys: Iterable[tuple[str, str]]) -> None:
        """Mark (rule, key) pairs touched."""
        for rule, key in keys:
            self._journal.put_all(self._tables.touched[concept, rule], [key])

    async def touched(self, concept: str, rule: str, after: str, limit: int, max_members: int) -> list[Group]:
        """Groups of touched keys of a rule in order of key; one with no member left is empty."""
        keys = _page(self._tables.touched[concept, rule], after, limit)
        return [self._group(concept, rule, key, max_members) for key in keys]

    async def untouch(self, concept: str, rule: str, keys: Iterable[str]) -> None:
        """Take marks of touched keys away."""
        self._journal.drop_all(self._tables.touched[concept, rule], keys)

    async def groups(self, concept: str, keys: Iterable[tuple[str, str]], max_members: int) -> list[Group]:
        """Groups of these (rule, key) pairs that have members, in order of (rule, key)."""
        groups = (self._group(concept, rule, key, max_members) for rule, key in sorted(set(keys)))
        return [group for group in groups if group.members]

    def _group(self, concept: str, rule: str, key: str, max_members: int) -> Group:
        tables = self._tables
        rows = (tables.seen[mapping].get(id_) for mapping, id_ in sorted(tables.keys[concept, rule, key]))
        members = [
            Member(mapping=row.mapping, id=row.id, golden=row.golden, held=_held(row))
            for row in rows
            if row is not None and not row.gone
        ]
        return Group(rule=rule, key=key, members=members[:max_members])

    # golden records and links

    async def clusters(self, goldens: Sequence[str]) -> list[Cluster]:
        """Golden records in order of id, their links in order of (mapping, incarnation)."""
        return [self._cluster(id_) for id_ in sorted(set(goldens)) if id_ in self._tables.golden]

    def _cluster(self, golden: str) -> Cluster:
        tables = self._tables
        links = [copy_link(link) for _, link in sorted(tables.links[golden].items())]
        named = ((link.mapping, link.id) for link in links if link.id is not None)
        seen = {
            (mapping, id_): copy_seen(tables.seen[mapping][id_])
            for mapping, id_ in named
            if id_ in tables.seen[mapping]
        }
        return Cluster(golden=copy_golden(tables.golden[golden]), links=links, seen=seen)

    async def links(self, mapping: str, goldens: Sequence[str]) -> list[Link]:
        """Links of one mapping, in order of (golden, incarnation)."""
        tables = [self._tables.links[id_] for id_ in sorted(set(goldens)) if id_ in self._tables.links]
        return [
            copy_link(link) for table in tables for key, link in sorted(table.items()) if key[0] == mapping
        ]

    async def save_clusters(self, clusters: Iterable[Cluster]) -> None:
        """Insert or replace golden records and links by key, and the seen rows they hold."""
        tables, journal = self._tables, self._journal
        for cluster in clusters:
            journal.put(tables.golden, cluster.golden.id, copy_golden(cluster.golden))
            for link in cluster.links:
                journal.put_link(copy_link(link))
            for row in cluster.seen.values():
                journal.put_seen(copy_seen(row))

    async def scan_golden(self, concept: str, after: str, limit: int) -> list[Golden]:
        """All golden records of a concept, in order of id."""
        table = self._tables.golden
        ids = _page((row.id for row in table.values() if row.concept == concept), after, limit)
        return [copy_golden(table[id_]) for id_ in ids]

    async def mark(self, mark: Mark, goldens: Iterable[str]) -> None:
        """Mark golden records."""
        self._journal.put_all(self._tables.marks[mark], goldens)

    async def unmark(self, mark: Mark, goldens: Iterable[str]) -> None:
        """Take marks away."""
        self._journal.drop_all(self._tables.marks[mark], goldens)

    async def marked(self, mark: Mark, after: str, limit: int) -> list[str]:
        """Ids of marked golden records, in order."""
        return _page(self._tables.marks[mark], after, limit)

    async def open_links(self, mapping: str, after: str, limit: int) -> list[str]:
        """Golden ids of links of a mapping that have an open write, in order."""
        return _page({golden for golden, _, _ in self._tables.buckets["open", mapping]}, after, limit)

    async def rejected(self, limit: int) -> list[Link]:
        """Links with a rejection, in order of (golden, mapping, incarnation)."""
        keys = sorted(self._tables.buckets["rejected",])[:limit]
        return [copy_link(self._tables.links[golden][mapping, number]) for golden, mapping, number in keys]

    async def linked(self, mapping: str, most: int) -> int:
        """How many live links with an id a mapping has, counted no further than `most`."""
        return min(most, len(self._tables.buckets["live", mapping]))

    # references

    async def golden_of(self, records: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
        """(mapping, id) -> golden id, for live links; of several the last in order."""
        found = ((record, self._tables.buckets["live", *record]) for record in records)
        return {record: max(keys)[0] for record, keys in found if keys}

    async def remote_of(self, goldens: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
        """(mapping, golden id) -> remote id, for live links; of several the last incarnation."""
        remote: dict[tuple[str, str], str] = {}
        for mapping, golden in goldens:
            links = sorted(self._tables.links[golden].items()) if golden in self._tables.links else []
            ids = [
                link.id
                for _, link in links
                if link.mapping == mapping and link.life == "live" and link.id is not None
            ]
            if ids:
                remote[mapping, golden] = ids[-1]
        return remote

    async def save_references(self, golden: str, targets: Iterable[str]) -> None:
        """Replace what a golden record refers to."""
        tables, journal = self._tables, self._journal
        old, new = tables.targets.get(golden, frozenset()), frozenset(targets)
        if old == new:
            return
        for target in old - new:
            journal.drop(tables.dependants[target], golden)
        for target in new - old:
            journal.put(tables.dependants[target], golden, None)
        journal.put(tables.targets, golden, new)

    async def dependants(self, targets: Iterable[str]) -> set[str]:
        """Golden ids that refer to any of these record keys or golden ids."""
        return {golden for target in targets for golden in self._tables.dependants[target]}


def _held(row: Seen) -> str:
    return LEFT_OUT if standing(row) is Standing.EXCLUDED else row.held


def _page(keys: Iterable[str], after: str, limit: int) -> list[str]:
    return sorted(key for key in keys if key > after)[:limit]
