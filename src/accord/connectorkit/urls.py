"""Addresses that people write into manifests and projects."""

from typing import Annotated, Final
from urllib.parse import quote, urlsplit

from pydantic import AfterValidator

__all__ = ["BaseUrl", "Url", "check_base_url", "check_url", "encoded_path"]

_NO_URL: Final = "is no URL; write https://HOST or https://HOST:PORT/PATH"


def check_url(url: str) -> str:
    """The URL itself. Raises ValueError: it is none of HTTP, or holds a secret, which is not repeated (P2)."""
    try:
        parts = urlsplit(url)
        has_port = parts.port is None or parts.port > 0
    except ValueError:
        raise ValueError(_NO_URL) from None
    if (
        parts.scheme not in ("http", "https")
        or not parts.hostname
        or not has_port
        or any(c <= " " for c in url)
    ):
        raise ValueError(_NO_URL)
    if "@" in parts.netloc:
        raise ValueError("holds a name or password; write `auth` instead, which names secrets by reference")
    return url


def check_base_url(url: str) -> str:
    """A URL that paths can be added to. Raises ValueError: it is none."""
    check_url(url)
    if "?" in url or "#" in url:
        raise ValueError("holds ? or #, so no path can be added; end it before that")
    return url


def encoded_path(path: str) -> str:
    """A path of a manifest as it is sent: letters that URLs do not know are percent-encoded, the rest stays."""
    return path if path.isascii() and " " not in path else quote(path, safe="/?&=%{}:@!$'()*+,;~[]")


Url = Annotated[str, AfterValidator(check_url)]
BaseUrl = Annotated[str, AfterValidator(check_base_url)]
