"""A manifest from an OpenAPI document: what it tells, what is believed of it, and what nobody can tell from it."""

import asyncio
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

from accord.connectorkit.drafting import Asked, Draft
from accord.connectorkit.http.visit import login_of, visit
from accord.connectorkit.urls import check_base_url
from accord.connectors.openapi.document import Api, read_api
from accord.connectors.openapi.listing import changes_of, errors_of, page_of, times_of, version_of
from accord.connectors.openapi.logins import login_in
from accord.connectors.openapi.properties import id_of, properties_of, referring
from accord.connectors.openapi.resources import Resource, resources
from accord.core.errors import AccordError, StopFlow
from accord.runtime.clock import SystemClock

__all__ = ["draft", "drafted"]

_ELSEWHERE: Final = "https://SERVER.example/"
_TIMEOUT_S: Final = 60.0
_OURS: Final = re.compile(
    r"(external|foreign|source|integration|client)_?(id|key|ref(erence)?)", re.IGNORECASE
)


def draft(asked: Asked) -> Draft:
    """The draft of what was asked for. Raises AccordError, ConfigError."""
    is_url = "://" in asked.target
    place = asked.target if is_url else str(asked.folder / asked.target)
    fetch = _Fetch(asked)
    api = read_api(fetch(place), place, fetch)
    unknown: list[str] = []
    manifest = drafted(api, asked.name or _name(api, asked), asked.flags.get("url", ""), unknown)
    if (auth := login_of(asked)) is not None:
        manifest["auth"] = auth
    if not manifest["types"]:
        raise AccordError(
            "no collection in the document has records with addresses of their own",
            remedy="Name the document of an API with paths such as /customers and /customers/{id}.",
        )
    info = api.root.get("info") or {}
    head = [
        f"Drafted from the OpenAPI document of {info.get('title') or 'an API'} {info.get('version') or ''}".rstrip()
        + ".",
        "What such a document can not tell is assumed, and marked so: compare it, correct it, take the mark away.",
    ]
    return Draft(manifest=manifest, head=head, unknown=unknown)


def drafted(api: Api, name: str, url: str, unknown: list[str]) -> dict[str, Any]:
    """The manifest, as plain data."""
    found = resources(api, unknown)
    types: dict[str, dict[str, Any]] = {}
    ids: dict[str, str] = {}
    for it in found:
        made = _type(api, it, unknown)
        if made is not None:
            types[it.name] = made
            ids[it.name] = made["id"].get("type", "string") if isinstance(made["id"], dict) else "string"
    for each, made in types.items():
        referring(made["properties"], ids, each)
    info = api.root.get("info") or {}
    manifest: dict[str, Any] = {"name": name, "title": str(info.get("title") or name)}
    manifest["base_url"] = url or _base_url(api, unknown)
    auth = login_in(api, name, unknown)
    if auth is not None:
        manifest["auth"] = auth
    manifest["types"] = types
    return manifest


def _type(api: Api, it: Resource, unknown: list[str]) -> dict[str, Any] | None:
    identity = id_of(api, it)
    if identity is None:
        unknown.append(f"{it.path}: which property is the id; it was left out")
        return None
    path, schema = identity
    assumed: dict[str, str] = {}
    made: dict[str, Any] = {"path": it.path}
    made["id"] = (
        {"property": path, "type": "integer"} if schema.get("type") == "integer" else {"property": path}
    )
    if it.record:
        made["record"] = it.record
    if it.wraps:
        made["wraps"] = it.wraps
    made["page"] = page_of(api, it, unknown)
    properties = properties_of(api, it, path, unknown)
    modified, created = times_of(properties)
    if modified:
        made["modified"] = modified
    if created:
        made["created"] = created
    version, header = version_of(api, it, properties, modified)
    if version is not None:
        made["version"] = version
        if version.get("property") == modified:
            assumed["version"] = "a time: two changes in one moment can not be told apart"
    else:
        unknown.append(f"{it.name}: how versions are told; edits in between are found by comparing")
    changes = changes_of(api, it, modified)
    if changes is not None:
        made["changes"] = changes
        made["lag_s"] = 2
        assumed["lag_s"] = "nothing tells how long lists trail"
    if header:
        made["conditional"] = header
    made["update"] = "patch" if it.patches is not None or it.puts is None else "replace"
    made |= _operations(it)
    made |= _creates(api, it, properties)
    if errors := errors_of(api, it):
        made["errors"] = errors
    if assumed:
        made["assumed"] = assumed
    unknown.append(f"{it.name}: whether and how deletes are told; a sweep of all ids proves them")
    made["properties"] = properties
    return made


