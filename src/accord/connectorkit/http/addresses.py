"""Addresses: what a link leads to, whose a URL is, and how ids stand in one."""

from collections.abc import Mapping
from urllib.parse import quote, urlencode, urljoin, urlsplit

from accord.connectorkit.urls import encoded_path

__all__ = ["absolute", "joined", "origin_of", "quoted", "with_query"]


def joined(base_url: str, path: str) -> str:
    """A path below a base URL."""
    return f"{base_url.rstrip('/')}/{encoded_path(path.lstrip('/'))}"


def with_query(url: str, query: Mapping[str, str]) -> str:
    """A URL with parameters added to those it has."""
    if not query:
        return url
    return f"{url}{'&' if '?' in url else '?'}{urlencode(query, quote_via=quote)}"


def origin_of(url: str) -> tuple[str, str, int | None]:
    """Scheme, host and port: credentials go nowhere else. Of what is no URL: no host."""
    try:
        parts = urlsplit(url)
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    except ValueError:
        return "", "", None
    return parts.scheme, (parts.hostname or "").lower(), port


def absolute(url: str, reference: str) -> str:
    """What a link in an answer from a URL points to; the link itself where it is none."""
    try:
        return urljoin(url, reference)
    except ValueError:
        return reference


def quoted(record_id: str) -> str:
    """An id as it stands in an address."""
    if record_id.isalnum() and record_id.isascii():
        return record_id
    return quote(record_id, safe="") if record_id.strip(".") else record_id.replace(".", "%2E")
