"""Tokens in files, for the eyes of the user who runs Accord alone."""

import asyncio
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from secrets import token_hex
from typing import Final
from urllib.parse import quote

from accord.connectorkit.http.sealing import KeyFile, Keys, Seal
from accord.connectorkit.http.tokens import KeptTokens, Tokens, tokens_from
from accord.core.errors import RetryLater
from accord.filelock import try_lock

__all__ = ["FileBox", "FileTokens"]

_MODE: Final = 0o600
_PLAIN: Final = "json"
"""End of the names of files of earlier versions."""
_PAUSE_S: Final = 0.05
_WAIT_S: Final = 60.0
"""Longer than a call to a token endpoint may take."""


class FileBox:
    """A file per name in a folder, and one beside it as its lock, which is waited for up to `wait_s` seconds."""

    def __init__(self, folder: Path, *, wait_s: float = _WAIT_S) -> None:
        self._folder, self._wait_s = folder, wait_s

    def _path(self, name: str, kind: str = "token") -> Path:
        return self._folder / f"{quote(name, safe='')}.{kind}"

    @asynccontextmanager
    async def alone(self, name: str) -> AsyncIterator[None]:
        """See `TokenBox`."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = os.open(self._path(name, "lock"), os.O_RDWR | os.O_CREAT, _MODE)
        try:
            last_s = time.monotonic() + self._wait_s
            while not try_lock(file):
                if time.monotonic() >= last_s:
                    raise RetryLater(
                        f"{name}: another process is getting a token, and does not come to an end",
                        after_s=10.0,
                        remedy="Look which other process works with this project",
                    )
                await asyncio.sleep(_PAUSE_S)
            yield
        finally:
            os.close(file)

    async def get(self, name: str) -> bytes | None:
        """See `TokenBox`. A file that can not be read counts as none."""
        try:
            return self._path(name).read_bytes()
        except OSError:
            return None

    async def put(self, name: str, kept: bytes | None) -> None:
        """See `TokenBox`. The file is replaced whole, after its bytes are on the disk."""
        if kept is None:
            self._path(name).unlink(missing_ok=True)
        else:
            self._draft(name, kept).replace(self._path(name))
        self._path(name, _PLAIN).unlink(missing_ok=True)

    def plain(self, name: str) -> bytes | None:
        """What an earlier version kept in clear, if nothing was kept since."""
        try:
            raw = self._path(name, _PLAIN).read_bytes()
        except OSError:
            return None
        return None if self._path(name).exists() else raw

    def take_over(self, name: str, kept: bytes) -> None:
        """Keep this instead of what an earlier version kept; not where somebody has kept newer bytes meanwhile."""
        draft = self._draft(name, kept)
        with suppress(FileExistsError):
            os.link(draft, self._path(name))
        draft.unlink()
        self._path(name, _PLAIN).unlink(missing_ok=True)

    def _draft(self, name: str, kept: bytes) -> Path:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = self._path(name, f"{token_hex(8)}.new")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _MODE), "wb") as file:
            file.write(kept)
            file.flush()
            os.fsync(file.fileno())
        return draft


class FileTokens(KeptTokens):
    """Tokens in a folder, sealed with the keys that are told, else with one in the file token.key beside it.

    Those of earlier versions, which were not, are sealed as soon as they are read.
    """

    def __init__(self, folder: Path, *, keys: Keys | None = None, wait_s: float = _WAIT_S) -> None:
        self._files = FileBox(folder, wait_s=wait_s)
        super().__init__(self._files, Seal(keys or KeyFile(folder.with_name("token.key"))))

    async def load(self, system: str) -> Tokens | None:
        """See `TokenStore`."""
        if (raw := self._files.plain(system)) is not None:
            try:
                self._files.take_over(system, self.seal.seal(system, raw))
            except OSError:  # who may only read here
                return tokens_from(raw)
        return await super().load(system)
