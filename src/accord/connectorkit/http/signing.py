"""What signs the calls to a system, whichever way it wants to know who calls."""

from collections.abc import Awaitable, Callable

from accord.connectorkit.http.auth import Authenticator, Secrets, static_auth
from accord.connectorkit.http.oauth import OAuth2
from accord.connectorkit.http.tokens import TokenStore
from accord.connectorkit.http.transport import Request, Response
from accord.connectorkit.manifest_auth import Auth, WithTokens
from accord.ports.clock import Clock

__all__ = ["authenticator"]


def authenticator(
    auth: Auth,
    *,
    system: str,
    secrets: Secrets,
    send: Callable[[Request], Awaitable[Response]],
    tokens: TokenStore,
    clock: Clock,
    another: Callable[[], None],
) -> Authenticator:
    """Signs calls; one with tokens sends calls of its own for those, and keeps them in `tokens`."""
    if not isinstance(auth, WithTokens):
        return static_auth(auth, secrets)
    return OAuth2(auth, system=system, secrets=secrets, send=send, store=tokens, clock=clock, another=another)
