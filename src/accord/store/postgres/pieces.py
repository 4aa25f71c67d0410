"""The board of pieces: posted by the conductor, taken by any worker, each under a lease of its own."""

import asyncio
import threading
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from secrets import token_hex
from typing import Any, Final, Protocol, TypeVar

import psycopg

from accord.core.errors import AccordError, StaleLease
from accord.ports.leases import Lease
from accord.ports.pieces import Claim, Piece, Posted
from accord.ports.store import Store
from accord.store.postgres import leases
from accord.store.postgres.arrays import Numbers
from accord.store.postgres.database import Connection
from accord.store.postgres.keeper import Held
from accord.store.postgres.place import Place
from accord.store.postgres.process import Me, now_s

__all__ = ["PIECE", "PostgresPieces", "is_busy"]

PIECE: Final = "piece:"
_WORKER: Final = "worker:"
_PAUSE_S: Final = 0.2
"""How often the bell looks whether it is still needed."""
_LOST_S: Final = 0.5
_LATE_S: Final = 10.0

_POST: Final = b"""
    INSERT INTO piece (conductor, fingerprint, kind, what)
    SELECT %s, %s, %s, w.what FROM unnest(%s::bytea[]) WITH ORDINALITY w(what, n) ORDER BY w.n RETURNING id"""
_FREE: Final = b"""
    SELECT p.id, l.process FROM piece p
    JOIN lease c ON c.name = 'conduct' AND c.token = p.conductor AND c.until > clock_timestamp()
    LEFT JOIN lease l ON l.name = 'piece:' || p.id AND l.until > clock_timestamp()
    WHERE p.result IS NULL AND p.fingerprint = %s
    AND CASE WHEN %s::bigint[] IS NULL THEN NOT p.refused ELSE p.id = ANY (%s::bigint[]) END
    ORDER BY p.id FOR UPDATE OF p SKIP LOCKED"""
_CLAIM: Final = b"""
    UPDATE piece SET worker = %s, claims = claims + 1 WHERE id = %s RETURNING id, kind, what, claims > 1"""
_FENCE: Final = b"SELECT fence(%s, %s)"
_FINISH: Final = b"UPDATE piece SET result = %s WHERE id = %s"
_GIVE_BACK: Final = b"UPDATE piece SET refused = %s, worker = '' WHERE id = %s"
_FORGET: Final = b"DELETE FROM lease WHERE name = %s AND token = %s"
_LOOK: Final = b"SELECT id, result, refused, worker FROM piece WHERE id = ANY (%s::bigint[])"
_DROP: Final = b"""
    WITH live AS (SELECT name FROM lease WHERE starts_with(name, 'piece:') AND until > clock_timestamp()),
    gone AS (DELETE FROM piece p WHERE (p.id = ANY (%s::bigint[])
        OR p.conductor <> (SELECT token FROM lease WHERE name = 'conduct'))
        AND 'piece:' || p.id NOT IN (SELECT name FROM live) RETURNING id)
    DELETE FROM lease WHERE starts_with(name, 'piece:') AND until <= clock_timestamp()
    AND name NOT IN (SELECT 'piece:' || id FROM piece WHERE id NOT IN (SELECT id FROM gone))"""
_RESERVE: Final = b"""
    INSERT INTO rhythm AS r (system, until)
    VALUES (%(system)s, clock_timestamp() + make_interval(secs => %(for_s)s - 1))
    ON CONFLICT (system) DO UPDATE SET
        until = greatest(r.until, clock_timestamp() - interval '1 s') + make_interval(secs => %(for_s)s)
    RETURNING extract(epoch FROM until - clock_timestamp()) - %(for_s)s"""
_RING: Final = b"SELECT pg_notify('accord_' || current_schema(), %s)"
_WORKERS: Final = b"""
    SELECT process FROM lease
    WHERE starts_with(name, 'worker:') AND until > clock_timestamp() - make_interval(secs => %s)"""
_LIVE: Final = b"SELECT process FROM lease WHERE starts_with(name, 'piece:') AND until > clock_timestamp()"
_SWEEP: Final = (
    b"DELETE FROM lease WHERE starts_with(name, 'worker:') AND until < clock_timestamp() - interval '1 h'"
)


R = TypeVar("R")


