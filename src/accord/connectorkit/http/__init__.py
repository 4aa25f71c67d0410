"""HTTP for connectors: requests that are signed, paced, timed, and repeated only where nothing is written."""

from accord.connectorkit.http.late import http_transport
from accord.connectorkit.http.sealing import Keys, OtherKey, SecretKeys
from accord.connectorkit.http.token_files import FileTokens
from accord.connectorkit.http.tokens import MemoryTokens, Tokens, TokenStore
from accord.connectorkit.http.transport import (
    NoAnswer,
    NotSent,
    Request,
    Response,
    TooLarge,
    Transport,
)

__all__ = [
    "FileTokens",
    "Keys",
    "MemoryTokens",
    "NoAnswer",
    "NotSent",
    "OtherKey",
    "Request",
    "Response",
    "SecretKeys",
    "TokenStore",
    "Tokens",
    "TooLarge",
    "Transport",
    "http_transport",
]
