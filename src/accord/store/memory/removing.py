"""Taking rows away for good, in memory: what is erased (P1) and what is forgotten (K4)."""

from collections.abc import Iterable, Mapping as ReadOnly
from copy import copy

from accord.store.memory.hub import HubPart
from accord.store.memory.tables import link_buckets, seen_bucket

__all__ = ["RemovingPart"]


class RemovingPart(HubPart):
    """A part of `MemoryTransaction`."""

    async def remove_seen(self, records: Iterable[tuple[str, str]]) -> None:
        """Remove rows of records, their match keys, and what was asked for of them."""
        for mapping, id_ in records:
            self._remove_row(mapping, id_)
            for members in self._tables.keys.values():
                self._journal.drop(members, (mapping, id_))
            self._journal.drop(self._tables.fetches[mapping], id_)

    def _remove_row(self, mapping: str, id_: str) -> None:
        row = self._tables.seen[mapping].get(id_)
        if row is not None:
            self._journal.drop(self._tables.buckets[seen_bucket(row)], id_)
            self._journal.drop(self._tables.seen[mapping], id_)

    def _remove_link(self, golden: str, key: tuple[str, int]) -> None:
        for bucket in link_buckets(self._tables.links[golden][key]):
            self._journal.drop(self._tables.buckets[bucket], (golden, *key))
        self._journal.drop(self._tables.links[golden], key)

    async def remove_goldens(self, goldens: Iterable[str]) -> None:
        """Remove golden records with their links, marks and references."""
        tables, journal = self._tables, self._journal
        for golden in goldens:
            for key in list(tables.links[golden]):
                self._remove_link(golden, key)
            for marked in tables.marks.values():
                journal.drop(marked, golden)
            for target in tables.targets.get(golden, ()):
                journal.drop(tables.dependants[target], golden)
            journal.drop(tables.targets, golden)
            journal.drop(tables.golden, golden)

    async def remove_mapping(self, mapping: str) -> None:
        """Remove everything that stands under the name of a mapping, but for history and decisions."""
        tables, journal = self._tables, self._journal
        for id_ in list(tables.seen[mapping]):
            self._remove_row(mapping, id_)
        for golden, table in tables.links.items():
            for key in [key for key in table if key[0] == mapping]:
                self._remove_link(golden, key)
        for members in tables.keys.values():
            journal.drop_all(members, [member for member in members if member[0] == mapping])
        journal.drop_all(tables.fetches[mapping], list(tables.fetches[mapping]))
        journal.drop(tables.cursors, mapping)

    async def remove_decisions(self, concept: str, pairs: Iterable[tuple[str, str]]) -> None:
        """Remove decisions by (a, b)."""
        tables, journal = self._tables, self._journal
        for pair in pairs:
            journal.drop(tables.decisions[concept], pair)
            journal.drop(tables.undone[concept], pair)
            for record in pair:
                journal.drop(tables.decided[concept, record], pair)

    async def redact(self, names: ReadOnly[str, str]) -> None:
        """Take the values of history away where golden record or record bears a name, and replace the name."""
        for seq, event in list(self._tables.events.items()):
            if event.golden in names or (event.record and event.record in names):
                new = copy(event)
                new.golden = names.get(event.golden, event.golden)
                new.record = names.get(event.record, event.record) if event.record else ""
                new.value = new.before = new.stamp = None
                new.has_value = False
                self._journal.put(self._tables.events, seq, new)

    async def prune(self, before_us: int, payloads_before_us: int) -> int:
        """Remove old lines of history and of runs, and of younger ones what is kept of deleted records."""
        events = self._tables.events
        old = [seq for seq, event in events.items() if event.at_us < before_us]
        for seq, event in list(events.items()):
            if event.kind == "deleted" and before_us <= event.at_us < payloads_before_us and event.has_value:
                new = copy(event)
                new.value = new.before = new.stamp = None
                new.has_value = False
                self._journal.put(events, seq, new)
        for seq in old:
            self._journal.drop(events, seq)
        runs = self._tables.runs
        for run in [run for run, row in runs.items() if row["began_us"] < before_us and run < max(runs)]:
            self._journal.drop(runs, run)
        return len(old)
