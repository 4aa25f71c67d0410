"""The real connectors on played systems: no sockets, virtual time, tokens that end."""

from collections import Counter
from collections.abc import Mapping
from random import Random
from typing import Any, Final
from urllib.parse import urlsplit

from accord.connectorkit.http import MemoryTokens, Request, Tokens
from accord.connectorkit.http.auth import auth_of
from accord.connectorkit.manifest_auth import WithTokens
from accord.connectors.rest import RestConnector
from accord.ports.clock import Clock
from accord.sandbox.auth import TOKEN_PATH, Access, Gate
from accord.sandbox.door import Door
from accord.sandbox.face import Face
from accord.simulate.transport import FaceTransport, Latency
from accord.testing.system_model import MemoryRecords, SystemModel

__all__ = ["Connecting"]

SECRET: Final = "sandbox"  # noqa: S105  # known to all, by intent
_SPARE: Final = 0.2
"""A token whose life is shorter than that part may be renewed before its end."""


class Connecting:
    """Makes the connector of each system of a world. `auth` are a project's settings by system.

    `asked` counts requests by method and status, 0: no answer. `broken` are promises that were seen to break: a new
    token was fetched though one was good (C5). Tokens outlive a connector, as they do a process.
    """

    def __init__(
        self,
        auth: Mapping[str, Mapping[str, Any]] | None = None,
        *,
        latency: Latency | None = None,
        access: Access | None = None,
    ) -> None:
        self._auth, self._latency = auth or {}, latency or Latency(least_s=0.02, most_s=0.2)
        self._access = access or Access(token_s=600, rotates=True)
        self._tokens = MemoryTokens(
            Tokens(access="", refresh=SECRET)
        )  # a person logged in before it all began
        self.asked: Counter[str] = Counter()
        self.broken: list[str] = []
        self.tokens: Counter[str] = Counter()

    def __call__(self, name: str, model: SystemModel, clock: Clock, random: Random) -> RestConnector:
        """The connector of a system."""
        manifest = model.manifest
        auth = auth_of(manifest.auth, self._auth.get(name, {}), name)
        gate = Gate(auth, self._access, clock.now_us, {})
        door = Door(model, MemoryRecords(), gate.expire)  # nobody comes in by it: people are played elsewhere
        transport = FaceTransport(Face(model, gate, door), clock, random=random, latency=self._latency)
        token_path = ""
        if isinstance(auth, WithTokens):
            token_path = urlsplit(auth.token_url).path

        def watch(request: Request, status: int) -> None:
            self.asked[f"{request.method} {status}"] += 1
            if request.method == "POST" and urlsplit(request.url).path in (token_path, TOKEN_PATH):
                self.tokens[name] += 1

        def look(request: Request) -> None:
            is_token = request.method == "POST" and urlsplit(request.url).path in (token_path, TOKEN_PATH)
            if is_token and gate.good_s() > self._access.token_s * _SPARE:
                self.broken.append(f"C5: {name}: a token was fetched while another one was good")

        transport.watch, transport.look = watch, look
        return RestConnector(
            manifest,
            system=name,
            clock=clock,
            secrets=lambda _: SECRET,
            auth=self._auth.get(name),
            tokens=self._tokens,
            transport=transport,
        )
