"""The parts of an entity type in a manifest. Every part may be marked as assumed."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from accord.connectorkit.normalise import normaliser
from accord.connectorkit.times import Resolution, TimeFormat

__all__ = [
    "Absence",
    "Absent",
    "Archive",
    "Batch",
    "Changes",
    "Errors",
    "IdSpec",
    "Idempotency",
    "Inside",
    "Listing",
    "Operation",
    "Operations",
    "OurId",
    "Part",
    "PropertySpec",
    "PropertyType",
    "Replies",
    "Search",
    "Success",
    "TimeSpec",
    "Tombstones",
    "Version",
]

PropertyType = Literal[
    "string", "integer", "decimal", "float", "boolean", "date", "datetime", "time", "object", "list"
]
Seconds = Annotated[float, Field(ge=0)]


class Part(BaseModel):
    """A part of a manifest: nothing unknown may stand in it, and it may be marked as assumed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    assumed: bool | str | dict[str, bool | str] = Field(
        default=False,
        description="Not known from the vendor: true, or why it is thought so, or the same per setting of this part.",
    )


def _known_normalisation(spec: str) -> str:
    normaliser([spec])
    return spec


class PropertySpec(Part):
    """A property of an entity type, by its dotted path in the payload."""

    type: PropertyType = Field(default="string", description="Type of its value in the payload.")
    required: bool = Field(
        default=False, description="A create without it is refused; it can not be blanked."
    )
    read_only: bool = Field(
        default=False, description="Set by the system; a write that changes it is refused."
    )
    create_only: bool = Field(
        default=False, description="Accepted when the record is created, never afterwards."
    )
    max_length: int | None = Field(default=None, ge=1, description="Longest text accepted, in characters.")
    scale: int | None = Field(default=None, ge=0, description="Digits after the decimal point that are kept.")
    enum: tuple[str | int | bool, ...] = Field(
        default=(), description="The only values accepted, besides null."
    )
    unique: bool = Field(default=False, description="No two live records may have the same value.")
    reference: str = Field(default="", description="Entity type of this system whose ids it holds.")
    normalises: tuple[Annotated[str, AfterValidator(_known_normalisation)], ...] = Field(
        default=(),
        description="What the system makes of a value, in order: trim, collapse, lower, upper, title, digits, "
        "blank_null, max_length(n), scale(n), scale_even(n).",
    )
    default: Any = Field(default=None, description="Value that the system sets where a create has none.")
    zone: str = Field(
        default="", description="Zone of a datetime that is written without one, e.g. Europe/Oslo."
    )
    description: str = Field(default="", description="What it means, for documents.")


class IdSpec(Part):
    """Where the id of a record stands, and its canonical spelling; `id: number` is short for the property alone."""

    property: str = Field(default="id", min_length=1, description="Path of the id in the payload.")
    type: Literal["string", "integer"] = Field(default="string", description="Type of the id in the payload.")
    case: Literal["keep", "lower", "upper"] = Field(
        default="keep", description="The one spelling of letters in ids."
    )
    parts: dict[str, Literal["text", "bare"]] = Field(
        default={},
        description="Of an id that is made of several properties: each by its path, text where it stands between "
        "quotes. The id is then what OData writes for such a key: item='A1',place=7.",
    )


class Inside(Part):
    """Where the records of an entity type stand in a list of another record, their parent, as lines do in an order:
    they are read with it, and written by an update of it. `path` is the list in the parent; the id is the parent's and
    their own: 17/3. What is said of the parent's reading, versions and answers counts for them."""

    type: str = Field(min_length=1, description="Entity type of the parent.")
    property: str = Field(
        min_length=1,
        description="Property that tells the parent, create_only and a reference; the system itself shows none.",
    )


class TimeSpec(Part):
    """A property that holds a time which the system stamps; `modified: modifiedAt` is short for the property alone."""

    property: str = Field(min_length=1, description="Path in the payload.")
    format: TimeFormat = Field(default="iso", description="iso, epoch_s or epoch_ms.")
    zone: str = Field(default="", description="Zone of times that are written without one; no zone, no time.")
    resolution: Resolution = Field(default="us", description="us, ms or s: how finely the system counts.")


