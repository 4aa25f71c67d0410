"""Tells a system who calls: the ways of a manifest, with secrets read when they are first needed."""

from base64 import b64encode
from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeAlias
from urllib.parse import quote

from pydantic import TypeAdapter, ValidationError

from accord.connectorkit.http.transport import Request
from accord.connectorkit.manifest_auth import (
    ApiKey,
    Auth,
    Basic,
    Bearer,
    NoAuth,
    RefreshToken,
    secret_references,
)
from accord.core.errors import ConfigError, Fault

__all__ = [
    "Authenticator",
    "HeaderAuth",
    "NobodyAuth",
    "QueryAuth",
    "Secrets",
    "auth_of",
    "missing_secrets",
    "static_auth",
]

Secrets: TypeAlias = Callable[[str], str]
"""From a reference to the secret. Raises ConfigError: there is none."""

_AUTH: TypeAdapter[Auth] = TypeAdapter(Auth)


class Authenticator(Protocol):
    """Signs requests."""

    async def sign(self, request: Request) -> None:
        """Add what tells who calls. Raises RetryLater or StopEntityType: no token is to be had."""
        ...

    async def refused(self, request: Request) -> bool:
        """A request that it signed was answered 401; True when signing it anew may help."""
        ...


def auth_of(manifest: Auth, settings: Mapping[str, Any], system: str) -> Auth:
    """The manifest's way to log in with a project's settings put over it. Raises ConfigError."""
    if not settings:
        return manifest
    kind, given = settings.get("kind", manifest.kind), {}
    if kind == manifest.kind:
        given = manifest.model_dump(exclude={"assumed"}, exclude_unset=True)
    elif kind == "oauth2_code" and isinstance(manifest, RefreshToken):  # but for where tokens come from
        given = manifest.model_dump(exclude={"assumed", "refresh_token"}, exclude_unset=True)
    try:
        return _AUTH.validate_python({**given, **settings})
    except ValidationError as error:
        faults = [
            Fault(
                ".".join(("systems", system, "auth", *map(str, e["loc"][1:] or e["loc"]))),
                0,
                e["msg"],
                "Correct it",
            )
            for e in error.errors(include_url=False, include_input=False, include_context=False)
        ]
        raise ConfigError(faults) from None


def missing_secrets(auth: Auth, secrets: Secrets, system: str) -> list[Fault]:
    """What is wrong with the secrets that a way to log in needs, all of it; nothing is called."""
    faults = []
    references = secret_references(auth)
    if isinstance(auth, RefreshToken) and auth.authorize_url:
        del references["refresh_token"]  # a person may log in instead
    for setting, reference in references.items():
        try:
            secrets(reference)
        except ConfigError as error:
            place = f"systems.{system}.auth.{setting}"
            faults += [Fault(place, 0, f"{fault.file}: {fault.what}", fault.remedy) for fault in error.faults]
    return faults


class NobodyAuth:
    """Nobody is asked."""

    async def sign(self, request: Request) -> None:
        """See `Authenticator`."""

    async def refused(self, request: Request) -> bool:
        """See `Authenticator`."""
        return False


class HeaderAuth:
    """One header, the same in all requests; `make` gives its value."""

    def __init__(self, name: str, make: Callable[[], str]) -> None:
        self._name, self._make = name, make
        self._value = ""

    async def sign(self, request: Request) -> None:
        """See `Authenticator`."""
        self._value = self._value or self._make()
        request.headers[self._name] = self._value

    async def refused(self, request: Request) -> bool:
        """See `Authenticator`. The secret is read again: somebody may have changed it."""
        self._value = self._make()
        return request.headers.get(self._name) != self._value


class QueryAuth:
    """One parameter of the query."""

    def __init__(self, name: str, make: Callable[[], str]) -> None:
        self._name, self._make = quote(name, safe=""), make
        self._value = ""

    async def sign(self, request: Request) -> None:
        """See `Authenticator`. What an earlier signing added, or a link of the system holds already, is replaced."""
        self._value = self._value or quote(self._make(), safe="")
        url, _, query = request.url.partition("?")
        kept = [part for part in query.split("&") if part and part.partition("=")[0] != self._name]
        request.url = f"{url}?{'&'.join([*kept, f'{self._name}={self._value}'])}"

    async def refused(self, request: Request) -> bool:
        """See `Authenticator`."""
        old, self._value = self._value, quote(self._make(), safe="")
        return old != self._value


def static_auth(auth: NoAuth | Basic | Bearer | ApiKey, secrets: Secrets) -> Authenticator:
    """The ways that need no calls of their own."""
    if isinstance(auth, Basic):
        return HeaderAuth("Authorization", lambda: basic(secrets(auth.user), secrets(auth.password)))
    if isinstance(auth, Bearer):
        return HeaderAuth("Authorization", lambda: f"Bearer {secrets(auth.token)}")
    if isinstance(auth, ApiKey):
        kind = HeaderAuth if auth.place == "header" else QueryAuth
        return kind(auth.name, lambda: f"{auth.prefix}{secrets(auth.key)}")
    return NobodyAuth()


def basic(user: str, password: str) -> str:
    """Value of the Authorization header (RFC 7617)."""
    return f"Basic {b64encode(f'{user}:{password}'.encode()).decode()}"
