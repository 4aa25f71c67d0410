"""One transaction on a connection: it begins with its first call, and what gives nothing is not waited for."""

from collections.abc import Callable
from typing import Any, Final, TypeVar

from accord.core.errors import Undone
from accord.ports.leases import Lease
from accord.store.postgres import sql
from accord.store.postgres.database import Connection
from accord.store.postgres.db import Db
from accord.store.postgres.faults import explained
from accord.store.postgres.place import Place
from accord.store.worker import Worker

__all__ = ["Session"]

R = TypeVar("R")

WRITING: Final = "BEGIN ISOLATION LEVEL READ COMMITTED"
READING: Final = "BEGIN ISOLATION LEVEL REPEATABLE READ"


class Session:
    """Runs functions inside a transaction. With `locking` it locks what the port says, and sees what others commit
    meanwhile behind those locks; else it sees one moment. Under a `fence` it is refused once that lease is taken over.
    """

    def __init__(
        self,
        place: Place,
        connection: Callable[[], Connection],
        worker: Worker,
        *,
        locking: bool,
        fence: Lease | None,
    ) -> None:
        self._place, self._connection, self._worker = place, connection, worker
        self._locking, self._fence = locking, fence
        self._db: Db | None = None

    async def run(self, function: Callable[..., R], *args: Any, **kwargs: Any) -> R:
        """Result of function(db, *args)."""
        result: R = await self._worker.call(
            explained, self._place, self._begun, lambda db: function(db, *args, **kwargs)
        )
        return result

    async def end(self, *, commit: bool) -> None:
        """Commit or roll back, where anything was begun."""
        if self._db is not None:
            await self._worker.call(explained, self._place, self._end, commit)

    def _begun(self, function: Callable[[Db], R]) -> R:
        if self._db is None:
            self._db = Db(self._connection(), locking=self._locking)
            self._db.do(WRITING if self._locking else READING)
            self._db.do(sql.BEGUN)
            if self._fence is not None:
                self._db.do(sql.FENCE, *self._fence)
        return function(self._db)

    def _end(self, commit: bool) -> None:
        db, self._db = self._db, None
        if db is None:
            return
        try:
            ended = db.end("COMMIT" if commit else "ROLLBACK")
        except BaseException:
            db.connection.close()  # nobody can tell what it is in; the server takes all back
            raise
        if commit and ended != "COMMIT":
            raise Undone(f"store {self._place}: the transaction had failed; nothing of it was kept")
