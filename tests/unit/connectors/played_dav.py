"""A WebDAV collection in memory, which does what real ones do on bad days."""

from collections.abc import Callable
from hashlib import blake2b
from urllib.parse import quote, unquote, urlsplit
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

from accord.connectorkit.http.transport import Request, Response

__all__ = ["PlayedCollection", "card"]

PATH = "/ada/book/"


def card(name: str, *lines: str) -> str:
    """A card of a name."""
    return "\r\n".join(("BEGIN:VCARD", "VERSION:3.0", f"FN:{name}", *lines, "END:VCARD", ""))


class PlayedCollection:
    """See `Transport`. `texts` by name; `changes` are names to which something happened; a token is a place in it.

    `part` cuts answers to sync-collection, `stuck` with a token that leads nowhere; `refuses` answers those with a
    token. `trouble` and `silent` are names that a multiget answers with a status or not at all. `etags` says whether a
    PUT is answered with one, `rewrites` what becomes of a text, `renames` of a new name, `after_put` what somebody does
    then; `puts` is a status that they are answered with. `prefix` stands before all paths.
    """

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}
        self.changes: list[str] = []
        self.part, self.stuck, self.etags, self.prefix = 0, False, True, ""
        self.puts = 0
        self.refuses: tuple[int, str] | None = None
        self.trouble: dict[str, int] = {}
        self.silent: set[str] = set()
        self.rewrites: Callable[[str], str] = str
        self.renames: Callable[[str], str] = str
        self.after_put: Callable[[], None] = lambda: None
        self.calls: list[str] = []

    def put(self, name: str, text: str) -> None:
        """Somebody stores a text."""
        self.texts[name] = text
        self.changes.append(name)

    def etag(self, name: str) -> str:
        """Version of a record."""
        return f'"{blake2b(self.texts[name].encode(), digest_size=6).hexdigest()}"'

    async def send(self, request: Request) -> Response:
        """See `Transport`."""
        self.calls.append(request.method)
        path = urlsplit(request.url).path
        body = request.body or b""
        if request.method == "REPORT":
            return self._synced(body) if b"sync-collection" in body else self._many(body)
        if request.method == "PROPFIND":
            return self._answer("".join(self._line(name) for name in ("", *self.texts)))
        name = unquote(path.rpartition("/")[2])
        wanted, there = request.headers.get("If-Match"), name in self.texts
        if request.method == "PUT" and self.puts:
            return Response(status=self.puts, headers={})
        if request.method == "PUT":
            if (there and "If-None-Match" in request.headers) or (wanted and wanted != self.etag(name)):
                return Response(status=412, headers={})
            return self._stored(name, body.decode(), there=there)
        if not there:
            return Response(status=404, headers={})
        return Response(status=200, headers={"ETag": self.etag(name)}, body=self.texts[name].encode())

    async def close(self) -> None:
        """See `Transport`."""

    def _stored(self, name: str, text: str, *, there: bool) -> Response:
        name = name if there else self.renames(name)
        self.put(name, self.rewrites(text))
        headers = {"ETag": self.etag(name)} if self.etags else {}
        self.after_put()
        return Response(
            status=204 if there else 201, headers={**headers, "Location": f"http://dav{self._href(name)}"}
        )

    def _synced(self, body: bytes) -> Response:
        token = ET.fromstring(body).findtext("{DAV:}sync-token") or ""
        if token and self.refuses is not None:
            status, why = self.refuses
            return Response(status=status, headers={}, body=f'<error xmlns="DAV:"><{why}/></error>'.encode())
        start = int(token.removeprefix("t") or 0)
        end = start if self.stuck else min(len(self.changes), start + (self.part or len(self.changes)))
        lines = []
        for name in dict.fromkeys(self.changes[start:end]):
            lines.append(self._line(name) if name in self.texts else self._line(name, 404))
        if end < len(self.changes):
            lines.append(self._line("", 507))
        return self._answer("".join(lines) + f"<sync-token>t{end}</sync-token>")

    def _many(self, body: bytes) -> Response:
        hrefs = [each.text or "" for each in ET.fromstring(body).iter("{DAV:}href")]
        lines = []
        for name in (unquote(urlsplit(href).path.rpartition("/")[2]) for href in hrefs):
            if name not in self.silent:
                status = self.trouble.get(name, 200 if name in self.texts else 404)
                lines.append(self._line(name, status) if status != 200 else self._line(name, text=True))
        return self._answer("".join(lines))

    def _line(self, name: str, status: int = 200, *, text: bool = False) -> str:
        href = f"<href>{escape(self._href(name))}</href>"
        if status != 200:
            return f"<response>{href}<status>HTTP/1.1 {status} X</status></response>"
        told = f"<getetag>{escape(self.etag(name))}</getetag>" if name else ""
        if text:
            data = escape(self.texts[name])
            told += f'<address-data xmlns="urn:ietf:params:xml:ns:carddav">{data}</address-data>'
        told = f"<propstat><prop>{told}</prop><status>HTTP/1.1 200 OK</status></propstat>"
        return f"<response>{href}{told}</response>"

    def _href(self, name: str) -> str:
        return f"{self.prefix}{PATH}{quote(name, safe='')}"

    def _answer(self, lines: str) -> Response:
        body = f'<multistatus xmlns="DAV:">{lines}</multistatus>'
        return Response(status=207, headers={}, body=body.encode())
