"""A manifest from a GraphQL schema: lists in pages, records by their ids, and the mutations that give such a record."""

import asyncio
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from msgspec import Struct

from accord.connectorkit.drafting import Asked, Draft
from accord.connectorkit.http.payload import NotJson, decoded, encoded
from accord.connectorkit.http.transport import Request
from accord.connectorkit.http.visit import login_of, visit
from accord.connectorkit.urls import check_base_url
from accord.connectors.graphql.schema import INTROSPECTION, Of, Schema, of
from accord.core.errors import AccordError
from accord.runtime.clock import SystemClock

__all__ = ["draft", "drafted"]

_ELSEWHERE: Final = "https://SERVER.example/graphql"
_SCALARS: Final = {
    "Int": "integer", "BigInt": "string", "Float": "float", "BigFloat": "decimal", "Decimal": "decimal",
    "Boolean": "boolean", "Date": "date", "DateTime": "datetime", "Datetime": "datetime", "Timestamp": "datetime",
    "Time": "time",
}  # fmt: skip
_MODIFIED: Final = re.compile(r"(last)?(updated|modified|changed)(At|On|Time|Date)?", re.IGNORECASE)
_CREATED: Final = re.compile(r"(created|inserted|made)(At|On|Time|Date)?", re.IGNORECASE)
_VERSION: Final = re.compile(r"(row|lock)?(version|rev(ision)?)", re.IGNORECASE)
_LATER: Final = ("greaterThanOrEqualTo", "gte", "_gte", "ge", "greaterThan", "gt", "_gt", "after", "since")
_KINDS: Final = {
    "create": re.compile(r"(create|add|insert|new)(?=[A-Z_])|.*[a-z]Create$"),
    "update": re.compile(r"(update|edit|patch|modify|change)(?=[A-Z_])|.*[a-z]Update$"),
    "delete": re.compile(r"(delete|remove|destroy)(?=[A-Z_])|.*[a-z]Delete$"),
}


class _List(Struct):
    """A field of Query that lists records of a type: where these stand below it, and what its pages want."""

    field: str
    node: str
    at: str
    pages: bool
    after: str
    filter: tuple[str, str] = ("", "")
    """The argument that filters, and its type."""


def draft(asked: Asked) -> Draft:
    """The draft of what was asked for. Raises AccordError, ConfigError."""
    is_url = "://" in asked.target
    url = asked.target if is_url else asked.flags.get("url", "")
    if url:
        try:
            check_base_url(url)
        except ValueError as error:
            raise AccordError(f"the address {error}", remedy="Name the address of the API itself") from None
    said = asyncio.run(_introspected(asked)) if is_url else _read(asked)
    try:
        schema = Schema(said)
    except ValueError as error:
        raise AccordError(
            f"{asked.target} tells no schema: {error}",
            remedy="Name a GraphQL API that may be introspected, or a FILE with the answer to an introspection query",
        ) from None
    unknown: list[str] = []
    types = drafted(schema, unknown)
    if not types:
        raise AccordError(
            "nothing in the schema is a list of records of which each can be asked for by its id",
            remedy="State the queries by hand: docs/reference/connectors/graphql.md shows them",
        )
    if not url:
        unknown.insert(0, "where the API is: write it to base_url")
    auth = login_of(asked)
    if auth is None:
        unknown.insert(0, "how to log in: add auth (kind bearer, basic, api_key …)")
    file = asked.target.replace("\\", "/").rpartition("/")[2].partition(".")[0]
    source = (urlsplit(url).hostname or "") if url else file
    name = re.sub(r"[^a-z0-9]+", "_", (asked.name or source).lower()).strip("_")
    manifest: dict[str, Any] = {
        "name": name if name[:1].isalpha() else f"graph_{name}".rstrip("_"),
        "kind": "graphql",
        "base_url": url or _ELSEWHERE,
    }
    if auth is not None:
        manifest["auth"] = auth
    return Draft(
        manifest={**manifest, "types": types},
        head=["Drafted from a GraphQL schema, whose names were taken for what they usually mean."],
        unknown=unknown,
    )


