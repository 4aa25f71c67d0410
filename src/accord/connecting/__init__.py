"""Let a person allow Accord to act for them in a system: OAuth 2's authorization code, in their browser."""

from accord.connecting.logins import Answer, Login, Logins, code_auth
from accord.connecting.standing import Connection, connection

__all__ = ["Answer", "Connection", "Login", "Logins", "code_auth", "connection"]