class _Side(Protocol):
    """What a board asks of its store."""

    place: Place
    lease_s: float

    @property
    def me(self) -> Me: ...

    @property
    def conducting(self) -> Lease: ...

    def connect(self) -> Connection: ...

    def fenced(self, lease: Lease) -> Store: ...

    def keep(self, lease: Lease, for_s: float, asked_s: float) -> Held: ...

    def forget(self, held: Held) -> Held: ...

    async def aside(self, function: Callable[..., R], *args: Any) -> R: ...

    async def hold(self, name: str, for_s: float) -> Held | None: ...


class _Claim:
    """See `Claim`."""

    def __init__(self, piece: Piece, store: Store, held: Held) -> None:
        self.piece, self.store, self.held = piece, store, held

    def stands(self, margin_s: float = 0.0) -> bool:
        return self.held.stands(margin_s)


class PostgresPieces:
    """See `Pieces`."""

    def __init__(self, store: _Side) -> None:
        self._store = store
        self._bell = _Bell(store)
        self._me: Held | None = None

    async def begin(self) -> None:
        """See `Pieces`."""
        if self._me is None:
            await self._store.aside(_sweep)
            self._me = await self._store.hold(_WORKER + token_hex(8), self._store.lease_s)
            await self.ring("")

    @property
    def mine(self) -> Store:
        """See `Pieces`."""
        if self._me is None:
            raise RuntimeError("this process is no worker")
        return self._store.fenced(self._me.lease)

    async def workers(self) -> int:
        """See `Pieces`. One that is late with its lease may still be calling, and counts for a while."""
        return await self._store.aside(_workers, self._store.me, _LATE_S)

    async def post(self, fingerprint: str, kind: str, some: Sequence[bytes]) -> list[int]:
        """See `Pieces`."""
        return await self._store.aside(_post, self._store.conducting, fingerprint, kind, some)

    async def claim(self, fingerprint: str, ids: Collection[int] | None = None) -> Claim | None:
        """See `Pieces`."""
        asked_s, for_s = now_s(), self._store.lease_s
        found = await self._store.aside(_claim, self._store.me, fingerprint, ids, for_s)
        if found is None:
            return None
        piece, lease = found
        return _Claim(piece, self._store.fenced(lease), self._store.keep(lease, for_s, asked_s))

    async def finish(self, claim: Claim, result: bytes) -> None:
        """See `Pieces`."""
        held = self._store.forget(_held(claim))
        await self._store.aside(_finish, held.lease, claim.piece.id, result)

    async def give_back(self, claim: Claim, *, refused: bool) -> None:
        """See `Pieces`."""
        held = self._store.forget(_held(claim))
        with suppress(StaleLease):  # somebody else has it already
            await self._store.aside(_give_back, held.lease, claim.piece.id, refused)

    async def look(self, ids: Collection[int]) -> dict[int, Posted]:
        """See `Pieces`."""
        return await self._store.aside(_look, ids)

    async def drop(self, ids: Collection[int]) -> None:
        """See `Pieces`."""
        await self._store.aside(_drop, ids)

    async def reserve(self, system: str, calls: int, per_second: float) -> float:
        """See `Pieces`."""
        return await self._store.aside(_reserve, system, calls, per_second)

    async def wait(self, seconds: float, word: str = "") -> bool:
        """See `Pieces`."""
        return await self._bell.wait(seconds, word)

    async def ring(self, word: str) -> None:
        """See `Pieces`."""
        await self._store.aside(_ring, word)

    async def end(self) -> None:
        """See `Pieces`."""
        held, self._me = self._me, None
        if held is not None:
            self._store.forget(held)
            await self._store.aside(_leave, held.lease)

    def close(self) -> None:
        """Let go of the connection that listens."""
        self._bell.close()


def is_busy(db: Connection, me: Me) -> bool:
    """Whether a worker that lives has a piece."""
    rows = db.execute(_LIVE).fetchall()
    return any(not me.is_dead(process) for (process,) in rows)


def _held(claim: Claim) -> Held:
    if not isinstance(claim, _Claim):
        raise TypeError("no claim of this board")
    return claim.held


def _sweep(db: Connection) -> None:
    db.execute(_SWEEP)


