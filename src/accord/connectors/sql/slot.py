"""A replication slot of PostgreSQL: how far the log was read for one entity type, and what happened since (S8).

The mark that the store keeps is a position in the log. Only when it comes back, with the next read, is the slot moved
up to it: what is read is peeked at, and a crash at any moment repeats, and loses nothing. Positions are whole numbers.
"""

import codecs
from collections.abc import Collection, Iterator
from typing import Any, Final

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, text

from accord.connectorkit import StopEntityType
from accord.connectors.sql.options import LogOptions
from accord.connectors.sql.pgoutput import (
    UNCHANGED,
    Begin,
    Change,
    Commit,
    Message,
    Relation,
    Truncate,
    parse,
)

__all__ = ["Mark", "Slot", "Standing", "Touched", "settled", "touched"]

_LOOK: Final = text(
    """SELECT pg_current_wal_insert_lsn()::text AS written, pg_current_wal_flush_lsn()::text AS flushed,
    current_setting('wal_level') AS level, current_setting('server_encoding') AS encoding, current_user::text AS me,
    current_schema()::text AS here,
    EXISTS (SELECT FROM pg_roles WHERE (rolname = current_user AND (rolreplication OR rolsuper))
        OR (rolname = 'rds_replication' AND pg_has_role(oid, 'member'))) AS may,
    EXISTS (SELECT FROM pg_publication_tables WHERE pubname = :publication AND tablename = :table
        AND schemaname = coalesce(:schema, current_schema())) AS published,
    slot_name::text AS slot, plugin::text AS plugin, database = current_database() AS ours, wal_status AS status,
    confirmed_flush_lsn::text AS confirmed
    FROM (SELECT 1) AS one LEFT JOIN pg_replication_slots ON slot_name = :slot"""
)
_PEEK: Final = text(
    "SELECT data FROM pg_logical_slot_peek_binary_changes(:slot, CAST(:upto AS pg_lsn), NULL, "
    "'proto_version', '1', 'publication_names', :publication)"
)
_FLUSH: Final = text("SELECT pg_logical_emit_message(true, 'accord', '')")


class Mark(Struct, frozen=True):
    """What the store keeps: all that was committed before a position in the log of a slot was read."""

    slot: str
    at: int

    @classmethod
    def read(cls, token: str, slot: str) -> "Mark | None":
        """The mark of a token; None: it is none of this slot."""
        try:
            mark = msgspec.json.decode(token, type=cls) if token else None
        except (msgspec.DecodeError, msgspec.ValidationError):
            return None
        return mark if mark is not None and mark.slot == slot else None

    @property
    def token(self) -> str:
        """What is kept of it."""
        return msgspec.json.encode(self).decode()


class Standing(Struct, frozen=True):
    """How a slot stands. `written`: where the log ends; `confirmed`: where the slot begins, None: there is no slot that
    can be read; `lost`: the server gave up what it held; `schema`, `encoding`: those of who asked."""

    written: int
    confirmed: int | None
    lost: bool
    schema: str
    encoding: str


class Touched(Struct):
    """What a stretch of the log is about: rows by key, and whether any of them was deleted there. `emptied`: the whole
    table was. `end`: the position behind all of it; None: nothing was told."""

    deleted: dict[tuple[str, ...], bool]
    emptied: bool = False
    end: int | None = None


class Slot:
    """The slot of one table. Its methods are called inside transactions of their own."""

    def __init__(self, what: str, path: str, options: LogOptions, key: Collection[str]) -> None:
        self._what, self._options, self._key = what, options, tuple(key)
        schema, _, self._table = path.rpartition(".")
        self._schema = schema or None

    def look(self, connection: Connection) -> Standing:
        """How it stands. Raises StopEntityType: the server, the user or the publication is not prepared."""
        named = {"slot": self._options.slot, "publication": self._options.publication, "table": self._table}
        row = connection.execute(_LOOK, {**named, "schema": self._schema}).mappings().one()
        self._check(row)
        if row["flushed"] is not None and _position(row["flushed"]) < _position(row["written"]):
            connection.exec_driver_sql("SET LOCAL synchronous_commit TO local")
            connection.execute(_FLUSH)  # what others can see already is in the log when this one is committed
        lost = row["status"] == "lost"
        usable = row["slot"] is not None and not lost
        return Standing(
            written=_position(row["written"]),
            confirmed=_position(row["confirmed"]) if usable else None,
            lost=lost,
            schema=self._schema or str(row["here"]),
            encoding=_codec(row["encoding"], self._what),
        )

    def make(self, connection: Connection) -> None:
        """Make it; what is committed from now on will be told. Waits for who is writing."""
        connection.exec_driver_sql("SET LOCAL lock_timeout TO '20s'")
        connection.execute(
            text("SELECT pg_create_logical_replication_slot(:slot, 'pgoutput')"), {"slot": self._options.slot}
        )

    def drop(self, connection: Connection) -> None:
        """Remove it; the server keeps its log for it no longer."""
        connection.execute(text("SELECT pg_drop_replication_slot(:slot)"), {"slot": self._options.slot})

    def advance(self, connection: Connection, at: int) -> None:
        """Let go of what was committed before a position, which the store has kept."""
        connection.execute(
            text("SELECT pg_replication_slot_advance(:slot, CAST(:at AS pg_lsn))"),
            {"slot": self._options.slot, "at": _shown(at)},
        )

    def peek(self, connection: Connection, standing: Standing) -> list[tuple[int, Touched]]:
        """Transactions that were committed since the slot's beginning: number, and what they touched."""
        publication = self._options.publication.replace('"', '""')
        named = {
            "slot": self._options.slot,
            "upto": _shown(standing.written),
            "publication": f'"{publication}"',
        }
        connection.exec_driver_sql("SET LOCAL datestyle TO 'ISO'")
        table = (standing.schema, self._table)
        with connection.execution_options(stream_results=True).execute(_PEEK, named) as streamed:
            messages = (parse(bytes(data), standing.encoding) for data in streamed.scalars())
            return list(touched(messages, table, self._key, self._what, standing.encoding))

    def _check(self, row: Any) -> None:
        slot, publication = self._options.slot, self._options.publication
        if row["level"] != "logical":
            raise StopEntityType(
                f"{self._what}: the server's wal_level is {row['level']}, so its log tells too little",
                remedy="ALTER SYSTEM SET wal_level = logical, and restart the server",
            )
        if not row["may"]:
            me = row["me"]
            raise StopEntityType(
                f"{self._what}: the user {me} may not read the log", remedy=f'ALTER ROLE "{me}" REPLICATION'
            )
        if not row["published"]:
            table = f"{self._schema}.{self._table}" if self._schema else self._table
            raise StopEntityType(
                f"{self._what}: no publication {publication} names the table {table}",
                remedy=f"CREATE PUBLICATION {publication} FOR TABLE {table}, or ALTER PUBLICATION … ADD TABLE",
            )
        if row["slot"] is not None and (row["plugin"] != "pgoutput" or not row["ours"]):
            raise StopEntityType(
                f"{self._what}: the slot {slot} is one of another program or database",
                remedy="Name another slot in options.log",
            )


