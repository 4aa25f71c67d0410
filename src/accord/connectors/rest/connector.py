"""The connector of every system that is stated by a manifest: the port `Connector` over HTTP."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Any

from accord.connectorkit.http.addresses import joined
from accord.connectorkit.http.auth import Secrets, auth_of, missing_secrets
from accord.connectorkit.http.calls import Caller
from accord.connectorkit.http.late import http_transport
from accord.connectorkit.http.oauth import OAuth2
from accord.connectorkit.http.pace import Pace
from accord.connectorkit.http.payload import NotJson, decoded
from accord.connectorkit.http.signing import authenticator
from accord.connectorkit.http.tokens import MemoryTokens, TokenStore
from accord.connectorkit.http.transport import Transport
from accord.connectorkit.http.workers import each
from accord.connectorkit.manifest import Manifest
from accord.connectorkit.manifest_auth import WithTokens
from accord.connectorkit.observe import name_of
from accord.connectorkit.paths import get_at
from accord.connectorkit.urls import check_base_url
from accord.connectors.rest.batching import Batcher, batches
from accord.connectors.rest.endpoint import endpoint
from accord.connectors.rest.hooks import Hooks
from accord.connectors.rest.reading import Reader
from accord.connectors.rest.writing import Writer
from accord.core.errors import ConfigError, Fault, RetryLater, StopEntityType
from accord.core.observation import Observation, Outcome
from accord.core.values import MISSING
from accord.ports.budget import Budget, Rhythm
from accord.ports.clock import Clock
from accord.ports.connector import Page, Write

__all__ = ["RestConnector"]


class RestConnector:
    """A system behind a REST API.

    `system` is its name in the project, `base_url` where it is if not where its manifest says, `auth` settings put over
    the manifest's way to log in; `secrets` reads a reference such as env:NAME, when it is first needed. `tokens` keeps
    OAuth 2 tokens between runs. `transport` carries the requests; by default aiohttp, one pool of connections per
    connector. A read is repeated `retries` times; `patience_s` is how long a call waits by itself before it gives up.
    `budget` says how many calls are left for today, `rhythm` where several workers share those of a second. `another`
    is called when a person logged in anew meanwhile (K6).
    Raises ConfigError: the settings do not fit.
    """

    def __init__(  # noqa: PLR0913 - all in which two systems may differ  # size: puts its parts together, no more
        self,
        manifest: Manifest,
        *,
        system: str,
        clock: Clock,
        secrets: Secrets,
        base_url: str = "",
        auth: Mapping[str, Any] | None = None,
        tokens: TokenStore | None = None,
        transport: Transport | None = None,
        retries: int = 2,
        patience_s: float = 5.0,
        budget: Budget | None = None,
        rhythm: Rhythm | None = None,
        another: Callable[[], None] = lambda: None,
    ) -> None:
        self._manifest, self._clock = manifest, clock
        self._base_url = _checked(base_url, system) if base_url else manifest.base_url
        self._auth, self._secrets = auth_of(manifest.auth, auth or {}, system), secrets
        self._tokens = tokens or MemoryTokens()
        self._transport = transport or http_transport(manifest.rate.concurrent)
        send = self._transport.send
        self._signs = authenticator(
            self._auth,
            system=system,
            secrets=secrets,
            send=send,
            tokens=self._tokens,
            clock=clock,
            another=another,
        )
        self._caller = Caller(
            system=system,
            base_url=self._base_url,
            transport=self._transport,
            auth=self._signs,
            pace=Pace(manifest.rate, clock, rhythm),
            clock=clock,
            headers=manifest.headers,
            retries=retries,
            patience_s=patience_s,
            budget=budget,
        )
        types = {name: endpoint(name, it, self._base_url) for name, it in manifest.types.items()}
        self._readers = {name: Reader(at, self._caller) for name, at in types.items()}
        self._writers = {name: Writer(at, self._caller) for name, at in types.items()}
        self._batchers = {
            name: Batcher(at, self._caller, at.it.batch, self._base_url)
            for name, at in types.items()
            if at.it.batch is not None
        }

    @property
    def hooks(self) -> Hooks | None:
        """Its subscriptions; None: it has none that a program could make."""
        hooks = self._manifest.webhooks
        if hooks is None or hooks.subscriptions is None:
            return None
        return Hooks(hooks, hooks.subscriptions, self._caller, self._base_url, self._secrets)

    def missing_secrets(self) -> list[Fault]:
        """What is wrong with the secrets that its calls will need."""
        faults = missing_secrets(self._auth, self._secrets, self._caller.system)
        return faults + self._tokens.missing() if isinstance(self._auth, WithTokens) else faults

    async def identity(self) -> str:
        """See `Connector`."""
        if isinstance(self._signs, OAuth2):
            self._signs.look()
        said = self._manifest.identity
        if said is None:
            return ""
        response, _ = await self._caller.get(joined(self._base_url, said.path), said.path, timeout_s=30.0)
        try:
            account = get_at(decoded(response.body), said.property) if response.status == 200 else MISSING
        except NotJson:
            account = MISSING
        if account is MISSING or account is None:
            raise StopEntityType(
                f"{self._caller.system}: GET {said.path} does not tell the account (status {response.status})",
                remedy="Correct identity in the manifest, or the rights of the account",
            )
        return str(account)

    def read(self, mapping: str, cursor: str, *, full: bool) -> AsyncIterator[Page]:
        """See `Connector`."""
        return self._readers[name_of(mapping)].read(mapping, cursor, full=full)

    async def fetch(self, mapping: str, ids: Sequence[str]) -> list[Observation]:
        """See `Connector`."""
        return await self._readers[name_of(mapping)].fetch(mapping, ids)

    async def search(self, mapping: str, key: str, since_us: int) -> list[Observation] | None:
        """See `Connector`."""
        return await self._readers[name_of(mapping)].search(mapping, key, since_us)

    async def write(self, writes: Sequence[Write]) -> list[Outcome]:
        """See `Connector`. Once the system can not be reached, or wants much patience, the rest is left for later."""
        down: list[Outcome] = []

        async def one(write: Write) -> Outcome:
            if down:
                return down[0]
            outcome = await self._compared(write)
            if outcome is None:
                outcome = await self._writers[name_of(write.mapping)].write(write)
            if outcome.kind == "later" and outcome.after_s > self._caller.patience_s:
                down.append(outcome)
            return outcome

        async def some(part: Sequence[Write]) -> list[Outcome]:
            batcher = self._batchers.get(name_of(part[0].mapping))
            if batcher is None or len(part) < 2 or down:
                return [await one(write) for write in part]
            outcomes = await batcher.write(part)
            return [await one(write) for write in part] if outcomes is None else outcomes

        parts = batches(writes, self._batchers)
        answers = await each(parts, some, self._caller.pace.concurrent)
        found = {
            id(w): o
            for part, told in zip(parts, answers, strict=True)
            for w, o in zip(part, told, strict=True)
        }
        return [found[id(write)] for write in writes]

    @property
    def concurrent(self) -> int:
        """How many calls may be under way, whoever makes them."""
        return self._manifest.rate.concurrent

    def divide(self, workers: int) -> None:
        """So many workers share them."""
        self._caller.pace.divide(workers)

    async def close(self) -> None:
        """See `Connector`."""
        await self._transport.close()

    # inside

    async def _compared(self, write: Write) -> Outcome | None:
        """Where a write can not name a version: read just before it, and stop when the record moved on (W2)."""
        name = name_of(write.mapping)
        it = self._manifest.types[name]
        if write.version is None or write.id is None or it.conditional or it.version is None:
            return None
        try:
            seen = (await self._readers[name].fetch(write.mapping, [write.id]))[0]
        except (RetryLater, StopEntityType) as error:
            after_s = error.after_s if isinstance(error, RetryLater) else 60.0
            return Outcome(kind="later", message=error.message, after_s=after_s)
        if seen.payload is None or seen.version == write.version:
            return None
        return Outcome(kind="moved", message="the record has another version")


def _checked(base_url: str, system: str) -> str:
    try:
        return check_base_url(base_url)
    except ValueError as error:
        what, _, remedy = str(error).partition("; ")
        raise ConfigError(
            [Fault(f"systems.{system}.url", 0, what, remedy[:1].upper() + remedy[1:])]
        ) from None
