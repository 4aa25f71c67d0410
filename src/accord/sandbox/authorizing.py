"""The page where a person allows a program to act for them (RFC 6749, 4.1), and the codes that it hands out."""

from base64 import urlsafe_b64encode
from collections.abc import Callable, Sequence
from hashlib import sha256
from hmac import compare_digest
from html import escape
from secrets import token_urlsafe
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from msgspec import Struct

from accord.sandbox.messages import Request, Response, plain

__all__ = ["AUTHORIZE_PATH", "Authorizer", "Code"]

AUTHORIZE_PATH: Final = "/_authorize"
_CODE_S: Final = 60
_LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")
_PAGE: Final = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{system}: allow access</title>
<style>
:root {{ color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }}
main {{ max-width: 32rem; margin: 4rem auto; padding: 0 1rem; }}
button {{ font: inherit; padding: .5rem 1.5rem; margin-right: .5rem; }}
code {{ overflow-wrap: anywhere; }}
</style>
<main>
<h1>{system}</h1>
<p><strong>{client}</strong> asks to read and change what you may read and change here{scopes}.</p>
<p>It then goes on at <code>{target}</code>.</p>
<form method="post"><button name="choice" value="allow">Allow</button>
<button name="choice" value="refuse">Refuse</button></form>
</main>
</html>
"""
_HEADERS: Final = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "Referrer-Policy": "same-origin",
}


class Code(Struct, frozen=True, kw_only=True):
    """What a code was given for."""

    client: str
    redirect: str
    challenge: str
    until_us: int


class Authorizer:
    """Shows the page, takes the answer, gives codes; each is good once, for a minute.

    `user` is the client that may ask ("": any), `redirects` are where it may be sent back to, besides loopback
    addresses of any port (RFC 8252); with `pkce` it must name a challenge.
    """

    def __init__(
        self, system: str, *, user: str, redirects: Sequence[str], pkce: bool, clock: Callable[[], int]
    ) -> None:
        self._system, self._user, self._redirects, self._pkce = system, user, redirects, pkce
        self._clock = clock
        self._codes: dict[str, Code] = {}

    def answers(self, request: Request) -> Response:
        """The page; after it the way back, with a code or a refusal."""
        asked = request.parameters()
        client, redirect = asked.get("client_id", ""), asked.get("redirect_uri", "")
        if not client or (self._user and client != self._user):
            return plain(400, "no client of this client_id is registered")
        if not self._may_go_back_to(redirect):
            return plain(400, "this redirect_uri is not registered for the client")
        if fault := self._fault(asked):
            return _back(redirect, {"error": fault, "state": asked.get("state", "")})
        if request.method == "GET":
            return self._page(client, redirect, asked.get("scope", ""))
        if request.method != "POST":
            return plain(405, f"{request.method} can not be done here, but GET", {"Allow": "GET, POST"})
        form = dict(parse_qsl(request.body.decode("utf-8", "replace")))
        if form.get("choice") != "allow":
            return _back(redirect, {"error": "access_denied", "state": asked.get("state", "")})
        code = f"c_{token_urlsafe(24)}"
        self._codes[code] = Code(
            client=client,
            redirect=redirect,
            challenge=asked.get("code_challenge", ""),
            until_us=self._clock() + _CODE_S * 1_000_000,
        )
        return _back(redirect, {"code": code, "state": asked.get("state", "")})

    def takes(self, form: dict[str, str], client: str) -> str:
        """Use up the code of a token request; why it is not accepted, "" where it is."""
        code = self._codes.pop(form.get("code", ""), None)
        if code is None or code.until_us < self._clock():
            return "the code is not known, used up, or too old"
        if code.client != client:
            return "the code was given to another client"
        if code.redirect != form.get("redirect_uri", ""):
            return "redirect_uri is another one than the code was asked for with"
        made = (
            urlsafe_b64encode(sha256(form.get("code_verifier", "").encode()).digest()).rstrip(b"=").decode()
        )
        if code.challenge and not compare_digest(made, code.challenge):
            return "code_verifier does not fit code_challenge"
        return ""

    def _fault(self, asked: dict[str, str]) -> str:
        if asked.get("response_type") != "code":
            return "unsupported_response_type"
        challenge, method = asked.get("code_challenge", ""), asked.get("code_challenge_method", "plain")
        return "invalid_request" if (challenge or self._pkce) and (not challenge or method != "S256") else ""

    def _may_go_back_to(self, redirect: str) -> bool:
        parts = urlsplit(redirect)
        return redirect in self._redirects or (parts.scheme == "http" and parts.hostname in _LOOPBACK)

    def _page(self, client: str, redirect: str, scope: str) -> Response:
        page = _PAGE.format(
            system=escape(self._system),
            client=escape(client),
            scopes=f" (<code>{escape(scope)}</code>)" if scope else "",
            target=escape(redirect),
        )
        return Response(status=200, headers=dict(_HEADERS), body=page.encode())


def _back(redirect: str, told: dict[str, str]) -> Response:
    sign = "&" if "?" in redirect else "?"
    query = urlencode({name: value for name, value in told.items() if value})
    return Response(status=302, headers={"Location": f"{redirect}{sign}{query}", "Cache-Control": "no-store"})
