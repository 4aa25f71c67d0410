"""The REST connector: any system that a manifest states, without code. docs/reference/connectors/rest.md tells more."""

from accord.connectors.rest.connector import RestConnector
from accord.connectors.rest.sealing import Keys, OtherKey, SecretKeys
from accord.connectors.rest.token_files import FileTokens
from accord.connectors.rest.tokens import MemoryTokens, Tokens, TokenStore
from accord.connectors.rest.transport import NoAnswer, NotSent, Request, Response, TooLarge, Transport

__all__ = [
    "FileTokens",
    "Keys",
    "MemoryTokens",
    "NoAnswer",
    "NotSent",
    "OtherKey",
    "Request",
    "Response",
    "RestConnector",
    "SecretKeys",
    "TokenStore",
    "Tokens",
    "TooLarge",
    "Transport",
]