def _operations(it: Resource) -> dict[str, Any]:
    found: dict[str, Any] = {}
    usual = f"{it.path.rstrip('/')}/{{id}}"
    one = it.one.replace(f"{{{it.parameter}}}", "{id}")
    if one != usual:
        found["one"] = one
    for kind, operation in (
        ("create", it.creates),
        ("update", it.patches or it.puts),
        ("delete", it.deletes),
    ):
        if operation is None:
            found[kind] = False
    return {"operations": found} if found else {}


def _creates(api: Api, it: Resource, properties: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """What answers to writes hold, and how a create is found again."""
    found: dict[str, Any] = {}
    replies: dict[str, str] = {}
    if it.creates is not None:
        schema, _ = api.reply(it.creates, "201", "200", "202", "204", "2XX")
        held = api.schema(schema).get("properties") or {}
        if not held:
            replies["create"] = "none"
        elif len(held) == 1 and not it.record:
            replies["create"] = "id"
        keys = [
            str(each.get("name"))
            for each in it.creates["parameters"]
            if each.get("in") == "header"
            and re.fullmatch(r"(x-)?idempotency-key|x-request-id", str(each.get("name")), re.IGNORECASE)
        ]
        if keys:
            found["idempotency"] = {"header": keys[0]}
        ours = [
            path for path in properties if _OURS.fullmatch(path) and not properties[path].get("read_only")
        ]
        if ours:
            found["our_id"] = {"property": ours[0]}
            told = {str(each.get("name")) for each in it.listed["parameters"] if each.get("in") == "query"}
            if ours[0] in told:
                found["search"] = {"our_id": ours[0]}
    update = it.patches or it.puts
    if update is not None and not api.reply(update, "200", "201", "2XX")[0]:
        replies["update"] = "none"
    return {**found, **({"replies": replies} if replies else {})}


def _base_url(api: Api, unknown: list[str]) -> str:
    servers = api.root.get("servers") or []
    told = servers[0] if servers and isinstance(servers[0], dict) else {}
    url = str(told.get("url") or "")
    for name, variable in (told.get("variables") or {}).items():
        url = url.replace(f"{{{name}}}", str(variable.get("default", "")))
    url = urljoin(api.place, url) if "://" in api.place else url
    try:
        return check_base_url(url)
    except ValueError:
        unknown.insert(0, "where the API is: write it to base_url")
        return _ELSEWHERE.rstrip("/") + "/" + (url.lstrip("/") if "://" not in url else "")


def _name(api: Api, asked: Asked) -> str:
    info = api.root.get("info") or {}
    source = str(info.get("title") or "") or Path(urlsplit(asked.target).path).stem
    name = re.sub(r"[^a-z0-9]+", "_", source.lower()).strip("_")
    name = re.sub(r"(^the_|_(rest_)?api$)", "", name)
    return name if name[:1].isalpha() else f"api_{name}".rstrip("_")


class _Fetch:
    """Texts of documents: files where the first one is a file, else what its host answers."""

    def __init__(self, asked: Asked) -> None:
        self._asked = asked

    def __call__(self, place: str) -> bytes:
        if "://" in self._asked.target:
            return asyncio.run(self._got(place))
        if "://" in place:
            raise StopFlow(
                f"the document refers to {place}, which is not beside it",
                remedy="Bundle it into one file first: npx @redocly/cli bundle FILE",
            )
        try:
            return Path(place).read_bytes()
        except OSError as error:
            raise AccordError(
                f"{place} can not be read: {error.strerror or 'no reason is told'}",
                remedy="Name the file or the address of an OpenAPI document.",
            ) from None

    async def _got(self, url: str) -> bytes:
        headers = {"Accept": "application/json, application/yaml;q=0.9, */*;q=0.5"}
        async with visit("openapi", self._asked.target, self._asked, SystemClock(), headers) as caller:
            if not caller.is_own(url):
                raise StopFlow(
                    f"the document refers to {url}, which is at another host",
                    remedy="Save it to a file, bundled into one: npx @redocly/cli bundle URL",
                )
            answer, _ = await caller.get(url, urlsplit(url).path, timeout_s=_TIMEOUT_S)
        if answer.status != 200:
            raise AccordError(
                f"{url} is answered with status {answer.status}",
                remedy="Name the address of the document; log in with --user and --password, or --token.",
            )
        return answer.body