class Version(Part):
    """The version token of a record: in the ETag header, in a property, or in both (then the ETag is the quoted
    property, and listings show it too)."""

    etag: bool = Field(default=False, description="Answers with one record carry it in the ETag header.")
    property: str = Field(default="", description="Path of a property that holds it.")
    order: Literal["ordered", "opaque"] = Field(
        description="ordered: a greater one is newer; opaque: equal or not."
    )
    exact: bool = Field(
        default=False, description="An equal version means equal content: a counter or an ETag, never a time."
    )
    recurs: bool = Field(
        default=False,
        description="A version comes back with an earlier content, as a hash of it does: a record that shows an old "
        "one is read again, and not taken for an old page.",
    )


class Archive(Part):
    """How a record is put into the archive instead of being deleted; `archive: archived` is short for the property."""

    property: str = Field(min_length=1, description="Path of the flag in the payload.")
    value: str | int | bool = Field(default=True, description="What stands there in an archived record.")
    otherwise: str | int | bool | None = Field(
        default=False, description="What is written to take a record out of the archive again."
    )


class Changes(Part):
    """The filter of listings for what changed since."""

    parameter: str = Field(
        default="",
        description="Query parameter that carries it: changedSince, or, with the text around its value, "
        "$filter=changedAt ge {}; REST needs one.",
    )
    format: Literal["iso", "epoch_s", "epoch_ms", "version", "raw", "token"] = Field(
        description="How it is written; version: a number that grows with each change of the system; raw: the "
        "property's value as it was read; token: a word of the system for a moment, in kinds that know one."
    )
    property: str = Field(
        default="", description="The property it filters on; default: modified, or the version's."
    )
    ascending: bool = Field(
        default=False, description="Such listings come in ascending order of the property."
    )
    reaches_s: float | None = Field(
        default=None, gt=0, description="How far back it reaches; absent: for ever."
    )


class Listing(Part):
    """How records are listed, besides paging."""

    path: str = Field(default="", description="Path, where it is not the entity type's.")
    query: dict[str, str] = Field(default={}, description="Parameters that are always sent.")
    partial: bool = Field(
        default=False, description="Listings carry fewer properties than reading one record."
    )
    omits: tuple[str, ...] = Field(default=(), description="Properties that listings leave out, where known.")


class Operation(Part):
    """Method and path of a call about one record; {id} stands for its id."""

    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"] = Field(description="HTTP method.")
    path: str = Field(
        default="", description="Path; default: the entity type's, with /{id} for all but create."
    )


class Operations(Part):
    """What can be done with one record; false: it can not."""

    one: str = Field(
        default="",
        description="Path of one record; default: the entity type's with /{id}. Quotes around {id} double those in it: "
        "Items('{id}').",
    )
    sending: dict[str, str] = Field(
        default={},
        description="Headers of creates and updates, e.g. Prefer: return=representation, which not every service bears "
        "with reads.",
    )
    unconditional: dict[str, str] = Field(
        default={},
        description='Headers of an update or delete that names no version, e.g. If-Match: "*" where it would make a '
        "record that is gone.",
    )
    read: Operation | Literal[False] = Field(default=Operation(method="GET"), description="Read one.")
    create: Operation | Literal[False] = Field(default=Operation(method="POST"), description="Create one.")
    update: Operation | Literal[False] | None = Field(
        default=None, description="Update one; default: PATCH where update is patch, else PUT."
    )
    delete: Operation | Literal[False] = Field(default=Operation(method="DELETE"), description="Delete one.")


class Batch(Part):
    """An endpoint that takes several writes to one entity type in one POST: a list of items, answered by a list of
    results in the same order. Each result holds what the call alone would have been answered."""

    path: str = Field(min_length=1, description="Path, below the base URL.")
    form: Literal["list", "odata"] = Field(
        default="list",
        description="list: as the settings below say; odata: a JSON batch of OData 4.01, which names method, URL and "
        "headers of each call, and needs none of them.",
    )
    together: bool = Field(
        default=False,
        description="Form odata: as one change set, all of them or none. Where one is refused, each goes alone.",
    )
    at_most: int = Field(default=100, ge=1, description="Items in one call.")
    kinds: tuple[Literal["create", "update", "delete"], ...] = Field(
        default=("create", "update", "delete"), description="The writes that it takes."
    )
    items: str = Field(
        default="", description="Where the list stands in what is sent; empty: it is the body."
    )
    results: str = Field(
        default="", description="Where the list stands in the answer; empty: it is the answer."
    )
    operation: str = Field(default="operation", description="Path of the kind of write in an item.")
    id: str = Field(default="id", description="Path of the record's id in an item.")
    version: str = Field(default="version", description="Path of the version that a write is based on.")
    key: str = Field(default="key", description="Path of the idempotency key of a create.")
    body: str = Field(
        default="body", description="Path of the record in an item, and of the answer in a result."
    )
    status: str = Field(default="status", description="Path of the status in a result.")
    etag: str = Field(
        default="etag", description="Path of the version token in a result, where headers have it."
    )


