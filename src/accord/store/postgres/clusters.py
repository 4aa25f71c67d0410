"""Statements on golden records, links, marks and references."""

from collections.abc import Iterable, Sequence

from accord.core.state import Cluster, Golden, Link
from accord.store.postgres import seen, sql
from accord.store.postgres.arrays import Blobs, Numbers, Texts, columns
from accord.store.postgres.db import Db
from accord.store.rows import golden_blob, golden_row, link_blob, link_row, seen_row

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


def _lock(db: Db, ids: Texts) -> None:
    """Lock golden records, also such as are not there yet (C3)."""
    if db.locking:
        db.do(sql.HOLD_GOLDENS, ids)
        db.do(sql.HELD_GOLDENS, ids)
        db.do(sql.LOCK_GOLDENS, ids)


def load(db: Db, goldens: Iterable[str]) -> list[Cluster]:
    """Golden records in order of id, their links in order of (mapping, incarnation), and the seen rows of these."""
    ids = Texts(sorted(set(goldens)))
    if not ids:
        return []
    _lock(db, ids)
    found, linked, rows = db.tables((sql.GOLDENS, [ids]), (sql.LINKS, [ids]), (sql.LINKED_SEEN, [ids]))
    clusters = {
        id_: Cluster(golden=golden_row(id_, concept, row), links=[]) for id_, concept, row in sorted(found)
    }
    for link in sorted(linked, key=_place):
        clusters[link[0]].links.append(link_row(*link))
    for golden, *row in rows:
        clusters[golden].seen[row[0], row[1]] = seen_row(*row)
    return list(clusters.values())


def _place(row: tuple[object, ...]) -> tuple[object, ...]:
    """Golden record, mapping and incarnation of a link's row."""
    return row[:3]


def links(db: Db, mapping: str, goldens: Iterable[str]) -> list[Link]:
    """Links of one mapping, in order of (golden, incarnation)."""
    ids = Texts(sorted(set(goldens)))
    if not ids:
        return []
    _lock(db, ids)
    return [link_row(*row) for row in sorted(db.rows(sql.LINKS_OF, ids, mapping), key=_place)]


def save(db: Db, clusters: Sequence[Cluster]) -> None:
    """Insert or replace golden records, links and the seen rows they hold."""
    goldens = {cluster.golden.id: cluster.golden for cluster in clusters}
    rows = ((row.id, row.concept, golden_blob(row)) for _, row in sorted(goldens.items()))
    some = {(link.golden, link.mapping, link.incarnation): link for each in clusters for link in each.links}
    if goldens:
        db.do(sql.SAVE_GOLDENS, *columns(rows, Texts, Texts, Blobs))
    if some:
        data = (_link_columns(link) for _, link in sorted(some.items()))
        db.do(sql.SAVE_LINKS, *columns(data, Texts, Texts, Numbers, Texts, Texts, Numbers, Blobs))
    seen.save(db, (row for cluster in clusters for row in cluster.seen.values()))


def _link_columns(row: Link) -> tuple[object, ...]:
    flags = (row.open is not None) + 2 * bool(row.rejected) + 4 * (row.life == "creating")
    return row.golden, row.mapping, row.incarnation, row.id, row.life, flags, link_blob(row)


def scan_golden(db: Db, concept: str, after: str, limit: int) -> list[Golden]:
    """All golden records of a concept, in order of id."""
    return [golden_row(*row) for row in db.rows(sql.SCAN_GOLDEN, concept, after, limit)]


def open_links(db: Db, mapping: str, after: str, limit: int) -> list[str]:
    """Golden ids of links of a mapping that have an open write, in order."""
    return [id_ for (id_,) in db.rows(sql.OPEN_LINKS, mapping, after, limit)]


def rejected(db: Db, limit: int) -> list[Link]:
    """Links with a rejection, in order of (golden, mapping, incarnation)."""
    return [link_row(*row) for row in db.rows(sql.REJECTED, limit)]


def linked(db: Db, mapping: str, most: int) -> int:
    """Live links of a mapping, counted so far."""
    ((number,),) = db.rows(sql.LINKED, mapping, most)
    return int(number)


def golden_of(db: Db, records: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """(mapping, id) -> golden id, for live links; of several the last in order."""
    wanted = columns(set(records), Texts, Texts)
    return {(mapping, id_): golden for mapping, id_, golden in db.rows(sql.GOLDEN_OF, *wanted)}


def remote_of(db: Db, goldens: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """(mapping, golden id) -> remote id, for live links; of several the last incarnation."""
    found = db.rows(sql.REMOTE_OF, *columns(set(goldens), Texts, Texts))
    return {(mapping, golden): id_ for mapping, golden, id_, _ in sorted(found, key=lambda row: row[3])}


def mark(db: Db, name: str, goldens: Iterable[str]) -> None:
    """Mark golden records."""
    if ids := Texts(sorted(set(goldens))):
        db.do(sql.MARK, name, ids)


def unmark(db: Db, name: str, goldens: Iterable[str]) -> None:
    """Take marks away."""
    if ids := Texts(sorted(set(goldens))):
        db.do(sql.UNMARK, name, ids)


def marked(db: Db, name: str, after: str, limit: int) -> list[str]:
    """Ids of marked golden records, in order."""
    return [golden for (golden,) in db.rows(sql.MARKED, name, after, limit)]


def save_references(db: Db, golden: str, targets: Iterable[str]) -> None:
    """Replace what a golden record refers to."""
    wanted = Texts(sorted(set(targets)))
    db.do(sql.REMOVE_REFERENCES, golden, wanted)
    if wanted:
        db.do(sql.ADD_REFERENCES, golden, wanted)


def dependants(db: Db, targets: Iterable[str]) -> set[str]:
    """Golden ids that refer to any of these targets."""
    return {golden for (golden,) in db.rows(sql.DEPENDANTS, Texts(set(targets)))}
