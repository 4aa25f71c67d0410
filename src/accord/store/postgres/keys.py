"""Statements on match keys and their groups. The row of a key among the touched ones is its lock (C3)."""

from collections.abc import Iterable, Sequence

from accord.core.state import Group, Key, Member
from accord.store.postgres import sql
from accord.store.postgres.arrays import Texts, columns
from accord.store.postgres.db import Db

__all__ = ["change", "drop", "groups", "touch", "touched", "untouch"]


def change(db: Db, concept: str, removed: Sequence[Key], added: Sequence[Key]) -> None:
    """Remove, then add keys of records, and mark every one of them touched, which locks it."""
    touch(db, concept, ((key.rule, key.key) for keys in (removed, added) for key in keys))
    for statement, keys in ((sql.REMOVE_KEYS, removed), (sql.ADD_KEYS, added)):
        if keys:
            db.do(statement, concept, *columns(sorted(set(keys)), Texts, Texts, Texts, Texts))


def drop(db: Db, concept: str) -> None:
    """Remove all keys and touched marks of a concept."""
    db.do(sql.DROP_TOUCHED, concept)
    db.do(sql.DROP_KEYS, concept)


def touch(db: Db, concept: str, keys: Iterable[tuple[str, str]]) -> None:
    """Mark (rule, key) pairs touched."""
    if pairs := sorted(set(keys)):
        db.do(sql.TOUCH, concept, *columns(pairs, Texts, Texts))


def untouch(db: Db, concept: str, rule: str, keys: Iterable[str]) -> None:
    """Take marks of touched keys away."""
    db.do(sql.UNTOUCH, concept, rule, Texts(sorted(set(keys))))


def touched(db: Db, concept: str, rule: str, after: str, limit: int, max_members: int) -> list[Group]:
    """Groups of touched keys of a rule in order of key, the empty ones too."""
    statement = sql.TOUCHED + (sql.LOCK if db.locking else "")
    pairs = [(rule, key) for (key,) in db.rows(statement, concept, rule, after, limit)]
    return _groups(db, concept, pairs, max_members)


def groups(db: Db, concept: str, keys: Iterable[tuple[str, str]], max_members: int) -> list[Group]:
    """Groups of (rule, key) pairs that have members, in order of (rule, key)."""
    pairs = sorted(set(keys))
    if pairs and db.locking:
        asked = columns(pairs, Texts, Texts)
        db.do(sql.HOLD, concept, *asked)
        db.do(sql.HELD, concept, *asked)
    return [group for group in _groups(db, concept, pairs, max_members) if group.members]


def _groups(db: Db, concept: str, pairs: Sequence[tuple[str, str]], max_members: int) -> list[Group]:
    found = [Group(rule=rule, key=key, members=[]) for rule, key in pairs]
    if pairs:
        asked = columns(pairs, Texts, Texts)
        for place, mapping, id_, golden, held in db.rows(sql.GROUPS, concept, *asked, max_members):
            found[place - 1].members.append(Member(mapping=mapping, id=id_, golden=golden, held=held))
    return found
