"""The connector of a GraphQL API: that of REST, over a transport that speaks GraphQL."""

from accord.connectorkit.http.late import http_transport
from accord.connectorkit.http.transport import Transport
from accord.connectorkit.kind import Place
from accord.connectorkit.manifest import EntityType, Manifest
from accord.connectorkit.manifest_page import CursorPages, NoPages
from accord.connectorkit.manifest_parts import Errors, Operations
from accord.connectors.graphql.options import GraphqlOptions
from accord.connectors.graphql.transport import GraphqlTransport
from accord.connectors.rest.connector import RestConnector

__all__ = ["connector_of"]


def connector_of(place: Place, transport: Transport | None = None) -> RestConnector:
    """The connector of a place."""
    manifest = place.manifest
    url = place.url or manifest.base_url
    inner = transport or http_transport(manifest.rate.concurrent)
    return RestConnector(
        _as_rest(manifest),
        system=place.system,
        clock=place.clock,
        secrets=place.secrets,
        base_url=url,
        auth=place.auth,
        tokens=place.tokens,
        transport=GraphqlTransport(inner, url, manifest.types),
        budget=place.budget,
        rhythm=place.rhythm,
        another=place.another,
    )


def _as_rest(manifest: Manifest) -> Manifest:
    """The same system as its transport plays it."""
    types = {name: _type(name, it) for name, it in manifest.types.items()}
    return manifest.model_copy(update={"kind": "rest", "types": types, "options": {}})


def _type(name: str, it: EntityType) -> EntityType:
    options = GraphqlOptions.model_validate(it.options)
    page: CursorPages | NoPages = NoPages(style="none", items="items")
    if options.info:
        page = CursorPages(
            style="cursor",
            parameter="after",
            next="next",
            items="items",
            size=options.size,
            size_parameter="first",
        )
    can = {kind: False for kind in ("create", "update", "delete") if getattr(options, kind) is None}
    return it.model_copy(
        update={
            "path": name,
            "page": page,
            "options": {},
            "operations": Operations(**can),
            "errors": Errors(message="errors[].message", property="errors[].field"),
        }
    )
