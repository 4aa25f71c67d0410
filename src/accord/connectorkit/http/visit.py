"""Calls to a system that is only looked at: of no project yet, nothing written, nothing kept."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final

from accord.connectorkit.drafting import Asked
from accord.connectorkit.http.auth import static_auth
from accord.connectorkit.http.calls import Caller
from accord.connectorkit.http.late import http_transport
from accord.connectorkit.http.pace import Pace
from accord.connectorkit.manifest import Rate
from accord.connectorkit.manifest_auth import Basic, Bearer, NoAuth
from accord.core.errors import AccordError
from accord.ports.clock import Clock

__all__ = ["LOGIN_FLAGS", "login_of", "visit"]

LOGIN_FLAGS: Final = {
    "user": "reference to the user name: env:NAME",
    "password": "reference to the password: env:NAME",
    "token": "reference to a bearer token: env:NAME",
}
"""Options of a drafter that logs in."""


def login_of(asked: Asked) -> dict[str, Any] | None:
    """`auth` of the manifest, as the options of a drafter say it; None: they say nothing. Raises AccordError."""
    flags = asked.flags
    if "token" in flags:
        return {"kind": "bearer", "token": flags["token"]}
    if "user" in flags or "password" in flags:
        if not (flags.get("user") and flags.get("password")):
            raise AccordError(
                "a user needs a password too", remedy="Give --user=env:NAME --password=env:NAME"
            )
        return {"kind": "basic", "user": flags["user"], "password": flags["password"]}
    return None


@asynccontextmanager
async def visit(
    word: str, url: str, asked: Asked, clock: Clock, headers: Mapping[str, str]
) -> AsyncIterator[Caller]:
    """Calls to a URL, logged in as the options say; `word` names it in errors."""
    auth, transport = login_of(asked), http_transport()
    kind = {"basic": Basic, "bearer": Bearer}.get(str((auth or {}).get("kind")), NoAuth)
    try:
        yield Caller(
            system=word,
            base_url=url,
            transport=transport,
            auth=static_auth(kind(**(auth or {})), asked.secrets),
            pace=Pace(Rate(), clock),
            clock=clock,
            headers=headers,
        )
    finally:
        await transport.close()
