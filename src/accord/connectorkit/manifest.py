"""The manifest: a system stated without code.

`manifest_load.py` reads one; docs/reference/manifest.md tells every field.
"""

from collections.abc import Iterator
from typing import Any, Final, Literal

from pydantic import Field, field_validator, model_validator

from accord.connectorkit.manifest_auth import Auth, NoAuth
from accord.connectorkit.manifest_hooks import Webhooks
from accord.connectorkit.manifest_page import NoPages, Page
from accord.connectorkit.manifest_parts import (
    Absent,
    Archive,
    Batch,
    Changes,
    Errors,
    Idempotency,
    IdSpec,
    Inside,
    Listing,
    Operation,
    Operations,
    OurId,
    Part,
    PropertySpec,
    Replies,
    Search,
    Seconds,
    Success,
    TimeSpec,
    Tombstones,
    Version,
)
from accord.core.declaration import Declaration, FindCreate

__all__ = ["EntityType", "Identity", "Manifest", "Rate", "manifest_json_schema"]

_AS_PARENT: Final = ("clock_error_s", "confirm_s", "lag_s", "max_request_s")


class Rate(Part):
    """How often the system may be called."""

    per_second: float | None = Field(
        default=None, gt=0, description="Calls per second; absent: no limit known."
    )
    per_day: int | None = Field(default=None, ge=1, description="Calls per day; absent: no limit known.")
    concurrent: int = Field(default=8, ge=1, description="Calls under way at the same time.")


class Identity(Part):
    """A call that tells the account behind the credentials (K6)."""

    path: str = Field(min_length=1, description="Path that is read with GET.")
    property: str = Field(min_length=1, description="Where the account stands in the answer.")


