"""Where OAuth 2 tokens are kept between runs, sealed: refresh tokens that a system changes must not be lost (C5)."""

from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Protocol

import msgspec
from msgspec import Struct

from accord.connectorkit.http.sealing import Seal
from accord.core.errors import ConfigError, Fault

__all__ = ["KeptTokens", "MemoryTokens", "TokenBox", "TokenStore", "Tokens", "tokens_from"]


class Tokens(Struct, frozen=True, kw_only=True):
    """An access token and until when it is good (microseconds UTC on the hub's clock; 0: not known), and the refresh
    token that gets the next one ("": none was given).

    The refresh token was given at `refresh_since_us` and ends at `refresh_ends_us` (0: nobody says), or was refused at
    `refused_us` (0: it was not). `login` tells one login of a person from another ("": no person logged in).
    """

    access: str
    expires_us: int = 0
    refresh: str = ""
    refresh_since_us: int = 0
    refresh_ends_us: int = 0
    refused_us: int = 0
    login: str = ""

    def __repr__(self) -> str:
        return "Tokens(…)"  # never in a log or a traceback


class TokenStore(Protocol):
    """Keeps the tokens of systems, by name."""

    async def load(self, system: str) -> Tokens | None:
        """The tokens kept last, by whichever process, or None. Raises OtherKey: they can not be opened."""
        ...

    async def save(self, system: str, tokens: Tokens) -> None:
        """Keep tokens, durably before it returns."""
        ...

    def alone(self, system: str) -> AbstractAsyncContextManager[None]:
        """While in it no other process refreshes the tokens of a system (C5).

        Raises RetryLater: another one does, and does not come to an end.
        """
        ...

    def missing(self) -> list[Fault]:
        """What is wrong with the keys that it needs."""
        ...


class MemoryTokens:
    """Tokens for as long as the process lives; of a system of which none are kept those that are given."""

    def __init__(self, given: Tokens | None = None) -> None:
        self._kept: dict[str, Tokens] = {}
        self._given = given

    async def load(self, system: str) -> Tokens | None:
        """See `TokenStore`."""
        return self._kept.get(system, self._given)

    async def save(self, system: str, tokens: Tokens) -> None:
        """See `TokenStore`."""
        self._kept[system] = tokens

    def alone(self, system: str) -> AbstractAsyncContextManager[None]:
        """See `TokenStore`. No other process has them."""
        return nullcontext()

    def missing(self) -> list[Fault]:
        """See `TokenStore`. It seals nothing."""
        return []


class TokenBox(Protocol):
    """A place that all processes of a project share, and that keeps bytes by name; it does not know what they are."""

    async def get(self, name: str) -> bytes | None:
        """What was kept last, or None."""
        ...

    async def put(self, name: str, kept: bytes | None) -> None:
        """Keep bytes, durably before it returns; None: nothing any more."""
        ...

    def alone(self, name: str) -> AbstractAsyncContextManager[None]:
        """While in it no other process is in it under that name. Raises RetryLater: it waited too long."""
        ...


class KeptTokens:
    """Tokens in a box, sealed."""

    def __init__(self, box: TokenBox, seal: Seal) -> None:
        self.box, self.seal = box, seal

    async def load(self, system: str) -> Tokens | None:
        """See `TokenStore`. What is damaged counts as none: the secret of the configuration is tried."""
        kept = await self.box.get(system)
        raw = self.seal.open(system, kept) if kept is not None else None
        return tokens_from(raw) if raw is not None else None

    async def save(self, system: str, tokens: Tokens) -> None:
        """See `TokenStore`."""
        await self.box.put(system, self.seal.seal(system, msgspec.json.encode(tokens)))

    def alone(self, system: str) -> AbstractAsyncContextManager[None]:
        """See `TokenStore`."""
        return self.box.alone(system)

    def missing(self) -> list[Fault]:
        """See `TokenStore`."""
        try:
            self.seal.keys(make=False)
        except ConfigError as error:
            return list(error.faults)
        return []


def tokens_from(raw: bytes) -> Tokens | None:
    """What was written of tokens; None: it is damaged."""
    try:
        return msgspec.json.decode(raw, type=Tokens)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
