"""The store in a PostgreSQL database: a schema for each project, one conductor, hands beside it."""

import os
import time
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import AbstractAsyncContextManager, AbstractContextManager, asynccontextmanager, suppress
from pathlib import Path
from typing import Any, ClassVar, Final, TypeVar

import psycopg

from accord.core.errors import AccordError, StaleLease
from accord.ports.leases import CONDUCT, Lease, Tenure
from accord.ports.store import Transaction
from accord.store.copying import Target, copy_state
from accord.store.postgres import clusters, database, history, hub, keys, leases, removing, seen
from accord.store.postgres.database import Connection
from accord.store.postgres.faults import explained, stop
from accord.store.postgres.filling import PostgresSchema, reading
from accord.store.postgres.keeper import Held, Keeper
from accord.store.postgres.pieces import PostgresPieces, is_busy
from accord.store.postgres.place import parse
from accord.store.postgres.process import Me
from accord.store.postgres.session import Session
from accord.store.sqlite.filling import SqliteFile
from accord.store.statements import StatementTransaction
from accord.store.tables import Tables
from accord.store.turns import Turns
from accord.store.worker import InlineWorker, ThreadWorker, Worker

__all__ = ["PostgresStore"]

R = TypeVar("R")

LEASE_S: Final = 10.0
_INLINE_S: Final = 86_400.0
"""A store without threads renews nothing."""
_AGAIN_S: Final = 600.0
"""How long a store that was let go of for a while waits for another process that works with it."""
_PAUSE_S: Final = 0.05
_TABLES: Final = (
    "seen", "golden", "link", "mark", "reference", "match_key", "touched_key", "cursor", "fetch", "review", "decision",
    "event", "run", "meta",
)  # fmt: skip


class PostgresTransaction(StatementTransaction):
    """A `Transaction` on PostgreSQL."""

    seen_rows: ClassVar[Any] = seen
    key_rows: ClassVar[Any] = keys
    cluster_rows: ClassVar[Any] = clusters
    hub_rows: ClassVar[Any] = hub
    history_rows: ClassVar[Any] = history
    removing: ClassVar[Any] = removing


