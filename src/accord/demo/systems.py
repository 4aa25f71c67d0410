"""The two systems as their users meet them: their own APIs, and people's door of the sandboxes."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from http.client import HTTPConnection
from typing import Any, Final, NamedTuple
from urllib.parse import quote, urlencode, urlsplit

import msgspec

from accord.core.errors import AccordError

__all__ = ["SECRETS", "Calls", "Crm", "Erp", "System"]

SECRETS: Final = {
    "CRMOFFICE_CLIENT_ID": "demo",
    "CRMOFFICE_CLIENT_SECRET": "sandbox",
    "CRMOFFICE_REFRESH_TOKEN": "sandbox",
    "CUSTOMERP_API_KEY": "sandbox",
}
"""What the environment of the program holds: the sandboxes take these from anybody."""

_TIMEOUT_S: Final = 60


class Calls(NamedTuple):
    """What a system was asked for, counted by itself."""

    reads: int
    writes: int


class System(ABC):
    """One system over HTTP. `names` are the paths of its entity types."""

    name = ""
    names: Mapping[str, str] = {}

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.url, self._base = url, parts.path.rstrip("/")
        self._connection = HTTPConnection(parts.hostname or "", parts.port, timeout=_TIMEOUT_S)
        self.headers: dict[str, str] = {}

    def listing(self, kind: str) -> dict[str, dict[str, Any]]:
        """All records of an entity type by id, page by page, through the system's own API."""
        return {str(body["id"]): body for body in self._pages(f"{self._base}/{self.names[kind]}")}

    def read(self, kind: str, record_id: str) -> dict[str, Any] | None:
        """One record through the system's own API; None: there is none."""
        path = f"{self._base}/{self.names[kind]}/{quote(record_id, safe='')}"
        status, body = self.call("GET", path, headers=self.headers)
        return body if status == 200 else None

    def edit(self, kind: str, record_id: str, changes: Mapping[str, Any]) -> None:
        """A person changes a record."""
        self._person("PATCH", f"records/{kind}/{quote(record_id, safe='')}", changes)

    def enter(self, kind: str, body: Mapping[str, Any]) -> str:
        """A person enters a record; its id."""
        return str(self._person("POST", f"records/{kind}", body)["id"])

    def delete(self, kind: str, record_id: str) -> None:
        """A person deletes a record."""
        self._person("DELETE", f"records/{kind}/{quote(record_id, safe='')}")

    def calls(self, *, forget: bool = False) -> Calls:
        """Calls of the API since the start, or since they were last forgotten."""
        counts = self._person("DELETE" if forget else "GET", "calls")["calls"]
        writes = sum(counts.get(kind, 0) for kind in ("create", "update", "delete"))
        return Calls(sum(counts.values()) - writes, writes)

    def call(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> tuple[int, Any]:
        """Status and decoded body of one call."""
        self._connection.request(method, path, body, dict(headers or {}))
        response = self._connection.getresponse()
        text = response.read()
        return response.status, msgspec.json.decode(text) if text else None

    def close(self) -> None:
        """Let go of the connection."""
        self._connection.close()

    def _person(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        sent = None if body is None else msgspec.json.encode(body)
        status, answer = self.call(method, f"/_sandbox/{path}", sent)
        if status >= 300:
            raise AccordError(f"{self.name} refused {method} {path}: {answer}")
        return answer

    @abstractmethod
    def _pages(self, path: str) -> Iterator[dict[str, Any]]:
        """All records below a path."""

    def _page(self, path: str, query: Mapping[str, Any]) -> Any:
        status, answer = self.call("GET", f"{path}?{urlencode(query)}", headers=self.headers)
        if status != 200:
            raise AccordError(f"{self.name} answered GET {path} with {status}: {answer}")
        return answer


class Crm(System):
    """CRMOffice: OAuth 2, pages by token."""

    name = "crmoffice"
    names: Mapping[str, str] = {"Contacts": "contacts", "Companies": "companies", "Activities": "activities"}

    def __init__(self, url: str) -> None:
        super().__init__(url)
        form = {"grant_type": "refresh_token", "client_id": SECRETS["CRMOFFICE_CLIENT_ID"]}
        form["client_secret"] = form["refresh_token"] = "sandbox"  # noqa: S105  # known to all, by intent
        status, answer = self.call("POST", "/_token", urlencode(form).encode())
        if status != 200:
            raise AccordError(f"crmoffice gave no token: {status}")
        self.headers = {"Authorization": f"Bearer {answer['access_token']}"}

    def _pages(self, path: str) -> Iterator[dict[str, Any]]:
        query: dict[str, Any] = {"limit": 500}
        while True:
            answer = self._page(path, query)
            yield from answer["items"]
            if not answer.get("next"):
                return
            query["cursor"] = answer["next"]


class Erp(System):
    """The ERP: a key in a header, pages by offset."""

    name = "customerp"
    names: Mapping[str, str] = {"Contact": "contacts", "Product": "products", "Project": "projects"}

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.headers = {"X-Api-Key": SECRETS["CUSTOMERP_API_KEY"]}

    def _pages(self, path: str) -> Iterator[dict[str, Any]]:
        skip = 0
        while items := self._page(path, {"take": 500, "skip": skip})["data"]:
            yield from items
            skip += len(items)
