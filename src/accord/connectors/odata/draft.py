"""`accord connect odata URL|FILE`."""

from accord.connectorkit.drafting import Asked, Draft, Drafter
from accord.connectorkit.http.visit import LOGIN_FLAGS

__all__ = ["DRAFTER"]


def _make(asked: Asked) -> Draft:
    from accord.connectors.odata.asking import draft

    return draft(asked)


DRAFTER = Drafter(
    word="odata",
    title="an OData v4 service, from its $metadata",
    target="URL|FILE",
    make=_make,
    flags={
        "url": "where the service is, for a FILE",
        **LOGIN_FLAGS,
    },
)