class PostgresStore:
    """A `Store` in a schema of a database.

    One process at a time is the conductor: it holds the lease `conduct`, and all it writes is refused once another one
    has taken that over, which it can `lease_s` after it was last heard of. Without `conduct` a store is a hand's: it
    writes under leases of its own (`fenced`). With `readonly` it writes nothing, and any number reads beside.
    `inline` runs every call in the calling thread and renews no lease. `on_commit` is called with "before" and "after"
    around each commit; when it raises, that is a kill at this very point.
    Raises StopFlow, also from every method, where the server, its disk or another process is the cause; Undone where a
    piece of work was undone and is to be begun anew; StaleLease where another process has taken over.
    """

    def __init__(
        self,
        url: str | os.PathLike[str],
        *,
        readonly: bool = False,
        conduct: bool = True,
        inline: bool = False,
        wait_s: float = 0.0,
        lease_s: float = LEASE_S,
        password: str | None = None,
        on_commit: Callable[[str], None] | None = None,
    ) -> None:
        """Open, make or migrate a store; wait up to `wait_s` seconds for another conductor to let go of it.

        `password` is that which the URL leaves out.
        """
        self.place = parse(os.fspath(url), password)
        self.path = str(self.place)
        self.on_commit = on_commit
        self.readonly = readonly
        self.lease_s = _INLINE_S if inline else lease_s
        self._turns = Turns()
        self._worker: Worker = InlineWorker() if inline else ThreadWorker()
        self._side: Worker = InlineWorker() if inline else ThreadWorker()
        self._keeper = Keeper(self.connect, Me(), beats=not inline)
        self._conducting: Held | None = None
        self.pieces = PostgresPieces(self)
        self._closed = False
        self._db: Connection | None = None
        try:
            self._db = self.connect()
            explained(self.place, self._open, conduct and not readonly, wait_s)
        except BaseException:
            self._shut()
            self._end_threads()
            raise

    def connect(self) -> Connection:
        """A connection of one's own to the schema of the project."""
        return explained(
            self.place,
            database.connect,
            self.place,
            readonly=self.readonly,
            idle_s=self.lease_s,
            session=self._keeper.me.session,
        )

    def _open(self, conduct: bool, wait_s: float) -> None:
        db = self._connected()
        if not self.readonly:
            database.create(db, self.place)
            if not conduct and database.is_older(db, self.place):  # the first worker after an upgrade
                self._take(wait_s)
                database.migrate(db, self.place, database.migrations())
                if self._conducting is not None:
                    self._keeper.let_go(self._conducting)
                    self._conducting = None
        if conduct:
            self._take(wait_s)
            database.migrate(db, self.place, database.migrations())
        if not self.readonly:
            database.mend_marks(db)
        if not database.check(db, self.place):
            raise stop(
                self.place,
                "its schema is older than this version's",
                "Run `accord sync` once, which brings it up to date.",
            )

    # transactions

    def transaction(self, *, dry: bool = False) -> AbstractAsyncContextManager[Transaction]:
        """A transaction; the next one of this store waits until it has ended. `dry` rolls back in any case."""
        return self._transaction(dry, None)

    def fenced(self, lease: Lease) -> "FencedStore":
        """This store as a hand works with it: everything it writes is refused once the lease was taken over."""
        return FencedStore(self, lease)

    @asynccontextmanager
    async def _transaction(self, dry: bool, fence: Lease | None) -> AsyncIterator[Transaction]:
        async with self._turns:
            if self._closed:
                raise RuntimeError(f"the store {self.path} is closed")
            writing = not dry and not self.readonly
            if writing and fence is None:
                fence = self._conductor()
            session = Session(
                self.place, self._connected, self._worker, locking=writing, fence=fence if writing else None
            )
            transaction = PostgresTransaction(session)
            try:
                yield transaction
                transaction.end()
                if not dry and self.on_commit is not None:
                    self.on_commit("before")
                await session.end(commit=not dry)
            except BaseException:
                transaction.end()
                with suppress(psycopg.Error, AccordError):  # the error that is under way says more
                    await session.end(commit=False)
                raise
            if not dry and self.on_commit is not None:
                self.on_commit("after")

    def _connected(self) -> Connection:
        if self._db is None or self._db.closed:
            self._db = self.connect()
        return self._db

    def _conductor(self) -> Lease:
        held = self._conducting
        if held is None:
            raise RuntimeError(f"the store {self.path} was opened without the right to conduct")
        if held.lost:
            raise self._stale()
        return held.lease

    def _stale(self) -> StaleLease:
        return StaleLease(
            f"store {self.path}: another process has taken over",
            remedy="It goes on there; nothing is to be done here.",
        )

    # what does not wait for its turn

    async def aside(self, function: Callable[..., R], *args: Any) -> R:
        """Result of function(connection, *args) in one transaction of its own, on the side connection."""
        return await self._side.call(
            explained, self.place, self._keeper.run, _in_transaction, function, *args
        )

    async def _kept(self, function: Callable[..., R], *args: Any) -> R:
        return await self._side.call(explained, self.place, function, *args)

    # leases

    async def conduct(self) -> bool:
        """Become the conductor now, if nobody else is, and no worker has a piece of one before."""
        if self._conducting is None or self._conducting.lost:
            held = await self.hold(CONDUCT, self.lease_s)
            if held is not None and await self._kept(self._keeper.run, is_busy, self.me):
                await self.let_go(held)
                held = None
            self._conducting = held
        return self._conducting is not None

    async def resign(self) -> None:
        """Be the conductor no more."""
        held, self._conducting = self._conducting, None
        if held is not None and not held.lost:
            await self.let_go(held)

    def stands(self, margin_s: float = 0.0) -> bool:
        """Whether this process surely is the conductor, and will be for so long."""
        return self._conducting is not None and self._conducting.stands(margin_s)

    async def hold(self, name: str, for_s: float) -> Held | None:
        """Take a lease and keep it alive until it is let go of; None where somebody else holds it."""
        return await self._kept(self._keeper.hold, name, for_s)

    def keep(self, lease: Lease, for_s: float, asked_s: float) -> Held:
        """Keep a lease alive that was asked for then."""
        return self._keeper.keep(lease, for_s, asked_s)

    def forget(self, held: Held) -> Held:
        """Keep a lease alive no more."""
        return self._keeper.forget(held)

    @property
    def me(self) -> Me:
        """This process."""
        return self._keeper.me

    @property
    def conducting(self) -> Lease:
        """The lease of this conductor. Raises StaleLease: another process has taken over."""
        return self._conductor()

    async def let_go(self, held: Held) -> None:
        """Release a lease that was held."""
        await self._kept(self._keeper.let_go, held)

    async def take(self, name: str, for_s: float) -> Lease | None:
        """The lease, with a new token; None where somebody else holds it."""
        return await self._kept(self._keeper.run, leases.take, self._keeper.me, name, for_s)

    async def renew(self, some: Collection[Lease], for_s: float) -> frozenset[Lease]:
        """Those that nobody has taken over; they go on for so long from now."""
        return await self._kept(self._keeper.run, leases.renew, some, for_s)

    async def release(self, lease: Lease) -> None:
        """End a lease now; one that was taken over is left alone."""
        await self._kept(self._keeper.run, leases.release, lease)

    async def tenures(self, prefix: str = "") -> list[Tenure]:
        """All leases whose names begin so, in order of name."""
        return await self._kept(self._keeper.run, leases.tenures, prefix)

    def _take(self, wait_s: float) -> None:
        last_s = time.monotonic() + wait_s
        while (held := self._keeper.hold(CONDUCT, self.lease_s)) is None:
            if time.monotonic() >= last_s:
                holders = [each.holder for each in self._keeper.run(leases.tenures, CONDUCT)]
                raise stop(
                    self.place,
                    f"another process is working with it ({', '.join(holders)})",
                    "Wait for it to end, or stop it; `accord status` reads meanwhile.",
                )
            time.sleep(_PAUSE_S)
        while self._keeper.run(is_busy, self.me):  # workers that another conductor had
            time.sleep(_PAUSE_S)
        self._conducting = held

    # the whole of it

    @asynccontextmanager
    async def idle(self) -> AsyncIterator[None]:
        """Let go of the lease; take it again in the end, however long another process has it."""
        async with self._turns:
            held = self._conducting
            if held is not None and not held.lost:
                await self.let_go(held)
        try:
            yield
        finally:
            if held is not None:
                await self._worker.call(explained, self.place, self._take, _AGAIN_S)

    async def copy_to(self, path: str | os.PathLike[str]) -> None:
        """Copy all that is committed into a new SQLite file, which appears when it is whole.

        Raises StopFlow: there is a file already, or a disk refuses.
        """
        target = SqliteFile(Path(path))
        await self._side.call(copy_state, self, target, lambda _table, _count: None)

    def reading(self) -> AbstractContextManager[Tables]:
        """All rows as they are at one moment, on a connection of their own."""
        return reading(self.place)

    def target(self) -> Target:
        """What takes a whole state in the place of this one, which this process conducts."""
        return PostgresSchema(self.place, self._conductor())

    async def compact(self) -> None:
        """Write all tables anew without what was removed: no byte of it is left in the files of the database."""
        async with self._turns:
            await self._worker.call(explained, self.place, self._compact)

    def _compact(self) -> None:
        db = self._connected()
        for table in _TABLES:
            db.execute(f'VACUUM (FULL) {self.place.schema}."{table}"'.encode())

    async def close(self) -> None:
        """Wait for the transaction under way, then let go of connections, threads and leases; once is enough."""
        async with self._turns:
            if not self._closed:
                await self._worker.call(explained, self.place, self._shut)
                self._end_threads()

    def shut(self) -> None:
        """Close it where no transaction is under way, and nobody waits."""
        if not self._closed:
            explained(self.place, self._shut)
            self._end_threads()

    def _end_threads(self) -> None:
        self._worker.close()
        self._side.close()

    def _shut(self) -> None:
        self._closed = True
        self.pieces.close()
        try:
            self._keeper.close()
        finally:
            if self._db is not None:
                self._db.close()


def _in_transaction(db: Connection, function: Callable[..., R], *args: Any) -> R:
    with db.transaction():
        return function(db, *args)


class FencedStore:
    """A store under a lease of its own; whoever made it closes the store that it belongs to."""

    def __init__(self, store: PostgresStore, lease: Lease) -> None:
        self.store, self.lease = store, lease

    def transaction(self, *, dry: bool = False) -> AbstractAsyncContextManager[Transaction]:
        """A transaction, refused once the lease was taken over."""
        return self.store._transaction(dry, self.lease)

    async def copy_to(self, path: str) -> None:
        """As the store does."""
        await self.store.copy_to(path)

    async def compact(self) -> None:
        """As the store does."""
        await self.store.compact()

    @asynccontextmanager
    async def idle(self) -> AsyncIterator[None]:
        """A hand keeps its lease."""
        yield

    async def close(self) -> None:
        """Nothing to let go of."""
