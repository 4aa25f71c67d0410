"""The credentials of a project's systems: where tokens are kept, who logs in, and how connections stand."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, cast

from accord.connecting.logins import Logins, code_auth
from accord.connecting.server_box import ServerBox
from accord.connecting.standing import connection
from accord.connectorkit.http import FileTokens, SecretKeys
from accord.connectorkit.http.auth import auth_of
from accord.connectorkit.http.late import http_transport
from accord.connectorkit.http.tokens import KeptTokens
from accord.connectorkit.manifest_auth import Auth, AuthorizationCode, RefreshToken
from accord.core.errors import ConfigError, Fault, StopFlow
from accord.ports.clock import Clock
from accord.ports.connection import STANDS, Connection
from accord.ports.store import Store
from accord.project import Project
from accord.project.systems import secrets_of
from accord.project_store import open_project_store
from accord.runtime.clock import SystemClock
from accord.runtime.hub import Hub

if TYPE_CHECKING:
    from accord.store.postgres import PostgresStore

__all__ = ["connections_of", "logins_of", "share_tokens", "tokens_of", "unconnected"]


def tokens_of(project: Project, *, readonly: bool = False) -> KeptTokens:
    """Where the tokens of a project's systems are kept, sealed: beside its store, or on its server (C5)."""
    told, folder = project.config.tokens, project.store.parent / "tokens"
    keys = SecretKeys([told.key, *told.old_keys], secrets_of(project)) if told.key is not None else None
    files = FileTokens(folder, keys=keys)
    if project.server is None:
        return files
    options = {"readonly": True} if readonly else {"conduct": False}
    box = ServerBox(lambda: cast("PostgresStore", open_project_store(project, **options)), files.box)
    return KeptTokens(box, files.seal)


def share_tokens(tokens: KeptTokens, store: Store) -> None:
    """Let tokens that are kept on the server of a store be kept through its connections."""
    if isinstance(tokens.box, ServerBox):
        tokens.box.use(cast("PostgresStore", store))


@asynccontextmanager
async def logins_of(project: Project, hub: Hub | None = None) -> AsyncIterator[Logins]:
    """Logins of persons in a project's systems; whoever hears a browser's answer gives it to these. `hub` is one at
    work, if there is one."""
    transport, tokens = http_transport(), tokens_of(project)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(transport.close)
        if isinstance(tokens.box, ServerBox):
            if hub is not None:
                share_tokens(tokens, hub.store)
            await stack.enter_async_context(tokens.box.opened())
        yield Logins(
            _code_auths(project),
            tokens=tokens,
            secrets=secrets_of(project),
            send=transport.send,
            clock=SystemClock() if hub is None else hub.clock,
        )


async def connections_of(
    project: Project, clock: Clock, tokens: KeptTokens | None = None
) -> list[Connection]:
    """How the connections stand that persons allowed; no system is asked. `tokens` are those of a hub."""
    auths = _auths(project)
    names = [name for name, auth in sorted(auths.items()) if code_auth(auth) is not None]
    if not names:
        return []
    kept = tokens or tokens_of(project, readonly=True)
    found = [(name, await connection(name, kept, clock.now_us())) for name in names]
    told = {name for name in names if _has_refresh_token(auths[name], secrets_of(project))}
    return [it for name, it in found if it.state != "none" or name not in told]


def unconnected(project: Project) -> list[Fault]:
    """The systems that a person has to allow Accord to act for them in, before anything can be read there."""
    try:
        found = asyncio.run(connections_of(project, SystemClock()))
    except StopFlow:
        return []  # whoever opens the store is told what is wrong with it
    return [
        Fault(f"systems.{it.system}", 0, STANDS[it.state], f"Connect it: {it.command}")
        for it in found
        if it.state != "connected"
    ]


def _has_refresh_token(auth: Auth, secrets: Callable[[str], str]) -> bool:
    """Nobody needs to log in: a refresh token is told."""
    if not isinstance(auth, RefreshToken):
        return False
    try:
        return bool(secrets(auth.refresh_token))
    except ConfigError:
        return False


def _code_auths(project: Project) -> dict[str, AuthorizationCode]:
    """The systems that a person may log in to in a browser, and how. Raises ConfigError: settings do not fit."""
    auths = {name: code_auth(auth) for name, auth in _auths(project).items()}
    return {name: auth for name, auth in auths.items() if auth is not None}


def _auths(project: Project) -> dict[str, Auth]:
    return {
        name: auth_of(project.manifests[name].auth, system.auth, name)
        for name, system in project.config.systems.items()
        if system.enabled
    }
