"""How the connections stand that persons allowed: which end soon, and which have ended."""

from typing import Final

from accord.connectorkit.http import OtherKey
from accord.connectorkit.http.tokens import TokenStore
from accord.core.errors import ConfigError
from accord.ports.connection import Connection

__all__ = ["Connection", "connection"]

_SOON_US: Final = 7 * 86_400_000_000
_PART: Final = 4
"""It is asked for when a quarter of the time is left, a week before the end at most."""


async def connection(system: str, tokens: TokenStore, now_us: int) -> Connection:
    """How one stands, as far as can be told without asking the system."""
    try:
        kept = await tokens.load(system)
    except (OtherKey, ConfigError):  # its key is not there
        return Connection(system=system, state="locked")
    if kept is None:
        return Connection(system=system, state="none")
    ends_us = kept.refresh_ends_us if kept.refresh else kept.expires_us
    if kept.refused_us or (0 < ends_us <= now_us):
        return Connection(system=system, state="ended", until_us=kept.refused_us or ends_us)
    if not ends_us:
        return Connection(system=system, state="connected")
    since_us = kept.refresh_since_us or ends_us
    soon = ends_us - now_us < min(_SOON_US, (ends_us - since_us) // _PART)
    return Connection(system=system, state="ends soon" if soon else "connected", until_us=ends_us)