class Idempotency(Part):
    """A key that makes the system answer a repeated create with the record it made the first time (W3)."""

    header: str = Field(default="Idempotency-Key", min_length=1, description="Header that carries the key.")
    valid_s: Seconds = Field(default=86_400, description="How long the system remembers a key.")


class OurId(Part):
    """A property in which we may leave an id of our own; `our_id: externalId` is short for the property alone."""

    property: str = Field(min_length=1, description="Path in the payload.")
    unique: bool = Field(default=False, description="The system refuses a second record with the same one.")


class Search(Part):
    """How a create of unknown outcome is looked for (W3); at least one way."""

    our_id: str = Field(
        default="",
        description="Query parameter of the listing that finds records by our id; it may have text around the id, as "
        "in changes.parameter.",
    )
    created_since: str = Field(
        default="",
        description="Query parameter for what was created since, as changes.parameter.",
    )
    format: TimeFormat = Field(default="iso", description="How created_since is written.")
    changes: bool = Field(
        default=False, description="Read what changed since, and keep what was created since."
    )
    deleted: bool = Field(default=False, description="Deleted records are found too.")


class Tombstones(Part):
    """How deletes are reported: by a flag on items of the listing of changes, or by an endpoint of their own.
    Nothing has to be named where a system tells what changed since a token: deletes are among that."""

    property: str = Field(
        default="", description="Path of the flag; true, or anything but null and false, is gone."
    )
    path: str = Field(
        default="", description="Path of the endpoint; it takes the filter and the paging of listings."
    )
    items: str = Field(default="", description="Where the list stands in the endpoint's answer.")
    id: str = Field(default="id", description="Path of the id in its items.")


class Replies(Part):
    """What the answer to a successful write holds."""

    create: Literal["record", "id", "none"] = Field(
        default="record", description="Whole record, id alone or nothing."
    )
    update: Literal["record", "none"] = Field(default="record", description="Whole record or nothing.")


def _null_by_name(value: Any) -> Any:
    return "null" if value is None else value


Absence = Annotated[Literal["silent", "null"], BeforeValidator(_null_by_name)]


class Absent(Part):
    """What a property that is not in the payload means, per way of reading: it says nothing, or it is null (S3)."""

    listing: Absence = Field(default="silent", description="In listings.")
    feed: Absence = Field(default="silent", description="In listings of what changed.")
    fetch: Absence = Field(default="silent", description="In the answer to reading one record.")
    reply: Absence = Field(default="silent", description="In the answer to a write.")


class Errors(Part):
    """Where the answer to a refused call tells why; "[]" after a name means each element of a list."""

    message: str = Field(
        default="",
        description="Path of the message, e.g. error.message or errors[].detail; of several, with | between them, the "
        "first that leads to something. Where nothing is said, common shapes are tried.",
    )
    property: str = Field(
        default="", description="Path of the name of the property at fault, e.g. errors[].field; or several."
    )
    code: str = Field(default="", description="Path of the code of the refusal, e.g. errors[].code.")
    denied: tuple[str, ...] = Field(
        default=(),
        description="Codes that say that the account has not the right; 403 says so of itself.",
    )


class Success(Part):
    """When a call succeeded; the status alone may lie (W9)."""

    status: tuple[int, ...] = Field(default=(200, 201, 202, 204), description="Statuses that mean success.")
    path: str = Field(default="", description="A place in the answer that must hold `equals` as well.")
    equals: str | int | bool = Field(default=True, description="What must stand there.")
