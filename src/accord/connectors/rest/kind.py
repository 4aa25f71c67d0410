"""REST, and whatever else is asked over HTTP with JSON."""

from accord.connectorkit.kind import Kind, Place
from accord.connectorkit.urls import check_base_url
from accord.ports.connector import Connector

__all__ = ["KIND"]


def _make(place: Place) -> Connector:
    from accord.connectors.rest.connector import (
        RestConnector,  # needed by who calls a system, not by who reads of it
    )

    return RestConnector(
        place.manifest,
        system=place.system,
        clock=place.clock,
        secrets=place.secrets,
        base_url=place.url,
        auth=place.auth,
        tokens=place.tokens,
        budget=place.budget,
        rhythm=place.rhythm,
        another=place.another,
    )


KIND = Kind(name="rest", title="REST", make=_make, check_url=check_base_url)