def touched(
    messages: Iterator[Message | None],
    table: tuple[str, str],
    key: Collection[str],
    what: str,
    encoding: str = "utf-8",
) -> Iterator[tuple[int, Touched]]:
    """Transactions in the order of their commits: number, and what they did to the rows of a table.

    Raises StopEntityType: the log does not tell the key of rows.
    """
    ours: dict[int, list[int]] = {}
    xid, found = 0, Touched({})
    for message in messages:
        if isinstance(message, Begin):
            xid, found = message.xid, Touched({})
        elif isinstance(message, Commit):
            found.end = message.end
            yield xid, found
        elif isinstance(message, Relation):
            ours.pop(message.number, None)
            if (message.schema, message.name) == table:
                ours[message.number] = _places(message, key, what)
        elif isinstance(message, Truncate):
            found.emptied = found.emptied or not ours.keys().isdisjoint(message.relations)
        elif isinstance(message, Change) and message.relation in ours:
            _note(found, message, ours[message.relation], encoding)


def _note(found: Touched, change: Change, places: list[int], encoding: str) -> None:
    old = [change.old[place] for place in places] if change.old is not None else None
    if change.new is not None:
        new = [change.new[place] for place in places]
        if old is not None:
            new = [was if now is UNCHANGED else now for was, now in zip(old, new, strict=True)]
        found.deleted.setdefault(_texts(new, encoding), False)
        if old == new:
            return
    if old is not None:
        found.deleted[_texts(old, encoding)] = True


def _texts(cells: list[Any], encoding: str) -> tuple[str, ...]:
    return tuple(each.decode(encoding) if isinstance(each, bytes) else "" for each in cells)


def _places(relation: Relation, key: Collection[str], what: str) -> list[int]:
    by_name = {column.name: place for place, column in enumerate(relation.columns)}
    told = [name for name in key if name in by_name and relation.columns[by_name[name]].key]
    if len(told) < len(key):
        raise StopEntityType(
            f"{what}: the log tells {', '.join(told) or 'nothing'} of a row that was deleted, not {', '.join(key)}",
            remedy=f'ALTER TABLE "{relation.schema}"."{relation.name}" REPLICA IDENTITY USING INDEX …, or FULL',
        )
    return [by_name[name] for name in key]


def settled(transactions: list[tuple[int, Touched]], snapshot: str) -> tuple[Touched, bool]:
    """What transactions touched that others can see in a snapshot (xmin:xmax:xip_list), and whether those are all.

    A commit is in the log some time before it can be seen: long before where a standby must have it first. Rows that
    are read now would be the old ones, so those before the first that can not be seen count.
    """
    _, xmax, listed = snapshot.split(":")
    last, open_now = int(xmax), {int(each) for each in listed.split(",") if each}
    all_of = Touched({})
    for xid, found in transactions:
        full = _full(xid, last)
        if full >= last or full in open_now:
            return all_of, False
        for key, deleted in found.deleted.items():
            all_of.deleted[key] = all_of.deleted.get(key, False) or deleted
        all_of.emptied, all_of.end = all_of.emptied or found.emptied, found.end
    return all_of, True


def _full(xid: int, near: int) -> int:
    """The number of a transaction whose lower half is told, and which is not far from another one."""
    half = 1 << 31
    return near + ((xid - near + half) % (1 << 32)) - half


def _position(shown: str) -> int:
    high, _, low = shown.partition("/")
    return (int(high, 16) << 32) + int(low, 16)


def _shown(position: int) -> str:
    return f"{position >> 32:X}/{position & 0xFFFFFFFF:X}"


def _codec(encoding: str, what: str) -> str:
    name = encoding.upper().replace("WIN", "CP")
    try:
        return codecs.lookup("utf-8" if name in ("UTF8", "SQL_ASCII") else name).name
    except LookupError:
        raise StopEntityType(
            f"{what}: the database is written in {encoding}, which is not known here",
            remedy="Remove options.log, and let changes be found by a column",
        ) from None
