"""`accord connect openapi FILE|URL`."""

from accord.connectorkit.drafting import Asked, Draft, Drafter
from accord.connectorkit.http.visit import LOGIN_FLAGS

__all__ = ["DRAFTER"]


def _make(asked: Asked) -> Draft:
    from accord.connectors.openapi.drafting import draft

    return draft(asked)


DRAFTER = Drafter(
    word="openapi",
    title="a REST API, from its OpenAPI document",
    target="FILE|URL",
    make=_make,
    flags={"url": "where the API is, if the document does not say", **LOGIN_FLAGS},
)
