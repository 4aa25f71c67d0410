"""GraphQL as a system."""

import re
from collections.abc import Iterator

from pydantic import ValidationError

from accord.connectorkit.kind import Kind, Place
from accord.connectorkit.manifest import EntityType, Manifest
from accord.connectorkit.manifest_faults import Problem
from accord.connectorkit.urls import check_base_url
from accord.connectors.graphql.options import GraphqlOptions
from accord.ports.connector import Connector

__all__ = ["KIND"]


def _make(place: Place) -> Connector:
    from accord.connectors.graphql.connector import connector_of

    return connector_of(place)


def _check(manifest: Manifest) -> Iterator[Problem]:
    for name, it in manifest.types.items():
        for place, what, remedy in _wrong(it):
            yield Problem(("types", name, *place), f"{name}: {what}", remedy)


def _wrong(it: EntityType) -> Iterator[tuple[tuple[str, ...], str, str]]:
    if it.update != "patch":
        yield ("update",), "a mutation carries what changes", "Write update: patch"
    if it.version is not None and not it.version.property:
        yield ("version",), "the version stands nowhere", "Name the property that holds it"
    if it.changes is not None and not it.changes.parameter:
        yield (
            ("changes", "parameter"),
            "no variable carries the filter",
            "Name the variable of options.list.query",
        )
    try:
        told = GraphqlOptions.model_validate(it.options)
    except ValidationError:
        return  # it is told where options are checked
    try:
        re.compile(told.missing)
    except re.error as error:
        yield ("options", "missing"), f"missing is no regular expression ({error})", "Correct it"
    for parameter in (it.changes.parameter if it.changes else "", it.search.our_id if it.search else ""):
        variable = "filter" if parameter in told.filter else parameter
        if parameter and f"${variable}" not in told.list.query:
            what = f"options.list.query has no variable ${variable}"
            yield ("options", "list", "query"), what, "Add it, with the filter that it is for"
    if told.info and not {"$first", "$after"} <= set(re.findall(r"\$\w+", told.list.query)):
        yield ("options", "list", "query"), "pages need the variables $first and $after", "Add both"


KIND = Kind(
    name="graphql",
    title="GraphQL",
    make=_make,
    type_options=GraphqlOptions,
    check_url=check_base_url,
    check=_check,
)
