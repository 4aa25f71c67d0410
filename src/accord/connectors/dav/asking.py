"""One question to a WebDAV server and its answer, or the error that tells what is wrong with it."""

from typing import Final

from accord.connectorkit.http.calls import Caller
from accord.connectorkit.http.transport import Request, Response
from accord.connectors.dav.multistatus import BadAnswerError, Multistatus, multistatus
from accord.core.errors import StopEntityType

__all__ = ["NoXmlError", "RefusedError", "ask"]

_XML: Final = {"Content-Type": "application/xml; charset=utf-8"}


class RefusedError(StopEntityType):
    """The server refuses; `response` is what it says."""

    response: Response


class NoXmlError(StopEntityType):
    """The answer is no XML that could be used."""


async def ask(
    caller: Caller,
    method: str,
    url: str,
    body: bytes,
    *,
    about: str,
    depth: str = "0",
    timeout_s: float = 30.0,
    ids: str = "",
) -> tuple[Multistatus, int]:
    """What a server says, and when it was asked. Raises RefusedError, NoXmlError, StopEntityType, RetryLater."""
    headers = {**_XML, "Depth": depth}
    request = Request(method=method, url=url, headers=headers, body=body, timeout_s=timeout_s)
    response, asked_us = await caller.ask(request, about, ids)
    remedy = f"Check systems.{caller.system}.url, and path of the entity type in its manifest"
    if response.status != 207:
        refused = RefusedError(f"{caller.system}: {method} {about}: status {response.status}", remedy=remedy)
        refused.response = response
        raise refused
    try:
        return multistatus(response.body), asked_us
    except BadAnswerError as error:
        raise NoXmlError(f"{caller.system}: {method} {about}: {error}", remedy=remedy) from None
