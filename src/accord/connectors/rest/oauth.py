"""OAuth 2: client credentials and refresh tokens. One access token per connection, one refresher at a time (C5)."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final
from urllib.parse import quote, urlencode

from accord.connectorkit.manifest_auth import ClientCredentials, RefreshToken
from accord.connectors.rest.auth import Secrets, basic
from accord.connectors.rest.payload import NotJson, decoded
from accord.connectors.rest.retry import retry_after_s
from accord.connectors.rest.tokens import Tokens, TokenStore
from accord.connectors.rest.transport import NoAnswer, NotSent, Request, Response, TooLarge
from accord.core.errors import AccordError, RetryLater, StopEntityType
from accord.ports.clock import Clock

__all__ = ["OAuth2"]

_EARLY_US: Final = 30_000_000
"""A token is renewed so long before its end, or after nine tenths of a short life."""
_TIMEOUT_S: Final = 30.0
_KNOWN: Final = frozenset(
    ("invalid_request", "invalid_client", "invalid_grant", "unauthorized_client", "unsupported_grant_type")
) | {"invalid_scope"}


class OAuth2:
    """Signs with a bearer token, and gets a new one when it ends or is refused."""

    def __init__(
        self,
        auth: ClientCredentials | RefreshToken,
        *,
        system: str,
        secrets: Secrets,
        send: Callable[[Request], Awaitable[Response]],
        store: TokenStore,
        clock: Clock,
    ) -> None:
        self._auth = auth
        self._system = system
        self._secrets = secrets
        self._send = send
        self._store = store
        self._clock = clock
        self._tokens: Tokens | None = None
        self._one = asyncio.Lock()

    async def sign(self, request: Request) -> None:
        """See `Authenticator`."""
        tokens = self._tokens
        if tokens is None or self._is_over(tokens):
            tokens = await self._fresh("")
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
            self._tokens = found
            return found

    async def _good(self, refused: str) -> Tokens | None:
        """Tokens that are known to this process, or kept by another one, and are as good as can be told."""
        for known in (self._tokens, await self._store.load(self._system)):
            if known and known.access and known.access != refused and not self._is_over(known):
                return known
        return None

    async def _renewed(self) -> Tokens:
        if isinstance(self._auth, ClientCredentials):
            return await self._granted({"grant_type": "client_credentials"}, "")
        tried: set[str] = set()
        while (token := await self._refresh_token(tried)) is not None:
            tried.add(token)
            try:
                return await self._granted({"grant_type": "refresh_token", "refresh_token": token}, token)
            except _InvalidGrantError:
                continue
        raise StopEntityType(
            f"{self._system}: the refresh token is not accepted any more",
            remedy=f"Let a person allow Accord again at {self._auth.authorize_url or 'the system'}, and put the new "
            f"refresh token where {self._auth.refresh_token} says",
        )

    async def _refresh_token(self, tried: set[str]) -> str | None:
        """The next one to try: as it is kept now (another process may have changed it), then the configured one."""
        assert isinstance(self._auth, RefreshToken)  # noqa: S101 - for the type checker
        kept = await self._store.load(self._system)
        for token in (kept.refresh if kept else "", self._secrets(self._auth.refresh_token)):
            if token and token not in tried:
                return token
        return None

    async def _granted(self, grant: dict[str, str], refresh: str) -> Tokens:
        """Tokens for a grant, kept before they are used. Where no new refresh token comes the old one stays."""
        answer = await self._asked(self._form(grant))
        access, life = answer.get("access_token"), answer.get("expires_in")
        if not isinstance(access, str) or not access:
            raise self._stop("the token endpoint answers without access_token", "Correct token_url")
        given = answer.get("refresh_token")
        tokens = Tokens(
            access=access,
            expires_us=self._end_us(life),
            refresh=given if isinstance(given, str) and given else refresh,
        )
        await self._store.save(self._system, tokens)
        return tokens

    def _end_us(self, life_s: Any) -> int:
        """When a token that lives so long is renewed; 0 where the system does not say: once it is refused."""
        try:
            life_us = round(float(life_s) * 1e6)
        except (TypeError, ValueError, OverflowError):
            return 0
        return self._clock.now_us() + life_us - min(_EARLY_US, life_us // 10) if life_us > 0 else 0

    def _form(self, grant: dict[str, str]) -> Request:
        client, secret = self._secrets(self._auth.client_id), self._secrets(self._auth.client_secret)
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        if self._auth.client_auth == "basic":
            headers["Authorization"] = basic(quote(client, safe=""), quote(secret, safe=""))
        else:
            grant = {**grant, "client_id": client, "client_secret": secret}
        if self._auth.scopes:
            grant = {**grant, "scope": " ".join(self._auth.scopes)}
        return Request(
            method="POST",
            url=self._auth.token_url,
            headers=headers,
            body=urlencode(grant).encode(),
            timeout_s=_TIMEOUT_S,
        )

    async def _asked(self, request: Request) -> dict[str, Any]:
        try:
            response = await self._send(request)
        except (NotSent, NoAnswer) as error:
            raise RetryLater(
                f"{self._system}: no token: {error}",
                after_s=10.0,
                remedy="Look whether token_url is right, and up",
            ) from None
        except TooLarge as error:
            raise self._stop(f"the token endpoint: {error}", "Correct token_url") from None
        if response.status == 429 or response.status >= 500:
            after_s = retry_after_s(response, self._clock)
            raise RetryLater(
                f"{self._system}: the token endpoint answers {response.status}",
                after_s=10.0 if after_s is None else after_s,
            )
        try:
            answer = decoded(response.body)
        except NotJson:
            answer = None
        if not isinstance(answer, dict):
            raise self._stop(f"the token endpoint answers {response.status} and no JSON", "Correct token_url")
        if response.status != 200:
            raise self._refusal(response.status, str(answer.get("error")))
        return answer

    def _refusal(self, status: int, error: str) -> AccordError:
        if error == "invalid_grant" and isinstance(self._auth, RefreshToken):
            return _InvalidGrantError(error)
        known = error if error in _KNOWN else "no reason that is known"
        return self._stop(
            f"the token endpoint refuses with {status} ({known})", "Correct client id, secret and scopes"
        )

    def _stop(self, what: str, remedy: str) -> StopEntityType:
        return StopEntityType(f"{self._system}: {what}", remedy=f"{remedy} under auth of this system")


class _InvalidGrantError(AccordError):
    """A refresh token is not accepted; another one may be."""