def drafted(schema: Schema, unknown: list[str]) -> dict[str, Any]:
    """Entity types by name."""
    lists = {it.node: it for it in _lists(schema)}
    types: dict[str, Any] = {}
    for node, it in lists.items():
        one = _one(schema, node)
        if one is None:
            unknown.append(f"{it.field}: how one of its records is asked for by its id; it was left out")
            continue
        types[node] = _type(schema, it, one, set(lists), unknown)
    return types


def _lists(schema: Schema) -> Iterator[_List]:
    for name, field in schema.queries.items():
        what = of(field["type"])
        args = {str(each["name"]): of(each["type"]) for each in field["args"]}
        if any(each.is_required for each in args.values()):
            continue
        inner = schema.fields(what.name)
        after = args["after"].text if "after" in args else ""
        by = next(((each, args[each].name) for each in ("filter", "where") if each in args), ("", ""))
        pages = "pageInfo" in inner and {"first", "after"} <= args.keys()
        if what.is_list and schema.kind(what.name) == "OBJECT":
            yield _List(name, what.name, name, pages=False, after="", filter=by)
        elif "nodes" in inner:
            yield _List(name, of(inner["nodes"]["type"]).name, f"{name}.nodes", pages, after, by)
        elif "edges" in inner:
            edge = schema.fields(of(inner["edges"]["type"]).name)
            if "node" in edge:
                yield _List(name, of(edge["node"]["type"]).name, f"{name}.edges[].node", pages, after, by)


def _one(schema: Schema, node: str) -> tuple[str, str, Of] | None:
    """(field, argument, its type) that gives one record by an id of its own."""
    own = schema.fields(node)
    found = []
    for name, field in schema.queries.items():
        args = {str(each["name"]): of(each["type"]) for each in field["args"]}
        needed = [each for each, what in args.items() if what.is_required]
        if (
            of(field["type"]).name == node
            and not of(field["type"]).is_list
            and len(needed) == 1
            and needed[0] in own
        ):
            found.append((name, needed[0], args[needed[0]]))
    return next((it for it in found if it[1] == "id"), found[0] if found else None)


def _type(
    schema: Schema, it: _List, one: tuple[str, str, Of], nodes: set[str], unknown: list[str]
) -> dict[str, Any]:
    field, key, key_type = one
    calls = {kind: _mutation(schema, kind, it.node, key) for kind in _KINDS}
    sent = {kind: found[1] for kind, found in calls.items() if found is not None}
    properties = _properties(schema, it.node, key, sent, nodes)
    made: dict[str, Any] = {
        "path": it.field,
        "id": {"property": key, "type": "integer"} if key_type.name == "Int" else {"property": key},
        "update": "patch",
        "absent": dict.fromkeys(("listing", "feed", "fetch", "reply"), None),
    }
    times = [path for path, spec in properties.items() if spec.get("type") == "datetime"]
    modified = next((path for path in times if _MODIFIED.fullmatch(path)), "")
    version = next((path for path, spec in properties.items() if _VERSION.fullmatch(path)), "")
    if modified:
        made["modified"] = modified
    if created := next((path for path in times if _CREATED.fullmatch(path)), ""):
        made["created"] = created
    if version:
        counted = properties[version].get("type") == "integer"
        made["version"] = {"property": version, "order": "ordered" if counted else "opaque", "exact": True}
    elif modified:
        made["version"] = {"property": modified, "order": "ordered"}
    else:
        unknown.append(f"{it.node}: how versions are told; edits in between are found by comparing")
    since = _since(schema, it, modified)
    if since:
        made["changes"] = {"parameter": "since", "format": "iso"}
        made["lag_s"] = 2
        made["assumed"] = {"lag_s": "nothing tells how long lists trail"}
    else:
        unknown.append(f"{it.node}: how changes are asked for; see changes and options.filter")
    options = _listing(it, since)
    options["one"] = {
        "query": f"query($id: {key_type.text}) {{ {field}({key}: $id) {{fields}} }}",
        "at": field,
    }
    for kind, found in calls.items():
        if found is not None:
            options[kind] = found[0]
        else:
            unknown.append(f"{it.node}: which mutation is a {kind}; it can not be done")
    return {**made, "options": options, "properties": properties}


