"""Writes into one table: those of a page in one transaction; one that fails is found out by itself (W2, W3, W9)."""

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import TIMESTAMP, Column, Connection, bindparam, delete, func, insert, update
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError

from accord.connectorkit import LOST, Outcome, Write, may_write
from accord.connectorkit.single import sent_body
from accord.connectors.sql.database import Database, words
from accord.connectors.sql.table import TypeTable
from accord.ports.clock import Clock

__all__ = ["Writer"]

_LATER_S: Final = 5.0
_PASSING: Final = frozenset(
    {"40001", "40P01", "55P03", "25006"}
    | {"1205", "1213", "1114", "1203", "1226", "1290", "1317", "1792", "1836", "1969"}
)
"""Deadlocks, serialization failures, locks that were not to be had; servers that are full, busy or read-only for a
while, as in a failover: nothing was kept."""
_DENIED: Final = frozenset({"42501", "1142", "1143", "1044"})
_NAMED: Final = re.compile(
    r"constraint failed: (?P<lite>[\w., ]+)|[Cc]olumn ['\"](?P<column>\w+)['\"]|\((?P<key>[\w, ]+)\)=\(|"
    r"for key ['\"](?:\w+\.)?(?P<index>\w+)['\"]|FOREIGN KEY \([`\"](?P<foreign>\w+)"
)


