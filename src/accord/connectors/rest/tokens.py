"""Where OAuth 2 tokens are kept between runs: refresh tokens that a system changes must not be lost (C5)."""

import asyncio
import os
import time
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from pathlib import Path
from typing import Final, Protocol
from urllib.parse import quote

import msgspec
from msgspec import Struct

from accord.core.errors import RetryLater
from accord.filelock import try_lock

__all__ = ["FileTokens", "MemoryTokens", "TokenStore", "Tokens"]


class Tokens(Struct, frozen=True, kw_only=True):
    """An access token and until when it is good (microseconds UTC on the hub's clock; 0: not known), and the refresh
    token that gets the next one ("": none was given)."""

    access: str
    expires_us: int = 0
    refresh: str = ""

    def __repr__(self) -> str:
        return "Tokens(…)"  # never in a log or a traceback


class TokenStore(Protocol):
    """Keeps the tokens of systems, by name."""

    async def load(self, system: str) -> Tokens | None:
        """The tokens kept last, by whichever process, or None."""
        ...

    async def save(self, system: str, tokens: Tokens) -> None:
        """Keep tokens, durably before it returns."""
        ...

    def alone(self, system: str) -> AbstractAsyncContextManager[None]:
        """While in it no other process refreshes the tokens of a system (C5).

        Raises RetryLater: another one does, and does not come to an end.
        """
        ...


class MemoryTokens:
    """Tokens for as long as the process lives."""

    def __init__(self) -> None:
        self._kept: dict[str, Tokens] = {}

    async def load(self, system: str) -> Tokens | None:
        """See `TokenStore`."""
        return self._kept.get(system)

    async def save(self, system: str, tokens: Tokens) -> None:
        """See `TokenStore`."""
        self._kept[system] = tokens

    def alone(self, system: str) -> AbstractAsyncContextManager[None]:
        """See `TokenStore`. No other process has them."""
        return nullcontext()


_MODE: Final = 0o600
_PAUSE_S: Final = 0.05
_WAIT_S: Final = 60.0
"""Longer than a call to a token endpoint may take."""


class FileTokens:
    """A file per system in a folder, for the eyes of the user who runs Accord alone; and one beside it as its lock,
    which is waited for up to `wait_s` seconds."""

    def __init__(self, folder: Path, *, wait_s: float = _WAIT_S) -> None:
        self._folder, self._wait_s = folder, wait_s

    def _path(self, system: str) -> Path:
        return self._folder / f"{quote(system, safe='')}.json"

    @asynccontextmanager
    async def alone(self, system: str) -> AsyncIterator[None]:
        """See `TokenStore`."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = os.open(self._path(system).with_suffix(".lock"), os.O_RDWR | os.O_CREAT, _MODE)
        try:
            last_s = time.monotonic() + self._wait_s
            while not try_lock(file):
                if time.monotonic() >= last_s:
                    raise RetryLater(
                        f"{system}: another process is getting a token, and does not come to an end",
                        after_s=10.0,
                        remedy="Look which other process works with this project",
                    )
                await asyncio.sleep(_PAUSE_S)
            yield
        finally:
            os.close(file)

    async def load(self, system: str) -> Tokens | None:
        """See `TokenStore`. A file that can not be read counts as none: the secret of the configuration is tried."""
        try:
            return msgspec.json.decode(self._path(system).read_bytes(), type=Tokens)
        except (OSError, msgspec.DecodeError, UnicodeDecodeError):
            return None

    async def save(self, system: str, tokens: Tokens) -> None:
        """See `TokenStore`. The file is replaced whole, after its bytes are on the disk."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self._path(system)
        draft = path.with_suffix(".new")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _MODE), "wb") as file:
            file.write(msgspec.json.encode(tokens))
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
