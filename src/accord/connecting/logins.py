"""Logins that are under way: begun by a command, answered by a browser, which a receiver or the service hears.

What a login has to remember (state, PKCE's verifier) is kept, sealed, where the tokens are, so that whoever hears the
answer can end it. An answer is taken once, and for a while only.
"""

import logging
from base64 import urlsafe_b64encode
from collections.abc import Awaitable, Callable, Mapping
from hashlib import sha256
from secrets import token_urlsafe
from typing import Final, Literal, NamedTuple
from urllib.parse import urlencode

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from accord.connecting.page import page
from accord.connectorkit.http import OtherKey, Request, Response
from accord.connectorkit.http.auth import Secrets, missing_secrets
from accord.connectorkit.http.token_endpoint import InvalidGrant, TokenEndpoint
from accord.connectorkit.http.tokens import KeptTokens
from accord.connectorkit.manifest_auth import Auth, AuthorizationCode, RefreshToken
from accord.core.errors import AccordError, ConfigError
from accord.ports.clock import Clock

__all__ = ["Answer", "Begun", "Login", "Logins", "code_auth"]

log = logging.getLogger("accord")

LASTS_S: Final = 600.0
"""How long a person may take."""
_ALL: Final = "login.all"
_OTHER_KEY: Final = (
    "The login was begun on a machine with another key for tokens than this one. Give both the same, under tokens.key "
    "in accord.yaml, and begin anew."
)
_BEGIN: Final = "Begin anew where you began: accord connect"
_KNOWN: Final = frozenset(
    ("access_denied", "invalid_request", "invalid_scope", "server_error", "temporarily_unavailable")
) | {"unauthorized_client", "unsupported_response_type"}


class Login(Struct, frozen=True, kw_only=True):
    """One login. `ended` is "" until an answer came: then what came of it, and `why` where it failed, for people."""

    system: str
    verifier: str
    redirect: str
    until_us: int
    ended: Literal["", "taken", "connected", "failed"] = ""
    why: str = ""

    def __repr__(self) -> str:
        return "Login(…)"


class Begun(NamedTuple):
    """A login that was begun: the page for the person, and by what it is known."""

    url: str
    state: str


class Answer(NamedTuple):
    """What the person's browser is shown."""

    status: int
    html: str


def code_auth(auth: Auth) -> AuthorizationCode | None:
    """How a person logs in in a browser; None: none does."""
    if isinstance(auth, RefreshToken) and auth.authorize_url:
        told = auth.model_dump(exclude={"assumed", "kind", "refresh_token"}, exclude_unset=True)
        return AuthorizationCode(kind="oauth2_code", **told)
    return auth if isinstance(auth, AuthorizationCode) else None


