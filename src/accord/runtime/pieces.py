"""The kinds of pieces that a worker performs for another one, and how they are put into words."""

from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any, Final, NamedTuple

from msgspec import Struct, msgpack
from msgspec.structs import replace

from accord.runtime.found import Find, Notes
from accord.runtime.hub import Hub
from accord.runtime.settling import SettlePiece, settle_piece
from accord.runtime.steps.reading import ReadDone, ReadPiece, read_piece
from accord.runtime.steps.rounds import ShareDone, SharePiece, share_piece
from accord.runtime.steps.unknown_creates import recover

__all__ = ["KINDS", "Answer", "Kind", "answered", "asked", "find_out", "perform"]


class Kind(NamedTuple):
    """A kind of piece: what it says, what comes of it, and what performs it."""

    piece: type[Any]
    done: type[Any]
    act: Callable[[Hub, Any], Awaitable[Any]]


KINDS: Final = {
    "read": Kind(ReadPiece, ReadDone, read_piece),
    "settle": Kind(SettlePiece, int, settle_piece),
    "share": Kind(SharePiece, ShareDone, share_piece),
}


class _Asked(Struct, frozen=True):
    """A piece, the run that it is part of, and when it was posted."""

    run: int
    at_us: int
    piece: bytes


class _Answered(Struct, frozen=True):
    at_us: int
    finds: list[Find]
    done: bytes


def _counter(_type: type[Any], told: Any) -> Any:
    """The only type here that msgspec does not know."""
    return Counter(told)


class Answer(NamedTuple):
    """What came of a piece: what is told to whoever asked, what was found, and when it was done."""

    done: Any
    finds: list[Find]
    at_us: int


def asked(hub: Hub, piece: Any) -> bytes:
    """A piece in words."""
    return msgpack.encode(_Asked(hub.run, hub.clock.now_us(), msgpack.encode(piece)))


def answered(kind: str, words: bytes) -> Answer:
    """What came of a piece, from its words."""
    told = msgpack.decode(words, type=_Answered)
    return Answer(msgpack.decode(told.done, type=KINDS[kind].done, dec_hook=_counter), told.finds, told.at_us)


async def find_out(hub: Hub, piece: Any) -> None:
    """Take what was sent for a piece that somebody had begun as of unknown outcome (C1)."""
    if isinstance(piece, SharePiece):
        await recover(hub, piece.goldens)


async def perform(
    hub: Hub, kind: str, words: bytes, *, begun: bool, go_on_after: Callable[[int], None] = lambda _us: None
) -> bytes:
    """Perform a piece for another worker; its answer in words. `go_on_after` is told when it was posted: what is done
    for it is not done before. `begun`: somebody had begun it, and what he sent is of unknown outcome (C1)."""
    told = msgpack.decode(words, type=_Asked)
    go_on_after(told.at_us)
    piece = msgpack.decode(told.piece, type=KINDS[kind].piece)
    notes = Notes()
    mine = replace(hub, run=told.run, found=notes, down={})
    if begun:
        await find_out(mine, piece)
    done = await KINDS[kind].act(mine, piece)
    return msgpack.encode(_Answered(hub.clock.now_us(), notes.finds, msgpack.encode(done)))
