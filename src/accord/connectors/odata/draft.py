"""`accord connect odata URL|FILE`."""

from accord.connectorkit.drafting import Asked, Draft, Drafter

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
        "user": "reference to the user name: env:ERP_USER",
        "password": "reference to the password: env:ERP_PASSWORD",
        "token": "reference to a bearer token: env:ERP_TOKEN",
    },
)
