"""`accord connect dav URL`."""

from accord.connectorkit.drafting import Asked, Draft, Drafter
from accord.connectorkit.http.visit import LOGIN_FLAGS

__all__ = ["DRAFTER"]


def _make(asked: Asked) -> Draft:
    from accord.connectors.dav.discovery import draft

    return draft(asked)


DRAFTER = Drafter(
    word="dav",
    title="address books and calendars of a CardDAV or CalDAV server",
    target="URL",
    make=_make,
    flags=LOGIN_FLAGS,
)
