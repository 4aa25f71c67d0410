"""Statements on match keys and their groups."""

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from accord.core.state import Group, Key, Member
from accord.store.sqlite import sql
from accord.store.sqlite.wanted import want_pairs

__all__ = ["change", "drop", "groups", "touch", "touched", "untouch"]


def change(db: sqlite3.Connection, concept: str, removed: Sequence[Key], added: Sequence[Key]) -> None:
    """Remove, then add keys of records, and mark every one of them touched."""
    db.executemany(sql.REMOVE_KEY, ((concept, *key) for key in removed))
    db.executemany(sql.ADD_KEY, ((concept, *key) for key in added))
    touch(db, concept, ((key.rule, key.key) for keys in (removed, added) for key in keys))


def drop(db: sqlite3.Connection, concept: str) -> None:
    """Remove all keys and touched marks of a concept."""
    db.execute(sql.DROP_KEYS, (concept,))
    db.execute(sql.DROP_TOUCHED, (concept,))


def touch(db: sqlite3.Connection, concept: str, keys: Iterable[tuple[str, str]]) -> None:
    """Mark (rule, key) pairs touched."""
    db.executemany(sql.TOUCH, ((concept, rule, key) for rule, key in keys))


def untouch(db: sqlite3.Connection, concept: str, rule: str, keys: Iterable[str]) -> None:
    """Take marks of touched keys away."""
    db.executemany(sql.UNTOUCH, ((concept, rule, key) for key in keys))


def touched(
    db: sqlite3.Connection, concept: str, rule: str, after: str, limit: int, max_members: int
) -> list[Group]:
    """Groups of touched keys of a rule in order of key, the empty ones too."""

    def read(found: list[Group]) -> Iterable[tuple[Any, ...]]:
        key = found[-1].key if found else after
        wanted = {"concept": concept, "rule": rule, "key": key, "limit": limit - len(found)}
        return db.execute(sql.TOUCHED, wanted)

    return _groups(read, max_members)


def groups(
    db: sqlite3.Connection, concept: str, keys: Iterable[tuple[str, str]], max_members: int
) -> list[Group]:
    """Groups of (rule, key) pairs that have members, in order of (rule, key)."""
    want_pairs(db, keys)

    def read(found: list[Group]) -> Iterable[tuple[Any, ...]]:
        rule, key = (found[-1].rule, found[-1].key) if found else ("", "")
        return db.execute(sql.GROUPS, {"concept": concept, "rule": rule, "key": key, "limit": -1})

    return [group for group in _groups(read, max_members) if group.members]


def _groups(read: Callable[[list[Group]], Iterable[tuple[Any, ...]]], max_members: int) -> list[Group]:
    """Groups of rows that come group by group. `read` gives the rows after those of the groups found.

    A group that is full makes it read anew, so that the rest of a key which half of all records bear is never read.
    """
    found: list[Group] = []
    while _read_some(read(found), found, max_members):
        pass
    return found


def _read_some(rows: Iterable[tuple[Any, ...]], found: list[Group], max_members: int) -> bool:
    """Add the groups of rows to found. Tells whether it stopped at a full group."""
    group = None
    for rule, key, mapping, id_, golden, held in rows:
        if group is None or group.key != key or group.rule != rule:
            group = Group(rule=rule, key=key, members=[])
            found.append(group)
        elif len(group.members) >= max_members:
            return True
        if mapping is not None and max_members > 0:
            group.members.append(Member(mapping=mapping, id=id_, golden=golden, held=held))
    return False
