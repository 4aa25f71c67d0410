"""The connector of CardDAV and CalDAV: each entity type is a collection."""

from collections.abc import AsyncIterator, Sequence
from typing import Final

from accord.connectorkit.http.auth import auth_of, missing_secrets
from accord.connectorkit.http.calls import Caller
from accord.connectorkit.http.late import http_transport
from accord.connectorkit.http.oauth import OAuth2
from accord.connectorkit.http.pace import Pace
from accord.connectorkit.http.signing import authenticator
from accord.connectorkit.http.tokens import MemoryTokens
from accord.connectorkit.http.transport import Transport
from accord.connectorkit.kind import Place
from accord.connectorkit.manifest_auth import WithTokens
from accord.connectorkit.observe import name_of
from accord.connectors.dav.asking import ask
from accord.connectors.dav.collection import Collection
from accord.connectors.dav.multistatus import path_of, propfind
from accord.core.errors import Fault, StopEntityType
from accord.core.observation import Observation, Outcome
from accord.ports.connector import Page, Write

__all__ = ["DavConnector"]

_PATIENCE_S: Final = 5.0


class DavConnector:
    """A server of address books and calendars."""

    def __init__(self, place: Place, transport: Transport | None = None) -> None:
        manifest = place.manifest
        base_url = place.url or manifest.base_url
        self._auth, self._secrets = auth_of(manifest.auth, place.auth, place.system), place.secrets
        self._tokens = place.tokens or MemoryTokens()
        self._transport = transport or http_transport(manifest.rate.concurrent)
        self._signs = authenticator(
            self._auth,
            system=place.system,
            secrets=place.secrets,
            send=self._transport.send,
            tokens=self._tokens,
            clock=place.clock,
            another=place.another,
        )
        self._caller = Caller(
            system=place.system,
            base_url=base_url,
            transport=self._transport,
            auth=self._signs,
            pace=Pace(manifest.rate, place.clock, place.rhythm),
            clock=place.clock,
            headers={"Accept": "*/*", **manifest.headers},
            patience_s=_PATIENCE_S,
            budget=place.budget,
        )
        self._base_url = base_url
        self._types = {
            name: Collection(name, it, base_url, self._caller) for name, it in manifest.types.items()
        }

    def missing_secrets(self) -> list[Fault]:
        """What is wrong with the secrets that its calls will need."""
        faults = missing_secrets(self._auth, self._secrets, self._caller.system)
        return faults + self._tokens.missing() if isinstance(self._auth, WithTokens) else faults

    async def identity(self) -> str:
        """See `Connector`. The principal; of a server that tells none "" (K6)."""
        if isinstance(self._signs, OAuth2):
            self._signs.look()
        try:
            told, _ = await ask(
                self._caller,
                "PROPFIND",
                self._base_url,
                propfind("d:current-user-principal"),
                about="the principal",
            )
        except StopEntityType as error:
            if error == self._caller.unknown_to_them():
                raise
            return ""
        for member in told.members:
            if path := path_of(member.text("current-user-principal")):
                return path
        return ""

    async def read(self, mapping: str, cursor: str, *, full: bool) -> AsyncIterator[Page]:
        """See `Connector`."""
        async for page in self._types[name_of(mapping)].read(mapping, cursor, full=full):
            yield page

    async def fetch(self, mapping: str, ids: Sequence[str]) -> list[Observation]:
        """See `Connector`."""
        return await self._types[name_of(mapping)].fetch(mapping, ids)

    async def search(self, mapping: str, key: str, since_us: int) -> list[Observation] | None:
        """See `Connector`. The address of what we create follows from its key: it is found by creating it again."""
        return None

    async def write(self, writes: Sequence[Write]) -> list[Outcome]:
        """See `Connector`."""
        by_type: dict[str, list[Write]] = {}
        for write in writes:
            by_type.setdefault(name_of(write.mapping), []).append(write)
        ended: dict[int, Outcome] = {}
        for name, part in by_type.items():
            told = await self._types[name].write(part)
            ended |= {id(write): outcome for write, outcome in zip(part, told, strict=True)}
        return [ended[id(write)] for write in writes]

    @property
    def concurrent(self) -> int:
        """How many calls may be under way, whoever makes them."""
        return self._caller.pace.concurrent

    def divide(self, workers: int) -> None:
        """So many workers share them."""
        self._caller.pace.divide(workers)

    async def close(self) -> None:
        """See `Connector`."""
        await self._transport.close()
