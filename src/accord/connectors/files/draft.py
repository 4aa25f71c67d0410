"""Drafts the manifest of a folder: a type for each file, and of its columns what can be told by what they hold."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from accord.connectorkit.drafting import Asked, Draft, Drafter
from accord.core.errors import StopFlow

__all__ = ["DRAFTER"]

_IDS: Final = ("id", "uuid", "guid", "key", "number", "no", "nr", "code")
_OURS: Final = ("accord_id", "accordid", "external_id", "externalid")
_WORDS: Final = (("true", "false"), ("yes", "no"), ("ja", "nein"), ("ja", "nei"), ("1", "0"))
_WHOLE: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,14})")
_DECIMAL: Final = re.compile(r"-?(?:0|[1-9][0-9]*)\.[0-9]{1,6}")
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _draft(asked: Asked) -> Draft:
    from accord.connectors.files.file_type import SUFFIXES  # what reads files loads slowly

    folder = asked.folder / asked.target
    if not folder.is_dir():
        raise StopFlow(
            f"{asked.target} is no folder", remedy="Name the folder that the other program writes to"
        )
    files = sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES and path.is_file())
    if not files:
        wanted = ", ".join(SUFFIXES)
        raise StopFlow(
            f"{asked.target} holds no file that can be read", remedy=f"Put one there that ends with {wanted}"
        )
    unknown: list[str] = []
    types: dict[str, Any] = {}
    for path in files:
        types[_type_name(path, types)] = _type(path, unknown)
    named = re.sub(r"[^a-z0-9_]+", "_", folder.resolve().name.lower()).strip("_0123456789")
    return Draft(
        manifest={
            "name": asked.name or named or "files",
            "kind": "files",
            "base_url": asked.target,
            "types": types,
        },
        head=[f"What stands in {asked.target}, as the files were when this was written."],
        unknown=unknown,
    )


def _type_name(path: Path, taken: Mapping[str, Any]) -> str:
    name = (
        "".join(part[:1].upper() + part[1:] for part in re.split(r"[^A-Za-z0-9]+", path.stem) if part)
        or "Record"
    )
    return name if name not in taken else f"{name}{path.suffix.lstrip('.').capitalize()}"


def _type(path: Path, unknown: list[str]) -> dict[str, Any]:
    rows, columns = _rows(path)
    ids = _id(columns, rows)
    found: dict[str, Any] = {"path": path.name}
    options: dict[str, Any] = {}
    properties, renamed = _properties(columns, rows, ids)
    if ids is None:
        unknown.append(
            f"{path.name}: no column tells its rows apart: write the name of one that does under id"
        )
        ids = "id"
    kind, _ = _told([row.get(ids) for row in rows])
    found["id"] = (
        {"property": renamed.get(ids, ids), "type": "integer"} if kind == "integer" else renamed.get(ids, ids)
    )
    if kind == "integer":
        options["new_ids"] = "next"
    if words := _truth(columns, rows):
        options["truth"] = list(words)
    if names := {new: old for old, new in renamed.items()}:
        options["columns"] = names
    ours = next((column for column in columns if column.lower() in _OURS), None)
    found |= {
        "update": "patch",
        "version": {"etag": True, "order": "opaque", "exact": True, "recurs": True},
        "conditional": "version",
        "changes": {"format": "token"},
        "tombstones": {},
        "absent": dict.fromkeys(("listing", "feed", "fetch", "reply")),
    }
    if ours is not None:
        found |= {"our_id": {"property": ours, "unique": True}, "search": {"our_id": ours}}
    else:
        unknown.append(
            f"{path.name}: no column takes an id of ours: if the machine fails while a record is created, a person is "
            "asked whether it was. Add a column accord_id, and draft anew"
        )
    if options:
        found["options"] = options
    return found | {"properties": properties}


def _rows(path: Path) -> tuple[list[dict[str, Any]], list[str]]:
    """What the file holds, all of it as text where it has no types; and its columns."""
    from accord.connectorkit.manifest import EntityType
    from accord.connectors.files.file_type import format_of
    from accord.connectors.files.options import FileOptions
    from accord.connectors.files.table import BadFileError

    plain = EntityType(path=path.name, properties={}, update="patch")
    try:
        table = format_of(path, plain, FileOptions()).parse(path.read_bytes())
    except BadFileError as error:
        what, _, remedy = str(error).partition("; ")
        raise StopFlow(
            f"{path.name} can not be read: {what}", remedy=remedy[:1].upper() + remedy[1:]
        ) from None
    rows = [row.cells for row in table.rows]
    columns = (
        list(table.columns)
        if table.columns is not None
        else list(dict.fromkeys(key for row in rows for key in row))
    )
    return rows, columns


def _id(columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> str | None:
    """The column that tells rows apart: by its name, else the first one in which no value is blank or there twice."""

    def tells(column: str) -> bool:
        values = [row.get(column) for row in rows]
        return all(isinstance(value, str | int) for value in values) and len(set(values)) == len(values)

    named = [column for word in _IDS for column in columns if re.sub(r"[^a-z]", "", column.lower()) == word]
    named += [column for column in columns if re.search(r"(?:[a-z_ ]I[dD]|_id|_no|_nr| id)$", column)]
    return next((column for column in [*named, *(columns if rows else [])] if tells(column)), None)


def _properties(
    columns: Sequence[str], rows: Sequence[Mapping[str, Any]], ids: str | None
) -> tuple[dict[str, Any], dict[str, str]]:
    """Properties by name, and new names of columns that can not be one."""
    found: dict[str, Any] = {}
    renamed: dict[str, str] = {}
    for column in columns:
        name = re.sub(r"[.\[\]#|]+", "_", column)
        if name != column:
            renamed[column] = name
        if column == ids:
            continue
        kind, more = _told([row.get(column) for row in rows])
        found[name] = {} if kind == "string" else {"type": kind, **more}
    return found, renamed


def _told(values: Sequence[Any]) -> tuple[str, dict[str, Any]]:
    """The type that all values have, and what goes with it."""
    there = [value for value in values if value is not None]
    texts = [value for value in there if isinstance(value, str)]
    if not there:
        return "string", {}
    if len(texts) < len(there):
        kinds = {type(value) for value in there}
        names = {bool: "boolean", int: "integer", float: "float", list: "list", dict: "object"}
        return (names.get(kinds.pop(), "string") if len(kinds) == 1 else "string"), {}
    if all(map(_WHOLE.fullmatch, texts)):
        return "integer", {}
    if all(_DECIMAL.fullmatch(text) or _WHOLE.fullmatch(text) for text in texts):
        return "decimal", {"scale": max(len(text.partition(".")[2]) for text in texts)}
    if all(map(_DATE.fullmatch, texts)):
        return "date", {}
    return ("boolean", {}) if _words(texts) else ("string", {})


def _words(texts: Sequence[str]) -> tuple[str, str] | None:
    said = {text.strip().casefold() for text in texts}
    return next((words for words in _WORDS[:-1] if said == set(words)), None)


def _truth(columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> tuple[str, str] | None:
    """The words for true and false that columns of them use, where these are not the usual ones."""
    for column in columns:
        texts = [value for row in rows if isinstance(value := row.get(column), str)]
        if texts and (words := _words(texts)) and words != _WORDS[0]:
            cased = {text.strip().casefold(): text.strip() for text in texts}
            return cased[words[0]], cased[words[1]]
    return None


DRAFTER = Drafter(
    word="files",
    title="a folder of CSV, JSON Lines or XLSX files that another program writes",
    target="FOLDER",
    make=_draft,
)
