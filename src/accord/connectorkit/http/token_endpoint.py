"""The token endpoint of a system (RFC 6749, 3.2): asked with a grant, it answers with tokens, or says why not."""

from collections.abc import Awaitable, Callable
from typing import Any, Final
from urllib.parse import quote, urlencode

from accord.connectorkit.http.auth import Secrets, basic
from accord.connectorkit.http.payload import NotJson, decoded
from accord.connectorkit.http.retry import retry_after_s
from accord.connectorkit.http.tokens import Tokens
from accord.connectorkit.http.transport import NoAnswer, NotSent, Request, Response, TooLarge
from accord.connectorkit.manifest_auth import AuthorizationCode, WithTokens
from accord.core.errors import AccordError, RetryLater, StopEntityType
from accord.ports.clock import Clock

__all__ = ["InvalidGrant", "TokenEndpoint"]

_EARLY_US: Final = 30_000_000
"""A token is renewed so long before its end, or after nine tenths of a short life."""
_DAY_US: Final = 86_400_000_000
_TIMEOUT_S: Final = 30.0
_KNOWN: Final = frozenset(
    ("invalid_request", "invalid_client", "invalid_grant", "unauthorized_client", "unsupported_grant_type")
) | {"invalid_scope"}
_REFRESH_LIVES: Final = ("refresh_token_expires_in", "refresh_expires_in", "x_refresh_token_expires_in")
"""No standard names it; these are what systems say."""


class InvalidGrant(AccordError):
    """What was granted is not accepted, or not any more."""


class TokenEndpoint:
    """Gets tokens for the client that a way to log in names. `send` carries a request there."""

    def __init__(
        self,
        auth: WithTokens,
        *,
        system: str,
        secrets: Secrets,
        send: Callable[[Request], Awaitable[Response]],
        clock: Clock,
    ) -> None:
        self.auth, self.system, self._secrets = auth, system, secrets
        self._send, self._clock = send, clock

    async def granted(self, grant: dict[str, str], before: Tokens | None = None) -> Tokens:
        """Tokens for a grant; where no new refresh token comes that of `before` stays.

        Raises InvalidGrant; RetryLater: it can not be asked now; StopEntityType: it, or what it is told, is wrong.
        """
        answer = await self._asked(self._form(grant))
        access, given = answer.get("access_token"), answer.get("refresh_token")
        if not isinstance(access, str) or not access:
            raise self._stop("the token endpoint answers without access_token", "Correct token_url")
        now_us, before = self._clock.now_us(), before or Tokens(access="")
        is_new = isinstance(given, str) and given not in ("", before.refresh)
        refresh = str(given) if is_new else before.refresh
        told_us = next((us for name in _REFRESH_LIVES if (us := _life_us(answer.get(name)))), 0)
        since_us = now_us if is_new else before.refresh_since_us
        life_us = told_us or (self._declared_us() if is_new else 0)
        return Tokens(
            access=access,
            expires_us=self._end_us(answer.get("expires_in")),
            refresh=refresh,
            refresh_since_us=since_us,
            refresh_ends_us=now_us + life_us if life_us and refresh else before.refresh_ends_us,
            login=before.login,
        )

    def _declared_us(self) -> int:
        """How long a refresh token is good, as the manifest says; 0: it does not."""
        days = self.auth.refresh_days if isinstance(self.auth, AuthorizationCode) else None
        return round((days or 0) * _DAY_US)

    def _end_us(self, life_s: Any) -> int:
        """When a token that lives so long is renewed; 0 where the system does not say: once it is refused."""
        life_us = _life_us(life_s)
        return self._clock.now_us() + life_us - min(_EARLY_US, life_us // 10) if life_us else 0

    def _form(self, grant: dict[str, str]) -> Request:
        auth, secret = self.auth, ""
        client = self._secrets(auth.client_id)
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        if auth.client_secret:
            secret = self._secrets(auth.client_secret)
        if auth.client_auth == "basic" and secret:
            headers["Authorization"] = basic(quote(client, safe=""), quote(secret, safe=""))
        else:
            grant = {**grant, "client_id": client, **({"client_secret": secret} if secret else {})}
        if auth.scopes and grant["grant_type"] != "authorization_code":
            grant = {**grant, "scope": " ".join(auth.scopes)}
        return Request(
            method="POST",
            url=auth.token_url,
            headers=headers,
            body=urlencode(grant).encode(),
            timeout_s=_TIMEOUT_S,
        )

    async def _asked(self, request: Request) -> dict[str, Any]:
        try:
            response = await self._send(request)
        except (NotSent, NoAnswer) as error:
            raise RetryLater(
                f"{self.system}: no token: {error}",
                after_s=10.0,
                remedy="Look whether token_url is right, and up",
            ) from None
        except TooLarge as error:
            raise self._stop(f"the token endpoint: {error}", "Correct token_url") from None
        if response.status == 429 or response.status >= 500:
            after_s = retry_after_s(response, self._clock)
            raise RetryLater(
                f"{self.system}: the token endpoint answers {response.status}",
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
        if error == "invalid_grant" and self.auth.kind != "oauth2_client_credentials":
            return InvalidGrant(f"{self.system}: what was granted is not accepted any more")
        known = error if error in _KNOWN else "no reason that is known"
        return self._stop(
            f"the token endpoint refuses with {status} ({known})", "Correct client id, secret and scopes"
        )

    def _stop(self, what: str, remedy: str) -> StopEntityType:
        return StopEntityType(f"{self.system}: {what}", remedy=f"{remedy} under auth of this system")


def _life_us(life_s: Any) -> int:
    """A length of time that an answer tells in seconds; 0: it does not."""
    try:
        return max(0, round(float(life_s) * 1e6))
    except (TypeError, ValueError, OverflowError):
        return 0
