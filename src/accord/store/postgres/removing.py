"""Statements that take rows away for good: what is erased (P1) and what is forgotten (K4)."""

from collections.abc import Iterable, Mapping as ReadOnly

from accord.ports.store import MARKS
from accord.store.postgres import sql
from accord.store.postgres.arrays import Texts, columns
from accord.store.postgres.db import Db

__all__ = ["prune", "redact", "remove_decisions", "remove_goldens", "remove_mapping", "remove_seen"]


def remove_seen(db: Db, records: Iterable[tuple[str, str]]) -> None:
    """Remove rows of records, their match keys, and what was asked for of them."""
    rows = columns(sorted(set(records)), Texts, Texts)
    for statement in sql.REMOVE_SEEN:
        db.do(statement, *rows)


def remove_goldens(db: Db, goldens: Iterable[str]) -> None:
    """Remove golden records with their links, marks and references."""
    ids = Texts(sorted(set(goldens)))
    for statement in sql.REMOVE_GOLDENS:
        db.do(statement, ids, Texts(MARKS))


def remove_mapping(db: Db, mapping: str) -> None:
    """Remove everything that stands under the name of a mapping, but for history and decisions."""
    for statement in sql.REMOVE_MAPPING:
        db.do(statement, mapping)


def remove_decisions(db: Db, concept: str, pairs: Iterable[tuple[str, str]]) -> None:
    """Remove decisions by (a, b)."""
    db.do(sql.REMOVE_DECISIONS, concept, *columns(sorted(set(pairs)), Texts, Texts))


def redact(db: Db, names: ReadOnly[str, str]) -> None:
    """Take the values of history away where golden record or record bears a name, and replace the name."""
    rows = columns(names.items(), Texts, Texts)
    for statement in sql.REDACT:
        db.do(statement, *rows)


def prune(db: Db, before_us: int, payloads_before_us: int) -> int:
    """Remove old lines of history and of runs, and of younger ones what is kept of deleted records."""
    db.do(sql.PRUNE_PAYLOADS, payloads_before_us)
    db.do(sql.PRUNE_RUNS, before_us)
    return db.count(sql.PRUNE_EVENTS, before_us)
