"""The tables of docs/reference/manifest.md, made from the schema so that the page can not fall behind it."""

from collections.abc import Iterator
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from accord.connectorkit import (
    manifest_auth as auth,
    manifest_hooks as hooks,
    manifest_page as page,
    manifest_parts as parts,
)
from accord.connectorkit.manifest import EntityType, Identity, Manifest, Rate

__all__ = ["manifest_reference"]

_SECTIONS: tuple[tuple[str, tuple[type[BaseModel], ...]], ...] = (
    ("The system", (Manifest, Rate, Identity)),
    (
        "`auth`",
        (
            auth.NoAuth,
            auth.Basic,
            auth.ApiKey,
            auth.Bearer,
            auth.ClientCredentials,
            auth.RefreshToken,
            auth.AuthorizationCode,
        ),
    ),
    ("An entity type", (EntityType,)),
    ("A property", (parts.PropertySpec,)),
    ("Ids and times", (parts.IdSpec, parts.TimeSpec)),
    ("Records inside others", (parts.Inside,)),
    (
        "Reading",
        (parts.Listing, parts.Changes, parts.Version, parts.Tombstones, parts.Archive, parts.Absent),
    ),
    (
        "`page`",
        (
            page.NoPages,
            page.NumberedPages,
            page.OffsetPages,
            page.CursorPages,
            page.LinkHeader,
            page.NextLink,
        ),
    ),
    (
        "Writing",
        (parts.Operations, parts.Operation, parts.Batch, parts.Replies, parts.Success, parts.Errors),
    ),
    ("Finding a create again", (parts.Idempotency, parts.OurId, parts.Search)),
    ("Being told of changes", (hooks.Webhooks, hooks.Events, hooks.Value, hooks.Stamp)),
    (
        "`webhooks.verify`",
        (
            hooks.HmacVerify,
            hooks.HeaderVerify,
            hooks.BasicVerify,
            hooks.BodyVerify,
            hooks.QueryVerify,
            hooks.NoVerify,
        ),
    ),
    ("`webhooks.handshake`", (hooks.QueryHandshake, hooks.BodyHandshake)),
    ("`webhooks.subscriptions`", (hooks.Subscriptions, hooks.HookCall, hooks.HookList)),
)
_NAMES = {
    "Manifest": "Top of the file",
    "Rate": "`rate`",
    "Identity": "`identity`",
    "EntityType": "`types.NAME`",
    "PropertySpec": "`types.NAME.properties.PATH`",
    "IdSpec": "`id`",
    "TimeSpec": "`modified`, `created`",
    "OurId": "`our_id`",
    "Value": "`events.type`, `events.event`, `events.version`",
    "Stamp": "`timestamp`",
    "HookCall": "`create`, `renew`, `remove`",
    "HookList": "`list`",
}


def manifest_reference() -> str:
    """Markdown: every part of a manifest, with a table of its fields in order, less `assumed`, which all have."""
    return "\n".join(line for title, models in _SECTIONS for line in _section(title, models))


def _section(title: str, models: tuple[type[BaseModel], ...]) -> Iterator[str]:
    yield from (f"## {title}", "")
    for model in models:
        yield from (f"### {_name(model)}", "", " ".join((model.__doc__ or "").split()), "")
        yield from ("| field | value | default | meaning |", "| --- | --- | --- | --- |")
        for name, field in model.model_fields.items():
            if name != "assumed":
                meaning = (field.description or "").replace("|", "\\|")
                yield f"| `{name}` | {_value(field.annotation)} | {_default(field)} | {meaning} |"
        yield ""


def _tag(annotation: Any) -> str:
    """The field that tells the members of a union apart, or ""."""
    if not (isinstance(annotation, type) and issubclass(annotation, BaseModel)):
        return ""
    tags = (tag for tag in ("kind", "style") if tag in annotation.model_fields)
    return next((tag for tag in tags if get_origin(annotation.model_fields[tag].annotation) is Literal), "")


def _name(model: type[BaseModel]) -> str:
    if tag := _tag(model):
        return f"`{tag}: {get_args(model.model_fields[tag].annotation)[0]}`"
    return _NAMES.get(model.__name__, f"`{model.__name__.lower()}`")


def _value(annotation: Any) -> str:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _value(arguments[0])
    if origin is Literal:
        return ", ".join(f"`{str(a).lower() if isinstance(a, bool) else a}`" for a in arguments)
    if origin in (Union, UnionType):
        if tag := _tag(arguments[0]):
            return f"one of those below, by `{tag}`"
        return " or ".join(dict.fromkeys(_value(a) for a in arguments if a is not type(None)))
    if origin is tuple:
        return f"list of {_value(arguments[0])}"
    if origin is dict:
        return f"{_value(arguments[1])} by name"
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return f"see {_name(annotation)}"
    return {str: "text", int: "whole number", float: "number", bool: "true or false"}.get(
        annotation, "anything"
    )


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "**required**"
    value = field.default
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, tuple):
        return ", ".join(f"`{v}`" for v in value)
    return f"`{value}`" if isinstance(value, str | int | float) and value != "" else ""
