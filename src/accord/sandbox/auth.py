"""Who may call: the manifest's way of authentication, checked; and the endpoints of OAuth 2."""

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
    AuthorizationCode,
    Basic,
    Bearer,
    ClientCredentials,
    NoAuth,
    RefreshToken,
    WithTokens,
)
from accord.sandbox.authorizing import AUTHORIZE_PATH, Authorizer
from accord.sandbox.messages import Request, Response, plain, respond
from accord.sandbox.page import is_foreign
from accord.sandbox.routes import base_path

__all__ = ["TOKEN_PATH", "Access", "Gate"]

TOKEN_PATH: Final = "/_token"  # noqa: S105  # a path
_SPENT: Final = -1


class Access(Struct, frozen=True, kw_only=True):
    """What a sandbox accepts: `secret` as password, key, token, client secret and first refresh token; `user` as user
    or client id, "": any. Access tokens live for `token_s` seconds; with `rotates` a refresh token is good once;
    those that a person's permission gave live for `refresh_s`, 0: without end. `redirects` are where the page for
    that leads back to, besides this machine."""

    secret: str = "sandbox"  # noqa: S105  # known to all, by intent
    user: str = ""
    token_s: float = 3600
    rotates: bool = False
    refresh_s: float = 0
    redirects: tuple[str, ...] = ()


class Gate:
    """Checks requests and issues tokens.

    `grants` holds what was issued, token -> end in microseconds UTC; of refresh tokens 0: none, or less than that.
    """

    def __init__(
        self,
        auth: Auth,
        access: Access,
        clock: Callable[[], int],
        grants: MutableMapping[str, int],
        system: str = "sandbox",
    ) -> None:
        self._auth, self._access, self._clock, self._grants = auth, access, clock, grants
        self._paths: tuple[str, ...] = ()
        self._page_paths: tuple[str, ...] = ()
        if isinstance(auth, WithTokens):
            self._paths = (TOKEN_PATH, base_path(auth.token_url))
        if isinstance(auth, AuthorizationCode | RefreshToken):
            self._page_paths = (AUTHORIZE_PATH, *filter(None, [base_path(auth.authorize_url)]))
        self._authorizer = Authorizer(
            system,
            user=access.user,
            redirects=access.redirects,
            pkce=isinstance(auth, AuthorizationCode) and auth.pkce,
            clock=clock,
        )

    @property
    def gives_tokens(self) -> bool:
        """Callers bear tokens that end."""
        return bool(self._paths)

    def good_s(self) -> float:
        """Seconds for which the access token that lives longest is good; 0: there is none."""
        return max([0.0, *((until_us - self._clock()) / 1e6 for until_us in self._grants.values())])

    def issues(self, request: Request) -> Response | None:
        """The answer of the token endpoint, or of the page for people; None: the request is for something else."""
        if request.path in self._page_paths:
            if is_foreign(request):
                return plain(403, "no page of another site may answer for a person")
            return self._authorizer.answers(request)
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

    def expire(self, refresh: bool = False) -> int:
        """End all access tokens now; how many there were. Refresh tokens stay, but with `refresh`."""
        tokens = [token for token, until_us in self._grants.items() if until_us > 0]
        if refresh:
            for token in [self._access.secret, *(it for it, end in self._grants.items() if end <= 0)]:
                self._grants[token] = _SPENT
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
        client, secret = self._client(request, form)
        is_public = isinstance(self._auth, AuthorizationCode) and not self._auth.client_secret
        if not self._knows((client, self._access.secret if is_public else secret)):
            return respond(401, {"error": "invalid_client"}, {"WWW-Authenticate": 'Basic realm="sandbox"'})
        kind = form.get("grant_type", "")
        if kind not in self._kinds():
            text = " or ".join(f"grant_type={wanted}" for wanted in self._kinds())
            return respond(400, {"error": "unsupported_grant_type", "error_description": f"write {text}"})
        if kind == "client_credentials":
            return self._token({})
        if kind == "authorization_code":
            why = self._authorizer.takes(form, client)
            return _invalid(why) if why else self._token(self._refresh())
        refresh = form.get("refresh_token", "")
        first = _same(refresh, self._access.secret) and self._grants.get(refresh) != _SPENT
        if not first and not self._is_good(refresh):
            return _invalid("the refresh token is not valid")
        if not self._access.rotates:
            return self._token({})
        self._grants[refresh] = _SPENT
        return self._token(self._refresh())

    def _kinds(self) -> tuple[str, ...]:
        """Grants that are taken."""
        if isinstance(self._auth, ClientCredentials):
            return ("client_credentials",)
        return ("refresh_token", "authorization_code") if self._page_paths else ("refresh_token",)

    def _is_good(self, refresh: str) -> bool:
        """A refresh token that was issued, is not used up, and has not ended."""
        end = self._grants.get(refresh, _SPENT)
        return end == 0 or (end < _SPENT and -end > self._clock())

    def _refresh(self) -> dict[str, object]:
        """A new refresh token, as an answer tells it."""
        token, life_s = f"r_{token_urlsafe(24)}", self._access.refresh_s
        self._grants[token] = -(self._clock() + round(life_s * 1e6)) if life_s else 0
        return {"refresh_token": token, **({"refresh_token_expires_in": int(life_s)} if life_s else {})}

    def _client(self, request: Request, form: dict[str, str]) -> tuple[str, str]:
        """Id and secret of the client, from where the manifest says that it names itself."""
        if isinstance(self._auth, WithTokens) and self._auth.client_auth == "basic":
            scheme, _, sent = request.headers.get("authorization", "").partition(" ")
            user, password = _basic(sent) if scheme.lower() == "basic" else ("", "")
            return unquote_plus(user), unquote_plus(password)
        return form.get("client_id", ""), form.get("client_secret", "")

    def _token(self, more: dict[str, object]) -> Response:
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


def _invalid(why: str) -> Response:
    return respond(400, {"error": "invalid_grant", "error_description": why})


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
