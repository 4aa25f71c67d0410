"""The REST connector: any system that a manifest states, without code. docs/reference/connectors/rest.md tells more."""

from accord.connectors.rest.connector import RestConnector
from accord.connectors.rest.tokens import FileTokens, MemoryTokens, Tokens, TokenStore
from accord.connectors.rest.transport import NoAnswer, NotSent, Request, Response, TooLarge, Transport

__all__ = [
    "FileTokens",
    "MemoryTokens",
    "NoAnswer",
    "NotSent",
    "Request",
    "Response",
    "RestConnector",
    "TokenStore",
    "Tokens",
    "TooLarge",
    "Transport",
]
