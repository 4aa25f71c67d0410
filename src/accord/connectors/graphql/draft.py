"""`accord connect graphql URL|FILE`."""

from accord.connectorkit.drafting import Asked, Draft, Drafter
from accord.connectorkit.http.visit import LOGIN_FLAGS

__all__ = ["DRAFTER"]


def _make(asked: Asked) -> Draft:
    from accord.connectors.graphql.drafting import draft

    return draft(asked)


DRAFTER = Drafter(
    word="graphql",
    title="a GraphQL API, from its schema",
    target="URL|FILE",
    make=_make,
    flags={"url": "where the API is, for a FILE", **LOGIN_FLAGS},
)