class Logins:
    """Logins of a project's systems, `auths` by name. `send` carries requests to token endpoints."""

    def __init__(
        self,
        auths: Mapping[str, AuthorizationCode],
        *,
        tokens: KeptTokens,
        secrets: Secrets,
        send: Callable[[Request], Awaitable[Response]],
        clock: Clock,
    ) -> None:
        self.auths = auths
        self._tokens, self._secrets, self._send, self._clock = tokens, secrets, send, clock

    async def begin(self, system: str, redirect: str, lasts_s: float = LASTS_S) -> Begun:
        """The page where a person allows it; it leads them back to `redirect`. Raises ConfigError: no secret."""
        auth = self.auths[system]
        if faults := missing_secrets(auth, self._secrets, system) + self._tokens.missing():
            raise ConfigError(faults)
        state, verifier = token_urlsafe(32), token_urlsafe(48)
        until_us = self._clock.now_us() + round(lasts_s * 1e6)
        await self._keep(state, Login(system=system, verifier=verifier, redirect=redirect, until_us=until_us))
        asked = {
            **auth.authorize,
            "response_type": "code",
            "client_id": self._secrets(auth.client_id),
            "redirect_uri": redirect,
            **({"scope": " ".join(auth.scopes)} if auth.scopes else {}),
            "state": state,
        }
        if auth.pkce:
            digest = sha256(verifier.encode()).digest()
            asked["code_challenge"] = urlsafe_b64encode(digest).rstrip(b"=").decode()
            asked["code_challenge_method"] = "S256"
        sign = "&" if "?" in auth.authorize_url else "?"
        return Begun(f"{auth.authorize_url}{sign}{urlencode(asked)}", state)

    async def answer(self, query: Mapping[str, str]) -> Answer:
        """Take what a browser was sent back with, and say what to show there. It raises nothing for it."""
        state = query.get("state", "")
        try:
            is_known = await self.login(state) is not None  # whoever knocks keeps nobody waiting
        except OtherKey:
            return Answer(400, page("Not connected", _OTHER_KEY))
        if not is_known:
            return Answer(400, page("Not connected", f"This login is not known. {_BEGIN}"))
        async with self._tokens.alone(_ALL):
            login = await self.login(state)
            if login is None or login.ended or login.until_us < self._clock.now_us():
                why = (
                    "This login was answered already" if login and login.ended else "This login is not known"
                )
                why += ", or took too long. Begin anew where you began: accord connect"
                return Answer(400, page("Not connected", why))
            await self._keep(state, replace(login, ended="taken"))
        try:
            await self._connect(login, query)
        except (AccordError, OSError) as error:
            await self._keep(state, replace(login, ended="failed", why=str(error)))
            log.warning("%s", error)
            return Answer(400, page(f"{login.system} is not connected", str(error)))
        await self._keep(state, replace(login, ended="connected"))
        log.info("%s: a person has allowed Accord to act for them", login.system)
        return Answer(
            200, page(f"{login.system} is connected", "You can close this page. Accord goes on by itself.")
        )

    async def login(self, state: str) -> Login | None:
        """A login as it stands now."""
        name = _name(state)
        kept = await self._tokens.box.get(name)
        raw = self._tokens.seal.open(name, kept) if kept is not None else None
        return msgspec.json.decode(raw, type=Login) if raw is not None else None

    async def forget(self, state: str) -> None:
        """Nobody waits for it any more."""
        await self._tokens.box.put(_name(state), None)

    async def _connect(self, login: Login, query: Mapping[str, str]) -> None:
        auth = self.auths.get(login.system)
        if auth is None:
            raise AccordError(f"{login.system}: it is in the configuration no more, or logs in otherwise")
        if error := query.get("error"):
            told = error if error in _KNOWN else "a reason that is not known"
            if error == "access_denied":
                raise AccordError(f"{login.system}: it was not allowed", remedy=_again(login.system))
            remedy = "Correct client_id, scopes and redirect_url under auth of this system"
            raise AccordError(f"{login.system}: its login page refuses ({told})", remedy=remedy)
        endpoint = TokenEndpoint(
            auth, system=login.system, secrets=self._secrets, send=self._send, clock=self._clock
        )
        grant = {
            "grant_type": "authorization_code",
            "code": query.get("code", ""),
            "redirect_uri": login.redirect,
            **({"code_verifier": login.verifier} if auth.pkce else {}),
        }
        try:
            got = await endpoint.granted(grant)
        except InvalidGrant:
            what = f"{login.system}: the code of the login page is not accepted"
            raise AccordError(what, remedy=_again(login.system)) from None
        async with self._tokens.alone(login.system):  # not between a refresh and what it keeps (C5)
            await self._tokens.save(login.system, replace(got, login=token_urlsafe(8)))

    async def _keep(self, state: str, login: Login) -> None:
        name = _name(state)
        await self._tokens.box.put(name, self._tokens.seal.seal(name, msgspec.json.encode(login)))


def _name(state: str) -> str:
    """Names of systems have no dot."""
    return f"login.{sha256(state.encode()).hexdigest()[:32]}"


def _again(system: str) -> str:
    return f"Try again: accord connect {system}"
