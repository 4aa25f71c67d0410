"""How an API cuts its lists, tells changes and versions, and finds records again: by names that such things bear."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from accord.connectors.openapi.document import Api
from accord.connectors.openapi.properties import leaves_of
from accord.connectors.openapi.resources import Resource

__all__ = ["changes_of", "errors_of", "page_of", "times_of", "version_of"]

_SIZE: Final = re.compile(
    r"(per_?page|page_?size|page\[size\]|page\[limit\]|limit|count|size|max_?results|top|\$top|take)",
    re.IGNORECASE,
)
_NUMBER: Final = re.compile(r"(page|page_?(number|no|index)|page\[number\]|p)", re.IGNORECASE)
_OFFSET: Final = re.compile(r"(offset|skip|\$skip|start|start_?(at|index)|page\[offset\])", re.IGNORECASE)
_CURSOR: Final = re.compile(
    r"(cursor|after|(next_?)?page_?token|starting_?after|continuation(_?token)?|page\[(after|cursor)\]|next)",
    re.IGNORECASE,
)
_NEXT_TOKEN: Final = re.compile(
    r"((end|next)_?cursor|next_?(page_?)?token|next|after|cursor|continuation(_?token)?)", re.IGNORECASE
)
_NEXT_LINK: Final = re.compile(r"(next(_?(link|url|page(_?url)?))?|@odata\.nextLink|href)", re.IGNORECASE)
_SINCE: Final = re.compile(
    r"((updated|modified|changed|last_?(updated|modified|changed)|updated_?at|modified_?at)[_\[.]?(since|after|from|gte|gt|min)\]?"
    r"|since|modified_?since|filter\[(updated|modified)(_?at)?\]\[(since|gte|gt)\])",
    re.IGNORECASE,
)
_MODIFIED: Final = re.compile(
    r"(last_?)?(updated|modified|changed|update|modification)(_?(at|on|time|date(_?time)?))?", re.IGNORECASE
)
_CREATED: Final = re.compile(r"(created|creation|inserted)(_?(at|on|time|date(_?time)?))?", re.IGNORECASE)
_VERSION: Final = re.compile(
    r"(_?version|_?rev(ision)?|row_?version|lock_?version|etag|_etag)", re.IGNORECASE
)
_MESSAGES: Final = (
    "error.message",
    "message",
    "detail",
    "error_description",
    "title",
    "error",
    "errors[].message",
    "errors[].detail",
)
_AT_FAULT: Final = (
    "errors[].field",
    "errors[].property",
    "errors[].path",
    "error.field",
    "field",
    "violations[].field",
    "details[].field",
)


def page_of(api: Api, it: Resource, unknown: list[str]) -> dict[str, Any]:
    """The `page` of a manifest."""
    told = _query(it.listed)
    size = next((name for name in told if _SIZE.fullmatch(name)), "")
    sized = {"size_parameter": size, "size": _most(api, told.get(size))} if size else {"size_parameter": ""}
    found = {"items": it.items} if it.items else {}
    cursor, link = _next_in(api, it.listing, _NEXT_TOKEN), _next_in(api, it.listing, _NEXT_LINK, is_link=True)
    parameter = next((name for name in told if _CURSOR.fullmatch(name)), "")
    if parameter and cursor:
        return {"style": "cursor", "parameter": parameter, "next": cursor, **sized, **found}
    if link:
        return {"style": "next_link", "next": link, **sized, **found}
    _, headers = api.reply(it.listed, "200", "2XX")
    if any(name.lower() == "link" for name in headers):
        return {"style": "link_header", **sized, **found}
    if number := next((name for name in told if _NUMBER.fullmatch(name)), ""):
        schema = api.schema(told[number].get("schema"))
        first = 0 if 0 in (schema.get("default"), schema.get("minimum")) else 1
        return {"style": "page", "parameter": number, "first": first, **sized, **found}
    if offset := next((name for name in told if _OFFSET.fullmatch(name)), ""):
        return {"style": "offset", "parameter": offset, **sized, **found}
    unknown.append(f"{it.name}: whether its list comes in pages; it is read as one answer")
    return {"style": "none", **found}


def times_of(found: Mapping[str, Mapping[str, Any]]) -> tuple[str, str]:
    """Paths of the times of the last change and of creation, "" each where there is none."""
    times = [path for path, spec in found.items() if spec.get("type") == "datetime"]
    return tuple(  # type: ignore[return-value]  # two of them
        next((path for path in times if form.fullmatch(path.rpartition(".")[2])), "")
        for form in (_MODIFIED, _CREATED)
    )


def changes_of(api: Api, it: Resource, modified: str) -> dict[str, Any] | None:
    """The filter for changes."""
    for name, told in _query(it.listed).items():
        if _SINCE.fullmatch(name) and modified:
            kind = api.schema(told.get("schema")).get("type")
            return {"parameter": name, "format": "epoch_s" if kind == "integer" else "iso"}
    return None


def version_of(
    api: Api, it: Resource, found: Mapping[str, Mapping[str, Any]], modified: str
) -> tuple[dict[str, Any] | None, str]:
    """The version of records, and the header in which a write may name it."""
    _, headers = api.reply(it.reads, "200", "2XX")
    bears = any(name.lower() == "etag" for name in headers)
    asks = any(
        each.get("in") == "header" and str(each.get("name")).lower() == "if-match"
        for operation in (it.patches, it.puts, it.deletes)
        if operation is not None
        for each in operation["parameters"]
    )
    header = "If-Match" if asks else ""
    if bears or asks:
        return {"etag": True, "order": "opaque", "exact": True}, header
    for path, spec in found.items():
        if _VERSION.fullmatch(path):
            counted = spec.get("type") == "integer"
            return {"property": path, "order": "ordered" if counted else "opaque", "exact": True}, header
    if modified:
        return {"property": modified, "order": "ordered"}, header
    return None, header


def errors_of(api: Api, it: Resource) -> dict[str, str]:
    """Where refusals tell why."""
    for operation in (it.creates, it.patches, it.puts, it.listed):
        if operation is None:
            continue
        schema, _ = api.reply(operation, "422", "400", "409", "4XX", "default")
        paths = set(_places(api, api.schema(schema)))
        said = {
            "message": next((path for path in _MESSAGES if path in paths), ""),
            "property": next((path for path in _AT_FAULT if path in paths), ""),
        }
        if any(said.values()):
            return {name: path for name, path in said.items() if path}
    return {}


def _places(api: Api, schema: Mapping[str, Any]) -> list[str]:
    found = []
    for path, spec, _ in leaves_of(api, schema):
        if spec.get("type") == "array":
            found += [f"{path}[].{inner}" for inner, _, _ in leaves_of(api, api.schema(spec.get("items")))]
        else:
            found.append(path)
    return found


def _next_in(api: Api, listing: Mapping[str, Any], form: re.Pattern[str], *, is_link: bool = False) -> str:
    for path, spec, _ in leaves_of(api, listing):
        if spec.get("type") not in ("string", "integer") or not form.fullmatch(path.rpartition(".")[2]):
            continue
        parents = path.lower().split(".")[:-1]
        looks = spec.get("format") in ("uri", "url", "uri-reference") or {"links", "_links", "link"} & set(
            parents
        )
        if is_link == bool(looks or path.lower().endswith(("link", "url"))) and (
            not path.lower().endswith("href") or "next" in path.lower()
        ):
            return path
    return ""


def _query(operation: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    told: Sequence[dict[str, Any]] = operation["parameters"]
    return {str(each.get("name")): each for each in told if each.get("in") == "query"}


def _most(api: Api, parameter: Any) -> int:
    schema = api.schema((parameter or {}).get("schema"))
    most = schema.get("maximum")
    return (
        int(most)
        if isinstance(most, int) and 0 < most <= 1000
        else min(1000, int(most))
        if isinstance(most, int) and most > 1000
        else 100
    )