class Writer:
    """Writes one entity type."""

    def __init__(self, database: Database, at: TypeTable, clock: Clock) -> None:
        self._database, self._at, self._clock = database, at, clock

    def write(self, writes: Sequence[Write]) -> list[Outcome]:
        """How each write ended, in their order. Blocks."""
        if not may_write():
            return [Outcome(kind="later", message=LOST, after_s=1.0) for _ in writes]
        if self._at.loose:
            what = (
                f"{self._at.it.path} is kept by {self._at.loose}, which knows no transactions: make it InnoDB"
            )
            return [Outcome(kind="refused", message=what) for _ in writes]
        told = self._together(writes)
        if told is None:
            told = [self._alone(write) for write in writes]
        return told

    def _together(self, writes: Sequence[Write]) -> list[Outcome] | None:
        """Outcomes; None: one of them failed, and nothing was kept."""
        if len(writes) == 1:
            return None
        outcome = self._transaction(lambda connection: self._all(connection, writes))
        if isinstance(outcome, Outcome):
            return None if outcome.kind == "refused" else [outcome for _ in writes]
        return outcome

    def _alone(self, write: Write) -> Outcome:
        outcome = self._transaction(lambda connection: self._all(connection, [write]))
        return outcome if isinstance(outcome, Outcome) else outcome[0]

    def _transaction(self, act: Callable[[Connection], list[Outcome]]) -> list[Outcome] | Outcome:
        """What `act` says once it is committed; else how all of it ended."""
        try:
            connection = self._database.writing()
        except SQLAlchemyError as error:
            return Outcome(kind="later", message=_said(error), after_s=_LATER_S)  # nothing left
        with connection:
            committing = False
            try:
                with connection.begin() as transaction:
                    outcomes = act(connection)
                    committing = True
                    transaction.commit()
            except DBAPIError as error:
                return self._failed(error, committing=committing)
            except SQLAlchemyError as error:
                return Outcome(kind="refused", message=_said(error))
            except (
                ValueError,
                TypeError,
                ArithmeticError,
            ) as error:  # half a surrogate pair, a number too large
                return Outcome(kind="refused", message=f"a value can not be sent: {type(error).__name__}")
            return outcomes

    def _failed(self, error: DBAPIError, *, committing: bool) -> Outcome:
        codes = _codes(error)
        message = words(error)
        broken = error.connection_invalidated or isinstance(error, OperationalError)
        if committing and broken and codes.isdisjoint(_PASSING):
            return Outcome(kind="unknown", message=message)
        busy = "database is locked" in message or not codes.isdisjoint(_PASSING)
        if (
            busy
            or error.connection_invalidated
            or (isinstance(error, OperationalError) and not _is_fault(codes))
        ):
            return Outcome(kind="later", message=message, after_s=_LATER_S)
        denied = not codes.isdisjoint(_DENIED)
        return Outcome(kind="refused", message=message, faults=self._faults(error), denied=denied)

    def _faults(self, error: DBAPIError) -> tuple[str, ...]:
        """Properties that the database names."""
        diagnosis = getattr(error.orig, "diag", None)
        named = [getattr(diagnosis, "column_name", None) or ""]
        told = f"{words(error)} {getattr(diagnosis, 'message_detail', '') or ''}"
        for found in _NAMED.finditer(told):
            text = next(part for part in found.groups() if part)
            named += [part.rpartition(".")[2].strip() for part in text.split(",")]
        at = self._at
        columns = {str(index.name): [c.name for c in index.columns] for index in at.table.indexes}
        columns["PRIMARY"] = [column.name for column in at.table.primary_key]
        named = [column for name in named for column in columns.get(name, [name])]
        known = {column.name for column in at.columns.values()}
        return tuple(dict.fromkeys(at.property_of(name) for name in named if name in known))

    # in a transaction

    def _all(self, connection: Connection, writes: Sequence[Write]) -> list[Outcome]:
        at, asked_us = self._at, self._clock.now_us()
        ids = [write.id for write in writes if write.id is not None]
        locked = self._rows(connection, writes, ids, lock=True)
        outcomes: list[Outcome | None] = [None] * len(writes)
        updates: dict[tuple[str, ...], list[tuple[Any, ...]]] = defaultdict(list)
        gone: list[str] = []
        for number, write in enumerate(writes):
            if write.kind == "create":
                continue
            now = locked.get(write.id or "")
            if now is None or now.gone:
                outcomes[number] = Outcome(kind="missing", message="there is no such row")
            elif write.version is not None and at.it.conditional and now.version != write.version:
                outcomes[number] = Outcome(kind="moved", message="the row has changed")
            elif write.kind == "delete":
                gone.append(write.id or "")
                outcomes[number] = Outcome(kind="done")
            else:
                cells = at.cells(sent_body(at.it, "update", write.body, ""))
                key = at.key_of(write.id or "") or ()
                updates[tuple(cells)].append((*cells.values(), *key))
        for names, rows in updates.items():
            self._update(connection, names, rows)
        if gone:
            self._remove(connection, gone)
        made = self._create(connection, [write for write in writes if write.kind == "create"])
        after = self._rows(connection, writes, [*ids, *made], lock=False)
        fresh = iter(made)
        for number, write in enumerate(writes):
            if outcomes[number] is None:
                shown = after.get(next(fresh) if write.kind == "create" else write.id or "")
                if shown is not None:
                    shown.asked_us = asked_us
                outcomes[number] = Outcome(kind="done", observation=shown)
        return [outcome for outcome in outcomes if outcome is not None]

    def _rows(
        self, connection: Connection, writes: Sequence[Write], ids: Sequence[str], *, lock: bool
    ) -> Mapping[str, Any]:
        """What rows show; with `lock` nobody else changes them until this transaction ends."""
        at = self._at
        if not ids:
            return {}
        query = at.select().where(at.is_one_of(ids)).order_by(*at.key)
        if lock:
            query = query.with_for_update()
        asked_us, mapping = self._clock.now_us(), writes[0].mapping
        seen = [at.observed(mapping, row, "reply", asked_us) for row in connection.execute(query).mappings()]
        return {each.id: each for each in seen}

    def _update(self, connection: Connection, names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
        """Set columns of rows, each of which tells their values and then those of its key."""
        at = self._at
        sets: dict[str, Any] = {
            name: bindparam(f"set_{n}", type_=at.table.c[name].type) for n, name in enumerate(names)
        }
        sets |= self._stamps(new=False)
        if not sets:
            return
        statement = update(at.table).values(sets)
        for n, column in enumerate(at.key):
            statement = statement.where(column == bindparam(f"key_{n}", type_=column.type))
        bound = [*(f"set_{n}" for n in range(len(names))), *(f"key_{n}" for n in range(len(at.key)))]
        connection.execute(statement, [dict(zip(bound, row, strict=True)) for row in rows])

    def _remove(self, connection: Connection, ids: Sequence[str]) -> None:
        """Delete rows; where a flag says that they are deleted, set that."""
        at = self._at
        flag = at.it.tombstones.property if at.it.tombstones else ""
        if not flag:
            connection.execute(delete(at.table).where(at.is_one_of(ids)))
            return
        sets = {at.columns[flag].name: True} | self._stamps(new=False)
        connection.execute(update(at.table).where(at.is_one_of(ids)).values(sets))

    def _create(self, connection: Connection, writes: Sequence[Write]) -> list[str]:
        """Ids of new rows, in the order of writes."""
        at = self._at
        bodies = [at.cells(sent_body(at.it, "create", write.body, write.key)) for write in writes]
        stamps = self._stamps(new=True)
        if not bodies:
            return []
        statement = insert(at.table).values(stamps) if stamps else insert(at.table)
        alike = len({tuple(body) for body in bodies}) == 1
        if (
            connection.dialect.name == "postgresql" and alike and not stamps
        ):  # of others reflection tells too little
            keyed = insert(at.table).returning(*at.key, sort_by_parameter_order=len(bodies) > 1)
            keys = [tuple(row) for row in connection.execute(keyed, bodies)]
        else:
            keys = [
                _made(connection.execute(statement, body).inserted_primary_key, body, at) for body in bodies
            ]
        made = [found for key in keys if (found := at.id_of(key)) is not None]
        if len(made) < len(bodies):
            raise SwallowedError("the database took it, and made no row: a trigger may have dropped it")
        return made

    def _stamps(self, *, new: bool) -> dict[str, Any]:
        at = self._at
        found: dict[str, Any] = {}
        for name, way in at.options.stamps.items():
            column = at.table.c[name]
            found[name] = self._now(column) if way == "now" else (1 if new else func.coalesce(column, 0) + 1)
        return found

    def _now(self, column: Column[Any]) -> Any:
        """The database's time, in the zone of a column that tells none."""
        zone = self._at.zone_of(column)
        if self._database.dialect == "postgresql" and zone and not getattr(column.type, "timezone", False):
            return func.timezone(zone, func.now())
        if self._database.dialect == "mysql" and zone == "UTC" and not isinstance(column.type, TIMESTAMP):
            return func.utc_timestamp(6)
        return func.now()


def _made(told: Any, body: Mapping[str, Any], at: TypeTable) -> tuple[Any, ...]:
    by_name = {} if told is None else dict(zip([c.name for c in at.table.primary_key], told, strict=False))
    return tuple(body.get(column.name, by_name.get(column.name)) for column in at.key)


def _codes(error: DBAPIError) -> set[str]:
    orig = error.orig
    state = getattr(orig, "sqlstate", None)
    first = orig.args[0] if orig is not None and orig.args and isinstance(orig.args[0], int) else ""
    return {str(state or ""), str(first)}


def _is_fault(codes: set[str]) -> bool:
    """A code for what is wrong with a statement: of PostgreSQL, an object that does not bear it (a view); of MySQL,
    1048 to 4025 but for those that pass."""
    return "55000" in codes or any(code.isdecimal() and 1048 <= int(code) <= 4025 for code in codes)


def _said(error: SQLAlchemyError) -> str:
    if isinstance(error, DBAPIError):
        return words(error)
    why = getattr(error, "orig", None)
    return str(error) if isinstance(error, SwallowedError) else type(why or error).__name__


class SwallowedError(SQLAlchemyError):
    """A create left no row."""
