"""Statements on golden records, links, marks and references."""

import sqlite3
from collections.abc import Iterable, Sequence

from accord.core.state import Cluster, Golden, Link
from accord.store.rows import golden_blob, golden_row, link_blob, link_row, seen_row
from accord.store.sqlite import seen, sql
from accord.store.sqlite.wanted import want, want_pairs

__all__ = [
    "dependants",
    "golden_of",
    "linked",
    "links",
    "load",
    "mark",
    "marked",
    "open_links",
    "rejected",
    "remote_of",
    "save",
    "save_references",
    "scan_golden",
    "unmark",
]


def load(db: sqlite3.Connection, goldens: Iterable[str]) -> list[Cluster]:
    """Golden records in order of id, their links in order of (mapping, incarnation), and the seen rows of these."""
    want(db, goldens)
    clusters = {
        id_: Cluster(golden=golden_row(id_, concept, row), links=[])
        for _, id_, concept, row in db.execute(sql.GOLDENS)
    }
    for row in db.execute(sql.LINKS):
        clusters[row[0]].links.append(link_row(*row))
    for golden, *row in db.execute(sql.LINKED_SEEN):
        clusters[golden].seen[row[0], row[1]] = seen_row(*row)
    return list(clusters.values())


def links(db: sqlite3.Connection, mapping: str, goldens: Iterable[str]) -> list[Link]:
    """Links of one mapping, in order of (golden, incarnation)."""
    want(db, goldens)
    return [link_row(*row) for row in db.execute(sql.LINKS_OF, (mapping,))]


def save(db: sqlite3.Connection, clusters: Sequence[Cluster]) -> None:
    """Insert or replace golden records, links and the seen rows they hold."""
    goldens = (cluster.golden for cluster in clusters)
    db.executemany(sql.SAVE_GOLDEN, ((row.id, row.concept, golden_blob(row)) for row in goldens))
    db.executemany(sql.SAVE_LINK, (_link_columns(link) for cluster in clusters for link in cluster.links))
    seen.save(db, (row for cluster in clusters for row in cluster.seen.values()))


def _link_columns(row: Link) -> tuple[object, ...]:
    flags = (row.open is not None) + 2 * bool(row.rejected) + 4 * (row.life == "creating")
    return row.golden, row.mapping, row.incarnation, row.id, row.life, flags, link_blob(row)


def scan_golden(db: sqlite3.Connection, concept: str, after: str, limit: int) -> list[Golden]:
    """All golden records of a concept, in order of id."""
    return [golden_row(*row) for row in db.execute(sql.SCAN_GOLDEN, (concept, after, limit))]


def open_links(db: sqlite3.Connection, mapping: str, after: str, limit: int) -> list[str]:
    """Golden ids of links of a mapping that have an open write, in order."""
    return [id_ for (id_,) in db.execute(sql.OPEN_LINKS, (mapping, after, limit))]


def rejected(db: sqlite3.Connection, limit: int) -> list[Link]:
    """Links with a rejection, in order of (golden, mapping, incarnation)."""
    return [link_row(*row) for row in db.execute(sql.REJECTED, (limit,))]


def linked(db: sqlite3.Connection, mapping: str, most: int) -> int:
    """Live links of a mapping, counted so far."""
    number: int = db.execute(sql.LINKED, (mapping, most)).fetchone()[0]
    return number


def golden_of(db: sqlite3.Connection, records: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """(mapping, id) -> golden id, for live links; of several the last in order."""
    want_pairs(db, records)
    return {(mapping, id_): golden for mapping, id_, golden in db.execute(sql.GOLDEN_OF)}


def remote_of(db: sqlite3.Connection, goldens: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """(mapping, golden id) -> remote id, for live links; of several the last incarnation."""
    want_pairs(db, goldens)
    return {(mapping, golden): id_ for mapping, golden, id_ in db.execute(sql.REMOTE_OF)}


def mark(db: sqlite3.Connection, name: str, goldens: Iterable[str]) -> None:
    """Mark golden records."""
    db.executemany(sql.MARK, ((name, golden) for golden in goldens))


def unmark(db: sqlite3.Connection, name: str, goldens: Iterable[str]) -> None:
    """Take marks away."""
    db.executemany(sql.UNMARK, ((name, golden) for golden in goldens))


def marked(db: sqlite3.Connection, name: str, after: str, limit: int) -> list[str]:
    """Ids of marked golden records, in order."""
    return [golden for (golden,) in db.execute(sql.MARKED, (name, after, limit))]


def save_references(db: sqlite3.Connection, golden: str, targets: Iterable[str]) -> None:
    """Replace what a golden record refers to."""
    db.execute(sql.REMOVE_REFERENCES, (golden,))
    db.executemany(sql.ADD_REFERENCE, ((golden, target) for target in targets))


def dependants(db: sqlite3.Connection, targets: Iterable[str]) -> set[str]:
    """Golden ids that refer to any of these targets."""
    want(db, targets)
    return {golden for (golden,) in db.execute(sql.DEPENDANTS)}
