"""Who may call: the manifest's way of authentication, checked; and the token endpoint of OAuth 2."""

from base64 import b64decode
from collections.abc import Callable, MutableMapping
from hmac import compare_digest
from secrets import token_urlsafe
from typing import Final
from urllib.parse import parse_qsl, unquote_plus

from msgspec import Struct

from accord.connectorkit.manifest_auth import (
    ApiKey,
    Auth,
    Basic,
    Bearer,
    ClientCredentials,
    NoAuth,
    RefreshToken,
)
from accord.sandbox.messages import Request, Response, plain, respond
from accord.sandbox.routes import base_path

__all__ = ["TOKEN_PATH", "Access", "Gate"]

TOKEN_PATH: Final = "/_token"  # noqa: S105  # a path
_SPENT: Final = -1


class Access(Struct, frozen=True, kw_only=True):
    """What a sandbox accepts: `secret` as password, key, token, client secret and first refresh token; `user` as user
    or client id, "": any. Access tokens live for `token_s` seconds; with `rotates` a refresh token is good once."""

    secret: str = "sandbox"  # noqa: S105  # known to all, by intent
    user: str = ""
    token_s: float = 3600
    rotates: bool = False


class Gate:
    """Checks requests and issues tokens. `grants` holds what was issued: token -> end in microseconds UTC, 0: none."""

    def __init__(
        self, auth: Auth, access: Access, clock: Callable[[], int], grants: MutableMapping[str, int]
    ) -> None:
        self._auth, self._access, self._clock, self._grants = auth, access, clock, grants
        self._paths: tuple[str, ...] = ()
        if isinstance(auth, ClientCredentials | RefreshToken):
            self._paths = (TOKEN_PATH, base_path(auth.token_url))

    @property
    def gives_tokens(self) -> bool:
        """Callers bear tokens that end."""
        return bool(self._paths)

    def good_s(self) -> float:
        """Seconds for which the access token that lives longest is good; 0: there is none."""
        return max([0.0, *((until_us - self._clock()) / 1e6 for until_us in self._grants.values())])

    def issues(self, request: Request) -> Response | None:
        """The answer of the token endpoint; None: the request is for something else."""
        if request.path not in self._paths:
            return None
        if request.method != "POST":
            return plain(405, f"{request.method} can not be done here, but POST", {"Allow": "POST"})
        return self._issued(request)

    def refuses(self, request: Request) -> Response | None:
        """The 401 for a caller that is not known; None: it may go on."""
        auth = self._auth
        if isinstance(auth, NoAuth):
            return None
        if isinstance(auth, ApiKey):
            place = request.parameters() if auth.place == "query" else request.headers
            name = auth.name if auth.place == "query" else auth.name.lower()
            known = _same(place.get(name, ""), f"{auth.prefix}{self._access.secret}")
            return None if known else _unknown(f"the key in the {auth.place} is missing or wrong", "ApiKey")
        scheme, _, sent = request.headers.get("authorization", "").partition(" ")
        if isinstance(auth, Basic):
            known = scheme.lower() == "basic" and self._knows(_basic(sent))
            return (
                None if known else _unknown("user or password is missing or wrong", 'Basic realm="sandbox"')
            )
        good = _same(sent, self._access.secret) if isinstance(auth, Bearer) else self._valid(sent)
        if scheme.lower() == "bearer" and good:
            return None
        return _unknown("the token is missing, wrong or expired", 'Bearer error="invalid_token"')

    def expire(self) -> int:
        """End all access tokens now; how many there were. Refresh tokens stay."""
        tokens = [token for token, until_us in self._grants.items() if until_us > 0]
        for token in tokens:
            del self._grants[token]
        return len(tokens)

    def _valid(self, token: str) -> bool:
        return self._grants.get(token, 0) > self._clock()

    def _knows(self, pair: tuple[str, str]) -> bool:
        user, secret = pair
        return _same(secret, self._access.secret) and (
            not self._access.user or _same(user, self._access.user)
        )

    def _issued(self, request: Request) -> Response:
        form = dict(parse_qsl(request.body.decode("utf-8", "replace")))
        if not self._knows(self._client(request, form)):
            return respond(401, {"error": "invalid_client"}, {"WWW-Authenticate": 'Basic realm="sandbox"'})
        wanted = "refresh_token" if isinstance(self._auth, RefreshToken) else "client_credentials"
        if form.get("grant_type") != wanted:
            text = f"write grant_type={wanted}"
            return respond(400, {"error": "unsupported_grant_type", "error_description": text})
        if wanted == "client_credentials":
            return self._token({})
        refresh = form.get("refresh_token", "")
        first = _same(refresh, self._access.secret) and self._grants.get(refresh) != _SPENT
        if not first and self._grants.get(refresh) != 0:
            return respond(
                400, {"error": "invalid_grant", "error_description": "the refresh token is not valid"}
            )
        if not self._access.rotates:
            return self._token({})
        self._grants[refresh] = _SPENT
        follower = f"r_{token_urlsafe(24)}"
        self._grants[follower] = 0
        return self._token({"refresh_token": follower})

    def _client(self, request: Request, form: dict[str, str]) -> tuple[str, str]:
        """Id and secret of the client, from where the manifest says that it names itself."""
        if isinstance(self._auth, ClientCredentials | RefreshToken) and self._auth.client_auth == "basic":
            scheme, _, sent = request.headers.get("authorization", "").partition(" ")
            user, password = _basic(sent) if scheme.lower() == "basic" else ("", "")
            return unquote_plus(user), unquote_plus(password)
        return form.get("client_id", ""), form.get("client_secret", "")

    def _token(self, more: dict[str, str]) -> Response:
        now = self._clock()
        for old in [t for t, until_us in self._grants.items() if 0 < until_us <= now]:
            del self._grants[old]
        token = f"a_{token_urlsafe(24)}"
        self._grants[token] = now + round(self._access.token_s * 1e6)
        body = {
            "access_token": token,
            "token_type": "Bearer",
            "expires_in": int(self._access.token_s),
            **more,
        }
        return respond(200, body, {"Cache-Control": "no-store"})


def _unknown(message: str, challenge: str) -> Response:
    return plain(401, message, {"WWW-Authenticate": challenge})


def _basic(sent: str) -> tuple[str, str]:
    try:
        user, _, password = b64decode(sent, validate=True).decode().partition(":")
    except ValueError:
        return "", ""
    return user, password


def _same(sent: str, secret: str) -> bool:
    return compare_digest(sent.encode(), secret.encode())