def _listing(it: _List, since: Mapping[str, Any]) -> dict[str, Any]:
    """The options that ask for lists."""
    inner = "pageInfo { hasNextPage endCursor }" if it.pages else ""
    shape = {"nodes": "nodes {fields}", "node": "edges { node {fields} }"}.get(it.at.rpartition(".")[2], "")
    variables = ["$first: Int", f"$after: {it.after}"] if it.pages else []
    given = ["first: $first", "after: $after"] if it.pages else []
    if since:
        variables.append(f"$filter: {it.filter[1]}")
        given.append(f"{it.filter[0]}: $filter")
    head = f"query({', '.join(variables)})" if variables else "query"
    args = f"({', '.join(given)})" if given else ""
    body = f"{{ {shape} {inner}".rstrip() + " }" if shape else "{fields}"
    options: dict[str, Any] = {"list": {"query": f"{head} {{ {it.field}{args} {body} }}", "at": it.at}}
    if since:
        options["filter"] = {"since": since}
    if it.pages:
        options["info"] = f"{it.field}.pageInfo"
    return options


def _since(schema: Schema, it: _List, modified: str) -> dict[str, Any]:
    """The filter for what changed since; {}: there is none."""
    field = schema.inputs(it.filter[1]).get(modified)
    told = schema.inputs(field.name) if field is not None else {}
    later = next((each for each in _LATER if each in told), "")
    return {modified: {later: "{}"}} if later else {}


def _mutation(schema: Schema, kind: str, node: str, key: str) -> tuple[dict[str, str], str] | None:
    """A call that creates, updates or deletes, and the input type that holds the properties ("" of a delete)."""
    for name, field in schema.mutations.items():
        if not _KINDS[kind].match(name) or node.lower() not in name.lower().replace("_", ""):
            continue
        payload = of(field["type"])
        shown = next(
            (each for each, told in schema.fields(payload.name).items() if of(told["type"]).name == node), ""
        )
        args = {str(each["name"]): of(each["type"]) for each in field["args"]}
        made = _call(schema, kind, key, node, args)
        if made is None:
            continue
        head, inside, body = made
        if payload.name == node:
            return {"query": f"mutation({head}) {{ {name}({inside}) {{fields}} }}", "at": name}, body
        if kind == "delete":
            told = next(
                (each for each in schema.fields(payload.name) if each != "clientMutationId"), "__typename"
            )
            leaf = (
                told
                if not schema.fields(of(schema.fields(payload.name)[told]["type"]).name)
                else "__typename"
            )
            return {
                "query": f"mutation({head}) {{ {name}({inside}) {{ {leaf} }} }}",
                "at": f"{name}.{leaf}",
            }, body
        if shown:
            errors = "userErrors { field message }" if "userErrors" in schema.fields(payload.name) else ""
            fields = f"{{ {shown} {{fields}} {errors}".rstrip() + " }"
            return {
                "query": f"mutation({head}) {{ {name}({inside}) {fields} }}",
                "at": f"{name}.{shown}",
            }, body
    return None