class EntityType(Part):
    """One sort of records in the system."""

    description: str = Field(default="", description="What it is, for documents.")
    path: str = Field(
        min_length=1,
        description="Path of the collection, below the base URL; elsewhere its table, folder or file.",
    )
    inside: Inside | None = Field(
        default=None,
        description="Its records stand inside those of another entity type; absent: by themselves.",
    )
    id: IdSpec = Field(default=IdSpec(), description="Where ids stand.")
    properties: dict[str, PropertySpec] = Field(description="Properties by dotted path.")
    record: str = Field(default="", description="Where the record stands in an answer that holds one.")
    wraps: str = Field(
        default="", description="Under which name a record is sent; empty: the body is the record."
    )
    page: Page = Field(default=NoPages(style="none"), description="How listings are cut into pages.")
    listing: Listing = Field(default=Listing(), description="How records are listed, besides paging.")
    changes: Changes | None = Field(
        default=None, description="Filter for changes; absent: every read is a full one."
    )
    version: Version | None = Field(default=None, description="The version token; absent: there is none.")
    modified: TimeSpec | None = Field(default=None, description="When the record was modified last.")
    created: TimeSpec | None = Field(default=None, description="When the record was created.")
    creator: str = Field(default="", description="Path of the account that created the record.")
    update: Literal["patch", "replace"] = Field(
        description="patch: what is not sent stays; replace: what is not sent is blanked. There is no default."
    )
    operations: Operations = Field(
        default=Operations(), description="Methods and paths, and what can not be done."
    )
    batch: Batch | None = Field(
        default=None, description="Takes several writes in one call; absent: there is none."
    )
    conditional: str = Field(
        default="", description="Header that names the version a write is based on: If-Match."
    )
    idempotency: Idempotency | None = Field(
        default=None, description="Key of a create; absent: none is honoured."
    )
    our_id: OurId | None = Field(default=None, description="Property that carries an id of ours.")
    search: Search | None = Field(default=None, description="How a create of unknown outcome is looked for.")
    tombstones: Tombstones | None = Field(
        default=None, description="How deletes are reported; absent: not at all."
    )
    archive: Archive | None = Field(
        default=None, description="How records are archived; absent: they can not be."
    )
    gone_status: tuple[int, ...] = Field(
        default=(404, 410), description="Statuses that mean: there is no such record."
    )
    successor: str = Field(default="", description="Path of the id that a merged record went into.")
    successor_type: str = Field(
        default="", description="Entity type of that id, where a record changes its type: a lead, a contact."
    )
    replies: Replies = Field(default=Replies(), description="What answers to writes hold.")
    absent: Absent = Field(default=Absent(), description="What absence of a property means.")
    errors: Errors = Field(default=Errors(), description="Where answers to refused calls tell why.")
    success: Success = Field(default=Success(), description="When a call succeeded.")
    lag_s: Seconds = Field(default=0, description="How long listings may trail behind writes.")
    confirm_s: Seconds = Field(default=0, description="Time between the two looks that prove a record gone.")
    max_request_s: float = Field(
        default=30, gt=0, description="After so long a call that was given up has ended."
    )
    clock_error_s: Seconds = Field(
        default=0, description="How far the system's clock may be off once compared."
    )
    sweep_s: Seconds = Field(
        default=86_400, description="How often all ids are read where deletes are not reported."
    )
    computes: tuple[str, ...] = Field(
        default=(), description="Properties that the system computes when others are written."
    )
    options: dict[str, Any] = Field(
        default={}, description="What only the system's kind knows of it; the page of its connector tells."
    )
    side_effects: tuple[str, ...] = Field(
        default=(),
        description="What its records set off outside the system, a word each: mail, invoice, webhook. A probe of "
        "`accord qa --against live` would too.",
    )

    @field_validator("id", "modified", "created", "our_id", "archive", mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        return {"property": value} if isinstance(value, str) else value

    def operation(self, kind: Literal["read", "create", "update", "delete"]) -> Operation | None:
        """Method and full path template of an operation, or None where the system has none."""
        found = getattr(self.operations, kind)
        if found is None:
            found = Operation(method="PATCH" if self.update == "patch" else "PUT")
        if found is False:
            return None
        one = self.operations.one or f"{self.path.rstrip('/')}/{{id}}"
        path = found.path or (self.path if kind == "create" else one)
        return Operation(method=found.method, path=path)

    def finds_create(self) -> tuple[FindCreate, ...]:
        """Ways to find a create of unknown outcome, best first (W3)."""
        ways: list[FindCreate] = ["key"] if self.idempotency else []
        if self.search and self.our_id and self.search.our_id:
            ways.append("our_id")
        if self.search and (self.search.created_since or self.search.changes):
            ways.append("search")
        return tuple(ways)

    def one_absence(self) -> Literal["silent", "null"]:
        """What absence means whatever the way of reading; "silent" where ways differ (`observe.py` fills in)."""
        ways = {self.absent.listing, self.absent.feed, self.absent.fetch, self.absent.reply}
        return ways.pop() if len(ways) == 1 else "silent"


class Manifest(Part):
    """A system."""

    format: Literal[1] = Field(default=1, description="Version of this format.")
    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$", description="Name of the kind of system.")
    title: str = Field(default="", description="Its name for people.")
    description: str = Field(default="", description="What it is, for documents.")
    kind: str = Field(
        default="rest",
        min_length=1,
        description="How it is reached: rest, or another kind that is installed.",
    )
    base_url: str = Field(description="Where paths begin; a project may name another. No secrets.")
    auth: Auth = Field(default=NoAuth(), description="How the system knows who calls.")
    headers: dict[str, str] = Field(default={}, description="Headers that are always sent; no secrets.")
    identity: Identity | None = Field(
        default=None, description="Tells the account; absent: the system does not."
    )
    rate: Rate = Field(default=Rate(), description="How often the system may be called.")
    webhooks: Webhooks | None = Field(
        default=None, description="How the system tells of changes by itself; absent: it does not (S9)."
    )
    options: dict[str, Any] = Field(
        default={}, description="What only its kind knows; the page of its connector tells."
    )
    defaults: dict[str, Any] = Field(
        default={}, description="Settings of entity types that do not say otherwise, each taken whole."
    )
    types: dict[str, EntityType] = Field(min_length=1, description="Entity types by name.")

    @model_validator(mode="before")
    @classmethod
    def _with_defaults(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        types, defaults = data.get("types"), data.get("defaults", {})
        if not isinstance(types, dict) or not isinstance(defaults, dict):
            return data
        return {**data, "types": {name: _completed(told, defaults) for name, told in types.items()}}

    def assumptions(self) -> Iterator[tuple[str, str]]:
        """(place, why) of all that is assumed, in the order of the manifest; why is "" where it is not told."""
        yield from _assumed(self, "")

    def by_itself(self, name: str) -> EntityType:
        """An entity type; one that is inside another as if it stood by itself, with what follows from its parent: a
        version for each record, changes where the parent tells them, creates that are made once, no deletes told.

        Raises KeyError: there is no such entity type.
        """
        it = self.types[name]
        if it.inside is None:
            return it
        parent = self.types[it.inside.type]
        made: dict[str, Any] = {each: getattr(parent, each) for each in _AS_PARENT}
        if parent.operation("update") is None:
            made["operations"] = Operations(create=False, update=False, delete=False)
        made["changes"] = Changes(parameter="since", format="iso") if parent.changes else None
        made["modified"] = it.modified or parent.modified
        made["version"] = Version(etag=True, order="opaque", exact=True, recurs=True)
        made["conditional"] = "If-Match"
        made["idempotency"] = Idempotency() if it.our_id else None
        return it.model_copy(update={**made, "inside": None})

    def inside_of(self, name: str) -> list[str]:
        """Entity types whose records stand inside those of another one."""
        return [each for each, it in self.types.items() if it.inside and it.inside.type == name]

    def declaration(self, name: str, system: str) -> Declaration:
        """What the core needs to know of an entity type, in the system of a project that bears this manifest.

        Raises KeyError: there is no such entity type.
        """
        it = self.by_itself(name)
        return Declaration(
            entity_type=f"{system}.{name}",
            lag_s=it.lag_s,
            version=it.version.order if it.version else "none",
            exact=bool(it.version and it.version.exact),
            recurs=bool(it.version and it.version.recurs),
            conditional=bool(it.conditional and it.version),
            update=it.update,
            can_create=it.operation("create") is not None,
            can_update=it.operation("update") is not None,
            can_delete=it.operation("delete") is not None,
            finds_create=it.finds_create(),
            key_valid_s=it.idempotency.valid_s if it.idempotency else 86_400.0,
            our_id=it.our_id.property if it.our_id else "",
            tombstones=it.tombstones is not None,
            incremental=it.changes is not None,
            confirm_s=it.confirm_s,
            max_request_s=it.max_request_s,
            clock_error_s=it.clock_error_s,
            listing_partial=it.listing.partial or bool(it.listing.omits),
            absent=it.one_absence(),
            sweep_s=it.sweep_s,
            settable=tuple(
                path
                for path, spec in it.properties.items()
                if not spec.read_only and not (it.our_id and path == it.our_id.property)
            ),
        )


def _completed(told: Any, defaults: dict[str, Any]) -> Any:
    """An entity type with the defaults; one that is inside another takes after its parent instead."""
    if not isinstance(told, dict):
        return told
    return {"update": "patch", **told} if "inside" in told else {**defaults, **told}


def _assumed(node: Any, place: str) -> Iterator[tuple[str, str]]:
    if isinstance(node, dict):
        for name, child in node.items():
            yield from _assumed(child, f"{place}.{name}".lstrip("."))
    if not isinstance(node, Part):
        return
    if isinstance(node.assumed, dict):
        yield from (
            (f"{place}.{name}".lstrip("."), w if isinstance(w, str) else "")
            for name, w in node.assumed.items()
            if w
        )
    elif node.assumed:
        yield place, node.assumed if isinstance(node.assumed, str) else ""
    for name in type(node).model_fields:
        if name in ("assumed", "defaults") or name not in node.model_fields_set:
            continue
        yield from _assumed(getattr(node, name), f"{place}.{name}".lstrip("."))


def manifest_json_schema() -> dict[str, Any]:
    """JSON Schema of a manifest file, for editors. What may come from `defaults` is not required in a type."""
    schema = Manifest.model_json_schema()
    schema["$defs"]["EntityType"]["required"] = ["path", "properties"]
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
