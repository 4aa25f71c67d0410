"""OAuth 2: one access token per connection, one refresher at a time, whoever granted it (C5)."""

import asyncio
from collections.abc import Awaitable, Callable

from msgspec.structs import replace

from accord.connectorkit.http.auth import Secrets
from accord.connectorkit.http.sealing import OtherKey
from accord.connectorkit.http.token_endpoint import InvalidGrant, TokenEndpoint
from accord.connectorkit.http.tokens import Tokens, TokenStore
from accord.connectorkit.http.transport import Request, Response
from accord.connectorkit.manifest_auth import ClientCredentials, RefreshToken, WithTokens
from accord.core.errors import ConfigError, RetryLater, StopEntityType
from accord.ports.clock import Clock

__all__ = ["OAuth2"]


class OAuth2:
    """Signs with a bearer token, and gets a new one when it ends or is refused.

    `another` is called when a person has logged in anew meanwhile, as somebody else perhaps: no call is signed then
    until `look` says that it is looked whose account it is (K6).
    """

    def __init__(
        self,
        auth: WithTokens,
        *,
        system: str,
        secrets: Secrets,
        send: Callable[[Request], Awaitable[Response]],
        store: TokenStore,
        clock: Clock,
        another: Callable[[], None] = lambda: None,
    ) -> None:
        self._auth = auth
        self._system = system
        self._secrets = secrets
        self._endpoint = TokenEndpoint(auth, system=system, secrets=secrets, send=send, clock=clock)
        self._store = store
        self._clock = clock
        self._another = another
        self._tokens: Tokens | None = None
        self._one = asyncio.Lock()
        self._is_another = False

    def look(self) -> None:
        """The calls that follow find out whose account it is."""
        self._is_another = False

    async def sign(self, request: Request) -> None:
        """See `Authenticator`."""
        tokens = self._tokens
        if tokens is None or self._is_over(tokens):
            tokens = await self._fresh("")
        if self._is_another:
            raise RetryLater(
                f"{self._system}: a person has logged in anew; whose account it is now is looked at first",
                after_s=1.0,
            )
        request.headers["Authorization"] = f"Bearer {tokens.access}"

    async def refused(self, request: Request) -> bool:
        """See `Authenticator`. The token is replaced at most once, however many requests bore it."""
        await self._fresh(request.headers.get("Authorization", "").removeprefix("Bearer "))
        return True

    def _is_over(self, tokens: Tokens) -> bool:
        return 0 < tokens.expires_us <= self._clock.now_us()

    async def _fresh(self, refused: str) -> Tokens:
        """A token other than the refused one: ours by now, one that another process kept, or a new one."""
        async with self._one:
            found = await self._good(refused)
            if found is None:
                async with self._store.alone(self._system):  # who had to wait finds what the other one got
                    found = await self._good(refused) or await self._renewed()
            had, self._tokens = self._tokens, found
            if had is not None and had.login != found.login:
                self._is_another = True
                self._another()
            return found

    async def _good(self, refused: str) -> Tokens | None:
        """Tokens that are known to this process, or kept by another one, and are as good as can be told."""
        for known in (self._tokens, await self._kept()):
            if known and known.access and known.access != refused and not self._is_over(known):
                return known
        return None

    async def _kept(self) -> Tokens | None:
        try:
            return await self._store.load(self._system)
        except OtherKey:
            if isinstance(self._auth, ClientCredentials):
                return None  # what can be had again at any time is not missed
            raise

    async def _renewed(self) -> Tokens:
        kept = await self._kept()
        if isinstance(self._auth, ClientCredentials):
            return await self._granted({"grant_type": "client_credentials"}, Tokens(access=""))
        tried: set[str] = set()
        while (token := await self._refresh_token(tried)) is not None:
            tried.add(token)
            before = kept if kept is not None and kept.refresh == token else Tokens(access="", refresh=token)
            try:
                return await self._granted({"grant_type": "refresh_token", "refresh_token": token}, before)
            except InvalidGrant:
                kept = await self._kept()
        if kept is not None and not kept.refused_us:
            await self._store.save(self._system, replace(kept, access="", refused_us=self._clock.now_us()))
        raise self._not_allowed(kept)

    def _not_allowed(self, kept: Tokens | None) -> StopEntityType:
        """Nothing is left that a token could be had for."""
        auth, command = self._auth, f"accord connect {self._system}"
        if isinstance(auth, RefreshToken) and (not auth.authorize_url or self._told()):
            where = f"put the new refresh token where {auth.refresh_token} says"
            other = f"let a person allow Accord again ({command}), or {where}"
            remedy = (
                other if auth.authorize_url else f"let a person allow Accord again at the system, and {where}"
            )
            return StopEntityType(
                f"{self._system}: the refresh token is not accepted any more",
                remedy=remedy[:1].upper() + remedy[1:],
            )
        if kept is None:
            what, remedy = "nobody has allowed Accord to act for them yet", f"Let a person do so: {command}"
            if isinstance(auth, RefreshToken):
                remedy += f"; or put a refresh token where {auth.refresh_token} says"
        elif not kept.refresh:
            what = "the access that a person allowed has ended, and no refresh token came with it"
            remedy = f"Let them allow it again: {command}. Many systems give one for a scope such as offline_access"
        else:
            what = "the access that a person allowed has ended, or was taken back"
            remedy = f"Let them allow it again: {command}"
        return StopEntityType(f"{self._system}: {what}", remedy=remedy)

    def _told(self) -> str:
        """The refresh token of the configuration; "": there is none. Raises ConfigError where nothing else will do."""
        if not isinstance(self._auth, RefreshToken):
            return ""
        try:
            return self._secrets(self._auth.refresh_token)
        except ConfigError:
            if not self._auth.authorize_url:
                raise
            return ""

    async def _refresh_token(self, tried: set[str]) -> str | None:
        """The next one to try: as it is kept now (another process may have changed it), then the configured one."""
        kept = await self._kept()
        for token in (kept.refresh if kept else "", self._told()):
            if token and token not in tried:
                return token
        return None

    async def _granted(self, grant: dict[str, str], before: Tokens) -> Tokens:
        """Tokens for a grant, kept before they are used."""
        tokens = await self._endpoint.granted(grant, before)
        await self._store.save(self._system, tokens)
        return tokens