def _call(
    schema: Schema, kind: str, key: str, node: str, args: Mapping[str, Of]
) -> tuple[str, str, str] | None:
    """(variables, arguments, input type) of a mutation, whose input may stand inside an argument `input`."""
    wrapped = (
        "input" in args and len([each for each in args.values() if each.is_required]) <= 1 and len(args) == 1
    )
    fields = schema.inputs(args["input"].name) if wrapped else dict(args)
    holder = [each for each, what in fields.items() if schema.kind(what.name) == "INPUT_OBJECT"]
    own = set(schema.fields(node)) - {key}
    body = next((each for each in holder if own & set(schema.inputs(fields[each].name))), "")
    parts: list[tuple[str, str, str]] = []
    if kind != "create":
        if key not in fields:
            return None
        parts.append((key, "id", fields[key].text))
    if kind != "delete":
        if not body and not (wrapped and own & set(fields)):
            return None
        if not body:  # the properties stand in the input itself
            if kind != "create":
                return None
            return f"$input: {args['input'].text}", "input: $input", args["input"].name
        parts.append((body, "input", fields[body].text))
    head = ", ".join(f"${variable}: {text}" for _, variable, text in parts)
    inside = ", ".join(f"{each}: ${variable}" for each, variable, _ in parts)
    used = fields[body].name if kind != "delete" and body else ""
    return head, f"input: {{{inside}}}" if wrapped else inside, used


def _properties(
    schema: Schema, node: str, key: str, sent: Mapping[str, str], nodes: set[str]
) -> dict[str, Any]:
    creates, updates = (schema.inputs(sent.get(kind) or "") for kind in ("create", "update"))
    found: dict[str, Any] = {}
    for name, field in schema.fields(node).items():
        what = of(field["type"])
        if (
            name in (key, "nodeId", "__typename")
            or field["args"]
            or schema.kind(what.name) not in ("SCALAR", "ENUM")
        ):
            continue
        spec: dict[str, Any] = {"type": "list"} if what.is_list else {}
        if not what.is_list and (kind := _SCALARS.get(what.name, "string")) != "string":
            spec["type"] = kind
        if schema.kind(what.name) == "ENUM" and not what.is_list:
            spec["enum"] = schema.choices(what.name)
        if _is_stamp(name, spec):
            spec |= {"read_only": True, "assumed": {"read_only": "by its name"}}
        elif name not in creates and name not in updates:
            spec["read_only"] = True
        elif name not in updates and updates:
            spec["create_only"] = True
        if name in creates and creates[name].is_required:
            spec["required"] = True
        target = next(
            (each for each in nodes if name.lower() in (f"{each.lower()}id", f"{each.lower()}_id")), ""
        )
        if target:
            spec |= {"reference": target, "assumed": {"reference": "by its name"}}
        found[name] = spec
    return found


def _is_stamp(name: str, spec: Mapping[str, Any]) -> bool:
    """A time or version that the system itself writes."""
    time = spec.get("type") == "datetime" and (_MODIFIED.fullmatch(name) or _CREATED.fullmatch(name))
    return bool(time or _VERSION.fullmatch(name))


def _read(asked: Asked) -> Any:
    try:
        return json.loads((asked.folder / asked.target).read_bytes())
    except OSError as error:
        why = error.strerror or "no reason is told"
        remedy = "Name the file with the answer to an introspection query, or the address of the API"
        raise AccordError(f"{asked.target} can not be read: {why}", remedy=remedy) from None
    except ValueError as error:
        remedy = "Name a file of JSON: what the API answers to an introspection query"
        raise AccordError(f"{asked.target} is no JSON: {error}", remedy=remedy) from None


async def _introspected(asked: Asked) -> Any:
    headers = {"Content-Type": "application/json"}
    async with visit("graphql", asked.target, asked, SystemClock(), headers) as caller:
        request = Request(method="POST", url=asked.target, body=encoded({"query": INTROSPECTION}))
        answer, _ = await caller.ask(request, urlsplit(asked.target).path or "/")
    try:
        return decoded(answer.body)
    except NotJson as error:
        raise AccordError(
            f"{asked.target} answers no JSON (status {answer.status}): {error}",
            remedy="Name the address of the API; log in with --token env:NAME",
        ) from None
