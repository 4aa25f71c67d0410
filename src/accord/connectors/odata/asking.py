"""Reads the metadata of a service, from itself or from a file, and makes a draft of it."""

import asyncio
import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote, urlsplit

from accord.connectorkit.drafting import Asked, Draft
from accord.connectorkit.http.calls import Caller
from accord.connectorkit.http.payload import NotJson, decoded
from accord.connectorkit.http.visit import login_of, visit
from accord.connectorkit.http.workers import each
from accord.connectorkit.paths import get_at
from accord.connectorkit.urls import check_base_url
from accord.connectors.odata.drafting import drafted
from accord.connectors.odata.metadata import MetadataError, Service, read_metadata
from accord.core.errors import AccordError
from accord.runtime.clock import SystemClock

__all__ = ["draft"]

_LOOKS: Final = 60
_TIMEOUT_S: Final = 60.0
_ELSEWHERE: Final = "https://SERVER.example/PATH"


def draft(asked: Asked) -> Draft:
    """The draft of what was asked for. Raises AccordError, ConfigError."""
    is_url = "://" in asked.target
    auth = login_of(asked)
    url = (asked.target if is_url else asked.flags.get("url", "")).partition("?")[0]
    url = url.removesuffix("/").removesuffix("/$metadata")
    if url:
        try:
            check_base_url(url)
        except ValueError as error:
            raise AccordError(f"the address {error}", remedy="Name the root of the service") from None
    with_etags: frozenset[str] = frozenset()
    if is_url:
        service, with_etags = asyncio.run(_asked(url, asked))
    else:
        service = _service(_read(asked), asked)
    return _made(service, asked, url, auth, with_etags)


def _service(text: bytes, asked: Asked) -> Service:
    try:
        return read_metadata(text)
    except MetadataError as error:
        raise AccordError(
            f"{asked.target} is no metadata that can be read: {error}",
            remedy="Name the root of an OData v4 service, or a file that holds what its $metadata answers.",
        ) from None


def _made(
    service: Service, asked: Asked, url: str, auth: Mapping[str, Any] | None, with_etags: frozenset[str]
) -> Draft:
    manifest, unknown = drafted(service, _name(asked, url), url or _ELSEWHERE, auth, with_etags)
    if not manifest["types"]:
        raise AccordError(
            "none of its entity sets can be used: " + "; ".join(unknown),
            remedy="Ask whoever runs the service for sets that have a key of one property.",
        )
    if not url:
        unknown.insert(0, "where the service is: write it to base_url")
    if auth is None:
        unknown.insert(0, "how to log in: add auth (kind basic, bearer, oauth2_client_credentials …)")
    unknown.append("whether it tells deletes: no delta is used, a sweep of ids and a fetch prove them (S10)")
    head = [
        f"Drafted by accord connect odata {'URL' if '://' in asked.target else asked.target}.",
        "What metadata do not tell is assumed, and marked so: compare it, correct it, take the mark away.",
        "docs/reference/connectors/odata.md tells what was verified with which servers.",
    ]
    return Draft(manifest=manifest, head=head, unknown=unknown)


def _name(asked: Asked, url: str) -> str:
    """That of the file, of the last step of the address, or of the metadata's file."""
    source = urlsplit(url).path.strip("/").rpartition("/")[2] if url else ""
    if re.fullmatch(r"v?[\d.]*", source):
        source = (urlsplit(url).hostname or "") if url else ""
    if not source and "://" not in asked.target:
        source = re.sub(r"\.[a-z]+$", "", asked.target.replace("\\", "/").rpartition("/")[2])
    name = re.sub(r"[^a-z0-9]+", "_", (asked.name or source or "odata").lower()).strip("_")
    return name if name[:1].isalpha() else f"odata_{name}".rstrip("_")


def _read(asked: Asked) -> bytes:
    try:
        return (asked.folder / asked.target).read_bytes()
    except OSError as error:
        raise AccordError(
            f"{asked.target} can not be read: {error.strerror or 'no reason is told'}",
            remedy="Name a file that holds what $metadata answers, or the address of the service.",
        ) from None


async def _asked(url: str, asked: Asked) -> tuple[Service, frozenset[str]]:
    """The service, and those of its sets whose first record bears an ETag although none is promised."""
    headers = {"Accept": "application/xml, application/json;q=0.9", "OData-MaxVersion": "4.01"}
    async with visit("odata", url, asked, SystemClock(), headers) as caller:
        service = _service(await _fetched(url, caller), asked)
        silent = [it.name for it in service.sets if "Core.OptimisticConcurrency" not in it.terms]
        found = await each(silent[:_LOOKS], lambda name: _bears_etag(url, name, caller), 4)
        return service, frozenset(name for name, bears in zip(silent, found, strict=False) if bears)


async def _fetched(url: str, caller: Caller) -> bytes:
    try:
        answer, _ = await caller.get(f"{url}/$metadata", "$metadata", timeout_s=_TIMEOUT_S)
    except AccordError as error:
        raise AccordError(
            f"$metadata can not be read: {error}",
            remedy="Look at the address; log in with --user and --password, or --token; or save $metadata to a FILE.",
        ) from None
    if answer.status != 200:
        raise AccordError(
            f"$metadata is answered with status {answer.status}",
            remedy="Name the root of the service: the address without $metadata, as in https://HOST/odata/v4/sales.",
        )
    return answer.body


async def _bears_etag(url: str, name: str, caller: Caller) -> bool:
    """Of its first record nothing else is looked at. What can not be read now is not known."""
    try:
        answer, _ = await caller.get(f"{url}/{quote(name)}?$top=1", name, timeout_s=_TIMEOUT_S)
        rows = get_at(decoded(answer.body), "value")
    except (AccordError, NotJson):
        return False
    return isinstance(rows, list) and any(isinstance(row, dict) and "@odata.etag" in row for row in rows)
