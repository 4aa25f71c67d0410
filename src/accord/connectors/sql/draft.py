"""Drafts the manifest of a database by looking at it: tables, keys, references, types, lengths, what must be there."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from accord.connectorkit.drafting import Asked, Draft, Drafter
from accord.connectorkit.http.visit import LOGIN_FLAGS
from accord.connectors.sql.statements import log_statements, notify_statements
from accord.core.errors import StopFlow

if TYPE_CHECKING:
    from sqlalchemy import Engine, Inspector

__all__ = ["DRAFTER"]

_OURS: Final = re.compile(r"(accord|external|foreign|integration)_?(id|key|ref)", re.IGNORECASE)
_MODIFIED: Final = re.compile(
    r"(updated|modified|changed|last_?(update|change|modifi\w*))(_?(at|on|time|date|d))?", re.IGNORECASE
)
_CREATED: Final = re.compile(r"(created|inserted|made)(_?(at|on|time|date))?", re.IGNORECASE)
_VERSION: Final = re.compile(r"(row_?)?(version|rev|revision)(_?no)?", re.IGNORECASE)
_FLAG: Final = re.compile(r"(is_?)?(deleted|removed)(_?at)?", re.IGNORECASE)
_BYTES: Final = ("BYTEA", "BLOB", "LONGBLOB", "VARBINARY")
_TYPES: Final = (
    ("Boolean", "boolean"),
    ("Integer", "integer"),
    ("Float", "float"),
    ("Numeric", "decimal"),
    ("DateTime", "datetime"),
    ("Date", "date"),
    ("Time", "time"),
    ("JSON", "object"),
)


def _draft(asked: Asked) -> Draft:
    from sqlalchemy import inspect

    engine = _opened(asked)
    schema = asked.flags.get("schema") or None
    unknown: list[str] = []
    types: dict[str, Any] = {}
    with engine.connect() as connection:
        looked = inspect(connection)
        views = set(looked.get_view_names(schema))
        names = [*looked.get_table_names(schema), *sorted(views)]
        by_table = {name: _type_name(name) for name in names}
        for name in names:
            made = _type(looked, name, schema, by_table, unknown, is_view=name in views)
            if made is not None:
                types[by_table[name]] = made
    engine.dispose()
    if not types:
        raise StopFlow(
            "no table there has a key, so none can be kept in sync", remedy="Name another --schema"
        )
    _without_dangling(types, unknown)
    manifest = _top(asked, engine.url.database or "") | {"types": types}
    return Draft(
        manifest=manifest,
        head=["What the database told of itself when this was written."],
        unknown=unknown,
        says=_to_be_told(asked, manifest, engine.url.username or ""),
    )


def _to_be_told(asked: Asked, manifest: dict[str, Any], user: str) -> list[str]:
    """Settings for a database that tells of changes by itself, and the statements that somebody has to run for that."""
    channel, publication = asked.flags.get("notify", ""), asked.flags.get("log", "")
    if not (channel or publication):
        return []
    if not asked.target.startswith("postgres"):
        raise StopFlow("only PostgreSQL tells of changes by itself", remedy="Leave out --notify and --log")
    tables = [it for it in manifest["types"].values() if it.get("operations", {}).get("create", True)]
    paths = [it["path"] for it in tables]
    says: list[str] = []
    if channel:
        manifest["options"] = {"notify": channel}
        says += notify_statements(channel, paths)
    if publication:
        for it in tables:
            slot = re.sub(r"[^a-z0-9_]", "_", f"accord_{manifest['name']}_{it['path']}".lower())[:63]
            it |= {"changes": {"format": "token"}, "tombstones": it.get("tombstones", {})}
            it["options"] = it.get("options", {}) | {"log": {"slot": slot, "publication": publication}}
        says += log_statements(publication, paths, user)
    return ["Somebody who owns the tables has to run this first:", *says]


def _opened(asked: Asked) -> "Engine":
    """The database, which has answered. Raises StopFlow: the address is none, or nobody answers there."""
    from sqlalchemy import create_engine
    from sqlalchemy.exc import NoSuchModuleError, SQLAlchemyError

    from accord.connectors.sql.database import engine_url
    from accord.connectors.sql.kind import KIND

    try:
        KIND.check_url(asked.target)
    except ValueError as error:
        what, _, remedy = str(error).partition("; ")
        raise StopFlow(f"the address {what}", remedy=remedy[:1].upper() + remedy[1:]) from None
    url = engine_url(asked.target, asked.folder)
    if user := asked.flags.get("user", ""):
        url = url.set(username=asked.secrets(user))
    if password := asked.flags.get("password", ""):
        url = url.set(password=asked.secrets(password))
    try:
        engine = create_engine(url)
        engine.connect().close()
    except (NoSuchModuleError, SQLAlchemyError) as error:
        why = " ".join(str(getattr(error, "orig", None) or error).split()).rstrip(".?")
        raise StopFlow(
            f"the database can not be looked at: {why}",
            remedy="Correct the address; name its user and password by --user env:NAME --password env:NAME",
        ) from None
    return engine


def _top(asked: Asked, database: str) -> dict[str, Any]:
    found: dict[str, Any] = {"name": asked.name or _name(database), "kind": "sql", "base_url": asked.target}
    user, password = asked.flags.get("user", ""), asked.flags.get("password", "")
    if user or password:
        found["auth"] = {
            "kind": "basic",
            "user": user or "env:DB_USER",
            "password": password or "env:DB_PASSWORD",
        }
    return found


def _name(database: str) -> str:
    return (
        re.sub(r"[^a-z0-9_]+", "_", re.sub(r"^.*/|\.\w+$", "", database).lower()).strip("_0123456789")
        or "base"
    )


def _type_name(table: str) -> str:
    return (
        "".join(part[:1].upper() + part[1:] for part in re.split(r"[^A-Za-z0-9]+", table) if part) or "Record"
    )


def _type(
    looked: "Inspector",
    table: str,
    schema: str | None,
    by_table: Mapping[str, str],
    unknown: list[str],
    *,
    is_view: bool,
) -> dict[str, Any] | None:
    columns = {column["name"]: column for column in looked.get_columns(table, schema)}
    key = [] if is_view else list(looked.get_pk_constraint(table, schema)["constrained_columns"])
    if is_view and "id" in columns:
        key = ["id"]
    if not key:
        unknown.append(f"{table}: it has no primary key, so it was left out")
        return None
    unique = {
        tuple(c["column_names"]) for c in ([] if is_view else looked.get_unique_constraints(table, schema))
    }
    refers = {
        fk["constrained_columns"][0]: by_table.get(fk["referred_table"], "")
        for fk in ([] if is_view else looked.get_foreign_keys(table, schema))
        if len(fk["constrained_columns"]) == 1
    }
    role = {what: _first(columns, form) for what, form in _ROLES.items()}
    found: dict[str, Any] = {"path": f"{schema}.{table}" if schema else table}
    kind = _kind(columns[key[0]])
    if len(key) > 1:
        found["id"] = {
            "parts": {name: "bare" if _kind(columns[name]) == "integer" else "text" for name in key}
        }
    else:
        found["id"] = {"property": key[0], "type": "integer"} if kind == "integer" else key[0]
    found["update"] = "patch"
    found |= _telling(role, columns, table, unknown)
    if is_view:
        found["operations"] = {"create": False, "update": False, "delete": False}
    told = {name for what in ("version", "modified", "created", "flag") if (name := role[what])}
    hidden = told | ({key[0]} if len(key) == 1 and kind == "integer" else set())
    found["properties"] = {
        name: _property(column, unique, refers)
        for name, column in columns.items()
        if name not in hidden and type(column["type"]).__name__ not in _BYTES
    }
    if options := _options(role, table, unknown, is_view=is_view):
        found["options"] = options
    return found


def _options(role: Mapping[str, str], table: str, unknown: list[str], *, is_view: bool) -> dict[str, Any]:
    options: dict[str, Any] = {}
    stamps = {name: way for name, way in ((role["modified"], "now"), (role["version"], "next")) if name}
    if stamps and not is_view:
        options["stamps"] = stamps
        unknown.append(f"{table}: whether a trigger sets {', '.join(stamps)}; if so, remove options.stamps")
    return options


_ROLES: Final = {
    "modified": _MODIFIED,
    "created": _CREATED,
    "version": _VERSION,
    "flag": _FLAG,
    "ours": _OURS,
}


def _first(columns: Mapping[str, Any], form: re.Pattern[str]) -> str:
    return next((name for name in columns if form.fullmatch(name)), "")


def _telling(
    role: Mapping[str, str], columns: Mapping[str, Any], table: str, unknown: list[str]
) -> dict[str, Any]:
    """How versions, changes and deletes are told."""
    found: dict[str, Any] = {"conditional": "where"}
    if role["version"]:
        found["version"] = {"property": role["version"], "order": "ordered", "exact": True}
    else:
        found["version"] = {"etag": True, "order": "opaque", "exact": True, "recurs": True}
    for what in ("modified", "created"):
        if role[what]:
            found[what] = {"property": role[what]} | ({} if _zoned(columns[role[what]]) else {"zone": "UTC"})
            if not _zoned(columns[role[what]]):
                unknown.append(f"{table}: the zone of {role[what]}, which tells none; UTC was taken")
    if role["modified"]:
        found["changes"] = {"format": "iso"}
    else:
        unknown.append(f"{table}: no column tells when a row changed, so all of it is read each time")
    if role["flag"] and role["modified"]:
        found["tombstones"] = {"property": role["flag"]}
    found["absent"] = dict.fromkeys(("listing", "feed", "fetch", "reply"))
    if role["ours"]:
        found["our_id"] = {"property": role["ours"]}
        found["search"] = {"our_id": role["ours"]}
    elif role["created"]:
        found["search"] = {"created_since": role["created"]}
    return found


def _zoned(column: Mapping[str, Any]) -> bool:
    return bool(getattr(column["type"], "timezone", False))


def _kind(column: Mapping[str, Any]) -> str:
    from sqlalchemy import types

    if getattr(column["type"], "display_width", None) == 1:  # what MariaDB and MySQL make of BOOLEAN
        return "boolean"
    return next((said for name, said in _TYPES if isinstance(column["type"], getattr(types, name))), "string")


def _property(
    column: Mapping[str, Any], unique: set[tuple[str, ...]], refers: Mapping[str, str]
) -> dict[str, Any]:
    kind = _kind(column)
    spec: dict[str, Any] = {} if kind == "string" else {"type": kind}
    if kind == "decimal" and column["type"].scale is not None:
        spec["scale"] = column["type"].scale
    if kind == "string" and (length := getattr(column["type"], "length", None)):
        spec["max_length"] = length
    if values := getattr(column["type"], "enums", None):
        spec["enum"] = list(values)
    if not column["nullable"] and column.get("default") is None and column.get("autoincrement") is not True:
        spec["required"] = True
    if column.get("computed") or (column.get("identity") or {}).get("always"):
        spec = {**spec, "read_only": True}
        spec.pop("required", None)
    if (column["name"],) in unique:
        spec["unique"] = True
    if refers.get(column["name"]):
        spec["reference"] = refers[column["name"]]
    return spec


def _without_dangling(types: Mapping[str, Any], unknown: list[str]) -> None:
    """References to tables that were left out are none."""
    for name, it in types.items():
        for path, spec in it["properties"].items():
            if spec.get("reference") and spec["reference"] not in types:
                unknown.append(f"{name}.{path}: what it refers to, for {spec.pop('reference')} was left out")


DRAFTER = Drafter(
    word="sql",
    title="a database: its tables, keys, references and types",
    target="URL",
    make=_draft,
    flags={
        "user": LOGIN_FLAGS["user"],
        "password": LOGIN_FLAGS["password"],
        "schema": "schema to look at, where it is not the usual one",
    },
)