def _leave(db: Connection, lease: Lease) -> None:
    db.execute(_FORGET, lease)
    _ring(db)


def _ring(db: Connection, word: str = "") -> None:
    db.execute(_RING, [word])


def _workers(db: Connection, me: Me, late_s: float) -> int:
    return sum(not me.is_dead(process) for (process,) in db.execute(_WORKERS, [late_s]))


def _post(db: Connection, conductor: Lease, fingerprint: str, kind: str, some: Sequence[bytes]) -> list[int]:
    db.execute(_FENCE, conductor)
    ids = [id_ for (id_,) in db.execute(_POST, [conductor.token, fingerprint, kind, list(some)])]
    _ring(db)
    return sorted(ids)


def _claim(
    db: Connection, me: Me, fingerprint: str, ids: Collection[int] | None, for_s: float
) -> tuple[Piece, Lease] | None:
    """The first piece that is free: nobody has begun it, or its lease is over, or its worker is known to be dead."""
    wanted = None if ids is None else list(ids)
    for id_, process in db.execute(_FREE, [fingerprint, wanted, wanted]).fetchall():
        if process is not None and not me.is_dead(process):
            continue
        lease = leases.take(db, me, f"{PIECE}{id_}", for_s)
        if lease is not None:
            row = db.execute(_CLAIM, [me.holder, id_]).fetchall()[0]
            return Piece(*row), lease
    return None


def _finish(db: Connection, lease: Lease, id_: int, result: bytes) -> None:
    db.execute(_FENCE, lease)
    db.execute(_FINISH, [result, id_])
    db.execute(_FORGET, lease)
    _ring(db)


def _give_back(db: Connection, lease: Lease, id_: int, refused: bool) -> None:
    db.execute(_FENCE, lease)
    db.execute(_GIVE_BACK, [refused, id_])
    leases.release(db, lease)
    _ring(db)


def _reserve(db: Connection, system: str, calls: int, per_second: float) -> float:
    return float(db.execute(_RESERVE, {"system": system, "for_s": calls / per_second}).fetchall()[0][0])


def _look(db: Connection, ids: Collection[int]) -> dict[int, Posted]:
    return {row[0]: Posted(*row[1:]) for row in db.execute(_LOOK, [Numbers(ids)])}


def _drop(db: Connection, ids: Collection[int]) -> None:
    db.execute(_DROP, [Numbers(ids)])


class _Bell:
    """Rings when something happened on the board: a thread that listens on a connection of its own. Where that is lost,
    it is made anew; meanwhile whoever waits looks every now and then."""

    def __init__(self, store: _Side) -> None:
        self._store = store
        self._thread: threading.Thread | None = None
        self._closed = threading.Event()
        self._rings: Counter[str] = Counter()
        self._seen: Counter[str] = Counter()
        self._waiting: dict[asyncio.Event, tuple[str, asyncio.AbstractEventLoop]] = {}

    async def wait(self, seconds: float, word: str) -> bool:
        """Whether the word has rung since the last time; after a while it has not."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._listen, name="accord-bell", daemon=True)
            self._thread.start()
        rung = asyncio.Event()
        self._waiting[rung] = word, asyncio.get_running_loop()
        try:
            if self._seen[word] == self._rings[word]:
                with suppress(TimeoutError):
                    async with asyncio.timeout(seconds):
                        await rung.wait()
            return self._seen[word] != self._rings[word]
        finally:
            self._seen[word] = self._rings[word]
            del self._waiting[rung]

    def close(self) -> None:
        """Listen no more."""
        self._closed.set()
        if self._thread is not None:
            self._thread.join()

    def _listen(self) -> None:
        while not self._closed.is_set():
            try:
                with self._store.connect() as db:
                    db.execute(f'LISTEN "accord_{self._store.place.schema}"'.encode())
                    while not self._closed.is_set():
                        for rung in db.notifies(timeout=_PAUSE_S, stop_after=1):
                            self._ring(rung.payload)
            except (psycopg.Error, AccordError):
                self._closed.wait(_LOST_S)

    def _ring(self, word: str) -> None:
        self._rings[word] += 1
        for event, (wanted, loop) in list(self._waiting.items()):
            if wanted == word:
                with suppress(RuntimeError):  # the loop has ended
                    loop.call_soon_threadsafe(event.set)
