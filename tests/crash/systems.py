"""Three real servers and the project that ties them: how each finds a create again, replaces and tells of deletes
differs."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import yaml

from accord.runtime.crash_points import VARIABLE
from tests.e2e.shop import Result, Sandbox, call, run_here

__all__ = ["NOTE", "SYSTEMS", "Business"]

SYSTEMS = ("crm", "erp", "shop")
NOTE = "note"
"""The property whose row in the ERP comes and goes, for a changed configuration."""

_KEY: dict[str, Any] = {"idempotency": {"valid_s": 3600}}
_OWN: dict[str, Any] = {
    "crm": {**_KEY, "tombstones": {"property": "deleted"}},
    "erp": {
        "our_id": {"property": "ref", "unique": True},
        "search": {"our_id": "ref", "deleted": True},
        "max_request_s": 0.3,
        "tombstones": {"property": "deleted"},
    },
    "shop": {**_KEY, "update": "replace", "sweep_s": 0},
}
_COMPANY: dict[str, Any] = {"code": {}, "name": {}, "city": {}, "note": {}}
_PERSON: dict[str, Any] = {
    "email": {},
    "name": {},
    "phone": {},
    "company": {"type": "integer", "reference": "Company"},
}


def _manifest(name: str) -> dict[str, Any]:
    alike = {
        "id": {"property": "id", "type": "integer"},
        "version": {"property": "rev", "etag": True, "order": "ordered", "exact": True},
        "conditional": "If-Match",
        "modified": {"property": "changed", "resolution": "us"},
        "created": "made",
        "update": "patch",
        "page": {"style": "cursor", "size": 5, "next": "next", "items": "items"},
        "changes": {"parameter": "since", "format": "iso"},
        "absent": dict.fromkeys(("listing", "feed", "fetch", "reply"), "null"),
        "confirm_s": 0.05,
        "max_request_s": 5,
        **_OWN[name],
    }
    return {
        "name": name,
        "base_url": "http://127.0.0.1:9",
        "types": {
            "Company": {**alike, "path": "companies", "properties": _COMPANY},
            "Person": {**alike, "path": "people", "properties": _PERSON},
        },
    }


def _project(urls: dict[str, str], *, noted: bool) -> dict[str, Any]:
    company = {name: name for name in _COMPANY}
    person = {name: name for name in _PERSON}
    mappings: dict[str, Any] = {}
    for system in SYSTEMS:
        rows = {n: p for n, p in company.items() if noted or system != "erp" or n != NOTE}
        mappings[f"{system}.Company"] = {"concept": "company", "properties": rows}
        mappings[f"{system}.Person"] = {"concept": "person", "properties": person}
    return {
        "version": 1,
        "name": "crashes",
        "systems": {
            name: {"connector": f"./{name}.yaml", "priority": 3 - rank, "url": urls[name]}
            for rank, name in enumerate(SYSTEMS)
        },
        "concepts": {
            "company": {
                "properties": dict.fromkeys(company, "string"),
                "match": [["code"]],
                "delete": "propagate",
            },
            "person": {
                "properties": {
                    **dict.fromkeys(person, "string"),
                    "company": {"type": "reference", "to": "company"},
                },
                "match": [["email"]],
                "delete": "propagate",
            },
        },
        "mappings": mappings,
    }


class Business:
    """The project in a folder, and its servers, each a process of its own; they live through all crashes."""

    def __init__(self, folder: Path, state: str = "") -> None:
        """`state`: what accord.yaml says of the store."""
        self.folder, self.state = folder / "business", state
        self.folder.mkdir()
        for name in SYSTEMS:
            text = yaml.safe_dump(_manifest(name))
            (self.folder / f"{name}.yaml").write_text(text, encoding="utf-8")
        self.servers = {name: Sandbox(self.folder / f"{name}.yaml") for name in SYSTEMS}
        self.configure(noted=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for server in self.servers.values():
            server.stop()

    @property
    def store(self) -> Path:
        """The state of the project."""
        return self.folder / ".accord" / "state.db"

    def configure(self, *, noted: bool) -> None:
        """Write accord.yaml; without `noted` the ERP's notes are not mapped."""
        project = _project({name: server.url for name, server in self.servers.items()}, noted=noted)
        if self.state:
            project["store"] = self.state
        (self.folder / "accord.yaml").write_text(yaml.safe_dump(project, sort_keys=False), encoding="utf-8")

    def accord(self, *args: str) -> Result:
        """Call the program in this process, which is quick."""
        return run_here("-C", str(self.folder), *args)

    @contextmanager
    def program(self, *args: str, crash_at: str = "", **options: Any) -> Iterator[subprocess.Popen[str]]:
        """Call the program in a process of its own, which kills itself at a named moment, or lives."""
        env = {**options.pop("env", os.environ), VARIABLE: crash_at}
        command = [sys.executable, "-m", "accord", "-C", str(self.folder), *args]
        pipes: dict[str, Any] = {
            "stdout": subprocess.PIPE,
            "stderr": subprocess.PIPE,
            "text": True,
            "env": env,
        }
        with subprocess.Popen(command, **{**pipes, **options}) as started:
            try:
                yield started
            finally:
                if started.poll() is None:
                    started.send_signal(signal.SIGKILL)

    def listed(self, system: str, type_name: str) -> list[dict[str, Any]]:
        """All records that the system's own API lists, page by page."""
        path = {"Company": "companies", "Person": "people"}[type_name]
        rows: list[dict[str, Any]] = []
        following = ""
        while True:
            page = call(
                "GET",
                f"{self.servers[system].url}/{path}?{_NEXT}={following}"
                if following
                else f"{self.servers[system].url}/{path}",
            )
            rows += [row for row in page["items"] if not row.get("deleted")]
            following = page.get("next") or ""
            if not following:
                return rows

    def ever(self, system: str, type_name: str) -> list[dict[str, Any]]:
        """All records that there ever were in a system, deleted ones too."""
        url = f"{self.servers[system].url}/_sandbox/records/{type_name}?scope=all&limit=10000"
        found: list[dict[str, Any]] = call("GET", url)["items"]
        return found


_NEXT = "cursor"
